/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "job.h"
#include "rsa.h"
#include "traffic.h"

/**
 * @file
 * One lcore enqueues on a queue pair while another one dequeues from it: the cryptodev API allows
 * one of each.
 *
 * The second lcore builds and enqueues jobs in turns; the main lcore dequeues, checks and frees
 * them. A flag per job tells whose it is.
 */

/* Jobs in turns; fewer where each takes many mbufs. */
#define MAX_JOBS 512u
#define BURST	 32u

/*
 * So many equal segments of a message are short enough for mbufs of this room, which are sooner
 * filled and checked than those of the usual pool.
 */
#define SHORT_SEGS 10u
#define SHORT_ROOM 256

#define RSA_BITS 1024
#define RSA_JOBS 64u

/* How often the device is lost and found while the case about that runs. */
#define LOSSES 4u

/* What an lcore enqueues. */
struct kind {
	const char *name;
	unsigned int nb_jobs;
	unsigned int min_segs;
	unsigned int max_segs;
	unsigned int seconds;
	bool out_of_place;
	bool sessionless;
	bool lost; /* the device is lost and found meanwhile */
};

static const struct kind kinds[] = {
	{ .name = "one_segment", .nb_jobs = MAX_JOBS, .min_segs = 1, .max_segs = 1, .seconds = 2 },
	/* Each needs a large table, of which there are a few. */
	{ .name = "large", .nb_jobs = 48, .min_segs = 10, .max_segs = 24, .seconds = 4 },
	{ .name = "mixed",
	  .nb_jobs = 64,
	  .min_segs = 1,
	  .max_segs = 16,
	  .seconds = 3,
	  .out_of_place = true },
	{ .name = "sessionless",
	  .nb_jobs = MAX_JOBS,
	  .min_segs = 1,
	  .max_segs = 2,
	  .seconds = 2,
	  .sessionless = true },
	{ .name = "device_lost",
	  .nb_jobs = 96,
	  .min_segs = 1,
	  .max_segs = 16,
	  .seconds = 120,
	  .lost = true },
};

/* What the two lcores share. */
struct pair {
	const struct kind *kind;
	struct env *env;	/* the main lcore's */
	struct env enqueue_env; /* the other one's */
	struct traffic traffic;
	struct rte_crypto_sym_xform xforms[TRAFFIC_SESSIONS][2];
	struct job jobs[MAX_JOBS];
	bool busy[MAX_JOBS]; /* atomic: the main lcore's */
	bool stop;	     /* atomic */
	bool stopped;	     /* atomic */
	uint64_t accepted;   /* atomic */
	/* The main lcore's. */
	uint64_t returned;
	uint64_t right;
	uint64_t errors;
	unsigned int losses;
	bool is_lost;
};

static bool
is_set(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static void
set(bool *flag, bool value)
{
	__atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

static struct cut
cut(struct pair *p, uint32_t len)
{
	struct rng *rng = &p->enqueue_env.rng;
	unsigned int n = rng_range(rng, p->kind->min_segs, p->kind->max_segs);

	return p->kind->min_segs >= SHORT_SEGS ? cut_even(len, n) : cut_random(rng, len, n);
}

static enum verdict
build(struct pair *p, struct job *job)
{
	unsigned int s = rng_range(&p->enqueue_env.rng, 0, TRAFFIC_SESSIONS - 1);
	struct traffic *traffic = &p->traffic;
	struct rng *rng = &p->enqueue_env.rng;
	struct layout layout;

	memset(job, 0, sizeof(*job));
	job->transform = &traffic->transform[s];
	job->session = traffic->session[s];
	if (p->kind->sessionless)
		job->xforms = p->xforms[s];
	job->msg = &traffic->msg[s][rng_range(rng, 0, TRAFFIC_MESSAGES - 1)];
	layout = layout_linear(job->msg->len);
	layout.out_of_place = p->kind->out_of_place;
	layout.src = cut(p, job->msg->len);
	layout.dst = cut(p, job->msg->len);
	return job_build(&p->enqueue_env, job, &layout);
}

/* Enqueues jobs that are built, all of them. */
static enum verdict
enqueue(struct pair *p, struct job *jobs, unsigned int nb)
{
	uint64_t limit = p->enqueue_env.opt.timeout * rte_get_timer_hz();
	uint64_t last = rte_get_timer_cycles();
	unsigned int sent = 0, n;

	while (sent < nb) {
		n = job_enqueue(&p->enqueue_env, 0, jobs + sent, nb - sent);
		sent += n;
		__atomic_store_n(&p->accepted, p->accepted + n, __ATOMIC_RELEASE);
		if (n > 0)
			last = rte_get_timer_cycles();
		else if (rte_get_timer_cycles() - last > limit)
			return test_fail(&p->enqueue_env,
					 "nothing was accepted for %u s, %ju operations before",
					 p->enqueue_env.opt.timeout, (uintmax_t)p->accepted);
	}
	return PASS;
}

static int
enqueue_main(void *arg)
{
	struct pair *p = arg;
	unsigned int next = 0, n, limit;
	enum verdict v = PASS;

	while (v == PASS && !is_set(&p->stop)) {
		limit = RTE_MIN(rng_range(&p->enqueue_env.rng, 1, BURST), p->kind->nb_jobs - next);
		for (n = 0; n < limit && v == PASS && !is_set(&p->busy[next + n]); n++) {
			v = build(p, &p->jobs[next + n]);
			set(&p->busy[next + n], true);
		}
		if (v == PASS)
			v = enqueue(p, &p->jobs[next], n);
		next = (next + n) % p->kind->nb_jobs;
	}
	set(&p->stopped, true);
	return v;
}

/* A device that is lost and found: first errors come, and then right answers again. */
static void
record_status(struct pair *p, const struct job *job)
{
	bool error = job->op->status == RTE_CRYPTO_OP_STATUS_ERROR;

	p->right += !error;
	p->errors += error;
	p->losses += p->is_lost && !error;
	p->is_lost = error;
}

static enum verdict
judge(struct pair *p, struct job *job)
{
	enum verdict v = PASS;

	record_status(p, job);
	if (job->completions != 1)
		v = test_fail(p->env, "an operation came back %u times", job->completions);
	else if (!p->kind->lost || !p->is_lost)
		v = job_check(p->env, job);
	job_free(job);
	set(&p->busy[job - p->jobs], false);
	return v;
}

/* Whether the case has seen what it runs for. */
static bool
has_enough(const struct pair *p, uint64_t start)
{
	uint64_t cycles = rte_get_timer_cycles() - start;

	return (p->kind->lost && p->losses >= LOSSES) ||
		(p->kind->lost && p->losses == 0 && p->errors == 0 &&
		 cycles > 5 * p->env->opt.timeout * rte_get_timer_hz() / 10) ||
		cycles > p->kind->seconds * rte_get_timer_hz();
}

static enum verdict
dequeue_main(struct pair *p)
{
	uint64_t start = rte_get_timer_cycles(), last = start;
	uint64_t limit = p->env->opt.timeout * rte_get_timer_hz();
	struct job *jobs[BURST];
	enum verdict v = PASS;
	unsigned int n, i;

	while (!is_set(&p->stopped) || p->returned < p->accepted) {
		n = job_dequeue(p->env, 0, jobs, BURST);
		for (i = 0; i < n; i++)
			if (judge(p, jobs[i]) != PASS)
				v = FAIL;
		p->returned += n;
		if (n > 0)
			last = rte_get_timer_cycles();
		if (v != PASS || has_enough(p, start))
			set(&p->stop, true);
		if (is_set(&p->stopped) && rte_get_timer_cycles() - last > limit) {
			p->env->stuck = true;
			return test_fail(p->env, "%ju operations accepted, only %ju came back",
					 (uintmax_t)p->accepted, (uintmax_t)p->returned);
		}
	}
	return v;
}

static enum verdict
run_pair(struct pair *p, unsigned int other)
{
	unsigned int i;
	enum verdict v;

	p->enqueue_env = *p->env;
	rte_eal_remote_launch(enqueue_main, p, other);
	if (p->kind->lost) {
		printf("# two lcores are at work\n");
		fflush(stdout);
	}
	v = dequeue_main(p);
	if (rte_eal_wait_lcore(other) != PASS)
		v = test_fail(p->env, "%s", p->enqueue_env.reason);
	p->env->stuck |= p->enqueue_env.stuck;
	for (i = 0; i < p->kind->nb_jobs && !p->env->stuck; i++)
		job_free(&p->jobs[i]);
	if (v == PASS && p->right == 0)
		v = test_fail(p->env, "nothing was done");
	if (v == PASS && p->kind->lost && p->errors == 0)
		v = test_skip(p->env, "the device was not lost");
	if (v == PASS && p->kind->lost && p->losses < LOSSES)
		v = test_fail(p->env, "the device came back %u times, not %u", p->losses, LOSSES);
	return v;
}

/* The case, with mbufs of the kind in the pool of small ones. */
static enum verdict
run_with_mbufs(struct pair *p, unsigned int other)
{
	struct env *env = p->env;
	struct rte_mempool *usual = env->small;
	enum verdict v;

	if (p->kind->min_segs < SHORT_SEGS)
		return run_pair(p, other);
	env->small = rte_pktmbuf_pool_create("test_short", 4095, 128, 0, SHORT_ROOM, SOCKET_ID_ANY);
	if (env->small == NULL) {
		env->small = usual;
		return test_fail(env, "no memory for another pool");
	}
	v = run_pair(p, other);
	if (!env->stuck)
		rte_mempool_free(env->small);
	env->small = usual;
	return v;
}

static enum verdict
two_lcores(struct env *env, const void *arg)
{
	unsigned int other = rte_get_next_lcore(-1, 1, 0), s;
	struct pair *p;
	enum verdict v;

	if (other == RTE_MAX_LCORE)
		return test_skip(env, "there is one lcore");
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		rte_panic("no memory for jobs\n");
	p->kind = arg;
	p->env = env;
	if (p->kind->sessionless && !(env->info.feature_flags & RTE_CRYPTODEV_FF_SYM_SESSIONLESS))
		v = test_skip(env, "the device does nothing without a session");
	else
		v = traffic_open(env, &p->traffic);
	if (v == PASS) {
		for (s = 0; s < TRAFFIC_SESSIONS; s++)
			job_xforms(&p->traffic.transform[s], p->xforms[s]);
		v = run_with_mbufs(p, other);
		traffic_close(env, &p->traffic);
	}
	/* What the device did not give back, it may still write to. */
	if (!env->stuck)
		free(p);
	return v;
}

/* What the two lcores share of asymmetric operations. */
struct rsa_pair {
	struct env *env;
	struct rsa_op op[RSA_JOBS];
	struct rsa_data right[RSA_JOBS];
	struct rte_crypto_op *dpdk_op[RSA_JOBS];
	bool busy[RSA_JOBS]; /* atomic: the main lcore's */
	bool stop;	     /* atomic */
	bool stopped;	     /* atomic */
	uint64_t accepted;   /* atomic */
};

static int
enqueue_rsa_main(void *arg)
{
	struct rsa_pair *p = arg;
	uint64_t limit = p->env->opt.timeout * rte_get_timer_hz();
	uint64_t last = rte_get_timer_cycles();
	unsigned int i = 0;
	uint16_t n = 0;

	while (!is_set(&p->stop)) {
		if (is_set(&p->busy[i]))
			continue;
		memset(p->op[i].cipher.bytes, 0, sizeof(p->op[i].cipher.bytes));
		p->op[i].cipher.len = p->right[i].len;
		p->dpdk_op[i] = rsa_build(p->env, &p->op[i]);
		if (p->dpdk_op[i] == NULL)
			break;
		set(&p->busy[i], true);
		do {
			n = rte_cryptodev_enqueue_burst(p->env->dev_id, p->env->opt.first_qp,
							&p->dpdk_op[i], 1);
		} while (n == 0 && rte_get_timer_cycles() - last < limit);
		if (n == 0)
			break;
		last = rte_get_timer_cycles();
		__atomic_store_n(&p->accepted, p->accepted + 1, __ATOMIC_RELEASE);
		i = (i + 1) % RSA_JOBS;
	}
	set(&p->stopped, true);
	return is_set(&p->stop) ? PASS : FAIL;
}

static enum verdict
judge_rsa(struct rsa_pair *p, struct rte_crypto_op *o)
{
	struct rsa_op *op;
	unsigned int i = 0;

	while (i < RSA_JOBS && o->asym->rsa.message.data != p->op[i].message.bytes)
		i++;
	if (i == RSA_JOBS || p->dpdk_op[i] != o || !is_set(&p->busy[i]))
		return test_fail(p->env, "an operation came back that was not enqueued");
	op = &p->op[i];
	rsa_finish(op, o);
	if (op->status != RTE_CRYPTO_OP_STATUS_SUCCESS)
		test_fail(p->env, "status %u", op->status);
	else if (op->cipher.len != p->right[i].len ||
		 memcmp(op->cipher.bytes, p->right[i].bytes, p->right[i].len) != 0)
		test_fail(p->env, "a wrong result with a good status");
	set(&p->busy[i], false);
	return p->env->failed ? FAIL : PASS;
}

static enum verdict
dequeue_rsa_main(struct rsa_pair *p)
{
	uint64_t start = rte_get_timer_cycles(), last = start, returned = 0;
	uint64_t limit = p->env->opt.timeout * rte_get_timer_hz();
	struct rte_crypto_op *ops[BURST];
	enum verdict v = PASS;
	uint16_t n, i;

	while (!is_set(&p->stopped) || returned < p->accepted) {
		n = rte_cryptodev_dequeue_burst(p->env->dev_id, p->env->opt.first_qp, ops, BURST);
		for (i = 0; i < n; i++)
			if (judge_rsa(p, ops[i]) != PASS)
				v = FAIL;
		returned += n;
		if (n > 0)
			last = rte_get_timer_cycles();
		if (v != PASS || rte_get_timer_cycles() - start > 2 * rte_get_timer_hz())
			set(&p->stop, true);
		if (is_set(&p->stopped) && rte_get_timer_cycles() - last > limit) {
			p->env->stuck = true;
			return test_fail(p->env, "%ju operations accepted, only %ju came back",
					 (uintmax_t)p->accepted, (uintmax_t)returned);
		}
	}
	return v;
}

static enum verdict
prepare_rsa(struct rsa_pair *p, struct rsa_key *key, void *session)
{
	unsigned int i, j;

	for (i = 0; i < RSA_JOBS; i++) {
		struct rsa_op *op = &p->op[i];

		op->type = RTE_CRYPTO_ASYM_OP_ENCRYPT;
		op->padding = RTE_CRYPTO_RSA_PADDING_NONE;
		op->session = session;
		op->message.len = key->number[RSA_N].len;
		for (j = 1; j < op->message.len; j++)
			op->message.bytes[j] = rng_range(&p->env->rng, 0, UINT8_MAX);
		if (rsa_reference(key, op, &p->right[i]) != 0)
			return test_fail(p->env, "OpenSSL does not compute the answers");
	}
	return PASS;
}

static enum verdict
two_lcores_asym(struct env *env, const void *arg __rte_unused)
{
	unsigned int other = rte_get_next_lcore(-1, 1, 0);
	static struct rsa_pair p;
	void *session;
	enum verdict v;

	if (other == RTE_MAX_LCORE)
		return test_skip(env, "there is one lcore");
	v = rsa_session(env, rsa_key(RSA_BITS), RSA_FORM_EXP, RTE_CRYPTO_RSA_PADDING_NONE, 0,
			&session);
	if (v != PASS)
		return v;
	memset(&p, 0, sizeof(p));
	p.env = env;
	v = prepare_rsa(&p, rsa_key(RSA_BITS), session);
	if (v == PASS) {
		rte_eal_remote_launch(enqueue_rsa_main, &p, other);
		v = dequeue_rsa_main(&p);
		if (rte_eal_wait_lcore(other) != PASS)
			v = test_fail(env, "operations were not accepted any more");
		if (v == PASS && p.accepted == 0)
			v = test_fail(env, "nothing was done");
	}
	rsa_session_free(env, session);
	return v;
}

void
register_threads(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(kinds); i++)
		test_register(two_lcores, &kinds[i], "threads/%s", kinds[i].name);
	test_register(two_lcores_asym, NULL, "threads/asymmetric");
}
