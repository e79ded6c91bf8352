/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests of service AKCIPHER (section "AKCIPHER Service Operation").
 *
 * Their operations work on copies, which is nothing beside what they cost, so a guest that changes
 * its buffers meanwhile meets nobody. PKCS #1 padding of signatures is put on and compared here:
 * cryptodevs differ in who adds the DigestInfo, and crypto_openssl calls any signature valid whose
 * padding is. Padding of encryption, which needs random numbers, is the cryptodev's.
 *
 * Thread: the lcore that serves the queue, with the queue's lock held.
 */

#ifndef VHOST_CRYPTO_REQUEST_AKCIPHER_H
#define VHOST_CRYPTO_REQUEST_AKCIPHER_H

#include <rte_crypto.h>

#include "iova.h"
#include "queue.h"
#include "request_read.h"

/** Requests of the service that a queue can have in flight. */
#define VC_QUEUE_AKCIPHERS 32
/** Jobs that are allocated for them: those that are not contiguous for hardware stay unused. */
#define VC_AKCIPHER_JOBS (VC_QUEUE_AKCIPHERS + VC_IOVA_SPARE)

/** An operation in the making, and what it works on. */
struct vc_akcipher_job {
	struct vc_slot *slot;
	const struct vc_akcipher *key;
	struct vc_cursor result; /**< where the guest wants it */
	uint32_t room;		 /**< bytes there */
	uint32_t opcode;
	rte_iova_t in_iova;
	rte_iova_t out_iova;
	uint8_t in[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	uint8_t out[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	/** What a signature is to say, padded; or digest, r and s of ECDSA. */
	uint8_t expected[VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	uint8_t op_mem[sizeof(struct rte_crypto_op) +
		       sizeof(struct rte_crypto_asym_op)] __rte_aligned(16);
} __rte_cache_aligned;

/**
 * Prepares the jobs of a queue whose memory is allocated and 0. Control side.
 *
 * @param jobs       VC_AKCIPHER_JOBS of them
 * @param free_jobs  receives those that can be used, VC_QUEUE_AKCIPHERS at most
 * @return their number
 */
uint32_t vc_akcipher_jobs_init(struct vc_akcipher_job *jobs, struct vc_akcipher_job **free_jobs);

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
 * Makes an operation of a request.
 *
 * @param s   its session, of service AKCIPHER
 * @param in  at the source data
 * @param op  receives the operation
 * @return as vc_request_parse()
 */
int vc_request_build_akcipher(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op,
			      struct vc_session *s, const struct vc_request *r,
			      struct vc_cursor in);

/** Writes the result, sets slot->written and gives the job back. @return the request's status */
uint8_t vc_request_finish_akcipher(struct vc_queue *q, const struct rte_crypto_op *op);

#endif /* VHOST_CRYPTO_REQUEST_AKCIPHER_H */
