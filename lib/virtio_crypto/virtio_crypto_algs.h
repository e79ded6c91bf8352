/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The table of algorithms: what virtio-crypto numbers and DPDK has a name for, one row each.
 *
 * Capabilities, config masks and session parameters of both sides come from it. The table is
 * constant; every function here can be called by any thread.
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
	const char *name;   /**< as the specification has it, after VIRTIO_CRYPTO_ */
	uint8_t service;    /**< VIRTIO_CRYPTO_SERVICE_*; a chain takes rows of three */
	uint8_t number;	    /**< value in requests, and bit in the config masks */
	uint8_t xform;	    /**< enum rte_crypto_sym_xform_type */
	uint8_t algo;	    /**< enum rte_crypto_{cipher,auth,aead}_algorithm, by xform */
	uint8_t block_size; /**< bytes, as DPDK capabilities count it */
	bool whole_blocks;  /**< data must be a multiple of block_size long */
	bool bits;	    /**< DPDK counts its offsets and lengths in bits, virtio in bytes */
	struct rte_crypto_param_range key;    /**< bytes; {0} without a key */
	struct rte_crypto_param_range iv;     /**< bytes; of a MAC: its authentication IV */
	struct rte_crypto_param_range digest; /**< bytes of digest or tag */
	struct rte_crypto_param_range aad;    /**< bytes, AEAD only */
};

/** The table; @p count receives the number of rows. */
const struct virtio_crypto_alg *virtio_crypto_algs(unsigned int *count);

/**
 * The row for a number of a service.
 *
 * @param service  VIRTIO_CRYPTO_SERVICE_*
 * @param number   VIRTIO_CRYPTO_<SERVICE>_*, any value that a peer may send
 * @return the row, or NULL when there is none
 */
const struct virtio_crypto_alg *virtio_crypto_alg_find(uint32_t service, uint32_t number);

/** The row for one DPDK transform (not its successors), or NULL when virtio has no number. */
const struct virtio_crypto_alg *
virtio_crypto_alg_of_xform(const struct rte_crypto_sym_xform *xform);

/** Fills @p cap with what the row allows. */
void virtio_crypto_alg_capability(const struct virtio_crypto_alg *alg,
				  struct rte_cryptodev_capabilities *cap);

/**
 * What one cryptodev says of an algorithm.
 *
 * @return its capability, or NULL when it does not have the algorithm
 */
const struct rte_cryptodev_symmetric_capability *
virtio_crypto_alg_of_cryptodev(uint8_t dev_id, const struct virtio_crypto_alg *alg);

/** Whether @p config, in little endian as on the wire, offers the service and the algorithm. */
bool virtio_crypto_config_offers(const struct virtio_crypto_config *config,
				 const struct virtio_crypto_alg *alg);

/** Sets the bits of the algorithm and of its service in @p config. */
void virtio_crypto_config_offer(struct virtio_crypto_config *config,
				const struct virtio_crypto_alg *alg);

/** The IV length of an algorithm that every device takes with a key of this length. */
uint32_t virtio_crypto_alg_default_iv_len(const struct virtio_crypto_alg *alg, uint32_t key_len);

/** Whether the IV of an algorithm has one length that goes with the key: ZUC, and ZUC-256. */
bool virtio_crypto_alg_iv_follows_key(const struct virtio_crypto_alg *alg);

/** Whether @p value is one of the values that @p range allows. */
bool virtio_crypto_range_has(const struct rte_crypto_param_range *range, uint32_t value);

#endif /* VIRTIO_CRYPTO_ALGS_H */
