/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What the driver puts onto a data queue, byte for byte, in every format: sections "HASH Service
 * Operation", "MAC ...", "Symmetric algorithms ..." and "AEAD ..." of the specification.
 */

#include <string.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "mock_device.h"
#include "mock_device_xforms.h"
#include "unit.h"

#define TEXT 48

/* The formats: which features are negotiated, and whether the request has a session. */
static const struct format {
	uint64_t features;
	bool revision_1;
	bool stateless_layout;
	bool stateless;
} formats[] = {
	{ 0, false, false, false },
	{ MOCK_REVISION_1, true, false, false },
	{ MOCK_STATELESS, true, true, false },
	{ MOCK_STATELESS, true, true, true },
};

static uint8_t aad[AAD_LEN] = { 'a', 'd', 'd', 'i', 't', 'i', 'o', 'n' }, result[64];

static struct rte_crypto_op *
operation(struct rte_crypto_sym_xform *x, const struct format *f, void **session)
{
	struct rte_crypto_op *op;

	*session = f->stateless ? NULL : mock_session_create(x);
	CHECK(f->stateless || *session != NULL);
	op = mock_op(*session, TEXT);
	if (f->stateless) {
		op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
		op->sym->xform = x;
	}
	op->sym->auth.digest.data = result;
	return op;
}

/* Sends the operation and compares what the device sees. */
static void
check_request(struct rte_crypto_op *op, const struct wire_bytes *right, uint32_t room)
{
	bool sent = mock_enqueue(op);
	struct wire_bytes b;

	CHECK(sent);
	if (!sent)
		return;
	CHECK(mock_pop(&b) == room);
	CHECK(b.len == right->len && memcmp(b.data, right->data, right->len) == 0);
	CHECK(mock_complete() == 1 && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
}

static void
finish(struct rte_crypto_op *op, void *session)
{
	mock_op_free(op);
	if (session != NULL)
		mock_session_destroy(session);
	mock_close();
}

/* The general header, with the algorithm and, in session mode, the session. */
static void
header(struct wire_bytes *b, const struct format *f, uint32_t opcode, uint32_t algo)
{
	b->len = 0;
	WIRE_FIELDS(b, opcode, algo);
	wire_le64(b, f->stateless ? 0 : MOCK_SESSION);
	WIRE_FIELDS(b, f->stateless ? 0 : FLAG_SESSION_MODE, 0);
}

/* What follows the fixed part, but for the data. */
static void
content(struct wire_bytes *b, const struct format *f, uint32_t key_len, uint32_t auth_key_len,
	uint32_t iv_len)
{
	if (!f->revision_1)
		wire_zero(b, 24 + 48 - b->len);
	if (f->stateless) {
		wire_put(b, key, key_len);
		wire_put(b, auth_key, auth_key_len);
	}
	memset(b->data + b->len, 0x1f, iv_len);
	b->len += iv_len;
}

static void
text(struct wire_bytes *b, uint32_t len)
{
	memset(b->data + b->len, 0xda, len);
	b->len += len;
}

/* Proves R18, R19 and R20. */
static void
a_hash_request_is_the_specifications_byte_for_byte(void)
{
	struct rte_crypto_sym_xform x = digest(RTE_CRYPTO_AUTH_SHA256, 0);
	struct rte_crypto_op *op;
	struct wire_bytes b;
	unsigned int i;
	void *s;

	for (i = 0; i < RTE_DIM(formats); i++) {
		mock_open(formats[i].features);
		op = operation(&x, &formats[i], &s);
		header(&b, &formats[i], HASH, HASH_SHA_256);
		if (formats[i].stateless_layout)
			WIRE_FIELDS(&b, HASH_SHA_256, TEXT, DIGEST_LEN, 0);
		else
			WIRE_FIELDS(&b, TEXT, DIGEST_LEN);
		content(&b, &formats[i], 0, 0, 0);
		text(&b, TEXT);
		check_request(op, &b, DIGEST_LEN + 1);
		finish(op, s);
	}
}

/* Proves R21, R22 and R23. */
static void
a_mac_request_is_the_specifications_byte_for_byte(void)
{
	struct rte_crypto_sym_xform x = digest(RTE_CRYPTO_AUTH_SHA256_HMAC, AUTH_KEY_LEN);
	struct rte_crypto_op *op;
	struct wire_bytes b;
	unsigned int i;
	void *s;

	for (i = 0; i < RTE_DIM(formats); i++) {
		mock_open(formats[i].features);
		op = operation(&x, &formats[i], &s);
		header(&b, &formats[i], MAC, MAC_HMAC_SHA_256);
		if (formats[i].stateless_layout)
			WIRE_FIELDS(&b, MAC_HMAC_SHA_256, AUTH_KEY_LEN, TEXT, DIGEST_LEN);
		else
			WIRE_FIELDS(&b, TEXT, DIGEST_LEN);
		content(&b, &formats[i], 0, AUTH_KEY_LEN, 0);
		text(&b, TEXT);
		check_request(op, &b, DIGEST_LEN + 1);
		finish(op, s);
	}
}

static void
expect_cipher(struct wire_bytes *b, const struct format *f, bool encrypt)
{
	header(b, f, encrypt ? CIPHER_ENCRYPT : CIPHER_DECRYPT, CIPHER_AES_CBC);
	if (f->stateless_layout) {
		WIRE_FIELDS(b, CIPHER_AES_CBC, KEY_LEN, encrypt ? OP_ENCRYPT : OP_DECRYPT, IV_LEN,
			    TEXT, TEXT);
		wire_zero(b, 48);
		WIRE_FIELDS(b, SYM_OP_CIPHER);
	} else {
		WIRE_FIELDS(b, IV_LEN, TEXT, TEXT);
		wire_zero(b, 28);
		WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	}
	content(b, f, KEY_LEN, 0, IV_LEN);
	text(b, TEXT);
}

/* Proves R24, R25, R26 and R27. */
static void
a_cipher_request_is_the_specifications_byte_for_byte(void)
{
	struct rte_crypto_sym_xform x;
	struct rte_crypto_op *op;
	struct wire_bytes b;
	unsigned int i;
	int encrypt;
	void *s;

	for (i = 0; i < RTE_DIM(formats); i++)
		for (encrypt = 0; encrypt < 2; encrypt++) {
			x = aes_cbc(encrypt);
			mock_open(formats[i].features);
			op = operation(&x, &formats[i], &s);
			expect_cipher(&b, &formats[i], encrypt);
			check_request(op, &b, TEXT + 1);
			finish(op, s);
		}
}

/* The cipher is over all but the first 16 bytes, the digest over all but the last 8. */
static void
expect_chain(struct wire_bytes *b, const struct format *f)
{
	header(b, f, CIPHER_ENCRYPT, CIPHER_AES_CBC);
	if (f->stateless_layout)
		WIRE_FIELDS(b, CIPHER_THEN_HASH, 0, CIPHER_AES_CBC, KEY_LEN, OP_ENCRYPT,
			    MAC_HMAC_SHA1, AUTH_KEY_LEN, HASH_MODE_AUTH);
	WIRE_FIELDS(b, IV_LEN, TEXT, TEXT, 16, TEXT - 16, 0, TEXT - 8, 0, DIGEST_LEN, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING);
	if (!f->stateless_layout)
		wire_le32(b, 0);
	content(b, f, KEY_LEN, AUTH_KEY_LEN, IV_LEN);
	text(b, TEXT);
}

/* Proves R24, R25, R26 and R28. */
static void
a_chain_request_is_the_specifications_byte_for_byte(void)
{
	struct rte_crypto_sym_xform x = aes_cbc(true);
	struct rte_crypto_sym_xform auth = digest(RTE_CRYPTO_AUTH_SHA1_HMAC, AUTH_KEY_LEN);
	struct rte_crypto_op *op;
	struct wire_bytes b;
	unsigned int i;
	void *s;

	x.next = &auth;
	for (i = 0; i < RTE_DIM(formats); i++) {
		mock_open(formats[i].features);
		op = operation(&x, &formats[i], &s);
		op->sym->cipher.data.offset = 16;
		op->sym->cipher.data.length = TEXT - 16;
		op->sym->auth.data.offset = 0;
		op->sym->auth.data.length = TEXT - 8;
		expect_chain(&b, &formats[i]);
		check_request(op, &b, TEXT + DIGEST_LEN + 1);
		finish(op, s);
	}
}

static void
expect_aead(struct wire_bytes *b, const struct format *f, bool encrypt)
{
	uint32_t src = encrypt ? TEXT : TEXT + TAG_LEN, dst = encrypt ? TEXT + TAG_LEN : TEXT;

	header(b, f, encrypt ? AEAD_ENCRYPT : AEAD_DECRYPT, AEAD_GCM);
	if (f->stateless_layout)
		WIRE_FIELDS(b, AEAD_GCM, KEY_LEN, encrypt ? OP_ENCRYPT : OP_DECRYPT, GCM_IV_LEN,
			    TAG_LEN, AAD_LEN, src, dst);
	else
		WIRE_FIELDS(b, GCM_IV_LEN, AAD_LEN, src, dst, TAG_LEN, 0);
	content(b, f, KEY_LEN, 0, GCM_IV_LEN);
	text(b, TEXT);
	if (!encrypt)
		wire_put(b, result, TAG_LEN);
	wire_put(b, aad, AAD_LEN);
}

/* Proves R29, R30 and R31. */
static void
an_aead_request_is_the_specifications_byte_for_byte(void)
{
	struct rte_crypto_sym_xform x;
	struct rte_crypto_op *op;
	struct wire_bytes b;
	unsigned int i;
	int encrypt;
	void *s;

	for (i = 0; i < RTE_DIM(formats); i++)
		for (encrypt = 0; encrypt < 2; encrypt++) {
			x = aes_gcm(encrypt);
			memset(result, 0x7a, sizeof(result));
			mock_open(formats[i].features);
			op = operation(&x, &formats[i], &s);
			memset(&op->sym->aead, 0, sizeof(op->sym->aead));
			op->sym->aead.data.length = TEXT;
			op->sym->aead.digest.data = result;
			op->sym->aead.aad.data = aad;
			expect_aead(&b, &formats[i], encrypt);
			check_request(op, &b, TEXT + (encrypt ? TAG_LEN : 0) + 1);
			finish(op, s);
		}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_hash_request_is_the_specifications_byte_for_byte),
		UNIT_TEST(a_mac_request_is_the_specifications_byte_for_byte),
		UNIT_TEST(a_cipher_request_is_the_specifications_byte_for_byte),
		UNIT_TEST(a_chain_request_is_the_specifications_byte_for_byte),
		UNIT_TEST(an_aead_request_is_the_specifications_byte_for_byte),
	};

	return mock_main(tests, RTE_DIM(tests));
}
