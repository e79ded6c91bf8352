/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The table of algorithms that have both a virtio-crypto number and a DPDK name, one row each.
 *
 * Both sides derive capabilities, config masks and session parameters from it. The table is
 * constant; any thread may call the functions.
 */

#ifndef VIRTIO_CRYPTO_ALGS_H
#define VIRTIO_CRYPTO_ALGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_crypto_sym.h>
#include <rte_cryptodev.h>

#include "virtio_crypto_wire.h"

/** One algorithm (section "Supported crypto services"). */
struct virtio_crypto_alg {
	const char *name;   /**< name in the specification, without VIRTIO_CRYPTO_ */
	uint8_t service;    /**< VIRTIO_CRYPTO_SERVICE_*; a chain uses rows of up to three */
	uint8_t number;	    /**< number in requests and bit in config masks */
	uint8_t xform;	    /**< enum rte_crypto_sym_xform_type */
	uint8_t algo;	    /**< enum rte_crypto_{cipher,auth,aead}_algorithm, by xform */
	uint8_t block_size; /**< bytes, as in DPDK capabilities */
	bool whole_blocks;  /**< data length must be a multiple of block_size */
	bool bits;	    /**< DPDK counts offsets and lengths in bits, virtio in bytes */
	struct rte_crypto_param_range key;    /**< bytes; {0} without a key */
	struct rte_crypto_param_range iv;     /**< bytes; of a MAC: its authentication IV */
	struct rte_crypto_param_range digest; /**< bytes of digest or tag */
	struct rte_crypto_param_range aad;    /**< bytes, AEAD only */
};

/** The table; @p count receives the number of rows. */
const struct virtio_crypto_alg *virtio_crypto_algs(unsigned int *count);

/**
 * Finds the row of a number.
 *
 * @param service  VIRTIO_CRYPTO_SERVICE_*
 * @param number   VIRTIO_CRYPTO_<SERVICE>_*, not yet checked
 * @return the row, or NULL
 */
const struct virtio_crypto_alg *virtio_crypto_alg_find(uint32_t service, uint32_t number);

/** Finds the row of a DPDK transform (without its successors), or NULL. */
const struct virtio_crypto_alg *
virtio_crypto_alg_of_xform(const struct rte_crypto_sym_xform *xform);

/** Fills @p cap by the row. */
void virtio_crypto_alg_capability(const struct virtio_crypto_alg *alg,
				  struct rte_cryptodev_capabilities *cap);

/**
 * Finds a cryptodev's capability of an algorithm.
 *
 * @return the capability, or NULL
 */
const struct rte_cryptodev_symmetric_capability *
virtio_crypto_alg_of_cryptodev(uint8_t dev_id, const struct virtio_crypto_alg *alg);

/** Whether @p config, in little endian, offers the service and the algorithm. */
bool virtio_crypto_config_offers(const struct virtio_crypto_config *config,
				 const struct virtio_crypto_alg *alg);

/** Sets the bits of the algorithm and of its service in @p config. */
void virtio_crypto_config_offer(struct virtio_crypto_config *config,
				const struct virtio_crypto_alg *alg);

/** IV length that every device supports with a key of this length. */
uint32_t virtio_crypto_alg_default_iv_len(const struct virtio_crypto_alg *alg, uint32_t key_len);

/** Whether the key length determines the IV length: ZUC-128 and ZUC-256. */
bool virtio_crypto_alg_iv_follows_key(const struct virtio_crypto_alg *alg);

/** Whether @p range contains @p value. */
bool virtio_crypto_range_has(const struct rte_crypto_param_range *range, uint32_t value);

#endif /* VIRTIO_CRYPTO_ALGS_H */
