/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests of service AKCIPHER (section "AKCIPHER Service Operation").
 *
 * Operations work on copies, whose cost is negligible, so a guest cannot change buffers in use.
 * PKCS #1 padding of signatures is added and compared here: cryptodevs differ in who adds the
 * DigestInfo, and crypto_openssl accepts any signature with valid padding. The padding of
 * encryption, which requires random numbers, is left to the cryptodev.
 *
 * Thread: the lcore that serves the queue, with the queue's lock held.
 */

#ifndef VHOST_CRYPTO_REQUEST_AKCIPHER_H
#define VHOST_CRYPTO_REQUEST_AKCIPHER_H

#include <rte_crypto.h>

#include "queue.h"
#include "request_read.h"

/** Maximum number of requests of the service in flight per queue. */
#define VC_QUEUE_AKCIPHERS 32

/** An asymmetric operation and its data. */
struct vc_akcipher_job {
	struct vc_slot *slot;
	const struct vc_akcipher *key;
	struct vc_cursor result; /**< destination of the result */
	uint32_t room;		 /**< its length */
	uint32_t opcode;
	rte_iova_t in_iova;
	rte_iova_t out_iova;
	uint8_t in[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	uint8_t out[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	/** Expected padded digest of a signature; or digest, r and s of ECDSA. */
	uint8_t expected[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	uint8_t op_mem[sizeof(struct rte_crypto_op) +
		       sizeof(struct rte_crypto_asym_op)] __rte_aligned(16);
} __rte_cache_aligned;

/** Initializes a zeroed job. Control side. */
void vc_akcipher_job_init(struct vc_akcipher_job *job);

/** The job of an operation. */
static inline struct vc_akcipher_job *
vc_akcipher_job_of(const struct rte_crypto_op *op)
{
	return (struct vc_akcipher_job *)((uintptr_t)op - offsetof(struct vc_akcipher_job, op_mem));
}

/** The slot of an operation of either type. */
static inline struct vc_slot *
vc_op_slot(const struct rte_crypto_op *op)
{
	if (unlikely(op->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC))
		return vc_akcipher_job_of(op)->slot;
	return container_of(op->sym->m_src, struct vc_slot, src);
}

/**
 * Builds the operation of a request.
 *
 * @param s   its session, of service AKCIPHER
 * @param in  at the source data
 * @param op  receives the operation
 * @return as vc_request_parse()
 */
int vc_request_build_akcipher(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op,
			      struct vc_session *s, const struct vc_request *r,
			      struct vc_cursor in);

/** Writes the result, sets slot->written and frees the job. @return the request's status */
uint8_t vc_request_finish_akcipher(struct vc_queue *q, const struct rte_crypto_op *op);

#endif /* VHOST_CRYPTO_REQUEST_AKCIPHER_H */
