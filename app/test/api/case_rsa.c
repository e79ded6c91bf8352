/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * RSA without padding and with that of PKCS #1 v1.5, against OpenSSL.
 *
 * Where a hash is not named, what is signed is signed as it is. Cryptodevs differ in what they do
 * with the name of a hash, so the cases that name one are apart: rsa/hashes.
 */

#include <string.h>

#include <rte_cycles.h>

#include "case_rsa.h"

/* One of the four kinds of operations on a message. */
typedef enum verdict (*round_t)(struct env *env, const struct rsa_case *c, struct rsa_key *key,
				void *session, const struct rsa_data *message);

static enum verdict
encrypt(struct env *env, const struct rsa_case *c, struct rsa_key *key, void *session,
	const struct rsa_data *message)
{
	struct rsa_op op = operation(c, session, RTE_CRYPTO_ASYM_OP_ENCRYPT);
	struct rsa_data plain;
	enum verdict v;

	op.message = *message;
	v = rsa_run_good(env, &op);
	if (v == PASS && op.cipher.len != c->bits / 8)
		v = test_fail(env, "%zu bytes of cipher text", op.cipher.len);
	op.type = RTE_CRYPTO_ASYM_OP_DECRYPT;
	if (v == PASS)
		v = reference(env, key, &op, &plain);
	return v == PASS ? compare(env, &plain, message) : v;
}

static enum verdict
decrypt(struct env *env, const struct rsa_case *c, struct rsa_key *key, void *session,
	const struct rsa_data *message)
{
	struct rsa_op op = operation(c, session, RTE_CRYPTO_ASYM_OP_ENCRYPT);
	enum verdict v;

	op.message = *message;
	v = reference(env, key, &op, &op.cipher);
	op.type = RTE_CRYPTO_ASYM_OP_DECRYPT;
	op.message.len = 0;
	memset(op.message.bytes, 0xee, sizeof(op.message.bytes));
	if (v == PASS)
		v = rsa_run_good(env, &op);
	return v == PASS ? compare(env, &op.message, message) : v;
}

static enum verdict
sign(struct env *env, const struct rsa_case *c, struct rsa_key *key, void *session,
     const struct rsa_data *message)
{
	struct rsa_op op = operation(c, session, RTE_CRYPTO_ASYM_OP_SIGN);
	struct rsa_data right;
	enum verdict v;

	op.message = *message;
	v = reference(env, key, &op, &right);
	if (v == PASS)
		v = rsa_run_good(env, &op);
	return v == PASS ? compare(env, &op.sign, &right) : v;
}

static enum verdict
verify(struct env *env, const struct rsa_case *c, struct rsa_key *key, void *session,
       const struct rsa_data *message)
{
	struct rsa_op op = operation(c, session, RTE_CRYPTO_ASYM_OP_SIGN);
	enum verdict v;

	op.message = *message;
	v = reference(env, key, &op, &op.sign);
	op.type = RTE_CRYPTO_ASYM_OP_VERIFY;
	return v == PASS ? rsa_run_good(env, &op) : v;
}

/* Runs some rounds of one kind with a session. */
static enum verdict
run_rounds(struct env *env, const struct rsa_case *c, round_t round, unsigned int nb)
{
	struct rsa_key *key = rsa_key(c->bits);
	struct rsa_data message;
	enum verdict v;
	unsigned int i;
	void *session;

	v = rsa_session(env, key, c->form, c->padding, c->hash, &session);
	if (v != PASS)
		return v;
	for (i = 0; v == PASS && i < nb; i++) {
		random_message(env, c, &message, i);
		v = round(env, c, key, session, &message);
		if (v == FAIL)
			test_annotate(env, "round %u, %zu bytes", i, message.len);
	}
	return rsa_session_free(env, session) == PASS ? v : FAIL;
}

static enum verdict
run_encrypt(struct env *env, const void *arg)
{
	return run_rounds(env, arg, encrypt, 5);
}

static enum verdict
run_decrypt(struct env *env, const void *arg)
{
	return run_rounds(env, arg, decrypt, 5);
}

static enum verdict
run_sign(struct env *env, const void *arg)
{
	return run_rounds(env, arg, sign, 5);
}

static enum verdict
run_verify(struct env *env, const void *arg)
{
	return run_rounds(env, arg, verify, 5);
}

/* A digest is signed, and its hash is named. */
static enum verdict
run_hash(struct env *env, const void *arg)
{
	static const uint8_t digest_len[] = {
		[RTE_CRYPTO_AUTH_MD5] = 16,    [RTE_CRYPTO_AUTH_SHA1] = 20,
		[RTE_CRYPTO_AUTH_SHA224] = 28, [RTE_CRYPTO_AUTH_SHA256] = 32,
		[RTE_CRYPTO_AUTH_SHA384] = 48, [RTE_CRYPTO_AUTH_SHA512] = 64,
	};
	const struct rsa_case *c = arg;
	struct rsa_key *key = rsa_key(c->bits);
	struct rsa_data digest;
	enum verdict v;
	void *session;

	v = rsa_session(env, key, c->form, c->padding, c->hash, &session);
	if (v != PASS)
		return v;
	random_bytes(env, &digest, digest_len[c->hash]);
	v = sign(env, c, key, session, &digest);
	if (v == PASS)
		v = verify(env, c, key, session, &digest);
	return rsa_session_free(env, session) == PASS ? v : FAIL;
}

/* The number that a signature was made of is delivered. */
static enum verdict
run_recover(struct env *env, const void *arg)
{
	const struct rsa_case *c = arg;
	struct rsa_key *key = rsa_key(c->bits);
	struct rsa_op op;
	struct rsa_data message;
	enum verdict v;
	void *session;

	v = rsa_session(env, key, c->form, c->padding, c->hash, &session);
	if (v != PASS)
		return v;
	op = operation(c, session, RTE_CRYPTO_ASYM_OP_SIGN);
	random_message(env, c, &message, 0);
	op.message = message;
	v = reference(env, key, &op, &op.sign);
	op.type = RTE_CRYPTO_ASYM_OP_VERIFY;
	op.message.len = 0;
	if (v == PASS)
		v = rsa_run_good(env, &op);
	if (v == PASS)
		v = compare(env, &op.cipher, &message);
	return rsa_session_free(env, session) == PASS ? v : FAIL;
}

/* Operations that bring their key. */
static enum verdict
run_sessionless(struct env *env, const void *arg)
{
	const struct rsa_case *c = arg;
	struct rsa_key *key = rsa_key(c->bits);
	struct rte_crypto_asym_xform x = rsa_xform(key, c->form, c->padding, c->hash);
	struct rsa_op op = operation(c, NULL, RTE_CRYPTO_ASYM_OP_SIGN);
	enum verdict v = rsa_supported(env, key, c->form);
	struct rsa_data right;

	if (v != PASS)
		return v;
	if (!(env->info.feature_flags & RTE_CRYPTODEV_FF_ASYM_SESSIONLESS))
		return test_skip(env, "the device has no operations without a session");
	op.xform = &x;
	random_message(env, c, &op.message, 0);
	v = reference(env, key, &op, &right);
	if (v == PASS)
		v = rsa_run_good(env, &op);
	if (v == PASS)
		v = compare(env, &op.sign, &right);
	op.type = RTE_CRYPTO_ASYM_OP_VERIFY;
	if (v == PASS)
		v = rsa_run_good(env, &op);
	op.sign.bytes[20] ^= 1;
	return v == PASS ? rsa_run_bad(env, &op) : v;
}

static enum verdict
run_churn(struct env *env, const void *arg)
{
	static const unsigned int bits[] = { 1024, 2048 };
	struct rsa_case c = { 0, RSA_FORM_EXP, RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0 };
	enum verdict v = PASS;
	unsigned int i;

	RTE_SET_USED(arg);
	for (i = 0; v == PASS && i < 40; i++) {
		c.bits = bits[i % RTE_DIM(bits)];
		c.form = i % 3 == 0 ? RSA_FORM_QT : RSA_FORM_EXP;
		v = run_rounds(env, &c, i % 4 < 2 ? sign : decrypt, 1);
		if (v == FAIL)
			test_annotate(env, "session %u", i);
	}
	return v;
}

#define NB_MANY 200

/* Enqueues as many as there is room for, and dequeues what is there, until all are back. */
static enum verdict
run_all(struct env *env, struct rte_crypto_op **ops, unsigned int nb)
{
	uint64_t last = rte_get_timer_cycles();
	struct rte_crypto_op *back[32];
	unsigned int sent = 0, done = 0;

	while (done < nb) {
		unsigned int in = rte_cryptodev_enqueue_burst(env->dev_id, env->opt.first_qp,
							      &ops[sent], RTE_MIN(nb - sent, 32u));
		unsigned int out = rte_cryptodev_dequeue_burst(env->dev_id, env->opt.first_qp, back,
							       RTE_DIM(back));

		sent += in;
		done += out;
		if (in + out > 0)
			last = rte_get_timer_cycles();
		if (rte_get_timer_cycles() - last > env->opt.timeout * rte_get_timer_hz()) {
			env->stuck = true;
			return test_fail(env, "%u of %u accepted, %u came back", sent, nb, done);
		}
	}
	return PASS;
}

/* More than the device has room for, of all kinds. */
static enum verdict
run_many(struct env *env, const void *arg)
{
	static struct rsa_op many[NB_MANY];
	const struct rsa_case *c = arg;
	struct rsa_key *key = rsa_key(c->bits);
	struct rte_crypto_op *ops[NB_MANY];
	struct rsa_data message;
	void *session = NULL;
	enum verdict v;
	unsigned int i;

	v = rsa_session(env, key, c->form, c->padding, c->hash, &session);
	if (v != PASS)
		return v;
	random_message(env, c, &message, 0);
	for (i = 0; i < NB_MANY; i++) {
		many[i] = operation(c, session, RTE_CRYPTO_ASYM_OP_SIGN);
		many[i].message = message;
		many[i].message.bytes[1] = i;
		if (i % 2 == 0) {
			reference(env, key, &many[i], &many[i].sign);
			many[i].type = RTE_CRYPTO_ASYM_OP_VERIFY;
		}
		ops[i] = rsa_build(env, &many[i]);
	}
	v = run_all(env, ops, NB_MANY);
	for (i = 0; v == PASS && i < NB_MANY; i++) {
		struct rsa_data right;

		rsa_finish(&many[i], ops[i]);
		many[i].type = RTE_CRYPTO_ASYM_OP_SIGN;
		if (many[i].status != RTE_CRYPTO_OP_STATUS_SUCCESS)
			test_fail(env, "operation %u: status %u", i, many[i].status);
		else if (reference(env, key, &many[i], &right) == PASS)
			compare(env, &many[i].sign, &right);
	}
	return rsa_session_free(env, session) == PASS && !env->failed ? v : FAIL;
}

/* Every kind of operation with every form of key and padding. */
static void
register_kinds(void)
{
	static const struct {
		const char *name;
		enum verdict (*run)(struct env *env, const void *arg);
		bool public;
	} kinds[] = {
		{ "encrypt", run_encrypt, true },
		{ "decrypt", run_decrypt, false },
		{ "sign", run_sign, false },
		{ "verify", run_verify, true },
	};
	static const char *const forms[] = { "public", "exponent", "quintuple" };
	static const unsigned int bits[] = { 1024, 2048, 4096 };
	static struct rsa_case cases[2 * RTE_DIM(bits) * RTE_DIM(forms)];
	unsigned int i, k;

	for (i = 0; i < RTE_DIM(cases); i++) {
		cases[i].padding = i % 2 == 0 ? RTE_CRYPTO_RSA_PADDING_NONE :
						RTE_CRYPTO_RSA_PADDING_PKCS1_5;
		cases[i].form = i / 2 % RTE_DIM(forms);
		cases[i].bits = bits[i / 2 / RTE_DIM(forms)];
		for (k = 0; k < RTE_DIM(kinds); k++)
			if (cases[i].form != RSA_FORM_PUBLIC || kinds[k].public)
				test_register(kinds[k].run, &cases[i], "rsa/%s/%u/%s/%s",
					      i % 2 == 0 ? "raw" : "pkcs1", cases[i].bits,
					      forms[cases[i].form], kinds[k].name);
	}
}

void
register_rsa(void)
{
	static const struct rsa_case raw = { 1024, RSA_FORM_EXP, RTE_CRYPTO_RSA_PADDING_NONE, 0 },
				     exponent = { 2048, RSA_FORM_EXP,
						  RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0 },
				     quintuple = { 1024, RSA_FORM_QT,
						   RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0 };
	static struct {
		const char *name;
		struct rsa_case c;
	} hashes[] = {
#define HASH(name, padding)                                                                        \
	{                                                                                          \
		name,                                                                              \
		{                                                                                  \
			1024, RSA_FORM_EXP, RTE_CRYPTO_RSA_PADDING_PKCS1_5,                        \
				RTE_CRYPTO_AUTH_##padding                                          \
		}                                                                                  \
	}
		HASH("md5", MD5),	HASH("sha1", SHA1),	HASH("sha224", SHA224),
		HASH("sha256", SHA256), HASH("sha384", SHA384), HASH("sha512", SHA512),
	};
	unsigned int i;

	register_kinds();
	for (i = 0; i < RTE_DIM(hashes); i++)
		test_register(run_hash, &hashes[i].c, "rsa/hashes/%s", hashes[i].name);
	test_register(run_recover, &raw, "rsa/recover");
	test_register(run_sessionless, &raw, "rsa/sessionless/raw");
	test_register(run_sessionless, &exponent, "rsa/sessionless/exponent");
	test_register(run_sessionless, &quintuple, "rsa/sessionless/quintuple");
	test_register(run_many, &quintuple, "rsa/many");
	test_register(run_churn, NULL, "rsa/sessions_come_and_go");
}
