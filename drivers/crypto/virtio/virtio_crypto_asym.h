/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Asymmetric operations of a queue pair (section "AKCIPHER Service Operation").
 *
 * Applications often keep their data where no device can reach it, on a stack for example, and
 * copying takes little time beside the operation. So data is copied through buffers of the queue,
 * fewer than there are slots. Of its slot a request uses the descriptor table only.
 *
 * Data lcores of the queue, except for set-up: the lcore that enqueues owns a buffer from getting
 * it until the request is published, the lcore that dequeues until it puts it back.
 */

#ifndef VIRTIO_CRYPTO_ASYM_H
#define VIRTIO_CRYPTO_ASYM_H

#include <stddef.h>
#include <stdint.h>

#include "virtio_crypto_queue.h"

/** Allocates what a queue needs, if its device offers the service. @return 0 or -ENOMEM */
int virtio_crypto_asym_init(struct virtio_crypto_queue *q, int socket_id);

/** Bytes of memory for buffers, that the device reaches; 0 without asymmetric requests. */
size_t virtio_crypto_asym_bytes(const struct virtio_crypto_queue *q);

/** Hands that memory over, aligned to a cache line. */
void virtio_crypto_asym_set_memory(struct virtio_crypto_queue *q, uint8_t *mem, uint64_t addr);

/** Frees it all, and wipes the memory. */
void virtio_crypto_asym_fini(struct virtio_crypto_queue *q);

/** All buffers are free again. */
void virtio_crypto_asym_reset(struct virtio_crypto_queue *q);

/**
 * Puts an asymmetric operation onto the ring, into the next slot, which is free.
 *
 * @return 0; -EAGAIN when all buffers are in use; -EINVAL when it cannot be done, with its status
 */
int virtio_crypto_asym_submit(struct virtio_crypto_queue *q, struct rte_crypto_op *op);

/**
 * Reads the result of a request from its buffer, and frees the buffer.
 *
 * @param f     in-flight entry of the request
 * @param used  bytes that the device declares to have written
 * @return status of the operation
 */
uint8_t virtio_crypto_asym_complete(struct virtio_crypto_queue *q,
				    const struct virtio_crypto_inflight *f, uint32_t used);

#endif /* VIRTIO_CRYPTO_ASYM_H */
