/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "device.h"
#include "traffic.h"

/**
 * @file
 * Queues: bursts, pauses, full queues, wrapping indices, several queue pairs, two lcores.
 *
 * Each operation must come back once, with the right answer; the order is the device's own.
 */

/* More than the 16-bit indices of a ring count to. */
#define WRAP_OPS 70000

/* Operations with a pause before each, which is a long one before some. */
#define PAUSES	    3000
#define LONG_PAUSES 100

#define MAX_QPS 8u

/* A queue, and the bytes of messages, which are more than caches hold when it is full. */
#define LARGE_DESCS 128u
#define LARGE_LEN   16384u

static enum verdict
with_traffic(struct env *env,
	     enum verdict (*run)(struct env *env, struct traffic *traffic, unsigned int n),
	     unsigned int n)
{
	struct traffic *traffic = malloc(sizeof(*traffic));
	enum verdict v;

	if (traffic == NULL)
		rte_panic("no memory for traffic\n");
	v = traffic_open(env, traffic);
	if (v == PASS) {
		v = run(env, traffic, n);
		traffic_close(env, traffic);
	}
	free(traffic);
	return v;
}

static enum verdict
run_bursts(struct env *env, struct traffic *traffic, unsigned int burst)
{
	return traffic_run(env, traffic, 0, TRAFFIC_BATCH, burst);
}

static enum verdict
bursts(struct env *env, const void *arg)
{
	return with_traffic(env, run_bursts, *(const unsigned int *)arg);
}

static enum verdict
run_wrap(struct env *env, struct traffic *traffic, unsigned int nb)
{
	enum verdict v = PASS;
	unsigned int done;

	for (done = 0; done < nb && v == PASS; done += TRAFFIC_BATCH)
		v = traffic_run(env, traffic, 0, TRAFFIC_BATCH, rng_range(&env->rng, 1, 64));
	return v;
}

static enum verdict
wrap(struct env *env, const void *arg __rte_unused)
{
	return with_traffic(env, run_wrap, WRAP_OPS);
}

/*
 * Pauses around the time after which the device of dpdk-vhost_crypto sleeps, if it ever does; in
 * the long ones it does, however slow the machine is.
 */
static enum verdict
run_pauses(struct env *env, struct traffic *traffic, unsigned int us)
{
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < PAUSES && v == PASS; i++) {
		if (i % (PAUSES / LONG_PAUSES) == 0)
			rte_delay_us_block(20 * us);
		else
			rte_delay_us_block(rng_range(&env->rng, us - us / 4, us + us / 4));
		v = traffic_run(env, traffic, 0, 1, 1);
	}
	return v;
}

static enum verdict
pauses(struct env *env, const void *arg)
{
	return with_traffic(env, run_pauses, *(const unsigned int *)arg);
}

/* Enqueue without ever dequeueing, until the queue refuses. */
static unsigned int
fill(struct env *env, struct job *jobs, unsigned int nb)
{
	unsigned int sent = 0, n;

	do {
		n = job_enqueue(env, 0, jobs + sent, RTE_MIN(nb - sent, 32u));
		sent += n;
	} while (n > 0 && sent < nb);
	return sent;
}

/* Dequeue until all came back or nothing comes any more. */
static enum verdict
drain(struct env *env, unsigned int sent)
{
	uint64_t timeout = env->opt.timeout * rte_get_timer_hz();
	uint64_t last = rte_get_timer_cycles();
	unsigned int back = 0, n;

	while (back < sent && rte_get_timer_cycles() - last < timeout) {
		n = job_dequeue(env, 0, NULL, 32);
		back += n;
		if (n > 0)
			last = rte_get_timer_cycles();
	}
	if (back == sent)
		return PASS;
	env->stuck = true;
	return test_fail(env, "%u operations accepted, only %u came back", sent, back);
}

/* Every accepted job once, every other one never. */
static enum verdict
check_completions(struct env *env, const struct job *jobs, unsigned int nb, unsigned int sent)
{
	unsigned int i;

	for (i = 0; i < nb; i++) {
		if (jobs[i].completions != (i < sent))
			return test_fail(env, "operation %u of %u accepted came back %u times", i,
					 sent, jobs[i].completions);
	}
	return PASS;
}

static enum verdict
run_full(struct env *env, struct traffic *traffic, unsigned int nb)
{
	struct job *jobs = calloc(nb, sizeof(*jobs));
	enum verdict v;
	unsigned int sent;

	if (jobs == NULL)
		rte_panic("no memory for %u jobs\n", nb);
	v = traffic_build(env, traffic, jobs, nb);
	if (v == PASS) {
		sent = fill(env, jobs, nb);
		v = drain(env, sent);
		if (v == PASS)
			v = check_completions(env, jobs, nb, sent);
		if (v == PASS && sent == nb)
			v = test_fail(env, "a queue of %u took all of %u operations",
				      env->opt.nb_desc, nb);
		if (v == PASS && sent == 0)
			v = test_fail(env, "the queue took nothing");
	}
	if (traffic_finish(env, jobs, nb) != PASS)
		v = FAIL;
	if (!env->stuck)
		free(jobs);
	/* And it goes on afterwards. */
	return v == PASS ? traffic_run(env, traffic, 0, 64, 32) : v;
}

static enum verdict
full(struct env *env, const void *arg __rte_unused)
{
	unsigned int nb = 4 * RTE_MAX(env->opt.nb_desc, (uint16_t)64);

	if (nb > 3072)
		return test_skip(env, "the pools are too small to fill %u descriptors",
				 env->opt.nb_desc);
	return with_traffic(env, run_full, nb);
}

/* Jobs of one large message each are accepted, as many as the queue has descriptors. */
static enum verdict
run_large(struct env *env, struct job *jobs, unsigned int nb, const struct message *m)
{
	struct layout layout = layout_linear(m->len);
	enum verdict v = PASS;
	unsigned int i, sent;

	layout.src = cut_even(m->len, LARGE_LEN / SMALL_ROOM + 1);
	for (i = 0; i < nb && v == PASS; i++)
		v = job_build(env, &jobs[i], &layout);
	if (v != PASS)
		return v;
	sent = fill(env, jobs, nb);
	v = drain(env, sent);
	if (v == PASS && sent < nb)
		v = test_fail(env, "a queue of %u took %u operations with %u bytes each", nb, sent,
			      LARGE_LEN);
	return v;
}

static enum verdict
takes_all(struct env *env, const void *arg __rte_unused)
{
	static struct job jobs[LARGE_DESCS];
	struct message m = message_alloc(LARGE_LEN);
	struct transform t;
	enum verdict v = traffic_transform(env, &t);
	void *session = NULL;
	unsigned int nb = RTE_MIN(LARGE_DESCS, (unsigned int)env->opt.nb_desc), i;

	if (v == PASS && message_random(&m, &t, &env->rng) != 0)
		v = test_fail(env, "OpenSSL does not compute the answers");
	if (v == PASS)
		v = job_session_must(env, &t, &session);
	if (v == PASS && device_setup(env, 1, nb) != 0)
		v = FAIL;
	for (i = 0; i < nb; i++)
		jobs[i] = (struct job){ .transform = &t, .session = session, .msg = &m };
	if (v == PASS)
		v = run_large(env, jobs, nb, &m);
	if (traffic_finish(env, jobs, nb) != PASS)
		v = FAIL;
	if (session != NULL && job_session_free(env, session) != PASS)
		v = FAIL;
	message_free(&m);
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

static enum verdict
run_empty(struct env *env, struct traffic *traffic, unsigned int nb)
{
	struct rte_crypto_op *op = NULL;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		if (rte_cryptodev_dequeue_burst(env->dev_id, env->opt.first_qp, &op, 1) != 0)
			return test_fail(env, "an idle queue returned an operation");
		if (rte_cryptodev_enqueue_burst(env->dev_id, env->opt.first_qp, &op, 0) != 0)
			return test_fail(env, "accepted an operation out of none");
	}
	return traffic_run(env, traffic, 0, 8, 8);
}

static enum verdict
empty(struct env *env, const void *arg __rte_unused)
{
	return with_traffic(env, run_empty, 100);
}

/* The same sessions on every queue pair, one queue pair after the other, all in flight at once. */
static enum verdict
run_queues(struct env *env, struct traffic *traffic, unsigned int nb_qps)
{
	static struct job jobs[MAX_QPS][32];
	enum verdict v = PASS;
	unsigned int q;
	int round;

	for (round = 0; round < 20 && v == PASS; round++) {
		for (q = 0; q < nb_qps; q++) {
			if (traffic_build(env, traffic, jobs[q], 32) != PASS ||
			    job_enqueue(env, q, jobs[q], 32) != 32)
				v = test_fail(env, "queue pair %u did not take 32 operations", q);
		}
		for (q = nb_qps; q-- > 0;) {
			uint64_t end = rte_get_timer_cycles() +
				env->opt.timeout * rte_get_timer_hz();
			unsigned int back = 0;

			while (back < 32 && rte_get_timer_cycles() < end)
				back += job_dequeue(env, q, NULL, 32 - back);
			if (back < 32) {
				env->stuck = true;
				v = test_fail(env, "queue pair %u: %u of 32 came back", q, back);
			}
			if (traffic_finish(env, jobs[q], 32) != PASS)
				v = FAIL;
		}
	}
	return v;
}

static enum verdict
queues(struct env *env, const void *arg __rte_unused)
{
	uint16_t nb_qps = RTE_MIN(env->info.max_nb_queue_pairs, MAX_QPS);
	enum verdict v;

	if (nb_qps < 2)
		return test_skip(env, "the device has one queue pair");
	if (device_setup(env, nb_qps, env->opt.nb_desc) != 0)
		return FAIL;
	v = with_traffic(env, run_queues, nb_qps);
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

/* What an lcore does in the case of two: its own view of the device, and its own traffic. */
struct lcore_work {
	struct env env;
	struct traffic *traffic;
	uint16_t qp;
};

static int
lcore_main(void *arg)
{
	struct lcore_work *work = arg;
	enum verdict v = PASS;
	int round;

	for (round = 0; round < 50 && v == PASS; round++)
		v = traffic_run(&work->env, work->traffic, work->qp, 256, 32);
	return v;
}

static enum verdict
run_lcores(struct env *env, struct traffic *traffic, unsigned int other)
{
	static struct lcore_work work[2];
	enum verdict v[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		work[i] = (struct lcore_work){ .env = *env, .traffic = traffic, .qp = i };
		work[i].env.rng.state += i;
	}
	rte_eal_remote_launch(lcore_main, &work[1], other);
	v[0] = lcore_main(&work[0]);
	v[1] = rte_eal_wait_lcore(other);
	for (i = 0; i < 2; i++) {
		env->stuck |= work[i].env.stuck;
		if (v[i] != PASS)
			return test_fail(env, "queue pair %u: %s", i, work[i].env.reason);
	}
	return PASS;
}

static enum verdict
lcores(struct env *env, const void *arg __rte_unused)
{
	unsigned int other = rte_get_next_lcore(-1, 1, 0);
	enum verdict v;

	if (other == RTE_MAX_LCORE)
		return test_skip(env, "there is one lcore");
	if (env->info.max_nb_queue_pairs < 2)
		return test_skip(env, "the device has one queue pair");
	if (device_setup(env, 2, env->opt.nb_desc) != 0)
		return FAIL;
	v = with_traffic(env, run_lcores, other);
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

void
register_rings(void)
{
	static const unsigned int sizes[] = { 1, 2, 7, 32, 128, 300 };
	static const unsigned int pause_us = 100;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sizes); i++)
		test_register(bursts, &sizes[i], "rings/bursts_of_%u", sizes[i]);
	test_register(empty, NULL, "rings/empty_queue_gives_nothing");
	test_register(full, NULL, "rings/full_queue_refuses_and_loses_nothing");
	test_register(takes_all, NULL, "rings/takes_as_many_as_descriptors");
	test_register(pauses, &pause_us, "rings/pauses");
	test_register(wrap, NULL, "rings/indices_wrap");
	test_register(queues, NULL, "rings/several_queue_pairs");
	test_register(lcores, NULL, "rings/two_lcores");
}
