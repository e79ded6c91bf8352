/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Building and completing asymmetric requests. virtio_crypto_asym.c has what all algorithms share;
 * each algorithm has a file that fills the source and reads the result.
 *
 * Data lcores of the queue.
 */

#ifndef VIRTIO_CRYPTO_ASYM_OP_H
#define VIRTIO_CRYPTO_ASYM_OP_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_id_pool.h"
#include "virtio_crypto_queue.h"

/** Asymmetric requests of a queue in flight at most. */
#define VIRTIO_CRYPTO_ASYM_BUFFERS 32
/**
 * Bytes for the key of a stateless request in DER: a modulus and two exponents of maximum size, or
 * instead of the private exponent five numbers of half that size.
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
	rte_crypto_param *result; /**< destination, or NULL */
	uint32_t room;		  /**< bytes that the device may write */
	bool compare;		  /**< it has to be the operation's message */
	/** Curve of an ECDSA signature, which is written to r and s; number 0: RSA. */
	struct virtio_crypto_curve curve;
};

/** What a queue has for asymmetric requests. */
struct virtio_crypto_asym {
	uint8_t *buffers;
	uint64_t buffers_addr; /**< address for the device */
	uint32_t buffer_size;  /**< bytes, a multiple of the cache line */
	uint32_t key_room;     /**< bytes for a key in a buffer, 0: no stateless requests */
	struct virtio_crypto_id_pool free; /**< buffers */
	struct virtio_crypto_asym_request requests[VIRTIO_CRYPTO_ASYM_BUFFERS];
	struct virtio_crypto_session *stateless; /**< session of the request being built, or NULL */
};

/** A request being built. */
struct virtio_crypto_asym_op {
	struct virtio_crypto_queue *q;
	struct rte_crypto_op *op;
	/** The cryptodev session; NULL: the operation has its transform instead. */
	const struct virtio_crypto_asym_session_ref *ref;
	const struct virtio_crypto_session *s; /**< of the device */
	struct virtio_crypto_asym_buffer *buffer;
	struct virtio_crypto_asym_request *request; /**< kept until completion */
	uint32_t opcode;			    /**< VIRTIO_CRYPTO_AKCIPHER_* */
	uint32_t input_len;			    /**< bytes written */
	uint32_t src_len;    /**< of them without the key, and without the data that is verified */
	uint32_t signed_len; /**< bytes of the data that is verified */
};

/**
 * Fills a request from its operation: session, opcode, input with its lengths, and the use of the
 * result.
 *
 * @return 0, or -EINVAL with the operation's status
 */
int virtio_crypto_asym_rsa_fill(struct virtio_crypto_asym_op *r);
int virtio_crypto_asym_ecdsa_fill(struct virtio_crypto_asym_op *r);

/** Reads the result that the device has written. @return status of the operation */
uint8_t virtio_crypto_asym_rsa_finish(const struct virtio_crypto_asym_request *request,
				      struct rte_crypto_op *op, const uint8_t *result,
				      uint32_t len);
uint8_t virtio_crypto_asym_ecdsa_finish(const struct virtio_crypto_asym_request *request,
					struct rte_crypto_op *op, const uint8_t *result,
					uint32_t len);

static inline int
virtio_crypto_asym_set_error(struct virtio_crypto_asym_op *r, uint8_t status)
{
	r->op->status = status;
	return -EINVAL;
}

/** Uses a session for a request, if the device has it. @return 0, or -EINVAL with a status */
static inline int
virtio_crypto_asym_use_session(struct virtio_crypto_asym_op *r,
			       const struct virtio_crypto_session *s)
{
	r->s = s;
	if (s == NULL)
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	if (!__atomic_load_n(&s->ready, __ATOMIC_RELAXED))
		return virtio_crypto_asym_set_error(r, virtio_crypto_queue_unready_status(r->q));
	return 0;
}

/** Uses the session that was filled for this request, whose key is at the start of the input. */
static inline void
virtio_crypto_asym_use_stateless(struct virtio_crypto_asym_op *r)
{
	r->s = r->q->asym->stateless;
	r->input_len = r->s->params->cipher_key_len;
}

static inline void
virtio_crypto_asym_add_input(struct virtio_crypto_asym_op *r, const void *bytes, size_t len)
{
	if (len > 0)
		memcpy(r->buffer->input + r->input_len, bytes, len);
	r->input_len += len;
}

/** Whether data has at most @p max bytes, and a pointer unless it is empty. */
static inline bool
virtio_crypto_asym_is_within(const rte_crypto_param *data, size_t max)
{
	return data->length <= max && (data->data != NULL || data->length == 0);
}

#endif /* VIRTIO_CRYPTO_ASYM_OP_H */
