/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cycles.h>

#include "rsa.h"
#include "vectors.h"

/**
 * @file
 * RSA without padding and with that of PKCS #1 v1.5, against OpenSSL and published answers.
 *
 * Where a hash is not named, what is signed is signed as it is. Cryptodevs differ in what they do
 * with the name of a hash, so the cases that name one are apart: rsa/hashes.
 */

/* Bytes that padding takes at least. */
#define OVERHEAD 11

/* The key, and what of it the session has, of a row of the table. */
struct rsa_case {
	unsigned int bits;
	enum rsa_form form;
	enum rte_crypto_rsa_padding_type padding;
	enum rte_crypto_auth_algorithm hash;
};

static void
random_bytes(struct env *env, struct rsa_data *data, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		data->bytes[i] = rng_next(&env->rng);
	data->len = len;
}

/* A message that fits: of some length, or without padding a number below the modulus. */
static void
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

static struct rsa_op
operation(const struct rsa_case *c, void *session, enum rte_crypto_asym_op_type type)
{
	return (struct rsa_op){
		.type = type, .padding = c->padding, .hash = c->hash, .session = session
	};
}

static enum verdict
compare(struct env *env, const struct rsa_data *got, const struct rsa_data *right)
{
	if (got->len != right->len)
		return test_fail(env, "%zu bytes, not %zu", got->len, right->len);
	if (memcmp(got->bytes, right->bytes, got->len) != 0)
		return test_fail(env, "wrong result");
	return PASS;
}

static enum verdict
reference(struct env *env, const struct rsa_key *key, const struct rsa_op *op, struct rsa_data *out)
{
	return rsa_reference(key, op, out) == 0 ? PASS : test_fail(env, "OpenSSL fails");
}

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

/* What makes a good verification a bad one. */
typedef void (*spoil_t)(struct rsa_op *op);

struct bad_case {
	const char *name;
	enum rte_crypto_asym_op_type type;
	enum rte_crypto_rsa_padding_type padding;
	spoil_t spoil;
};

/* A good operation is spoilt, and must not succeed; then it does as it was. */
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

/* DigestInfo with the digest, as what is signed without naming its hash. */
static void
digest_info(const struct rsa_vector *vector, struct rsa_data *data)
{
	static const char sha1[] = "3021300906052b0e03021a05000414";
	static const char sha256[] = "3031300d060960864801650304020105000420";
	const bool is_sha1 = strcmp(vector->hash, "SHA1") == 0;
	uint8_t message[512];
	unsigned int len;

	data->len = hex_bytes(is_sha1 ? sha1 : sha256, data->bytes);
	EVP_Digest(message, hex_bytes(vector->msg, message), data->bytes + data->len, &len,
		   is_sha1 ? EVP_sha1() : EVP_sha256(), NULL);
	data->len += len;
}

static void
vector_key(const struct rsa_vector *vector, struct rsa_key *key)
{
	const char *const hex[] = { vector->n, vector->e,  vector->d,  vector->p,
				    vector->q, vector->dp, vector->dq, vector->qinv };
	unsigned int i;

	memset(key, 0, sizeof(*key));
	for (i = 0; i < RSA_NUMBERS; i++)
		if (hex[i] != NULL)
			key->number[i].len = hex_bytes(hex[i], key->number[i].bytes);
}

/* A published ciphertext is decrypted, a published signature verified and, with the key, made. */
static enum verdict
known_answer(struct env *env, const struct rsa_vector *vector, void *session,
	     struct rte_crypto_asym_xform *xform)
{
	struct rsa_op op = { .padding = RTE_CRYPTO_RSA_PADDING_PKCS1_5,
			     .session = session,
			     .xform = xform };
	struct rsa_data right, message;
	enum verdict v;

	right.len = hex_bytes(vector->answer, right.bytes);
	if (vector->hash == NULL) {
		op.type = RTE_CRYPTO_ASYM_OP_DECRYPT;
		op.cipher = right;
		message.len = hex_bytes(vector->msg, message.bytes);
		v = rsa_run_good(env, &op);
		return v == PASS ? compare(env, &op.message, &message) : v;
	}
	op.type = RTE_CRYPTO_ASYM_OP_VERIFY;
	digest_info(vector, &op.message);
	op.sign = right;
	v = rsa_run_good(env, &op);
	if (v != PASS || vector->d == NULL)
		return v;
	op.type = RTE_CRYPTO_ASYM_OP_SIGN;
	memset(&op.sign, 0, sizeof(op.sign));
	v = rsa_run_good(env, &op);
	return v == PASS ? compare(env, &op.sign, &right) : v;
}

static enum verdict
run_known(struct env *env, const void *arg)
{
	const struct rsa_vector *vector = arg;
	enum rsa_form form = vector->d == NULL ? RSA_FORM_PUBLIC : RSA_FORM_EXP;
	enum verdict v = PASS;
	struct rsa_key key;
	void *session;

	vector_key(vector, &key);
	for (; v == PASS && form <= RSA_FORM_QT; form++) {
		v = rsa_session(env, &key, form, RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0, &session);
		if (v != PASS)
			return v;
		v = known_answer(env, vector, session, NULL);
		if (rsa_session_free(env, session) != PASS)
			v = FAIL;
		if (form == RSA_FORM_PUBLIC)
			break;
	}
	return v;
}

/* The same, of operations that bring their key. */
static enum verdict
run_known_sessionless(struct env *env, const void *arg)
{
	const struct rsa_vector *vector = arg;
	enum rsa_form form = vector->d == NULL ? RSA_FORM_PUBLIC : RSA_FORM_QT;
	struct rte_crypto_asym_xform x;
	struct rsa_key key;
	enum verdict v;

	vector_key(vector, &key);
	v = rsa_supported(env, &key, form);
	if (v != PASS)
		return v;
	if (!(env->info.feature_flags & RTE_CRYPTODEV_FF_ASYM_SESSIONLESS))
		return test_skip(env, "the device has no operations without a session");
	x = rsa_xform(&key, form, RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0);
	return known_answer(env, vector, NULL, &x);
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

	for (i = 0; i < nb_rsa_vectors; i++) {
		const char *label = rsa_vectors[i].label;

		test_register(run_known, &rsa_vectors[i], "known/rsa/%s", label);
		test_register(run_known_sessionless, &rsa_vectors[i], "known/rsa/%s/stateless",
			      label);
	}
	register_kinds();
	for (i = 0; i < RTE_DIM(hashes); i++)
		test_register(run_hash, &hashes[i].c, "rsa/hashes/%s", hashes[i].name);
	for (i = 0; i < RTE_DIM(bad_cases); i++)
		test_register(run_bad, &bad_cases[i], "rsa/bad/%s%s", bad_cases[i].name,
			      bad_cases[i].type == RTE_CRYPTO_ASYM_OP_SIGN ? "_to_sign" : "");
	test_register(run_recover, &raw, "rsa/recover");
	test_register(run_sessionless, &raw, "rsa/sessionless/raw");
	test_register(run_sessionless, &exponent, "rsa/sessionless/exponent");
	test_register(run_sessionless, &quintuple, "rsa/sessionless/quintuple");
	test_register(run_many, &quintuple, "rsa/many");
	test_register(run_churn, NULL, "rsa/sessions_come_and_go");
}
