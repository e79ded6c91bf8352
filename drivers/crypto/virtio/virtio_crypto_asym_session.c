/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_head.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_rsa_key.h"

/* A key for the device. Has private numbers: wiped after use. */
struct der_key {
	uint32_t type;
	uint32_t len;
	uint8_t der[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY];
};

/* Fills a session, whose params have the length of the key. */
static void
describe(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s, uint32_t key_type,
	 uint32_t padding, uint32_t hash)
{
	struct virtio_crypto_session_params *p = s->params;
	struct virtio_crypto_akcipher_session_para *para = &p->req.u.akcipher_create_session.para;

	memset(&p->req, 0, sizeof(p->req));
	p->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	p->req.header.algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_RSA);
	para->algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_RSA);
	para->keytype = rte_cpu_to_le_32(key_type);
	para->keylen = rte_cpu_to_le_32(p->cipher_key_len);
	para->u.rsa.padding_algo = rte_cpu_to_le_32(padding);
	para->u.rsa.hash_algo = rte_cpu_to_le_32(hash);
	s->kind = VIRTIO_CRYPTO_KIND_AKCIPHER;
	s->digest = VIRTIO_CRYPTO_DIGEST_ASYM;
	virtio_crypto_head_akcipher(dev, s);
}

/* Creates one of the sessions on the device; *made stays NULL if that fails. */
static int
create_one(struct virtio_crypto_dev *dev, const struct der_key *key, uint32_t padding,
	   uint32_t hash, struct virtio_crypto_session **made)
{
	struct virtio_crypto_session *s = virtio_crypto_session_alloc(dev);
	int ret = -ENOMEM;

	if (s == NULL)
		return -ENOMEM;
	s->params = virtio_crypto_params_alloc(key->len);
	if (s->params != NULL) {
		s->params->cipher_key_len = key->len;
		memcpy(s->params->keys, key->der, key->len);
		describe(dev, s, key->type, padding, hash);
		ret = virtio_crypto_session_add(dev, s);
	}
	if (ret == 0)
		*made = s;
	else
		virtio_crypto_session_free(s);
	return ret;
}

/* Whether the device does not have that kind of session; some say no more than that it failed. */
static bool
refused(int ret)
{
	return ret == -ENOTSUP || ret == -EIO;
}

/* Sessions with padding: one for all hashes, or else one for each that the device takes. */
static int
create_pkcs1(struct virtio_crypto_dev *dev, const struct der_key *key,
	     struct virtio_crypto_asym_session_ref *ref)
{
	const uint32_t padding = VIRTIO_CRYPTO_RSA_PKCS1_PADDING;
	int first = create_one(dev, key, padding, VIRTIO_CRYPTO_RSA_NO_HASH,
			       &ref->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH]);
	bool any = first == 0;
	uint32_t hash;

	if (!refused(first))
		return first;
	for (hash = VIRTIO_CRYPTO_RSA_NO_HASH + 1; hash < VIRTIO_CRYPTO_RSA_MAX_HASHES; hash++) {
		int ret;

		if (virtio_crypto_rsa_hash_find(hash) == NULL)
			continue;
		ret = create_one(dev, key, padding, hash, &ref->pkcs1[hash]);
		if (ret != 0 && !refused(ret))
			return ret;
		any = any || ret == 0;
	}
	return any ? 0 : first;
}

/* All sessions that operations of the transform may need, as far as the device has them. */
static int
create_all(struct virtio_crypto_dev *dev, const struct der_key *key,
	   const struct rte_crypto_rsa_padding *padding, struct virtio_crypto_asym_session_ref *ref)
{
	bool raw = padding == NULL || padding->type == RTE_CRYPTO_RSA_PADDING_NONE;
	bool pkcs1 = padding == NULL || padding->type == RTE_CRYPTO_RSA_PADDING_PKCS1_5;
	int raw_ret = -ENOTSUP, ret = -ENOTSUP;

	if (!raw && !pkcs1)
		VIRTIO_CRYPTO_LOG(ERR,
				  "RSA padding %d: the device knows none and PKCS #1 v1.5 only",
				  padding->type);
	if (raw)
		raw_ret = create_one(dev, key, VIRTIO_CRYPTO_RSA_RAW_PADDING,
				     VIRTIO_CRYPTO_RSA_NO_HASH, &ref->raw);
	if (raw_ret != 0 && !refused(raw_ret))
		return raw_ret;
	if (pkcs1)
		ret = create_pkcs1(dev, key, ref);
	if (ret != 0 && !refused(ret))
		return ret;
	return raw_ret == 0 ? 0 : ret;
}

static int
check_xform(const struct virtio_crypto_dev *dev, const struct rte_crypto_asym_xform *xform)
{
	if (xform->next != NULL || xform->xform_type != RTE_CRYPTO_ASYM_XFORM_RSA ||
	    !virtio_crypto_caps_rsa(dev)) {
		VIRTIO_CRYPTO_LOG(ERR, "asymmetric transform type %d: the device does not offer it",
				  xform->xform_type);
		return -ENOTSUP;
	}
	if (virtio_crypto_rsa_modulus_len(&xform->rsa) == 0) {
		VIRTIO_CRYPTO_LOG(ERR, "an RSA modulus of %zu bytes; it has to have %u to %u",
				  xform->rsa.n.length, VIRTIO_CRYPTO_RSA_MIN_MODULUS,
				  VIRTIO_CRYPTO_RSA_MAX_MODULUS);
		return -ENOTSUP;
	}
	return 0;
}

/* The key of a transform, complete: the device has to know it by heart. */
static int
make_key(const struct virtio_crypto_dev *dev, const struct rte_crypto_rsa_xform *rsa,
	 struct der_key *key)
{
	int ret = virtio_crypto_rsa_key_complete(rsa, key->der, sizeof(key->der));

	if (ret < 0) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: an RSA key whose numbers do not belong together, or are "
				  "none of a key with two primes",
				  dev->data->name);
		return ret;
	}
	key->len = ret;
	key->type = virtio_crypto_rsa_key_type(rsa);
	if (!dev->has_ctrlq && dev->tr != NULL && key->len > dev->tr->max_asym_key) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: an RSA key of %u bytes in DER; the device has no control "
				  "queue, and messages have room for %u",
				  dev->data->name, key->len, dev->tr->max_asym_key);
		return -ENOTSUP;
	}
	return 0;
}

int
virtio_crypto_asym_session_create(struct virtio_crypto_dev *dev,
				  const struct rte_crypto_asym_xform *xform,
				  struct virtio_crypto_asym_session_ref *ref)
{
	const struct rte_crypto_rsa_padding *padding = NULL;
	int ret = check_xform(dev, xform);
	struct der_key key;

	if (ret != 0)
		return ret;
	memset(ref, 0, sizeof(*ref));
	ref->dev = dev;
	ref->modulus_len = virtio_crypto_rsa_modulus_len(&xform->rsa);
	padding = virtio_crypto_rsa_xform_padding(&xform->rsa);
	if (padding != NULL)
		ref->padding = *padding;
	ret = make_key(dev, &xform->rsa, &key);
	if (ret == 0)
		ret = create_all(dev, &key, padding, ref);
	explicit_bzero(&key, sizeof(key));
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: asymmetric session not created: %s", dev->data->name,
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

	if (ref->raw != NULL)
		virtio_crypto_session_remove(dev, ref->raw);
	for (i = 0; i < RTE_DIM(ref->pkcs1); i++)
		if (ref->pkcs1[i] != NULL)
			virtio_crypto_session_remove(dev, ref->pkcs1[i]);
	memset(ref, 0, sizeof(*ref));
}

uint32_t
virtio_crypto_asym_session_stateless(const struct virtio_crypto_dev *dev,
				     const struct rte_crypto_asym_xform *xform, uint32_t padding,
				     struct virtio_crypto_session *s, uint8_t *key, size_t room)
{
	struct virtio_crypto_session_params *params = s->params;
	int len;

	if (xform->next != NULL || xform->xform_type != RTE_CRYPTO_ASYM_XFORM_RSA)
		return 0;
	len = virtio_crypto_rsa_key_given(&xform->rsa, key, room);
	if (len < 0)
		return 0;
	memset(s, 0, sizeof(*s));
	s->params = params;
	s->stateless = true;
	params->cipher_key_len = len;
	describe(dev, s, virtio_crypto_rsa_key_type(&xform->rsa), padding,
		 VIRTIO_CRYPTO_RSA_NO_HASH);
	return virtio_crypto_rsa_modulus_len(&xform->rsa);
}
