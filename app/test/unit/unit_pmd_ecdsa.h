/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * ECDSA operations and their requests, of unit_pmd_ecdsa.c and unit_pmd_ecdsa_sessions.c. The
 * device computes nothing; numbers are those of published signatures, and signatures are in
 * OpenSSL's encoding.
 */

#ifndef UNIT_PMD_ECDSA_H
#define UNIT_PMD_ECDSA_H

#include <string.h>

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <rte_version.h>

#include "ecdsa.h"
#include "unit_pmd_asym.h"

#define PADDED	     48 /* bytes of the fixed part without REVISION_1 */
#define MAX_DER	     160
#define CANARY	     0xc7
#define WITH_KEYS    (BASE | REVISION_1 | 1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE)
#define WITHOUT_KEYS (BASE | REVISION_1)

/* From 23.11 the keys are the transform's; before they come with each operation. */
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#define KEYS_IN_TRANSFORM 1
#else
#define KEYS_IN_TRANSFORM 0
#endif

/* Numbers of the specification, in the order of the published answers. */
static const uint32_t curve_numbers[] = { 1, 2, 3, 4, 5 };

static const struct ecdsa_curve *curve;
static struct rte_crypto_asym_xform xform;

/* The published answer, and what operations point to. One byte more than the curve has. */
static struct {
	uint8_t d[ECDSA_MAX_SIZE + 1], x[ECDSA_MAX_SIZE + 1], y[ECDSA_MAX_SIZE + 1];
	uint8_t want_r[ECDSA_MAX_SIZE], want_s[ECDSA_MAX_SIZE];
	uint8_t r[ECDSA_MAX_SIZE + 1], s[ECDSA_MAX_SIZE + 1];
	uint8_t digest[2048];
	size_t digest_len;
	uint8_t der[MAX_DER];
	uint32_t der_len;
} b;

static inline size_t
hex(const char *text, uint8_t *to)
{
	size_t n;

	for (n = 0; sscanf(text + 2 * n, "%2hhx", &to[n]) == 1; n++)
		;
	return n;
}

/* An Ecdsa-Sig-Value. */
static inline void
encode(const uint8_t *r, size_t r_len, const uint8_t *s, size_t s_len)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	uint8_t *to = b.der;

	CHECK(ECDSA_SIG_set0(signature, BN_bin2bn(r, r_len, NULL), BN_bin2bn(s, s_len, NULL)) == 1);
	b.der_len = i2d_ECDSA_SIG(signature, &to);
	ECDSA_SIG_free(signature);
}

static inline void
take_answer(unsigned int i)
{
	curve = &ecdsa_curves[i];
	hex(curve->d, b.d);
	hex(curve->x, b.x);
	hex(curve->y, b.y);
	hex(curve->r, b.want_r);
	hex(curve->s, b.want_s);
	b.digest_len = hex(curve->digest, b.digest);
	encode(b.want_r, curve->size, b.want_s, curve->size);
	xform = (struct rte_crypto_asym_xform){ .xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA,
						.ec.curve_id = curve->id };
}

static inline rte_crypto_uint
number(uint8_t *data, size_t len)
{
	return (rte_crypto_uint){ .data = data, .length = len };
}

static inline struct virtio_crypto_ecdsa_key
pair(void)
{
	return (struct virtio_crypto_ecdsa_key){
		number(b.d, curve->size),
		{ .x = number(b.x, curve->size), .y = number(b.y, curve->size) },
	};
}

/* A queue, and a session of ECDSA that the device knows nothing of. */
static inline void
open_session(uint64_t features, unsigned int i)
{
	open_asym(features);
	take_answer(i);
	reference()->dev = &dev;
	reference()->curve = *virtio_crypto_curve_of(curve->id);
}

/* The operation, or its transform, says a key. */
static inline void
give_keys(struct rte_crypto_op *op, const struct virtio_crypto_ecdsa_key *keys)
{
#if KEYS_IN_TRANSFORM
	xform.ec.pkey = keys->pkey;
	xform.ec.q = keys->q;
	op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	op->asym->xform = &xform;
#else
	op->asym->ecdsa.pkey = keys->pkey;
	op->asym->ecdsa.q = keys->q;
#endif
}

static inline struct rte_crypto_op *
operation(enum rte_crypto_asym_op_type type)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(operations, RTE_CRYPTO_OP_TYPE_ASYMMETRIC);
	const struct virtio_crypto_ecdsa_key keys = pair();

	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	op->asym->session = session;
	op->asym->ecdsa.op_type = type;
	op->asym->ecdsa.message = number(b.digest, b.digest_len);
	memset(b.r, CANARY, sizeof(b.r));
	memset(b.s, CANARY, sizeof(b.s));
	op->asym->ecdsa.r = number(b.r, 0);
	op->asym->ecdsa.s = number(b.s, 0);
	if (type == RTE_CRYPTO_ASYM_OP_VERIFY) {
		memcpy(b.r, b.want_r, curve->size);
		memcpy(b.s, b.want_s, curve->size);
		op->asym->ecdsa.r.length = curve->size;
		op->asym->ecdsa.s.length = curve->size;
	}
	give_keys(op, &keys);
	return op;
}

/* An operation whose key the device knows. */
static inline struct rte_crypto_op *
session_operation(enum rte_crypto_asym_op_type type)
{
	const struct virtio_crypto_ecdsa_key none = { 0 };
	struct rte_crypto_op *op = operation(type);

	give_keys(op, &none);
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	op->asym->session = session;
	return op;
}

static inline void
check_header(const struct chain *c, uint32_t opcode, uint32_t flag, uint32_t len)
{
	const struct virtio_crypto_op_header *h = (const void *)c->part[0].data;

	CHECK(h->opcode == rte_cpu_to_le_32(opcode) && h->flag == rte_cpu_to_le_32(flag));
	CHECK(h->algo == rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC));
	CHECK(c->part[0].len == len && !c->part[0].write);
}

/* The parameters of a session that a stateless request has. */
static inline void
check_parameters(const struct chain *c, uint32_t key_type, uint32_t key_len, unsigned int i)
{
	CHECK(le32_at(c, HEADER) == VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC);
	CHECK(le32_at(c, HEADER + 4) == key_type && le32_at(c, HEADER + 8) == key_len);
	CHECK(le32_at(c, HEADER + 12) == curve_numbers[i] && le32_at(c, HEADER + 16) == 0);
}

/* An ECPrivateKey (RFC 5915) of version 1, with nothing but the private number. */
static inline bool
is_private_key(const uint8_t *key, size_t len)
{
	const uint8_t start[] = { 0x30, 5 + curve->size, 2, 1, 1, 4, curve->size };

	return len == sizeof(start) + curve->size && memcmp(key, start, sizeof(start)) == 0 &&
		memcmp(key + sizeof(start), b.d, curve->size) == 0;
}

/* An uncompressed point (SEC 1, 2.3.3). */
static inline bool
is_public_key(const uint8_t *key, size_t len)
{
	return len == 1 + 2u * curve->size && key[0] == 4 &&
		memcmp(key + 1, b.x, curve->size) == 0 &&
		memcmp(key + 1 + curve->size, b.y, curve->size) == 0;
}

static inline bool
untouched(void)
{
	size_t i;

	for (i = 0; i < sizeof(b.r); i++)
		if (b.r[i] != CANARY || b.s[i] != CANARY)
			return false;
	return true;
}

/* The device writes the encoded signature, and the operation has its numbers. */
static inline void
check_signature(struct rte_crypto_op *op, const struct chain *c)
{
	const struct rte_crypto_ecdsa_op_param *ecdsa = &op->asym->ecdsa;

	CHECK(c->nb == 4 && c->part[2].write && c->part[2].len >= b.der_len);
	memcpy(c->part[2].data, b.der, b.der_len);
	answer_written(c, VIRTIO_CRYPTO_OK, b.der_len + 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
	CHECK(ecdsa->r.length == curve->size && ecdsa->s.length == curve->size);
	CHECK(memcmp(b.r, b.want_r, curve->size) == 0 && b.r[curve->size] == CANARY);
	CHECK(memcmp(b.s, b.want_s, curve->size) == 0 && b.s[curve->size] == CANARY);
}

/* A request to sign, with the private key in front of the digest. */
static inline void
check_sign(struct rte_crypto_op *op, unsigned int i, uint32_t fixed)
{
	const uint32_t key_len = 7 + curve->size;
	struct chain c;

	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, 0, HEADER + fixed);
	check_parameters(&c, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE, key_len, i);
	CHECK(le32_at(&c, HEADER + 20) == b.digest_len);
	CHECK(le32_at(&c, HEADER + 24) == c.part[2].len);
	CHECK(c.part[1].len == key_len + b.digest_len && is_private_key(c.part[1].data, key_len));
	CHECK(memcmp(c.part[1].data + key_len, b.digest, b.digest_len) == 0);
	check_signature(op, &c);
	rte_crypto_op_free(op);
}

/* A request to verify: the public key, the signature, and the digest; no result. */
static inline void
check_verify(struct rte_crypto_op *op, unsigned int i)
{
	const uint32_t key_len = 1 + 2 * curve->size;
	const uint8_t *in;
	struct chain c;

	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_VERIFY, 0, HEADER + STATELESS);
	check_parameters(&c, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, key_len, i);
	CHECK(le32_at(&c, HEADER + 20) == b.der_len && le32_at(&c, HEADER + 24) == b.digest_len);
	in = c.part[1].data;
	CHECK(is_public_key(in, key_len) && memcmp(in + key_len, b.der, b.der_len) == 0);
	if (q->any_layout) {
		CHECK(c.nb == 3 && c.part[1].len == key_len + b.der_len + b.digest_len);
		CHECK(memcmp(in + key_len + b.der_len, b.digest, b.digest_len) == 0);
	} else {
		CHECK(c.nb == 4 && c.part[1].len == key_len + b.der_len);
		CHECK(c.part[2].len == b.digest_len && !c.part[2].write);
		CHECK(memcmp(c.part[2].data, b.digest, b.digest_len) == 0);
	}
	answer_written(&c, VIRTIO_CRYPTO_OK, 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
	rte_crypto_op_free(op);
}

/* An operation without a session of the cryptodev. */
static inline struct rte_crypto_op *
own_operation(void)
{
	struct rte_crypto_op *op = operation(RTE_CRYPTO_ASYM_OP_SIGN);

	op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	op->asym->xform = &xform;
	return op;
}

#endif /* UNIT_PMD_ECDSA_H */
