/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The readers of DER, with any bytes. */

#include "virtio_crypto_der.h"
#include "prove_no_copies.h"

/* What a reader hands out has to lie in what it was given. */
static void
prove_inside(const struct virtio_crypto_bytes *n)
{
	PROVE(n->len == 0 || __CPROVER_r_ok(n->data, n->len), "a number lies in the bytes");
}

int
main(void)
{
	/* What is read lies at the end of this, so that the next byte is outside. */
	uint8_t bytes[LENGTH];
	size_t len = any_in(0, LENGTH);
	const uint8_t *der = bytes + LENGTH - len;
	struct virtio_crypto_bytes r, s;
	struct virtio_crypto_rsa_key key;
	unsigned int number = any_in(0, VIRTIO_CRYPTO_RSA_NUMBERS - 1);

	if (ANY(bool) && virtio_crypto_der_rsa_private(der, len, &key) == 0)
		prove_inside(&key.number[number]);
	else if (ANY(bool) && virtio_crypto_der_rsa_public(der, len, &key) == 0)
		prove_inside(&key.number[number]);
	else if (ANY(bool) && virtio_crypto_der_ec_private(der, len, &r) == 0)
		prove_inside(&r);
	else if (virtio_crypto_der_ecdsa_signature(der, len, &r, &s) == 0) {
		prove_inside(&r);
		prove_inside(&s);
	}
	return 0;
}
