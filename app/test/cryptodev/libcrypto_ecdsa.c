/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * ECDSA. Signatures are computed here (SEC 1, 4.1.3) as EVP takes no number k from its caller;
 * EVP verifies.
 */

#include <errno.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <rte_version.h>

#include "libcrypto.h"

/* Bytes of a number on the largest curve, P-521. */
#define MAX_SIZE 66

/* From 23.11 the keys are the session's; before they come with each operation. */
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#define KEYS_IN_SESSION 1
#else
#define KEYS_IN_SESSION 0
#endif

struct number {
	uint16_t len;
	uint8_t data[MAX_SIZE];
};

struct libcrypto_asym_session {
	int nid;
#if KEYS_IN_SESSION
	struct number pkey, x, y;
#endif
};

/* The keys of an operation. */
struct keys {
	rte_crypto_uint pkey;
	struct rte_crypto_ec_point q;
};

static int
nid_of(enum rte_crypto_curve_id id)
{
	switch (id) {
	case RTE_CRYPTO_EC_GROUP_SECP192R1:
		return NID_X9_62_prime192v1;
	case RTE_CRYPTO_EC_GROUP_SECP224R1:
		return NID_secp224r1;
	case RTE_CRYPTO_EC_GROUP_SECP256R1:
		return NID_X9_62_prime256v1;
	case RTE_CRYPTO_EC_GROUP_SECP384R1:
		return NID_secp384r1;
	case RTE_CRYPTO_EC_GROUP_SECP521R1:
		return NID_secp521r1;
	default:
		return NID_undef;
	}
}

unsigned int
libcrypto_asym_session_size(void)
{
	return sizeof(struct libcrypto_asym_session);
}

#if KEYS_IN_SESSION
static int
take_number(struct number *number, const rte_crypto_uint *from)
{
	if (from->length > sizeof(number->data))
		return -EINVAL;
	number->len = from->data != NULL ? from->length : 0;
	if (number->len > 0)
		memcpy(number->data, from->data, number->len);
	return 0;
}

static rte_crypto_uint
give_number(const struct number *number)
{
	return (rte_crypto_uint){ .data = (uint8_t *)(uintptr_t)number->data,
				  .length = number->len };
}
#endif

int
libcrypto_asym_configure(const struct rte_crypto_asym_xform *xform,
			 struct libcrypto_asym_session *session)
{
	if (xform->next != NULL || xform->xform_type != RTE_CRYPTO_ASYM_XFORM_ECDSA)
		return -ENOTSUP;
	session->nid = nid_of(xform->ec.curve_id);
	if (session->nid == NID_undef)
		return -ENOTSUP;
#if KEYS_IN_SESSION
	if (take_number(&session->pkey, &xform->ec.pkey) != 0 ||
	    take_number(&session->x, &xform->ec.q.x) != 0 ||
	    take_number(&session->y, &xform->ec.q.y) != 0)
		return -EINVAL;
#endif
	return 0;
}

static struct keys
keys_of(const struct libcrypto_asym_session *session, const struct rte_crypto_ecdsa_op_param *op)
{
#if KEYS_IN_SESSION
	(void)op;
	return (struct keys){ give_number(&session->pkey),
			      { .x = give_number(&session->x), .y = give_number(&session->y) } };
#else
	(void)session;
	return (struct keys){ op->pkey, op->q };
#endif
}

static bool
read_number(const rte_crypto_uint *from, BIGNUM *to)
{
	return from->data != NULL && from->length > 0 &&
		BN_bin2bn(from->data, from->length, to) != NULL;
}

/* Whether a number is in [1, order - 1]. */
static bool
below(const BIGNUM *number, const BIGNUM *order)
{
	return !BN_is_zero(number) && !BN_is_negative(number) && BN_cmp(number, order) < 0;
}

/* The first bits of the message, as many as the order has. */
static bool
read_message(const rte_crypto_param *message, const BIGNUM *order, BIGNUM *e)
{
	int surplus = 8 * (int)message->length - BN_num_bits(order);

	return message->data != NULL && BN_bin2bn(message->data, message->length, e) != NULL &&
		(surplus <= 0 || BN_rshift(e, e, surplus) == 1);
}

/* One number k's signature; r and s are 0 if there is none with it. */
static bool
sign_with(const EC_GROUP *group, const BIGNUM *d, const BIGNUM *e, const BIGNUM *k, BIGNUM *r,
	  BIGNUM *s, BN_CTX *ctx)
{
	const BIGNUM *order = EC_GROUP_get0_order(group);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *inverse = BN_CTX_get(ctx);
	bool ok;

	ok = point != NULL && inverse != NULL &&
		EC_POINT_mul(group, point, k, NULL, NULL, ctx) == 1 &&
		EC_POINT_get_affine_coordinates(group, point, r, NULL, ctx) == 1 &&
		BN_nnmod(r, r, order, ctx) == 1 && BN_mod_mul(s, r, d, order, ctx) == 1 &&
		BN_mod_add(s, s, e, order, ctx) == 1 &&
		BN_mod_inverse(inverse, k, order, ctx) != NULL &&
		BN_mod_mul(s, s, inverse, order, ctx) == 1;
	EC_POINT_free(point);
	return ok;
}

static bool
write_number(const BIGNUM *from, int size, rte_crypto_uint *to)
{
	to->length = size;
	return to->data != NULL && BN_bn2binpad(from, to->data, size) == size;
}

static enum rte_crypto_op_status
sign(const EC_GROUP *group, const struct keys *keys, struct rte_crypto_ecdsa_op_param *op,
     BN_CTX *ctx)
{
	const BIGNUM *order = EC_GROUP_get0_order(group);
	BIGNUM *d = BN_CTX_get(ctx), *e = BN_CTX_get(ctx), *k = BN_CTX_get(ctx);
	BIGNUM *r = BN_CTX_get(ctx), *s = BN_CTX_get(ctx);
	bool given = op->k.data != NULL;
	int tries = given ? 1 : 100;

	if (s == NULL)
		return RTE_CRYPTO_OP_STATUS_ERROR;
	if (!read_number(&keys->pkey, d) || !below(d, order) ||
	    !read_message(&op->message, order, e) ||
	    (given && (!read_number(&op->k, k) || !below(k, order))))
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	for (; tries > 0; tries--) {
		if (!given && BN_priv_rand_range_ex(k, order, 0, ctx) != 1)
			return RTE_CRYPTO_OP_STATUS_ERROR;
		if (BN_is_zero(k) || !sign_with(group, d, e, k, r, s, ctx) || BN_is_zero(r) ||
		    BN_is_zero(s))
			continue;
		if (!write_number(r, BN_num_bytes(order), &op->r) ||
		    !write_number(s, BN_num_bytes(order), &op->s))
			return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
		return RTE_CRYPTO_OP_STATUS_SUCCESS;
	}
	return RTE_CRYPTO_OP_STATUS_ERROR;
}

/* The public key as EVP wants it, or NULL if it is none. */
static EVP_PKEY *
public_key(OSSL_LIB_CTX *lib, const char *group, const uint8_t *point, size_t len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(lib, "EC", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (ctx != NULL && bld != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, len) == 1)
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* An uncompressed point of two coordinates: SEC 1, 2.3.3. Returns its bytes, or 0. */
static size_t
write_point(const EC_GROUP *group, const struct rte_crypto_ec_point *q,
	    uint8_t point[1 + 2 * MAX_SIZE], BN_CTX *ctx)
{
	int size = (EC_GROUP_get_degree(group) + 7) / 8;
	BIGNUM *x = BN_CTX_get(ctx), *y = BN_CTX_get(ctx);

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	if (y == NULL || !read_number(&q->x, x) || !read_number(&q->y, y) ||
	    BN_bn2binpad(x, point + 1, size) != size ||
	    BN_bn2binpad(y, point + 1 + size, size) != size)
		return 0;
	return 1 + 2 * size;
}

/* The signature in DER, to be freed; *len is 0 if there is none. */
static uint8_t *
signature(const struct rte_crypto_ecdsa_op_param *op, int *len)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_new(), *s = BN_new();
	uint8_t *der = NULL;

	*len = 0;
	if (sig == NULL || r == NULL || s == NULL || !read_number(&op->r, r) ||
	    !read_number(&op->s, s)) {
		BN_free(r);
		BN_free(s);
	} else {
		ECDSA_SIG_set0(sig, r, s);
		*len = RTE_MAX(i2d_ECDSA_SIG(sig, &der), 0);
	}
	ECDSA_SIG_free(sig);
	return der;
}

static enum rte_crypto_op_status
verify(OSSL_LIB_CTX *lib, const EC_GROUP *group, const struct keys *keys,
       const struct rte_crypto_ecdsa_op_param *op, BN_CTX *bn_ctx)
{
	enum rte_crypto_op_status status = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	uint8_t point[1 + 2 * MAX_SIZE], *der;
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx;
	int der_len;
	size_t len;

	len = write_point(group, &keys->q, point, bn_ctx);
	if (len > 0)
		key = public_key(lib, OBJ_nid2sn(EC_GROUP_get_curve_name(group)), point, len);
	ctx = key != NULL ? EVP_PKEY_CTX_new_from_pkey(lib, key, NULL) : NULL;
	der = signature(op, &der_len);
	if (ctx != NULL && der_len > 0 && op->message.data != NULL &&
	    EVP_PKEY_verify_init(ctx) == 1)
		status = EVP_PKEY_verify(ctx, der, der_len, op->message.data, op->message.length) ==
				1 ?
			RTE_CRYPTO_OP_STATUS_SUCCESS :
			RTE_CRYPTO_OP_STATUS_ERROR;
	OPENSSL_free(der);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return status;
}

enum rte_crypto_op_status
libcrypto_asym(OSSL_LIB_CTX *lib, const struct libcrypto_asym_session *session,
	       struct rte_crypto_op *op)
{
	struct rte_crypto_ecdsa_op_param *ecdsa = &op->asym->ecdsa;
	const struct keys keys = keys_of(session, ecdsa);
	enum rte_crypto_op_status status = RTE_CRYPTO_OP_STATUS_ERROR;
	EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(lib, NULL, session->nid);
	BN_CTX *ctx = BN_CTX_secure_new_ex(lib);

	if (group != NULL && ctx != NULL) {
		BN_CTX_start(ctx);
		if (ecdsa->op_type == RTE_CRYPTO_ASYM_OP_SIGN)
			status = sign(group, &keys, ecdsa, ctx);
		else if (ecdsa->op_type == RTE_CRYPTO_ASYM_OP_VERIFY)
			status = verify(lib, group, &keys, ecdsa, ctx);
		else
			status = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
		BN_CTX_end(ctx);
	}
	BN_CTX_free(ctx);
	EC_GROUP_free(group);
	return status;
}
