/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_debug.h>

#include "faults.h"
#include "process.h"
#include "rsa.h"
#include "soak.h"
#include "traffic.h"

/* Jobs in turn: more than a queue takes, so that it is full. */
#define SLOTS	1024u
#define BURST	32u
#define KAT_OPS 64u

/* Jobs at a time that need several mbufs each. */
#define SOAK_JOBS 200u

#define RSA_BITS 2048

/* What is told in an answer. */
struct counts {
	uint64_t accepted;
	uint64_t returned;
	uint64_t right;
	uint64_t error;
	uint64_t wrong;
	/** In timer cycles. */
	uint64_t oldest;
};

struct faults {
	struct env *env;
	struct traffic traffic;
	struct soak *soak;
	/** A session of an RSA key, or NULL. */
	void *rsa_session;
	/** A ring of jobs: those from tail to sent are in the device or came back already. */
	struct job jobs[SLOTS];
	uint64_t born[SLOTS];
	/** Built and enqueued ones, counted without wrapping. */
	uint64_t built;
	uint64_t sent;
	uint64_t tail;
	uint64_t in_flight;
	struct counts counts;
	unsigned int failures;
	/** What came back is not given back to the pools: sums of its bytes as it came back. */
	bool keeping;
	uint64_t sums[SLOTS];
	/** Jobs at a time. */
	unsigned int depth;
	bool flooding;
	bool soaking;
	bool holding;
	bool quit;
};

static void
end_job(struct faults *f, struct job *job)
{
	soak_done(f->soak, job);
	job_free(job);
}

/* Judge what came back. */
static void
judge(struct faults *f, struct job *job)
{
	uint64_t age = rte_get_timer_cycles() - f->born[job - f->jobs];
	struct env *env = f->env;

	f->counts.returned++;
	f->counts.oldest = RTE_MAX(f->counts.oldest, age);
	f->in_flight--;
	test_forget(env);
	if (job->completions != 1) {
		f->counts.wrong++;
		printf("# an operation came back %u times\n", job->completions);
	} else if (job->op->status == RTE_CRYPTO_OP_STATUS_ERROR) {
		f->counts.error++;
	} else if (job_check(env, job) == PASS) {
		f->counts.right++;
	} else {
		f->counts.wrong++;
		printf("# %s\n", env->reason);
	}
}

/* Returns how many came back. */
static unsigned int
collect(struct faults *f)
{
	struct job *jobs[BURST];
	unsigned int i, n;

	n = job_dequeue(f->env, 0, jobs, BURST);
	for (i = 0; i < n; i++)
		judge(f, jobs[i]);
	/* Give back those at the tail that are through. */
	while (!f->keeping && f->tail < f->sent && !f->jobs[f->tail % SLOTS].in_device) {
		end_job(f, &f->jobs[f->tail % SLOTS]);
		f->tail++;
	}
	return n;
}

/* False: there is nothing to do for now. */
static bool
build(struct faults *f, struct job *job)
{
	if (f->soaking)
		return soak_build(f->soak, job) == PASS;
	if (traffic_build(f->env, &f->traffic, job, 1) != PASS)
		rte_panic("%s\n", f->env->reason);
	return true;
}

/* Build and enqueue up to limit jobs, as far as slots and the queue take them. */
static unsigned int
feed(struct faults *f, unsigned int limit)
{
	unsigned int i, n;

	/* Neither building nor enqueueing goes across the end of the ring of jobs. */
	while (f->built - f->sent < limit && f->built - f->tail < f->depth &&
	       build(f, &f->jobs[f->built % SLOTS]))
		f->built++;
	n = RTE_MIN(f->built - f->sent, (uint64_t)(SLOTS - f->sent % SLOTS));
	n = RTE_MIN(n, limit);
	for (i = 0; i < n; i++)
		f->born[(f->sent + i) % SLOTS] = rte_get_timer_cycles();
	n = n == 0 ? 0 : job_enqueue(f->env, 0, &f->jobs[f->sent % SLOTS], n);
	f->sent += n;
	f->in_flight += n;
	f->counts.accepted += n;
	return n;
}

/* Until nothing is in flight, or the timeout has expired. */
static void
drain(struct faults *f)
{
	uint64_t end = rte_get_timer_cycles() + f->env->opt.timeout * rte_get_timer_hz();

	while (f->in_flight > 0 && rte_get_timer_cycles() < end)
		collect(f);
}

static void
kat(struct faults *f)
{
	uint64_t end = rte_get_timer_cycles() + f->env->opt.timeout * rte_get_timer_hz();
	unsigned int sent = 0;

	drain(f);
	memset(&f->counts, 0, sizeof(f->counts));
	while (sent < KAT_OPS && rte_get_timer_cycles() < end) {
		sent += feed(f, RTE_MIN(BURST, KAT_OPS - sent));
		collect(f);
	}
	drain(f);
}

/* One operation on a session that has just been made. */
static void
use_session(struct faults *f, const struct transform *t, void *session, const struct message *m)
{
	struct layout l = layout_linear(m->len);
	struct job job = { .transform = t, .session = session, .msg = m };
	struct env *env = f->env;

	if (job_build(env, &job, &l) != PASS || job_run(env, 0, &job, 1, 1) != PASS)
		rte_panic("%s\n", env->reason);
	f->counts.accepted++;
	f->counts.returned++;
	if (job.op->status == RTE_CRYPTO_OP_STATUS_ERROR)
		f->counts.error++;
	else if (job_check(env, &job) == PASS)
		f->counts.right++;
	else
		f->counts.wrong++;
	job_free(&job);
}

/* One more session: refused (an error), or used. */
static void
session(struct faults *f)
{
	struct traffic *other = calloc(1, sizeof(*other));
	struct env *env = f->env;
	enum verdict v;

	if (other == NULL)
		rte_panic("no memory for a session\n");
	test_forget(env);
	v = traffic_open(env, other);
	if (v == PASS) {
		test_forget(env);
		use_session(f, &other->transform[0], other->session[0], &other->msg[0][0]);
		traffic_close(env, other);
	} else {
		f->counts.error++;
	}
	if (env->reason[0] != '\0')
		printf("# session: %s\n", env->reason);
	free(other);
}

/* One signature with the session that was made in the beginning. */
static void
rsa(struct faults *f)
{
	struct rsa_op op = { .type = RTE_CRYPTO_ASYM_OP_SIGN,
			     .padding = RTE_CRYPTO_RSA_PADDING_PKCS1_5,
			     .session = f->rsa_session };
	struct rsa_data right;

	if (f->rsa_session == NULL)
		return;
	op.message.len = 20;
	if (rsa_reference(rsa_key(RSA_BITS), &op, &right) != 0 || rsa_run(f->env, &op) != PASS)
		rte_panic("%s\n", f->env->reason);
	f->counts.accepted++;
	f->counts.returned++;
	if (op.status != RTE_CRYPTO_OP_STATUS_SUCCESS)
		f->counts.error++;
	else if (op.sign.len == right.len && memcmp(op.sign.bytes, right.bytes, right.len) == 0)
		f->counts.right++;
	else
		f->counts.wrong++;
}

/* A session for other processes: an error if it cannot be. */
static void
share(struct faults *f)
{
	if (process_share(f->env) != PASS)
		f->counts.error++;
}

/* Stop the device and start it, with operations in flight. */
static void
restart(struct faults *f)
{
	rte_cryptodev_stop(f->env->dev_id);
	if (rte_cryptodev_start(f->env->dev_id) != 0)
		f->counts.error++;
}

static uint64_t
sum_of(const struct rte_mbuf *m, uint64_t sum)
{
	uint32_t i;

	for (; m != NULL; m = m->next)
		for (i = 0; i < m->data_len; i++)
			sum = sum * 0x100000001b3 + rte_pktmbuf_mtod(m, const uint8_t *)[i];
	return sum;
}

/* A sum of the bytes of a job that the device has worked on. */
static uint64_t
job_sum(const struct job *job)
{
	const struct rte_crypto_sym_op *sym = job->op->sym;

	return sum_of(sym->m_dst, sum_of(sym->m_src, 1));
}

/* Take what comes back within half a second, and keep it. */
static void
keep(struct faults *f)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 2, i;

	f->keeping = true;
	while (f->in_flight > 0 && rte_get_timer_cycles() < end)
		collect(f);
	for (i = f->tail; i < f->sent; i++)
		f->sums[i % SLOTS] = job_sum(&f->jobs[i % SLOTS]);
}

/* What was kept and is not as it was when it came back has been written to since then. */
static void
compare(struct faults *f)
{
	uint64_t i;

	for (i = f->tail; f->keeping && i < f->sent; i++)
		if (!f->jobs[i % SLOTS].in_device &&
		    f->sums[i % SLOTS] != job_sum(&f->jobs[i % SLOTS]))
			f->counts.wrong++;
	if (f->counts.wrong > 0)
		printf("# the data of operations that had come back was written to\n");
	f->keeping = false;
}

static void
answer(struct faults *f, const char *word, uint64_t start)
{
	uint64_t khz = rte_get_timer_hz() / 1000;
	struct soak_counts s = soak_counts(f->soak);
	struct counts *c = &f->counts;

	f->failures += c->wrong;
	printf("%s accepted=%ju returned=%ju right=%ju error=%ju wrong=%ju in_flight=%ju ms=%ju "
	       "oldest=%ju sessions=%ju refused=%ju\n",
	       word, (uintmax_t)c->accepted, (uintmax_t)c->returned, (uintmax_t)c->right,
	       (uintmax_t)c->error, (uintmax_t)c->wrong, (uintmax_t)f->in_flight,
	       (uintmax_t)((rte_get_timer_cycles() - start) / khz), (uintmax_t)(c->oldest / khz),
	       (uintmax_t)s.sessions, (uintmax_t)s.refused);
	fflush(stdout);
	memset(c, 0, sizeof(*c));
}

static void
obey(struct faults *f, const char *command)
{
	uint64_t start = rte_get_timer_cycles();

	f->holding = strcmp(command, "hold") == 0 || strcmp(command, "rest") == 0 ||
		strcmp(command, "keep") == 0;
	if (strcmp(command, "status") != 0) {
		f->soaking = strcmp(command, "soak") == 0;
		f->flooding = f->soaking || strcmp(command, "flood") == 0;
		f->depth = SLOTS;
	}
	if (strcmp(command, "drain") == 0) {
		drain(f);
	} else if (strcmp(command, "kat") == 0) {
		kat(f);
	} else if (strcmp(command, "session") == 0) {
		drain(f);
		session(f);
	} else if (strcmp(command, "rsa") == 0) {
		drain(f);
		rsa(f);
	} else if (strcmp(command, "hold") == 0) {
		feed(f, BURST);
	} else if (strcmp(command, "share") == 0) {
		share(f);
	} else if (strcmp(command, "keep") == 0) {
		keep(f);
	} else if (strcmp(command, "compare") == 0) {
		compare(f);
	} else if (strcmp(command, "restart") == 0) {
		restart(f);
	} else if (strcmp(command, "quit") == 0) {
		drain(f);
		f->quit = true;
	} else if (!f->holding && !f->flooding && strcmp(command, "status") != 0) {
		command = "unknown";
	}
	answer(f, command, start);
}

/* Read what is there of stdin, waiting only when there is nothing else to do. */
static void
read_commands(struct faults *f)
{
	static char line[128];
	static size_t len;
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	char c;

	while (!f->quit && poll(&fd, 1, f->flooding || f->in_flight > 0 ? 0 : 10) > 0) {
		if (read(STDIN_FILENO, &c, 1) != 1) {
			f->quit = true;
		} else if (c != '\n') {
			if (len < sizeof(line) - 1)
				line[len++] = c;
		} else {
			line[len] = '\0';
			len = 0;
			obey(f, line);
		}
	}
}

unsigned int
faults_run(struct env *env)
{
	struct faults *f = calloc(1, sizeof(*f));
	unsigned int failures;

	if (f == NULL)
		rte_panic("no memory for the jobs\n");
	f->env = env;
	f->soak = soak_open(env);
	f->depth = SLOTS;
	env->rng.state = env->opt.seed;
	if (traffic_open(env, &f->traffic) != PASS) {
		printf("failed %s\n", env->reason);
		soak_close(f->soak);
		free(f);
		return 1;
	}
	if (env->asym_ops == NULL ||
	    rsa_session(env, rsa_key(RSA_BITS), RSA_FORM_EXP, RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0,
			&f->rsa_session) != PASS)
		f->rsa_session = NULL;
	answer(f, "ready", rte_get_timer_cycles());
	while (!f->quit) {
		if (f->soaking && (f->depth > SOAK_JOBS || rng_range(&env->rng, 0, 999) == 0))
			f->depth = rng_range(&env->rng, 1, SOAK_JOBS);
		if (f->flooding)
			feed(f, BURST);
		/* Where it runs for long, it leaves the processor to others. */
		if (!f->holding && collect(f) == 0 && f->soaking)
			usleep(50);
		read_commands(f);
	}
	/* Built, but never taken by the device. */
	for (; f->tail < f->built; f->tail++)
		end_job(f, &f->jobs[f->tail % SLOTS]);
	failures = f->failures + f->in_flight;
	traffic_close(env, &f->traffic);
	if (f->rsa_session != NULL)
		rsa_session_free(env, f->rsa_session);
	if (f->in_flight == 0) {
		soak_close(f->soak);
		free(f);
	}
	return failures;
}
