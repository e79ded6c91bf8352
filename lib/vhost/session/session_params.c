/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_byteorder.h>

#include "session_params.h"

/* ECDSA parameters have the curve ID at the offset of padding_algo. */
void
vc_params_read_akcipher(struct vc_session_params *p, const struct virtio_crypto_rsa_session_para *w)
{
	if (p->cipher_algo == VIRTIO_CRYPTO_AKCIPHER_RSA) {
		p->padding = rte_le_to_cpu_32(w->padding_algo);
		p->hash = rte_le_to_cpu_32(w->hash_algo);
	} else {
		p->curve = rte_le_to_cpu_32(w->padding_algo);
	}
}

int
vc_params_read_keys(struct vc_session_params *p, struct vc_cursor *cur)
{
	if (p->service == VIRTIO_CRYPTO_SERVICE_AKCIPHER) {
		if (p->cipher_key_len > sizeof(p->akcipher_key) || p->cipher_key_len > cur->left)
			return VIRTIO_CRYPTO_ERR;
		vc_cursor_read(cur, p->akcipher_key, p->cipher_key_len);
		return VIRTIO_CRYPTO_OK;
	}
	/* Session operation: create session, D10, D15 */
	if (p->cipher_key_len > sizeof(p->cipher_key) || p->auth_key_len > sizeof(p->auth_key) ||
	    p->cipher_key_len + p->auth_key_len > cur->left)
		return VIRTIO_CRYPTO_ERR;
	vc_cursor_read(cur, p->cipher_key, p->cipher_key_len);
	vc_cursor_read(cur, p->auth_key, p->auth_key_len);
	return VIRTIO_CRYPTO_OK;
}
