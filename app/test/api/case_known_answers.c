/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>

#include "job.h"
#include "vectors.h"

/**
 * @file
 * Published answers, each alone in one linear mbuf, in place, with a session and without one; and
 * that OpenSSL agrees with them.
 */

/** One row: an answer, and what to do with it. */
struct known_case {
	/** vector_cipher() and its like. */
	void (*load)(const void *vector, struct transform *t, struct message *m);
	const void *vector;
	bool forward;
};

static enum verdict
on_device(struct env *env, const void *arg)
{
	const struct known_case *c = arg;
	struct transform t;
	struct message m;
	struct layout l;
	enum verdict v;
	void *session;

	c->load(c->vector, &t, &m);
	t.forward = c->forward;
	l = layout_linear(m.len);
	v = job_session_must(env, &t, &session);
	if (v == PASS) {
		v = job_once(env, &t, session, &m, &l);
		if (job_session_free(env, session) != PASS)
			v = FAIL;
	}
	message_free(&m);
	return v;
}

/* What the device does not do with a session it does not do without one either. */
static enum verdict
stateless(struct env *env, const void *arg)
{
	const struct known_case *c = arg;
	struct transform t;
	struct message m;
	struct layout l;
	enum verdict v;
	void *session;

	c->load(c->vector, &t, &m);
	t.forward = c->forward;
	l = layout_linear(m.len);
	v = job_session_must(env, &t, &session);
	if (v == PASS)
		v = job_session_free(env, session);
	if (v == PASS)
		v = job_once_stateless(env, &t, &m, &l);
	message_free(&m);
	return v;
}

/* The reference is right about what the cases expect from it: no device is needed. */
static enum verdict
by_reference(struct env *env, const void *arg)
{
	const struct known_case *c = arg;
	struct message m, published;
	struct transform t;
	enum verdict v = PASS;

	c->load(c->vector, &t, &published);
	c->load(c->vector, &t, &m);
	if (message_compute(&m, &t) != 0)
		v = test_fail(env, "OpenSSL does not compute it");
	else if (memcmp(published.secret, m.secret, m.len) != 0)
		v = test_fail(env, "OpenSSL's text differs from the published one");
	else if (memcmp(published.digest, m.digest, t.digest_len) != 0)
		v = test_fail(env, "OpenSSL's digest differs from the published one");
	message_free(&m);
	message_free(&published);
	return v;
}

static struct known_case *
row(void (*load)(const void *vector, struct transform *t, struct message *m), const void *vector,
    bool forward)
{
	struct known_case *c = malloc(sizeof(*c));

	if (c == NULL)
		rte_panic("no memory for the table of cases\n");
	*c = (struct known_case){ load, vector, forward };
	return c;
}

static void
add_rows(void (*load)(const void *vector, struct transform *t, struct message *m),
	 const void *vector, const char *algo, const char *label)
{
	bool digest = algo_find(algo)->type == RTE_CRYPTO_SYM_XFORM_AUTH;
	const struct known_case *forward = row(load, vector, true);
	const struct known_case *reverse = row(load, vector, false);
	const char *there = digest ? "generate" : "encrypt";
	const char *back = digest ? "verify" : "decrypt";

	if (algo_find(algo)->ref != REF_NONE)
		test_register(by_reference, forward, "reference/%s/%s", algo, label);
	/* Proves D29, D39, D48 and D49. */
	test_register(on_device, forward, "known/%s/%s/%s", algo, label, there);
	test_register(on_device, reverse, "known/%s/%s/%s", algo, label, back);
	test_register(stateless, forward, "known/%s/%s/%s/stateless", algo, label, there);
	test_register(stateless, reverse, "known/%s/%s/%s/stateless", algo, label, back);
}

static void
add_ciphers(const struct cipher_vector *v, unsigned int nb)
{
	for (; nb > 0; nb--, v++)
		add_rows(vector_cipher, v, v->algo, v->label);
}

static void
add_auths(const struct auth_vector *v, unsigned int nb)
{
	for (; nb > 0; nb--, v++)
		add_rows(vector_auth, v, v->algo, v->label);
}

static void
add_aeads(const struct aead_vector *v, unsigned int nb)
{
	for (; nb > 0; nb--, v++)
		add_rows(vector_aead, v, v->algo, v->label);
}

void
register_known_answers(void)
{
	add_ciphers(cipher_vectors, nb_cipher_vectors);
	add_ciphers(wireless_cipher_vectors, nb_wireless_cipher_vectors);
	add_ciphers(more_cipher_vectors, nb_more_cipher_vectors);
	add_ciphers(zuc256_cipher_vectors, nb_zuc256_cipher_vectors);
	add_auths(auth_vectors, nb_auth_vectors);
	add_auths(wireless_auth_vectors, nb_wireless_auth_vectors);
	add_auths(zuc256_auth_vectors, nb_zuc256_auth_vectors);
	add_auths(more_auth_vectors, nb_more_auth_vectors);
	add_aeads(aead_vectors, nb_aead_vectors);
}
