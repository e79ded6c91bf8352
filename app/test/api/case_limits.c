/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>
#include <rte_errno.h>

#include "job.h"

/**
 * @file
 * What a device says that it takes, it takes; one more is refused before the device sees it, which
 * the status INVALID_ARGS tells from an error of the device.
 *
 * Sessions have their own case (sessions/one_too_many), and so have queue pairs
 * (life/too_many_queue_pairs).
 */

/** How a message lies in memory. */
struct limits_shape {
	const char *name;
	/** What the device must have (RTE_CRYPTODEV_FF_*). */
	uint64_t feature;
	bool cut_src;
	bool cut_dst;
	bool out_of_place;
};

static const struct limits_shape shapes[] = {
	{ "in_place", RTE_CRYPTODEV_FF_IN_PLACE_SGL, true, false, false },
	{ "cut_to_cut", RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT, true, true, true },
	{ "cut_to_linear", RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT, true, false, true },
	{ "linear_to_cut", RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT, false, true, true },
};

/** What to do with messages. */
struct limits_subject {
	const char *cipher;
	const char *auth;
	const char *aead;
};

/** One row. */
struct limits_case {
	struct limits_subject what;
	const struct limits_shape *shape;
};

/* The transform of a subject. */
static struct transform
make(struct env *env, const struct limits_subject *what)
{
	struct transform t = transform_make(&env->rng, what->cipher, what->auth, true);

	if (what->aead != NULL) {
		t.aead = algo_find(what->aead);
		t.key_len = t.aead->key_len[0];
		t.iv_len = t.aead->iv_len;
		t.digest_len = t.aead->digest_len;
		t.aad_len = 20;
		transform_random_keys(&t, &env->rng);
	}
	return t;
}

/* Run a message in a layout. It must be done, or be refused by the driver. */
static enum verdict
run_message(struct env *env, const struct transform *t, void *session, uint32_t len,
	    const struct layout *l, bool beyond)
{
	struct message m = message_alloc(len);
	struct job job = { .transform = t, .session = session, .msg = &m };
	enum verdict v = PASS;

	if (message_random(&m, t, &env->rng) != 0)
		v = test_fail(env, "OpenSSL does not compute the answers");
	if (v == PASS)
		v = job_build(env, &job, l);
	if (v == PASS)
		v = job_run(env, 0, &job, 1, 1);
	if (v == PASS && !beyond)
		v = job_check(env, &job);
	else if (v == PASS && job.op->status != RTE_CRYPTO_OP_STATUS_INVALID_ARGS)
		v = test_fail(env, "status %u, not refused as invalid", job.op->status);
	else if (v == PASS)
		v = job_check_canaries(env, &job);
	if (v == FAIL)
		test_annotate(env, "%u bytes", len);
	job_free(&job);
	message_free(&m);
	return v;
}

/* Do something with a subject's session, in both directions. */
static enum verdict
both_ways(struct env *env, const struct limits_case *c,
	  enum verdict (*run)(struct env *env, const struct limits_case *c,
			      const struct transform *t, void *session))
{
	struct transform t = make(env, &c->what);
	enum verdict v = transform_supported(env, &t);
	unsigned int i;
	void *session;

	for (i = 0; i < 2 && v == PASS; i++) {
		v = job_session_must(env, &t, &session);
		if (v != PASS)
			break;
		v = run(env, c, &t, session);
		if (job_session_free(env, session) != PASS)
			v = FAIL;
		t = transform_reverse(&t);
	}
	return v;
}

/* Bytes of content that a request has, besides those that go in and those that come out. */
static uint32_t
besides(const struct transform *t)
{
	return t->iv_len + t->auth_iv_len + t->digest_len + t->aad_len;
}

static enum verdict
run_content(struct env *env, const struct limits_case *c __rte_unused, const struct transform *t,
	    void *session)
{
	uint32_t times = t->cipher != NULL || t->aead != NULL ? 2 : 1;
	uint32_t most = (env->opt.max_content - besides(t)) / times, len;
	struct layout l;
	enum verdict v = PASS;

	for (len = most - 1; len <= most + 1 && v == PASS; len++) {
		l = layout_linear(len);
		l.src = cut_even(len, len / LARGE_ROOM + 1);
		l.dst = l.src;
		/* A digest alone has nothing to put out of place. */
		l.out_of_place = times == 2 && len == most;
		v = run_message(env, t, session, len, &l, len > most);
	}
	return v;
}

static enum verdict
content(struct env *env, const void *arg)
{
	if (env->opt.max_content == 0)
		return test_skip(env, "--max-content does not say how much the device takes");
	return both_ways(env, arg, run_content);
}

/* As many segments as must work, of @p size bytes each; and one more. */
static enum verdict
run_cut(struct env *env, const struct limits_shape *shape, const struct transform *t, void *session,
	unsigned int nb_segs, uint32_t size)
{
	uint32_t len = nb_segs * size;
	struct layout l = layout_linear(len);
	enum verdict v;

	if (len > env->opt.max_size)
		return PASS;
	/* What is not cut has to fit into one mbuf. */
	if (len > LARGE_ROOM && shape->out_of_place && !(shape->cut_src && shape->cut_dst))
		return PASS;
	l.out_of_place = shape->out_of_place;
	if (shape->cut_src)
		l.src = cut_even(len, nb_segs);
	if (shape->cut_dst)
		l.dst = cut_even(len, nb_segs);
	v = run_message(env, t, session, len, &l, nb_segs > env->opt.max_segs);
	if (v == FAIL)
		test_annotate(env, "%u segments", nb_segs);
	return v;
}

static enum verdict
run_segments(struct env *env, const struct limits_case *c, const struct transform *t, void *session)
{
	static const uint32_t sizes[] = { 16, 240, 4096 };
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sizes) && v == PASS; i++) {
		v = run_cut(env, c->shape, t, session, env->opt.max_segs, sizes[i]);
		/* One of the two buffers cut alone has room for twice as many. */
		if (v == PASS && env->opt.max_segs < MAX_SEGS && c->shape->cut_src &&
		    (c->shape->cut_dst || !c->shape->out_of_place))
			v = run_cut(env, c->shape, t, session, env->opt.max_segs + 1, sizes[i]);
	}
	return v;
}

static enum verdict
segments(struct env *env, const void *arg)
{
	const struct limits_case *c = arg;

	if (!(env->info.feature_flags & c->shape->feature))
		return test_skip(env, "the device does not have the feature %s",
				 rte_cryptodev_get_feature_name(c->shape->feature));
	return both_ways(env, c, run_segments);
}

static enum verdict
run_key(struct env *env, const struct transform *t)
{
	struct layout l = layout_linear(100);
	enum verdict v;
	void *session;

	v = job_session_must(env, t, &session);
	if (v != PASS)
		return v;
	v = run_message(env, t, session, 100, &l, false);
	if (job_session_free(env, session) != PASS)
		v = FAIL;
	return v;
}

static enum verdict
refuses_key(struct env *env, const struct transform *t)
{
	void *session;

	rte_errno = 0;
	session = job_session(env, t);
	if (session != NULL) {
		job_session_free(env, session);
		return test_fail(env, "a session with a key of %u bytes was created",
				 t->auth_key_len);
	}
	return rte_errno != 0 ? PASS : test_fail(env, "refused without an error number");
}

/* The longest key that the device says it takes, and one byte more. */
static enum verdict
auth_key(struct env *env, const void *arg)
{
	const struct limits_case *c = arg;
	struct transform t = make(env, &c->what);
	const struct rte_cryptodev_symmetric_capability *cap;
	struct rte_cryptodev_sym_capability_idx idx = { .type = RTE_CRYPTO_SYM_XFORM_AUTH,
							.algo.auth = t.auth->id };
	enum verdict v = transform_supported(env, &t);

	if (v != PASS)
		return v;
	cap = rte_cryptodev_sym_capability_get(env->dev_id, &idx);
	if (cap->auth.key_size.max >= MAX_KEY)
		return test_skip(env, "the device takes keys of %u bytes", cap->auth.key_size.max);
	t.auth_key_len = cap->auth.key_size.max;
	transform_random_keys(&t, &env->rng);
	v = run_key(env, &t);
	t.auth_key_len++;
	return v == PASS ? refuses_key(env, &t) : v;
}

void
register_limits(void)
{
	static const struct limits_case contents[] = {
		{ { "aes-ctr", NULL, NULL }, NULL },  { { NULL, "hmac-sha256", NULL }, NULL },
		{ { NULL, "aes-gmac", NULL }, NULL }, { { "aes-ctr", "hmac-sha1", NULL }, NULL },
		{ { NULL, NULL, "aes-gcm" }, NULL },
	};
	static struct limits_case cuts[RTE_DIM(shapes)][2];
	static const struct limits_case key = { { NULL, "hmac-sha512", NULL }, NULL };
	unsigned int i;

	for (i = 0; i < RTE_DIM(contents); i++) {
		const struct limits_subject *w = &contents[i].what;

		test_register(content, &contents[i], "limits/content/%s%s%s",
			      w->aead != NULL		? w->aead :
				      w->cipher != NULL ? w->cipher :
							  w->auth,
			      w->cipher != NULL && w->auth != NULL ? "+" : "",
			      w->cipher != NULL && w->auth != NULL ? w->auth : "");
	}
	for (i = 0; i < RTE_DIM(shapes); i++) {
		cuts[i][0] = (struct limits_case){ { "aes-cbc", NULL, NULL }, &shapes[i] };
		cuts[i][1] = (struct limits_case){ { "aes-cbc", "hmac-sha1", NULL }, &shapes[i] };
		test_register(segments, &cuts[i][0], "limits/segments/%s/aes-cbc", shapes[i].name);
		test_register(segments, &cuts[i][1], "limits/segments/%s/aes-cbc+hmac-sha1",
			      shapes[i].name);
	}
	test_register(auth_key, &key, "limits/auth_key/hmac-sha512");
}
