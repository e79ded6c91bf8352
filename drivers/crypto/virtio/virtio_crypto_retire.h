/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Takes a queue pair out of use whose device is lost or was stopped.
 */

#ifndef VIRTIO_CRYPTO_RETIRE_H
#define VIRTIO_CRYPTO_RETIRE_H

#include "virtio_crypto_queue.h"

/**
 * Finishes all operations in flight: with the results of the device, or with an error. By the
 * thread that may touch the ring, once the device does not use it any more.
 */
void virtio_crypto_retire_queue(struct virtio_crypto_queue *q);

/**
 * Retires the queue if its device is lost, unless the other lcore is in its burst function, which
 * then does it. By an lcore in its own burst function.
 *
 * @param other  the flag of the other lcore
 */
void virtio_crypto_retire_if_lost(struct virtio_crypto_queue *q, const uint32_t *other);

#endif /* VIRTIO_CRYPTO_RETIRE_H */
