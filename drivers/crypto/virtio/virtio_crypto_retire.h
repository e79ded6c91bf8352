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
 * Finishes all operations in flight: with what the device had made of them, or with an error.
 * By whoever may touch the ring, once the device does not any more.
 */
void virtio_crypto_retire_queue(struct virtio_crypto_queue *q);

/**
 * Takes the queue out of use if its device is lost, or leaves that to the other lcore if that is
 * inside. By an lcore that is inside itself.
 *
 * @param other  the flag of the other lcore
 */
void virtio_crypto_retire_if_lost(struct virtio_crypto_queue *q, const uint32_t *other);

#endif /* VIRTIO_CRYPTO_RETIRE_H */
