/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The request header of a session's data requests, in the negotiated layout (section "Data
 * Virtqueue"): the stateless layout of a service also describes the session.
 *
 * All functions fill req, header_len, lengths_offset and aad_first of a session from its parameters
 * and lengths. A session for one stateless request keeps the flag of session mode where its service
 * has no stateless mode.
 */

#ifndef VIRTIO_CRYPTO_REQUEST_HEADER_H
#define VIRTIO_CRYPTO_REQUEST_HEADER_H

#include "virtio_crypto_session.h"

/** Service CIPHER; @p cipher is the number of the algorithm, or VIRTIO_CRYPTO_NO_CIPHER. */
void virtio_crypto_request_header_fill_sym(const struct virtio_crypto_dev *dev,
					   struct virtio_crypto_session *s, bool encrypt,
					   uint32_t cipher);

/** Service MAC or HASH. */
void virtio_crypto_request_header_fill_digest(const struct virtio_crypto_dev *dev,
					      struct virtio_crypto_session *s, bool mac);

/** Service AKCIPHER, except for the opcode, which each operation has. */
void virtio_crypto_request_header_fill_akcipher(const struct virtio_crypto_dev *dev,
						struct virtio_crypto_session *s);

/** Service AEAD. */
void virtio_crypto_request_header_fill_aead(const struct virtio_crypto_dev *dev,
					    struct virtio_crypto_session *s, bool encrypt);

#endif /* VIRTIO_CRYPTO_REQUEST_HEADER_H */
