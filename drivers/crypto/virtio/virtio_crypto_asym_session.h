/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Asymmetric sessions. One session of the cryptodev API is several sessions on the device, where
 * padding and hash belong to the session. All are created with the cryptodev session, and are in
 * the device's list of sessions.
 *
 * With PKCS #1 v1.5 padding, one session without a hash serves all hashes: the driver adds the
 * prefix that names the hash. If the device rejects such a session, the driver creates one per hash
 * that the device supports.
 *
 * An ECDSA session is one session with the private key and one with the public key, or none where
 * each operation specifies its key.
 */

#ifndef VIRTIO_CRYPTO_ASYM_SESSION_H
#define VIRTIO_CRYPTO_ASYM_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_crypto_asym.h>

#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_asym_compat.h"
#include "virtio_crypto_ecdsa_key.h"
#include "virtio_crypto_session.h"

/** More than the number of any hash, VIRTIO_CRYPTO_RSA_*. */
#define VIRTIO_CRYPTO_RSA_MAX_HASHES 10

/** Private data of an asymmetric cryptodev session; see struct virtio_crypto_session_ref. */
struct virtio_crypto_asym_session_ref {
	const struct virtio_crypto_dev *dev; /**< whose session it is */
	struct virtio_crypto_session *raw;   /**< without padding, or NULL */
	/** With padding PKCS #1 v1.5, by the number of the hash; NULL where there is none. */
	struct virtio_crypto_session *pkcs1[VIRTIO_CRYPTO_RSA_MAX_HASHES];
	struct rte_crypto_rsa_padding padding; /**< of the transform, if that has one */
	uint32_t modulus_len;		       /**< bytes */
	/** The curve of a session of ECDSA, which has nothing of the above; number 0: RSA. */
	struct virtio_crypto_curve curve;
	struct virtio_crypto_session *ec_private; /**< signs, or NULL */
	struct virtio_crypto_session *ec_public;  /**< verifies, or NULL */
	struct virtio_crypto_shared *shared;	  /**< the session on other devices, or NULL */
};

/**
 * Creates an asymmetric session from a transform, with its sessions on the device. Without the
 * lock.
 *
 * @param ref  receives the session
 * @return 0; -ENOTSUP for what the device does not offer, -EINVAL for an invalid key, -EKEYREJECTED
 *         for a key that the device rejects, -ENOMEM, -ENOSPC, or -EIO if the device fails;
 *         -ENOTCONN when it is lost
 */
int virtio_crypto_asym_session_create(struct virtio_crypto_dev *dev,
				      const struct rte_crypto_asym_xform *xform,
				      struct virtio_crypto_asym_session_ref *ref);

/** Whether the configuration of the device offers what a transform requests. */
bool virtio_crypto_asym_session_is_supported(const struct virtio_crypto_dev *dev,
					     const struct rte_crypto_asym_xform *xform);

/**
 * Creates the ECDSA sessions on the device, for each key that is present.
 *
 * @param ref  with its curve; receives the sessions
 * @return as virtio_crypto_asym_session_create()
 */
int virtio_crypto_ecdsa_sessions_create(struct virtio_crypto_dev *dev,
					const struct virtio_crypto_ecdsa_key *pair,
					struct virtio_crypto_asym_session_ref *ref);

/** Destroys an asymmetric session; see virtio_crypto_sym_session_destroy(). */
void virtio_crypto_asym_session_destroy(struct virtio_crypto_dev *dev,
					struct virtio_crypto_asym_session_ref *ref);

/**
 * Fills an RSA session for one stateless request. Data lcores; neither waits nor allocates.
 *
 * @param padding  VIRTIO_CRYPTO_RSA_*_PADDING; PKCS #1 without a hash
 * @param s        filled; its params hold no key
 * @param key      receives the key, which is params->cipher_key_len bytes
 * @param room     bytes in @p key
 * @return bytes of the modulus; 0 for what the device does not offer, or a key that does not fit
 */
uint32_t virtio_crypto_rsa_session_fill_stateless(const struct virtio_crypto_dev *dev,
						  const struct rte_crypto_asym_xform *xform,
						  uint32_t padding, struct virtio_crypto_session *s,
						  uint8_t *key, size_t room);

/**
 * Fills an ECDSA session likewise.
 *
 * @param pair      keys of the application
 * @param key_type  VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_*: the key to use
 * @return 0, or as virtio_crypto_ecdsa_key_write()
 */
int virtio_crypto_ecdsa_session_fill_stateless(const struct virtio_crypto_dev *dev,
					       const struct virtio_crypto_curve *curve,
					       const struct virtio_crypto_ecdsa_key *pair,
					       uint32_t key_type, struct virtio_crypto_session *s,
					       uint8_t *key, size_t room);

#endif /* VIRTIO_CRYPTO_ASYM_SESSION_H */
