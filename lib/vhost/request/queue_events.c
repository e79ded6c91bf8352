/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Events that wake a sleeping lcore: the guest's kick, and the start of a queue. Stopping a queue
 * wakes nobody, because an lcore does not sleep while requests are in flight.
 *
 * The eventfds are watched edge-triggered and never read: each write is an event, whatever the
 * counter, and a read of the guest's descriptor could block.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dirty.h"
#include "log.h"
#include "queue.h"
#include "virtio_crypto_features.h"

static int
add_fd(const struct vc_queue *q, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.ptr = q->events.data };

	return epoll_ctl(q->events.epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0 ? 0 : -errno;
}

/* Removes a file descriptor from the epoll instance and closes it. */
static void
remove_fd(const struct vc_queue *q, int *fd)
{
	if (*fd < 0)
		return;
	epoll_ctl(q->events.epoll_fd, EPOLL_CTL_DEL, *fd, NULL);
	close(*fd);
	*fd = -1;
}

int
vc_queue_events_init(struct vc_queue *q, int epoll_fd, void *data)
{
	int ret;

	q->events.epoll_fd = epoll_fd;
	q->events.data = data;
	q->events.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->events.wake_fd < 0)
		return -errno;
	ret = add_fd(q, q->events.wake_fd);
	if (ret != 0)
		vc_queue_events_fini(q);
	return ret;
}

void
vc_queue_events_fini(struct vc_queue *q)
{
	remove_fd(q, &q->events.kick_fd);
	remove_fd(q, &q->events.wake_fd);
}

void
vc_queue_events_watch(struct vc_queue *q, int kickfd)
{
	int ret;

	if (q->events.epoll_fd < 0 || kickfd < 0)
		return;
	/* A duplicate: the ring's own is closed when the front-end replaces it. */
	q->events.kick_fd = fcntl(kickfd, F_DUPFD_CLOEXEC, 0);
	ret = q->events.kick_fd < 0 ? -errno : add_fd(q, q->events.kick_fd);
	if (ret == 0)
		return;
	VC_LOG(WARNING,
	       "queue %u: cannot watch its kick eventfd, so it must be "
	       "polled: %s",
	       q->index, strerror(-ret));
	remove_fd(q, &q->events.kick_fd);
}

void
vc_queue_events_unwatch(struct vc_queue *q)
{
	remove_fd(q, &q->events.kick_fd);
}

void
vc_queue_events_wake(const struct vc_queue *q)
{
	if (q->events.wake_fd >= 0)
		eventfd_write(q->events.wake_fd, 1);
}

/*
 * QEMU's cryptodev-vhost-user does not pass on what its guest has negotiated, not even
 * VIRTIO_F_VERSION_1. The guest may use avail_event although VIRTIO_RING_F_EVENT_IDX was not
 * negotiated here, so it is set anyway. Any used ring has room for it.
 */
static void
set_unnegotiated_event_index(struct vc_queue *q)
{
	struct vc_vring *vr = &q->vring;
	__virtio16 *event = (void *)&vr->used->ring[vr->size];

	if (!virtio_crypto_has_feature(*q->env.features, VIRTIO_F_VERSION_1))
		__atomic_store_n(event, rte_cpu_to_le_16(vr->last_avail), __ATOMIC_RELAXED);
}

/* Enables or disables kicks of the guest. Lock held. */
static void
set_kicks(struct vc_queue *q, bool enable)
{
	if (enable && !q->vring.event_idx)
		set_unnegotiated_event_index(q);
	vc_vring_set_kicks(&q->vring, enable);
	if (q->log != NULL)
		vc_dirty_ring(q->log, q->env.mem, &q->vring);
}

static int
arm_running(struct vc_queue *q)
{
	struct vc_chain_head head;

	if (q->events.kick_fd < 0)
		return -ENOTSUP;
	set_kicks(q, true);
	/*
	 * A request that was made available before the kicks were enabled is found here, as is an
	 * invalid ring.
	 */
	if (vc_vring_scan_avail(&q->vring, &head, 1) == 0)
		return 0;
	set_kicks(q, false);
	return -EAGAIN;
}

int
vc_queue_arm(struct vc_queue *q)
{
	int ret = 0;

	if (q->events.epoll_fd < 0)
		return -ENOTSUP;
	rte_spinlock_lock(&q->lock);
	if (q->in_flight > 0)
		ret = -EAGAIN;
	else if (q->state == VC_QUEUE_RUNNING)
		ret = arm_running(q);
	rte_spinlock_unlock(&q->lock);
	return ret;
}

void
vc_queue_disarm(struct vc_queue *q)
{
	rte_spinlock_lock(&q->lock);
	if (q->state == VC_QUEUE_RUNNING && q->events.kick_fd >= 0)
		set_kicks(q, false);
	rte_spinlock_unlock(&q->lock);
}
