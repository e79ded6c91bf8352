/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Parameters of a session: from the control queue, a vhost-user message or a stateless request.
 */

#ifndef VHOST_CRYPTO_SESSION_PARAMS_H
#define VHOST_CRYPTO_SESSION_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "virtio_crypto_akcipher.h"

#define VC_MAX_CIPHER_KEY 64  /**< bytes, config space max_cipher_key_len */
#define VC_MAX_AUTH_KEY	  512 /**< bytes, config space max_auth_key_len */

/** Parameters in host memory and host byte order; no field is checked. */
struct vc_session_params {
	uint32_t service;	 /**< VIRTIO_CRYPTO_SERVICE_* */
	uint32_t op_type;	 /**< VIRTIO_CRYPTO_SYM_OP_*, service CIPHER */
	uint32_t direction;	 /**< VIRTIO_CRYPTO_OP_* */
	uint32_t chain_order;	 /**< VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_* */
	uint32_t hash_mode;	 /**< VIRTIO_CRYPTO_SYM_HASH_MODE_* */
	uint32_t cipher_algo;	 /**< number in service CIPHER, AEAD or AKCIPHER */
	uint32_t auth_algo;	 /**< number in service HASH or MAC */
	uint32_t cipher_key_len; /**< bytes, also for AKCIPHER */
	uint32_t auth_key_len;	 /**< bytes */
	uint32_t digest_len;	 /**< bytes of digest or tag */
	uint32_t aad_len;	 /**< bytes, service AEAD */
	uint32_t key_type;	 /**< VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_* */
	uint32_t padding;	 /**< VIRTIO_CRYPTO_RSA_*_PADDING */
	uint32_t hash;		 /**< VIRTIO_CRYPTO_RSA_* */
	uint32_t curve;		 /**< VIRTIO_CRYPTO_CURVE_* */
	union {
		struct {
			uint8_t cipher_key[VC_MAX_CIPHER_KEY];
			uint8_t auth_key[VC_MAX_AUTH_KEY];
		};
		uint8_t akcipher_key[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY]; /**< DER */
	};
};

/** Size of the parameters before the keys. */
#define VC_PARAMS_FIXED offsetof(struct vc_session_params, cipher_key)
/** Size of the parameters of all services except AKCIPHER. */
#define VC_PARAMS_SYM (VC_PARAMS_FIXED + VC_MAX_CIPHER_KEY + VC_MAX_AUTH_KEY)

/** Size of the parameters in use; the bytes behind may be uninitialized. */
static inline size_t
vc_params_size(const struct vc_session_params *p)
{
	if (p->service != VIRTIO_CRYPTO_SERVICE_AKCIPHER)
		return VC_PARAMS_SYM;
	return VC_PARAMS_FIXED + RTE_MIN(p->cipher_key_len, sizeof(p->akcipher_key));
}

/** Reads padding and hash of RSA, or the curve of ECDSA. */
void vc_params_read_akcipher(struct vc_session_params *p,
			     const struct virtio_crypto_rsa_session_para *w);

/**
 * Reads the keys, whose lengths are set.
 *
 * @return VIRTIO_CRYPTO_OK, or _ERR: too long or truncated
 */
int vc_params_read_keys(struct vc_session_params *p, struct vc_cursor *cur);

#endif /* VHOST_CRYPTO_SESSION_PARAMS_H */
