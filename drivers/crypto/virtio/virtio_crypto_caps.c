/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>

#include <rte_malloc.h>

#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_asym_compat.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_params.h"

/* The largest value of a range that is not above a limit. */
static uint16_t
range_floor(const struct rte_crypto_param_range *range, uint32_t limit)
{
	if (range->max <= limit)
		return range->max;
	if (range->increment == 0)
		return range->min;
	return range->min + (limit - range->min) / range->increment * range->increment;
}

/* Limits a row to what device and driver support; false if nothing remains. */
static bool
clip(struct virtio_crypto_alg *alg, const struct virtio_crypto_config *config)
{
	bool auth = alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH;
	uint32_t max_key = RTE_MIN(
		VIRTIO_CRYPTO_MAX_KEY,
		rte_le_to_cpu_32(auth ? config->max_auth_key_len : config->max_cipher_key_len));

	/* Device configuration layout, R8, R9 */
	if (alg->key.min > max_key)
		return false;
	alg->key.max = range_floor(&alg->key, max_key);
	alg->digest.max = range_floor(&alg->digest, VIRTIO_CRYPTO_MAX_DIGEST);
	return true;
}

/* Whether asymmetric sessions can be created. */
static bool
has_asym_sessions(const struct virtio_crypto_dev *dev)
{
	return dev->has_ctrlq || dev->max_asym_key > 0;
}

bool
virtio_crypto_caps_has_rsa(const struct virtio_crypto_dev *dev)
{
	return virtio_crypto_config_offers_akcipher(&dev->config, VIRTIO_CRYPTO_AKCIPHER_RSA) &&
		has_asym_sessions(dev);
}

/* Where each operation specifies its key, requests must be able to carry it. */
bool
virtio_crypto_caps_has_ecdsa(const struct virtio_crypto_dev *dev)
{
	if (!virtio_crypto_config_offers_akcipher(&dev->config, VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC))
		return false;
	return VIRTIO_CRYPTO_ECDSA_OP_HAS_KEY ?
		virtio_crypto_has_feature(dev->features, VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE) :
		has_asym_sessions(dev);
}

static void
rsa_capability(struct rte_cryptodev_capabilities *cap)
{
	cap->op = RTE_CRYPTO_OP_TYPE_ASYMMETRIC;
	cap->asym.xform_capa.xform_type = RTE_CRYPTO_ASYM_XFORM_RSA;
	cap->asym.xform_capa.op_types = RTE_BIT32(RTE_CRYPTO_ASYM_OP_ENCRYPT) |
		RTE_BIT32(RTE_CRYPTO_ASYM_OP_DECRYPT) | RTE_BIT32(RTE_CRYPTO_ASYM_OP_SIGN) |
		RTE_BIT32(RTE_CRYPTO_ASYM_OP_VERIFY);
	cap->asym.xform_capa.modlen.min = VIRTIO_CRYPTO_RSA_MIN_MODULUS;
	cap->asym.xform_capa.modlen.max = VIRTIO_CRYPTO_RSA_MAX_MODULUS;
	cap->asym.xform_capa.modlen.increment = 1;
}

static void
ecdsa_capability(struct rte_cryptodev_capabilities *cap)
{
	cap->op = RTE_CRYPTO_OP_TYPE_ASYMMETRIC;
	cap->asym.xform_capa.xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA;
	cap->asym.xform_capa.op_types = RTE_BIT32(RTE_CRYPTO_ASYM_OP_SIGN) |
		RTE_BIT32(RTE_CRYPTO_ASYM_OP_VERIFY);
}

/*
 * Neither the configuration nor a session specifies the supported IV lengths. Lengths of GCM, GMAC
 * and KASUMI F9 that only some devices support are not advertised, but passed to the device.
 */
static struct rte_crypto_param_range
advertised_iv(const struct virtio_crypto_alg *alg)
{
	uint16_t shortest = virtio_crypto_alg_default_iv_len(alg, alg->key.min);
	uint16_t longest = virtio_crypto_alg_default_iv_len(alg, alg->key.max);

	if (alg->iv.min == alg->iv.max)
		return alg->iv;
	/* The IV length depends on the key length: there are as many lengths as keys. */
	if (virtio_crypto_alg_iv_follows_key(alg) || shortest == alg->iv.min)
		return (struct rte_crypto_param_range){ shortest, longest, longest - shortest };
	return alg->iv;
}

void
virtio_crypto_caps_advertise(struct virtio_crypto_dev *dev, unsigned int i,
			     const struct virtio_crypto_alg *alg)
{
	struct virtio_crypto_alg advertised = *alg;

	advertised.iv = advertised_iv(alg);
	virtio_crypto_alg_capability(&advertised, &dev->capabilities[i]);
}

int
virtio_crypto_caps_init(struct virtio_crypto_dev *dev)
{
	const struct virtio_crypto_alg *rows;
	unsigned int count, i, n = 0;

	rows = virtio_crypto_algs(&count);
	if (dev->tr != NULL)
		dev->max_asym_key = dev->tr->max_asym_key;
	dev->algs = rte_calloc("virtio_crypto", count, sizeof(*dev->algs), 0);
	dev->capabilities = rte_calloc("virtio_crypto", count + 3, sizeof(*dev->capabilities), 0);
	if (dev->algs == NULL || dev->capabilities == NULL) {
		virtio_crypto_caps_fini(dev);
		return -ENOMEM;
	}
	for (i = 0; i < count; i++) {
		dev->algs[n] = rows[i];
		/* Device configuration layout, R4, R5; Device Initialization, R11, R12 */
		if (!virtio_crypto_config_offers(&dev->config, &rows[i]) ||
		    !clip(&dev->algs[n], &dev->config))
			continue;
		dev->algs[n].name = NULL; /* other processes could not read it */
		virtio_crypto_caps_advertise(dev, n, &dev->algs[n]);
		n++;
	}
	dev->nb_algs = n;
	if (virtio_crypto_caps_has_rsa(dev))
		rsa_capability(&dev->capabilities[n++]);
	if (virtio_crypto_caps_has_ecdsa(dev))
		ecdsa_capability(&dev->capabilities[n]);
	/* The zeroed entry after the last one, op 0, ends the list. */
	return 0;
}

void
virtio_crypto_caps_fini(struct virtio_crypto_dev *dev)
{
	rte_free(dev->algs);
	rte_free(dev->capabilities);
	dev->algs = NULL;
	dev->capabilities = NULL;
}

const struct virtio_crypto_alg *
virtio_crypto_caps_find(const struct virtio_crypto_dev *dev,
			const struct rte_crypto_sym_xform *xform)
{
	const struct virtio_crypto_alg *row = virtio_crypto_alg_of_xform(xform);
	unsigned int i;

	for (i = 0; row != NULL && i < dev->nb_algs; i++)
		if (dev->algs[i].service == row->service && dev->algs[i].number == row->number)
			return &dev->algs[i];
	return NULL;
}

static bool
lacks_bits(uint32_t now, uint32_t before)
{
	return (before & ~now) != 0;
}

const char *
virtio_crypto_caps_find_lacking(const struct virtio_crypto_config *now,
				const struct virtio_crypto_config *before)
{
	if (rte_le_to_cpu_32(now->max_dataqueues) < rte_le_to_cpu_32(before->max_dataqueues))
		return "max_dataqueues";
	if (lacks_bits(now->crypto_services, before->crypto_services))
		return "crypto_services";
	if (lacks_bits(now->cipher_algo_l, before->cipher_algo_l) ||
	    lacks_bits(now->cipher_algo_h, before->cipher_algo_h))
		return "cipher_algo";
	if (lacks_bits(now->hash_algo, before->hash_algo))
		return "hash_algo";
	if (lacks_bits(now->mac_algo_l, before->mac_algo_l) ||
	    lacks_bits(now->mac_algo_h, before->mac_algo_h))
		return "mac_algo";
	if (lacks_bits(now->aead_algo, before->aead_algo))
		return "aead_algo";
	if (lacks_bits(now->akcipher_algo, before->akcipher_algo))
		return "akcipher_algo";
	if (rte_le_to_cpu_32(now->max_cipher_key_len) <
	    rte_le_to_cpu_32(before->max_cipher_key_len))
		return "max_cipher_key_len";
	if (rte_le_to_cpu_32(now->max_auth_key_len) < rte_le_to_cpu_32(before->max_auth_key_len))
		return "max_auth_key_len";
	if (rte_le_to_cpu_64(now->max_size) < rte_le_to_cpu_64(before->max_size))
		return "max_size";
	return NULL;
}
