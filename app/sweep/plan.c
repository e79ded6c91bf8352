/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What is tried of an algorithm. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_debug.h>

#include "sweep.h"

bool sweep_verbose;

static const struct sweep_layout layouts[] = {
	{ "in place", true, 0, 1 },	    { "out of place", false, 0, 1 },
	{ "in place, odd", true, 3, 1 },    { "in 2 pieces", true, 0, 2 },
	{ "odd, in 5 pieces", true, 1, 5 }, { "out of place, odd, in 7 pieces", false, 5, 7 },
};

/*
 * Boundaries, each with its neighbours: blocks and powers of two, what the multi-buffer library
 * documents as the most of KASUMI and ZUC, an mbuf, and what goes with its largest data.
 */
static const uint32_t boundaries[] = {
	8,     16,    24,    32,    48,	   64,	   112,	   128,	   136,
	256,   512,   1024,  2048,  2500,  4096,   8188,   8192,   16384,
	32768, 65280, 65504, 65520, 65535, 131072, 262144, 524288, SWEEP_MAX_DATA - 16,
};

struct lengths {
	uint32_t nb;
	uint32_t len[4096];
};

static void
add_length(struct lengths *l, uint32_t len)
{
	if (len <= SWEEP_MAX_DATA && (l->nb == 0 || l->len[l->nb - 1] < len))
		l->len[l->nb++] = len;
}

/* All lengths up to a few blocks, then the boundaries; between them a few more if all are due. */
static void
list_lengths(struct lengths *l, bool all)
{
	uint32_t small = all ? 280 : 36, i, at, near = all ? 17 : 1;

	l->nb = 0;
	for (i = 0; i <= small; i++)
		add_length(l, i);
	for (i = 0; i < RTE_DIM(boundaries); i++) {
		if (all && i > 0)
			for (at = boundaries[i - 1] + 97; at < boundaries[i];
			     at += RTE_MAX(boundaries[i] / 16, 101u))
				add_length(l, at);
		for (at = boundaries[i] - RTE_MIN(near, boundaries[i]); at <= boundaries[i] + near;
		     at++)
			add_length(l, at);
	}
}

static bool
fits(const struct sweep_probe *p, uint32_t len)
{
	return p->cipher == NULL || !p->cipher->whole_blocks || len % p->cipher->block_size == 0;
}

/* The trials of a session that wait to be run together. */
struct burst {
	const struct sweep_target *target;
	struct sweep_tally *tally;
	struct sweep_probe probes[SWEEP_BURST];
	struct sweep_material materials[SWEEP_BURST];
	unsigned int nb_probes;
	struct sweep_trial trials[SWEEP_BURST];
	unsigned int nb;
};

static const char *
name_of(const struct virtio_crypto_alg *alg)
{
	return alg != NULL ? alg->name : "";
}

static void
tell(const struct sweep_trial *t)
{
	const struct sweep_probe *p = t->probe;

	if (t->verdict == SWEEP_RIGHT || !sweep_verbose)
		return;
	printf("  %s: %s %s, %s, %u bytes %s; key %u+%u, IV %u+%u%s, additional data %u, digest "
	       "%u%s\n",
	       t->verdict == SWEEP_WRONG ? "wrong" : "refused", name_of(p->cipher),
	       name_of(p->auth), p->decrypt ? "decrypted" : "encrypted", p->len, t->layout->name,
	       p->key_len, p->auth_key_len, p->iv_len, p->auth_iv_len,
	       p->iv != SWEEP_IV_ANY ? " that wraps" : "", p->aad_len, p->digest_len,
	       p->auth_first ? " of the plain text" : "");
}

static void
flush(struct burst *b)
{
	unsigned int i, n;

	for (i = 0; i < b->nb; i += n) {
		n = b->target->run(&b->trials[i], b->nb - i);
		for (unsigned int j = i; j < i + n; j++) {
			b->tally->verdicts[b->trials[j].verdict]++;
			tell(&b->trials[j]);
		}
	}
	for (i = 0; i < b->nb_probes; i++)
		sweep_material_free(&b->materials[i]);
	b->nb = b->nb_probes = 0;
}

/* Adds a length of a session in all layouts, or in one of them. */
static bool
add(struct burst *b, const struct sweep_probe *p, bool every_layout)
{
	struct sweep_material *m;
	unsigned int i;

	if (b->nb_probes == RTE_DIM(b->probes) || b->nb + RTE_DIM(layouts) > RTE_DIM(b->trials))
		flush(b);
	m = &b->materials[b->nb_probes];
	if (!sweep_material_make(p, m))
		return false;
	b->probes[b->nb_probes] = *p;
	for (i = 0; i < (every_layout ? RTE_DIM(layouts) : 1); i++)
		if (b->target->takes(p, &layouts[i]))
			b->trials[b->nb++] =
				(struct sweep_trial){ .probe = &b->probes[b->nb_probes],
						      .material = m,
						      .layout = &layouts[i] };
	b->nb_probes++;
	return true;
}

/* Every length with a session, in both directions. @return whether there is such a session */
static bool
sweep_lengths(const struct sweep_target *target, const struct sweep_probe *like,
	      const struct lengths *lengths, bool every_layout, struct sweep_tally *tally)
{
	static struct burst b;
	struct sweep_probe p = *like;
	struct sweep_material m;
	uint32_t i;

	p.len = 0;
	/* Some have no answer of no data: the keys are the same with any. */
	if (!sweep_material_make(&p, &m)) {
		p.len = 64;
		if (!sweep_material_make(&p, &m))
			return false;
	}
	if (!target->session(&p, &m)) {
		sweep_material_free(&m);
		return false;
	}
	sweep_material_free(&m);
	b.target = target;
	b.tally = tally;
	for (i = 0; i < lengths->nb; i++) {
		p.len = lengths->len[i];
		if (!fits(&p, p.len) || !add(&b, &p, every_layout))
			continue;
		tally->max_len = RTE_MAX(tally->max_len, p.len);
	}
	flush(&b);
	target->session_end();
	return true;
}

static const struct lengths some_lengths = {
	.nb = 11, .len = { 0, 1, 8, 16, 17, 63, 64, 100, 1000, 1024, 4096 }
};

/* A session as most are, with the longest digest. */
static struct sweep_probe
usual(const struct virtio_crypto_alg *alg)
{
	struct sweep_probe p = { 0 };

	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH) {
		p.auth = alg;
		p.auth_key_len = alg->key.max > 64 ? 20 : alg->key.min;
		p.auth_iv_len = alg->iv.min;
		p.digest_len = RTE_MIN(alg->digest.max, (uint16_t)SWEEP_MAX_DIGEST);
		if (alg->algo == RTE_CRYPTO_AUTH_ZUC_EIA3)
			p.digest_len = 4;
		return p;
	}
	p.cipher = alg;
	p.key_len = alg->key.min;
	p.iv_len = alg->iv.max;
	p.digest_len = alg->digest.max;
	if (alg->algo == RTE_CRYPTO_CIPHER_3DES_CBC && alg->xform == RTE_CRYPTO_SYM_XFORM_CIPHER)
		p.key_len = 24;
	if (alg->algo == RTE_CRYPTO_CIPHER_ZUC_EEA3 && alg->xform == RTE_CRYPTO_SYM_XFORM_CIPHER)
		p.iv_len = 16;
	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AEAD) {
		p.iv_len = 12;
		p.aad_len = 20;
	}
	return p;
}

/* The values of a range, or those of a long one that are next to boundaries. */
static uint32_t
next_value(const struct rte_crypto_param_range *range, uint32_t value, uint32_t max, bool all)
{
	uint32_t step = range->increment;

	if (step == 0)
		return value == range->min && range->max > value ? range->max : UINT32_MAX;
	value += step;
	if (!all && value > 20 && value < 63 && step == 1)
		value = 63;
	if (value > 140 && value + 1 < max && step == 1)
		value = value < max / 2 ? max / 2 : max - 1;
	return value > RTE_MIN(max, (uint32_t)range->max) ? UINT32_MAX : value;
}

#define FOR_RANGE(v, range, most, all)                                                             \
	for (uint32_t v = (range)->min; v != UINT32_MAX; v = next_value(range, v, most, all))

/* Lengths of keys, IVs and digests, each over its whole range. */
static void
sweep_parameters(const struct sweep_target *target, const struct virtio_crypto_alg *alg, bool all,
		 struct sweep_tally *tally)
{
	struct sweep_probe p = usual(alg);
	uint32_t *key = p.auth != NULL ? &p.auth_key_len : &p.key_len;
	uint32_t *iv = p.auth != NULL ? &p.auth_iv_len : &p.iv_len;

	FOR_RANGE(k, &alg->key, p.auth != NULL ? SWEEP_MAX_AUTH : SWEEP_MAX_KEY, all)
	{
		*key = k;
		FOR_RANGE(v, &alg->iv, SWEEP_MAX_IV, all)
		{
			*iv = v;
			sweep_lengths(target, &p, &some_lengths, false, tally);
		}
	}
	p = usual(alg);
	FOR_RANGE(d, &alg->digest, SWEEP_MAX_DIGEST, true)
	{
		p.digest_len = d;
		sweep_lengths(target, &p, &some_lengths, false, tally);
	}
	if (alg->bits && alg->key.max == 32) { /* ZUC-256, whose IV and digests go with its key */
		*key = 32;
		*iv = 25;
		for (p.digest_len = p.auth != NULL ? 4 : 0; p.digest_len <= 16;
		     p.digest_len = p.digest_len == 0 ? 99 : 2 * p.digest_len)
			sweep_lengths(target, &p, &some_lengths, false, tally);
	}
}

static void
sweep_aad(const struct sweep_target *target, const struct virtio_crypto_alg *alg,
	  struct sweep_tally *tally)
{
	static const uint32_t aads[] = { 0,	1,     2,     12,    13,    14,	   15,	  16,
					 17,	46,    47,    64,    240,   241,   1024,  1025,
					 65279, 65280, 65281, 65501, 65502, 65519, 65520, 65535 };
	struct sweep_probe p = usual(alg);
	unsigned int i;

	for (i = 0; i < RTE_DIM(aads); i++) {
		p.aad_len = aads[i];
		sweep_lengths(target, &p, &some_lengths, false, tally);
	}
}

/* With a companion that the cryptodev may have: each in both orders. */
static void
sweep_chains(const struct sweep_target *target, const struct virtio_crypto_alg *alg,
	     enum sweep_iv iv, const struct lengths *lengths, struct sweep_tally *tally)
{
	static const struct {
		uint8_t cipher;
		uint8_t auth;
	} companions[] = {
		{ RTE_CRYPTO_CIPHER_AES_CBC, RTE_CRYPTO_AUTH_SHA1_HMAC },
		{ RTE_CRYPTO_CIPHER_SNOW3G_UEA2, RTE_CRYPTO_AUTH_SNOW3G_UIA2 },
		{ RTE_CRYPTO_CIPHER_ZUC_EEA3, RTE_CRYPTO_AUTH_ZUC_EIA3 },
		{ RTE_CRYPTO_CIPHER_KASUMI_F8, RTE_CRYPTO_AUTH_KASUMI_F9 },
	};
	bool is_auth = alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH;
	unsigned int nb, i, j;
	const struct virtio_crypto_alg *algs = virtio_crypto_algs(&nb);

	for (i = 0; i < nb; i++) {
		const struct virtio_crypto_alg *other = &algs[i];
		struct sweep_probe p, q;
		bool match = false;

		if (other->xform == alg->xform || other->xform == RTE_CRYPTO_SYM_XFORM_AEAD)
			continue;
		for (j = 0; j < RTE_DIM(companions); j++)
			match |= other->algo ==
					(is_auth ? companions[j].cipher : companions[j].auth) &&
				(j == 0 ||
				 alg->algo ==
					 (is_auth ? companions[j].auth : companions[j].cipher));
		if (!match)
			continue;
		p = usual(is_auth ? other : alg);
		q = usual(is_auth ? alg : other);
		p.auth = q.auth;
		p.auth_key_len = q.auth_key_len;
		p.auth_iv_len = q.auth_iv_len;
		p.digest_len = q.digest_len;
		for (j = 0; j < 4; j++) {
			p.auth_first = j & 1;
			p.decrypt = j & 2;
			p.iv = iv;
			sweep_lengths(target, &p, lengths, j == 0 || iv != SWEEP_IV_ANY, tally);
		}
	}
}

static bool
counts(const struct virtio_crypto_alg *alg)
{
	return alg->xform == RTE_CRYPTO_SYM_XFORM_CIPHER &&
		(alg->algo == RTE_CRYPTO_CIPHER_AES_CTR || alg->algo == RTE_CRYPTO_CIPHER_3DES_CTR);
}

/* Counters that end, alone and in chains. */
static void
sweep_counters(const struct sweep_target *target, const struct virtio_crypto_alg *alg,
	       struct sweep_tally *tally)
{
	static const enum sweep_iv ivs[] = { SWEEP_IV_WRAPS_32, SWEEP_IV_WRAPS };
	struct sweep_probe p = usual(alg);
	unsigned int i;

	for (i = 0; i < RTE_DIM(ivs); i++) {
		p.iv = ivs[i];
		p.decrypt = false;
		sweep_lengths(target, &p, &some_lengths, true, tally);
		p.decrypt = true;
		sweep_lengths(target, &p, &some_lengths, true, tally);
		sweep_chains(target, alg, ivs[i], &some_lengths, tally);
	}
}

bool
sweep_algorithm(const struct sweep_target *target, const struct virtio_crypto_alg *alg, bool all,
		struct sweep_tally *tally)
{
	static struct lengths lengths;
	struct sweep_probe p = usual(alg);
	bool has = false;

	memset(tally, 0, sizeof(*tally));
	if (p.auth != NULL && p.digest_len == 0)
		return false; /* the one that does nothing */
	list_lengths(&lengths, all);
	has = sweep_lengths(target, &p, &lengths, true, tally);
	for (uint32_t i = 0; has && i < lengths.nb; i++)
		tally->lengths += fits(&p, lengths.len[i]);
	if (p.cipher != NULL) {
		p.decrypt = true;
		has |= sweep_lengths(target, &p, &lengths, true, tally);
	}
	if (!has)
		return false;
	sweep_parameters(target, alg, all, tally);
	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AEAD)
		sweep_aad(target, alg, tally);
	else
		sweep_chains(target, alg, SWEEP_IV_ANY, &lengths, tally);
	if (counts(alg))
		sweep_counters(target, alg, tally);
	return true;
}
