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

#include <stdbool.h>
#include <stdint.h>

#include <rte_crypto_asym.h>

#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_id_pool.h"
#include "virtio_crypto_session.h"

struct virtio_crypto_inflight;
struct virtio_crypto_queue;

/** Asymmetric requests of a queue in flight at most. */
#define VIRTIO_CRYPTO_ASYM_BUFFERS 32
/**
 * Bytes for the key of a stateless request: a modulus and two exponents as large as it can be, or
 * instead of the private one five numbers of half its size, and what DER puts around them.
 */
#define VIRTIO_CRYPTO_ASYM_KEY_ROOM 5120

/** Memory of a request that the device reads and writes. */
struct virtio_crypto_asym_buffer {
	struct virtio_crypto_request_header req;
	uint8_t status; /**< VIRTIO_CRYPTO_* */
	uint8_t result[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	/** The source: two numbers of the size of the largest modulus at most. A stateless request
	 * has its key in front of it.
	 */
	uint8_t input[];
};

/** What is to be done with the result of a request. */
struct virtio_crypto_asym_request {
	rte_crypto_param *result; /**< where it goes; NULL: nowhere */
	uint32_t room;		  /**< bytes that the device may write */
	bool compare;		  /**< it has to be the operation's message */
	/** The result is a signature of ECDSA on this curve, and goes to r and s; number 0: RSA.
	 */
	struct virtio_crypto_curve curve;
};

/** What a queue has for asymmetric requests. */
struct virtio_crypto_asym {
	uint8_t *buffers;
	uint64_t buffers_addr; /**< as the device is told */
	uint32_t buffer_size;  /**< bytes, a multiple of the cache line */
	uint32_t key_room;     /**< bytes for a key in a buffer, 0: no stateless requests */
	struct virtio_crypto_id_pool free; /**< buffers */
	struct virtio_crypto_asym_request requests[VIRTIO_CRYPTO_ASYM_BUFFERS];
	struct virtio_crypto_session *stateless; /**< of the one that is being made, or NULL */
};

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
