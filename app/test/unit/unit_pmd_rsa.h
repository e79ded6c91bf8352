/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * RSA operations, their requests and results, of unit_pmd_akcipher.c and
 * unit_pmd_akcipher_reject.c. The device computes nothing.
 */

#ifndef UNIT_PMD_RSA_H
#define UNIT_PMD_RSA_H

#include <string.h>

#include <rte_version.h>

#define RING 128

#include "unit_pmd_asym.h"
#include "unit_rsa.h"

#define MODULUS 128 /* bytes of the key's */

/* What no release of DPDK has as a padding; and the hash of one that was not filled in. */
#define NO_PADDING_AT_ALL ((enum rte_crypto_rsa_padding_type)99)
#define NO_HASH_SAID	  ((enum rte_crypto_auth_algorithm)0)

/* Before the digest of a signature, by RFC 8017, section 9.2, note 1. */
static const uint8_t sha256_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
				       0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

static struct rsa_key key;
static uint8_t message[MODULUS + 1], sign[MODULUS + 1], cipher[MODULUS + 1];

/*
 * Padding belongs to operations, and a session serves every one that there is. From DPDK 24.11 on
 * it belongs to the transform: then the session of these tests is put together from one for each,
 * and its padding is changed where it would be that of an operation.
 */
#if RTE_VERSION < RTE_VERSION_NUM(24, 11, 0, 0)

static inline void
create_session(void)
{
	struct rte_crypto_asym_xform x = rsa_key_xform(&key, RSA_EXPONENT);

	CHECK(virtio_crypto_asym_session_create(&dev, &x, reference()) == 0);
}

static inline void
set_padding(struct rte_crypto_op *op, enum rte_crypto_rsa_padding_type padding,
	    enum rte_crypto_auth_algorithm hash)
{
	op->asym->rsa.padding.type = padding;
	op->asym->rsa.padding.hash = hash;
}

#else

static inline void
create_session(void)
{
	struct rte_crypto_asym_xform x = rsa_key_xform(&key, RSA_EXPONENT);
	struct virtio_crypto_session *raw;

	x.rsa.padding.type = RTE_CRYPTO_RSA_PADDING_NONE;
	CHECK(virtio_crypto_asym_session_create(&dev, &x, reference()) == 0);
	raw = reference()->raw;
	CHECK(raw != NULL && reference()->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH] == NULL);
	x.rsa.padding.type = RTE_CRYPTO_RSA_PADDING_PKCS1_5;
	CHECK(virtio_crypto_asym_session_create(&dev, &x, reference()) == 0);
	CHECK(created == 2 && reference()->raw == NULL);
	reference()->raw = raw;
}

static inline void
set_padding(struct rte_crypto_op *op, enum rte_crypto_rsa_padding_type padding,
	    enum rte_crypto_auth_algorithm hash)
{
	(void)op;
	reference()->padding.type = padding;
	reference()->padding.hash = hash;
}

#endif

static inline void
open_session(uint64_t features)
{
	open_asym(features);
	create_session();
	memset(message, 0x3e, sizeof(message));
	memset(sign, 0x51, sizeof(sign));
	memset(cipher, 0xc1, sizeof(cipher));
}

/* An operation with padding PKCS #1 on a message of so many bytes; no hash is named. */
static inline struct rte_crypto_op *
operation(enum rte_crypto_asym_op_type type, size_t len)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(operations, RTE_CRYPTO_OP_TYPE_ASYMMETRIC);

	op->asym->session = session;
	op->asym->rsa.op_type = type;
	op->asym->rsa.message = (rte_crypto_param){ .data = message, .length = len };
	op->asym->rsa.sign = (rte_crypto_param){ .data = sign };
	op->asym->rsa.cipher = (rte_crypto_param){ .data = cipher };
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	if (type == RTE_CRYPTO_ASYM_OP_DECRYPT)
		op->asym->rsa.cipher.length = MODULUS;
	else if (type == RTE_CRYPTO_ASYM_OP_VERIFY)
		op->asym->rsa.sign.length = MODULUS;
	set_padding(op, RTE_CRYPTO_RSA_PADDING_PKCS1_5, NO_HASH_SAID);
	return op;
}

/* The header of a request in session mode, whose lengths stand at an offset. */
static inline void
check_header(const struct chain *c, uint32_t opcode, uint64_t id, unsigned int lengths,
	     uint32_t src_len, uint32_t dst_len)
{
	const struct virtio_crypto_op_header *h = (const void *)c->part[0].data;

	CHECK(h->opcode == rte_cpu_to_le_32(opcode));
	CHECK(h->algo == rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_RSA));
	CHECK(h->session_id == rte_cpu_to_le_64(id));
	CHECK(h->flag == rte_cpu_to_le_32(VIRTIO_CRYPTO_FLAG_SESSION_MODE));
	CHECK(le32_at(c, lengths) == src_len && le32_at(c, lengths + 4) == dst_len);
}

/* The parts of a request, with a result and without one. */
static inline void
check_parts(const struct chain *c, uint32_t header, uint32_t input, uint32_t result)
{
	CHECK(c->nb == (result > 0 ? 4 : 3));
	CHECK(c->part[0].len == header && !c->part[0].write);
	CHECK(c->part[1].len == input && !c->part[1].write);
	CHECK(c->part[c->nb - 1].len == 1 && c->part[c->nb - 1].write);
	CHECK(result == 0 || (c->part[2].len == result && c->part[2].write));
}

static inline bool
filled(const uint8_t *bytes, uint8_t with, size_t len)
{
	for (; len > 0; len--)
		if (*bytes++ != with)
			return false;
	return true;
}

/* The device writes a result of so many bytes, and the operation comes back. */
static inline void
check_result(struct rte_crypto_op *op, const struct chain *c, uint32_t len)
{
	memset(c->part[2].data, 0xda, len);
	answer_written(c, VIRTIO_CRYPTO_OK, len + 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
}

#endif /* UNIT_PMD_RSA_H */
