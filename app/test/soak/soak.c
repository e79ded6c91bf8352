/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>

#include "soak.h"

#define SESSIONS 24
#define MESSAGES 6
#define MAX_JOBS 400 /* of one session */
#define CUTS	 6

/* Bytes that a segment of the small pool has room for, a digest behind them. */
#define LONGEST_SEGMENT 4000

struct soak_session {
	struct transform transform;
	void *session; /* NULL: none */
	struct message msg[MESSAGES];
	unsigned int left;   /* jobs until another session takes its place */
	unsigned int in_use; /* jobs that are not done */
};

struct soak {
	struct env *env;
	struct soak_session session[SESSIONS];
	struct soak_counts counts;
};

struct soak *
soak_open(struct env *env)
{
	struct soak *soak = calloc(1, sizeof(*soak));

	if (soak == NULL)
		rte_panic("no memory for sessions\n");
	soak->env = env;
	return soak;
}

static void
drop_messages(struct soak_session *s)
{
	unsigned int i;

	for (i = 0; i < MESSAGES; i++)
		message_free(&s->msg[i]);
}

static void
close_session(struct soak *soak, struct soak_session *s)
{
	if (s->session == NULL)
		return;
	if (job_session_free(soak->env, s->session) != PASS)
		rte_panic("%s\n", soak->env->reason);
	s->session = NULL;
	drop_messages(s);
}

void
soak_close(struct soak *soak)
{
	unsigned int i;

	for (i = 0; i < SESSIONS; i++)
		close_session(soak, &soak->session[i]);
	free(soak);
}

struct soak_counts
soak_counts(const struct soak *soak)
{
	return soak->counts;
}

static bool
excluded(const struct options *opt, const char *name)
{
	char text[64];
	unsigned int i;

	snprintf(text, sizeof(text), "soak/%s", name);
	for (i = 0; i < opt->nb_excludes; i++)
		if (fnmatch(opt->excludes[i], text, 0) == 0)
			return true;
	return false;
}

/* A row of the table that OpenSSL can answer for, of a type unless that is NOT_SPECIFIED. */
static const struct algo *
random_row(struct env *env, enum rte_crypto_sym_xform_type type)
{
	const struct algo *algo;
	unsigned int nb = 0;

	while (algo_at(nb) != NULL)
		nb++;
	do {
		algo = algo_at(rng_range(&env->rng, 0, nb - 1));
	} while (algo->ref == REF_NONE || excluded(&env->opt, algo->name) ||
		 (type != RTE_CRYPTO_SYM_XFORM_NOT_SPECIFIED && algo->type != type));
	return algo;
}

/* Any algorithm, or any cipher and an HMAC in either order; in either direction. */
static struct transform
random_transform(struct env *env)
{
	const struct algo *first = random_row(env, RTE_CRYPTO_SYM_XFORM_NOT_SPECIFIED), *mac = NULL;
	const struct algo *last = first;
	unsigned int nb_keys = 1;
	struct transform t;

	if (first->type == RTE_CRYPTO_SYM_XFORM_CIPHER && rng_range(&env->rng, 0, 1) == 1) {
		do {
			mac = random_row(env, RTE_CRYPTO_SYM_XFORM_AUTH);
		} while (mac->ref != REF_HMAC);
		last = mac;
	}
	while (first->key_len[nb_keys] != 0)
		nb_keys++;
	t = transform_row(first, mac, rng_range(&env->rng, 0, nb_keys - 1));
	t.digest_len = last->short_digest != 0 && rng_range(&env->rng, 0, 1) == 1 ?
		last->short_digest :
		last->digest_len;
	t.digest_of_cipher = rng_range(&env->rng, 0, 1);
	t.aad_len = t.aead != NULL ? rng_range(&env->rng, 0, 46) : 0;
	transform_random_keys(&t, &env->rng);
	return t;
}

/* Mostly small messages, some that take several segments. */
static uint32_t
random_longest(struct env *env)
{
	static const uint32_t longest[] = { 64, 256, 256, 1024, 1024, 3000, 3000, 16000 };

	return longest[rng_range(&env->rng, 0, RTE_DIM(longest) - 1)];
}

/* A session of something that the device does. SKIP: not this one; FAIL: none for now. */
static enum verdict
open_session(struct soak *soak, struct soak_session *s)
{
	struct env *env = soak->env;
	enum verdict v;
	unsigned int i;

	s->transform = random_transform(env);
	for (i = 0; i < MESSAGES; i++)
		if (message_somewhere(&s->msg[i], &s->transform, &env->rng, random_longest(env)) !=
		    0)
			rte_panic("OpenSSL does not compute the answers\n");
	s->transform.forward = rng_range(&env->rng, 0, 1);
	v = job_session_must(env, &s->transform, &s->session);
	if (v == PASS) {
		soak->counts.sessions++;
		s->left = rng_range(&env->rng, 1, MAX_JOBS);
		return PASS;
	}
	soak->counts.refused += v == FAIL;
	test_forget(env);
	drop_messages(s);
	return v;
}

/* A session with jobs left, a new one if need be. */
static struct soak_session *
choose_session(struct soak *soak)
{
	unsigned int tries;

	for (tries = 0; tries < 100; tries++) {
		struct soak_session *s =
			&soak->session[rng_range(&soak->env->rng, 0, SESSIONS - 1)];

		if (s->session != NULL && s->left > 0)
			return s;
		if (s->in_use > 0)
			continue;
		close_session(soak, s);
		switch (open_session(soak, s)) {
		case PASS:
			return s;
		case FAIL:
			return NULL;
		default:
			break;
		}
	}
	return NULL;
}

static struct cut
random_cut(struct env *env, uint32_t len)
{
	unsigned int nb = rng_range(&env->rng, 1, CUTS);

	if (len > LONGEST_SEGMENT)
		return cut_even(len, RTE_MAX(nb, len / LONGEST_SEGMENT + 1));
	return cut_random(&env->rng, len, RTE_MIN(nb, len));
}

static struct layout
random_layout(struct env *env, uint32_t len)
{
	struct layout l = layout_linear(len);

	if (len > LONGEST_SEGMENT || rng_range(&env->rng, 0, 1) == 1) {
		l.src = random_cut(env, len);
		l.dst = random_cut(env, len);
	}
	l.out_of_place = rng_range(&env->rng, 0, 2) == 0;
	l.digest = rng_range(&env->rng, DIGEST_APART, DIGEST_SEGMENT);
	return l;
}

enum verdict
soak_build(struct soak *soak, struct job *job)
{
	struct soak_session *s = choose_session(soak);
	struct env *env = soak->env;
	const struct transform *t;
	struct layout l;

	if (s == NULL)
		return SKIP;
	t = &s->transform;
	*job = (struct job){ .transform = t, .session = s->session };
	job->msg = &s->msg[rng_range(&env->rng, 0, MESSAGES - 1)];
	if (!t->forward && t->digest_len > 0 && rng_range(&env->rng, 0, 15) == 0)
		job->tampered_digest_bit = rng_range(&env->rng, 1, t->digest_len * 8);
	l = random_layout(env, job->msg->len);
	if (job_build(env, job, &l) != PASS)
		rte_panic("%s\n", env->reason);
	s->left--;
	s->in_use++;
	return PASS;
}

void
soak_done(struct soak *soak, const struct job *job)
{
	struct soak_session *s;

	for (s = soak->session; s < soak->session + SESSIONS; s++)
		if (job->transform == &s->transform)
			s->in_use--;
}
