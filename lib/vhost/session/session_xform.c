/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cryptodev.h>

#include "akcipher.h"
#include "session_xform.h"

static int
describe_cipher(struct vc_session *s, const struct vc_session_params *p, bool optional)
{
	const struct virtio_crypto_alg *alg;

	if (p->direction != VIRTIO_CRYPTO_OP_ENCRYPT && p->direction != VIRTIO_CRYPTO_OP_DECRYPT)
		return VIRTIO_CRYPTO_ERR;
	s->direction = p->direction;
	if (optional && p->cipher_algo == VIRTIO_CRYPTO_NO_CIPHER)
		return VIRTIO_CRYPTO_OK;
	alg = virtio_crypto_alg_find(VIRTIO_CRYPTO_SERVICE_CIPHER, p->cipher_algo);
	if (alg == NULL)
		return VIRTIO_CRYPTO_NOTSUPP;
	s->cipher = alg;
	if (p->cipher_key_len > sizeof(p->cipher_key) ||
	    !virtio_crypto_range_has(&alg->key, p->cipher_key_len))
		return VIRTIO_CRYPTO_ERR;
	s->has_cipher = true;
	s->cipher_bits = alg->bits;
	return VIRTIO_CRYPTO_OK;
}

/* A cipher alone, whose requests may use the fast path. */
static int
describe_cipher_only(struct vc_session *s, const struct vc_session_params *p)
{
	int status = describe_cipher(s, p, false);

	if (status != VIRTIO_CRYPTO_OK)
		return status;
	if (!s->cipher_bits)
		s->fast_opcode = s->direction == VIRTIO_CRYPTO_OP_DECRYPT ?
			VIRTIO_CRYPTO_CIPHER_DECRYPT :
			VIRTIO_CRYPTO_CIPHER_ENCRYPT;
	s->block_mask = s->cipher->whole_blocks ? s->cipher->block_size - 1 : 0;
	return VIRTIO_CRYPTO_OK;
}

static int
describe_auth(struct vc_session *s, const struct vc_session_params *p, uint32_t service)
{
	const struct virtio_crypto_alg *alg = virtio_crypto_alg_find(service, p->auth_algo);

	if (alg == NULL)
		return VIRTIO_CRYPTO_NOTSUPP;
	s->auth = alg;
	if (p->auth_key_len > sizeof(p->auth_key) ||
	    !virtio_crypto_range_has(&alg->key, p->auth_key_len) || p->digest_len > VC_MAX_DIGEST ||
	    !virtio_crypto_range_has(&alg->digest, p->digest_len))
		return VIRTIO_CRYPTO_ERR;
	s->has_auth = true;
	s->auth_bits = alg->bits;
	s->digest_len = p->digest_len;
	return VIRTIO_CRYPTO_OK;
}

/* A chain without authentication is its cipher, which may be the NULL cipher. */
static int
describe_no_mac(struct vc_session *s, const struct vc_session_params *p)
{
	if (p->auth_key_len != 0 || p->digest_len != 0)
		return VIRTIO_CRYPTO_ERR;
	return s->has_cipher ? VIRTIO_CRYPTO_OK : describe_cipher(s, p, false);
}

static int
describe_chain(struct vc_session *s, const struct vc_session_params *p)
{
	int status = describe_cipher(s, p, true);

	if (status != VIRTIO_CRYPTO_OK)
		return status;
	if (p->chain_order != VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_HASH_THEN_CIPHER &&
	    p->chain_order != VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_CIPHER_THEN_HASH)
		return VIRTIO_CRYPTO_ERR;
	switch (p->hash_mode) {
	case VIRTIO_CRYPTO_SYM_HASH_MODE_PLAIN:
		return describe_auth(s, p, VIRTIO_CRYPTO_SERVICE_HASH);
	case VIRTIO_CRYPTO_SYM_HASH_MODE_AUTH:
		if (p->auth_algo == VIRTIO_CRYPTO_NO_MAC)
			return describe_no_mac(s, p);
		/* Cryptodevs accept GMAC with a cipher, but compute something else. */
		if (s->has_cipher && p->auth_algo == VIRTIO_CRYPTO_MAC_GMAC_AES)
			return VIRTIO_CRYPTO_NOTSUPP;
		return describe_auth(s, p, VIRTIO_CRYPTO_SERVICE_MAC);
	case VIRTIO_CRYPTO_SYM_HASH_MODE_NESTED:
		return VIRTIO_CRYPTO_NOTSUPP; /* DPDK has no interface for it */
	default:
		return VIRTIO_CRYPTO_ERR;
	}
}

/* Section "Session operation: AEAD session". */
static int
describe_aead(struct vc_session *s, const struct vc_session_params *p)
{
	const struct virtio_crypto_alg *alg = virtio_crypto_alg_find(VIRTIO_CRYPTO_SERVICE_AEAD,
								     p->cipher_algo);

	if (alg == NULL)
		return VIRTIO_CRYPTO_NOTSUPP;
	s->cipher = alg;
	if ((p->direction != VIRTIO_CRYPTO_OP_ENCRYPT &&
	     p->direction != VIRTIO_CRYPTO_OP_DECRYPT) ||
	    p->cipher_key_len > sizeof(p->cipher_key) ||
	    !virtio_crypto_range_has(&alg->key, p->cipher_key_len) ||
	    !virtio_crypto_range_has(&alg->digest, p->digest_len) ||
	    !virtio_crypto_range_has(&alg->aad, p->aad_len))
		return VIRTIO_CRYPTO_ERR;
	s->direction = p->direction;
	s->has_aead = true;
	s->digest_len = p->digest_len;
	return VIRTIO_CRYPTO_OK;
}

int
vc_session_describe(struct vc_session *s, const struct vc_session_params *p)
{
	s->service = p->service;
	s->op_type = p->op_type;
	s->fast_opcode = VC_NO_FAST_PATH;
	switch (p->service) {
	case VIRTIO_CRYPTO_SERVICE_CIPHER:
		if (p->op_type == VIRTIO_CRYPTO_SYM_OP_CIPHER)
			return describe_cipher_only(s, p);
		if (p->op_type == VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING)
			return describe_chain(s, p);
		return VIRTIO_CRYPTO_NOTSUPP;
	case VIRTIO_CRYPTO_SERVICE_HASH:
	case VIRTIO_CRYPTO_SERVICE_MAC:
		return describe_auth(s, p, p->service);
	case VIRTIO_CRYPTO_SERVICE_AEAD:
		return describe_aead(s, p);
	case VIRTIO_CRYPTO_SERVICE_AKCIPHER:
		return vc_akcipher_check(p);
	default:
		return VIRTIO_CRYPTO_NOTSUPP;
	}
}

static void
cipher_xform(const struct vc_session *s, uint32_t iv_len, struct rte_crypto_sym_xform *x)
{
	x->type = RTE_CRYPTO_SYM_XFORM_CIPHER;
	x->cipher.algo = s->cipher->algo;
	x->cipher.op = s->direction == VIRTIO_CRYPTO_OP_ENCRYPT ? RTE_CRYPTO_CIPHER_OP_ENCRYPT :
								  RTE_CRYPTO_CIPHER_OP_DECRYPT;
	x->cipher.key.data = s->params->cipher_key;
	x->cipher.key.length = s->params->cipher_key_len;
	x->cipher.iv.offset = VC_IV_OFFSET;
	x->cipher.iv.length = iv_len;
}

static void
auth_xform(const struct vc_session *s, uint32_t iv_len, uint8_t iv_offset,
	   struct rte_crypto_sym_xform *x)
{
	x->type = RTE_CRYPTO_SYM_XFORM_AUTH;
	x->auth.algo = s->auth->algo;
	x->auth.op = s->verify ? RTE_CRYPTO_AUTH_OP_VERIFY : RTE_CRYPTO_AUTH_OP_GENERATE;
	x->auth.key.data = s->params->auth_key;
	x->auth.key.length = s->params->auth_key_len;
	x->auth.digest_length = s->params->digest_len;
	x->auth.iv.offset = VC_IV_OFFSET + iv_offset;
	x->auth.iv.length = iv_len;
}

static void
aead_xform(const struct vc_session *s, uint32_t iv_len, uint32_t aad_len,
	   struct rte_crypto_sym_xform *x)
{
	x->type = RTE_CRYPTO_SYM_XFORM_AEAD;
	x->aead.algo = s->cipher->algo;
	x->aead.op = s->direction == VIRTIO_CRYPTO_OP_ENCRYPT ? RTE_CRYPTO_AEAD_OP_ENCRYPT :
								RTE_CRYPTO_AEAD_OP_DECRYPT;
	x->aead.key.data = s->params->cipher_key;
	x->aead.key.length = s->params->cipher_key_len;
	x->aead.iv.offset = VC_IV_OFFSET;
	x->aead.iv.length = iv_len;
	x->aead.digest_length = s->params->digest_len;
	x->aead.aad_length = aad_len;
}

void
vc_session_xforms(const struct vc_session *s, uint32_t iv_len, uint32_t aad_len,
		  uint8_t auth_iv_offset, struct rte_crypto_sym_xform xforms[2])
{
	bool auth_first = s->params->chain_order ==
		VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_HASH_THEN_CIPHER;
	struct rte_crypto_sym_xform *cipher = &xforms[s->has_auth && auth_first];
	struct rte_crypto_sym_xform *auth = &xforms[s->has_cipher && !auth_first];

	memset(xforms, 0, 2 * sizeof(xforms[0]));
	if (s->has_aead)
		aead_xform(s, iv_len, aad_len, xforms);
	if (s->has_cipher)
		cipher_xform(s, iv_len, cipher);
	if (s->has_auth)
		auth_xform(s, aad_len, auth_iv_offset, auth);
	if (s->has_cipher && s->has_auth)
		xforms[0].next = &xforms[1];
}

static bool
xform_supported(uint8_t dev_id, const struct rte_crypto_sym_xform *x)
{
	const struct rte_cryptodev_symmetric_capability *cap = virtio_crypto_alg_of_cryptodev(
		dev_id, virtio_crypto_alg_of_xform(x));

	if (cap == NULL)
		return false;
	if (x->type == RTE_CRYPTO_SYM_XFORM_CIPHER)
		return rte_cryptodev_sym_capability_check_cipher(cap, x->cipher.key.length,
								 x->cipher.iv.length) == 0;
	if (x->type == RTE_CRYPTO_SYM_XFORM_AEAD)
		return rte_cryptodev_sym_capability_check_aead(
			       cap, x->aead.key.length, x->aead.digest_length, x->aead.aad_length,
			       x->aead.iv.length) == 0;
	return rte_cryptodev_sym_capability_check_auth(
		       cap, x->auth.key.length, x->auth.digest_length, x->auth.iv.length) == 0;
}

bool
vc_xforms_supported(uint8_t dev_id, const struct rte_crypto_sym_xform *xform)
{
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;

	for (; xform != NULL; xform = xform->next)
		for (i = 0; i < nb; i++)
			if (!xform_supported(workers[i], xform))
				return false;
	return true;
}

uint32_t
vc_default_iv_len(const struct virtio_crypto_alg *alg, uint32_t key_len)
{
	return alg != NULL ? virtio_crypto_alg_default_iv_len(alg, key_len) : 0;
}

bool
vc_iv_len_valid(const struct virtio_crypto_alg *alg, uint32_t key_len, uint32_t len)
{
	if (alg == NULL)
		return len == 0;
	if (virtio_crypto_alg_iv_follows_key(alg))
		return len == vc_default_iv_len(alg, key_len);
	return len <= VC_MAX_IV && virtio_crypto_range_has(&alg->iv, len);
}

bool
vc_aad_len_valid(const struct vc_session *s, uint32_t len)
{
	if (s->has_aead)
		return virtio_crypto_range_has(&s->cipher->aad, len);
	return vc_iv_len_valid(s->auth, s->params->auth_key_len, len);
}
