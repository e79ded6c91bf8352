/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions of service AKCIPHER: the parsed key and its cryptodev sessions.
 *
 * An asymmetric cryptodev session must not be used by two lcores at a time (crypto_openssl keeps
 * the state of a running operation in it), so each user of the session table, which is a queue, has
 * its own. Thread: see session.h.
 */

#ifndef VHOST_CRYPTO_AKCIPHER_H
#define VHOST_CRYPTO_AKCIPHER_H

#include "session.h"
#include "virtio_crypto_der.h"

/** Fields of AKCIPHER sessions. */
struct vc_akcipher {
	uint8_t algo;	  /**< VIRTIO_CRYPTO_AKCIPHER_* */
	bool has_private; /**< private key */
	bool pkcs1;	  /**< RSA: PKCS #1 v1.5 padding, else raw */
	uint16_t size;	  /**< bytes of the RSA modulus, or of a coordinate */
	const struct virtio_crypto_rsa_hash *hash; /**< RSA with padding: hash of signatures */
	const struct virtio_crypto_curve *curve;   /**< ECDSA */
	struct virtio_crypto_rsa_key rsa;	   /**< RSA; points into the parameters */
	struct virtio_crypto_bytes ec;		   /**< ECDSA: private number, or public point */
	struct vc_akcipher_session {
		void *plain;  /**< cryptodev session for raw RSA or ECDSA */
		void *padded; /**< for RSA padded by the cryptodev; NULL until required */
	} users[];
};

/** Creates the pool of cryptodev sessions, if a cryptodev has AKCIPHER algorithms. 0 or -ENOMEM */
int vc_akciphers_init(struct vc_session_table *table, const char *name, int socket_id);

/** Whether a cryptodev of the table supports an algorithm, VIRTIO_CRYPTO_AKCIPHER_*. */
bool vc_akcipher_offered(const struct vc_session_table *table, uint32_t algo);

/** Checks all parameters except the key. @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR */
int vc_akcipher_check(const struct vc_session_params *p);

/**
 * Parses the key of a session and finds a cryptodev for it. After a failure, vc_akcipher_free()
 * frees what was allocated.
 *
 * @return VIRTIO_CRYPTO_OK; _ERR: invalid key; _NOTSUPP: no cryptodev accepts it; _NOSPC: there are
 *         VC_MAX_AKCIPHERS already
 */
int vc_akcipher_bind(struct vc_session_table *table, struct vc_session *s);

/** Frees the AKCIPHER part of a session, if it has one. */
void vc_akcipher_free(struct vc_session_table *table, struct vc_session *s);

/**
 * Returns the cryptodev session of a user, created at the first call.
 *
 * @param padded  the cryptodev pads
 * @return NULL if the cryptodev cannot create it
 */
void *vc_akcipher_session(struct vc_session_table *table, struct vc_session *s, uint16_t user,
			  bool padded);

#endif /* VHOST_CRYPTO_AKCIPHER_H */
