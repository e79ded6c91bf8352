/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The parameters of a session: what the device needs to create it.
 */

#ifndef VIRTIO_CRYPTO_PARAMS_H
#define VIRTIO_CRYPTO_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#include "virtio_crypto_dev.h"

/** Maximum bytes of an IV, of any algorithm. */
#define VIRTIO_CRYPTO_MAX_IV 32
/** Maximum bytes of a digest. */
#define VIRTIO_CRYPTO_MAX_DIGEST 64
/** Maximum bytes of a key, also if a device supports longer ones. */
#define VIRTIO_CRYPTO_MAX_KEY 4096

/** Parameters to create a session, kept to create it again. Contains keys: wiped on free. */
struct virtio_crypto_session_params {
	struct virtio_crypto_op_ctrl_req req; /**< as on the wire, padded */
	uint32_t cipher_key_len;	      /**< bytes, of AEAD and AKCIPHER too */
	uint32_t auth_key_len;		      /**< bytes */
	uint8_t keys[];			      /**< cipher key, then auth key */
};

/** Returns the bytes of keys of any symmetric session that the device supports. */
size_t virtio_crypto_params_max_keys(const struct virtio_crypto_dev *dev);

/** Allocates parameters with room for so many bytes of keys, or returns NULL. */
struct virtio_crypto_session_params *virtio_crypto_params_alloc(size_t keys);

/** Wipes parameters and frees them. */
void virtio_crypto_params_free(struct virtio_crypto_session_params *p, size_t keys);

#endif /* VIRTIO_CRYPTO_PARAMS_H */
