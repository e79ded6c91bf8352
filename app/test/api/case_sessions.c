/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_errno.h>

#include "job.h"
#include "traffic.h"

/**
 * @file
 * Many sessions, too many sessions, sessions that come and go beside traffic, and sessions that
 * cannot be.
 */

#define MANY 1000

/* A set of sessions of one transform, each with its own keys and message. */
struct set {
	struct transform *transform;
	void **session;
	struct message *msg;
	unsigned int nb;
};

static void *
zalloc(size_t nb, size_t size)
{
	void *p = calloc(nb, size);

	if (p == NULL)
		rte_panic("no memory for %zu times %zu bytes\n", nb, size);
	return p;
}

static void
set_alloc(struct set *set, unsigned int room)
{
	set->transform = zalloc(room, sizeof(*set->transform));
	set->session = zalloc(room, sizeof(*set->session));
	set->msg = zalloc(room, sizeof(*set->msg));
	set->nb = 0;
}

/* Add a session; NULL with rte_errno set when the device refuses. */
static void *
set_add(struct env *env, struct set *set, const struct transform *model)
{
	struct transform *t = &set->transform[set->nb];
	struct message *m = &set->msg[set->nb];
	uint32_t block = model->cipher != NULL ? model->cipher->block : 1;

	*t = *model;
	transform_random_keys(t, &env->rng);
	rte_errno = 0;
	set->session[set->nb] = job_session(env, t);
	if (set->session[set->nb] == NULL)
		return NULL;
	*m = message_alloc(rng_range(&env->rng, 1, 256 / block) * block);
	if (message_random(m, t, &env->rng) != 0)
		rte_panic("OpenSSL does not compute the answers\n");
	return set->session[set->nb++];
}

/* Free the last session after exchanging it with a random one: an order of no pattern. */
static enum verdict
set_remove_one(struct env *env, struct set *set)
{
	unsigned int i = rng_range(&env->rng, 0, set->nb - 1), last = set->nb - 1;
	void *session = set->session[i];

	message_free(&set->msg[i]);
	set->session[i] = set->session[last];
	set->msg[i] = set->msg[last];
	set->transform[i] = set->transform[last];
	memset(&set->msg[last], 0, sizeof(set->msg[last]));
	set->nb--;
	return job_session_free(env, session);
}

static enum verdict
set_free(struct env *env, struct set *set)
{
	enum verdict v = PASS;

	while (set->nb > 0) {
		if (set_remove_one(env, set) != PASS)
			v = FAIL;
	}
	free(set->transform);
	free(set->session);
	free(set->msg);
	return v;
}

/* One operation on every session, neighbours in a burst having different ones. */
static enum verdict
set_use(struct env *env, const struct set *set)
{
	struct job *jobs = zalloc(set->nb, sizeof(*jobs));
	enum verdict v = PASS;
	unsigned int i, first, nb;

	for (first = 0; first < set->nb && v == PASS; first += nb) {
		nb = RTE_MIN(set->nb - first, (unsigned int)TRAFFIC_BATCH);
		for (i = first; i < first + nb && v == PASS; i++) {
			struct layout l = layout_linear(set->msg[i].len);

			jobs[i].transform = &set->transform[i];
			jobs[i].session = set->session[i];
			jobs[i].msg = &set->msg[i];
			v = job_build(env, &jobs[i], &l);
		}
		if (v == PASS)
			v = job_run(env, 0, jobs + first, nb, 32);
		if (traffic_finish(env, jobs + first, nb) != PASS)
			v = FAIL;
	}
	if (!env->stuck)
		free(jobs);
	return v;
}

static enum verdict
many(struct env *env, const void *arg __rte_unused)
{
	struct transform model;
	enum verdict v = traffic_transform(env, &model);
	struct set set;

	if (v != PASS)
		return v;
	if (env->opt.max_sessions > 0 && env->opt.max_sessions < MANY)
		return test_skip(env, "the device has %u sessions", env->opt.max_sessions);
	set_alloc(&set, MANY);
	while (v == PASS && set.nb < MANY) {
		if (set_add(env, &set, &model) == NULL)
			v = test_fail(env, "session %u refused: %s", set.nb,
				      rte_strerror(rte_errno));
	}
	if (v == PASS)
		v = set_use(env, &set);
	/* Half of them gone, the others must not notice. */
	while (v == PASS && set.nb > MANY / 2)
		v = set_remove_one(env, &set);
	if (v == PASS)
		v = set_use(env, &set);
	if (set_free(env, &set) != PASS)
		v = FAIL;
	return v;
}

static enum verdict
run_beyond(struct env *env, struct set *set, const struct transform *model)
{
	unsigned int max = env->opt.max_sessions;
	enum verdict v;

	while (set->nb <= max && set_add(env, set, model) != NULL)
		;
	if (set->nb != max)
		return test_fail(env, "%u sessions created%s, the device has %u", set->nb,
				 set->nb > max ? " and no end" : "", max);
	if (rte_errno == 0)
		return test_fail(env, "refused without an error number");
	v = set_use(env, set);
	if (v == PASS)
		v = set_remove_one(env, set);
	if (v == PASS && set_add(env, set, model) == NULL)
		v = test_fail(env, "one session was freed, a new one is refused: %s",
			      rte_strerror(rte_errno));
	if (v == PASS && set_add(env, set, model) != NULL)
		v = test_fail(env, "one session was freed, two were created");
	return v == PASS ? set_use(env, set) : v;
}

static enum verdict
beyond(struct env *env, const void *arg __rte_unused)
{
	struct transform model;
	enum verdict v;
	struct set set;

	if (env->opt.max_sessions == 0)
		return test_skip(env, "--max-sessions does not say how many the device has");
	v = traffic_transform(env, &model);
	if (v != PASS)
		return v;
	set_alloc(&set, env->opt.max_sessions + 2);
	v = run_beyond(env, &set, &model);
	if (set_free(env, &set) != PASS)
		v = FAIL;
	return v;
}

/* Creates and frees sessions until told to stop. */
struct churn {
	struct env env;
	struct transform model;
	pthread_t thread;
	bool stop;
	unsigned int created;
	enum verdict verdict;
};

static void *
churn_main(void *arg)
{
	struct churn *c = arg;
	void *session;

	while (!__atomic_load_n(&c->stop, __ATOMIC_RELAXED) && c->verdict == PASS) {
		transform_random_keys(&c->model, &c->env.rng);
		session = job_session(&c->env, &c->model);
		if (session == NULL)
			c->verdict = test_fail(&c->env, "a session beside traffic is refused: %s",
					       rte_strerror(rte_errno));
		else
			c->verdict = job_session_free(&c->env, session);
		c->created++;
	}
	return NULL;
}

/* Sessions come and go in one thread while operations run on other sessions in this one. */
static enum verdict
beside_traffic(struct env *env, const void *arg __rte_unused)
{
	struct churn churn = { .env = *env, .verdict = PASS };
	static struct traffic traffic;
	enum verdict v = traffic_transform(env, &churn.model);
	uint64_t end;

	if (v == PASS)
		v = traffic_open(env, &traffic);
	if (v != PASS)
		return v;
	if (pthread_create(&churn.thread, NULL, churn_main, &churn) != 0)
		rte_panic("no thread for the case\n");
	end = rte_get_timer_cycles() + 2 * rte_get_timer_hz();
	while (v == PASS && rte_get_timer_cycles() < end)
		v = traffic_run(env, &traffic, 0, 256, 32);
	__atomic_store_n(&churn.stop, true, __ATOMIC_RELAXED);
	pthread_join(churn.thread, NULL);
	if (v == PASS && churn.verdict != PASS)
		v = test_fail(env, "%s", churn.env.reason);
	if (v == PASS && churn.created == 0)
		v = test_fail(env, "no session was created beside the traffic");
	traffic_close(env, &traffic);
	return v;
}

/* A session that no device can have. */
struct impossible {
	const char *name;
	const char *cipher;
	const char *auth;
	void (*spoil)(struct transform *t, struct rte_crypto_sym_xform *cipher,
		      struct rte_crypto_sym_xform *auth);
};

static enum verdict
refused(struct env *env, const void *arg)
{
	const struct impossible *c = arg;
	struct transform t = transform_make(&env->rng, c->cipher, c->auth, true);
	enum verdict v = transform_supported(env, &t);
	struct rte_crypto_sym_xform xf[2];
	void *session;

	if (v != PASS)
		return v;
	job_xforms(&t, xf);
	c->spoil(&t, &xf[0], &xf[t.cipher != NULL]);
	rte_errno = 0;
	session = rte_cryptodev_sym_session_create(env->dev_id, xf, env->sessions);
	if (session != NULL) {
		job_session_free(env, session);
		return test_fail(env, "the session was created");
	}
	if (rte_errno == 0)
		return test_fail(env, "refused without an error number");
	return PASS;
}

#define SPOIL(_name, ...)                                                                          \
	static void _name(struct transform *t __rte_unused,                                        \
			  struct rte_crypto_sym_xform *cipher __rte_unused,                        \
			  struct rte_crypto_sym_xform *auth __rte_unused)                          \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
	}

SPOIL(short_key, cipher->cipher.key.length = 15)
SPOIL(long_key, cipher->cipher.key.length = 33)
SPOIL(no_key, cipher->cipher.key.length = 0)
SPOIL(huge_key, cipher->cipher.key.length = 256)
SPOIL(short_iv, cipher->cipher.iv.length = 8)
SPOIL(long_iv, cipher->cipher.iv.length = 17)
SPOIL(no_iv, cipher->cipher.iv.length = 0)
SPOIL(long_digest, auth->auth.digest_length = 64)
SPOIL(no_cipher, cipher->cipher.algo = 99)
SPOIL(no_auth, auth->auth.algo = 99)
SPOIL(no_type, cipher->type = RTE_CRYPTO_SYM_XFORM_NOT_SPECIFIED)
SPOIL(no_mac_key, auth->auth.key.length = 0)
SPOIL(twice_cipher, *auth = *cipher; auth->next = NULL)

static const struct impossible impossibles[] = {
	{ "aes_key_of_15", "aes-cbc", NULL, short_key },
	{ "aes_key_of_33", "aes-cbc", NULL, long_key },
	{ "aes_key_of_0", "aes-cbc", NULL, no_key },
	{ "aes_key_of_256", "aes-cbc", NULL, huge_key },
	{ "aes_ctr_key_of_15", "aes-ctr", NULL, short_key },
	{ "3des_key_of_15", "3des-cbc", NULL, short_key },
	{ "cbc_iv_of_8", "aes-cbc", NULL, short_iv },
	{ "cbc_iv_of_17", "aes-cbc", NULL, long_iv },
	{ "cbc_iv_of_0", "aes-cbc", NULL, no_iv },
	{ "chain_key_of_33", "aes-cbc", "hmac-sha1", long_key },
	{ "chain_iv_of_8", "aes-cbc", "hmac-sha1", short_iv },
	{ "sha1_digest_of_64", "aes-cbc", "hmac-sha1", long_digest },
	{ "aes_cmac_without_key", "aes-cbc", "aes-cmac", no_mac_key },
	{ "cipher_unknown", "aes-cbc", NULL, no_cipher },
	{ "auth_unknown", "aes-cbc", "hmac-sha1", no_auth },
	{ "xform_without_type", "aes-cbc", NULL, no_type },
	{ "cipher_twice", "aes-cbc", "hmac-sha1", twice_cipher },
};

void
register_sessions(void)
{
	unsigned int i;

	test_register(many, NULL, "sessions/a_thousand");
	/* Proves D14. */
	test_register(beyond, NULL, "sessions/one_too_many");
	test_register(beside_traffic, NULL, "sessions/come_and_go_beside_traffic");
	for (i = 0; i < RTE_DIM(impossibles); i++)
		test_register(refused, &impossibles[i], "sessions/refused/%s", impossibles[i].name);
}
