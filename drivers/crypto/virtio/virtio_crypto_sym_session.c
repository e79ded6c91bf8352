/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include "virtio_crypto_caps.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_request_header.h"
#include "virtio_crypto_sym_session.h"

/* CCM: offsets of nonce and AAD in the buffers of the application. */
#define CCM_NONCE_SKIP 1
#define CCM_AAD_SKIP   18

/* A parsed chain of transforms; missing ones are NULL. */
struct xforms {
	const struct rte_crypto_cipher_xform *cipher;
	const struct rte_crypto_auth_xform *auth;
	const struct rte_crypto_aead_xform *aead;
	const struct virtio_crypto_alg *cipher_alg;
	const struct virtio_crypto_alg *auth_alg;
	const struct virtio_crypto_alg *aead_alg;
	struct rte_crypto_cipher_xform null_cipher; /* a NULL cipher without lengths */
	struct rte_crypto_auth_xform null_auth;
	bool auth_first;
	bool quiet; /* unsupported transforms are not logged */
};

/* NULL algorithms ignore the lengths of keys, IVs and digests that applications set. */
static const struct rte_crypto_cipher_xform *
normalize_cipher(struct xforms *x, const struct rte_crypto_cipher_xform *cipher)
{
	if (cipher->algo != RTE_CRYPTO_CIPHER_NULL)
		return cipher;
	x->null_cipher = *cipher;
	x->null_cipher.key.length = 0;
	x->null_cipher.iv.length = 0;
	return &x->null_cipher;
}

static const struct rte_crypto_auth_xform *
normalize_auth(struct xforms *x, const struct rte_crypto_auth_xform *auth)
{
	if (auth->algo != RTE_CRYPTO_AUTH_NULL)
		return auth;
	x->null_auth = *auth;
	x->null_auth.key.length = 0;
	x->null_auth.iv.length = 0;
	x->null_auth.digest_length = 0;
	return &x->null_auth;
}

static int
bad_length(const struct xforms *x, const struct virtio_crypto_alg *alg, const char *what,
	   uint32_t len, const struct rte_crypto_param_range *range)
{
	const char *name = virtio_crypto_alg_find(alg->service, alg->number)->name;

	if (!x->quiet)
		VIRTIO_CRYPTO_LOG(
			ERR, "%s: unsupported %s length %u: the device supports %u to %u, step %u",
			name, what, len, range->min, range->max, range->increment);
	return -ENOTSUP;
}

static int
check_lengths(const struct xforms *x, const struct virtio_crypto_alg *alg, uint32_t key,
	      uint32_t iv, uint32_t digest)
{
	if (!virtio_crypto_range_has(&alg->key, key))
		return bad_length(x, alg, "key", key, &alg->key);
	/* An algorithm without an IV ignores its length. */
	if (alg->iv.max != 0 && !virtio_crypto_range_has(&alg->iv, iv))
		return bad_length(x, alg, "IV", iv, &alg->iv);
	if (!virtio_crypto_range_has(&alg->digest, digest))
		return bad_length(x, alg, "digest", digest, &alg->digest);
	return 0;
}

/* Parses one transform of the chain, and checks its lengths. */
static int
add_xform(const struct virtio_crypto_dev *dev, const struct rte_crypto_sym_xform *xform,
	  struct xforms *x)
{
	const struct virtio_crypto_alg *alg = virtio_crypto_caps_find(dev, xform);

	if (alg == NULL) {
		if (!x->quiet)
			VIRTIO_CRYPTO_LOG(
				ERR, "transform type %d: algorithm not supported by the device",
				xform->type);
		return -ENOTSUP;
	}
	switch (xform->type) {
	case RTE_CRYPTO_SYM_XFORM_CIPHER:
		x->cipher = normalize_cipher(x, &xform->cipher);
		x->cipher_alg = alg;
		return check_lengths(x, alg, x->cipher->key.length, x->cipher->iv.length, 0);
	case RTE_CRYPTO_SYM_XFORM_AUTH:
		x->auth_first = x->cipher == NULL;
		x->auth = normalize_auth(x, &xform->auth);
		x->auth_alg = alg;
		return check_lengths(x, alg, x->auth->key.length, x->auth->iv.length,
				     x->auth->digest_length);
	default:
		x->aead = &xform->aead;
		x->aead_alg = alg;
		if (!virtio_crypto_range_has(&alg->aad, x->aead->aad_length))
			return bad_length(x, alg, "AAD", x->aead->aad_length, &alg->aad);
		return check_lengths(x, alg, x->aead->key.length, x->aead->iv.length,
				     x->aead->digest_length);
	}
}

static int
parse_xforms(const struct virtio_crypto_dev *dev, const struct rte_crypto_sym_xform *xform,
	     struct xforms *x)
{
	const struct rte_crypto_sym_xform *second = xform->next;
	int ret;

	if (second != NULL &&
	    (second->next != NULL || xform->type == RTE_CRYPTO_SYM_XFORM_AEAD ||
	     second->type == RTE_CRYPTO_SYM_XFORM_AEAD || xform->type == second->type)) {
		VIRTIO_CRYPTO_LOG(
			ERR, "unsupported chain of transforms: expected one cipher and one auth");
		return -ENOTSUP;
	}
	ret = add_xform(dev, xform, x);
	if (ret == 0 && second != NULL)
		ret = add_xform(dev, second, x);
	return ret;
}

static uint32_t
cipher_key_len(const struct xforms *x)
{
	return x->aead != NULL	  ? x->aead->key.length :
		x->cipher != NULL ? x->cipher->key.length :
				    0;
}

static uint32_t
auth_key_len(const struct xforms *x)
{
	return x->auth != NULL ? x->auth->key.length : 0;
}

/* Clears parameters and copies the keys. */
static void
params_start(struct virtio_crypto_session_params *p, const struct xforms *x)
{
	/* Session operation: create session, R15 */
	memset(&p->req, 0, sizeof(p->req));
	p->cipher_key_len = cipher_key_len(x);
	p->auth_key_len = auth_key_len(x);
	if (p->cipher_key_len > 0)
		memcpy(p->keys, x->aead != NULL ? x->aead->key.data : x->cipher->key.data,
		       p->cipher_key_len);
	if (p->auth_key_len > 0)
		memcpy(p->keys + p->cipher_key_len, x->auth->key.data, p->auth_key_len);
}

/* Returns the direction of a chain; without a cipher it follows from the use of the digest. */
static bool
encrypts(const struct xforms *x)
{
	if (x->cipher != NULL)
		return x->cipher->op == RTE_CRYPTO_CIPHER_OP_ENCRYPT;
	return x->auth->op == RTE_CRYPTO_AUTH_OP_GENERATE;
}

static void
describe_cipher(struct virtio_crypto_session *s, const struct xforms *x)
{
	s->has_cipher = true;
	s->iv_offset = x->cipher->iv.offset;
	s->iv_len = x->cipher_alg->iv.max == 0 ? 0 : x->cipher->iv.length;
	s->cipher_shift = x->cipher_alg->bits ? 3 : 0;
}

static void
describe_auth(struct virtio_crypto_session *s, const struct xforms *x)
{
	s->auth_iv_offset = x->auth->iv.offset;
	s->auth_iv_len = x->auth_alg->iv.max == 0 ? 0 : x->auth->iv.length;
	s->auth_shift = x->auth_alg->bits ? 3 : 0;
	s->digest_len = x->auth->digest_length;
	if (s->digest_len == 0)
		s->digest = VIRTIO_CRYPTO_DIGEST_NONE;
	else if (x->auth->op == RTE_CRYPTO_AUTH_OP_VERIFY)
		s->digest = VIRTIO_CRYPTO_DIGEST_VERIFY;
	else if (encrypts(x))
		s->digest = VIRTIO_CRYPTO_DIGEST_GENERATE;
	else
		s->digest = VIRTIO_CRYPTO_DIGEST_GENERATE_DECRYPT;
}

static void
fill_cipher_para(struct virtio_crypto_cipher_session_para *para, const struct xforms *x)
{
	para->op = rte_cpu_to_le_32(encrypts(x) ? VIRTIO_CRYPTO_OP_ENCRYPT :
						  VIRTIO_CRYPTO_OP_DECRYPT);
	if (x->cipher == NULL)
		return; /* algorithm NO_CIPHER, no key */
	para->algo = rte_cpu_to_le_32(x->cipher_alg->number);
	para->keylen = rte_cpu_to_le_32(x->cipher->key.length);
}

static void
fill_chain_para(struct virtio_crypto_alg_chain_session_para *para, const struct xforms *x,
		uint32_t aad_len)
{
	bool auth_first = x->cipher != NULL ? x->auth_first : !encrypts(x);
	struct virtio_crypto_mac_session_para *mac = &para->u.mac_param;

	para->alg_chain_order = rte_cpu_to_le_32(
		auth_first ? VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_HASH_THEN_CIPHER :
			     VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_CIPHER_THEN_HASH);
	para->hash_mode = rte_cpu_to_le_32(x->auth_alg->service == VIRTIO_CRYPTO_SERVICE_HASH ?
						   VIRTIO_CRYPTO_SYM_HASH_MODE_PLAIN :
						   VIRTIO_CRYPTO_SYM_HASH_MODE_AUTH);
	fill_cipher_para(&para->cipher_param, x);
	/* The parameters of a hash are the first ones of a MAC, whose key has no bytes then. */
	mac->algo = rte_cpu_to_le_32(x->auth_alg->number);
	mac->hash_result_len = rte_cpu_to_le_32(x->auth->digest_length);
	mac->auth_key_len = rte_cpu_to_le_32(x->auth->key.length);
	para->aad_len = rte_cpu_to_le_32(aad_len);
}

/* Service CIPHER: a cipher, or a chain with or without one. */
static void
describe_sym(const struct virtio_crypto_dev *dev, const struct xforms *x,
	     struct virtio_crypto_session *s)
{
	struct virtio_crypto_sym_create_session_req *sym = &s->params->req.u.sym_create_session;

	if (x->cipher != NULL)
		describe_cipher(s, x);
	if (x->auth != NULL) {
		describe_auth(s, x);
		s->kind = VIRTIO_CRYPTO_KIND_CHAIN;
		s->ciphers_digest = s->has_cipher && s->digest_len > 0 &&
			x->auth_first == encrypts(x);
		sym->op_type = rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING);
		fill_chain_para(&sym->u.chain.para, x, s->auth_iv_len);
	} else {
		s->kind = VIRTIO_CRYPTO_KIND_CIPHER;
		sym->op_type = rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_OP_CIPHER);
		fill_cipher_para(&sym->u.cipher.para, x);
	}
	/* Session operation: create session, R13 */
	s->params->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	virtio_crypto_request_header_fill_sym(dev, s, encrypts(x),
					      x->cipher != NULL ? x->cipher_alg->number :
								  VIRTIO_CRYPTO_NO_CIPHER);
}

/* Services HASH and MAC. */
static void
describe_digest(const struct virtio_crypto_dev *dev, const struct xforms *x,
		struct virtio_crypto_session *s)
{
	bool mac = x->auth_alg->service == VIRTIO_CRYPTO_SERVICE_MAC;
	struct virtio_crypto_mac_session_para *para;

	describe_auth(s, x);
	s->kind = VIRTIO_CRYPTO_KIND_HASH;
	/* Session operation: create session, R13 */
	s->params->req.header.opcode = rte_cpu_to_le_32(mac ? VIRTIO_CRYPTO_MAC_CREATE_SESSION :
							      VIRTIO_CRYPTO_HASH_CREATE_SESSION);
	para = &s->params->req.u.mac_create_session.para;
	para->algo = rte_cpu_to_le_32(x->auth_alg->number);
	para->hash_result_len = rte_cpu_to_le_32(x->auth->digest_length);
	para->auth_key_len = rte_cpu_to_le_32(x->auth->key.length);
	virtio_crypto_request_header_fill_digest(dev, s, mac);
}

static void
describe_aead(const struct virtio_crypto_dev *dev, const struct xforms *x,
	      struct virtio_crypto_session *s)
{
	bool encrypt = x->aead->op == RTE_CRYPTO_AEAD_OP_ENCRYPT;
	bool ccm = x->aead->algo == RTE_CRYPTO_AEAD_AES_CCM;
	struct virtio_crypto_aead_session_para *para;

	s->kind = VIRTIO_CRYPTO_KIND_AEAD;
	s->digest = encrypt ? VIRTIO_CRYPTO_DIGEST_SEAL : VIRTIO_CRYPTO_DIGEST_OPEN;
	s->digest_len = x->aead->digest_length;
	s->iv_offset = x->aead->iv.offset + (ccm ? CCM_NONCE_SKIP : 0);
	s->iv_len = x->aead->iv.length;
	s->aad_len = x->aead->aad_length;
	s->aad_skip = ccm ? CCM_AAD_SKIP : 0;
	/* Session operation: create session, R13 */
	s->params->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_AEAD_CREATE_SESSION);
	para = &s->params->req.u.aead_create_session.para;
	para->algo = rte_cpu_to_le_32(x->aead_alg->number);
	para->key_len = rte_cpu_to_le_32(x->aead->key.length);
	para->hash_result_len = rte_cpu_to_le_32(s->digest_len);
	para->aad_len = rte_cpu_to_le_32(s->aad_len);
	para->op = rte_cpu_to_le_32(encrypt ? VIRTIO_CRYPTO_OP_ENCRYPT : VIRTIO_CRYPTO_OP_DECRYPT);
	virtio_crypto_request_header_fill_aead(dev, s, encrypt);
}

/* Fills a session, whose params have room for the keys. */
static void
describe(const struct virtio_crypto_dev *dev, const struct xforms *x,
	 struct virtio_crypto_session *s)
{
	params_start(s->params, x);
	if (x->aead != NULL)
		describe_aead(dev, x, s);
	/* Only a chain can carry an authentication IV, so it is used even without a cipher. */
	else if (x->cipher == NULL && (x->auth_alg->iv.max == 0 || x->auth->iv.length == 0))
		describe_digest(dev, x, s);
	else
		describe_sym(dev, x, s);
	/* The request to create the session has the same algorithm field as data requests. */
	s->params->req.header.algo = s->req.header.algo;
}

int
virtio_crypto_sym_session_fill_stateless(const struct virtio_crypto_dev *dev,
					 const struct rte_crypto_sym_xform *xform,
					 struct virtio_crypto_session *s)
{
	struct virtio_crypto_session_params *params = s->params;
	struct xforms x = { 0 };
	int ret = parse_xforms(dev, xform, &x);

	if (ret != 0)
		return ret;
	memset(s, 0, sizeof(*s));
	s->params = params;
	s->stateless = true;
	describe(dev, &x, s);
	return s->req.header.flag == 0 ? 0 : -ENOTSUP;
}

/* Fills a session that is not created on the device yet. */
static int
make(const struct virtio_crypto_dev *dev, const struct rte_crypto_sym_xform *xform,
     struct virtio_crypto_session *s)
{
	struct xforms x = { 0 };
	int ret = parse_xforms(dev, xform, &x);

	if (ret != 0)
		return ret;
	s->params = virtio_crypto_params_alloc(cipher_key_len(&x) + auth_key_len(&x));
	if (s->params == NULL)
		return -ENOMEM;
	describe(dev, &x, s);
	return 0;
}

int
virtio_crypto_sym_session_create(struct virtio_crypto_dev *dev,
				 const struct rte_crypto_sym_xform *xform,
				 struct virtio_crypto_session_ref *ref)
{
	struct virtio_crypto_session *s = virtio_crypto_session_alloc(dev);
	int ret;

	if (s == NULL)
		return -ENOMEM;
	ret = make(dev, xform, s);
	if (ret == 0)
		ret = virtio_crypto_session_add(dev, s);
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot create session: %s", dev->data->name,
				  strerror(-ret));
		virtio_crypto_session_free(s);
		return ret;
	}
	ref->dev = dev;
	ref->session = s;
	return 0;
}

bool
virtio_crypto_sym_session_is_supported(const struct virtio_crypto_dev *dev,
				       const struct rte_crypto_sym_xform *xform)
{
	struct xforms x = { .quiet = true };

	return parse_xforms(dev, xform, &x) == 0;
}

int
virtio_crypto_sym_session_probe(struct virtio_crypto_dev *dev,
				const struct rte_crypto_sym_xform *xform)
{
	struct virtio_crypto_session s = { 0 };
	int ret = make(dev, xform, &s);

	if (ret == 0)
		ret = virtio_crypto_session_probe(dev, &s);
	virtio_crypto_session_free_params(&s);
	return ret;
}

void
virtio_crypto_sym_session_destroy(struct virtio_crypto_dev *dev,
				  struct virtio_crypto_session_ref *ref)
{
	virtio_crypto_session_remove(dev, ref->session);
	memset(ref, 0, sizeof(*ref));
}
