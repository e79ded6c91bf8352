/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Processes that share a device.
 *
 * The primary process has the device; secondary ones enqueue and dequeue on queue pairs of it. A
 * queue pair that a secondary process has used is that process's until it ends or the queue pair is
 * set up again: operations may lead to memory that it alone has, so no other process looks at them.
 * What a process that has ended leaves behind in its queue pair is forgotten.
 */

#ifndef VIRTIO_CRYPTO_OWNER_H
#define VIRTIO_CRYPTO_OWNER_H

#include "virtio_crypto_queue.h"

/** Secondary process: sets the number of this process, of virtio_crypto_liveness.h. */
void virtio_crypto_owner_set_self(int number);

/** The burst functions of any process, for queue pairs that are its own. */
uint16_t virtio_crypto_owner_enqueue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops);

/** See virtio_crypto_owner_enqueue_burst(). */
uint16_t virtio_crypto_owner_dequeue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops);

/**
 * Primary process: finishes what is in flight on a queue that the device does not use any more, as
 * virtio_crypto_retire_queue() does, or leaves that to the process whose it is.
 */
void virtio_crypto_owner_stop_queue(struct virtio_crypto_queue *q);

/**
 * Primary process: notices that the device of a queue is lost, if the process whose queue it is has
 * ended. With the lock held.
 */
void virtio_crypto_owner_reclaim_queue(struct virtio_crypto_queue *q);

#endif /* VIRTIO_CRYPTO_OWNER_H */
