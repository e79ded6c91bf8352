/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <assert.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_common.h>
#include <rte_cryptodev.h>
#include <rte_dev.h>
#ifdef VC_HAVE_SCHEDULER
#include <rte_cryptodev_scheduler.h>
#endif

#include "cdev.h"

#define SCHEDULER "crypto_scheduler"

/* Devices on this bus are software, unless their feature flags declare hardware acceleration. */
#define SOFTWARE_BUS "vdev"
/* Our vhost-user PMD: its back-end accesses DPDK memory only. */
#define FRONT_END "crypto_virtio_user"
/*
 * Virtio-crypto PMDs: the device is QEMU's or another host program's, and its driver knows little
 * of it.
 */
#define VIRTIO "crypto_virtio"

/*
 * Unreliable feature flags of drivers, and how they take more than 64 KiB. Drivers get scattered
 * data wrong although they declare support: crypto_aesni_mb computes wrong digests of it and takes
 * lengths modulo 64 KiB. crypto_openssl fails where a segment ends within a block, and out of place
 * where the digest covers more than the cipher; it writes the result of an AEAD to contiguous
 * memory. The drivers of single wireless algorithms, out of place, authenticate the previous
 * content of the destination. A scheduler without workers may get any of them as a worker.
 */
static const struct quirk {
	const char *driver;
	uint64_t unreliable;
	enum vc_large large;
	bool synchronous; /* the synchronous call is correct for AES ciphers */
} quirks[] = {
	{ "crypto_aesni_mb",
	  RTE_CRYPTODEV_FF_IN_PLACE_SGL | RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT |
		  RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT,
	  VC_LARGE_NONE, true },
	{ "crypto_openssl", VC_CDEV_ANY_SHAPE, VC_LARGE_AEAD_TO_ADDRESS, false },
	{ "crypto_kasumi", VC_CDEV_OUT_OF_PLACE, VC_LARGE_NONE, false },
	{ "crypto_snow3g", VC_CDEV_OUT_OF_PLACE, VC_LARGE_NONE, false },
	{ "crypto_zuc", VC_CDEV_OUT_OF_PLACE, VC_LARGE_NONE, false },
	{ SCHEDULER, VC_CDEV_ANY_SHAPE, VC_LARGE_NONE, false },
};

/* The multi-buffer library takes at most 20000 bits for KASUMI and 65504 for ZUC. */
#define KASUMI_MAX 2500
#define ZUC_MAX	   8188

#define CIPHER(algo_) .xform = RTE_CRYPTO_SYM_XFORM_CIPHER, .algo = RTE_CRYPTO_CIPHER_##algo_
#define AUTH(algo_)   .xform = RTE_CRYPTO_SYM_XFORM_AUTH, .algo = RTE_CRYPTO_AUTH_##algo_
#define AEAD(algo_)   .xform = RTE_CRYPTO_SYM_XFORM_AEAD, .algo = RTE_CRYPTO_AEAD_##algo_

/*
 * Lengths that a driver gets wrong without an error: it leaves the data unchanged, or computes
 * another digest. crypto_aesni_mb reads a byte of empty data for an HMAC. The drivers of single
 * wireless algorithms process several requests together, and none of them if one is empty.
 * crypto_openssl restarts AES-CCM at each mbuf.
 */
static const struct alg_quirk {
	const char *driver;
	uint8_t xform;
	uint8_t algo;
	uint32_t min_len;
	uint32_t max_len; /* 0: no limit */
	bool counter32;
} alg_quirks[] = {
	{ "crypto_aesni_mb", CIPHER(AES_CTR), .counter32 = true },
	{ "crypto_aesni_mb", CIPHER(KASUMI_F8), .max_len = KASUMI_MAX },
	{ "crypto_aesni_mb", AUTH(KASUMI_F9), .min_len = 1, .max_len = KASUMI_MAX },
	{ "crypto_aesni_mb", CIPHER(ZUC_EEA3), .max_len = ZUC_MAX },
	{ "crypto_aesni_mb", AUTH(ZUC_EIA3), .min_len = 1, .max_len = ZUC_MAX },
	{ "crypto_aesni_mb", AUTH(MD5_HMAC), .min_len = 1 },
	{ "crypto_aesni_mb", AUTH(SHA1_HMAC), .min_len = 1 },
	{ "crypto_aesni_mb", AUTH(SHA224_HMAC), .min_len = 1 },
	{ "crypto_aesni_mb", AUTH(SHA256_HMAC), .min_len = 1 },
	{ "crypto_aesni_mb", AUTH(SHA384_HMAC), .min_len = 1 },
	{ "crypto_aesni_mb", AUTH(SHA512_HMAC), .min_len = 1 },
	{ "crypto_kasumi", CIPHER(KASUMI_F8), .min_len = 1, .max_len = KASUMI_MAX },
	{ "crypto_kasumi", AUTH(KASUMI_F9), .min_len = 1, .max_len = KASUMI_MAX },
	{ "crypto_zuc", CIPHER(ZUC_EEA3), .min_len = 1, .max_len = ZUC_MAX },
	{ "crypto_zuc", AUTH(ZUC_EIA3), .min_len = 1, .max_len = ZUC_MAX },
	{ "crypto_snow3g", CIPHER(SNOW3G_UEA2), .min_len = 1 },
	{ "crypto_snow3g", AUTH(SNOW3G_UIA2), .min_len = 1 },
	{ "crypto_openssl", AEAD(AES_CCM), .max_len = UINT16_MAX },
};

unsigned int
vc_cdev_workers(uint8_t dev_id, uint8_t workers[VC_CDEV_MAX_WORKERS])
{
#ifdef VC_HAVE_SCHEDULER
	struct rte_cryptodev_info info;
	int nb;

	static_assert(VC_CDEV_MAX_WORKERS >= RTE_CRYPTODEV_SCHEDULER_MAX_NB_WORKERS,
		      "room for all workers");
	rte_cryptodev_info_get(dev_id, &info);
	if (strcmp(info.driver_name, SCHEDULER) == 0) {
		nb = rte_cryptodev_scheduler_workers_get(dev_id, workers);
		if (nb > 0)
			return nb;
	}
#endif
	workers[0] = dev_id;
	return 1;
}

static const struct quirk *
quirk_of(const struct rte_cryptodev_info *info)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(quirks); i++)
		if (strcmp(info->driver_name, quirks[i].driver) == 0)
			return &quirks[i];
	return NULL;
}

static uint64_t
features_of(uint8_t dev_id)
{
	const struct quirk *quirk;
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(dev_id, &info);
	quirk = quirk_of(&info);
	return info.feature_flags & ~(quirk != NULL ? quirk->unreliable : 0);
}

uint64_t
vc_cdev_features(uint8_t dev_id)
{
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;
	uint64_t features = UINT64_MAX;

	for (i = 0; i < nb; i++)
		features &= features_of(workers[i]);
	return features;
}

static const char *
copy_reason_of(uint8_t dev_id)
{
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(dev_id, &info);
	if (strcmp(info.driver_name, FRONT_END) == 0)
		return "its back-end has access to DPDK memory only";
	if ((info.feature_flags & RTE_CRYPTODEV_FF_HW_ACCELERATED) || info.device == NULL ||
	    strcmp(rte_bus_name(rte_dev_bus(info.device)), SOFTWARE_BUS) != 0)
		return "it uses DMA, for which guest memory is not mapped";
	return NULL;
}

const char *
vc_cdev_find_copy_reason(uint8_t dev_id)
{
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;
	const char *reason = NULL;

	for (i = 0; i < nb && reason == NULL; i++)
		reason = copy_reason_of(workers[i]);
	return reason;
}

bool
vc_cdev_only_verifies(uint8_t dev_id)
{
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;
	struct rte_cryptodev_info info;

	for (i = 0; i < nb; i++) {
		rte_cryptodev_info_get(workers[i], &info);
		if (strcmp(info.driver_name, VIRTIO) == 0 ||
		    strcmp(info.driver_name, FRONT_END) == 0)
			return true;
	}
	return false;
}

static enum vc_large
large_of(uint8_t dev_id)
{
	const struct quirk *quirk;
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(dev_id, &info);
	quirk = quirk_of(&info);
	if (quirk != NULL)
		return quirk->large;
	return info.feature_flags & RTE_CRYPTODEV_FF_IN_PLACE_SGL ? VC_LARGE_MBUFS : VC_LARGE_NONE;
}

enum vc_large
vc_cdev_large(uint8_t dev_id)
{
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;
	enum vc_large large = large_of(workers[0]);

	for (i = 1; i < nb; i++)
		if (large_of(workers[i]) != large)
			return VC_LARGE_NONE;
	return large;
}

/*
 * With DPDK 22.11, the synchronous call of crypto_aesni_mb is wrong for SNOW 3G and KASUMI, without
 * an error.
 */
bool
vc_cdev_synchronous(uint8_t dev_id, uint8_t cipher)
{
	struct rte_cryptodev_info info;
	const struct quirk *quirk;

	if (cipher != RTE_CRYPTO_CIPHER_AES_CBC && cipher != RTE_CRYPTO_CIPHER_AES_CTR)
		return false;
	rte_cryptodev_info_get(dev_id, &info);
	quirk = quirk_of(&info);
	return (info.feature_flags & RTE_CRYPTODEV_FF_SYM_CPU_CRYPTO) && quirk != NULL &&
		quirk->synchronous;
}

/* Narrows limits to what a driver processes correctly. */
static void
narrow(struct vc_limits *limits, const char *driver, const struct virtio_crypto_alg *alg)
{
	unsigned int i;

	for (i = 0; alg != NULL && i < RTE_DIM(alg_quirks); i++) {
		const struct alg_quirk *quirk = &alg_quirks[i];
		uint32_t max = quirk->max_len != 0 ? quirk->max_len : UINT32_MAX;

		if (quirk->xform != alg->xform || quirk->algo != alg->algo ||
		    strcmp(quirk->driver, driver) != 0)
			continue;
		limits->counter32 |= quirk->counter32;
		if (alg->xform != RTE_CRYPTO_SYM_XFORM_AUTH) {
			limits->min_cipher = RTE_MAX(limits->min_cipher, quirk->min_len);
			limits->max_cipher = RTE_MIN(limits->max_cipher, max);
		} else {
			limits->min_auth = RTE_MAX(limits->min_auth, quirk->min_len);
			limits->max_auth = RTE_MIN(limits->max_auth, max);
		}
	}
}

struct vc_limits
vc_cdev_limits(uint8_t dev_id, const struct virtio_crypto_alg *cipher,
	       const struct virtio_crypto_alg *auth)
{
	struct vc_limits limits = { .max_cipher = UINT32_MAX, .max_auth = UINT32_MAX };
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;
	struct rte_cryptodev_info info;

	for (i = 0; i < nb; i++) {
		rte_cryptodev_info_get(workers[i], &info);
		narrow(&limits, info.driver_name, cipher);
		narrow(&limits, info.driver_name, auth);
	}
	return limits;
}

unsigned int
vc_cdev_session_objects(uint8_t dev_id)
{
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers);

	/* A scheduler takes one object for itself, and one for each kind of worker. */
	return nb == 1 && workers[0] == dev_id ? 1 : 1 + nb;
}

unsigned int
vc_cdev_session_size(uint8_t dev_id)
{
	/*
	 * A scheduler reports the size of its workers' sessions, but stores pointers to them there.
	 */
	return RTE_MAX(rte_cryptodev_sym_get_private_session_size(dev_id),
		       (VC_CDEV_MAX_WORKERS + 1) * sizeof(void *));
}

static uint32_t
max_key_size(const struct rte_cryptodev_symmetric_capability *cap)
{
	if (cap->xform_type == RTE_CRYPTO_SYM_XFORM_CIPHER)
		return cap->cipher.key_size.max;
	if (cap->xform_type == RTE_CRYPTO_SYM_XFORM_AUTH)
		return cap->auth.key_size.max;
	return cap->aead.key_size.max;
}

bool
vc_cdev_has_alg(uint8_t dev_id, const struct virtio_crypto_alg *alg, uint32_t *max_key,
		uint32_t *max_aad)
{
	const struct rte_cryptodev_symmetric_capability *cap;
	uint8_t workers[VC_CDEV_MAX_WORKERS];
	unsigned int nb = vc_cdev_workers(dev_id, workers), i;
	uint32_t key = UINT32_MAX, aad = UINT32_MAX;

	for (i = 0; i < nb; i++) {
		cap = virtio_crypto_alg_of_cryptodev(workers[i], alg);
		if (cap == NULL)
			return false;
		key = RTE_MIN(key, max_key_size(cap));
		aad = cap->xform_type == RTE_CRYPTO_SYM_XFORM_AEAD ?
			RTE_MIN(aad, cap->aead.aad_size.max) :
			0;
	}
	/* Device configuration layout, D7, D8 */
	*max_key = RTE_MAX(*max_key, key);
	*max_aad = RTE_MAX(*max_aad, aad);
	return true;
}
