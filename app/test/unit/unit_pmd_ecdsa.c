/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * ECDSA of the driver: what requests are on the wire, and what becomes of the answers. The device
 * is played here, and computes nothing; numbers are those of published signatures, and signatures
 * are in OpenSSL's encoding.
 */

#include <string.h>

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <rte_version.h>

#include "ecdsa.h"
#include "unit.h"
#include "unit_pmd.h"
#include "virtio_crypto_asym_op.h"
#include "virtio_crypto_asym_session.h"

#define HEADER	     24 /* bytes of the general header */
#define FIXED	     8	/* bytes of the fixed part of a request in session mode */
#define STATELESS    28 /* the same with stateless mode */
#define PADDED	     48 /* the same without REVISION_1 */
#define MAX_DER	     160
#define CANARY	     0xc7
#define BASE	     (1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC)
#define REVISION_1   (1ULL << VIRTIO_CRYPTO_F_REVISION_1)
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

static struct rte_mempool *operations;
static struct rte_cryptodev_asym_session *session;
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

static size_t
hex(const char *text, uint8_t *to)
{
	size_t n;

	for (n = 0; sscanf(text + 2 * n, "%2hhx", &to[n]) == 1; n++)
		;
	return n;
}

/* An Ecdsa-Sig-Value. */
static void
encode(const uint8_t *r, size_t r_len, const uint8_t *s, size_t s_len)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	uint8_t *to = b.der;

	CHECK(ECDSA_SIG_set0(signature, BN_bin2bn(r, r_len, NULL), BN_bin2bn(s, s_len, NULL)) == 1);
	b.der_len = i2d_ECDSA_SIG(signature, &to);
	ECDSA_SIG_free(signature);
}

static void
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

static rte_crypto_uint
number(uint8_t *data, size_t len)
{
	return (rte_crypto_uint){ .data = data, .length = len };
}

static struct virtio_crypto_ecdsa_key
pair(void)
{
	return (struct virtio_crypto_ecdsa_key){
		number(b.d, curve->size),
		{ .x = number(b.x, curve->size), .y = number(b.y, curve->size) },
	};
}

static struct virtio_crypto_asym_session_ref *
reference(void)
{
	return (void *)session->sess_private_data;
}

/* A queue, and a session of ECDSA that the device knows nothing of. */
static void
open_session(uint64_t features, unsigned int i)
{
	open_queue(features);
	take_answer(i);
	session = calloc(1, sizeof(*session) + sizeof(struct virtio_crypto_asym_session_ref));
	reference()->dev = &dev;
	reference()->curve = *virtio_crypto_curve_of(curve->id);
}

static void
close_session(void)
{
	virtio_crypto_asym_session_destroy(&dev, reference());
	free(session);
	close_queue();
}

/* The operation, or its transform, says a key. */
static void
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

static struct rte_crypto_op *
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
static struct rte_crypto_op *
session_operation(enum rte_crypto_asym_op_type type)
{
	const struct virtio_crypto_ecdsa_key none = { 0 };
	struct rte_crypto_op *op = operation(type);

	give_keys(op, &none);
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	op->asym->session = session;
	return op;
}

static uint32_t
le32_at(const struct chain *c, unsigned int offset)
{
	uint32_t value;

	memcpy(&value, c->part[0].data + offset, sizeof(value));
	return rte_le_to_cpu_32(value);
}

static void
check_header(const struct chain *c, uint32_t opcode, uint32_t flag, uint32_t len)
{
	const struct virtio_crypto_op_header *h = (const void *)c->part[0].data;

	CHECK(h->opcode == rte_cpu_to_le_32(opcode) && h->flag == rte_cpu_to_le_32(flag));
	CHECK(h->algo == rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC));
	CHECK(c->part[0].len == len && !c->part[0].write);
}

/* The parameters of a session that a stateless request has. */
static void
check_parameters(const struct chain *c, uint32_t key_type, uint32_t key_len, unsigned int i)
{
	CHECK(le32_at(c, HEADER) == VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC);
	CHECK(le32_at(c, HEADER + 4) == key_type && le32_at(c, HEADER + 8) == key_len);
	CHECK(le32_at(c, HEADER + 12) == curve_numbers[i] && le32_at(c, HEADER + 16) == 0);
}

/* An ECPrivateKey (RFC 5915) of version 1, with nothing but the private number. */
static bool
is_private_key(const uint8_t *key, size_t len)
{
	const uint8_t start[] = { 0x30, 5 + curve->size, 2, 1, 1, 4, curve->size };

	return len == sizeof(start) + curve->size && memcmp(key, start, sizeof(start)) == 0 &&
		memcmp(key + sizeof(start), b.d, curve->size) == 0;
}

/* An uncompressed point (SEC 1, 2.3.3). */
static bool
is_public_key(const uint8_t *key, size_t len)
{
	return len == 1 + 2u * curve->size && key[0] == 4 &&
		memcmp(key + 1, b.x, curve->size) == 0 &&
		memcmp(key + 1 + curve->size, b.y, curve->size) == 0;
}

static bool
untouched(void)
{
	size_t i;

	for (i = 0; i < sizeof(b.r); i++)
		if (b.r[i] != CANARY || b.s[i] != CANARY)
			return false;
	return true;
}

/* The device writes the encoded signature, and the operation has its numbers. */
static void
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
static void
check_sign(struct rte_crypto_op *op, unsigned int i, uint32_t fixed)
{
	const uint32_t key_len = 7 + curve->size;
	struct chain c;

	CHECK(enqueue(op) == 1 && take(&c));
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, 0, HEADER + fixed);
	check_parameters(&c, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE, key_len, i);
	CHECK(le32_at(&c, HEADER + 20) == b.digest_len);
	CHECK(le32_at(&c, HEADER + 24) == c.part[2].len);
	CHECK(c.part[1].len == key_len + b.digest_len && is_private_key(c.part[1].data, key_len));
	CHECK(memcmp(c.part[1].data + key_len, b.digest, b.digest_len) == 0);
	check_signature(op, &c);
	rte_crypto_op_free(op);
}

/* Proves R33. */
static void
to_sign_is_to_bring_the_private_key(void)
{
	unsigned int i, exact;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		for (exact = 0; exact < 2; exact++) {
			open_session(exact ? WITH_KEYS : WITH_KEYS & ~REVISION_1, i);
			check_sign(operation(RTE_CRYPTO_ASYM_OP_SIGN), i,
				   exact ? STATELESS : PADDED);
			CHECK(created == 0);
			close_session();
		}
	}
}

/* A request to verify: the public key, the signature, and the digest; no result. */
static void
check_verify(struct rte_crypto_op *op, unsigned int i)
{
	const uint32_t key_len = 1 + 2 * curve->size;
	const uint8_t *in;
	struct chain c;

	CHECK(enqueue(op) == 1 && take(&c));
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

static void
to_verify_is_to_bring_the_public_key(void)
{
	struct rte_crypto_op *op;
	unsigned int i;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		open_session(WITH_KEYS, i);
		op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
		/* What only signing needs may be there still, and is not looked at. */
		op->asym->ecdsa.k = number(b.d, curve->size);
		check_verify(op, i);
		q->any_layout = false;
		check_verify(operation(RTE_CRYPTO_ASYM_OP_VERIFY), i);
		close_session();
	}
}

/* Leading zeros more or less are the same number, in keys and in signatures. */
static void
numbers_have_the_size_of_the_curve(void)
{
	struct virtio_crypto_ecdsa_key keys;
	struct rte_crypto_op *op;

	open_session(WITH_KEYS, 2);
	b.d[0] = b.x[0] = b.y[0] = 0;
	b.want_r[0] = b.want_s[0] = b.want_s[1] = 0;
	encode(b.want_r, curve->size, b.want_s, curve->size);
	keys = pair();
	keys.pkey = number(b.d + 1, curve->size - 1);
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN);
	give_keys(op, &keys);
	check_sign(op, 2, STATELESS);
	keys.q.x = number(b.x + 1, curve->size - 1);
	keys.q.y = number(b.y + 1, curve->size - 1);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	give_keys(op, &keys);
	op->asym->ecdsa.r = number(b.r + 1, curve->size - 1);
	op->asym->ecdsa.s = number(b.s + 1, curve->size - 1);
	check_verify(op, 2);
	/* One byte more than the curve has, which is 0. */
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	memmove(b.r + 1, b.want_r, curve->size);
	b.r[0] = 0;
	op->asym->ecdsa.r = number(b.r, curve->size + 1);
	check_verify(op, 2);
	/* Numbers that have no bytes but zeros. */
	memset(b.want_r, 0, sizeof(b.want_r));
	encode(b.want_r, curve->size, b.want_s, curve->size);
	check_verify(operation(RTE_CRYPTO_ASYM_OP_VERIFY), 2);
	check_sign(operation(RTE_CRYPTO_ASYM_OP_SIGN), 2, STATELESS);
	close_session();
}

/* Enqueues what cannot be done, and takes it back with a status; the device sees nothing. */
static void
check_refused(struct rte_crypto_op *op, uint8_t status)
{
	struct chain c;

	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	CHECK(enqueue(op) == 1 && !take(&c) && dequeue() == op && op->status == status);
	CHECK(virtio_crypto_id_pool_count(&q->asym->free) == VIRTIO_CRYPTO_ASYM_BUFFERS);
	rte_crypto_op_free(op);
}

static void
refuse_keys(enum rte_crypto_asym_op_type type, const struct virtio_crypto_ecdsa_key *keys)
{
	struct rte_crypto_op *op = operation(type);

	give_keys(op, keys);
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
}

static void
keys_have_to_be_there_and_to_fit(void)
{
	struct virtio_crypto_ecdsa_key keys;

	open_session(WITH_KEYS, 0);
	keys = pair();
	keys.pkey.data = NULL;
	refuse_keys(RTE_CRYPTO_ASYM_OP_SIGN, &keys);
	keys.pkey = number(b.d, 0);
	refuse_keys(RTE_CRYPTO_ASYM_OP_SIGN, &keys);
	keys.pkey = number(b.d, curve->size + 1);
	refuse_keys(RTE_CRYPTO_ASYM_OP_SIGN, &keys);
	keys = pair();
	keys.q.x.length = curve->size + 1;
	refuse_keys(RTE_CRYPTO_ASYM_OP_VERIFY, &keys);
	keys = pair();
	keys.q.y.length = curve->size + 1;
	refuse_keys(RTE_CRYPTO_ASYM_OP_VERIFY, &keys);
	memset(&keys.q, 0, sizeof(keys.q));
	refuse_keys(RTE_CRYPTO_ASYM_OP_VERIFY, &keys);
	close_session();
}

static void
bad_operations_come_back(void)
{
	const uint8_t invalid = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	enum rte_crypto_asym_op_type type;
	struct rte_crypto_op *op;

	open_session(WITH_KEYS, 0);
	/* There is no field for the number k of an application. */
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN);
	op->asym->ecdsa.k = number(b.d, curve->size);
	check_refused(op, invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_ENCRYPT), invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_DECRYPT), invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_LIST_END), invalid);
	for (type = RTE_CRYPTO_ASYM_OP_SIGN; type <= RTE_CRYPTO_ASYM_OP_VERIFY; type++) {
		op = operation(type);
		op->asym->ecdsa.message.length = 0;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.message.data = NULL;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.message.length = 1025;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.r.data = NULL;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.s.data = NULL;
		check_refused(op, invalid);
	}
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	op->asym->ecdsa.r.length = curve->size + 1;
	check_refused(op, invalid);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	op->asym->ecdsa.s.length = curve->size + 1;
	check_refused(op, invalid);
	q->max_size = 7 + curve->size + b.digest_len;
	check_refused(operation(RTE_CRYPTO_ASYM_OP_SIGN), invalid);
	close_session();
}

/* The largest that there is room for. */
static void
a_message_may_be_long(void)
{
	open_session(WITH_KEYS, 4);
	memset(b.digest, 0x3e, sizeof(b.digest));
	b.digest_len = 1024;
	check_verify(operation(RTE_CRYPTO_ASYM_OP_VERIFY), 4);
	check_sign(operation(RTE_CRYPTO_ASYM_OP_SIGN), 4, STATELESS);
	close_session();
}

/* The device answers with what is in b.der and says to have written so many bytes. */
static void
check_bad_answer(uint32_t written)
{
	struct rte_crypto_op *op = operation(RTE_CRYPTO_ASYM_OP_SIGN);
	struct chain c;

	CHECK(enqueue(op) == 1 && take(&c));
	memcpy(c.part[2].data, b.der, b.der_len);
	answer_written(&c, VIRTIO_CRYPTO_OK, written);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR && untouched());
	CHECK(op->asym->ecdsa.r.length == 0 && op->asym->ecdsa.s.length == 0);
	rte_crypto_op_free(op);
}

/* Proves D69. */
static void
answers_have_to_be_signatures_of_the_curve(void)
{
	static const uint8_t three_numbers[] = { 0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1 };
	uint8_t large[ECDSA_MAX_SIZE];

	open_session(WITH_KEYS, 0);
	memset(large, 0x7f, sizeof(large));
	check_bad_answer(0);
	check_bad_answer(1);
	check_bad_answer(b.der_len);
	check_bad_answer(b.der_len + 2);
	check_bad_answer(MAX_DER);
	check_bad_answer(UINT32_MAX);
	b.der[0] ^= 1;
	check_bad_answer(b.der_len + 1);
	memcpy(b.der, three_numbers, sizeof(three_numbers));
	check_bad_answer(sizeof(three_numbers) + 1);
	encode(large, curve->size + 1, b.want_s, curve->size);
	check_bad_answer(b.der_len + 1);
	encode(b.want_r, curve->size, large, curve->size + 1);
	check_bad_answer(b.der_len + 1);
	close_session();
}

static void
statuses_become_those_of_operations(void)
{
	static const uint8_t status[][2] = {
		{ VIRTIO_CRYPTO_ERR, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_KEY_REJECTED, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_NOTSUPP, RTE_CRYPTO_OP_STATUS_INVALID_ARGS },
		{ VIRTIO_CRYPTO_INVSESS, RTE_CRYPTO_OP_STATUS_INVALID_SESSION },
	};
	enum rte_crypto_asym_op_type type;
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	open_session(WITH_KEYS, 0);
	for (type = RTE_CRYPTO_ASYM_OP_SIGN; type <= RTE_CRYPTO_ASYM_OP_VERIFY; type++) {
		for (i = 0; i < RTE_DIM(status); i++) {
			op = operation(type);
			CHECK(enqueue(op) == 1 && take(&c));
			answer_written(&c, status[i][0], 1);
			CHECK(dequeue() == op && op->status == status[i][1]);
			CHECK(type == RTE_CRYPTO_ASYM_OP_VERIFY || untouched());
			rte_crypto_op_free(op);
		}
	}
	close_session();
}

/* An operation without a session of the cryptodev. */
static struct rte_crypto_op *
own_operation(void)
{
	struct rte_crypto_op *op = operation(RTE_CRYPTO_ASYM_OP_SIGN);

	op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	op->asym->xform = &xform;
	return op;
}

static void
operations_without_a_session_have_to_make_sense(void)
{
	const uint8_t invalid = RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	struct rte_crypto_asym_xform next = { .xform_type = RTE_CRYPTO_ASYM_XFORM_NONE };
	struct rte_crypto_op *op;

	open_session(WITH_KEYS, 3);
	check_sign(own_operation(), 3, STATELESS);
	xform.next = &next;
	check_refused(own_operation(), invalid);
	take_answer(3);
	xform.ec.curve_id = 29; /* X25519 */
	check_refused(own_operation(), invalid);
	take_answer(3);
	xform.xform_type = RTE_CRYPTO_ASYM_XFORM_DSA;
	check_refused(own_operation(), invalid);
	op = own_operation();
	op->asym->xform = NULL;
	check_refused(op, invalid);
	close_session();
	/* A device without stateless mode. */
	open_session(WITHOUT_KEYS, 3);
	check_refused(own_operation(), invalid);
	close_session();
}

/* What the device was asked for last. */
static struct virtio_crypto_op_ctrl_req asked;
static uint8_t asked_key[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY];
static unsigned int nb_asked, refused;

static int
note_request(const struct virtio_crypto_session_params *params)
{
	asked = params->req;
	CHECK(params->auth_key_len == 0 && params->cipher_key_len <= sizeof(asked_key));
	memcpy(asked_key, params->keys, params->cipher_key_len);
	return ++nb_asked == refused ? -EKEYREJECTED : 0;
}

static int
create(const struct virtio_crypto_ecdsa_key *keys)
{
	nb_asked = 0;
	on_create = note_request;
	return virtio_crypto_ecdsa_sessions_create(&dev, keys, reference());
}

static void
check_asked(uint32_t type, unsigned int i)
{
	const struct virtio_crypto_akcipher_session_para *para =
		&asked.u.akcipher_create_session.para;
	const uint32_t ecdsa = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC);
	uint32_t len = rte_le_to_cpu_32(para->keylen);

	CHECK(rte_le_to_cpu_32(asked.header.opcode) == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	CHECK(asked.header.algo == ecdsa && para->algo == ecdsa);
	CHECK(rte_le_to_cpu_32(para->keytype) == type);
	CHECK(rte_le_to_cpu_32(para->u.ecdsa.curve_id) == curve_numbers[i]);
	CHECK(type == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE ? is_private_key(asked_key, len) :
								is_public_key(asked_key, len));
}

/* Keys that a transform has are the device's before the first operation. */
static void
a_device_may_know_the_keys(void)
{
	struct virtio_crypto_ecdsa_key keys;
	unsigned int i;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		open_session(WITHOUT_KEYS, i);
		keys = pair();
		CHECK(create(&keys) == 0 && nb_asked == 2);
		check_asked(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, i);
		CHECK(reference()->ec_private != NULL && reference()->ec_public != NULL);
		virtio_crypto_asym_session_destroy(&dev, reference());
		CHECK(destroyed == 2);
		reference()->curve = *virtio_crypto_curve_of(curve->id);
		memset(&keys.q, 0, sizeof(keys.q));
		CHECK(create(&keys) == 0 && nb_asked == 1 && reference()->ec_public == NULL);
		check_asked(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE, i);
		close_session();
	}
}

static void
sessions_need_keys(void)
{
	struct virtio_crypto_ecdsa_key keys = { 0 };

	open_session(WITHOUT_KEYS, 0);
	CHECK(create(&keys) == -EINVAL && nb_asked == 0);
	keys = pair();
	keys.pkey.length = curve->size + 1;
	CHECK(create(&keys) == -EINVAL && nb_asked == 0);
	keys = pair();
	keys.q.y.length = curve->size + 1;
	CHECK(create(&keys) == -EINVAL && nb_asked == 1);
	virtio_crypto_asym_session_destroy(&dev, reference());
	reference()->curve = *virtio_crypto_curve_of(curve->id);
	keys = pair();
	for (refused = 1; refused <= 2; refused++) {
		CHECK(create(&keys) == -EKEYREJECTED && nb_asked == refused);
		virtio_crypto_asym_session_destroy(&dev, reference());
		reference()->curve = *virtio_crypto_curve_of(curve->id);
	}
	refused = 0;
	close_session();
}

/* Proves R32. */
static void
requests_of_sessions_have_ids(void)
{
	const uint32_t with_session = VIRTIO_CRYPTO_FLAG_SESSION_MODE;
	const struct virtio_crypto_op_header *h;
	struct virtio_crypto_ecdsa_key keys;
	struct rte_crypto_op *op;
	struct chain c;

	open_session(WITHOUT_KEYS, 2);
	keys = pair();
	CHECK(create(&keys) == 0);
	op = session_operation(RTE_CRYPTO_ASYM_OP_SIGN);
	CHECK(enqueue(op) == 1 && take(&c));
	h = (const void *)c.part[0].data;
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, with_session, HEADER + FIXED);
	CHECK(h->session_id == rte_cpu_to_le_64(SESSION));
	CHECK(le32_at(&c, HEADER) == b.digest_len && le32_at(&c, HEADER + 4) == c.part[2].len);
	CHECK(c.part[1].len == b.digest_len);
	check_signature(op, &c);
	rte_crypto_op_free(op);
	op = session_operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	CHECK(enqueue(op) == 1 && take(&c));
	h = (const void *)c.part[0].data;
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_VERIFY, with_session, HEADER + FIXED);
	CHECK(h->session_id == rte_cpu_to_le_64(SESSION + 1));
	CHECK(le32_at(&c, HEADER) == b.der_len && le32_at(&c, HEADER + 4) == b.digest_len);
	CHECK(c.nb == 3 && c.part[1].len == b.der_len + b.digest_len);
	answer_written(&c, VIRTIO_CRYPTO_KEY_REJECTED, 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	rte_crypto_op_free(op);
	reference()->ec_private->ready = false;
	check_refused(session_operation(RTE_CRYPTO_ASYM_OP_SIGN),
		      RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	reference()->ec_private->ready = true;
	close_session();
}

static int
create_session(struct rte_crypto_asym_xform *x)
{
	struct virtio_crypto_asym_session_ref ref;
	int ret = virtio_crypto_asym_session_create(&dev, x, &ref);

	if (ret == 0)
		virtio_crypto_asym_session_destroy(&dev, &ref);
	return ret;
}

/* The transform of a session, with its keys if that is their place. */
static void
transforms_have_to_make_sense(void)
{
	struct rte_crypto_asym_xform next = { .xform_type = RTE_CRYPTO_ASYM_XFORM_NONE };
	struct rte_crypto_asym_xform good;

	open_session(WITH_KEYS, 1);
#if KEYS_IN_TRANSFORM
	xform.ec.pkey = pair().pkey;
	xform.ec.q = pair().q;
#endif
	good = xform;
	CHECK(create_session(&good) == 0 && created == 2 * KEYS_IN_TRANSFORM);
	xform.next = &next;
	CHECK(create_session(&xform) == -ENOTSUP);
	xform = good;
	xform.ec.curve_id = 29; /* X25519 */
	CHECK(create_session(&xform) == -ENOTSUP);
	close_session();
	akciphers = 1u << VIRTIO_CRYPTO_AKCIPHER_RSA;
	open_session(WITH_KEYS, 1);
	CHECK(create_session(&good) == -ENOTSUP);
	check_refused(own_operation(), RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	close_session();
	akciphers = EVERY_AKCIPHER;
}

/* The transform types of the asymmetric capabilities, one bit each. */
static uint32_t
advertised(uint64_t features, uint32_t offered)
{
	const struct rte_cryptodev_capabilities *cap;
	uint32_t types = 0;

	akciphers = offered;
	open_queue(features);
	for (cap = dev.capabilities; cap->op != RTE_CRYPTO_OP_TYPE_UNDEFINED; cap++) {
		if (cap->op != RTE_CRYPTO_OP_TYPE_ASYMMETRIC)
			continue;
		types |= 1u << cap->asym.xform_capa.xform_type;
		CHECK(cap->asym.xform_capa.xform_type != RTE_CRYPTO_ASYM_XFORM_ECDSA ||
		      cap->asym.xform_capa.op_types ==
			      (1u << RTE_CRYPTO_ASYM_OP_SIGN | 1u << RTE_CRYPTO_ASYM_OP_VERIFY));
	}
	CHECK((q->asym != NULL) == (types != 0));
	close_queue();
	akciphers = EVERY_AKCIPHER;
	return types;
}

/* Where operations have the keys, a device that wants them before cannot be used. */
static void
the_capability_is_there_where_it_can_be_used(void)
{
	const uint32_t rsa = 1u << RTE_CRYPTO_ASYM_XFORM_RSA;
	const uint32_t ecdsa = 1u << RTE_CRYPTO_ASYM_XFORM_ECDSA;
	const uint32_t ecdsa_bit = 1u << VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC;

	CHECK(advertised(WITH_KEYS, EVERY_AKCIPHER) == (rsa | ecdsa));
	CHECK(advertised(WITH_KEYS, ecdsa_bit) == ecdsa);
	CHECK(advertised(WITH_KEYS, 1u << VIRTIO_CRYPTO_AKCIPHER_RSA) == rsa);
	/* The number that Linux has for it is none of the specification. */
	CHECK(advertised(WITH_KEYS, 1u << 3) == 0);
	CHECK(advertised(WITHOUT_KEYS, ecdsa_bit) == (KEYS_IN_TRANSFORM ? ecdsa : 0));
	CHECK(advertised(WITHOUT_KEYS, EVERY_AKCIPHER) == (rsa | (KEYS_IN_TRANSFORM ? ecdsa : 0)));
}

/* A device that has ECDSA only. */
static void
rsa_needs_a_device_that_has_it(void)
{
	uint8_t n[64], e = 3;
	struct rte_crypto_op *op;

	akciphers = 1u << VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC;
	open_session(WITH_KEYS, 0);
	memset(n, 0xff, sizeof(n));
	xform = (struct rte_crypto_asym_xform){ .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };
	xform.rsa.n = number(n, sizeof(n));
	xform.rsa.e = number(&e, 1);
	CHECK(create_session(&xform) == -ENOTSUP);
	op = own_operation();
	op->asym->rsa = (struct rte_crypto_rsa_op_param){ .op_type = RTE_CRYPTO_ASYM_OP_ENCRYPT };
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	close_session();
	akciphers = EVERY_AKCIPHER;
}

static void
nothing_is_left_behind(void)
{
	CHECK(rte_mempool_full(operations));
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(to_sign_is_to_bring_the_private_key),
		UNIT_TEST(to_verify_is_to_bring_the_public_key),
		UNIT_TEST(numbers_have_the_size_of_the_curve),
		UNIT_TEST(keys_have_to_be_there_and_to_fit),
		UNIT_TEST(bad_operations_come_back),
		UNIT_TEST(a_message_may_be_long),
		UNIT_TEST(answers_have_to_be_signatures_of_the_curve),
		UNIT_TEST(statuses_become_those_of_operations),
		UNIT_TEST(operations_without_a_session_have_to_make_sense),
		UNIT_TEST(a_device_may_know_the_keys),
		UNIT_TEST(sessions_need_keys),
		UNIT_TEST(requests_of_sessions_have_ids),
		UNIT_TEST(transforms_have_to_make_sense),
		UNIT_TEST(the_capability_is_there_where_it_can_be_used),
		UNIT_TEST(rsa_needs_a_device_that_has_it),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (start_eal())
		operations = rte_crypto_op_pool_create("operations", RTE_CRYPTO_OP_TYPE_ASYMMETRIC,
						       127, 0, 0, SOCKET_ID_ANY);
	if (operations == NULL) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	return unit_run(tests, RTE_DIM(tests));
}
