/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "ecdsa.h"

/* Bytes of a signature in DER at most: three headers, two numbers with a zero in front. */
#define MAX_DER (3 * 3 + 2 * (ECDSA_MAX_SIZE + 1))

/* A number of a key, filled up to the size of its curve. */
static bool
read_number(const EVP_PKEY *pkey, const char *what, uint8_t *to, int size)
{
	BIGNUM *number = NULL;
	bool ok = EVP_PKEY_get_bn_param(pkey, what, &number) == 1 &&
		BN_bn2binpad(number, to, size) == size;

	BN_free(number);
	return ok;
}

int
ecdsa_reference_key(const struct ecdsa_curve *curve, struct ecdsa_key *key)
{
	EVP_PKEY *pkey = EVP_EC_gen(curve->group);
	int ok;

	key->curve = curve;
	ok = pkey != NULL && read_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, key->d, curve->size) &&
		read_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, key->x, curve->size) &&
		read_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key->y, curve->size);
	EVP_PKEY_free(pkey);
	return ok ? 0 : -1;
}

/* The pair of keys as OpenSSL has it, or NULL. */
static EVP_PKEY *
openssl_key(const struct ecdsa_key *key)
{
	const uint16_t size = key->curve->size;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *d = BN_bin2bn(key->d, size, NULL);
	uint8_t point[1 + 2 * ECDSA_MAX_SIZE];
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(point + 1, key->x, size);
	memcpy(point + 1 + size, key->y, size);
	if (OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, key->curve->group,
					    0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * size) ==
		    1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1)
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(d);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

int
ecdsa_reference_sign(const struct ecdsa_key *key, const uint8_t *digest, size_t len,
		     struct ecdsa_signature *signature)
{
	const int size = key->curve->size;
	EVP_PKEY *pkey = openssl_key(key);
	EVP_PKEY_CTX *ctx = pkey != NULL ? EVP_PKEY_CTX_new(pkey, NULL) : NULL;
	uint8_t der[MAX_DER];
	const uint8_t *at = der;
	size_t der_len = sizeof(der);
	ECDSA_SIG *sig = NULL;
	int ok;

	ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
		EVP_PKEY_sign(ctx, der, &der_len, digest, len) == 1;
	if (ok)
		sig = d2i_ECDSA_SIG(NULL, &at, der_len);
	ok = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature->r, size) == size &&
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature->s, size) == size;
	ECDSA_SIG_free(sig);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok ? 0 : -1;
}

int
ecdsa_reference_verify(const struct ecdsa_key *key, const uint8_t *digest, size_t len,
		       const struct ecdsa_signature *signature)
{
	const int size = key->curve->size;
	EVP_PKEY *pkey = openssl_key(key);
	EVP_PKEY_CTX *ctx = pkey != NULL ? EVP_PKEY_CTX_new(pkey, NULL) : NULL;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int der_len, verdict = -1;

	ECDSA_SIG_set0(sig, BN_bin2bn(signature->r, size, NULL),
		       BN_bin2bn(signature->s, size, NULL));
	der_len = i2d_ECDSA_SIG(sig, &der);
	if (ctx != NULL && der_len > 0 && EVP_PKEY_verify_init(ctx) == 1)
		verdict = EVP_PKEY_verify(ctx, der, der_len, digest, len) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return verdict;
}
