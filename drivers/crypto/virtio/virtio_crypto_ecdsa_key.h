/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * ECDSA keys: the numbers of an application become the key for the device (section "Session
 * operation: AKCIPHER session"), an ECPrivateKey in DER or an uncompressed point.
 */

#ifndef VIRTIO_CRYPTO_ECDSA_KEY_H
#define VIRTIO_CRYPTO_ECDSA_KEY_H

#include <stddef.h>
#include <stdint.h>

#include <rte_crypto_asym.h>

#include "virtio_crypto_akcipher.h"

/** Bytes of a key for the device at most: the point of the largest curve. */
#define VIRTIO_CRYPTO_ECDSA_MAX_KEY (1 + 2 * VIRTIO_CRYPTO_CURVE_MAX_SIZE)

/** The keys of an application; a missing key has no data or no length. */
struct virtio_crypto_ecdsa_key {
	rte_crypto_uint pkey;	      /**< private number */
	struct rte_crypto_ec_point q; /**< public point */
};

/**
 * Writes one key of the pair. Any thread; neither allocates nor computes.
 *
 * @param type  VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_*
 * @param to    receives the key, of a private one to be wiped
 * @param room  bytes in @p to
 * @return bytes of the key; -ENOENT if the pair does not have it; -EINVAL if it is none of this
 *         curve as its numbers are too long, or it does not fit
 */
int virtio_crypto_ecdsa_key_write(const struct virtio_crypto_curve *curve,
				  const struct virtio_crypto_ecdsa_key *key, uint32_t type,
				  uint8_t *to, size_t room);

#endif /* VIRTIO_CRYPTO_ECDSA_KEY_H */
