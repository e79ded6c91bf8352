/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * ECDSA of the device, on crypto_libcrypto: what it signs OpenSSL verifies, and the reverse. Keys
 * and signatures are in the encodings that OpenSSL gives and takes.
 */

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "unit_akcipher.h"
#include "unit_eal.h"

/* Bytes of a signature in DER at most. */
#define MAX_SIGNATURE 160

static const struct {
	uint32_t number;
	const char *group;
	uint32_t size;
} curves[] = {
	{ VIRTIO_CRYPTO_CURVE_NIST_P192, "prime192v1", 24 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P224, "secp224r1", 28 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P256, "prime256v1", 32 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P384, "secp384r1", 48 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P521, "secp521r1", 66 },
};

/* Shorter than an order, and longer than most. */
static const uint32_t digest_lens[] = { 20, 32, 64 };

static const uint8_t digest[64] = "any bytes are a digest, as far as this algorithm can tell";

/* A pair of keys, and a session with each. */
struct pair {
	unsigned int curve;
	EVP_PKEY *pkey;
	uint64_t private, public;
};

static uint32_t
create_with(unsigned int curve, uint32_t type, const uint8_t *key, int len, uint64_t *id)
{
	const struct wish w = {
		.algo = VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC,
		.key_type = type,
		.padding = curves[curve].number, /* the curve stands where RSA has the padding */
		.key = key,
		.key_len = len,
	};

	return create(&w, id);
}

static struct pair
make_pair(unsigned int curve)
{
	struct pair p = { .curve = curve, .pkey = EVP_EC_gen(curves[curve].group) };
	uint8_t *private = NULL, *public = NULL;
	int private_len = i2d_PrivateKey(p.pkey, &private);
	int public_len = i2d_PublicKey(p.pkey, &public);

	CHECK(create_with(curve, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE, private, private_len,
			  &p.private) == VIRTIO_CRYPTO_OK);
	CHECK(create_with(curve, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, public, public_len,
			  &p.public) == VIRTIO_CRYPTO_OK);
	OPENSSL_free(private);
	OPENSSL_free(public);
	return p;
}

static bool
openssl_verifies(const struct pair *p, const uint8_t *signature, uint32_t len, uint32_t digest_len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(p->pkey, NULL);
	bool ok = EVP_PKEY_verify_init(ctx) == 1 &&
		EVP_PKEY_verify(ctx, signature, len, digest, digest_len) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static uint32_t
openssl_signs(const struct pair *p, uint32_t digest_len, uint8_t signature[MAX_SIGNATURE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(p->pkey, NULL);
	size_t len = MAX_SIGNATURE;

	CHECK(EVP_PKEY_sign_init(ctx) == 1);
	CHECK(EVP_PKEY_sign(ctx, signature, &len, digest, digest_len) == 1);
	EVP_PKEY_CTX_free(ctx);
	return len;
}

/* Does the same with each curve and length of a digest. */
static void
with_each(void (*check)(const struct pair *p, uint32_t digest_len))
{
	unsigned int i, j;

	make_device();
	for (i = 0; i < RTE_DIM(curves); i++) {
		struct pair p = make_pair(i);

		for (j = 0; j < RTE_DIM(digest_lens); j++)
			check(&p, digest_lens[j]);
		EVP_PKEY_free(p.pkey);
	}
	drop_device();
}

static void
sign_one(const struct pair *p, uint32_t digest_len)
{
	struct data d;
	int i;

	/* Often enough for numbers that are shorter than others. */
	for (i = 0; i < 50; i++) {
		CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, p->private, digest, digest_len,
			      MAX_SIGNATURE) == VIRTIO_CRYPTO_OK);
		CHECK(d.written > 1 && openssl_verifies(p, d.out, d.written - 1, digest_len));
	}
}

/* Proves D69. */
static void
openssl_verifies_what_is_signed(void)
{
	with_each(sign_one);
}

static void
verify_one(const struct pair *p, uint32_t digest_len)
{
	uint8_t signature[MAX_SIGNATURE], other[sizeof(digest)];
	uint32_t len = openssl_signs(p, digest_len, signature), at;
	struct data d;

	CHECK(verify(&d, p->public, signature, len, digest, digest_len) == VIRTIO_CRYPTO_OK);
	CHECK(d.written == 1);
	memcpy(other, digest, sizeof(other));
	other[RTE_MIN(digest_len, curves[p->curve].size) - 2] ^= 1;
	CHECK(verify(&d, p->public, signature, len, other, digest_len) ==
	      VIRTIO_CRYPTO_KEY_REJECTED);
	for (at = 0; at < len; at += 5) {
		signature[at] ^= 0x40;
		CHECK(verify(&d, p->public, signature, len, digest, digest_len) ==
		      VIRTIO_CRYPTO_KEY_REJECTED);
		signature[at] ^= 0x40;
	}
	CHECK(verify(&d, p->public, signature, len - 1, digest, digest_len) ==
	      VIRTIO_CRYPTO_KEY_REJECTED);
}

/* Proves D69. */
static void
what_openssl_signs_is_verified(void)
{
	with_each(verify_one);
}

static void
statuses_of_one(const struct pair *p, uint32_t digest_len)
{
	uint8_t signature[MAX_SIGNATURE];
	uint32_t len = openssl_signs(p, digest_len, signature);
	struct data d;

	/* A public key signs nothing; this algorithm encrypts nothing. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, p->public, digest, digest_len,
		      MAX_SIGNATURE) == VIRTIO_CRYPTO_ERR);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, p->public, digest, digest_len,
		      MAX_SIGNATURE) == VIRTIO_CRYPTO_NOTSUPP);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, p->private, signature, len,
		      MAX_SIGNATURE) == VIRTIO_CRYPTO_NOTSUPP);
	/* A signature for which there is no room is not written in part. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, p->private, digest, digest_len, 20) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, p->private, digest, 0, MAX_SIGNATURE) ==
	      VIRTIO_CRYPTO_ERR);
}

static void
requests_have_exact_statuses(void)
{
	with_each(statuses_of_one);
}

static void
sessions_that_cannot_be_are_refused(void)
{
	EVP_PKEY *pkey = EVP_EC_gen(curves[0].group);
	uint8_t *public = NULL;
	int len = i2d_PublicKey(pkey, &public);
	struct wish w = { .algo = VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC,
			  .key_type = VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC,
			  .padding = VIRTIO_CRYPTO_CURVE_NIST_P521 + 1,
			  .key = public,
			  .key_len = len };
	uint64_t id;

	make_device();
	CHECK(create(&w, &id) == VIRTIO_CRYPTO_NOTSUPP);
	/* A point of another curve; one without its end; one that is not written out. */
	CHECK(create_with(1, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, public, len, &id) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(create_with(0, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, public, len - 1, &id) ==
	      VIRTIO_CRYPTO_ERR);
	public[0] = 2;
	CHECK(create_with(0, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, public, len, &id) ==
	      VIRTIO_CRYPTO_ERR);
	drop_device();
	OPENSSL_free(public);
	EVP_PKEY_free(pkey);
}

static void
the_algorithm_is_offered(void)
{
	make_device();
	CHECK(virtio_crypto_config_offers_akcipher(&dev->config,
						   VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC));
	CHECK(!virtio_crypto_config_offers_akcipher(&dev->config, VIRTIO_CRYPTO_AKCIPHER_RSA));
	drop_device();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(the_algorithm_is_offered),
		UNIT_TEST(openssl_verifies_what_is_signed),
		UNIT_TEST(what_openssl_signs_is_verified),
		UNIT_TEST(requests_have_exact_statuses),
		UNIT_TEST(sessions_that_cannot_be_are_refused),
	};
	int status;

	if (!UNIT_EAL_INIT_DEVICE("--vdev", "crypto_libcrypto") || !unit_cryptodev_start(0))
		return EXIT_FAILURE;
	status = unit_run(tests, RTE_DIM(tests));
	rte_eal_cleanup();
	return status;
}
