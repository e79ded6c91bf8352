/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file RSA keys for unit tests, made by OpenSSL. Included once by a program. */

#ifndef UNIT_RSA_H
#define UNIT_RSA_H

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <rte_crypto_asym.h>
#include <rte_version.h>

#include "unit.h"
#include "virtio_crypto_der.h"

/** A private key, with its numbers in the order of RSAPrivateKey. */
struct rsa_key {
	EVP_PKEY *pkey;
	BIGNUM *number[VIRTIO_CRYPTO_RSA_NUMBERS];
	uint8_t bytes[VIRTIO_CRYPTO_RSA_NUMBERS][1024];
	size_t len[VIRTIO_CRYPTO_RSA_NUMBERS];
};

/** What of a key goes into a transform. */
enum rsa_part {
	RSA_PUBLIC,
	RSA_EXPONENT,
	RSA_QUINTUPLE,
};

static inline void
rsa_key_numbers(EVP_PKEY *pkey, BIGNUM **number)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_N,	       OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D,	       OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	unsigned int i;

	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++) {
		number[i] = NULL;
		EVP_PKEY_get_bn_param(pkey, names[i], &number[i]);
	}
}

/** Makes the private exponent the smallest one; OpenSSL does so for long keys only. */
static inline void
rsa_key_shorten_exponent(struct rsa_key *k)
{
	BIGNUM *p1 = BN_dup(k->number[VIRTIO_CRYPTO_RSA_P]), *lcm = BN_new();
	BIGNUM *q1 = BN_dup(k->number[VIRTIO_CRYPTO_RSA_Q]), *gcd = BN_new();
	BIGNUM *d = k->number[VIRTIO_CRYPTO_RSA_D];
	BN_CTX *ctx = BN_CTX_new();

	CHECK(BN_sub_word(p1, 1) == 1 && BN_sub_word(q1, 1) == 1);
	CHECK(BN_gcd(gcd, p1, q1, ctx) == 1 && BN_mul(lcm, p1, q1, ctx) == 1);
	CHECK(BN_div(lcm, NULL, lcm, gcd, ctx) == 1 && BN_nnmod(d, d, lcm, ctx) == 1);
	BN_CTX_free(ctx);
	BN_free(p1);
	BN_free(q1);
	BN_free(gcd);
	BN_free(lcm);
}

/** Makes a key of so many bits and primes. */
static inline void
rsa_key_make(struct rsa_key *k, int bits, int primes)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
	unsigned int i;

	memset(k, 0, sizeof(*k));
	CHECK(EVP_PKEY_keygen_init(ctx) == 1);
	CHECK(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) == 1);
	CHECK(EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, primes) == 1);
	CHECK(EVP_PKEY_keygen(ctx, &k->pkey) == 1);
	EVP_PKEY_CTX_free(ctx);
	rsa_key_numbers(k->pkey, k->number);
	if (primes == 2)
		rsa_key_shorten_exponent(k);
	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		k->len[i] = BN_bn2bin(k->number[i], k->bytes[i]);
}

static inline void
rsa_key_free(struct rsa_key *k)
{
	unsigned int i;

	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		BN_free(k->number[i]);
	EVP_PKEY_free(k->pkey);
}

/** A number of a key as DPDK has it. */
static inline rte_crypto_uint
rsa_key_uint(struct rsa_key *k, unsigned int number)
{
	return (rte_crypto_uint){ .data = k->bytes[number], .length = k->len[number] };
}

/** A transform with a key, or with a part of it; with padding, if it says that. */
static inline struct rte_crypto_asym_xform
rsa_key_xform(struct rsa_key *k, enum rsa_part part)
{
	struct rte_crypto_asym_xform x = { .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	x.rsa.padding.type = RTE_CRYPTO_RSA_PADDING_PKCS1_5;
#endif
	x.rsa.n = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_N);
	x.rsa.e = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_E);
	x.rsa.key_type = part == RSA_QUINTUPLE ? RTE_RSA_KEY_TYPE_QT : RTE_RSA_KEY_TYPE_EXP;
	if (part == RSA_EXPONENT) {
		x.rsa.d = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_D);
	} else if (part == RSA_QUINTUPLE) {
		x.rsa.qt.p = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_P);
		x.rsa.qt.q = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_Q);
		x.rsa.qt.dP = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_DP);
		x.rsa.qt.dQ = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_DQ);
		x.rsa.qt.qInv = rsa_key_uint(k, VIRTIO_CRYPTO_RSA_QINV);
	}
	return x;
}

#endif /* UNIT_RSA_H */
