/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "worker.h"

/* Maximum number of requests per poll of a queue. */
#define BURST 128
/* Microseconds without requests before a worker sleeps. */
#define IDLE_US 100

int
worker_init(struct worker *w, bool adaptive)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (!adaptive)
		return 0;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0)
		goto failed;
	w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->stop_fd < 0 || epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->stop_fd, &ev) != 0) {
		close(w->epoll_fd);
		goto failed;
	}
	w->adaptive = true;
	return 0;
failed:
	fprintf(stderr, "cannot create the file descriptors of adaptive mode: %s\n",
		strerror(errno));
	return -1;
}

void
worker_fini(struct worker *w)
{
	if (!w->adaptive)
		return;
	close(w->epoll_fd);
	close(w->stop_fd);
	w->adaptive = false;
}

void
worker_add(struct worker *w, struct rte_vhost_crypto_device *dev, uint16_t queue)
{
	w->queues[w->nb_queues++] = (struct polled_queue){ dev, queue };
}

/* Polls each queue once. */
static uint32_t
poll_all(const struct worker *w)
{
	uint32_t done = 0;
	uint16_t i;

	for (i = 0; i < w->nb_queues; i++)
		done += rte_vhost_crypto_queue_poll(w->queues[i].dev, w->queues[i].queue, BURST);
	return done;
}

/* Waits for an event, unless a queue has requests. */
static void
sleep_until_event(const struct worker *w)
{
	struct epoll_event events[32];
	uint16_t armed, i;
	int ret = 0;

	for (armed = 0; armed < w->nb_queues && ret == 0; armed++)
		ret = rte_vhost_crypto_queue_arm(w->queues[armed].dev, w->queues[armed].queue);
	if (ret == 0)
		epoll_wait(w->epoll_fd, events, RTE_DIM(events), -1);
	for (i = 0; i < armed; i++)
		rte_vhost_crypto_queue_disarm(w->queues[i].dev, w->queues[i].queue);
}

int
worker_main(void *arg)
{
	const struct worker *w = arg;
	const uint64_t idle_limit = rte_get_timer_hz() / 1000000 * IDLE_US;
	uint64_t idle_since = 0; /* start of the idle time; 0: not idle */

	while (!__atomic_load_n(&w->stop, __ATOMIC_RELAXED)) {
		if (poll_all(w) > 0) {
			idle_since = 0;
			continue;
		}
		rte_pause();
		if (!w->adaptive)
			continue;
		if (idle_since == 0) {
			idle_since = rte_get_timer_cycles();
		} else if (rte_get_timer_cycles() - idle_since >= idle_limit) {
			sleep_until_event(w);
			idle_since = 0;
		}
	}
	return 0;
}

void
worker_stop(struct worker *w)
{
	__atomic_store_n(&w->stop, true, __ATOMIC_RELAXED);
	if (w->adaptive)
		eventfd_write(w->stop_fd, 1);
}
