/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file RSA operations that must not succeed. */

#include <string.h>

#include "case_rsa.h"

struct bad_case {
	const char *name;
	enum rte_crypto_asym_op_type type;
	enum rte_crypto_rsa_padding_type padding;
	/* Makes the good operation a bad one. */
	void (*spoil)(struct rsa_op *op);
};

/*
 * OpenSSL need not say that padding is wrong: from 3.2 on it makes up a message instead, the same
 * one each time.
 */
static enum verdict
run_without_padding(struct env *env, const struct rsa_key *key, const struct rsa_op *op)
{
	struct rsa_op first = *op, again = *op;
	enum verdict v = rsa_run(env, &first);

	if (v != PASS || first.status != RTE_CRYPTO_OP_STATUS_SUCCESS)
		return v;
	v = rsa_run_good(env, &again);
	if (v == PASS && first.message.len > key->number[RSA_N].len - OVERHEAD)
		v = test_fail(env, "success, and a message of %zu bytes", first.message.len);
	if (v == PASS &&
	    (first.message.len != again.message.len ||
	     memcmp(first.message.bytes, again.message.bytes, first.message.len) != 0))
		v = test_fail(env, "success, with another message each time");
	return v;
}

/* A padding that is not there. Since DPDK 24.11 sessions have it. */
static enum verdict
run_bad_padding(struct env *env, struct rsa_key *key, struct rsa_op *op)
{
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	struct rte_crypto_asym_xform x = rsa_xform(key, RSA_FORM_EXP, op->padding, 0);
	void *session = NULL;

	if (rte_cryptodev_asym_session_create(env->dev_id, &x, env->asym_sessions, &session) != 0) {
		/* DPDK leaves what it took out of the pool to the application. */
		if (session != NULL)
			rte_mempool_put(env->asym_sessions, session);
		return PASS;
	}
	rsa_session_free(env, session);
	return test_fail(env, "a session with padding %d", op->padding);
#else
	RTE_SET_USED(key);
	return rsa_run_bad(env, op);
#endif
}

/* A good operation is spoilt, and must not succeed; then it does as it was. */
static enum verdict
run_bad(struct env *env, const void *arg)
{
	const struct bad_case *b = arg;
	const struct rsa_case c = { 1024, RSA_FORM_EXP, b->padding, 0 };
	struct rsa_key *key = rsa_key(c.bits);
	struct rsa_op good, bad;
	enum verdict v;
	void *session;

	v = rsa_session(env, key, c.form, c.padding, c.hash, &session);
	if (v != PASS)
		return v;
	good = operation(&c, session, RTE_CRYPTO_ASYM_OP_SIGN);
	random_message(env, &c, &good.message, 0);
	v = reference(env, key, &good, &good.sign);
	good.type = RTE_CRYPTO_ASYM_OP_ENCRYPT;
	if (v == PASS)
		v = reference(env, key, &good, &good.cipher);
	good.type = b->type;
	bad = good;
	b->spoil(&bad);
	if (v == PASS && bad.padding != good.padding)
		v = run_bad_padding(env, key, &bad);
	else if (v == PASS && b->type == RTE_CRYPTO_ASYM_OP_DECRYPT)
		v = run_without_padding(env, key, &bad);
	else if (v == PASS)
		v = rsa_run_bad(env, &bad);
	if (v == PASS)
		v = rsa_run_good(env, &good);
	return rsa_session_free(env, session) == PASS ? v : FAIL;
}

static void
another_signature(struct rsa_op *op)
{
	op->sign.bytes[op->sign.len - 1] ^= 1;
}

static void
another_message(struct rsa_op *op)
{
	op->message.bytes[op->message.len - 1] ^= 1;
}

static void
part_of_the_message(struct rsa_op *op)
{
	op->message.len--;
}

static void
short_signature(struct rsa_op *op)
{
	op->sign.len--;
}

/* A ciphertext of a number that has no padding. */
static void
garbage(struct rsa_op *op)
{
	struct rsa_op raw = { .type = RTE_CRYPTO_ASYM_OP_ENCRYPT };

	raw.message.len = 128;
	memset(raw.message.bytes, 0x5a, raw.message.len);
	rsa_reference(rsa_key(1024), &raw, &op->cipher);
}

static void
long_message(struct rsa_op *op)
{
	op->message.len = 128 - OVERHEAD + 1;
}

static void
long_number(struct rsa_op *op)
{
	op->message.len = 129;
}

static void
oaep(struct rsa_op *op)
{
	op->padding = RTE_CRYPTO_RSA_PADDING_OAEP;
}

static void
pss(struct rsa_op *op)
{
	op->padding = RTE_CRYPTO_RSA_PADDING_PSS;
}

static const struct bad_case bad_cases[] = {
#define BAD(op, padding, spoil)                                                                    \
	{                                                                                          \
#spoil, RTE_CRYPTO_ASYM_OP_##op, RTE_CRYPTO_RSA_PADDING_##padding, spoil           \
	}
	BAD(VERIFY, PKCS1_5, another_signature),
	BAD(VERIFY, PKCS1_5, another_message),
	BAD(VERIFY, PKCS1_5, part_of_the_message),
	BAD(VERIFY, PKCS1_5, short_signature),
	BAD(DECRYPT, PKCS1_5, garbage),
	BAD(ENCRYPT, PKCS1_5, long_message),
	BAD(SIGN, PKCS1_5, long_message),
	BAD(ENCRYPT, NONE, long_number),
	BAD(ENCRYPT, PKCS1_5, oaep),
	BAD(SIGN, PKCS1_5, pss),
};

void
register_rsa_reject(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(bad_cases); i++)
		test_register(run_bad, &bad_cases[i], "rsa/bad/%s%s", bad_cases[i].name,
			      bad_cases[i].type == RTE_CRYPTO_ASYM_OP_SIGN ? "_to_sign" : "");
}
