/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Creating, resetting and freeing queue pairs. Control side.
 */

#ifndef VIRTIO_CRYPTO_QUEUE_SETUP_H
#define VIRTIO_CRYPTO_QUEUE_SETUP_H

#include "virtio_crypto_queue.h"

/**
 * Creates a queue pair.
 *
 * @param dev        device
 * @param index      number of the data queue
 * @param nb_ops     operations to hold at least, within the limit of the device
 * @param socket_id  NUMA socket, or SOCKET_ID_ANY
 * @return NULL when there is no memory
 */
struct virtio_crypto_queue *virtio_crypto_queue_create(struct virtio_crypto_dev *dev,
						       uint16_t index, uint32_t nb_ops,
						       int socket_id);

/**
 * Frees a stopped queue pair. Operations that were not dequeued belong to the application again.
 *
 * The structure itself is kept for the next queue pair of the device: another process may be about
 * to read its counts, and there is no lock that it could take, for it may end with it.
 */
void virtio_crypto_queue_free(struct virtio_crypto_dev *dev, struct virtio_crypto_queue *q);

/** Frees what is left of the queue pairs of a device. */
void virtio_crypto_queues_fini(struct virtio_crypto_dev *dev);

/** Frees all slots, tables and buffers of a queue without requests in flight. */
void virtio_crypto_queue_reset_slots(struct virtio_crypto_queue *q);

/** Empties the ring of a queue whose operations are all retired, before it is attached again. */
void virtio_crypto_queue_reset(struct virtio_crypto_queue *q);

#endif /* VIRTIO_CRYPTO_QUEUE_SETUP_H */
