/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file RSA with PKCS #1 v1.5, against published answers. */

#include <string.h>

#include "case_rsa.h"
#include "vectors.h"

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

void
register_rsa_known(void)
{
	unsigned int i;

	for (i = 0; i < nb_rsa_vectors; i++) {
		const char *label = rsa_vectors[i].label;

		test_register(run_known, &rsa_vectors[i], "known/rsa/%s", label);
		test_register(run_known_sessionless, &rsa_vectors[i], "known/rsa/%s/stateless",
			      label);
	}
}
