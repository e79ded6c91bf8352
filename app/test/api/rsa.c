/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_errno.h>

#include "rsa.h"

static struct rsa_key keys[8];
static unsigned int nb_keys;

static void
make_key(struct rsa_key *key, unsigned int bits)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_N,	       OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D,	       OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	unsigned int i;

	key->pkey = EVP_RSA_gen(bits);
	for (i = 0; key->pkey != NULL && i < RSA_NUMBERS; i++) {
		BIGNUM *n = NULL;

		if (EVP_PKEY_get_bn_param(key->pkey, names[i], &n) != 1)
			break;
		key->number[i].len = BN_bn2bin(n, key->number[i].bytes);
		BN_free(n);
	}
	if (i < RSA_NUMBERS)
		rte_panic("OpenSSL makes no RSA key of %u bits\n", bits);
}

struct rsa_key *
rsa_key(unsigned int bits)
{
	unsigned int i;

	for (i = 0; i < nb_keys; i++)
		if (keys[i].number[RSA_N].len * 8 == bits)
			return &keys[i];
	if (nb_keys == RTE_DIM(keys))
		rte_panic("no room for one more key\n");
	make_key(&keys[nb_keys], bits);
	return &keys[nb_keys++];
}

void
rsa_keys_free(void)
{
	while (nb_keys > 0)
		EVP_PKEY_free(keys[--nb_keys].pkey);
}

static rte_crypto_uint
number(struct rsa_key *key, unsigned int which)
{
	return (rte_crypto_uint){ .data = key->number[which].bytes,
				  .length = key->number[which].len };
}

struct rte_crypto_asym_xform
rsa_xform(struct rsa_key *key, enum rsa_form form, enum rte_crypto_rsa_padding_type padding,
	  enum rte_crypto_auth_algorithm hash)
{
	struct rte_crypto_asym_xform x = { .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };

	x.rsa.n = number(key, RSA_N);
	x.rsa.e = number(key, RSA_E);
	x.rsa.key_type = form == RSA_FORM_QT ? RTE_RSA_KEY_TYPE_QT : RTE_RSA_KEY_TYPE_EXP;
	if (form == RSA_FORM_EXP) {
		x.rsa.d = number(key, RSA_D);
	} else if (form == RSA_FORM_QT) {
		x.rsa.qt.p = number(key, RSA_P);
		x.rsa.qt.q = number(key, RSA_Q);
		x.rsa.qt.dP = number(key, RSA_DP);
		x.rsa.qt.dQ = number(key, RSA_DQ);
		x.rsa.qt.qInv = number(key, RSA_QINV);
	}
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	x.rsa.padding.type = padding;
	x.rsa.padding.hash = hash;
#else
	RTE_SET_USED(padding);
	RTE_SET_USED(hash);
#endif
	return x;
}

enum verdict
rsa_supported(struct env *env, const struct rsa_key *key, enum rsa_form form)
{
	struct rte_cryptodev_asym_capability_idx idx = { .type = RTE_CRYPTO_ASYM_XFORM_RSA };
	const struct rte_cryptodev_asymmetric_xform_capability *cap;
	uint64_t flag = form == RSA_FORM_PUBLIC ? RTE_CRYPTODEV_FF_ASYMMETRIC_CRYPTO :
		form == RSA_FORM_EXP		? RTE_CRYPTODEV_FF_RSA_PRIV_OP_KEY_EXP :
						  RTE_CRYPTODEV_FF_RSA_PRIV_OP_KEY_QT;

	if (env->asym_ops == NULL)
		return test_skip(env, "the device has no asymmetric operations");
	cap = rte_cryptodev_asym_capability_get(env->dev_id, &idx);
	if (cap == NULL)
		return test_skip(env, "the device has no RSA");
	if (!(env->info.feature_flags & flag))
		return test_skip(env, "the device does not take keys in this form");
	if (cap->modlen.max != 0 &&
	    rte_cryptodev_asym_xform_capability_check_modlen(cap, key->number[RSA_N].len) != 0)
		return test_skip(env, "the device does not take a modulus of %u bytes",
				 key->number[RSA_N].len);
	return PASS;
}

enum verdict
rsa_session(struct env *env, struct rsa_key *key, enum rsa_form form,
	    enum rte_crypto_rsa_padding_type padding, enum rte_crypto_auth_algorithm hash,
	    void **session)
{
	struct rte_crypto_asym_xform x = rsa_xform(key, form, padding, hash);
	enum verdict v = rsa_supported(env, key, form);
	int rc;

	if (v != PASS)
		return v;
	rc = rte_cryptodev_asym_session_create(env->dev_id, &x, env->asym_sessions, session);
	if (rc != 0)
		return test_fail(env, "no session for a key of %u bytes: %s",
				 key->number[RSA_N].len, rte_strerror(-rc));
	return PASS;
}

enum verdict
rsa_session_free(struct env *env, void *session)
{
	int rc = rte_cryptodev_asym_session_free(env->dev_id, session);

	return rc == 0 ? PASS : test_fail(env, "session not freed: %s", rte_strerror(-rc));
}

struct rte_crypto_op *
rsa_build(struct env *env, struct rsa_op *op)
{
	struct rte_crypto_op *o = rte_crypto_op_alloc(env->asym_ops, RTE_CRYPTO_OP_TYPE_ASYMMETRIC);
	struct rte_crypto_rsa_op_param *rsa;

	if (o == NULL)
		return NULL;
	rsa = &o->asym->rsa;
	rsa->op_type = op->type;
#if RTE_VERSION < RTE_VERSION_NUM(24, 11, 0, 0)
	rsa->padding.type = op->padding;
	rsa->padding.hash = op->hash;
#endif
	rsa->message = (rte_crypto_param){ .data = op->message.bytes, .length = op->message.len };
	rsa->cipher = (rte_crypto_param){ .data = op->cipher.bytes, .length = op->cipher.len };
	rsa->sign = (rte_crypto_param){ .data = op->sign.bytes, .length = op->sign.len };
	if (op->xform != NULL) {
		o->asym->xform = op->xform;
		o->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	} else {
		rte_crypto_op_attach_asym_session(o, op->session);
	}
	return o;
}

void
rsa_finish(struct rsa_op *op, struct rte_crypto_op *dpdk_op)
{
	const struct rte_crypto_rsa_op_param *rsa = &dpdk_op->asym->rsa;

	op->status = dpdk_op->status;
	op->message.len = rsa->message.length;
	op->cipher.len = rsa->cipher.length;
	op->sign.len = rsa->sign.length;
	rte_crypto_op_free(dpdk_op);
}

enum verdict
rsa_run(struct env *env, struct rsa_op *op)
{
	uint64_t end = rte_get_timer_cycles() + env->opt.timeout * rte_get_timer_hz();
	struct rte_crypto_op *o = rsa_build(env, op), *back = NULL;
	bool accepted;

	if (o == NULL)
		return test_fail(env, "no operation is left");
	accepted = rte_cryptodev_enqueue_burst(env->dev_id, env->opt.first_qp, &o, 1) == 1;
	while (accepted &&
	       rte_cryptodev_dequeue_burst(env->dev_id, env->opt.first_qp, &back, 1) == 0) {
		if (rte_get_timer_cycles() > end) {
			env->stuck = true;
			return test_fail(env, "accepted, but did not come back");
		}
	}
	if (accepted && back != o)
		return test_fail(env, "another operation came back");
	rsa_finish(op, o);
	/* Some drivers do not accept what they cannot do. */
	if (!accepted && op->status == RTE_CRYPTO_OP_STATUS_NOT_PROCESSED)
		return test_fail(env, "not accepted");
	return PASS;
}

enum verdict
rsa_run_good(struct env *env, struct rsa_op *op)
{
	enum verdict v = rsa_run(env, op);

	if (v == PASS && op->status != RTE_CRYPTO_OP_STATUS_SUCCESS)
		v = test_fail(env, "status %u", op->status);
	return v;
}

enum verdict
rsa_run_bad(struct env *env, struct rsa_op *op)
{
	enum verdict v = rsa_run(env, op);

	if (v == PASS && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS)
		v = test_fail(env, "success, not an error");
	return v;
}

typedef int (*init_t)(EVP_PKEY_CTX *ctx);
typedef int (*work_t)(EVP_PKEY_CTX *ctx, uint8_t *out, size_t *out_len, const uint8_t *in,
		      size_t in_len);

/* How OpenSSL calls a kind of operation, and what that reads. */
struct kind {
	init_t init;
	work_t work;
	const struct rsa_data *in;
};

static struct kind
kind_of(const struct rsa_op *op)
{
	switch (op->type) {
	case RTE_CRYPTO_ASYM_OP_ENCRYPT:
		return (struct kind){ EVP_PKEY_encrypt_init, EVP_PKEY_encrypt, &op->message };
	case RTE_CRYPTO_ASYM_OP_DECRYPT:
		return (struct kind){ EVP_PKEY_decrypt_init, EVP_PKEY_decrypt, &op->cipher };
	case RTE_CRYPTO_ASYM_OP_SIGN:
		return (struct kind){ EVP_PKEY_sign_init, EVP_PKEY_sign, &op->message };
	default:
		return (struct kind){ EVP_PKEY_verify_recover_init, EVP_PKEY_verify_recover,
				      &op->sign };
	}
}

static const EVP_MD *
digest_of(enum rte_crypto_auth_algorithm hash)
{
	switch (hash) {
	case RTE_CRYPTO_AUTH_MD5:
		return EVP_md5();
	case RTE_CRYPTO_AUTH_SHA1:
		return EVP_sha1();
	case RTE_CRYPTO_AUTH_SHA224:
		return EVP_sha224();
	case RTE_CRYPTO_AUTH_SHA256:
		return EVP_sha256();
	case RTE_CRYPTO_AUTH_SHA384:
		return EVP_sha384();
	case RTE_CRYPTO_AUTH_SHA512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

int
rsa_reference(const struct rsa_key *key, const struct rsa_op *op, struct rsa_data *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);
	struct kind kind = kind_of(op);
	bool pkcs1 = op->padding == RTE_CRYPTO_RSA_PADDING_PKCS1_5;
	const EVP_MD *md = pkcs1 ? digest_of(op->hash) : NULL;
	bool ok = ctx != NULL && kind.init(ctx) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(ctx, pkcs1 ? RSA_PKCS1_PADDING : RSA_NO_PADDING) == 1;

	if (ok && md != NULL)
		ok = EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
	out->len = sizeof(out->bytes);
	if (ok)
		ok = kind.work(ctx, out->bytes, &out->len, kind.in->bytes, kind.in->len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok ? 0 : -1;
}
