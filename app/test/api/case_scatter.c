/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>

#include "job.h"

/**
 * @file
 * Buffers cut into segments, in place and out of place, and regions anywhere in them.
 */

/** Which buffers a case cuts. */
struct shape {
	const char *name;
	/** What the device must have (RTE_CRYPTODEV_FF_*). */
	uint64_t feature;
	bool cut_src;
	bool cut_dst;
	bool out_of_place;
};

static const struct shape shapes[] = {
	{ "linear", 0, false, false, false },
	{ "in_place", RTE_CRYPTODEV_FF_IN_PLACE_SGL, true, false, false },
	{ "cut_to_cut", RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT, true, true, true },
	{ "cut_to_linear", RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT, true, false, true },
	{ "linear_to_cut", RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT, false, true, true },
	{ "linear_to_linear", RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT, false, false, true },
};

/** What a case does with every layout that it makes. */
struct subject {
	const struct transform *t;
	void *session;
	const struct message *msg;
	const struct shape *shape;
};

/** One row. */
struct scatter_case {
	const struct shape *shape;
	const char *cipher;
	const char *auth;
	bool digest_of_cipher;
	/** Goes through the layouts of a kind. */
	enum verdict (*layouts)(struct env *env, const struct subject *s);
	/** Length of the message; 0: random for each layout. */
	uint32_t len;
	/** How the regions lie in it. */
	void (*regions)(struct env *env, const struct transform *t, struct message *m);
};

/* Run one layout made of these cuts, as far as the shape wants them. */
static enum verdict
run_cuts(struct env *env, const struct subject *s, const struct cut *src, const struct cut *dst)
{
	struct layout l = layout_linear(s->msg->len);

	l.out_of_place = s->shape->out_of_place;
	if (s->shape->cut_src)
		l.src = *src;
	if (s->shape->cut_dst)
		l.dst = *dst;
	l.digest = rng_range(&env->rng, DIGEST_APART, DIGEST_SEGMENT);
	/* One more segment makes a linear buffer a cut one. */
	if (l.digest == DIGEST_SEGMENT) {
		bool in_dst = l.out_of_place && s->t->forward;

		if (in_dst ? !s->shape->cut_dst : !s->shape->cut_src)
			l.digest = DIGEST_APPENDED;
	}
	return job_once(env, s->t, s->session, s->msg, &l);
}

/* Two segments, the boundary at every byte. */
static enum verdict
every_boundary(struct env *env, const struct subject *s)
{
	enum verdict v = PASS;
	struct cut src, dst;
	uint32_t at;

	for (at = 1; at < s->msg->len && v == PASS; at++) {
		src = cut_at(s->msg->len, at);
		dst = cut_at(s->msg->len, s->msg->len - at);
		v = run_cuts(env, s, &src, &dst);
	}
	return v;
}

/* As many segments as bytes, and then two-byte segments against one-byte ones. */
static enum verdict
single_bytes(struct env *env, const struct subject *s)
{
	struct cut ones = cut_even(s->msg->len, s->msg->len);
	struct cut twos = cut_even(s->msg->len, s->msg->len / 2);
	enum verdict v;

	v = run_cuts(env, s, &ones, &ones);
	if (v == PASS)
		v = run_cuts(env, s, &ones, &twos);
	return v == PASS ? run_cuts(env, s, &twos, &ones) : v;
}

/* 2 to 64 segments of random lengths, other ones for the destination. */
static enum verdict
random_cuts(struct env *env, const struct subject *s)
{
	struct cut src, dst;
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < 8 && v == PASS; i++) {
		src = cut_random(&env->rng, s->msg->len,
				 rng_range(&env->rng, 2, RTE_MIN(s->msg->len, 64u)));
		dst = cut_random(&env->rng, s->msg->len,
				 rng_range(&env->rng, 2, RTE_MIN(s->msg->len, 64u)));
		v = run_cuts(env, s, &src, &dst);
	}
	return v;
}

/* Segments without data between the others. */
static enum verdict
empty_segments(struct env *env, const struct subject *s)
{
	uint32_t half = s->msg->len / 2, rest = s->msg->len - half;
	const struct cut front = { 3, { 0, half, rest } };
	const struct cut middle = { 3, { half, 0, rest } };
	const struct cut back = { 4, { half, rest, 0, 0 } };
	enum verdict v;

	v = run_cuts(env, s, &front, &middle);
	if (v == PASS)
		v = run_cuts(env, s, &middle, &back);
	return v == PASS ? run_cuts(env, s, &back, &front) : v;
}

/* The regions are the whole message. */
static void
whole(struct env *env __rte_unused, const struct transform *t __rte_unused, struct message *m)
{
	m->cipher = (struct region){ 0, m->len };
	m->auth = m->cipher;
}

static uint32_t
round_down(const struct transform *t, uint32_t len)
{
	return t->cipher == NULL ? len : len / t->cipher->block * t->cipher->block;
}

/* Bytes of no region in front and behind. */
static void
inner(struct env *env, const struct transform *t, struct message *m)
{
	uint32_t head = rng_range(&env->rng, 1, 30);

	m->cipher = (struct region){ head, round_down(t, m->len - head - 10) };
	m->auth = m->cipher;
}

/* As ESP has it: the digest is over a header and an IV, too, which are in front of the text. */
static void
esp(struct env *env, const struct transform *t, struct message *m)
{
	uint32_t outer = rng_range(&env->rng, 0, 20);
	uint32_t text = round_down(t, m->len - outer - 24);

	m->cipher = (struct region){ outer + 24, text };
	m->auth = (struct region){ outer, 24 + text };
}

/* The digest is over a part of the encrypted text only. */
static void
part(struct env *env, const struct transform *t, struct message *m)
{
	m->cipher = (struct region){ 0, round_down(t, m->len) };
	m->auth.offset = rng_range(&env->rng, 1, m->cipher.len / 2);
	m->auth.len = rng_range(&env->rng, 1, m->cipher.len - m->auth.offset);
}

/* The digest is over more than the text, behind it too. */
static void
trailer(struct env *env, const struct transform *t, struct message *m)
{
	uint32_t head = rng_range(&env->rng, 0, 16);

	m->cipher = (struct region){ head, round_down(t, m->len - head - 16) };
	m->auth = (struct region){ 0, m->len };
}

/* The regions have no byte in common. */
static void
disjoint(struct env *env, const struct transform *t, struct message *m)
{
	uint32_t half = round_down(t, m->len / 2);
	uint32_t gap = rng_range(&env->rng, 0, 5);

	m->cipher = (struct region){ 0, half };
	m->auth = (struct region){ half + gap, m->len - half - gap };
}

static enum verdict
run_direction(struct env *env, const struct transform *t, const struct scatter_case *c)
{
	struct subject s = { .t = t, .shape = c->shape };
	enum verdict v = job_session_must(env, t, &s.session);
	struct message m;
	unsigned int round;

	if (v != PASS)
		return v;
	for (round = 0; round < 6 && v == PASS; round++) {
		m = message_alloc(c->len != 0 ? c->len : rng_range(&env->rng, 8, 100) * 16);
		c->regions(env, t, &m);
		s.msg = &m;
		if (message_random(&m, t, &env->rng) != 0)
			v = test_fail(env, "OpenSSL does not compute the answers");
		else
			v = c->layouts(env, &s);
		message_free(&m);
	}
	if (job_session_free(env, s.session) != PASS)
		v = FAIL;
	return v;
}

static enum verdict
run_scatter(struct env *env, const void *arg)
{
	const struct scatter_case *c = arg;
	struct transform t, reverse;
	enum verdict v;

	if ((env->info.feature_flags & c->shape->feature) != c->shape->feature)
		return test_skip(env, "the device does not have the feature %s",
				 rte_cryptodev_get_feature_name(c->shape->feature));
	t = transform_make(&env->rng, c->cipher, c->auth, c->digest_of_cipher);
	v = transform_supported(env, &t);
	if (v == PASS)
		v = run_direction(env, &t, c);
	reverse = transform_reverse(&t);
	return v == PASS ? run_direction(env, &reverse, c) : v;
}

static void
add_row(const struct scatter_case *row, const char *what)
{
	struct scatter_case *c = malloc(sizeof(*c));
	struct transform t = { 0 };
	char name[64];

	if (c == NULL)
		rte_panic("no memory for the table of cases\n");
	*c = *row;
	t.cipher = row->cipher != NULL ? algo_find(row->cipher) : NULL;
	t.auth = row->auth != NULL ? algo_find(row->auth) : NULL;
	t.digest_of_cipher = row->digest_of_cipher;
	test_register(run_scatter, c, "scatter/%s/%s/%s", row->shape->name,
		      transform_name(&t, name, sizeof(name)), what);
}

/* What to encrypt and digest: the rows' first four fields. */
static const struct scatter_case subjects[] = {
	{ NULL, "aes-cbc", NULL, false, NULL, 0, NULL },
	{ NULL, "aes-ctr", NULL, false, NULL, 0, NULL },
	{ NULL, NULL, "hmac-sha256", false, NULL, 0, NULL },
	{ NULL, "aes-cbc", "hmac-sha1", true, NULL, 0, NULL },
	{ NULL, "aes-cbc", "hmac-sha1", false, NULL, 0, NULL },
	{ NULL, "aes-ctr", "aes-cmac", true, NULL, 0, NULL },
	{ NULL, "3des-cbc", "hmac-sha1", true, NULL, 0, NULL },
	{ NULL, "aes-f8", NULL, false, NULL, 0, NULL },
	{ NULL, NULL, "sha3-256", false, NULL, 0, NULL },
	{ NULL, "aes-xts", "aes-cbc-mac", true, NULL, 0, NULL },
	{ NULL, "arc4", "sha3-512", false, NULL, 0, NULL },
};

static const struct {
	const char *name;
	enum verdict (*layouts)(struct env *env, const struct subject *s);
	uint32_t len;
} kinds[] = {
	{ "every_boundary", every_boundary, 80 },
	{ "single_bytes", single_bytes, 64 },
	{ "random", random_cuts, 0 },
	{ "empty_segments", empty_segments, 64 },
};

static const struct {
	const char *name;
	void (*regions)(struct env *env, const struct transform *t, struct message *m);
	bool needs_both;
} regions[] = {
	{ "inner_region", inner, false },	{ "esp_regions", esp, true },
	{ "digest_of_part", part, true },	{ "digest_of_more", trailer, true },
	{ "disjoint_regions", disjoint, true },
};

static void
register_shape(const struct shape *shape, struct scatter_case row)
{
	bool cut = shape->cut_src || shape->cut_dst;
	unsigned int i;

	row.shape = shape;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		row.layouts = kinds[i].layouts;
		row.len = kinds[i].len;
		row.regions = whole;
		if (cut)
			add_row(&row, kinds[i].name);
	}
	row.layouts = random_cuts;
	row.len = 0;
	if (!cut)
		add_row(&row, "whole");
	for (i = 0; i < RTE_DIM(regions); i++) {
		row.regions = regions[i].regions;
		if (!regions[i].needs_both || (row.cipher != NULL && row.auth != NULL))
			add_row(&row, regions[i].name);
	}
}

void
register_scatter(void)
{
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(shapes); i++) {
		for (j = 0; j < RTE_DIM(subjects); j++) {
			/* A digest alone has nothing to put out of place. */
			if (subjects[j].cipher != NULL || !shapes[i].out_of_place)
				register_shape(&shapes[i], subjects[j]);
		}
	}
}
