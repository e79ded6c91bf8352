/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_version.h>

#include "virtio_crypto_algs.h"

/* Ranges are those of the algorithm; a device may reject a size at session creation. */
#define ONE(n)                                                                                     \
	{                                                                                          \
		(n), (n), 0                                                                        \
	}
#define RANGE(a, b, inc)                                                                           \
	{                                                                                          \
		(a), (b), (inc)                                                                    \
	}
#define NONE                                                                                       \
	{                                                                                          \
		0, 0, 0                                                                            \
	}

/* The variadic arguments are further members. */
#define CIPHER(virtio, dpdk, block, key_, iv_, ...)                                                \
	{                                                                                          \
		.name = #virtio, .service = VIRTIO_CRYPTO_SERVICE_CIPHER,                          \
		.number = VIRTIO_CRYPTO_##virtio, .xform = RTE_CRYPTO_SYM_XFORM_CIPHER,            \
		.algo = RTE_CRYPTO_CIPHER_##dpdk, .block_size = (block), .key = key_, .iv = iv_,   \
		__VA_ARGS__                                                                        \
	}
#define AUTH(serv, virtio, dpdk, block, key_, digest_, iv_, ...)                                   \
	{                                                                                          \
		.name = #virtio, .service = VIRTIO_CRYPTO_SERVICE_##serv,                          \
		.number = VIRTIO_CRYPTO_##virtio, .xform = RTE_CRYPTO_SYM_XFORM_AUTH,              \
		.algo = RTE_CRYPTO_AUTH_##dpdk, .block_size = (block), .key = key_, .iv = iv_,     \
		.digest = digest_, __VA_ARGS__                                                     \
	}
#define HASH(virtio, dpdk, block, len) AUTH(HASH, virtio, dpdk, block, NONE, RANGE(1, len, 1), NONE)
#define HMAC(virtio, dpdk, block, len)                                                             \
	AUTH(MAC, virtio, dpdk, block, RANGE(1, UINT16_MAX, 1), RANGE(1, len, 1), NONE)
#define AEAD(virtio, dpdk, block, key_, tag_, iv_)                                                 \
	{                                                                                          \
		.name = #virtio, .service = VIRTIO_CRYPTO_SERVICE_AEAD,                            \
		.number = VIRTIO_CRYPTO_##virtio, .xform = RTE_CRYPTO_SYM_XFORM_AEAD,              \
		.algo = RTE_CRYPTO_AEAD_##dpdk, .block_size = (block), .key = key_, .iv = iv_,     \
		.digest = tag_, .aad = RANGE(0, UINT16_MAX, 1),                                    \
	}

#define AES_KEY RANGE(16, 32, 8)

static const struct virtio_crypto_alg algs[] = {
	CIPHER(NO_CIPHER, NULL, 1, NONE, NONE),
	CIPHER(CIPHER_ARC4, ARC4, 1, RANGE(1, 256, 1), NONE),
	CIPHER(CIPHER_AES_ECB, AES_ECB, 16, AES_KEY, NONE, .whole_blocks = true),
	CIPHER(CIPHER_AES_CBC, AES_CBC, 16, AES_KEY, ONE(16), .whole_blocks = true),
	CIPHER(CIPHER_AES_CTR, AES_CTR, 16, AES_KEY, RANGE(12, 16, 4)),
	CIPHER(CIPHER_DES_CBC, DES_CBC, 8, ONE(8), ONE(8), .whole_blocks = true),
	CIPHER(CIPHER_3DES_ECB, 3DES_ECB, 8, RANGE(8, 24, 8), NONE, .whole_blocks = true),
	CIPHER(CIPHER_3DES_CBC, 3DES_CBC, 8, RANGE(8, 24, 8), ONE(8), .whole_blocks = true),
	CIPHER(CIPHER_3DES_CTR, 3DES_CTR, 8, RANGE(16, 24, 8), ONE(8)),
	CIPHER(CIPHER_KASUMI_F8, KASUMI_F8, 8, ONE(16), ONE(8), .bits = true),
	CIPHER(CIPHER_SNOW3G_UEA2, SNOW3G_UEA2, 16, ONE(16), ONE(16), .bits = true),
	CIPHER(CIPHER_AES_F8, AES_F8, 16, RANGE(32, 64, 16), ONE(16)),
	CIPHER(CIPHER_AES_XTS, AES_XTS, 16, RANGE(32, 64, 32), ONE(16)),
	CIPHER(CIPHER_ZUC_EEA3, ZUC_EEA3, 16, RANGE(16, 32, 16), RANGE(16, 25, 9), .bits = true),

	HASH(HASH_MD5, MD5, 64, 16),
	HASH(HASH_SHA1, SHA1, 64, 20),
	HASH(HASH_SHA_224, SHA224, 64, 28),
	HASH(HASH_SHA_256, SHA256, 64, 32),
	HASH(HASH_SHA_384, SHA384, 128, 48),
	HASH(HASH_SHA_512, SHA512, 128, 64),
	HASH(HASH_SHA3_224, SHA3_224, 144, 28),
	HASH(HASH_SHA3_256, SHA3_256, 136, 32),
	HASH(HASH_SHA3_384, SHA3_384, 104, 48),
	HASH(HASH_SHA3_512, SHA3_512, 72, 64),
#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
	HASH(HASH_SHA3_SHAKE128, SHAKE_128, 168, UINT16_MAX),
	HASH(HASH_SHA3_SHAKE256, SHAKE_256, 136, UINT16_MAX),
#endif

	AUTH(MAC, NO_MAC, NULL, 1, NONE, NONE, NONE),
	AUTH(MAC, MAC_HMAC_MD5, MD5_HMAC, 64, RANGE(1, 64, 1), RANGE(1, 16, 1), NONE),
	HMAC(MAC_HMAC_SHA1, SHA1_HMAC, 64, 20),
	HMAC(MAC_HMAC_SHA_224, SHA224_HMAC, 64, 28),
	HMAC(MAC_HMAC_SHA_256, SHA256_HMAC, 64, 32),
	HMAC(MAC_HMAC_SHA_384, SHA384_HMAC, 128, 48),
	HMAC(MAC_HMAC_SHA_512, SHA512_HMAC, 128, 64),
	AUTH(MAC, MAC_CMAC_AES, AES_CMAC, 16, AES_KEY, RANGE(1, 16, 1), NONE),
	AUTH(MAC, MAC_KASUMI_F9, KASUMI_F9, 8, ONE(16), ONE(4), RANGE(0, 8, 8), .bits = true),
	AUTH(MAC, MAC_SNOW3G_UIA2, SNOW3G_UIA2, 16, ONE(16), ONE(4), ONE(16), .bits = true),
	AUTH(MAC, MAC_GMAC_AES, AES_GMAC, 16, AES_KEY, RANGE(1, 16, 1), RANGE(12, 16, 4)),
	AUTH(MAC, MAC_CBCMAC_AES, AES_CBC_MAC, 16, AES_KEY, RANGE(1, 16, 1), NONE),
	AUTH(MAC, MAC_XCBC_AES, AES_XCBC_MAC, 16, ONE(16), ONE(12), NONE),
	AUTH(MAC, MAC_ZUC_EIA3, ZUC_EIA3, 16, RANGE(16, 32, 16), RANGE(4, 16, 4), RANGE(16, 25, 9),
	     .bits = true),

	AEAD(AEAD_GCM, AES_GCM, 16, AES_KEY, RANGE(1, 16, 1), RANGE(12, 16, 4)),
	AEAD(AEAD_CCM, AES_CCM, 16, AES_KEY, RANGE(4, 16, 2), RANGE(7, 13, 1)),
	AEAD(AEAD_CHACHA20_POLY1305, CHACHA20_POLY1305, 64, ONE(32), ONE(16), ONE(12)),
};

const struct virtio_crypto_alg *
virtio_crypto_algs(unsigned int *count)
{
	*count = RTE_DIM(algs);
	return algs;
}

const struct virtio_crypto_alg *
virtio_crypto_alg_find(uint32_t service, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(algs); i++)
		if (algs[i].service == service && algs[i].number == number)
			return &algs[i];
	return NULL;
}

static int
xform_algo(const struct rte_crypto_sym_xform *xform)
{
	switch (xform->type) {
	case RTE_CRYPTO_SYM_XFORM_CIPHER:
		return xform->cipher.algo;
	case RTE_CRYPTO_SYM_XFORM_AUTH:
		return xform->auth.algo;
	case RTE_CRYPTO_SYM_XFORM_AEAD:
		return xform->aead.algo;
	default:
		return -1;
	}
}

const struct virtio_crypto_alg *
virtio_crypto_alg_of_xform(const struct rte_crypto_sym_xform *xform)
{
	int algo = xform_algo(xform);
	unsigned int i;

	for (i = 0; i < RTE_DIM(algs); i++)
		if (algs[i].xform == xform->type && algs[i].algo == algo)
			return &algs[i];
	return NULL;
}

void
virtio_crypto_alg_capability(const struct virtio_crypto_alg *alg,
			     struct rte_cryptodev_capabilities *cap)
{
	struct rte_cryptodev_symmetric_capability *sym = &cap->sym;

	*cap = (struct rte_cryptodev_capabilities){ .op = RTE_CRYPTO_OP_TYPE_SYMMETRIC };
	sym->xform_type = alg->xform;
	switch (alg->xform) {
	case RTE_CRYPTO_SYM_XFORM_CIPHER:
		sym->cipher.algo = alg->algo;
		sym->cipher.block_size = alg->block_size;
		sym->cipher.key_size = alg->key;
		sym->cipher.iv_size = alg->iv;
		break;
	case RTE_CRYPTO_SYM_XFORM_AUTH:
		sym->auth.algo = alg->algo;
		sym->auth.block_size = alg->block_size;
		sym->auth.key_size = alg->key;
		sym->auth.digest_size = alg->digest;
		sym->auth.iv_size = alg->iv;
		break;
	default:
		sym->aead.algo = alg->algo;
		sym->aead.block_size = alg->block_size;
		sym->aead.key_size = alg->key;
		sym->aead.digest_size = alg->digest;
		sym->aead.aad_size = alg->aad;
		sym->aead.iv_size = alg->iv;
		break;
	}
}

const struct rte_cryptodev_symmetric_capability *
virtio_crypto_alg_of_cryptodev(uint8_t dev_id, const struct virtio_crypto_alg *alg)
{
	struct rte_cryptodev_sym_capability_idx idx = { .type = alg->xform };

	if (alg->xform == RTE_CRYPTO_SYM_XFORM_CIPHER)
		idx.algo.cipher = alg->algo;
	else if (alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH)
		idx.algo.auth = alg->algo;
	else
		idx.algo.aead = alg->algo;
	return rte_cryptodev_sym_capability_get(dev_id, &idx);
}

/* The mask of an algorithm's bit; bits 32 and up are in the second word. */
static __le32 *
config_mask(struct virtio_crypto_config *config, const struct virtio_crypto_alg *alg)
{
	switch (alg->service) {
	case VIRTIO_CRYPTO_SERVICE_CIPHER:
		return alg->number < 32 ? &config->cipher_algo_l : &config->cipher_algo_h;
	case VIRTIO_CRYPTO_SERVICE_HASH:
		return &config->hash_algo;
	case VIRTIO_CRYPTO_SERVICE_MAC:
		return alg->number < 32 ? &config->mac_algo_l : &config->mac_algo_h;
	default:
		return &config->aead_algo;
	}
}

bool
virtio_crypto_config_offers(const struct virtio_crypto_config *config,
			    const struct virtio_crypto_alg *alg)
{
	struct virtio_crypto_config copy = *config;

	/* Device configuration layout, R4, R6; Device Initialization, R11, R12 */
	return (rte_le_to_cpu_32(copy.crypto_services) & (1u << alg->service)) &&
		(rte_le_to_cpu_32(*config_mask(&copy, alg)) & (1u << (alg->number & 31)));
}

void
virtio_crypto_config_offer(struct virtio_crypto_config *config, const struct virtio_crypto_alg *alg)
{
	/* Device configuration layout, D4, D5 */
	config->crypto_services |= rte_cpu_to_le_32(1u << alg->service);
	*config_mask(config, alg) |= rte_cpu_to_le_32(1u << (alg->number & 31));
}

bool
virtio_crypto_alg_iv_follows_key(const struct virtio_crypto_alg *alg)
{
	return (alg->xform == RTE_CRYPTO_SYM_XFORM_CIPHER &&
		alg->algo == RTE_CRYPTO_CIPHER_ZUC_EEA3) ||
		(alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH && alg->algo == RTE_CRYPTO_AUTH_ZUC_EIA3);
}

uint32_t
virtio_crypto_alg_default_iv_len(const struct virtio_crypto_alg *alg, uint32_t key_len)
{
	/* All devices support 12 bytes for GCM, and some 16. */
	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AEAD)
		return alg->algo == RTE_CRYPTO_AEAD_AES_GCM ? alg->iv.min : alg->iv.max;
	if (virtio_crypto_alg_iv_follows_key(alg))
		return key_len == 32 ? alg->iv.max : alg->iv.min;
	/* The same applies to GMAC; KASUMI F9 also works without an IV. */
	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH)
		return alg->iv.min;
	return alg->iv.max;
}

bool
virtio_crypto_range_has(const struct rte_crypto_param_range *range, uint32_t value)
{
	if (value < range->min || value > range->max)
		return false;
	if (range->increment == 0)
		return value == range->min || value == range->max;
	return (value - range->min) % range->increment == 0;
}
