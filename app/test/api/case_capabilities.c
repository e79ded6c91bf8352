/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "job.h"
#include "wireless.h"

/**
 * @file
 * What the device advertises, it does: applications choose by capabilities.
 */

/* A session for a key of this size, if that is advertised. */
static enum verdict
try_key(struct env *env, const struct algo *algo, uint8_t key_len, unsigned int *tried)
{
	bool aead = algo->type == RTE_CRYPTO_SYM_XFORM_AEAD;
	struct transform t = { .forward = true, .key_len = key_len, .iv_len = algo->iv_len };
	void *session;

	if (aead)
		t.aead = algo;
	else
		t.cipher = algo;
	t.digest_len = algo->digest_len;
	if (!algo_advertised(env, algo, key_len, t.iv_len, t.digest_len, 0))
		return PASS;
	(*tried)++;
	transform_random_keys(&t, &env->rng);
	session = job_session(env, &t);
	if (session == NULL)
		return test_fail(env, "%s with a key of %u bytes is advertised, and refused: %s",
				 algo->name, key_len, rte_strerror(rte_errno));
	return job_session_free(env, session);
}

/* Every key size of every cipher and AEAD algorithm. */
static enum verdict
keys(struct env *env, const void *arg __rte_unused)
{
	unsigned int i, k, tried = 0;
	const struct algo *algo;
	enum verdict v = PASS;

	for (i = 0; (algo = algo_at(i)) != NULL && v == PASS; i++) {
		if (algo->type == RTE_CRYPTO_SYM_XFORM_AUTH)
			continue;
		for (k = 0; algo->key_len[k] != 0 && v == PASS; k++)
			v = try_key(env, algo, algo->key_len[k], &tried);
	}
	if (v == PASS && tried == 0)
		return test_skip(env, "the device advertises no key size that is known here");
	return v;
}

#define WALK_TEXT 64
#define CCM_ROOM  18 /* before the additional data, for the cryptodev's own use */

/* Memory for any additional data, with room that CCM wants around it. */
static uint8_t *walk_aad;

static uint16_t
usual(const struct rte_crypto_param_range *range, uint16_t want)
{
	return want >= range->min && want <= range->max ? want : range->min;
}

/* The answer of a wireless algorithm, which OpenSSL does not have. */
static void
compute_wireless(struct message *m, const struct transform *t)
{
	memcpy(m->secret, m->plain, m->len);
	if (t->cipher != NULL && t->cipher->id == RTE_CRYPTO_CIPHER_KASUMI_F8)
		wireless_kasumi_f8(t->key, m->iv, m->plain, m->secret, m->len);
	else if (t->cipher != NULL && t->cipher->id == RTE_CRYPTO_CIPHER_SNOW3G_UEA2)
		wireless_snow3g_uea2(t->key, m->iv, m->plain, m->secret, m->len);
	else if (t->cipher != NULL)
		wireless_zuc_eea3(t->key, t->key_len, m->iv, m->plain, m->secret, m->len);
	else if (t->auth->id == RTE_CRYPTO_AUTH_KASUMI_F9)
		wireless_kasumi_f9(t->auth_key, m->plain, m->len, m->digest);
	else if (t->auth->id == RTE_CRYPTO_AUTH_SNOW3G_UIA2)
		wireless_snow3g_uia2(t->auth_key, m->auth_iv, m->plain, m->len, m->digest);
	else
		wireless_zuc_eia3(t->auth_key, t->auth_key_len, m->auth_iv, m->plain, m->len,
				  m->digest, t->digest_len);
}

static int
compute(struct message *m, const struct transform *t, struct rng *rng)
{
	const struct algo *algo = t->aead != NULL ? t->aead : t->auth != NULL ? t->auth : t->cipher;
	struct transform without_aad = *t;
	int i;

	/* A message has room for less of it. */
	without_aad.aad_len = 0;
	message_random(m, &without_aad, rng);
	/* An IV of ZUC-256 ends with 8 bytes of 6 bits each. */
	for (i = 17; i < 25; i++) {
		m->iv[i] &= 0x3f;
		m->auth_iv[i] &= 0x3f;
	}
	if (algo->ref == REF_NONE) {
		compute_wireless(m, t);
		return 0;
	}
	if (t->aead == NULL)
		return message_compute(m, t);
	rng_fill(rng, walk_aad + CCM_ROOM, t->aad_len);
	return reference_aead(t->aead, (struct bytes){ t->key, t->key_len },
			      (struct bytes){ m->iv, t->iv_len },
			      (struct bytes){ walk_aad + CCM_ROOM, t->aad_len }, m->plain,
			      m->secret, m->len, m->digest, t->digest_len);
}

/* One operation with a session, checked. */
static enum verdict
operate(struct env *env, const struct transform *t, void *session, const struct message *m)
{
	const struct layout layout = layout_linear(m->len);
	/* Its additional data is longer than a job has room for. */
	struct transform without_aad = *t;
	struct job job = { .transform = &without_aad, .msg = m, .session = session };
	enum verdict v;

	without_aad.aad_len = 0;
	v = job_build(env, &job, &layout);
	if (v == PASS && t->aead != NULL) {
		struct rte_crypto_sym_op *sym = job.op->sym;

		sym->aead.aad.data = walk_aad +
			(t->aead->id == RTE_CRYPTO_AEAD_AES_CCM ? 0 : CCM_ROOM);
		sym->aead.aad.phys_addr = rte_malloc_virt2iova(walk_aad) +
			(sym->aead.aad.data - walk_aad);
	}
	if (v == PASS)
		v = job_run(env, 0, &job, 1, 1);
	if (v == PASS)
		v = job_check(env, &job);
	job_free(&job);
	return v;
}

/* Sessions of these lengths, in both directions, and an operation with each. */
static enum verdict
walk_lengths(struct env *env, struct transform *t)
{
	const struct algo *algo = t->aead != NULL ? t->aead : t->auth != NULL ? t->auth : t->cipher;
	struct message m = message_alloc(WALK_TEXT);
	enum verdict v = PASS;
	void *session;
	int forward;

	transform_random_keys(t, &env->rng);
	if (compute(&m, t, &env->rng) != 0)
		v = test_fail(env, "%s: no reference", algo->name);
	for (forward = 1; forward >= 0 && v == PASS; forward--) {
		t->forward = forward;
		session = job_session(env, t);
		if (session == NULL) {
			v = test_fail(env, "a session is refused: %s", rte_strerror(rte_errno));
			break;
		}
		v = operate(env, t, session, &m);
		if (job_session_free(env, session) != PASS)
			v = FAIL;
	}
	message_free(&m);
	if (v != PASS)
		test_fail(env, "%s", env->reason);
	return v;
}

/* Steps that are tried of a range: all of a short one; of a long one the ends and powers of two. */
static uint32_t
next_step(const struct rte_crypto_param_range *range, uint32_t value)
{
	uint32_t next = value + range->increment;

	if (range->increment == 0 || value >= range->max)
		return UINT32_MAX;
	if (range->max - range->min > 1024 && value > 130)
		next = (value & (value - 1)) == 0  ? value + 1 :
			(value & (value + 1)) == 0 ? value + 1 :
						     2 * (1u << (31 - __builtin_clz(value))) - 1;
	return RTE_MIN(next, (uint32_t)range->max);
}

/* Walks one range of an algorithm; @p member is that of the transform which it is of. */
static enum verdict
walk_range(struct env *env, const struct transform *like, const char *what,
	   const struct rte_crypto_param_range *range, size_t member)
{
	const struct algo *algo = like->aead != NULL ? like->aead :
		like->auth != NULL		     ? like->auth :
						       like->cipher;
	uint32_t value;

	for (value = range->min; value != UINT32_MAX; value = next_step(range, value)) {
		struct transform t = *like;
		bool zuc = strncmp(algo->name, "zuc", 3) == 0;

		/* Keys without a device between are longer than a transform has room for. */
		if (member == offsetof(struct transform, auth_key_len) && value > MAX_KEY)
			break;
		memcpy((uint8_t *)&t + member, &(uint16_t){ value }, sizeof(uint16_t));
		/* An IV goes with a key, and so does a digest. */
		if (zuc && member == offsetof(struct transform, key_len))
			t.iv_len = value == 32 ? 25 : 16;
		if (zuc && member == offsetof(struct transform, iv_len))
			t.key_len = value == 25 ? 32 : 16;
		if (zuc && member == offsetof(struct transform, auth_key_len))
			t.auth_iv_len = value == 32 ? 25 : 16;
		if (zuc && member == offsetof(struct transform, auth_iv_len))
			t.auth_key_len = value == 25 ? 32 : 16;
		if (zuc && member == offsetof(struct transform, digest_len) && value > 4) {
			t.auth_key_len = 32;
			t.auth_iv_len = 25;
		}
		if (walk_lengths(env, &t) != PASS) {
			char reason[sizeof(env->reason)];

			snprintf(reason, sizeof(reason), "%s", env->reason);
			test_forget(env);
			return test_fail(env, "%s advertises %s of %u bytes: %.300s", algo->name,
					 what, value, reason);
		}
	}
	return PASS;
}

static const struct algo *
algo_of(const struct rte_cryptodev_symmetric_capability *cap)
{
	const struct algo *algo;
	unsigned int i;
	int id = cap->xform_type == RTE_CRYPTO_SYM_XFORM_AEAD ? (int)cap->aead.algo :
		cap->xform_type == RTE_CRYPTO_SYM_XFORM_AUTH  ? (int)cap->auth.algo :
								(int)cap->cipher.algo;

	for (i = 0; (algo = algo_at(i)) != NULL; i++)
		if (algo->type == cap->xform_type && algo->id == id)
			return algo;
	return NULL;
}

#define WALK(env, t, what, range, member)                                                          \
	walk_range(env, t, what, range, offsetof(struct transform, member))

static enum verdict
walk_auth(struct env *env, const struct algo *algo,
	  const struct rte_cryptodev_symmetric_capability *cap)
{
	struct transform t = { .auth = algo };

	if (algo->ref == REF_NOTHING || cap->auth.digest_size.min > MAX_DIGEST)
		return PASS;
	t.auth_key_len = usual(&cap->auth.key_size, algo->key_len[0]);
	t.auth_iv_len = usual(&cap->auth.iv_size, algo->iv_len);
	t.digest_len = usual(&cap->auth.digest_size, algo->digest_len);
	if (WALK(env, &t, "keys", &cap->auth.key_size, auth_key_len) != PASS ||
	    WALK(env, &t, "IVs", &cap->auth.iv_size, auth_iv_len) != PASS)
		return FAIL;
	return WALK(env, &t, "digests", &cap->auth.digest_size, digest_len);
}

static enum verdict
walk_cipher(struct env *env, const struct algo *algo,
	    const struct rte_cryptodev_symmetric_capability *cap)
{
	struct transform t = { .cipher = algo };

	t.key_len = usual(&cap->cipher.key_size, algo->key_len[0]);
	t.iv_len = usual(&cap->cipher.iv_size, algo->iv_len);
	if (WALK(env, &t, "keys", &cap->cipher.key_size, key_len) != PASS)
		return FAIL;
	return WALK(env, &t, "IVs", &cap->cipher.iv_size, iv_len);
}

static enum verdict
walk_aead(struct env *env, const struct algo *algo,
	  const struct rte_cryptodev_symmetric_capability *cap)
{
	struct transform t = { .aead = algo };

	t.key_len = usual(&cap->aead.key_size, algo->key_len[0]);
	t.iv_len = usual(&cap->aead.iv_size, algo->iv_len);
	t.digest_len = usual(&cap->aead.digest_size, algo->digest_len);
	t.aad_len = usual(&cap->aead.aad_size, 20);
	if (WALK(env, &t, "keys", &cap->aead.key_size, key_len) != PASS ||
	    WALK(env, &t, "IVs", &cap->aead.iv_size, iv_len) != PASS ||
	    WALK(env, &t, "tags", &cap->aead.digest_size, digest_len) != PASS)
		return FAIL;
	return WALK(env, &t, "additional data", &cap->aead.aad_size, aad_len);
}

/* Each step of each range that the device advertises: its sessions are made, its answers right. */
static enum verdict
walk(struct env *env, const void *arg __rte_unused)
{
	const struct rte_cryptodev_capabilities *cap = env->info.capabilities;
	enum verdict v = PASS;
	unsigned int tried = 0;

	walk_aad = rte_zmalloc("test", UINT16_MAX + 64, 64);
	if (walk_aad == NULL)
		return test_fail(env, "no memory");
	for (; cap->op != RTE_CRYPTO_OP_TYPE_UNDEFINED && v == PASS; cap++) {
		const struct algo *algo;

		if (cap->op != RTE_CRYPTO_OP_TYPE_SYMMETRIC || (algo = algo_of(&cap->sym)) == NULL)
			continue;
		tried++;
		if (cap->sym.xform_type == RTE_CRYPTO_SYM_XFORM_AUTH)
			v = walk_auth(env, algo, &cap->sym);
		else if (cap->sym.xform_type == RTE_CRYPTO_SYM_XFORM_AEAD)
			v = walk_aead(env, algo, &cap->sym);
		else
			v = walk_cipher(env, algo, &cap->sym);
	}
	rte_free(walk_aad);
	if (v == PASS && tried == 0)
		return test_skip(env, "the device advertises no algorithm that is known here");
	return v;
}

void
register_capabilities(void)
{
	test_register(keys, NULL, "capabilities/keys");
	test_register(walk, NULL, "capabilities/walk");
}
