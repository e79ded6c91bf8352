/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A worker lcore of dpdk-vhost_crypto: polls its data queues, and sleeps in adaptive mode.
 */

#ifndef VHOST_CRYPTO_WORKER_H
#define VHOST_CRYPTO_WORKER_H

#include "options.h"

/** A data queue of a worker. */
struct polled_queue {
	struct rte_vhost_crypto_device *dev;
	uint16_t queue;
};

struct worker {
	bool adaptive; /**< sleeps when idle; the next two are set */
	int epoll_fd;  /**< events of its queues and of stop_fd */
	int stop_fd;   /**< eventfd */
	bool stop;
	uint16_t nb_queues;
	struct polled_queue queues[MAX_SOCKETS * RTE_VHOST_CRYPTO_MAX_QUEUES];
};

/**
 * Initializes a zeroed worker, without queues.
 *
 * @param adaptive  sleep when idle
 * @return 0, or -1 with an error message
 */
int worker_init(struct worker *w, bool adaptive);

/** Frees a worker. No queue may refer to it any more. */
void worker_fini(struct worker *w);

/** Adds a queue to a worker that does not run yet. */
void worker_add(struct worker *w, struct rte_vhost_crypto_device *dev, uint16_t queue);

/** Main function of a worker lcore; @p arg is a struct worker. */
int worker_main(void *arg);

/** Ends worker_main(). */
void worker_stop(struct worker *w);

#endif /* VHOST_CRYPTO_WORKER_H */
