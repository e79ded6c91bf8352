/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * What a cryptodev can do, where its driver's own word for it does not hold.
 *
 * A scheduler (crypto_scheduler) is a cryptodev made of others, its workers, any of which may get
 * an operation. It claims what one of them can do; here it can do what all of them can.
 */

#ifndef VHOST_CRYPTO_CDEV_H
#define VHOST_CRYPTO_CDEV_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_crypto_algs.h"

/** Cryptodevs that do the work of one, at most: as many as a scheduler has workers. */
#define VC_CDEV_MAX_WORKERS 8

/**
 * The cryptodevs that do the work of a cryptodev: the workers of a scheduler, or itself.
 *
 * @param workers  receives their ids
 * @return their number, at least 1
 */
unsigned int vc_cdev_workers(uint8_t dev_id, uint8_t workers[VC_CDEV_MAX_WORKERS]);

/** Feature flags (RTE_CRYPTODEV_FF_*) of a cryptodev, as far as they can be relied on. */
uint64_t vc_cdev_features(uint8_t dev_id);

/**
 * Why a cryptodev cannot work on the guest's memory, which only processors find where the library
 * has mapped it, and has to be given copies in DPDK's.
 *
 * @return NULL if it can; else the reason, for the log
 */
const char *vc_cdev_find_copy_reason(uint8_t dev_id);

/**
 * Whether a cryptodev is not to be asked for a digest while it decrypts, but only to compare one:
 * those that cannot tell a digest mostly refuse such sessions, but this one's operations fail.
 */
bool vc_cdev_only_verifies(uint8_t dev_id);

/** Data of more bytes than one mbuf describes. */
enum vc_large {
	VC_LARGE_NONE,	/**< the cryptodev does not take it */
	VC_LARGE_MBUFS, /**< it takes several mbufs, at least if they are cut at whole blocks */
	/** The same, but it looks only for the address of what an AEAD or GMAC is to write. */
	VC_LARGE_AEAD_TO_ADDRESS,
};

/** How a cryptodev takes large data. */
enum vc_large vc_cdev_large(uint8_t dev_id);

/**
 * Whether a cryptodev does a cipher (enum rte_crypto_cipher_algorithm) in a synchronous call,
 * rte_cryptodev_sym_cpu_crypto_process(): faster than through a queue pair, and right.
 */
bool vc_cdev_synchronous(uint8_t dev_id, uint8_t cipher);

/** Requests that a cryptodev does right; it is wrong beyond, and reports success. */
struct vc_limits {
	uint32_t min_cipher; /**< bytes of data to cipher, or of an AEAD */
	uint32_t max_cipher;
	uint32_t min_auth; /**< bytes of data of a digest: 1 where it has none of no data */
	uint32_t max_auth;
	bool counter32; /**< counts 32 bits of a counter block of AES-CTR, and not all 128 */
};

/** The limits of a cryptodev for a cipher or AEAD, and for an authentication; NULL for none. */
struct vc_limits vc_cdev_limits(uint8_t dev_id, const struct virtio_crypto_alg *cipher,
				const struct virtio_crypto_alg *auth);

/** Objects that one session of a cryptodev takes from its pool. */
unsigned int vc_cdev_session_objects(uint8_t dev_id);

/** Bytes of one such object for the driver. */
unsigned int vc_cdev_session_size(uint8_t dev_id);

/**
 * Whether a cryptodev has an algorithm.
 *
 * @param max_key  grows to the longest key that it takes for it, in bytes
 * @param max_aad  grows to the most additional data that it takes for it, in bytes
 */
bool vc_cdev_has_alg(uint8_t dev_id, const struct virtio_crypto_alg *alg, uint32_t *max_key,
		     uint32_t *max_aad);

#endif /* VHOST_CRYPTO_CDEV_H */
