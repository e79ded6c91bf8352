/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Completion of requests by a poll; vc_queue_complete() of queue.h is for programs that poll their
 * cryptodevs themselves.
 *
 * Thread: the lcore that serves the queue.
 */

#ifndef VHOST_CRYPTO_QUEUE_COMPLETE_H
#define VHOST_CRYPTO_QUEUE_COMPLETE_H

#include "queue.h"

/** Processes and completes the batch of vc_queue_fetch(). @return its number of requests */
uint16_t vc_queue_run_batch(struct vc_queue *q);

/** vc_queue_complete() of operations that the library dequeued itself. */
void vc_queue_complete_reaped(struct rte_crypto_op **ops, uint16_t nb);

/** Completes an operation that a cryptodev rejected, which was not enqueued. */
void vc_queue_complete_refused(struct rte_crypto_op *op);

#endif /* VHOST_CRYPTO_QUEUE_COMPLETE_H */
