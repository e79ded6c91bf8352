/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The config space: the union of what the cryptodevs can do. */

#include <string.h>

#include <rte_cryptodev.h>

#include "akcipher.h"
#include "device.h"

/* Whether a cryptodev has an algorithm; the lengths grow to the longest that one takes. */
static bool
alg_offered(const struct rte_vhost_crypto_device *dev, const struct virtio_crypto_alg *alg,
	    uint32_t *max_key, uint32_t *max_aad)
{
	bool offered = false;
	uint8_t i;

	for (i = 0; i < dev->sessions.nb_cdevs; i++)
		offered |= vc_cdev_has_alg(dev->sessions.cdev_ids[i], alg, max_key, max_aad);
	return offered;
}

static const uint32_t akciphers[] = {
	VIRTIO_CRYPTO_AKCIPHER_RSA,
	VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC,
};

/*
 * The most content with which the device can do something. If no cryptodev takes data of more than
 * one mbuf, that is as much of it in and out, and all that can come with it.
 */
static uint32_t
useful_size(const struct rte_vhost_crypto_device *dev, uint32_t max_aad)
{
	uint8_t i;

	for (i = 0; i < dev->sessions.nb_cdevs; i++)
		if (dev->sessions.large[i])
			return UINT32_MAX;
	return 2 * UINT16_MAX + 2 * VC_MAX_IV + VC_MAX_DIGEST + RTE_MIN(max_aad, UINT16_MAX);
}

void
vc_device_fill_config(struct rte_vhost_crypto_device *dev, uint32_t max_size)
{
	struct virtio_crypto_config *config = &dev->config;
	uint32_t cipher_key = 0, auth_key = 0, aad = 0;
	const struct virtio_crypto_alg *algs;
	unsigned int nb, i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < dev->sessions.nb_cdevs; i++) {
		dev->cdev_features[i] = vc_cdev_features(dev->sessions.cdev_ids[i]);
		dev->sessions.large[i] = vc_cdev_large(dev->sessions.cdev_ids[i]);
	}
	algs = virtio_crypto_algs(&nb);
	for (i = 0; i < nb; i++) {
		bool auth = algs[i].xform == RTE_CRYPTO_SYM_XFORM_AUTH;

		if (alg_offered(dev, &algs[i], auth ? &auth_key : &cipher_key, &aad))
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
	dev->useful_size = useful_size(dev, aad);
	if (max_size == 0)
		max_size = RTE_MIN(RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE, dev->useful_size);
	config->max_size = rte_cpu_to_le_64(max_size);
}
