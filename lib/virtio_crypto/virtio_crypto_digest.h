/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Comparison of digests. */

#ifndef VIRTIO_CRYPTO_DIGEST_H
#define VIRTIO_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

/** Whether two digests are equal, in constant time. */
static inline bool
virtio_crypto_digest_equal(const uint8_t *a, const uint8_t *b, uint32_t len)
{
	volatile uint8_t differ = 0; /* volatile prevents an early exit */

	while (len-- > 0)
		differ |= a[len] ^ b[len];
	return differ == 0;
}

#endif /* VIRTIO_CRYPTO_DIGEST_H */
