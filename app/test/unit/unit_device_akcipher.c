/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Requests of service AKCIPHER, section "AKCIPHER Service Operation" of the specification: RSA
 * signatures, with a key and by the judgement of OpenSSL.
 */

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <rte_common.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define ONE_OF	      (1u << OK | 1u << NOTSUPP | 1u << INVSESS | 1u << KEY_REJECTED | 1u << ERR)
#define ONE_OF_CREATE (1u << OK | 1u << ERR | 1u << NOTSUPP | 1u << NOSPC)
#define SIZE	      128 /* bytes of a modulus */
#define DIGEST	      32

static EVP_PKEY *pkey;
static uint8_t *key[2]; /* public, private */
static int key_len[2];
static const uint8_t digest[DIGEST] = "as far as one can tell a digest";

static void
put_key(struct wire_bytes *b, bool private)
{
	wire_put(b, key[private], key_len[private]);
}

static void
create(struct wire_bytes *b, bool private)
{
	wire_control_header(b, AKCIPHER_CREATE_SESSION);
	WIRE_FIELDS(b, AKCIPHER_RSA, private ? KEY_TYPE_PRIVATE : KEY_TYPE_PUBLIC, key_len[private],
		    RSA_PKCS1, RSA_OF_SHA256);
	wire_zero(b, 16 + 56 - b->len);
	put_key(b, private);
}

static uint64_t
session(bool private)
{
	struct wire_bytes b;
	uint64_t id;

	create(&b, private);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

/* OpenSSL's signature. */
static void
sign(uint8_t signature[SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	size_t len = SIZE;

	CHECK(EVP_PKEY_sign_init(ctx) == 1);
	CHECK(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1);
	CHECK(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1);
	CHECK(EVP_PKEY_sign(ctx, signature, &len, digest, DIGEST) == 1 && len == SIZE);
	EVP_PKEY_CTX_free(ctx);
}

/* What is read behind the header and a key: a digest, after its signature if that is verified. */
static void
content(struct wire_bytes *b, bool verify)
{
	uint8_t signature[SIZE];

	if (verify) {
		sign(signature);
		wire_put(b, signature, SIZE);
	}
	wire_put(b, digest, DIGEST);
}

static void
request(struct wire_bytes *b, bool verify, uint64_t id, bool revision_1)
{
	wire_data_header(b, verify ? AKCIPHER_VERIFY : AKCIPHER_SIGN, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, verify ? SIZE : DIGEST, verify ? DIGEST : SIZE);
	if (!revision_1)
		wire_zero(b, 24 + 48 - b->len);
	content(b, verify);
}

/* The same where stateless mode is negotiated, with a key if there is no session. */
static void
stateless_request(struct wire_bytes *b, bool verify, uint64_t id, uint32_t flag, uint32_t algo)
{
	wire_data_header(b, verify ? AKCIPHER_VERIFY : AKCIPHER_SIGN, id, flag);
	WIRE_FIELDS(b, algo, verify ? KEY_TYPE_PUBLIC : KEY_TYPE_PRIVATE, key_len[!verify],
		    RSA_PKCS1, RSA_OF_SHA256, verify ? SIZE : DIGEST, verify ? DIGEST : SIZE);
	if (flag != FLAG_SESSION_MODE)
		put_key(b, !verify);
	content(b, verify);
}

static uint8_t
status(const struct wire_bytes *b, bool verify)
{
	uint8_t result[SIZE] = { 0 };

	return guest_send(b, result, verify ? 0 : SIZE);
}

static bool
answers(const struct wire_bytes *b, bool verify)
{
	uint8_t result[SIZE] = { 0 }, signature[SIZE];

	sign(signature);
	return guest_send(b, result, verify ? 0 : SIZE) == OK &&
		(verify || memcmp(result, signature, SIZE) == 0);
}

/* Proves D9, D10, D12, D18, D19, D58 and D60. */
static void
signatures_are_openssls(void)
{
	struct wire_bytes b;
	int revision_1, verify;
	uint64_t id;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		guest_open(revision_1 ? GUEST_REVISION_1 : 0);
		for (verify = 0; verify < 2; verify++) {
			id = session(!verify);
			request(&b, verify, id, revision_1);
			CHECK(answers(&b, verify));
			CHECK(guest_destroy(AKCIPHER_DESTROY_SESSION, id) == OK);
			CHECK(guest_destroy(AKCIPHER_DESTROY_SESSION, id) == ERR);
		}
		guest_close();
	}
}

/* Proves D57. */
static void
stateless_requests_bring_their_key(void)
{
	struct wire_bytes b;
	int verify;

	guest_open(GUEST_STATELESS_AKCIPHER);
	for (verify = 0; verify < 2; verify++) {
		stateless_request(&b, verify, session(!verify), FLAG_SESSION_MODE, 99);
		CHECK(answers(&b, verify));
		stateless_request(&b, verify, 0, 0, AKCIPHER_RSA);
		CHECK(answers(&b, verify));
	}
	/* A public key is brought to verify, and does not sign. */
	b.data[0] = AKCIPHER_SIGN & 0xff;
	CHECK(status(&b, false) == ERR);
	guest_close();
}

/* Proves D61 and D67. */
static void
unknown_algorithms_and_operations_are_not_supported(void)
{
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = session(true);
	request(&b, false, id, true);
	b.data[0] = 7; /* no such operation of the service */
	CHECK(status(&b, false) == NOTSUPP);
	request(&b, false, id, true);
	b.data[16] = 0; /* stateless, which was not negotiated */
	CHECK(status(&b, false) == NOTSUPP);
	guest_close();
	guest_open(GUEST_STATELESS_AKCIPHER);
	stateless_request(&b, false, 0, 0, 99);
	CHECK(status(&b, false) == NOTSUPP);
	guest_close();
}

/* Proves D63. */
static void
a_request_without_its_session_gets_invsess(void)
{
	struct wire_bytes b;
	uint64_t id;
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		guest_open(stateless ? GUEST_STATELESS_AKCIPHER : GUEST_REVISION_1);
		id = session(true);
		if (stateless)
			stateless_request(&b, false, id, FLAG_SESSION_MODE, AKCIPHER_RSA);
		else
			request(&b, false, id, true);
		CHECK(answers(&b, false));
		CHECK(guest_destroy(AKCIPHER_DESTROY_SESSION, id) == OK);
		CHECK(status(&b, false) == INVSESS);
		guest_close();
	}
}

/* Proves D64. */
static void
a_signature_that_does_not_verify_is_rejected(void)
{
	struct wire_bytes b;
	unsigned int i;

	guest_open(GUEST_REVISION_1);
	request(&b, true, session(false), true);
	for (i = 32; i < b.len; i++) {
		b.data[i] ^= 1; /* of the signature, then of the digest */
		CHECK(status(&b, true) == KEY_REJECTED);
		b.data[i] ^= 1;
	}
	CHECK(status(&b, true) == OK);
	guest_close();
}

/* Proves D65. */
static void
other_failures_are_errors(void)
{
	uint8_t result[SIZE];
	struct wire_bytes b;

	guest_open(GUEST_REVISION_1);
	request(&b, false, session(true), true);
	CHECK(guest_send(&b, result, SIZE - 1) == ERR); /* no room for the signature */
	b.len--;					/* less source data than the length says */
	CHECK(status(&b, false) == ERR);
	request(&b, false, session(false), true); /* a public key does not sign */
	CHECK(status(&b, false) == ERR);
	request(&b, true, session(false), true);
	b.data[28]--; /* no digest of the hash */
	CHECK(status(&b, true) == ERR);
	guest_close();
}

/* Proves D11, D59 and D66. */
static void
no_request_has_another_status(void)
{
	uint32_t seen = 0, created = 0;
	struct wire_bytes b;
	int verify;

	for (verify = 0; verify < 2; verify++) {
		guest_open(GUEST_REVISION_1);
		create(&b, !verify);
		created |= guest_sweep(&b, 16, true, ONE_OF_CREATE);
		request(&b, verify, session(!verify), true);
		seen |= guest_sweep(&b, verify ? 0 : SIZE, false, ONE_OF);
		guest_close();
		guest_open(GUEST_STATELESS_AKCIPHER);
		stateless_request(&b, verify, 0, 0, AKCIPHER_RSA);
		seen |= guest_sweep(&b, verify ? 0 : SIZE, false, ONE_OF);
		guest_close();
	}
	CHECK(seen == ONE_OF);
	CHECK(created == (ONE_OF_CREATE & ~(1u << NOSPC)));
}

/* Signatures take long, and other queues wait for the lcore. */
static void
one_signature_is_made_in_a_turn(void)
{
	struct rte_vhost_crypto_device *dev = guest_open(GUEST_REVISION_1);
	struct rte_vhost_crypto_queue_stats stats;
	struct wire_bytes b;
	unsigned int i;

	request(&b, false, session(true), true);
	CHECK(answers(&b, false));
	guest_repeat(8);
	for (i = 1; i <= 8; i++) {
		rte_vhost_crypto_queue_poll(dev, 0, 64);
		CHECK(rte_vhost_crypto_queue_stats_get(dev, 0, &stats) == 0);
		CHECK(stats.requests == 1 + i);
	}
	CHECK(stats.completed == 9);
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(signatures_are_openssls),
		UNIT_TEST(stateless_requests_bring_their_key),
		UNIT_TEST(unknown_algorithms_and_operations_are_not_supported),
		UNIT_TEST(a_request_without_its_session_gets_invsess),
		UNIT_TEST(a_signature_that_does_not_verify_is_rejected),
		UNIT_TEST(other_failures_are_errors),
		UNIT_TEST(no_request_has_another_status),
		UNIT_TEST(one_signature_is_made_in_a_turn),
	};
	int status;

	pkey = EVP_RSA_gen(8 * SIZE);
	key_len[0] = i2d_PublicKey(pkey, &key[0]);
	key_len[1] = i2d_PrivateKey(pkey, &key[1]);
	status = guest_main(tests, RTE_DIM(tests));
	OPENSSL_free(key[0]);
	OPENSSL_free(key[1]);
	EVP_PKEY_free(pkey);
	return status;
}
