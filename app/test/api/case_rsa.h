/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Messages and operations of the RSA suites. */

#ifndef TEST_CASE_RSA_H
#define TEST_CASE_RSA_H

#include <string.h>

#include "rsa.h"

/* Bytes that padding takes at least. */
#define OVERHEAD 11

/* The key, and what of it the session has, of a row of the table. */
struct rsa_case {
	unsigned int bits;
	enum rsa_form form;
	enum rte_crypto_rsa_padding_type padding;
	enum rte_crypto_auth_algorithm hash;
};

static inline void
random_bytes(struct env *env, struct rsa_data *data, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		data->bytes[i] = rng_next(&env->rng);
	data->len = len;
}

/* A message that fits: of some length, or without padding a number below the modulus. */
static inline void
random_message(struct env *env, const struct rsa_case *c, struct rsa_data *data, unsigned int round)
{
	const uint32_t modulus = c->bits / 8, most = modulus - OVERHEAD;
	const uint32_t lengths[] = { 20, 1, most, most - 1, 51 };

	if (c->padding == RTE_CRYPTO_RSA_PADDING_PKCS1_5) {
		random_bytes(env, data, lengths[round % RTE_DIM(lengths)]);
	} else {
		random_bytes(env, data, modulus);
		data->bytes[0] = 0;
	}
}

static inline struct rsa_op
operation(const struct rsa_case *c, void *session, enum rte_crypto_asym_op_type type)
{
	return (struct rsa_op){
		.type = type, .padding = c->padding, .hash = c->hash, .session = session
	};
}

static inline enum verdict
compare(struct env *env, const struct rsa_data *got, const struct rsa_data *right)
{
	if (got->len != right->len)
		return test_fail(env, "%zu bytes, not %zu", got->len, right->len);
	if (memcmp(got->bytes, right->bytes, got->len) != 0)
		return test_fail(env, "wrong result");
	return PASS;
}

static inline enum verdict
reference(struct env *env, const struct rsa_key *key, const struct rsa_op *op, struct rsa_data *out)
{
	return rsa_reference(key, op, out) == 0 ? PASS : test_fail(env, "OpenSSL fails");
}

#endif /* TEST_CASE_RSA_H */
