/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "job.h"
#include "traffic.h"

/**
 * @file
 * Operations without a session, and operations that make no sense: they come back with an error
 * status (or are not accepted), and the device goes on.
 *
 * Cases called invalid/ feed what the cryptodev API forbids. Software cryptodevs mostly trust
 * their callers; a device whose data crosses a protection boundary must not.
 */

/* A change that makes an operation invalid. */
struct invalid_case {
	const char *name;
	/** In-place messages of this many bytes. */
	uint32_t len;
	const char *cipher;
	const char *auth;
	void (*spoil)(struct job *job);
};

/* Dequeue an operation that was enqueued. */
static enum verdict
dequeue_one(struct env *env, const struct job *job)
{
	uint64_t end = rte_get_timer_cycles() + env->opt.timeout * rte_get_timer_hz();

	while (job->completions == 0) {
		job_dequeue(env, 0, NULL, 1);
		if (rte_get_timer_cycles() > end) {
			env->stuck = true;
			return test_fail(env, "accepted, but did not come back");
		}
	}
	return PASS;
}

/* Enqueue one operation that may be refused, and take it back. */
static enum verdict
offer(struct env *env, struct job *job, bool *accepted)
{
	*accepted = job_enqueue(env, 0, job, 1) == 1;
	return *accepted ? dequeue_one(env, job) : PASS;
}

/* The device still works. */
static enum verdict
goes_on(struct env *env)
{
	static struct traffic traffic;
	enum verdict v = traffic_open(env, &traffic);

	if (v != PASS)
		return v;
	v = traffic_run(env, &traffic, 0, 64, 32);
	traffic_close(env, &traffic);
	if (v == FAIL)
		test_annotate(env, "afterwards");
	return v;
}

static enum verdict
run_spoilt(struct env *env, const struct transform *t, void *session, const struct message *m,
	   void (*spoil)(struct job *job))
{
	struct layout l = layout_linear(m->len);
	struct job job = { .transform = t, .session = session, .msg = m };
	enum verdict v = job_build(env, &job, &l);
	bool accepted = false;

	if (v == PASS) {
		spoil(&job);
		v = offer(env, &job, &accepted);
	}
	if (v == PASS && accepted &&
	    (job.op->status == RTE_CRYPTO_OP_STATUS_SUCCESS ||
	     job.op->status == RTE_CRYPTO_OP_STATUS_NOT_PROCESSED))
		v = test_fail(env, "status %u, not an error", job.op->status);
	if (v == PASS)
		v = job_check_canaries(env, &job);
	job_free(&job);
	return v;
}

static enum verdict
run_invalid(struct env *env, const void *arg)
{
	const struct invalid_case *c = arg;
	struct transform t = transform_make(&env->rng, c->cipher, c->auth, true);
	enum verdict v = transform_supported(env, &t);
	struct message m;
	void *session;

	if (v == PASS)
		v = job_session_must(env, &t, &session);
	if (v != PASS)
		return v;
	m = message_alloc(c->len);
	if (message_random(&m, &t, &env->rng) != 0)
		v = test_fail(env, "OpenSSL does not compute the answers");
	if (v == PASS)
		v = run_spoilt(env, &t, session, &m, c->spoil);
	message_free(&m);
	if (job_session_free(env, session) != PASS)
		v = FAIL;
	return v == PASS ? goes_on(env) : v;
}

static void
odd_length(struct job *job)
{
	job->op->sym->cipher.data.length -= 3;
}

static void
behind_the_end(struct job *job)
{
	job->op->sym->cipher.data.offset = 16;
}

static void
far_offset(struct job *job)
{
	job->op->sym->cipher.data.offset = UINT32_MAX - 15;
}

static void
endless(struct job *job)
{
	job->op->sym->cipher.data.length = UINT32_MAX - 15;
}

static void
auth_behind_the_end(struct job *job)
{
	job->op->sym->auth.data.length += 1;
}

static void
no_session(struct job *job)
{
	job->op->sym->session = NULL;
}

static void
sessionless_without_xform(struct job *job)
{
	job->op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	job->op->sym->xform = NULL;
}

/* A message of no bytes: any status, but nothing may be written, and success changes nothing. */
static enum verdict
zero_length(struct env *env, const void *arg)
{
	struct transform t = transform_make(&env->rng, arg, NULL, false);
	struct message m = message_alloc(64);
	struct layout l = layout_linear(64);
	struct job job = { .transform = &t, .msg = &m };
	enum verdict v = job_session_must(env, &t, &job.session);
	bool accepted;

	if (v == PASS) {
		m.cipher = (struct region){ 16, 0 };
		message_random(&m, &t, &env->rng);
		v = job_build(env, &job, &l);
		if (v == PASS)
			v = offer(env, &job, &accepted);
		if (v == PASS)
			v = job_check_canaries(env, &job);
		job_free(&job);
		if (job_session_free(env, job.session) != PASS)
			v = FAIL;
	}
	message_free(&m);
	return v == PASS ? goes_on(env) : v;
}

/* Operations that bring their own xforms. */
static enum verdict
run_sessionless(struct env *env, const struct transform *t, const struct message *m, bool offered)
{
	struct rte_crypto_sym_xform xf[2];
	struct layout l = layout_linear(m->len);
	struct job job = { .transform = t, .msg = m, .xforms = job_xforms(t, xf) };
	enum verdict v = job_build(env, &job, &l);
	bool accepted = false;

	if (v == PASS)
		v = offer(env, &job, &accepted);
	if (v == PASS && offered)
		v = accepted ? job_check(env, &job) : test_fail(env, "not accepted");
	else if (v == PASS && accepted && job.op->status == RTE_CRYPTO_OP_STATUS_SUCCESS)
		v = test_fail(env, "done, though the device does not have the feature");
	job_free(&job);
	return v;
}

static enum verdict
sessionless(struct env *env, const void *arg)
{
	const char *const *algos = arg;
	bool offered = env->info.feature_flags & RTE_CRYPTODEV_FF_SYM_SESSIONLESS;
	struct transform t = transform_make(&env->rng, algos[0], algos[1], true);
	enum verdict v = transform_supported(env, &t);
	struct message m;
	int round;

	for (round = 0; round < 20 && v == PASS; round++) {
		transform_random_keys(&t, &env->rng);
		m = message_alloc(rng_range(&env->rng, 1, 100) * 16);
		if (message_random(&m, &t, &env->rng) != 0)
			v = test_fail(env, "OpenSSL does not compute the answers");
		t.forward = round % 2 == 0;
		if (v == PASS)
			v = run_sessionless(env, &t, &m, offered);
		message_free(&m);
	}
	return v == PASS ? goes_on(env) : v;
}

/* Its status of before is not that of an operation in flight: others may look at it meanwhile. */
static enum verdict
enqueue_used(struct env *env, struct job *job)
{
	uint8_t status;
	enum verdict v;

	job->op->status = RTE_CRYPTO_OP_STATUS_SUCCESS;
	if (job_enqueue(env, 0, job, 1) != 1)
		return test_fail(env, "not accepted");
	status = job->op->status;
	v = dequeue_one(env, job);
	if (v == PASS && status != RTE_CRYPTO_OP_STATUS_NOT_PROCESSED)
		v = test_fail(env, "in flight, and its status is %u", status);
	return v == PASS ? job_check(env, job) : v;
}

static enum verdict
used_again(struct env *env, const void *arg)
{
	struct transform t = transform_make(&env->rng, arg, NULL, true);
	struct message m = message_alloc(64);
	struct layout l = layout_linear(64);
	struct job job = { .transform = &t, .msg = &m };
	enum verdict v = job_session_must(env, &t, &job.session);

	if (v == PASS) {
		message_random(&m, &t, &env->rng);
		v = job_build(env, &job, &l);
		if (v == PASS)
			v = enqueue_used(env, &job);
		job_free(&job);
		if (job_session_free(env, job.session) != PASS)
			v = FAIL;
	}
	message_free(&m);
	return v;
}

static const struct invalid_case invalid_cases[] = {
	{ "odd_cbc_length", 64, "aes-cbc", NULL, odd_length },
	{ "odd_3des_length", 64, "3des-cbc", NULL, odd_length },
	{ "odd_length_in_chain", 64, "aes-cbc", "hmac-sha1", odd_length },
	{ "cipher_behind_the_end", 64, "aes-cbc", NULL, behind_the_end },
	{ "far_offset", 64, "aes-cbc", NULL, far_offset },
	{ "endless_length", 64, "aes-cbc", NULL, endless },
	{ "auth_behind_the_end", 64, "aes-cbc", "hmac-sha1", auth_behind_the_end },
	{ "no_session", 64, "aes-cbc", NULL, no_session },
	{ "sessionless_without_xform", 64, "aes-cbc", NULL, sessionless_without_xform },
};

void
register_statuses(void)
{
	static const char *const pairs[][2] = {
		{ "aes-cbc", NULL },	      { "aes-ctr", NULL },   { "aes-cbc", "hmac-sha1" },
		{ "aes-cbc", "hmac-sha256" }, { NULL, "hmac-sha1" },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(invalid_cases); i++)
		test_register(run_invalid, &invalid_cases[i], "invalid/%s", invalid_cases[i].name);
	test_register(zero_length, "aes-cbc", "statuses/zero_length/aes-cbc");
	test_register(zero_length, "aes-ctr", "statuses/zero_length/aes-ctr");
	test_register(used_again, "aes-cbc", "statuses/used_again");
	for (i = 0; i < RTE_DIM(pairs); i++)
		/* Proves D35 and R25. */
		test_register(sessionless, pairs[i], "statuses/sessionless/%s%s%s",
			      pairs[i][0] != NULL ? pairs[i][0] : "",
			      pairs[i][0] != NULL && pairs[i][1] != NULL ? "+" : "",
			      pairs[i][1] != NULL ? pairs[i][1] : "");
}
