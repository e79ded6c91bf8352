/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "job_private.h"
#include "reference.h"

/**
 * @file
 * A digest that is among the ciphered data, as RTE_CRYPTODEV_FF_DIGEST_ENCRYPTED promises.
 */

/* A text, and the same with a digest of HMAC-SHA1 behind it. */
#define TEXT_LEN   300
#define INSIDE_LEN (TEXT_LEN + 20)

/* A text with its digest behind it, ciphered together. */
struct sealed {
	uint8_t plain[INSIDE_LEN];
	uint8_t secret[INSIDE_LEN];
};

static int
seal(const struct transform *t, const uint8_t *iv, struct rng *rng, struct sealed *s)
{
	unsigned int i;

	for (i = 0; i < TEXT_LEN; i++)
		s->plain[i] = rng_range(rng, 0, UINT8_MAX);
	if (reference_auth(t->auth, (struct bytes){ t->auth_key, t->auth_key_len },
			   (struct bytes){ NULL, 0 }, (struct bytes){ s->plain, TEXT_LEN },
			   s->plain + TEXT_LEN) != 0)
		return -1;
	return reference_cipher(t->cipher, (struct bytes){ t->key, t->key_len },
				(struct bytes){ iv, t->iv_len }, true, s->plain, s->secret,
				INSIDE_LEN);
}

/* Runs an operation whose digest is among its data; how it ends is in the result. */
static enum verdict
run_inside(struct env *env, const struct transform *t, void *session, const uint8_t *iv,
	   bool out_of_place, uint8_t *text, uint8_t *status)
{
	uint64_t end = rte_get_timer_cycles() + env->opt.timeout * rte_get_timer_hz();
	struct rte_crypto_op *op, *back = NULL;
	struct rte_mbuf *m = rte_pktmbuf_alloc(env->small), *to = m;
	uint8_t *data;

	op = rte_crypto_op_alloc(env->ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	if (op == NULL || m == NULL)
		return test_fail(env, "the pools are empty");
	data = (uint8_t *)rte_pktmbuf_append(m, INSIDE_LEN);
	memcpy(data, text, INSIDE_LEN);
	rte_crypto_op_attach_sym_session(op, session);
	memcpy(job_extra(op)->iv, iv, t->iv_len);
	op->sym->m_src = m;
	if (out_of_place) {
		to = rte_pktmbuf_alloc(env->small);
		if (to == NULL)
			return test_fail(env, "the pools are empty");
		op->sym->m_dst = to;
		data = (uint8_t *)rte_pktmbuf_append(to, INSIDE_LEN);
	}
	op->sym->cipher.data.length = INSIDE_LEN;
	op->sym->auth.data.length = TEXT_LEN;
	op->sym->auth.digest.data = data + TEXT_LEN;
	op->sym->auth.digest.phys_addr = rte_pktmbuf_iova_offset(to, TEXT_LEN);
	if (rte_cryptodev_enqueue_burst(env->dev_id, env->opt.first_qp, &op, 1) != 1)
		return test_fail(env, "the operation was not accepted");
	while (rte_cryptodev_dequeue_burst(env->dev_id, env->opt.first_qp, &back, 1) == 0) {
		if (rte_get_timer_cycles() > end) {
			env->stuck = true;
			return test_fail(env, "the operation did not come back");
		}
	}
	*status = op->status;
	memcpy(text, data, INSIDE_LEN);
	rte_pktmbuf_free(m);
	if (out_of_place)
		rte_pktmbuf_free(to);
	rte_crypto_op_free(op);
	return PASS;
}

static enum verdict
seal_and_open(struct env *env, const struct transform *t, bool out_of_place, bool tampered)
{
	struct transform one_way = t->forward ? *t : transform_reverse(t);
	uint8_t iv[MAX_IV] = { 7 }, text[INSIDE_LEN], status = 0;
	enum verdict v;
	struct sealed s;
	void *session;

	if (seal(&one_way, iv, &env->rng, &s) != 0)
		return test_fail(env, "OpenSSL does not compute the answers");
	v = job_session_must(env, t, &session);
	if (v != PASS)
		return v;
	memcpy(text, t->forward ? s.plain : s.secret, INSIDE_LEN);
	if (t->forward)
		memset(text + TEXT_LEN, 0, INSIDE_LEN - TEXT_LEN);
	text[0] ^= tampered;
	v = run_inside(env, t, session, iv, out_of_place, text, &status);
	if (v == PASS && tampered && status != RTE_CRYPTO_OP_STATUS_AUTH_FAILED)
		v = test_fail(env, "status %u for a text that was changed", status);
	if (v == PASS && !tampered && status != RTE_CRYPTO_OP_STATUS_SUCCESS)
		v = test_fail(env, "status %u", status);
	/* Whether a digest that was verified is left behind the text is not said. */
	if (v == PASS && !tampered &&
	    memcmp(text, t->forward ? s.secret : s.plain, t->forward ? INSIDE_LEN : TEXT_LEN) != 0)
		v = test_fail(env, "a wrong text with a good status");
	if (job_session_free(env, session) != PASS)
		v = FAIL;
	return v;
}

/* What the flag promises: a digest that is among the ciphered data is ciphered with it. */
static enum verdict
digest_encrypted(struct env *env, const void *arg __rte_unused)
{
	struct transform t = transform_make(&env->rng, "aes-ctr", "hmac-sha1", false);
	enum verdict v = transform_supported(env, &t);
	unsigned int i;

	if (v != PASS)
		return v;
	if (!(env->info.feature_flags & RTE_CRYPTODEV_FF_DIGEST_ENCRYPTED))
		return test_skip(env, "the device does not say that it can");
	for (i = 0; i < 2 && v == PASS; i++)
		v = seal_and_open(env, &t, i == 1, false);
	t = transform_reverse(&t);
	for (i = 0; i < 2 && v == PASS; i++)
		v = seal_and_open(env, &t, i == 1, false);
	for (i = 0; i < 2 && v == PASS; i++)
		v = seal_and_open(env, &t, i == 1, true);
	return v;
}

void
register_digest_encrypted(void)
{
	test_register(digest_encrypted, NULL, "capabilities/digest_encrypted");
}
