/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What wakes an lcore that sleeps, and what keeps it from sleeping. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define EVENT_IDX (1ULL << VIRTIO_RING_F_EVENT_IDX)

static int epoll_fd, kick_fd;
static struct rte_vhost_crypto_device *dev;

static void
open_guest(uint64_t features)
{
	epoll_fd = epoll_create1(0);
	kick_fd = eventfd(0, EFD_NONBLOCK);
	dev = guest_open_events(features, epoll_fd, kick_fd);
}

static void
close_guest(void)
{
	guest_close();
	close(kick_fd);
	close(epoll_fd);
}

/* Takes the events that there are; returns their number. */
static int
events(void)
{
	struct epoll_event ev[8];
	int n = epoll_wait(epoll_fd, ev, RTE_DIM(ev), 0), i;

	for (i = 0; i < n; i++)
		CHECK(ev[i].data.ptr == dev);
	return n;
}

static bool
kicks_are_wanted(uint64_t features)
{
	const struct vc_vring *vr = &dev->queues[0].vring;
	__virtio16 event;

	if (!(features & EVENT_IDX))
		return !(vr->used->flags & VRING_USED_F_NO_NOTIFY);
	memcpy(&event, &vr->used->ring[vr->size], sizeof(event));
	return event == vr->avail->idx;
}

static void
an_idle_queue_asks_for_kicks(void)
{
	static const uint64_t forms[] = { 0, EVENT_IDX };
	unsigned int i;

	for (i = 0; i < RTE_DIM(forms); i++) {
		open_guest(forms[i]);
		dev->queues[0].vring.last_avail = dev->queues[0].vring.avail->idx = 7;
		CHECK(!kicks_are_wanted(forms[i]));
		CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
		CHECK(kicks_are_wanted(forms[i]));
		rte_vhost_crypto_queue_disarm(dev, 0);
		if (forms[i] == 0)
			CHECK(!kicks_are_wanted(0));
		close_guest();
	}
}

/* QEMU's cryptodev-vhost-user tells nothing of what its guest has negotiated. */
static void
a_guest_of_unknown_features_is_asked_in_both_forms(void)
{
	struct vc_vring *vr;
	int known;

	for (known = 0; known < 2; known++) {
		open_guest(0);
		vr = &dev->queues[0].vring;
		vr->last_avail = vr->avail->idx = 7;
		dev->features = known ? 1ULL << VIRTIO_F_VERSION_1 : 0;
		CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
		CHECK(kicks_are_wanted(0));
		CHECK(kicks_are_wanted(EVENT_IDX) == !known);
		close_guest();
	}
}

static void
each_kick_is_an_event(void)
{
	int i;

	open_guest(0);
	events(); /* that of the start */
	CHECK(events() == 0);
	for (i = 0; i < 3; i++) {
		CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
		eventfd_write(kick_fd, 1);
		CHECK(events() == 1);
		CHECK(events() == 0);
	}
	close_guest();
}

static void
nobody_sleeps_while_requests_wait_or_are_in_flight(void)
{
	struct vc_vring *vr;

	open_guest(0);
	vr = &dev->queues[0].vring;
	vr->avail->idx++;
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == -EAGAIN);
	CHECK(!kicks_are_wanted(0));
	vr->avail->idx--;
	dev->queues[0].in_flight = 1;
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == -EAGAIN);
	dev->queues[0].in_flight = 0;
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
	close_guest();
}

static void
nobody_sleeps_over_an_impossible_ring(void)
{
	open_guest(0);
	dev->queues[0].vring.avail->idx = 1000;
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == -EAGAIN);
	CHECK(rte_vhost_crypto_queue_poll(dev, 0, 32) == 0);
	CHECK(dev->queues[0].stats.ring_errors == 1);
	/* But over a queue that is stopped for one. */
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
	close_guest();
}

static void
a_queue_that_nobody_kicks_has_to_be_polled(void)
{
	int file = open("/proc/self/status", O_RDONLY); /* no epoll instance takes it */

	epoll_fd = epoll_create1(0);
	dev = guest_open_events(0, epoll_fd, -1);
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == -ENOTSUP);
	guest_close();
	dev = guest_open_events(0, epoll_fd, file);
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == -ENOTSUP || events() >= 0);
	guest_close();
	close(file);
	close(epoll_fd);
	dev = guest_open(0); /* of a program that never sleeps */
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == -ENOTSUP);
	CHECK(rte_vhost_crypto_queue_arm(dev, 2) == -EINVAL);
	guest_close();
}

static void
a_queue_that_starts_is_an_event(void)
{
	open_guest(0);
	CHECK(events() == 1);
	CHECK(vc_queue_try_stop(&dev->queues[0]));
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0); /* nothing to do until it starts */
	CHECK(events() == 0);
	CHECK(guest_start() == 0);
	CHECK(events() == 1);
	close_guest();
}

/* The front-end may replace its eventfd at any time, and the next file gets the number. */
static void
the_number_of_a_closed_eventfd_means_nothing(void)
{
	int guests, other;

	open_guest(0);
	events();
	guests = dup(kick_fd);
	close(kick_fd);
	other = eventfd(0, EFD_NONBLOCK);
	CHECK(other == kick_fd);
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
	eventfd_write(other, 1);
	CHECK(events() == 0);
	eventfd_write(guests, 1);
	CHECK(events() == 1);
	CHECK(vc_queue_try_stop(&dev->queues[0]));
	eventfd_write(guests, 1);
	CHECK(events() == 0);
	close(guests);
	close_guest();
}

/* A pipe that nobody has written to makes who reads it wait. */
static void
what_is_no_eventfd_stops_nobody(void)
{
	int ends[2];

	epoll_fd = epoll_create1(0);
	CHECK(pipe(ends) == 0);
	dev = guest_open_events(0, epoll_fd, ends[0]);
	events();
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
	CHECK(write(ends[1], "x", 1) == 1);
	CHECK(events() == 1);
	CHECK(rte_vhost_crypto_queue_arm(dev, 0) == 0);
	CHECK(events() == 0);
	guest_close();
	close(ends[0]);
	close(ends[1]);
	close(epoll_fd);
}

static void
what_is_no_epoll_instance_is_refused(void)
{
	static const uint16_t qp;
	static const uint8_t cdev;
	int fd = eventfd(0, 0);
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = 1,
		.cdev_ids = &cdev,
		.qp_ids = &qp,
		.epoll_fds = &fd,
		.socket_id = SOCKET_ID_ANY,
	};

	CHECK(rte_vhost_crypto_device_register("/nowhere", &conf) == NULL && rte_errno == EINVAL);
	close(fd);
	fd = -1;
	CHECK(rte_vhost_crypto_device_register("/nowhere", &conf) == NULL && rte_errno == EBADF);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(an_idle_queue_asks_for_kicks),
		UNIT_TEST(a_guest_of_unknown_features_is_asked_in_both_forms),
		UNIT_TEST(each_kick_is_an_event),
		UNIT_TEST(nobody_sleeps_while_requests_wait_or_are_in_flight),
		UNIT_TEST(nobody_sleeps_over_an_impossible_ring),
		UNIT_TEST(a_queue_that_nobody_kicks_has_to_be_polled),
		UNIT_TEST(a_queue_that_starts_is_an_event),
		UNIT_TEST(the_number_of_a_closed_eventfd_means_nothing),
		UNIT_TEST(what_is_no_eventfd_stops_nobody),
		UNIT_TEST(what_is_no_epoll_instance_is_refused),
	};

	return guest_main(tests, RTE_DIM(tests));
}
