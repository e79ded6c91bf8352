/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The reader of keys and signatures. What it takes, it takes whole: written again it is the same
 * bytes, because there is one distinguished encoding. The first byte chooses the structure.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "virtio_crypto_der.h"

#define ROOM (UINT16_MAX + 8)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
must_be_inside(const struct virtio_crypto_bytes *n, const uint8_t *der, size_t len)
{
	must(n->len == 0 || (n->data >= der && n->len <= len && n->data + n->len <= der + len));
}

static void
must_be_same(const uint8_t *der, size_t len, const uint8_t *again, size_t again_len)
{
	must(len == again_len && memcmp(der, again, len) == 0);
}

static void
rsa(const uint8_t *der, size_t len, bool private)
{
	static uint8_t again[ROOM];
	int (*read)(const uint8_t *der, size_t len, struct virtio_crypto_rsa_key *key) = private ?
		virtio_crypto_der_rsa_private :
		virtio_crypto_der_rsa_public;
	unsigned int nb = private ? VIRTIO_CRYPTO_RSA_NUMBERS : VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS, i;
	struct virtio_crypto_rsa_key key, same;
	size_t again_len;

	if (read(der, len, &key) != 0)
		return;
	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		must_be_inside(&key.number[i], der, len);
	again_len = virtio_crypto_der_write_rsa(&key, nb, again, sizeof(again));
	must(again_len <= sizeof(again) && read(again, again_len, &same) == 0);
	for (i = 0; i < nb; i++)
		must_be_same(key.number[i].data, key.number[i].len, same.number[i].data,
			     same.number[i].len);
	/* A number that had no zero in front of its first bit has one now. */
	must(again_len >= len);
	if (again_len == len)
		must_be_same(der, len, again, again_len);
}

static void
ec_private(const uint8_t *der, size_t len)
{
	static uint8_t again[ROOM];
	struct virtio_crypto_bytes d, e;
	size_t again_len;

	if (virtio_crypto_der_ec_private(der, len, &d) != 0)
		return;
	must_be_inside(&d, der, len);
	/* Optional parts are not written again. */
	again_len = virtio_crypto_der_write_ec_private(&d, again, sizeof(again));
	must(again_len <= len);
	must(virtio_crypto_der_ec_private(again, again_len, &e) == 0);
	must(d.len == e.len && memcmp(d.data, e.data, d.len) == 0);
}

static void
signature(const uint8_t *der, size_t len)
{
	static uint8_t again[ROOM];
	struct virtio_crypto_bytes r, s;

	if (virtio_crypto_der_ecdsa_signature(der, len, &r, &s) != 0)
		return;
	must_be_inside(&r, der, len);
	must_be_inside(&s, der, len);
	must_be_same(der, len, again,
		     virtio_crypto_der_write_ecdsa_signature(&r, &s, again, sizeof(again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0]) {
	case 'p':
		rsa(data + 1, size - 1, true);
		break;
	case 'q':
		rsa(data + 1, size - 1, false);
		break;
	case 'e':
		ec_private(data + 1, size - 1);
		break;
	default:
		signature(data + 1, size - 1);
		break;
	}
	return 0;
}
