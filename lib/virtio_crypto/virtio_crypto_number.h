/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Numbers of asymmetric keys and signatures: big endian, with or without leading zeros. */

#ifndef VIRTIO_CRYPTO_NUMBER_H
#define VIRTIO_CRYPTO_NUMBER_H

#include <stdbool.h>
#include <string.h>

#include <rte_crypto_asym.h>

#include "virtio_crypto_der.h"

/** Strips leading zeros of a number; no data is 0. */
static inline struct virtio_crypto_bytes
virtio_crypto_number(const rte_crypto_uint *from)
{
	struct virtio_crypto_bytes b = { from->data, from->data != NULL ? from->length : 0 };

	for (; b.len > 0 && b.data[0] == 0; b.len--)
		b.data++;
	return b;
}

/** Writes a number padded to @p size bytes. @return false: too long, nothing was written */
static inline bool
virtio_crypto_number_fill(const struct virtio_crypto_bytes *n, uint8_t *to, size_t size)
{
	if (n->len > size)
		return false;
	memset(to, 0, size - n->len);
	if (n->len > 0)
		memcpy(to + size - n->len, n->data, n->len);
	return true;
}

#endif /* VIRTIO_CRYPTO_NUMBER_H */
