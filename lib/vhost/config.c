/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The config space: the union of what the cryptodevs can do. */

#include <string.h>

#include <rte_cryptodev.h>

#include "akcipher.h"
#include "device.h"

static uint32_t
max_key_size(const struct rte_cryptodev_symmetric_capability *cap)
{
	if (cap->xform_type == RTE_CRYPTO_SYM_XFORM_CIPHER)
		return cap->cipher.key_size.max;
	if (cap->xform_type == RTE_CRYPTO_SYM_XFORM_AUTH)
		return cap->auth.key_size.max;
	return cap->aead.key_size.max;
}

/* Whether a cryptodev has an algorithm; @p max_key grows to the longest key that one takes. */
static bool
alg_offered(const struct rte_vhost_crypto_device *dev, const struct virtio_crypto_alg *alg,
	    uint32_t *max_key)
{
	const struct rte_cryptodev_symmetric_capability *cap;
	bool offered = false;
	uint8_t i;

	for (i = 0; i < dev->sessions.nb_cdevs; i++) {
		cap = virtio_crypto_alg_of_cryptodev(dev->sessions.cdev_ids[i], alg);
		if (cap == NULL)
			continue;
		offered = true;
		*max_key = RTE_MAX(*max_key, max_key_size(cap));
	}
	return offered;
}

static const uint32_t akciphers[] = {
	VIRTIO_CRYPTO_AKCIPHER_RSA,
	VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC,
};

#define OUT_OF_PLACE                                                                               \
	(RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT |                \
	 RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT)

/*
 * What of a cryptodev's feature flags cannot be relied on, and whether it takes more than 64 KiB in
 * several mbufs of whole blocks. What two drivers say of scattered data is not so: crypto_aesni_mb
 * computes wrong digests of it and takes lengths modulo 64 KiB; crypto_openssl goes wrong where a
 * block is cut, and out of place where the digest covers more than the cipher.
 */
static const struct {
	const char *driver;
	uint64_t unreliable;
	bool large;
} quirks[] = {
	{ "crypto_aesni_mb",
	  RTE_CRYPTODEV_FF_IN_PLACE_SGL | RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT |
		  RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT,
	  false },
	{ "crypto_openssl", RTE_CRYPTODEV_FF_IN_PLACE_SGL | OUT_OF_PLACE, true },
};

static void
read_features(struct rte_vhost_crypto_device *dev, uint8_t i)
{
	struct rte_cryptodev_info info;
	unsigned int k;

	rte_cryptodev_info_get(dev->sessions.cdev_ids[i], &info);
	dev->cdev_features[i] = info.feature_flags;
	dev->cdev_large[i] = info.feature_flags & RTE_CRYPTODEV_FF_IN_PLACE_SGL;
	for (k = 0; k < RTE_DIM(quirks); k++) {
		if (strcmp(info.driver_name, quirks[k].driver) != 0)
			continue;
		dev->cdev_features[i] &= ~quirks[k].unreliable;
		dev->cdev_large[i] = quirks[k].large;
	}
}

void
vc_device_fill_config(struct rte_vhost_crypto_device *dev, uint32_t max_size)
{
	struct virtio_crypto_config *config = &dev->config;
	uint32_t cipher_key = 0, auth_key = 0;
	const struct virtio_crypto_alg *algs;
	unsigned int nb, i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < dev->sessions.nb_cdevs; i++)
		read_features(dev, i);
	algs = virtio_crypto_algs(&nb);
	for (i = 0; i < nb; i++) {
		bool auth = algs[i].xform == RTE_CRYPTO_SYM_XFORM_AUTH;

		if (alg_offered(dev, &algs[i], auth ? &auth_key : &cipher_key))
			virtio_crypto_config_offer(config, &algs[i]);
	}
	for (i = 0; i < RTE_DIM(akciphers); i++)
		if (vc_akcipher_offered(&dev->sessions, akciphers[i]))
			virtio_crypto_config_offer_akcipher(config, akciphers[i]);
	/* Not ready says that there is no control queue: front-ends create sessions by message. */
	config->status = rte_cpu_to_le_32(dev->dpdk_api ? 0 : VIRTIO_CRYPTO_S_HW_READY);
	config->max_dataqueues = rte_cpu_to_le_32(dev->ctrlq.index);
	config->max_cipher_key_len = rte_cpu_to_le_32(RTE_MIN(cipher_key, VC_MAX_CIPHER_KEY));
	config->max_auth_key_len = rte_cpu_to_le_32(RTE_MIN(auth_key, VC_MAX_AUTH_KEY));
	config->max_size = rte_cpu_to_le_64(max_size);
}
