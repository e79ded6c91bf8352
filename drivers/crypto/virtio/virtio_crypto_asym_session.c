/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_request_header.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_rsa_key.h"

/* A key for the device. Has private numbers: wiped after use. */
struct der_key {
	uint32_t type;
	uint32_t len;
	uint8_t der[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY];
};

static struct virtio_crypto_akcipher_session_para
rsa_para(uint32_t key_type, uint32_t padding, uint32_t hash)
{
	return (struct virtio_crypto_akcipher_session_para){
		.algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_RSA),
		.keytype = rte_cpu_to_le_32(key_type),
		.u.rsa.padding_algo = rte_cpu_to_le_32(padding),
		.u.rsa.hash_algo = rte_cpu_to_le_32(hash),
	};
}

static struct virtio_crypto_akcipher_session_para
ecdsa_para(uint32_t key_type, const struct virtio_crypto_curve *curve)
{
	return (struct virtio_crypto_akcipher_session_para){
		.algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC),
		.keytype = rte_cpu_to_le_32(key_type),
		.u.ecdsa.curve_id = rte_cpu_to_le_32(curve->number),
	};
}

/* Fills a session, whose params have the length of the key. */
static void
describe(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s,
	 const struct virtio_crypto_akcipher_session_para *para)
{
	struct virtio_crypto_session_params *p = s->params;

	memset(&p->req, 0, sizeof(p->req));
	/* Session operation: create session, R13 */
	p->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	p->req.header.algo = para->algo;
	p->req.u.akcipher_create_session.para = *para;
	p->req.u.akcipher_create_session.para.keylen = rte_cpu_to_le_32(p->cipher_key_len);
	s->kind = VIRTIO_CRYPTO_KIND_AKCIPHER;
	s->digest = VIRTIO_CRYPTO_DIGEST_ASYM;
	virtio_crypto_request_header_fill_akcipher(dev, s);
}

/* Creates one of the sessions on the device; *made stays NULL if that fails. */
static int
create_one(struct virtio_crypto_dev *dev, const struct der_key *key,
	   struct virtio_crypto_akcipher_session_para para, struct virtio_crypto_session **made)
{
	struct virtio_crypto_session *s = virtio_crypto_session_alloc(dev);
	int ret = -ENOMEM;

	if (s == NULL)
		return -ENOMEM;
	s->params = virtio_crypto_params_alloc(key->len);
	if (s->params != NULL) {
		s->params->cipher_key_len = key->len;
		memcpy(s->params->keys, key->der, key->len);
		describe(dev, s, &para);
		ret = virtio_crypto_session_add(dev, s);
	}
	if (ret == 0)
		*made = s;
	else
		virtio_crypto_session_free(s);
	return ret;
}

/* Whether the device does not support this kind of session; some devices report only an error. */
static bool
refused(int ret)
{
	return ret == -ENOTSUP || ret == -EIO;
}

/*
 * Creates sessions with padding: one for all hashes, or else one per hash that the device supports.
 */
static int
create_pkcs1(struct virtio_crypto_dev *dev, const struct der_key *key,
	     struct virtio_crypto_asym_session_ref *ref)
{
	const uint32_t padding = VIRTIO_CRYPTO_RSA_PKCS1_PADDING;
	int first = create_one(dev, key, rsa_para(key->type, padding, VIRTIO_CRYPTO_RSA_NO_HASH),
			       &ref->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH]);
	bool any = first == 0;
	uint32_t hash;

	if (!refused(first))
		return first;
	for (hash = VIRTIO_CRYPTO_RSA_NO_HASH + 1; hash < VIRTIO_CRYPTO_RSA_MAX_HASHES; hash++) {
		int ret;

		if (virtio_crypto_rsa_hash_find(hash) == NULL)
			continue;
		ret = create_one(dev, key, rsa_para(key->type, padding, hash), &ref->pkcs1[hash]);
		if (ret != 0 && !refused(ret))
			return ret;
		any = any || ret == 0;
	}
	return any ? 0 : first;
}

/* All sessions that operations of an RSA transform may need, as far as the device has them. */
static int
create_all(struct virtio_crypto_dev *dev, const struct der_key *key,
	   const struct rte_crypto_rsa_padding *padding, struct virtio_crypto_asym_session_ref *ref)
{
	bool raw = padding == NULL || padding->type == RTE_CRYPTO_RSA_PADDING_NONE;
	bool pkcs1 = padding == NULL || padding->type == RTE_CRYPTO_RSA_PADDING_PKCS1_5;
	int raw_ret = -ENOTSUP, ret = -ENOTSUP;

	if (!raw && !pkcs1)
		VIRTIO_CRYPTO_LOG(ERR, "unsupported RSA padding %d: expected none or PKCS #1 v1.5",
				  padding->type);
	if (raw)
		raw_ret = create_one(dev, key,
				     rsa_para(key->type, VIRTIO_CRYPTO_RSA_RAW_PADDING,
					      VIRTIO_CRYPTO_RSA_NO_HASH),
				     &ref->raw);
	if (raw_ret != 0 && !refused(raw_ret))
		return raw_ret;
	if (pkcs1)
		ret = create_pkcs1(dev, key, ref);
	if (ret != 0 && !refused(ret))
		return ret;
	return raw_ret == 0 ? 0 : ret;
}

/* The key of a transform, complete: the device has to know it by heart. */
static int
make_key(const struct virtio_crypto_dev *dev, const struct rte_crypto_rsa_xform *rsa,
	 struct der_key *key)
{
	int ret = virtio_crypto_rsa_key_write_complete(rsa, key->der, sizeof(key->der));

	if (ret < 0) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: invalid RSA key: its numbers are inconsistent, or not those "
				  "of a key with two primes",
				  dev->data->name);
		return ret;
	}
	key->len = ret;
	key->type = virtio_crypto_rsa_key_type(rsa);
	if (!dev->has_ctrlq && key->len > dev->max_asym_key) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: RSA key too long: %u bytes in DER, session messages of a "
				  "device without a control queue hold %u",
				  dev->data->name, key->len, dev->max_asym_key);
		return -ENOTSUP;
	}
	return 0;
}

static int
create_rsa(struct virtio_crypto_dev *dev, const struct rte_crypto_rsa_xform *rsa,
	   struct virtio_crypto_asym_session_ref *ref)
{
	const struct rte_crypto_rsa_padding *padding = virtio_crypto_rsa_xform_padding(rsa);
	struct der_key key;
	int ret;

	ref->modulus_len = virtio_crypto_rsa_modulus_len(rsa);
	if (ref->modulus_len == 0) {
		VIRTIO_CRYPTO_LOG(ERR, "unsupported RSA modulus of %zu bytes: expected %u to %u",
				  rsa->n.length, VIRTIO_CRYPTO_RSA_MIN_MODULUS,
				  VIRTIO_CRYPTO_RSA_MAX_MODULUS);
		return -ENOTSUP;
	}
	if (padding != NULL)
		ref->padding = *padding;
	ret = make_key(dev, rsa, &key);
	if (ret == 0)
		ret = create_all(dev, &key, padding, ref);
	explicit_bzero(&key, sizeof(key));
	return ret;
}

/* A session with one key of a pair, if that is there. */
static int
create_ecdsa_one(struct virtio_crypto_dev *dev, const struct virtio_crypto_ecdsa_key *pair,
		 uint32_t type, const struct virtio_crypto_curve *curve,
		 struct virtio_crypto_session **made)
{
	struct der_key key = { .type = type };
	int ret = virtio_crypto_ecdsa_key_write(curve, pair, type, key.der, sizeof(key.der));

	if (ret == -EINVAL)
		VIRTIO_CRYPTO_LOG(ERR, "%s: invalid ECDSA key: numbers longer than %u bytes",
				  dev->data->name, curve->size);
	if (ret > 0) {
		key.len = ret;
		ret = create_one(dev, &key, ecdsa_para(type, curve), made);
	}
	explicit_bzero(&key, sizeof(key));
	return ret == -ENOENT ? 0 : ret;
}

int
virtio_crypto_ecdsa_sessions_create(struct virtio_crypto_dev *dev,
				    const struct virtio_crypto_ecdsa_key *pair,
				    struct virtio_crypto_asym_session_ref *ref)
{
	int ret = create_ecdsa_one(dev, pair, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE, &ref->curve,
				   &ref->ec_private);

	if (ret == 0)
		ret = create_ecdsa_one(dev, pair, VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC,
				       &ref->curve, &ref->ec_public);
	if (ret == 0 && ref->ec_private == NULL && ref->ec_public == NULL) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: invalid ECDSA transform: neither a private nor a public key",
				  dev->data->name);
		return -EINVAL;
	}
	return ret;
}

static int
create_ecdsa(struct virtio_crypto_dev *dev, const struct rte_crypto_ec_xform *ec,
	     struct virtio_crypto_asym_session_ref *ref)
{
	const struct rte_crypto_ecdsa_op_param none = { 0 };
	struct virtio_crypto_ecdsa_key pair = virtio_crypto_ecdsa_key_of(ec, &none);
	const struct virtio_crypto_curve *curve = virtio_crypto_curve_of(ec->curve_id);

	if (curve == NULL) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "unsupported ECDSA curve %d: expected P-192, P-224, P-256, P-384 "
				  "or P-521",
				  ec->curve_id);
		return -ENOTSUP;
	}
	ref->curve = *curve;
	return VIRTIO_CRYPTO_ECDSA_OP_HAS_KEY ?
		0 :
		virtio_crypto_ecdsa_sessions_create(dev, &pair, ref);
}

bool
virtio_crypto_asym_session_is_supported(const struct virtio_crypto_dev *dev,
					const struct rte_crypto_asym_xform *xform)
{
	if (xform->next != NULL)
		return false;
	return (xform->xform_type == RTE_CRYPTO_ASYM_XFORM_RSA &&
		virtio_crypto_caps_has_rsa(dev)) ||
		(xform->xform_type == RTE_CRYPTO_ASYM_XFORM_ECDSA &&
		 virtio_crypto_caps_has_ecdsa(dev));
}

static int
create(struct virtio_crypto_dev *dev, const struct rte_crypto_asym_xform *xform,
       struct virtio_crypto_asym_session_ref *ref)
{
	if (!virtio_crypto_asym_session_is_supported(dev, xform)) {
		VIRTIO_CRYPTO_LOG(ERR, "asymmetric transform type %d: not supported by the device",
				  xform->xform_type);
		return -ENOTSUP;
	}
	return xform->xform_type == RTE_CRYPTO_ASYM_XFORM_RSA ? create_rsa(dev, &xform->rsa, ref) :
								create_ecdsa(dev, &xform->ec, ref);
}

int
virtio_crypto_asym_session_create(struct virtio_crypto_dev *dev,
				  const struct rte_crypto_asym_xform *xform,
				  struct virtio_crypto_asym_session_ref *ref)
{
	int ret;

	memset(ref, 0, sizeof(*ref));
	ref->dev = dev;
	ret = create(dev, xform, ref);
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot create asymmetric session: %s", dev->data->name,
				  strerror(-ret));
		virtio_crypto_asym_session_destroy(dev, ref);
	}
	return ret;
}

void
virtio_crypto_asym_session_destroy(struct virtio_crypto_dev *dev,
				   struct virtio_crypto_asym_session_ref *ref)
{
	unsigned int i;

	if (ref->ec_private != NULL)
		virtio_crypto_session_remove(dev, ref->ec_private);
	if (ref->ec_public != NULL)
		virtio_crypto_session_remove(dev, ref->ec_public);
	if (ref->raw != NULL)
		virtio_crypto_session_remove(dev, ref->raw);
	for (i = 0; i < RTE_DIM(ref->pkcs1); i++)
		if (ref->pkcs1[i] != NULL)
			virtio_crypto_session_remove(dev, ref->pkcs1[i]);
	memset(ref, 0, sizeof(*ref));
}

/* Fills the session of a stateless request, which has nothing of the request before. */
static void
describe_stateless(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s,
		   uint32_t key_len, struct virtio_crypto_akcipher_session_para para)
{
	struct virtio_crypto_session_params *params = s->params;

	memset(s, 0, sizeof(*s));
	s->params = params;
	s->stateless = true;
	params->cipher_key_len = key_len;
	describe(dev, s, &para);
}

uint32_t
virtio_crypto_rsa_session_fill_stateless(const struct virtio_crypto_dev *dev,
					 const struct rte_crypto_asym_xform *xform,
					 uint32_t padding, struct virtio_crypto_session *s,
					 uint8_t *key, size_t room)
{
	int len;

	if (xform->next != NULL || xform->xform_type != RTE_CRYPTO_ASYM_XFORM_RSA ||
	    !virtio_crypto_caps_has_rsa(dev))
		return 0;
	len = virtio_crypto_rsa_key_write_given(&xform->rsa, key, room);
	if (len < 0)
		return 0;
	describe_stateless(dev, s, len,
			   rsa_para(virtio_crypto_rsa_key_type(&xform->rsa), padding,
				    VIRTIO_CRYPTO_RSA_NO_HASH));
	return virtio_crypto_rsa_modulus_len(&xform->rsa);
}

int
virtio_crypto_ecdsa_session_fill_stateless(const struct virtio_crypto_dev *dev,
					   const struct virtio_crypto_curve *curve,
					   const struct virtio_crypto_ecdsa_key *pair,
					   uint32_t key_type, struct virtio_crypto_session *s,
					   uint8_t *key, size_t room)
{
	int len = virtio_crypto_ecdsa_key_write(curve, pair, key_type, key, room);

	if (len < 0)
		return len;
	describe_stateless(dev, s, len, ecdsa_para(key_type, curve));
	return 0;
}
