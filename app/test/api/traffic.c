/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>
#include <rte_errno.h>

#include "traffic.h"
#include "vectors.h"

/* Longest message; with a digest behind it, it fits in one mbuf of the small pool. */
#define LONGEST 2048

enum verdict
traffic_transform(struct env *env, struct transform *t)
{
	static const struct {
		const char *cipher;
		const char *auth;
	} wishes[] = {
		{ "aes-cbc", "hmac-sha1" }, { "aes-cbc", NULL },     { "aes-ctr", NULL },
		{ "3des-cbc", NULL },	    { "des-cbc", NULL },     { "aes-ecb", NULL },
		{ NULL, "hmac-sha1" },	    { NULL, "hmac-sha256" },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(wishes); i++) {
		*t = transform_make(&env->rng, wishes[i].cipher, wishes[i].auth, true);
		if (transform_supported(env, t) == PASS)
			return PASS;
	}
	return test_skip(env, "the device offers nothing that OpenSSL can check");
}

/* Random messages of a random transform. */
static enum verdict
random_messages(struct env *env, struct traffic *traffic, unsigned int s)
{
	struct transform *t = &traffic->transform[s];
	uint32_t block = t->cipher != NULL ? t->cipher->block : 1;
	struct message *m;

	for (m = traffic->msg[s]; m < traffic->msg[s] + TRAFFIC_MESSAGES; m++) {
		*m = message_alloc(rng_range(&env->rng, 1, LONGEST / block) * block);
		if (message_random(m, t, &env->rng) != 0)
			return test_fail(env, "OpenSSL does not compute the answers");
	}
	return PASS;
}

/* A published answer that the device can do, for devices that OpenSSL knows nothing of. */
static enum verdict
published(struct env *env, struct traffic *traffic, unsigned int s)
{
	struct transform *t = &traffic->transform[s];
	unsigned int i, j;

	for (i = 0; i < nb_wireless_cipher_vectors; i++) {
		vector_cipher(&wireless_cipher_vectors[i], t, &traffic->msg[s][0]);
		if (transform_supported(env, t) == PASS)
			break;
		message_free(&traffic->msg[s][0]);
	}
	if (i == nb_wireless_cipher_vectors)
		return test_skip(env, "the device offers nothing that can be checked");
	for (j = 1; j < TRAFFIC_MESSAGES; j++)
		vector_cipher(&wireless_cipher_vectors[i], t, &traffic->msg[s][j]);
	return PASS;
}

static enum verdict
open_one(struct env *env, struct traffic *traffic, unsigned int s)
{
	struct transform *t = &traffic->transform[s];
	enum verdict v = traffic_transform(env, t);

	v = v == PASS ? random_messages(env, traffic, s) : published(env, traffic, s);
	if (v == PASS)
		v = job_session_must(env, t, &traffic->session[s]);
	return v;
}

enum verdict
traffic_open(struct env *env, struct traffic *traffic)
{
	enum verdict v = PASS;
	unsigned int s;

	memset(traffic, 0, sizeof(*traffic));
	for (s = 0; s < TRAFFIC_SESSIONS && v == PASS; s++)
		v = open_one(env, traffic, s);
	if (v != PASS)
		traffic_close(env, traffic);
	return v;
}

void
traffic_close(struct env *env, struct traffic *traffic)
{
	unsigned int s, i;

	for (s = 0; s < TRAFFIC_SESSIONS; s++) {
		if (traffic->session[s] != NULL)
			job_session_free(env, traffic->session[s]);
		for (i = 0; i < TRAFFIC_MESSAGES; i++)
			message_free(&traffic->msg[s][i]);
	}
}

enum verdict
traffic_build(struct env *env, struct traffic *traffic, struct job *jobs, unsigned int nb)
{
	enum verdict v = PASS;
	unsigned int i, s;

	memset(jobs, 0, nb * sizeof(*jobs));
	for (i = 0; i < nb && v == PASS; i++) {
		struct job *job = &jobs[i];
		struct layout layout;

		s = rng_range(&env->rng, 0, TRAFFIC_SESSIONS - 1);
		job->transform = &traffic->transform[s];
		job->session = traffic->session[s];
		job->msg = &traffic->msg[s][rng_range(&env->rng, 0, TRAFFIC_MESSAGES - 1)];
		layout = layout_linear(job->msg->len);
		if (traffic->scattered)
			layout.src = cut_random(&env->rng, job->msg->len,
						rng_range(&env->rng, 1, 3));
		v = job_build(env, job, &layout);
	}
	return v;
}

enum verdict
traffic_finish(struct env *env, struct job *jobs, unsigned int nb)
{
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		if (jobs[i].completions > 0 && job_check(env, &jobs[i]) != PASS)
			v = FAIL;
		job_free(&jobs[i]);
	}
	return v;
}

enum verdict
traffic_run(struct env *env, struct traffic *traffic, uint16_t qp, unsigned int nb,
	    unsigned int burst)
{
	struct job *jobs = calloc(nb, sizeof(*jobs));
	enum verdict v;

	if (jobs == NULL)
		rte_panic("no memory for %u jobs\n", nb);
	v = traffic_build(env, traffic, jobs, nb);
	if (v == PASS)
		v = job_run(env, qp, jobs, nb, burst);
	if (traffic_finish(env, jobs, nb) != PASS)
		v = FAIL;
	/* What the device did not give back, it may still write to. */
	if (!env->stuck)
		free(jobs);
	return v;
}
