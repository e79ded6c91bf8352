/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>

#include <rte_debug.h>

#include "job.h"

/**
 * @file
 * Messages from one byte to a megabyte.
 *
 * Up to options::max_size they must be done; longer ones may be refused with an error status, but
 * what is done must be right.
 */

/** One row. */
struct size_case {
	const char *cipher;
	const char *auth;
	bool scattered;
};

/* Segments of the longest messages; MAX_SEGS of them are a megabyte. */
#define SEG_LEN 4096u

static enum verdict
run_size(struct env *env, const struct transform *t, void *session, uint32_t len, bool scattered)
{
	struct message m = message_alloc(len);
	struct layout l = layout_linear(len);
	struct job job = { .transform = t, .session = session, .msg = &m };
	enum verdict v;

	if (scattered)
		l.src = cut_even(len, RTE_MAX((len + SEG_LEN - 1) / SEG_LEN, 2u));
	v = message_random(&m, t, &env->rng) == 0 ?
		PASS :
		test_fail(env, "OpenSSL does not compute the answers");
	if (v == PASS)
		v = job_build(env, &job, &l);
	if (v == PASS)
		v = job_run(env, 0, &job, 1, 1);
	if (v == PASS && len > env->opt.max_size && job.op->status != RTE_CRYPTO_OP_STATUS_SUCCESS)
		v = job_check_canaries(env, &job);
	else if (v == PASS)
		v = job_check(env, &job);
	if (v == FAIL)
		test_annotate(env, "%u bytes", len);
	job_free(&job);
	message_free(&m);
	return v;
}

static uint32_t
round_up(uint32_t len, uint32_t block)
{
	return (len + block - 1) / block * block;
}

/* All sizes for one session: each small one, and those around powers of two. */
static enum verdict
run_session(struct env *env, const struct transform *t, bool scattered)
{
	uint32_t longest = scattered ? MAX_SEGS * SEG_LEN : UINT16_MAX;
	uint32_t block = t->cipher->block;
	enum verdict v;
	uint32_t len, power;
	void *session;
	int off;

	v = job_session_must(env, t, &session);
	if (v != PASS)
		return v;
	for (len = block; len <= 272 && v == PASS; len += block)
		v = run_size(env, t, session, len, scattered && len > 1);
	for (power = 512; power <= longest + 1 && v == PASS; power *= 2) {
		for (off = -1; off <= 1 && v == PASS; off++) {
			len = round_up(power + off - (block - 1), block);
			if (len <= longest)
				v = run_size(env, t, session, len, scattered);
		}
	}
	if (job_session_free(env, session) != PASS)
		v = FAIL;
	return v;
}

static enum verdict
run_sizes(struct env *env, const void *arg)
{
	const struct size_case *c = arg;
	struct transform t, reverse;
	enum verdict v;

	if (c->scattered && !(env->info.feature_flags & RTE_CRYPTODEV_FF_IN_PLACE_SGL))
		return test_skip(env, "the device does not have the feature IN_PLACE_SGL");
	t = transform_make(&env->rng, c->cipher, c->auth, true);
	v = transform_supported(env, &t);
	if (v == PASS)
		v = run_session(env, &t, c->scattered);
	reverse = transform_reverse(&t);
	return v == PASS ? run_session(env, &reverse, c->scattered) : v;
}

void
register_sizes(void)
{
	static const struct size_case rows[] = {
		{ "aes-cbc", NULL, false },	     { "aes-cbc", NULL, true },
		{ "aes-ctr", NULL, false },	     { "aes-ctr", NULL, true },
		{ "3des-cbc", NULL, false },	     { "3des-cbc", NULL, true },
		{ "aes-cbc", "hmac-sha1", false },   { "aes-cbc", "hmac-sha1", true },
		{ "aes-ctr", "hmac-sha256", false }, { "aes-ctr", "hmac-sha256", true },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(rows); i++)
		test_register(run_sizes, &rows[i], "sizes/%s%s%s/%s", rows[i].cipher,
			      rows[i].auth != NULL ? "+" : "",
			      rows[i].auth != NULL ? rows[i].auth : "",
			      rows[i].scattered ? "scattered" : "linear");
}
