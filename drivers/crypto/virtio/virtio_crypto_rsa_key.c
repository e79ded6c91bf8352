/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/bn.h>

#include <rte_common.h>

#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_number.h"
#include "virtio_crypto_rsa_key.h"

/* Bases that are tried to factor a modulus; each one fails with a probability of 1/2 at most. */
#define MAX_TRIES 100

uint32_t
virtio_crypto_rsa_modulus_len(const struct rte_crypto_rsa_xform *rsa)
{
	size_t len = virtio_crypto_number(&rsa->n).len;

	return len >= VIRTIO_CRYPTO_RSA_MIN_MODULUS && len <= VIRTIO_CRYPTO_RSA_MAX_MODULUS ? len :
											      0;
}

static bool
has_exponent(const struct rte_crypto_rsa_xform *rsa)
{
	return rsa->key_type == RTE_RSA_KEY_TYPE_EXP && virtio_crypto_number(&rsa->d).len > 0;
}

static bool
has_quintuple(const struct rte_crypto_rsa_xform *rsa)
{
	return rsa->key_type == RTE_RSA_KEY_TYPE_QT && virtio_crypto_number(&rsa->qt.p).len > 0 &&
		virtio_crypto_number(&rsa->qt.q).len > 0;
}

uint32_t
virtio_crypto_rsa_key_type(const struct rte_crypto_rsa_xform *rsa)
{
	return has_exponent(rsa) || has_quintuple(rsa) ? VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE :
							 VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC;
}

/* Reads the numbers of a transform; missing ones are 0. */
static void
numbers_of(const struct rte_crypto_rsa_xform *rsa, struct virtio_crypto_rsa_key *key)
{
	memset(key, 0, sizeof(*key));
	key->number[VIRTIO_CRYPTO_RSA_N] = virtio_crypto_number(&rsa->n);
	key->number[VIRTIO_CRYPTO_RSA_E] = virtio_crypto_number(&rsa->e);
	if (has_exponent(rsa)) {
		key->number[VIRTIO_CRYPTO_RSA_D] = virtio_crypto_number(&rsa->d);
	} else if (has_quintuple(rsa)) {
		key->number[VIRTIO_CRYPTO_RSA_P] = virtio_crypto_number(&rsa->qt.p);
		key->number[VIRTIO_CRYPTO_RSA_Q] = virtio_crypto_number(&rsa->qt.q);
		key->number[VIRTIO_CRYPTO_RSA_DP] = virtio_crypto_number(&rsa->qt.dP);
		key->number[VIRTIO_CRYPTO_RSA_DQ] = virtio_crypto_number(&rsa->qt.dQ);
		key->number[VIRTIO_CRYPTO_RSA_QINV] = virtio_crypto_number(&rsa->qt.qInv);
	}
}

static int
write_key(const struct virtio_crypto_rsa_key *key, bool private, uint8_t *der, size_t room)
{
	size_t len = virtio_crypto_der_write_rsa(
		key, private ? VIRTIO_CRYPTO_RSA_NUMBERS : VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS, der,
		room);

	return len <= room ? (int)len : -EINVAL;
}

int
virtio_crypto_rsa_key_write_given(const struct rte_crypto_rsa_xform *rsa, uint8_t *der, size_t room)
{
	struct virtio_crypto_rsa_key key;

	numbers_of(rsa, &key);
	return write_key(&key,
			 virtio_crypto_rsa_key_type(rsa) == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE,
			 der, room);
}

/* An RSA key to be calculated with. Its numbers belong to the context, which wipes them. */
struct big_key {
	BN_CTX *ctx;
	BIGNUM *number[VIRTIO_CRYPTO_RSA_NUMBERS];
};

/* Reads the numbers. None is longer than a modulus may be; one that is 0 has yet to be computed. */
static int
read_big_key(struct big_key *k, const struct virtio_crypto_rsa_key *key)
{
	unsigned int i;

	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++) {
		if (key->number[i].len > VIRTIO_CRYPTO_RSA_MAX_MODULUS)
			return -EINVAL;
		k->number[i] = BN_CTX_get(k->ctx);
		if (k->number[i] == NULL ||
		    BN_bin2bn(key->number[i].data, key->number[i].len, k->number[i]) == NULL)
			return -ENOMEM;
		/* Computation must not reveal secret numbers by its time. */
		if (i >= VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS)
			BN_set_flags(k->number[i], BN_FLG_CONSTTIME);
	}
	return 0;
}

/* Writes the numbers, all of which are there, as an RSAPrivateKey. */
static int
write_big_key(const struct big_key *k, uint8_t *der, size_t room)
{
	uint8_t bytes[VIRTIO_CRYPTO_RSA_NUMBERS][VIRTIO_CRYPTO_RSA_MAX_MODULUS];
	struct virtio_crypto_rsa_key key;
	unsigned int i;
	int ret;

	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		key.number[i] = (struct virtio_crypto_bytes){ bytes[i],
							      BN_bn2bin(k->number[i], bytes[i]) };
	ret = write_key(&key, true, der, room);
	explicit_bzero(bytes, sizeof(bytes));
	return ret;
}

/*
 * Looks for a square root of 1 other than 1 and -1 among the powers of a base. 1 if there is one,
 * then in y; 0 if this base has none; -EINVAL if the exponents do not belong to the modulus.
 */
static int
find_root(const struct big_key *k, const BIGNUM *base, const BIGNUM *odd, int twos, BIGNUM *y)
{
	const BIGNUM *n = k->number[VIRTIO_CRYPTO_RSA_N];
	BIGNUM *square = BN_CTX_get(k->ctx), *last = BN_CTX_get(k->ctx);
	int i;

	if (last == NULL || BN_sub(last, n, BN_value_one()) != 1 ||
	    BN_mod_exp(y, base, odd, n, k->ctx) != 1)
		return -ENOMEM;
	if (BN_is_one(y) || BN_cmp(y, last) == 0)
		return 0;
	for (i = 0; i < twos; i++) {
		if (BN_mod_sqr(square, y, n, k->ctx) != 1)
			return -ENOMEM;
		if (BN_is_one(square))
			return 1;
		if (BN_cmp(square, last) == 0)
			return 0;
		if (BN_copy(y, square) == NULL)
			return -ENOMEM;
	}
	return -EINVAL;
}

/* The factors, from a square root of 1: it is 1 modulo one of them, and -1 modulo the other. */
static int
split(struct big_key *k, BIGNUM *root)
{
	BIGNUM *p = k->number[VIRTIO_CRYPTO_RSA_P], *q = k->number[VIRTIO_CRYPTO_RSA_Q];
	const BIGNUM *n = k->number[VIRTIO_CRYPTO_RSA_N];

	if (BN_sub_word(root, 1) != 1 || BN_gcd(p, root, n, k->ctx) != 1 ||
	    BN_div(q, NULL, n, p, k->ctx) != 1)
		return -ENOMEM;
	if (BN_cmp(p, q) < 0)
		BN_swap(p, q);
	return 0;
}

/*
 * Factors the modulus of a key of which both exponents are known: d * e - 1 is a multiple of the
 * order of every base, so by halving it a square root of 1 is found, for half of the bases at least
 * one that splits the modulus.
 */
static int
factor(struct big_key *k)
{
	BIGNUM *odd = BN_CTX_get(k->ctx), *base = BN_CTX_get(k->ctx), *root = BN_CTX_get(k->ctx);
	int twos = 0, tries, ret = 0;

	if (root == NULL ||
	    BN_mul(odd, k->number[VIRTIO_CRYPTO_RSA_D], k->number[VIRTIO_CRYPTO_RSA_E], k->ctx) !=
		    1)
		return -ENOMEM;
	if (!BN_is_odd(odd) || BN_is_one(odd) || BN_sub_word(odd, 1) != 1)
		return -EINVAL;
	while (!BN_is_bit_set(odd, twos))
		twos++;
	if (BN_rshift(odd, odd, twos) != 1)
		return -ENOMEM;
	BN_set_flags(odd, BN_FLG_CONSTTIME);
	for (tries = 0; ret == 0 && tries < MAX_TRIES; tries++) {
		if (BN_rand_range(base, k->number[VIRTIO_CRYPTO_RSA_N]) != 1)
			return -ENOMEM;
		if (BN_is_zero(base))
			continue;
		BN_CTX_start(k->ctx);
		ret = find_root(k, base, odd, twos, root);
		BN_CTX_end(k->ctx);
	}
	if (ret <= 0)
		return ret < 0 ? ret : -EINVAL;
	return split(k, root);
}

/* The private exponent, from the factors less 1: the inverse of the public one. */
static int
invert_exponent(struct big_key *k, const BIGNUM *p1, const BIGNUM *q1)
{
	BIGNUM *lcm = BN_CTX_get(k->ctx), *gcd = BN_CTX_get(k->ctx);

	if (gcd == NULL || BN_gcd(gcd, p1, q1, k->ctx) != 1 || BN_mul(lcm, p1, q1, k->ctx) != 1 ||
	    BN_div(lcm, NULL, lcm, gcd, k->ctx) != 1)
		return -ENOMEM;
	BN_set_flags(lcm, BN_FLG_CONSTTIME);
	if (BN_mod_inverse(k->number[VIRTIO_CRYPTO_RSA_D], k->number[VIRTIO_CRYPTO_RSA_E], lcm,
			   k->ctx) == NULL)
		return -EINVAL;
	return 0;
}

/* The private exponent modulo a factor less 1, which has to undo the public one. */
static int
reduce_exponent(struct big_key *k, const BIGNUM *factor1, BIGNUM *reduced)
{
	BIGNUM *one = BN_CTX_get(k->ctx);

	if (one == NULL ||
	    BN_div(NULL, reduced, k->number[VIRTIO_CRYPTO_RSA_D], factor1, k->ctx) != 1 ||
	    BN_mod_mul(one, reduced, k->number[VIRTIO_CRYPTO_RSA_E], factor1, k->ctx) != 1)
		return -ENOMEM;
	return BN_is_one(one) ? 0 : -EINVAL;
}

/* Whether the factors are such, and not 1, and neither of them is even. */
static int
check_factors(const struct big_key *k)
{
	const BIGNUM *p = k->number[VIRTIO_CRYPTO_RSA_P], *q = k->number[VIRTIO_CRYPTO_RSA_Q];
	BIGNUM *product = BN_CTX_get(k->ctx);

	if (product == NULL || BN_mul(product, p, q, k->ctx) != 1)
		return -ENOMEM;
	if (BN_cmp(product, k->number[VIRTIO_CRYPTO_RSA_N]) != 0 || BN_is_one(p) || BN_is_one(q) ||
	    BN_cmp(p, q) == 0)
		return -EINVAL;
	return 0;
}

/* The rest of a key of which the factors are known, and perhaps the private exponent. */
static int
compute_rest(struct big_key *k)
{
	BIGNUM *p1 = BN_CTX_get(k->ctx), *q1 = BN_CTX_get(k->ctx);
	int ret = check_factors(k);

	if (ret != 0)
		return ret;
	if (q1 == NULL || BN_sub(p1, k->number[VIRTIO_CRYPTO_RSA_P], BN_value_one()) != 1 ||
	    BN_sub(q1, k->number[VIRTIO_CRYPTO_RSA_Q], BN_value_one()) != 1)
		return -ENOMEM;
	BN_set_flags(p1, BN_FLG_CONSTTIME);
	BN_set_flags(q1, BN_FLG_CONSTTIME);
	if (BN_is_zero(k->number[VIRTIO_CRYPTO_RSA_D]))
		ret = invert_exponent(k, p1, q1);
	if (ret == 0)
		ret = reduce_exponent(k, p1, k->number[VIRTIO_CRYPTO_RSA_DP]);
	if (ret == 0)
		ret = reduce_exponent(k, q1, k->number[VIRTIO_CRYPTO_RSA_DQ]);
	if (ret == 0 &&
	    BN_mod_inverse(k->number[VIRTIO_CRYPTO_RSA_QINV], k->number[VIRTIO_CRYPTO_RSA_Q],
			   k->number[VIRTIO_CRYPTO_RSA_P], k->ctx) == NULL)
		ret = -EINVAL;
	return ret;
}

static int
complete(struct big_key *k, const struct virtio_crypto_rsa_key *key, uint8_t *der, size_t room)
{
	int ret = read_big_key(k, key);

	if (ret == 0 &&
	    (!BN_is_odd(k->number[VIRTIO_CRYPTO_RSA_N]) ||
	     !BN_is_odd(k->number[VIRTIO_CRYPTO_RSA_E]) ||
	     BN_is_one(k->number[VIRTIO_CRYPTO_RSA_E])))
		ret = -EINVAL;
	if (ret == 0 && BN_is_zero(k->number[VIRTIO_CRYPTO_RSA_P]))
		ret = factor(k);
	if (ret == 0)
		ret = compute_rest(k);
	return ret == 0 ? write_big_key(k, der, room) : ret;
}

int
virtio_crypto_rsa_key_write_complete(const struct rte_crypto_rsa_xform *rsa, uint8_t *der,
				     size_t room)
{
	struct virtio_crypto_rsa_key key;
	struct big_key k = { 0 };
	int ret;

	if (virtio_crypto_rsa_key_type(rsa) == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC)
		return virtio_crypto_number(&rsa->e).len > 0 ?
			virtio_crypto_rsa_key_write_given(rsa, der, room) :
			-EINVAL;
	numbers_of(rsa, &key);
	k.ctx = BN_CTX_new();
	if (k.ctx == NULL)
		return -ENOMEM;
	BN_CTX_start(k.ctx);
	ret = complete(&k, &key, der, room);
	BN_CTX_end(k.ctx);
	BN_CTX_free(k.ctx);
	return ret;
}
