/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Asymmetric operations of a queue pair (section "AKCIPHER Service Operation").
 *
 * Their data is often in memory that no device can reach, a stack say, and little beside the time
 * that they take. So it is copied through buffers of the queue, which need not be as many as slots.
 * Of its slot a request has the table of descriptors only.
 *
 * Data lcores of the queue, except for setting up: the one that enqueues has the buffers that it
 * takes until they are offered, and the one that dequeues until it gives them back.
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
 * Takes the result of a request from its buffer, which is free then.
 *
 * @param f     what was noted of the request
 * @param used  bytes that the device says it has written
 * @return status of the operation
 */
uint8_t virtio_crypto_asym_complete(struct virtio_crypto_queue *q,
				    const struct virtio_crypto_inflight *f, uint32_t used);

#endif /* VIRTIO_CRYPTO_ASYM_H */
