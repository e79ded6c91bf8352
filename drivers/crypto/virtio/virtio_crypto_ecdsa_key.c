/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include "virtio_crypto_ecdsa_key.h"
#include "virtio_crypto_number.h"

/* The octet string of the private number is as long as the order, by RFC 5915, section 3. */
static int
write_private(const struct virtio_crypto_curve *curve, const rte_crypto_uint *pkey, uint8_t *to,
	      size_t room)
{
	struct virtio_crypto_bytes number = virtio_crypto_number(pkey);
	uint8_t padded[VIRTIO_CRYPTO_CURVE_MAX_SIZE];
	size_t len;

	if (number.len == 0)
		return -ENOENT;
	if (!virtio_crypto_number_fill(&number, padded, curve->size))
		return -EINVAL;
	len = virtio_crypto_der_write_ec_private(
		&(struct virtio_crypto_bytes){ padded, curve->size }, to, room);
	explicit_bzero(padded, sizeof(padded));
	return len <= room ? (int)len : -EINVAL;
}

/* One of the coordinates of a point may be 0. */
static int
write_public(const struct virtio_crypto_curve *curve, const struct rte_crypto_ec_point *q,
	     uint8_t *to, size_t room)
{
	struct virtio_crypto_bytes x = virtio_crypto_number(&q->x);
	struct virtio_crypto_bytes y = virtio_crypto_number(&q->y);
	const size_t len = 1 + 2u * curve->size;

	if (x.len == 0 && y.len == 0)
		return -ENOENT;
	if (len > room)
		return -EINVAL;
	to[0] = 0x04; /* neither coordinate is compressed */
	if (!virtio_crypto_number_fill(&x, to + 1, curve->size) ||
	    !virtio_crypto_number_fill(&y, to + 1 + curve->size, curve->size))
		return -EINVAL;
	return len;
}

int
virtio_crypto_ecdsa_key_write(const struct virtio_crypto_curve *curve,
			      const struct virtio_crypto_ecdsa_key *key, uint32_t type, uint8_t *to,
			      size_t room)
{
	return type == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE ?
		write_private(curve, &key->pkey, to, room) :
		write_public(curve, &key->q, to, room);
}
