/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_version.h>

#include "ecdsa.h"
#include "test.h"
#include "vectors.h"

/**
 * @file
 * ECDSA on each curve: published answers; what the device signs, OpenSSL verifies, and the
 * reverse; and what was changed is found out.
 */

#define CANARY	   0xc7
#define MAX_DIGEST 64

/* From 23.11 the keys are the session's; before they come with each operation. */
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#define KEYS_IN_SESSION 1
#else
#define KEYS_IN_SESSION 0
#endif

/* What is signed, and how the device ended. */
struct task {
	struct ecdsa_key key;
	uint8_t digest[MAX_DIGEST];
	uint16_t digest_len;
	/* The secret number, unless the device is to choose it. */
	uint8_t k[ECDSA_MAX_SIZE];
	bool has_k;
	struct ecdsa_signature signature;
	uint8_t status;
};

/* What the operation points to, in memory that a device can reach. */
struct buffers {
	struct task task;
	uint8_t r[ECDSA_MAX_SIZE + 16];
	uint8_t s[ECDSA_MAX_SIZE + 16];
};

/* What one operation takes. */
struct means {
	struct rte_crypto_op *op;
	void *session;
	struct buffers *b;
};

static enum verdict
supported(struct env *env, enum rte_crypto_asym_op_type type)
{
	const struct rte_cryptodev_asym_capability_idx idx = { RTE_CRYPTO_ASYM_XFORM_ECDSA };
	const struct rte_cryptodev_asymmetric_xform_capability *cap = NULL;

	if (env->info.feature_flags & RTE_CRYPTODEV_FF_ASYMMETRIC_CRYPTO)
		cap = rte_cryptodev_asym_capability_get(env->dev_id, &idx);
	if (cap == NULL || !rte_cryptodev_asym_xform_capability_check_optype(cap, type))
		return test_skip(env, "the device does not offer ECDSA");
	return PASS;
}

static rte_crypto_uint
number(uint8_t *data, uint16_t len)
{
	return (rte_crypto_uint){ .data = data, .length = len };
}

static int
make_session(struct env *env, struct means *m)
{
	struct ecdsa_key *key = &m->b->task.key;
	struct rte_crypto_asym_xform xform = {
		.xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA,
		.ec.curve_id = key->curve->id,
	};

#if KEYS_IN_SESSION
	xform.ec.pkey = number(key->d, key->curve->size);
	xform.ec.q.x = number(key->x, key->curve->size);
	xform.ec.q.y = number(key->y, key->curve->size);
#endif
	return rte_cryptodev_asym_session_create(env->dev_id, &xform, env->asym_sessions,
						 &m->session);
}

static void
set_operation(struct means *m, enum rte_crypto_asym_op_type type)
{
	struct rte_crypto_ecdsa_op_param *ecdsa = &m->op->asym->ecdsa;
	struct task *task = &m->b->task;
	const uint16_t size = task->key.curve->size;

	memset(ecdsa, 0, sizeof(*ecdsa));
	ecdsa->op_type = type;
	ecdsa->message = number(task->digest, task->digest_len);
#if !KEYS_IN_SESSION
	if (type == RTE_CRYPTO_ASYM_OP_SIGN)
		ecdsa->pkey = number(task->key.d, size);
	ecdsa->q.x = number(task->key.x, size);
	ecdsa->q.y = number(task->key.y, size);
#endif
	if (task->has_k)
		ecdsa->k = number(task->k, size);
	memset(m->b->r, CANARY, sizeof(m->b->r));
	memset(m->b->s, CANARY, sizeof(m->b->s));
	if (type == RTE_CRYPTO_ASYM_OP_VERIFY) {
		memcpy(m->b->r, task->signature.r, size);
		memcpy(m->b->s, task->signature.s, size);
	}
	ecdsa->r = number(m->b->r, size);
	ecdsa->s = number(m->b->s, size);
	rte_crypto_op_attach_asym_session(m->op, m->session);
}

static enum verdict
take_means(struct env *env, struct means *m)
{
	m->b = rte_zmalloc(NULL, sizeof(*m->b), 0);
	if (m->b == NULL)
		return test_fail(env, "no memory for an asymmetric operation");
	m->op = rte_crypto_op_alloc(env->asym_ops, RTE_CRYPTO_OP_TYPE_ASYMMETRIC);
	if (m->op == NULL)
		return test_fail(env, "no asymmetric operation in the pool");
	return PASS;
}

static void
give_means(struct env *env, struct means *m)
{
	/* A device that still has the operation keeps all of it. */
	if (env->stuck)
		return;
	if (m->session != NULL)
		rte_cryptodev_asym_session_free(env->dev_id, m->session);
	rte_crypto_op_free(m->op);
	rte_free(m->b);
}

static enum verdict
run_operation(struct env *env, struct means *m)
{
	uint64_t end = rte_get_timer_cycles() + env->opt.timeout * rte_get_timer_hz();
	struct rte_crypto_op *back = NULL;

	if (rte_cryptodev_enqueue_burst(env->dev_id, env->opt.first_qp, &m->op, 1) != 1)
		return test_fail(env, "not accepted");
	while (rte_cryptodev_dequeue_burst(env->dev_id, env->opt.first_qp, &back, 1) == 0) {
		if (rte_get_timer_cycles() > end) {
			env->stuck = true;
			return test_fail(env, "accepted, but did not come back");
		}
	}
	return back == m->op ? PASS : test_fail(env, "another operation came back");
}

static bool
is_canary(const uint8_t *data, const uint8_t *end)
{
	while (data < end && *data == CANARY)
		data++;
	return data == end;
}

/* A number of a signature, which may have come without its leading zeros. */
static enum verdict
take_number(struct env *env, const uint8_t *data, size_t room, size_t len, uint8_t *to, size_t size)
{
	if (len > size)
		return test_fail(env, "a number of %zu bytes on a curve of %zu", len, size);
	if (!is_canary(data + len, data + room))
		return test_fail(env, "memory behind the signature changed");
	memset(to, 0, size - len);
	memcpy(to + size - len, data, len);
	return PASS;
}

static enum verdict
take_signature(struct env *env, struct means *m, struct task *task)
{
	const struct rte_crypto_ecdsa_op_param *ecdsa = &m->op->asym->ecdsa;
	const uint16_t size = task->key.curve->size;
	enum verdict v;

	v = take_number(env, m->b->r, sizeof(m->b->r), ecdsa->r.length, task->signature.r, size);
	if (v == PASS)
		v = take_number(env, m->b->s, sizeof(m->b->s), ecdsa->s.length, task->signature.s,
				size);
	return v;
}

/* Let the device do one task. PASS says only that it came back. */
static enum verdict
run_task(struct env *env, struct task *task, enum rte_crypto_asym_op_type type)
{
	struct means m = { 0 };
	enum verdict v = supported(env, type);
	int rc;

	if (v != PASS)
		return v;
	v = take_means(env, &m);
	if (v == PASS) {
		m.b->task = *task;
		rc = make_session(env, &m);
		if (rc == -ENOTSUP)
			v = test_skip(env, "the device does not do this curve");
		else if (rc != 0)
			v = test_fail(env, "session refused: %s", rte_strerror(-rc));
	}
	if (v == PASS) {
		set_operation(&m, type);
		v = run_operation(env, &m);
	}
	if (v == PASS) {
		task->status = m.op->status;
		if (type == RTE_CRYPTO_ASYM_OP_SIGN && task->status == RTE_CRYPTO_OP_STATUS_SUCCESS)
			v = take_signature(env, &m, task);
	}
	give_means(env, &m);
	return v;
}

static enum verdict
check_status(struct env *env, const struct task *task, bool right)
{
	bool success = task->status == RTE_CRYPTO_OP_STATUS_SUCCESS;

	return success == right ? PASS :
				  test_fail(env, "status %u for a %s signature", task->status,
					    right ? "right" : "wrong");
}

static struct task
published(const struct ecdsa_curve *c)
{
	struct task task = { .key.curve = c };

	hex_bytes(c->d, task.key.d);
	hex_bytes(c->x, task.key.x);
	hex_bytes(c->y, task.key.y);
	hex_bytes(c->k, task.k);
	task.digest_len = hex_bytes(c->digest, task.digest);
	hex_bytes(c->r, task.signature.r);
	hex_bytes(c->s, task.signature.s);
	return task;
}

/* The signature of a published number k. Not every interface to a device has a place for k. */
static enum verdict
known_sign(struct env *env, const void *arg)
{
	const struct task want = published(arg);
	struct task task = want;
	enum verdict v;

	task.has_k = true;
	memset(&task.signature, 0, sizeof(task.signature));
	v = run_task(env, &task, RTE_CRYPTO_ASYM_OP_SIGN);
	if (v != PASS)
		return v;
	if (task.status == RTE_CRYPTO_OP_STATUS_INVALID_ARGS)
		return test_skip(env, "the device does not take the number k");
	v = check_status(env, &task, true);
	if (v == PASS && memcmp(&task.signature, &want.signature, sizeof(want.signature)) != 0)
		v = test_fail(env, "the signature differs from the published one");
	return v;
}

/* A signature as it is, and with each of the things that belong together changed by one bit. */
static enum verdict
verify_all(struct env *env, const struct task *task)
{
	const uint16_t size = task->key.curve->size;
	struct task changed[4] = { *task, *task, *task, *task };
	enum verdict v;
	unsigned int i;

	changed[1].signature.r[rng_range(&env->rng, size / 2, size - 1)] ^= 1;
	changed[2].signature.s[rng_range(&env->rng, size / 2, size - 1)] ^= 1;
	/* Of a digest that is longer than the order the first bytes count. */
	changed[3].digest[rng_range(&env->rng, 0, RTE_MIN(task->digest_len, size) - 1)] ^= 1;
	for (i = 0; i < RTE_DIM(changed); i++) {
		v = run_task(env, &changed[i], RTE_CRYPTO_ASYM_OP_VERIFY);
		if (v == PASS)
			v = check_status(env, &changed[i], i == 0);
		if (v != PASS)
			return v;
	}
	return PASS;
}

static enum verdict
known_verify(struct env *env, const void *arg)
{
	const struct task task = published(arg);

	return verify_all(env, &task);
}

static enum verdict
random_task(struct env *env, const struct ecdsa_curve *curve, struct task *task)
{
	static const uint8_t lens[] = { 20, 28, 32, 48, 64 };

	memset(task, 0, sizeof(*task));
	task->digest_len = lens[rng_range(&env->rng, 0, RTE_DIM(lens) - 1)];
	rng_fill(&env->rng, task->digest, task->digest_len);
	if (ecdsa_reference_key(curve, &task->key) != 0)
		return test_fail(env, "OpenSSL makes no key");
	return PASS;
}

#define ROUNDS 8

static enum verdict
sign_random(struct env *env, const void *arg)
{
	enum verdict v = PASS;
	struct task task;
	unsigned int i;

	for (i = 0; i < ROUNDS && v == PASS; i++) {
		v = random_task(env, arg, &task);
		if (v == PASS)
			v = run_task(env, &task, RTE_CRYPTO_ASYM_OP_SIGN);
		if (v == PASS)
			v = check_status(env, &task, true);
		if (v == PASS &&
		    ecdsa_reference_verify(&task.key, task.digest, task.digest_len,
					   &task.signature) != 1)
			v = test_fail(env, "OpenSSL does not verify the signature");
	}
	return v;
}

static enum verdict
verify_random(struct env *env, const void *arg)
{
	enum verdict v = PASS;
	struct task task;
	unsigned int i;

	for (i = 0; i < ROUNDS && v == PASS; i++) {
		v = random_task(env, arg, &task);
		if (v == PASS &&
		    ecdsa_reference_sign(&task.key, task.digest, task.digest_len,
					 &task.signature) != 0)
			v = test_fail(env, "OpenSSL does not sign");
		if (v == PASS)
			v = verify_all(env, &task);
	}
	return v;
}

/* A public key that is no point of the curve verifies nothing. */
static enum verdict
key_off_the_curve(struct env *env, const void *arg)
{
	struct task task = published(arg);
	enum verdict v;

	task.key.y[task.key.curve->size - 1] ^= 1;
	v = run_task(env, &task, RTE_CRYPTO_ASYM_OP_VERIFY);
	return v == PASS ? check_status(env, &task, false) : v;
}

/* OpenSSL agrees with the published answer: no device is needed. */
static enum verdict
by_reference(struct env *env, const void *arg)
{
	const struct task task = published(arg);

	if (ecdsa_reference_verify(&task.key, task.digest, task.digest_len, &task.signature) != 1)
		return test_fail(env, "OpenSSL does not verify the published signature");
	return PASS;
}

void
register_ecdsa(void)
{
	unsigned int i;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		const struct ecdsa_curve *c = &ecdsa_curves[i];

		test_register(by_reference, c, "reference/ecdsa/%s", c->name);
		test_register(known_sign, c, "ecdsa/%s/known_sign", c->name);
		test_register(known_verify, c, "ecdsa/%s/known_verify", c->name);
		test_register(sign_random, c, "ecdsa/%s/sign_for_openssl", c->name);
		test_register(verify_random, c, "ecdsa/%s/verify_of_openssl", c->name);
		test_register(key_off_the_curve, c, "ecdsa/%s/key_off_the_curve", c->name);
	}
}
