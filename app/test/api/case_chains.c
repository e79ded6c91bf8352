/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>

#include "job.h"
#include "vectors.h"

/**
 * @file
 * Algorithm chaining: a cipher and a hash or MAC in one operation, in both orders.
 *
 * Where OpenSSL knows both, texts are random. Where it does not (the algorithms of 3GPP), the
 * text that the digest is over is a published message with its published digest, and the key
 * stream of the cipher is the one of a published answer: plain text XOR encrypted text. A key
 * stream does not depend on the text, so such a chain has a known answer too.
 */

/** One row: a pair of algorithms in one order and direction. */
struct chain_case {
	const struct algo *cipher;
	const struct algo *auth;
	bool digest_of_cipher;
	bool forward;
};

/* The key stream of a published answer. */
struct stream {
	uint8_t *data;
	uint32_t len;
};

#define LONGEST 512
#define ANSWERS 3

/* Published answer number n (going round) of an algorithm. */
static const struct cipher_vector *
cipher_answer(const struct algo *algo, unsigned int n)
{
	unsigned int i = 0;

	for (;; i = (i + 1) % nb_wireless_cipher_vectors) {
		const struct cipher_vector *v = &wireless_cipher_vectors[i];

		if (strcmp(v->algo, algo->name) == 0 && n-- == 0)
			return v;
	}
}

static const struct auth_vector *
auth_answer(const struct algo *algo, unsigned int n)
{
	unsigned int i = 0;

	for (;; i = (i + 1) % nb_wireless_auth_vectors) {
		const struct auth_vector *v = &wireless_auth_vectors[i];

		if (strcmp(v->algo, algo->name) == 0 && n-- == 0)
			return v;
	}
}

/* Key, IV and key stream of a cipher that OpenSSL does not know. */
static struct stream
published_stream(struct transform *t, uint8_t *iv, unsigned int n)
{
	struct transform published;
	struct message m;
	struct stream s;
	uint32_t i;

	vector_cipher(cipher_answer(t->cipher, n), &published, &m);
	memcpy(t->key, published.key, published.key_len);
	memcpy(iv, m.iv, sizeof(m.iv));
	s.len = m.len;
	for (i = 0; i < m.len; i++)
		m.plain[i] ^= m.secret[i];
	s.data = m.plain;
	m.plain = NULL;
	message_free(&m);
	return s;
}

/* The text of the digest: random, or published with its key, IV and digest. */
static struct message
digested_text(struct env *env, struct transform *t, unsigned int n)
{
	struct transform published;
	struct message m;

	if (t->auth->ref != REF_NONE) {
		m = message_alloc(rng_range(&env->rng, 1, LONGEST / t->cipher->block) *
				  t->cipher->block);
		rng_fill(&env->rng, m.plain, m.len);
		rng_fill(&env->rng, m.auth_iv, sizeof(m.auth_iv));
		memcpy(m.secret, m.plain, m.len);
	} else {
		vector_auth(auth_answer(t->auth, n), &published, &m);
		memcpy(t->auth_key, published.auth_key, published.auth_key_len);
	}
	rng_fill(&env->rng, m.iv, sizeof(m.iv));
	return m;
}

/* From the text that the digest is over, make the other one. */
static int
other_text(const struct transform *t, struct message *m, const struct stream *s)
{
	const uint8_t *from = t->digest_of_cipher ? m->secret : m->plain;
	uint8_t *to = t->digest_of_cipher ? m->plain : m->secret;
	uint32_t i;

	if (s->data == NULL)
		return reference_cipher(t->cipher, (struct bytes){ t->key, t->key_len },
					(struct bytes){ m->iv, t->iv_len }, !t->digest_of_cipher,
					from, to, m->cipher.len);
	for (i = 0; i < m->cipher.len; i++)
		to[i] = from[i] ^ s->data[i];
	return 0;
}

/* A message with its answers; it has keys for t too. The digest is over all of it. */
static int
make_message(struct env *env, struct transform *t, struct message *m, unsigned int n)
{
	struct stream s = { NULL, UINT32_MAX };
	int rc;

	*m = digested_text(env, t, n);
	if (t->cipher->ref == REF_NONE)
		s = published_stream(t, m->iv, n);
	m->cipher.len = RTE_MIN(RTE_ALIGN_FLOOR(m->len, (uint32_t)t->cipher->block), s.len);
	rc = other_text(t, m, &s);
	free(s.data);
	if (rc == 0 && t->auth->ref != REF_NONE)
		rc = reference_auth(
			t->auth, (struct bytes){ t->auth_key, t->auth_key_len },
			(struct bytes){ m->auth_iv, t->auth_iv_len },
			(struct bytes){ t->digest_of_cipher ? m->secret : m->plain, m->len },
			m->digest);
	return rc;
}

/* A digest that has one bit wrong, or a text that has. */
static enum verdict
tampered(struct env *env, const struct transform *t, void *session, const struct message *m)
{
	struct layout l = layout_linear(m->len);
	struct job job = { .transform = t, .session = session, .msg = m };
	enum verdict v = PASS;
	int round;

	for (round = 0; round < 4 && v == PASS; round++) {
		job.tampered_digest_bit = round == 3 ? 0 :
			round == 0		     ? 1 :
			round == 1		     ? t->digest_len * 8u :
						       rng_range(&env->rng, 1, t->digest_len * 8);
		job.tampered_text_bit = round == 3 ? rng_range(&env->rng, 1, m->len * 8) : 0;
		v = job_build(env, &job, &l);
		if (v == PASS)
			v = job_run(env, 0, &job, 1, 1);
		if (v == PASS)
			v = job_check(env, &job);
		job_free(&job);
	}
	return v;
}

/* One session: the digest in all its places, and tampered with. */
static enum verdict
run_session(struct env *env, const struct transform *t, const struct message *m)
{
	struct layout l = layout_linear(m->len);
	enum verdict v;
	void *session;

	v = job_session_must(env, t, &session);
	if (v != PASS)
		return v;
	for (l.digest = DIGEST_APART; l.digest <= DIGEST_APPENDED && v == PASS; l.digest++)
		v = job_once(env, t, session, m, &l);
	if (v == PASS && !t->forward)
		v = tampered(env, t, session, m);
	if (job_session_free(env, session) != PASS)
		v = FAIL;
	return v;
}

/* All answers for one choice of lengths. */
static enum verdict
run_lengths(struct env *env, struct transform *t)
{
	enum verdict v = transform_supported(env, t);
	struct message m;
	unsigned int n;

	for (n = 0; n < ANSWERS && v == PASS; n++) {
		transform_random_keys(t, &env->rng);
		if (make_message(env, t, &m, n) != 0)
			v = test_fail(env, "OpenSSL does not compute the answers");
		else
			v = run_session(env, t, &m);
		message_free(&m);
	}
	if (v == FAIL)
		test_annotate(env, "keys of %u and %u, digest of %u bytes", t->key_len,
			      t->auth_key_len, t->digest_len);
	return v;
}

/* Every choice of key and digest lengths that the device offers; skipped if it offers none. */
static enum verdict
run_chain(struct env *env, const void *arg)
{
	const struct chain_case *c = arg;
	const uint8_t digest_len[] = { c->auth->digest_len, c->auth->short_digest };
	struct transform t = { .cipher = c->cipher,
			       .auth = c->auth,
			       .forward = c->forward,
			       .digest_of_cipher = c->digest_of_cipher };
	enum verdict all = SKIP, v;
	unsigned int i, j, k;

	t.iv_len = c->cipher->iv_len;
	t.auth_iv_len = c->auth->iv_len;
	for (i = 0; c->cipher->key_len[i] != 0; i++) {
		/* A hash has the one key length of none. */
		for (j = 0; j == 0 || c->auth->key_len[j] != 0; j++) {
			for (k = 0; k < RTE_DIM(digest_len) && digest_len[k] != 0; k++) {
				t.key_len = c->cipher->key_len[i];
				t.auth_key_len = c->auth->key_len[j];
				t.digest_len = digest_len[k];
				v = run_lengths(env, &t);
				if (v == FAIL)
					return FAIL;
				if (v == PASS)
					all = PASS;
			}
		}
	}
	return all;
}

static void
add_row(const struct algo *cipher, const struct algo *auth, bool digest_of_cipher, bool forward)
{
	static const char *const how[2][2] = {
		{ "decrypt_then_verify", "generate_then_encrypt" },
		{ "verify_then_decrypt", "encrypt_then_generate" },
	};
	struct chain_case *c = malloc(sizeof(*c));

	if (c == NULL)
		rte_panic("no memory for the table of cases\n");
	*c = (struct chain_case){ cipher, auth, digest_of_cipher, forward };
	test_register(run_chain, c, "chains/%s+%s/%s", cipher->name, auth->name,
		      how[digest_of_cipher][forward]);
}

/* AES-CBC with everything; the others with what they are used with, and with HMAC-SHA1. */
static bool
is_row(const struct algo *cipher, const struct algo *auth)
{
	static const char *const own[][2] = {
		{ "kasumi-f8", "kasumi-f9" },  { "snow3g-uea2", "snow3g-uia2" },
		{ "zuc-eea3", "zuc-eia3" },    { "aes-ctr", "aes-cmac" },
		{ "aes-ctr", "aes-xcbc-mac" }, { "aes-ctr", "hmac-sha256" },
		{ "aes-ctr", "snow3g-uia2" },  { "aes-ctr", "zuc-eia3" },
		{ "snow3g-uea2", "aes-cmac" }, { "zuc-eea3", "aes-cmac" },
		{ "snow3g-uea2", "zuc-eia3" }, { "zuc-eea3", "snow3g-uia2" },
		{ "3des-cbc", "hmac-md5" },    { "3des-cbc", "hmac-sha256" },
		{ "aes-f8", "sha3-256" },      { "arc4", "aes-cbc-mac" },
	};
	unsigned int i;

	if (cipher->ref == REF_NOTHING || auth->ref == REF_NOTHING)
		return false;
	if (strcmp(cipher->name, "aes-cbc") == 0 || strcmp(auth->name, "hmac-sha1") == 0)
		return true;
	for (i = 0; i < RTE_DIM(own); i++) {
		if (strcmp(own[i][0], cipher->name) == 0 && strcmp(own[i][1], auth->name) == 0)
			return true;
	}
	return false;
}

void
register_chains(void)
{
	const struct algo *cipher, *auth;
	unsigned int i, j;

	for (i = 0; (cipher = algo_at(i)) != NULL; i++) {
		for (j = 0; (auth = algo_at(j)) != NULL; j++) {
			if (cipher->type != RTE_CRYPTO_SYM_XFORM_CIPHER ||
			    auth->type != RTE_CRYPTO_SYM_XFORM_AUTH || !is_row(cipher, auth))
				continue;
			add_row(cipher, auth, true, true);
			add_row(cipher, auth, true, false);
			add_row(cipher, auth, false, true);
			add_row(cipher, auth, false, false);
		}
	}
}
