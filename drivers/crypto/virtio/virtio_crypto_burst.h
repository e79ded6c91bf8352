/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The burst functions of a queue pair that belongs to this process: see virtio_crypto_owner.h.
 *
 * Data lcores; nothing here waits, allocates or takes a lock.
 */

#ifndef VIRTIO_CRYPTO_BURST_H
#define VIRTIO_CRYPTO_BURST_H

#include "virtio_crypto_queue.h"

/** Puts operations onto the ring; @p qp is a struct virtio_crypto_queue. @return how many */
uint16_t virtio_crypto_enqueue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops);

/** Takes operations that are completed; @p qp is a struct virtio_crypto_queue. @return how many */
uint16_t virtio_crypto_dequeue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops);

#endif /* VIRTIO_CRYPTO_BURST_H */
