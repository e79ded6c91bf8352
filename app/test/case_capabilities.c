/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_errno.h>

#include "job.h"

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

void
register_capabilities(void)
{
	test_register(keys, NULL, "capabilities/keys");
}
