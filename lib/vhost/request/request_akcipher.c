/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_version.h>

#include "akcipher.h"
#include "iova.h"
#include "request_akcipher.h"
#include "virtio_crypto_digest.h"
#include "virtio_crypto_number.h"

void
vc_akcipher_job_init(struct vc_akcipher_job *job)
{
	struct rte_crypto_op *op = (struct rte_crypto_op *)job->op_mem;

	op->type = RTE_CRYPTO_OP_TYPE_ASYMMETRIC;
	op->phys_addr = vc_iova_of(op);
	job->in_iova = vc_iova_of(job->in);
	job->out_iova = vc_iova_of(job->out);
}

static void
job_free(struct vc_queue *q, struct vc_akcipher_job *job)
{
	/* Data of a request must not leak into the next one. */
	explicit_bzero(job->in, sizeof(job->in));
	explicit_bzero(job->out, sizeof(job->out));
	vc_pool_put(&q->jobs, job);
}

/* Checks the lengths of a request against its chain. */
static bool
lengths_fit(const struct vc_slot *slot, const struct vc_request *r, uint32_t left,
	    uint32_t max_size)
{
	bool verifies = r->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY;
	uint64_t in = (uint64_t)r->src_len + (verifies ? r->dst_len : 0);
	uint64_t out = verifies ? 0 : r->dst_len;

	/* AKCIPHER Service Operation, D65 */
	return in <= left && out + 1 <= slot->chain.write_len && in + out <= max_size;
}

/* Reads a number of @p len bytes, padded with leading zeros to @p size. */
static void
read_number(struct vc_cursor *in, uint32_t len, uint8_t *to, uint32_t size)
{
	/* AKCIPHER session parameters, D68 */
	memset(to, 0, size - len);
	vc_cursor_read(in, to + size - len, len);
}

/*
 * Encodes a digest by EMSA-PKCS1-v1_5 (RFC 8017, 9.2), or any data if the session has no hash.
 * False: not the length of the hash's digest, or too long for the modulus.
 */
static bool
read_padded(const struct vc_akcipher *key, struct vc_cursor *in, uint32_t len, uint8_t *em)
{
	uint32_t info = key->hash->info_len, fill;

	if ((info > 0 && len != key->hash->digest_len) || len > key->size ||
	    len + info + VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD > key->size)
		return false;
	fill = key->size - len - info - 3;
	em[0] = 0;
	em[1] = 1;
	memset(em + 2, 0xff, fill);
	em[2 + fill] = 0;
	memcpy(em + 3 + fill, key->hash->info, info);
	vc_cursor_read(in, em + 3 + fill + info, len);
	return true;
}

/* Whether a signature has the length of the modulus and is smaller, as RFC 8017 requires. */
static bool
is_signature(const struct vc_akcipher *key, const uint8_t *signature, uint32_t len)
{
	return len == key->size &&
		memcmp(signature, key->rsa.number[VIRTIO_CRYPTO_RSA_N].data, len) < 0;
}

/* Sets an RSA operation on job->in with its result in job->out. */
static void
set_rsa(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym, bool private, bool padded,
	uint32_t len)
{
	rte_crypto_param in = { .data = job->in, .iova = job->in_iova, .length = len };
	rte_crypto_param out = { .data = job->out, .iova = job->out_iova };

	memset(&asym->rsa, 0, sizeof(asym->rsa));
	asym->rsa.op_type = private ? RTE_CRYPTO_ASYM_OP_DECRYPT : RTE_CRYPTO_ASYM_OP_ENCRYPT;
	asym->rsa.message = private ? out : in;
	asym->rsa.cipher = private ? in : out;
#if RTE_VERSION < RTE_VERSION_NUM(24, 11, 0, 0)
	asym->rsa.padding.type = padded ? RTE_CRYPTO_RSA_PADDING_PKCS1_5 :
					  RTE_CRYPTO_RSA_PADDING_NONE;
#else
	(void)padded; /* part of the session */
#endif
}

static int
build_encrypt(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
	      const struct vc_request *r, struct vc_cursor *in)
{
	const struct vc_akcipher *key = job->key;
	uint32_t max = key->size - (key->pkcs1 ? VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD : 0);
	uint32_t len = key->pkcs1 ? r->src_len : key->size;

	if (r->src_len > max || r->dst_len < key->size)
		return VIRTIO_CRYPTO_ERR;
	read_number(in, r->src_len, job->in, len);
	set_rsa(job, asym, false, key->pkcs1, len);
	return VIRTIO_CRYPTO_OK;
}

static int
build_decrypt(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
	      const struct vc_request *r, struct vc_cursor *in)
{
	const struct vc_akcipher *key = job->key;

	if (!key->has_private || r->src_len > key->size || (!key->pkcs1 && r->dst_len < key->size))
		return VIRTIO_CRYPTO_ERR;
	read_number(in, r->src_len, job->in, key->size);
	set_rsa(job, asym, true, key->pkcs1, key->size);
	return VIRTIO_CRYPTO_OK;
}

static int
build_rsa_sign(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
	       const struct vc_request *r, struct vc_cursor *in)
{
	const struct vc_akcipher *key = job->key;

	/* AKCIPHER Service Operation, D61 */
	if (!key->pkcs1)
		return VIRTIO_CRYPTO_NOTSUPP;
	if (!key->has_private || r->dst_len < key->size ||
	    !read_padded(key, in, r->src_len, job->in))
		return VIRTIO_CRYPTO_ERR;
	set_rsa(job, asym, true, false, key->size);
	return VIRTIO_CRYPTO_OK;
}

static int
build_rsa_verify(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
		 const struct vc_request *r, struct vc_cursor *in)
{
	const struct vc_akcipher *key = job->key;
	struct vc_cursor digest = *in;

	/* AKCIPHER Service Operation, D61 */
	if (!key->pkcs1)
		return VIRTIO_CRYPTO_NOTSUPP;
	vc_cursor_skip(&digest, r->src_len);
	if (!read_padded(key, &digest, r->dst_len, job->expected))
		return VIRTIO_CRYPTO_ERR;
	if (r->src_len != key->size)
		return VIRTIO_CRYPTO_KEY_REJECTED;
	vc_cursor_read(in, job->in, r->src_len);
	if (!is_signature(key, job->in, r->src_len))
		return VIRTIO_CRYPTO_KEY_REJECTED;
	set_rsa(job, asym, false, false, key->size);
	return VIRTIO_CRYPTO_OK;
}

/* Digest, r and s of ECDSA share job->expected. */
static rte_crypto_param
ecdsa_param(struct vc_akcipher_job *job, unsigned int i)
{
	const uint32_t size = sizeof(job->expected) / 4;

	return (rte_crypto_param){
		.data = job->expected + i * size,
		.iova = vc_iova_of(job->expected + i * size),
		.length = job->key->size,
	};
}

/* ECDSA uses the leftmost bits of a digest, as many as the curve's order has. */
static void
read_ecdsa_digest(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
		  struct vc_cursor *in, uint32_t len)
{
	memset(&asym->ecdsa, 0, sizeof(asym->ecdsa));
	asym->ecdsa.message = ecdsa_param(job, 0);
	asym->ecdsa.message.length = RTE_MIN(len, job->key->size);
	vc_cursor_read(in, asym->ecdsa.message.data, asym->ecdsa.message.length);
	asym->ecdsa.r = ecdsa_param(job, 1);
	asym->ecdsa.s = ecdsa_param(job, 2);
}

/* Before DPDK 23.11 the key is part of the operation, later of the session. */
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)

/* Copies the key to where the result will be: the session's memory need not be contiguous. */
static rte_crypto_param
key_param(struct vc_akcipher_job *job, uint32_t off, size_t len)
{
	memcpy(job->out + off, job->key->ec.data + off, len);
	return (rte_crypto_param){ .data = job->out + off,
				   .iova = job->out_iova + off,
				   .length = len };
}

static void
set_ecdsa(struct rte_crypto_asym_op *asym, struct vc_akcipher_job *job,
	  enum rte_crypto_asym_op_type type)
{
	const struct vc_akcipher *key = job->key;

	asym->ecdsa.op_type = type;
	if (type == RTE_CRYPTO_ASYM_OP_SIGN) {
		asym->ecdsa.pkey = key_param(job, 0, key->ec.len);
	} else {
		asym->ecdsa.q.x = key_param(job, 0, key->size);
		asym->ecdsa.q.y = key_param(job, key->size, key->size);
	}
}

#else

static void
set_ecdsa(struct rte_crypto_asym_op *asym, struct vc_akcipher_job *job,
	  enum rte_crypto_asym_op_type type)
{
	RTE_SET_USED(job);
	asym->ecdsa.op_type = type;
}

#endif

static int
build_ecdsa_sign(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
		 const struct vc_request *r, struct vc_cursor *in)
{
	if (!job->key->has_private || r->src_len == 0)
		return VIRTIO_CRYPTO_ERR;
	read_ecdsa_digest(job, asym, in, r->src_len);
	set_ecdsa(asym, job, RTE_CRYPTO_ASYM_OP_SIGN);
	return VIRTIO_CRYPTO_OK;
}

/* Only a public key has the point to verify with; a private key need not have it. */
static int
build_ecdsa_verify(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym,
		   const struct vc_request *r, struct vc_cursor *in)
{
	struct virtio_crypto_bytes rn, sn;
	struct vc_cursor digest = *in;

	if (job->key->has_private || r->dst_len == 0)
		return VIRTIO_CRYPTO_ERR;
	vc_cursor_skip(&digest, r->src_len);
	read_ecdsa_digest(job, asym, &digest, r->dst_len);
	if (r->src_len > VIRTIO_CRYPTO_ECDSA_SIGNATURE_MAX(VIRTIO_CRYPTO_CURVE_MAX_SIZE))
		return VIRTIO_CRYPTO_KEY_REJECTED;
	vc_cursor_read(in, job->in, r->src_len);
	if (virtio_crypto_der_ecdsa_signature(job->in, r->src_len, &rn, &sn) != 0 ||
	    !virtio_crypto_number_fill(&rn, asym->ecdsa.r.data, asym->ecdsa.r.length) ||
	    !virtio_crypto_number_fill(&sn, asym->ecdsa.s.data, asym->ecdsa.s.length))
		return VIRTIO_CRYPTO_KEY_REJECTED;
	set_ecdsa(asym, job, RTE_CRYPTO_ASYM_OP_VERIFY);
	return VIRTIO_CRYPTO_OK;
}

static int
build(struct vc_akcipher_job *job, struct rte_crypto_asym_op *asym, const struct vc_request *r,
      struct vc_cursor *in)
{
	bool rsa = job->key->algo == VIRTIO_CRYPTO_AKCIPHER_RSA;

	switch (r->opcode) {
	case VIRTIO_CRYPTO_AKCIPHER_ENCRYPT:
		return rsa ? build_encrypt(job, asym, r, in) : VIRTIO_CRYPTO_NOTSUPP;
	case VIRTIO_CRYPTO_AKCIPHER_DECRYPT:
		return rsa ? build_decrypt(job, asym, r, in) : VIRTIO_CRYPTO_NOTSUPP;
	case VIRTIO_CRYPTO_AKCIPHER_SIGN:
		return rsa ? build_rsa_sign(job, asym, r, in) : build_ecdsa_sign(job, asym, r, in);
	default:
		return rsa ? build_rsa_verify(job, asym, r, in) :
			     build_ecdsa_verify(job, asym, r, in);
	}
}

/* Finds the cryptodev session of an operation. */
static void *
find_cdev_session(struct vc_queue *q, struct vc_session *s, const struct vc_request *r)
{
	bool padded = s->akcipher->pkcs1 &&
		(r->opcode == VIRTIO_CRYPTO_AKCIPHER_ENCRYPT ||
		 r->opcode == VIRTIO_CRYPTO_AKCIPHER_DECRYPT);

	if (r->stateless)
		return vc_akcipher_session(&q->cache.table, s, 0, padded);
	return vc_akcipher_session(q->env.sessions, s, q->index, padded);
}

int
vc_request_build_akcipher(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op,
			  struct vc_session *s, const struct vc_request *r, struct vc_cursor in)
{
	struct vc_akcipher_job *job;
	int status;

	/* AKCIPHER Service Operation, D59 */
	if (s->akcipher == NULL || !lengths_fit(slot, r, in.left, q->env.max_size))
		return VIRTIO_CRYPTO_ERR;
	job = vc_pool_get(&q->jobs);
	if (job == NULL)
		return VC_REQUEST_DEFERRED;
	job->slot = slot;
	job->key = s->akcipher;
	job->opcode = r->opcode;
	job->room = r->dst_len;
	job->result = vc_chain_writer(&slot->chain);
	slot->cdev = s->cdev;
	*op = (struct rte_crypto_op *)job->op_mem;
	(*op)->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	(*op)->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	status = build(job, (*op)->asym, r, &in);
	(*op)->asym->session = status == VIRTIO_CRYPTO_OK ? find_cdev_session(q, s, r) : NULL;
	if (status == VIRTIO_CRYPTO_OK && (*op)->asym->session == NULL)
		status = VIRTIO_CRYPTO_ERR;
	if (status != VIRTIO_CRYPTO_OK)
		job_free(q, job);
	return status;
}

/* Writes a result, or fails if the guest has no room for all of it. */
static uint8_t
write_result(struct vc_akcipher_job *job, const uint8_t *data, size_t len)
{
	/* AKCIPHER Service Operation, D58, D65 */
	if (len > job->room || len > sizeof(job->out))
		return VIRTIO_CRYPTO_ERR;
	vc_cursor_write(&job->result, data, len);
	job->slot->written = len + 1;
	return VIRTIO_CRYPTO_OK;
}

static uint8_t
finish_rsa(struct vc_akcipher_job *job, const struct rte_crypto_asym_op *asym)
{
	bool private = asym->rsa.op_type == RTE_CRYPTO_ASYM_OP_DECRYPT;
	size_t len = private ? asym->rsa.message.length : asym->rsa.cipher.length;

	/* AKCIPHER Service Operation, D60, D62, D64 */
	if (job->opcode != VIRTIO_CRYPTO_AKCIPHER_VERIFY)
		return write_result(job, job->out, len);
	return len == job->key->size && virtio_crypto_digest_equal(job->out, job->expected, len) ?
		VIRTIO_CRYPTO_OK :
		VIRTIO_CRYPTO_KEY_REJECTED;
}

static uint8_t
finish_ecdsa(struct vc_akcipher_job *job, const struct rte_crypto_asym_op *asym)
{
	struct virtio_crypto_bytes r = { asym->ecdsa.r.data, asym->ecdsa.r.length };
	struct virtio_crypto_bytes s = { asym->ecdsa.s.data, asym->ecdsa.s.length };

	/* AKCIPHER Service Operation, D60, D62 */
	if (job->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY)
		return VIRTIO_CRYPTO_OK;
	return write_result(
		job, job->out,
		virtio_crypto_der_write_ecdsa_signature(&r, &s, job->out, sizeof(job->out)));
}

uint8_t
vc_request_finish_akcipher(struct vc_queue *q, const struct rte_crypto_op *op)
{
	struct vc_akcipher_job *job = vc_akcipher_job_of(op);
	uint8_t status = VIRTIO_CRYPTO_ERR;

	/* AKCIPHER Service Operation, D59, D64 */
	job->slot->written = 1;
	if (op->status == RTE_CRYPTO_OP_STATUS_SUCCESS)
		status = job->key->algo == VIRTIO_CRYPTO_AKCIPHER_RSA ? finish_rsa(job, op->asym) :
									finish_ecdsa(job, op->asym);
	/* Cryptodevs have no distinct status for an invalid signature. */
	else if (job->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY &&
		 job->key->algo != VIRTIO_CRYPTO_AKCIPHER_RSA)
		status = VIRTIO_CRYPTO_KEY_REJECTED;
	job_free(q, job);
	return status;
}
