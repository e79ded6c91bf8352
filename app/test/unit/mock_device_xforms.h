/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file One transform of each service, with keys that show where they end up. */

#ifndef MOCK_DEVICE_XFORMS_H
#define MOCK_DEVICE_XFORMS_H

#include "mock_transport.h"

#define KEY_LEN	     16 /**< bytes, of ciphers and AEAD */
#define AUTH_KEY_LEN 20 /**< bytes */
#define IV_LEN	     16 /**< bytes, of ciphers */
#define GCM_IV_LEN   12 /**< bytes */
#define AAD_LEN	     8	/**< bytes */
#define TAG_LEN	     16 /**< bytes */
#define DIGEST_LEN   12 /**< bytes */

static const uint8_t key[KEY_LEN] = "key of a cipher";
static const uint8_t auth_key[AUTH_KEY_LEN] = "key of a digest ...";

static inline struct rte_crypto_sym_xform
aes_cbc(bool encrypt)
{
	return (struct rte_crypto_sym_xform){
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = { .op = encrypt ? RTE_CRYPTO_CIPHER_OP_ENCRYPT :
					    RTE_CRYPTO_CIPHER_OP_DECRYPT,
			    .algo = RTE_CRYPTO_CIPHER_AES_CBC,
			    .key = { .data = key, .length = KEY_LEN },
			    .iv = { .offset = MOCK_IV_OFFSET, .length = IV_LEN } },
	};
}

static inline struct rte_crypto_sym_xform
digest(enum rte_crypto_auth_algorithm algo, uint16_t key_len)
{
	return (struct rte_crypto_sym_xform){
		.type = RTE_CRYPTO_SYM_XFORM_AUTH,
		.auth = { .op = RTE_CRYPTO_AUTH_OP_GENERATE,
			  .algo = algo,
			  .key = { .data = auth_key, .length = key_len },
			  .digest_length = DIGEST_LEN },
	};
}

static inline struct rte_crypto_sym_xform
aes_gcm(bool encrypt)
{
	return (struct rte_crypto_sym_xform){
		.type = RTE_CRYPTO_SYM_XFORM_AEAD,
		.aead = { .op = encrypt ? RTE_CRYPTO_AEAD_OP_ENCRYPT : RTE_CRYPTO_AEAD_OP_DECRYPT,
			  .algo = RTE_CRYPTO_AEAD_AES_GCM,
			  .key = { .data = key, .length = KEY_LEN },
			  .iv = { .offset = MOCK_IV_OFFSET, .length = GCM_IV_LEN },
			  .digest_length = TAG_LEN,
			  .aad_length = AAD_LEN },
	};
}

#endif /* MOCK_DEVICE_XFORMS_H */
