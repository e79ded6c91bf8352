/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Feature bits by their names, and what they need of each other.
 *
 * Names are those of the specification in small letters, without VIRTIO_F_, VIRTIO_RING_F_ or
 * VIRTIO_CRYPTO_F_ in front and _MODE behind. Every function here can be called by any thread.
 */

#ifndef VIRTIO_CRYPTO_FEATURES_H
#define VIRTIO_CRYPTO_FEATURES_H

#include <stddef.h>
#include <stdint.h>

#include "virtio_crypto_wire.h"

/** The stateless modes of all services; each requires REVISION_1. */
#define VIRTIO_CRYPTO_STATELESS_MODES                                                              \
	((1ULL << VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE) |                                         \
	 (1ULL << VIRTIO_CRYPTO_F_HASH_STATELESS_MODE) |                                           \
	 (1ULL << VIRTIO_CRYPTO_F_MAC_STATELESS_MODE) |                                            \
	 (1ULL << VIRTIO_CRYPTO_F_AEAD_STATELESS_MODE) |                                           \
	 (1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE))

/** Bytes that hold anything that virtio_crypto_features_parse() has to say. */
#define VIRTIO_CRYPTO_FEATURES_REASON_LEN 320

/** Bytes that hold anything that virtio_crypto_features_format() makes. */
#define VIRTIO_CRYPTO_FEATURES_TEXT_LEN 192

/**
 * Reads a list of features that are to be switched off.
 *
 * @param list      NAME[+NAME]...
 * @param features  the bits are added to it; untouched if the list is wrong
 * @param reason    of VIRTIO_CRYPTO_FEATURES_REASON_LEN bytes; receives what is wrong, and what
 *                  would be right
 * @return 0, or -EINVAL for a name that there is not, or that cannot be switched off
 */
int virtio_crypto_features_parse(const char *list, uint64_t *features, char *reason);

/**
 * Writes the names of features, in the form that virtio_crypto_features_parse() reads.
 *
 * @param features  bits; those without a name are left out
 * @param text      of VIRTIO_CRYPTO_FEATURES_TEXT_LEN bytes
 * @return @p text
 */
const char *virtio_crypto_features_format(uint64_t features, char *text);

/**
 * Of a set of features those that can be offered or accepted together (section "Feature bit
 * requirements"): without REVISION_1 there are no stateless modes.
 */
static inline uint64_t
virtio_crypto_features_valid(uint64_t features)
{
	if (virtio_crypto_has_feature(features, VIRTIO_CRYPTO_F_REVISION_1))
		return features;
	return features & ~VIRTIO_CRYPTO_STATELESS_MODES;
}

#endif /* VIRTIO_CRYPTO_FEATURES_H */
