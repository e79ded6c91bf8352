/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Algorithms, hashes of RSA signatures and curves of the AKCIPHER service, for both sides, each
 * with DPDK's name. Constant; any thread.
 */

#ifndef VIRTIO_CRYPTO_AKCIPHER_H
#define VIRTIO_CRYPTO_AKCIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_crypto_asym.h>
#include <rte_crypto_sym.h>

#include "virtio_crypto_wire.h"

/** Maximum length of an RSA modulus in bytes. */
#define VIRTIO_CRYPTO_RSA_MAX_MODULUS 1024
/** Minimum length of a modulus in bytes: PKCS #1 needs room for a padded byte. */
#define VIRTIO_CRYPTO_RSA_MIN_MODULUS 12
/** Minimum bytes that PKCS #1 v1.5 padding adds. */
#define VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD 11
/** Maximum length of a key in DER: an RSAPrivateKey with the largest modulus. */
#define VIRTIO_CRYPTO_AKCIPHER_MAX_KEY 8192
/** Maximum length of a coordinate of a curve in bytes. */
#define VIRTIO_CRYPTO_CURVE_MAX_SIZE 66
/** Maximum length of an Ecdsa-Sig-Value of numbers of @p size bytes. */
#define VIRTIO_CRYPTO_ECDSA_SIGNATURE_MAX(size) (3 + 2 * (2 + 1 + (size)))
/** Maximum length of a DigestInfo without the digest. */
#define VIRTIO_CRYPTO_DIGEST_INFO_MAX 19

/** A hash of EMSA-PKCS1-v1_5 signatures (RFC 8017, 9.2). */
struct virtio_crypto_rsa_hash {
	uint8_t number;	    /**< VIRTIO_CRYPTO_RSA_* hash */
	uint8_t algo;	    /**< enum rte_crypto_auth_algorithm */
	uint8_t digest_len; /**< bytes */
	uint8_t info_len;   /**< bytes of info; 0 for NO_HASH */
	/** DigestInfo without the digest. */
	uint8_t info[VIRTIO_CRYPTO_DIGEST_INFO_MAX];
};

/** A curve of ECDSA. */
struct virtio_crypto_curve {
	uint8_t number; /**< VIRTIO_CRYPTO_CURVE_* */
	uint8_t group;	/**< enum rte_crypto_curve_id */
	uint8_t size;	/**< bytes of a coordinate, and of a number of a signature */
};

/** Finds a hash by its number in the specification; NULL: unknown, or without DigestInfo. */
const struct virtio_crypto_rsa_hash *virtio_crypto_rsa_hash_find(uint32_t number);

/** Finds a hash by DPDK's algorithm; RTE_CRYPTO_AUTH_NULL is NO_HASH. NULL: none. */
const struct virtio_crypto_rsa_hash *virtio_crypto_rsa_hash_of(enum rte_crypto_auth_algorithm algo);

/** Finds a curve by its number in the specification, or NULL. */
const struct virtio_crypto_curve *virtio_crypto_curve_find(uint32_t number);

/** Finds a curve by DPDK's ID, or NULL. */
const struct virtio_crypto_curve *virtio_crypto_curve_of(enum rte_crypto_curve_id group);

/** DPDK's transform type of an algorithm, VIRTIO_CRYPTO_AKCIPHER_*; _UNSPECIFIED: unknown. */
enum rte_crypto_asym_xform_type virtio_crypto_akcipher_xform(uint32_t number);

/** Whether @p config, in little endian, offers the service and the algorithm. */
bool virtio_crypto_config_offers_akcipher(const struct virtio_crypto_config *config,
					  uint32_t number);

/** Sets the bits of the algorithm and of the service in @p config. */
void virtio_crypto_config_offer_akcipher(struct virtio_crypto_config *config, uint32_t number);

#endif /* VIRTIO_CRYPTO_AKCIPHER_H */
