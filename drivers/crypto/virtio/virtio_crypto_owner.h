/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Ownership of queue pairs by processes that share a device.
 *
 * The primary process has the device; secondary processes enqueue and dequeue on its queue pairs. A
 * queue pair belongs to the secondary process that first uses it until that process ends, or the
 * queue pair is set up again: operations may point to memory of that process alone, so no other
 * process reads them. Operations of a process that has ended are discarded.
 */

#ifndef VIRTIO_CRYPTO_OWNER_H
#define VIRTIO_CRYPTO_OWNER_H

#include "virtio_crypto_queue.h"

/** Secondary process: sets the number of this process, of virtio_crypto_liveness.h. */
void virtio_crypto_owner_set_self(int number);

/** Enqueue burst function of the cryptodev: claims the queue pair for this process first. */
uint16_t virtio_crypto_owner_enqueue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops);

/** Dequeue burst function of the cryptodev, likewise. */
uint16_t virtio_crypto_owner_dequeue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops);

/**
 * Primary process: finishes the operations in flight on a queue that the device does not use any
 * more, or abandons them to the process that owns them.
 */
void virtio_crypto_owner_stop_queue(struct virtio_crypto_queue *q);

/**
 * Primary process: notices the loss of the device for a queue whose owner has ended. With the lock
 * held.
 */
void virtio_crypto_owner_reclaim_queue(struct virtio_crypto_queue *q);

#endif /* VIRTIO_CRYPTO_OWNER_H */
