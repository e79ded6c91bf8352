/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>

#include "job.h"

/**
 * @file
 * Random keys, texts, sizes and offsets, with OpenSSL's answers: every algorithm alone, and AES
 * with HMAC. Many operations of a session are in flight at once; some of the digests to verify
 * are wrong.
 */

/** One row: an algorithm alone, or a cipher and a MAC. */
struct random_case {
	const struct algo *first;
	const struct algo *mac;
};

#define JOBS	64
#define LONGEST 3000

/* Many messages in one direction of one session, in flight together. */
static enum verdict
run_direction(struct env *env, const struct transform *t, const struct message *msgs)
{
	static struct job jobs[JOBS];
	enum verdict v;
	void *session;
	unsigned int i;

	memset(jobs, 0, sizeof(jobs));
	v = job_session_must(env, t, &session);
	if (v != PASS)
		return v;
	for (i = 0; i < JOBS && v == PASS; i++) {
		struct layout l = layout_linear(msgs[i].len);

		l.digest = rng_range(&env->rng, DIGEST_APART, DIGEST_APPENDED);
		jobs[i] = (struct job){ .transform = t, .session = session, .msg = &msgs[i] };
		if (!t->forward && t->digest_len > 0 && i % 8 == 0)
			jobs[i].tampered_digest_bit = rng_range(&env->rng, 1, t->digest_len * 8);
		v = job_build(env, &jobs[i], &l);
	}
	if (v == PASS)
		v = job_run(env, 0, jobs, JOBS, 32);
	for (i = 0; i < JOBS; i++) {
		if (v == PASS)
			v = job_check(env, &jobs[i]);
		job_free(&jobs[i]);
	}
	if (job_session_free(env, session) != PASS)
		v = FAIL;
	return v;
}

/* Both directions, for a transform with random keys. */
static enum verdict
run_transform(struct env *env, struct transform *t)
{
	struct message msgs[JOBS] = { 0 };
	enum verdict v = transform_supported(env, t);
	unsigned int i;

	transform_random_keys(t, &env->rng);
	for (i = 0; i < JOBS && v == PASS; i++) {
		if (message_somewhere(&msgs[i], t, &env->rng, LONGEST) != 0)
			v = test_fail(env, "OpenSSL does not compute the answers");
	}
	for (t->forward = true; v == PASS; t->forward = false) {
		v = run_direction(env, t, msgs);
		if (!t->forward)
			break;
	}
	for (i = 0; i < JOBS; i++)
		message_free(&msgs[i]);
	return v;
}

/* Every choice of key and digest lengths that the device offers; skipped if it offers none. */
static enum verdict
run_random(struct env *env, const void *arg)
{
	const struct random_case *c = arg;
	const struct algo *last = c->mac != NULL ? c->mac : c->first;
	const uint8_t digest_len[] = { last->digest_len, last->short_digest };
	enum verdict all = SKIP, v;
	struct transform t;
	unsigned int i, j;

	for (i = 0; i == 0 || c->first->key_len[i] != 0; i++) {
		for (j = 0; j == 0 || (j < RTE_DIM(digest_len) && digest_len[j] != 0); j++) {
			t = transform_row(c->first, c->mac, i);
			t.aad_len = t.aead != NULL ? rng_range(&env->rng, 0, 46) : 0;
			t.digest_len = digest_len[j];
			v = run_transform(env, &t);
			if (v == FAIL)
				return FAIL;
			if (v == PASS)
				all = PASS;
		}
	}
	return all;
}

static void
add_row(const struct algo *first, const struct algo *mac)
{
	struct random_case *c = malloc(sizeof(*c));

	if (c == NULL)
		rte_panic("no memory for the table of cases\n");
	*c = (struct random_case){ first, mac };
	if (mac == NULL)
		test_register(run_random, c, "random/%s", first->name);
	else
		test_register(run_random, c, "random/%s+%s", first->name, mac->name);
}

void
register_random(void)
{
	const struct algo *algo, *mac;
	unsigned int i, j;

	for (i = 0; (algo = algo_at(i)) != NULL; i++) {
		if (algo->ref != REF_NONE)
			add_row(algo, NULL);
		if (strcmp(algo->name, "aes-cbc") != 0 && strcmp(algo->name, "aes-ctr") != 0)
			continue;
		for (j = 0; (mac = algo_at(j)) != NULL; j++) {
			if (mac->ref == REF_HMAC)
				add_row(algo, mac);
		}
	}
}
