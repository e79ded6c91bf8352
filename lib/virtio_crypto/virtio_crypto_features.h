/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Names of feature bits, and their dependencies.
 *
 * Names are those of the specification in lower case, without the prefixes VIRTIO_F_,
 * VIRTIO_RING_F_ and VIRTIO_CRYPTO_F_ and the suffix _MODE. Any thread may call the functions.
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

/** Feature bits that driver and device support, beside those of the ring's format and of vhost. */
#define VIRTIO_CRYPTO_SUPPORTED_FEATURES                                                           \
	((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VIRTIO_RING_F_INDIRECT_DESC) |                    \
	 (1ULL << VIRTIO_RING_F_EVENT_IDX) | (1ULL << VIRTIO_CRYPTO_F_REVISION_1) |                \
	 VIRTIO_CRYPTO_STATELESS_MODES)

/** Size of the reason of virtio_crypto_features_parse(). */
#define VIRTIO_CRYPTO_FEATURES_REASON_LEN 320

/** Size of the text of virtio_crypto_features_format(). */
#define VIRTIO_CRYPTO_FEATURES_TEXT_LEN 192

/**
 * Parses a list of features to disable.
 *
 * @param list      NAME[+NAME]...
 * @param features  the bits are added to it; unchanged on failure
 * @param reason    VIRTIO_CRYPTO_FEATURES_REASON_LEN bytes; receives what is wrong, and what is
 *                  required
 * @return 0, or -EINVAL: unknown, or cannot be disabled
 */
int virtio_crypto_features_parse(const char *list, uint64_t *features, char *reason);

/**
 * Formats features as virtio_crypto_features_parse() reads them.
 *
 * @param features  bits; those without a name are omitted
 * @param text      VIRTIO_CRYPTO_FEATURES_TEXT_LEN bytes
 * @return @p text
 */
const char *virtio_crypto_features_format(uint64_t features, char *text);

/**
 * Removes features whose requirements are missing (section "Feature bit requirements"): the
 * stateless modes require REVISION_1.
 */
static inline uint64_t
virtio_crypto_features_valid(uint64_t features)
{
	if (virtio_crypto_has_feature(features, VIRTIO_CRYPTO_F_REVISION_1))
		return features;
	return features & ~VIRTIO_CRYPTO_STATELESS_MODES;
}

#endif /* VIRTIO_CRYPTO_FEATURES_H */
