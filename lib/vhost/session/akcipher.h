/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions of service AKCIPHER: the key taken apart, and the cryptodev sessions that have it.
 *
 * A cryptodev session of an asymmetric algorithm must not be used by two lcores at the same time
 * (crypto_openssl keeps the state of a running operation in it), so each user of the table of
 * sessions, which is a queue, has its own. Thread: as session.h says.
 */

#ifndef VHOST_CRYPTO_AKCIPHER_H
#define VHOST_CRYPTO_AKCIPHER_H

#include "session.h"
#include "virtio_crypto_der.h"

/** What only AKCIPHER sessions have. */
struct vc_akcipher {
	uint8_t algo;	  /**< VIRTIO_CRYPTO_AKCIPHER_* */
	bool has_private; /**< the key is a private one */
	bool pkcs1;	  /**< RSA: PKCS #1 v1.5 padding, else none */
	uint16_t size;	  /**< bytes of the RSA modulus, or of a coordinate */
	const struct virtio_crypto_rsa_hash *hash; /**< RSA with padding: of signatures */
	const struct virtio_crypto_curve *curve;   /**< ECDSA */
	struct virtio_crypto_rsa_key rsa;	   /**< RSA; points into the parameters */
	struct virtio_crypto_bytes ec;		   /**< ECDSA: private number, or public point */
	struct vc_akcipher_session {
		void *plain;  /**< cryptodev session for what is padded here or not at all */
		void *padded; /**< for what the cryptodev pads; NULL until one is needed */
	} users[];
};

/** Makes the pool of cryptodev sessions, where a cryptodev has AKCIPHER algorithms. 0 or -ENOMEM */
int vc_akciphers_init(struct vc_session_table *table, const char *name, int socket_id);

/** Whether the cryptodevs of a table have an algorithm, VIRTIO_CRYPTO_AKCIPHER_*. */
bool vc_akcipher_offered(const struct vc_session_table *table, uint32_t algo);

/** Checks all parameters but the key. @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR */
int vc_akcipher_check(const struct vc_session_params *p);

/**
 * Takes the key of a session apart and finds a cryptodev for it.
 *
 * @return VIRTIO_CRYPTO_OK; _ERR for a key that is none; _NOTSUPP when no cryptodev takes it;
 *         _NOSPC when there are VC_MAX_AKCIPHERS already. What was begun is for vc_akcipher_free().
 */
int vc_akcipher_bind(struct vc_session_table *table, struct vc_session *s);

/** Frees what a session has of AKCIPHER, which may be nothing. */
void vc_akcipher_free(struct vc_session_table *table, struct vc_session *s);

/**
 * The cryptodev session for a user, created if it is the first time.
 *
 * @param padded  whether the cryptodev is to pad
 * @return NULL when the cryptodev cannot
 */
void *vc_akcipher_session(struct vc_session_table *table, struct vc_session *s, uint16_t user,
			  bool padded);

#endif /* VHOST_CRYPTO_AKCIPHER_H */
