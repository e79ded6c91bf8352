/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What the driver puts onto the control queue, section "Session operation" of the specification. */

#include <string.h>

#include <rte_common.h>

#include "mock_device.h"
#include "mock_device_xforms.h"
#include "unit.h"
#include "virtio_crypto_asym_session.h"

/* Bytes of the modulus of an RSA key, and of the DER of its public part. */
#define MODULUS 64
#define DER_LEN (5 + MODULUS + 5)

enum kind { CIPHER, CHAIN, HASHED, MACED, SEALED, NB_KINDS };

static void *
make(enum kind kind)
{
	struct rte_crypto_sym_xform first, second;

	switch (kind) {
	case CIPHER:
		first = aes_cbc(false);
		break;
	case CHAIN:
		first = aes_cbc(true);
		second = digest(RTE_CRYPTO_AUTH_SHA1_HMAC, AUTH_KEY_LEN);
		first.next = &second;
		break;
	case HASHED:
		first = digest(RTE_CRYPTO_AUTH_SHA256, 0);
		break;
	case MACED:
		first = digest(RTE_CRYPTO_AUTH_SHA256_HMAC, AUTH_KEY_LEN);
		break;
	default:
		first = aes_gcm(true);
	}
	return mock_session_create(&first);
}

/* The general header, with the algorithm. */
static void
header(struct wire_bytes *b, uint32_t opcode, uint32_t algo)
{
	b->len = 0;
	WIRE_FIELDS(b, opcode, algo, 0, 0);
}

/* The request that is to be seen. */
static void
expect(struct wire_bytes *b, enum kind kind, bool revision_1)
{
	static const uint32_t key_lens[] = { KEY_LEN, KEY_LEN, 0, 0, KEY_LEN };
	static const uint32_t auth_key_lens[] = { 0, AUTH_KEY_LEN, 0, AUTH_KEY_LEN, 0 };

	switch (kind) {
	case CIPHER:
		header(b, CIPHER_CREATE_SESSION, CIPHER_AES_CBC);
		WIRE_FIELDS(b, CIPHER_AES_CBC, KEY_LEN, OP_DECRYPT, 0);
		wire_zero(b, 32);
		WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
		break;
	case CHAIN:
		header(b, CIPHER_CREATE_SESSION, CIPHER_AES_CBC);
		WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CBC, KEY_LEN,
			    OP_ENCRYPT, 0, MAC_HMAC_SHA1, DIGEST_LEN, AUTH_KEY_LEN, 0, 0, 0,
			    SYM_OP_ALGORITHM_CHAINING, 0);
		break;
	case HASHED:
		header(b, HASH_CREATE_SESSION, HASH_SHA_256);
		WIRE_FIELDS(b, HASH_SHA_256, DIGEST_LEN);
		break;
	case MACED:
		header(b, MAC_CREATE_SESSION, MAC_HMAC_SHA_256);
		WIRE_FIELDS(b, MAC_HMAC_SHA_256, DIGEST_LEN, AUTH_KEY_LEN, 0);
		break;
	default:
		header(b, AEAD_CREATE_SESSION, AEAD_GCM);
		WIRE_FIELDS(b, AEAD_GCM, KEY_LEN, TAG_LEN, AAD_LEN, OP_ENCRYPT, 0);
	}
	if (!revision_1)
		wire_zero(b, 16 + 56 - b->len);
	wire_put(b, key, key_lens[kind]);
	wire_put(b, auth_key, auth_key_lens[kind]);
}

static bool
same(const struct wire_bytes *a, const struct wire_bytes *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Proves R13, R14 and R15. */
static void
a_creation_is_the_specifications_byte_for_byte(void)
{
	struct wire_bytes b;
	enum kind kind;
	int revision_1;
	void *s;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		mock_open(revision_1 ? MOCK_REVISION_1 : 0);
		for (kind = CIPHER; kind < NB_KINDS; kind++) {
			s = make(kind);
			CHECK(s != NULL);
			expect(&b, kind, revision_1);
			CHECK(same(&mock_device.request, &b));
			CHECK(wire_get32(mock_device.request.data, 12) == 0); /* reserved */
			CHECK(mock_device.request_room == 16);
			mock_session_destroy(s);
		}
		mock_close();
	}
}

/* Proves R16 and R17. */
static void
a_destruction_names_service_and_session(void)
{
	static const uint32_t opcodes[] = { CIPHER_DESTROY_SESSION, CIPHER_DESTROY_SESSION,
					    HASH_DESTROY_SESSION, MAC_DESTROY_SESSION,
					    AEAD_DESTROY_SESSION };
	unsigned int requests;
	struct wire_bytes b;
	enum kind kind;
	int revision_1;
	void *s;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		mock_open(revision_1 ? MOCK_REVISION_1 : 0);
		for (kind = CIPHER; kind < NB_KINDS; kind++) {
			s = make(kind);
			requests = mock_device.requests;
			mock_session_destroy(s);
			wire_control_header(&b, opcodes[kind]);
			wire_le64(&b, MOCK_SESSION);
			if (!revision_1)
				wire_zero(&b, 16 + 56 - b.len);
			CHECK(mock_device.requests == requests + 1);
			CHECK(same(&mock_device.request, &b));
			CHECK(mock_device.request_room == 1);
		}
		mock_close();
	}
}

/* A public key as RFC 8017 has it in DER: modulus, whose first bit is set, and 65537. */
static void
rsa_public_key(struct wire_bytes *b, const uint8_t *n)
{
	static const uint8_t sequence[] = { 0x30, 0x48, 0x02, 0x41, 0x00 };
	static const uint8_t exponent[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };

	wire_put(b, sequence, sizeof(sequence));
	wire_put(b, n, MODULUS);
	wire_put(b, exponent, sizeof(exponent));
}

/* Proves R13, R14, R15, R16 and R17. */
static void
an_asymmetric_session_is_the_specifications_too(void)
{
	static uint8_t e[] = { 1, 0, 1 }, n[MODULUS];
	struct rte_crypto_asym_xform x = {
		.xform_type = RTE_CRYPTO_ASYM_XFORM_RSA,
		.rsa = { .n = { .data = n, .length = sizeof(n) },
			 .e = { .data = e, .length = sizeof(e) } },
	};
	struct virtio_crypto_asym_session_ref ref = { 0 };
	struct wire_bytes b;
	int revision_1;

	memset(n, 0xc5, sizeof(n));
	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		mock_reset(revision_1 ? MOCK_REVISION_1 : 0);
		mock_device.config.crypto_services |= rte_cpu_to_le_32(1 << 4);
		mock_device.config.akcipher_algo = rte_cpu_to_le_32(1 << AKCIPHER_RSA);
		CHECK(mock_probe() == 0);
		CHECK(virtio_crypto_asym_session_create(&mock_dev, &x, &ref) == 0);
		header(&b, AKCIPHER_CREATE_SESSION, AKCIPHER_RSA);
		WIRE_FIELDS(&b, AKCIPHER_RSA, KEY_TYPE_PUBLIC, DER_LEN);
		/* Which padding and hash came last is the driver's choice. */
		wire_put(&b, mock_device.request.data + b.len, 8);
		wire_zero(&b, 16 + 56 - b.len);
		rsa_public_key(&b, n);
		CHECK(same(&mock_device.request, &b) && mock_device.request_room == 16);
		virtio_crypto_asym_session_destroy(&mock_dev, &ref);
		wire_control_header(&b, AKCIPHER_DESTROY_SESSION);
		wire_le64(&b, MOCK_SESSION);
		if (!revision_1)
			wire_zero(&b, 16 + 56 - b.len);
		CHECK(same(&mock_device.request, &b) && mock_device.request_room == 1);
		mock_close();
	}
}

static void
a_session_that_the_device_refuses_is_none(void)
{
	static const uint32_t statuses[] = { ERR, 2, 3, 4, 5, 6, 7, 99, 256, UINT32_MAX };
	unsigned int i;
	void *s;

	mock_open(MOCK_REVISION_1);
	for (i = 0; i < RTE_DIM(statuses); i++) {
		mock_device.status = statuses[i];
		CHECK(make(CIPHER) == NULL);
	}
	mock_device.status = OK;
	s = make(CIPHER);
	CHECK(s != NULL);
	mock_session_destroy(s);
	mock_close();
}

static void
an_answer_to_what_was_not_asked_is_none(void)
{
	static const uint32_t astray[] = { 1, 2, 64, 0x10000, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < RTE_DIM(astray); i++) {
		mock_open(MOCK_REVISION_1);
		mock_device.astray = astray[i];
		CHECK(make(CIPHER) == NULL && mock_device.failures == 1);
		mock_device.astray = 0;
		/* Not before the device has started over. */
		CHECK(make(CIPHER) == NULL && mock_device.failures == 1);
		mock_device.failures = 0;
		mock_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_creation_is_the_specifications_byte_for_byte),
		UNIT_TEST(a_destruction_names_service_and_session),
		UNIT_TEST(an_asymmetric_session_is_the_specifications_too),
		UNIT_TEST(a_session_that_the_device_refuses_is_none),
		UNIT_TEST(an_answer_to_what_was_not_asked_is_none),
	};

	return mock_main(tests, RTE_DIM(tests));
}
