/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Capabilities of cryptodevs, corrected where a driver's own declaration is wrong.
 *
 * A scheduler (crypto_scheduler) distributes operations among other cryptodevs, its workers. It
 * declares what one of them supports; here it supports what all of them do.
 */

#ifndef VHOST_CRYPTO_CDEV_H
#define VHOST_CRYPTO_CDEV_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_crypto_algs.h"

/** Feature flags of the shapes of data out of place. */
#define VC_CDEV_OUT_OF_PLACE                                                                       \
	(RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT |                \
	 RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT)
/** Feature flags of all shapes of data. */
#define VC_CDEV_ANY_SHAPE (RTE_CRYPTODEV_FF_IN_PLACE_SGL | VC_CDEV_OUT_OF_PLACE)

/** Maximum number of workers of a scheduler. */
#define VC_CDEV_MAX_WORKERS 8

/**
 * Finds the cryptodevs that process a cryptodev's operations: the workers of a scheduler, or
 * itself.
 *
 * @param workers  receives their IDs
 * @return their number, at least 1
 */
unsigned int vc_cdev_workers(uint8_t dev_id, uint8_t workers[VC_CDEV_MAX_WORKERS]);

/** Reliable feature flags (RTE_CRYPTODEV_FF_*) of a cryptodev. */
uint64_t vc_cdev_features(uint8_t dev_id);

/**
 * Checks whether a cryptodev can access guest memory, which is mapped for the CPU only, or needs
 * copies in DPDK memory.
 *
 * @return NULL if it can, else the reason, for the log
 */
const char *vc_cdev_find_copy_reason(uint8_t dev_id);

/**
 * Whether a cryptodev can only compare a digest while it decrypts, and not return it. Most of those
 * reject such a session; of this one, the operations would fail.
 */
bool vc_cdev_only_verifies(uint8_t dev_id);

/** Support of data that exceeds one mbuf. */
enum vc_large {
	VC_LARGE_NONE,	/**< not supported */
	VC_LARGE_MBUFS, /**< several mbufs that are split at whole blocks */
	/** The same; the result of an AEAD or GMAC is written to contiguous memory. */
	VC_LARGE_AEAD_TO_ADDRESS,
};

/** Returns a cryptodev's support of large data. */
enum vc_large vc_cdev_large(uint8_t dev_id);

/**
 * Whether a cryptodev processes a cipher (enum rte_crypto_cipher_algorithm) correctly, and faster
 * than through a queue pair, in the synchronous call rte_cryptodev_sym_cpu_crypto_process().
 */
bool vc_cdev_synchronous(uint8_t dev_id, uint8_t cipher);

/**
 * Lengths that a cryptodev processes correctly; beyond them it reports success with wrong results.
 */
struct vc_limits {
	uint32_t min_cipher; /**< bytes of data of a cipher or AEAD */
	uint32_t max_cipher;
	uint32_t min_auth; /**< bytes of data of a digest; 1: wrong for empty data */
	uint32_t max_auth;
	bool counter32; /**< only the low 32 bits of an AES-CTR counter are incremented */
};

/**
 * Returns a cryptodev's limits for a cipher or AEAD and an authentication algorithm; NULL: none.
 */
struct vc_limits vc_cdev_limits(uint8_t dev_id, const struct virtio_crypto_alg *cipher,
				const struct virtio_crypto_alg *auth);

/** Number of pool objects that a session of a cryptodev takes. */
unsigned int vc_cdev_session_objects(uint8_t dev_id);

/** Size of the driver's part of such an object. */
unsigned int vc_cdev_session_size(uint8_t dev_id);

/**
 * Whether a cryptodev supports an algorithm.
 *
 * @param max_key  raised to the maximum key length in bytes
 * @param max_aad  raised to the maximum length of additional data in bytes
 */
bool vc_cdev_has_alg(uint8_t dev_id, const struct virtio_crypto_alg *alg, uint32_t *max_key,
		     uint32_t *max_aad);

#endif /* VHOST_CRYPTO_CDEV_H */
