/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file A worker lcore of dpdk-vhost_crypto: it serves its data queues, and may sleep. */

#ifndef VHOST_CRYPTO_WORKER_H
#define VHOST_CRYPTO_WORKER_H

#include "options.h"

/** A data queue, and the lcore that polls it. */
struct polled_queue {
	struct rte_vhost_crypto_device *dev;
	uint16_t queue;
};

struct worker {
	bool adaptive; /**< it sleeps, and has these two: */
	int epoll_fd;  /**< for the events of its queues and for stop_fd */
	int stop_fd;   /**< an eventfd */
	bool stop;
	uint16_t nb_queues;
	struct polled_queue queues[MAX_SOCKETS * RTE_VHOST_CRYPTO_MAX_QUEUES];
};

/**
 * Sets a worker up that is all zero, without queues.
 *
 * @param adaptive  whether it sleeps when there is nothing to do
 * @return 0, or -1 after saying what is wrong
 */
int worker_init(struct worker *w, bool adaptive);

/** Frees what worker_init() made. No queue may refer to it any more. */
void worker_fini(struct worker *w);

/** Gives a worker that does not run yet one more queue. */
void worker_add(struct worker *w, struct rte_vhost_crypto_device *dev, uint16_t queue);

/** What the lcore runs, with a struct worker. */
int worker_main(void *arg);

/** Ends worker_main(). */
void worker_stop(struct worker *w);

#endif /* VHOST_CRYPTO_WORKER_H */
