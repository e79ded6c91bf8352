/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Keys and signatures in DER, against what OpenSSL writes and reads. */

#include <stdint.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "unit.h"
#include "virtio_crypto_der.h"

#define ROOM 8192

static const char *const rsa_numbers[VIRTIO_CRYPTO_RSA_NUMBERS] = {
	OSSL_PKEY_PARAM_RSA_N,	       OSSL_PKEY_PARAM_RSA_E,
	OSSL_PKEY_PARAM_RSA_D,	       OSSL_PKEY_PARAM_RSA_FACTOR1,
	OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
	OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static bool
same_number(const EVP_PKEY *pkey, const char *name, const struct virtio_crypto_bytes *n)
{
	BIGNUM *wanted = NULL, *got = BN_bin2bn(n->data, n->len, NULL);
	bool same = EVP_PKEY_get_bn_param(pkey, name, &wanted) == 1 && BN_cmp(wanted, got) == 0;

	BN_free(wanted);
	BN_free(got);
	return same;
}

/* A key in DER in a buffer of exactly its size, so that a sanitizer sees a byte read behind it. */
static uint8_t *
exact(const uint8_t *der, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, der, len);
	return copy;
}

static void
check_rsa(unsigned int bits)
{
	EVP_PKEY *pkey = EVP_RSA_gen(bits);
	uint8_t *private = NULL, *public = NULL, written[ROOM];
	int private_len = i2d_PrivateKey(pkey, &private);
	int public_len = i2d_PublicKey(pkey, &public);
	struct virtio_crypto_rsa_key key;
	unsigned int i;

	CHECK(virtio_crypto_der_rsa_private(private, private_len, &key) == 0);
	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		CHECK(same_number(pkey, rsa_numbers[i], &key.number[i]));
	CHECK(virtio_crypto_der_write_rsa(&key, VIRTIO_CRYPTO_RSA_NUMBERS, written, ROOM) ==
	      (size_t)private_len);
	CHECK(memcmp(written, private, private_len) == 0);

	CHECK(virtio_crypto_der_rsa_public(public, public_len, &key) == 0);
	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		CHECK(i < VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS ?
			      same_number(pkey, rsa_numbers[i], &key.number[i]) :
			      key.number[i].len == 0);
	CHECK(virtio_crypto_der_write_rsa(&key, VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS, written, ROOM) ==
	      (size_t)public_len);
	CHECK(memcmp(written, public, public_len) == 0);

	CHECK(virtio_crypto_der_rsa_private(public, public_len, &key) != 0);
	CHECK(virtio_crypto_der_rsa_public(private, private_len, &key) != 0);
	OPENSSL_free(private);
	OPENSSL_free(public);
	EVP_PKEY_free(pkey);
}

static void
rsa_keys_are_those_of_openssl(void)
{
	check_rsa(512);
	check_rsa(1024);
	check_rsa(1031);
	check_rsa(2048);
}

/* No part of a key is a key, nor is one with a byte more, nor one whose lengths do not match. */
static void
anything_but_a_whole_key_is_refused(void)
{
	EVP_PKEY *pkey = EVP_RSA_gen(1024);
	struct virtio_crypto_rsa_key key;
	uint8_t *der = NULL, *copy;
	int len = i2d_PrivateKey(pkey, &der), i;

	for (i = 0; i < len; i++) {
		copy = exact(der, i);
		CHECK(virtio_crypto_der_rsa_private(copy, i, &key) != 0);
		free(copy);
	}
	copy = malloc(len + 1);
	memcpy(copy, der, len);
	copy[len] = 0;
	CHECK(virtio_crypto_der_rsa_private(copy, len + 1, &key) != 0);
	free(copy);
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

/* Whatever a byte is changed into, nothing outside of the bytes is looked at or handed out. */
static void
changed_keys_stay_within_their_bytes(void)
{
	EVP_PKEY *pkey = EVP_RSA_gen(512);
	struct virtio_crypto_rsa_key key;
	uint8_t *der = NULL, *copy;
	int len = i2d_PrivateKey(pkey, &der), i, value;
	unsigned int n;

	copy = exact(der, len);
	for (i = 0; i < len; i++) {
		for (value = 0; value < 256; value++) {
			copy[i] = value;
			if (virtio_crypto_der_rsa_private(copy, len, &key) != 0)
				continue;
			for (n = 0; n < VIRTIO_CRYPTO_RSA_NUMBERS; n++)
				CHECK(key.number[n].data >= copy &&
				      key.number[n].data + key.number[n].len <= copy + len);
		}
		copy[i] = der[i];
	}
	free(copy);
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

#define REFUSED(...)                                                                               \
	do {                                                                                       \
		static const uint8_t bytes[] = { __VA_ARGS__ };                                    \
		uint8_t *copy = exact(bytes, sizeof(bytes));                                       \
		CHECK(virtio_crypto_der_rsa_public(copy, sizeof(bytes), &key) != 0);               \
		free(copy);                                                                        \
	} while (0)

static void
only_the_distinguished_encoding_is_taken(void)
{
	static const uint8_t good[] = { 0x30, 6, 2, 1, 0x55, 2, 1, 3 };
	static const uint8_t zero[] = { 0x30, 6, 2, 1, 0, 2, 1, 3 };
	struct virtio_crypto_rsa_key key;

	CHECK(virtio_crypto_der_rsa_public(good, sizeof(good), &key) == 0);
	CHECK(key.number[0].len == 1 && key.number[0].data[0] == 0x55);
	CHECK(virtio_crypto_der_rsa_public(zero, sizeof(zero), &key) == 0);
	CHECK(key.number[0].len == 0);
	REFUSED(0x30, 0x80, 2, 1, 0x55, 2, 1, 3, 0, 0);	      /* indefinite length */
	REFUSED(0x30, 0x81, 6, 2, 1, 0x55, 2, 1, 3);	      /* longer than it takes */
	REFUSED(0x30, 0x82, 0, 6, 2, 1, 0x55, 2, 1, 3);	      /* the same */
	REFUSED(0x30, 0x84, 0, 0, 0, 6, 2, 1, 0x55, 2, 1, 3); /* the same */
	REFUSED(0x30, 7, 2, 2, 0, 0x55, 2, 1, 3);	      /* a zero too many */
	REFUSED(0x30, 8, 2, 3, 0, 0, 0x85, 2, 1, 3);	      /* two of them */
	REFUSED(0x30, 5, 2, 0, 2, 1, 3);		      /* a number of no bytes */
	REFUSED(0x30, 9, 2, 1, 0x55, 2, 1, 3, 2, 1, 3);	      /* a number too many */
	REFUSED(0x30, 6, 2, 1, 0x55, 4, 1, 3);		      /* not a number */
	REFUSED(0x31, 6, 2, 1, 0x55, 2, 1, 3);		      /* not a sequence */
	REFUSED(0x30, 0x82, 0xff, 0xff, 2, 1, 0x55, 2, 1, 3); /* longer than there is */
	REFUSED(0x30, 6, 2, 0x7f, 0x55, 2, 1, 3);	      /* a number longer than that */
}

/* Linux has such a key among those that it tests its drivers with. */
static void
a_modulus_may_lack_the_zero_in_front(void)
{
	static const uint8_t with[] = { 0x30, 8, 2, 3, 0, 0x85, 0x01, 2, 1, 3 };
	static const uint8_t without[] = { 0x30, 7, 2, 2, 0x85, 0x01, 2, 1, 3 };
	struct virtio_crypto_rsa_key key;
	uint8_t written[sizeof(with)];

	CHECK(virtio_crypto_der_rsa_public(without, sizeof(without), &key) == 0);
	CHECK(key.number[0].len == 2 && key.number[0].data[0] == 0x85);
	CHECK(virtio_crypto_der_write_rsa(&key, 2, written, sizeof(written)) == sizeof(with));
	CHECK(memcmp(written, with, sizeof(with)) == 0);
}

/* Of a signature there must be one form only. */
static void
a_signature_has_no_negative_number(void)
{
	static const uint8_t good[] = { 0x30, 6, 2, 1, 0x55, 2, 1, 3 };
	static const uint8_t negative[] = { 0x30, 6, 2, 1, 0x85, 2, 1, 3 };
	struct virtio_crypto_bytes r, s;

	CHECK(virtio_crypto_der_ecdsa_signature(good, sizeof(good), &r, &s) == 0);
	CHECK(virtio_crypto_der_ecdsa_signature(negative, sizeof(negative), &r, &s) != 0);
}

static void
ec_private_keys_are_those_of_openssl(void)
{
	static const char *const curves[] = { "P-192", "P-224", "P-256", "P-384", "P-521" };
	struct virtio_crypto_bytes d;
	unsigned int i;

	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		EVP_PKEY *pkey = EVP_EC_gen(curves[i]), *again;
		uint8_t *der = NULL, written[ROOM];
		const uint8_t *at;
		int len = i2d_PrivateKey(pkey, &der), k;
		size_t size;

		CHECK(virtio_crypto_der_ec_private(der, len, &d) == 0);
		CHECK(same_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d));
		size = virtio_crypto_der_write_ec_private(&d, written, ROOM);
		CHECK(virtio_crypto_der_ec_private(written, size, &d) == 0);
		CHECK(same_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d));
		for (k = 0; k < len; k++)
			CHECK(virtio_crypto_der_ec_private(der, k, &d) != 0);
		at = der;
		again = d2i_PrivateKey(EVP_PKEY_EC, NULL, &at, len);
		CHECK(again != NULL);
		EVP_PKEY_free(again);
		OPENSSL_free(der);
		EVP_PKEY_free(pkey);
	}
}

static void
signatures_are_those_of_openssl(void)
{
	static const uint8_t r_bytes[] = { 0x00, 0x00, 0x91, 0x22 }, s_bytes[] = { 0x11, 0x22 };
	struct virtio_crypto_bytes r = { r_bytes, 4 }, s = { s_bytes, 2 };
	uint8_t der[64], *theirs = NULL;
	size_t len = virtio_crypto_der_write_ecdsa_signature(&r, &s, der, sizeof(der));
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int theirs_len;

	ECDSA_SIG_set0(sig, BN_bin2bn(r_bytes, 4, NULL), BN_bin2bn(s_bytes, 2, NULL));
	theirs_len = i2d_ECDSA_SIG(sig, &theirs);
	CHECK(len == (size_t)theirs_len && memcmp(der, theirs, len) == 0);
	CHECK(virtio_crypto_der_ecdsa_signature(der, len, &r, &s) == 0);
	CHECK(r.len == 2 && r.data[0] == 0x91 && s.len == 2 && s.data[1] == 0x22);
	CHECK(virtio_crypto_der_ecdsa_signature(der, len - 1, &r, &s) != 0);
	CHECK(virtio_crypto_der_write_ecdsa_signature(&r, &s, der, 5) == len);
	OPENSSL_free(theirs);
	ECDSA_SIG_free(sig);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(rsa_keys_are_those_of_openssl),
		UNIT_TEST(anything_but_a_whole_key_is_refused),
		UNIT_TEST(changed_keys_stay_within_their_bytes),
		UNIT_TEST(only_the_distinguished_encoding_is_taken),
		UNIT_TEST(a_modulus_may_lack_the_zero_in_front),
		UNIT_TEST(a_signature_has_no_negative_number),
		UNIT_TEST(ec_private_keys_are_those_of_openssl),
		UNIT_TEST(signatures_are_those_of_openssl),
	};

	return unit_run(tests, sizeof(tests) / sizeof(tests[0]));
}
