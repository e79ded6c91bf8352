/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions of a device: a request header that every operation starts from, and the parameters to
 * create the session on the device.
 */

#ifndef VIRTIO_CRYPTO_SESSION_H
#define VIRTIO_CRYPTO_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_crypto_params.h"

/** Kinds of sessions: which lengths and which data a request has. */
enum virtio_crypto_kind {
	VIRTIO_CRYPTO_KIND_CIPHER,   /**< service CIPHER, no chain */
	VIRTIO_CRYPTO_KIND_CHAIN,    /**< service CIPHER, algorithm chaining */
	VIRTIO_CRYPTO_KIND_HASH,     /**< service HASH or MAC */
	VIRTIO_CRYPTO_KIND_AEAD,     /**< service AEAD */
	VIRTIO_CRYPTO_KIND_AKCIPHER, /**< service AKCIPHER; see virtio_crypto_asym_session.h */
};

/**
 * How the digest of a completed request is handled. In a chain that decrypts, a device may compare
 * its digest with the preset one, and report BADMSG if they differ.
 */
enum virtio_crypto_digest {
	VIRTIO_CRYPTO_DIGEST_NONE,
	VIRTIO_CRYPTO_DIGEST_GENERATE,	       /**< copied to the operation */
	VIRTIO_CRYPTO_DIGEST_GENERATE_DECRYPT, /**< the same, but BADMSG is expected */
	VIRTIO_CRYPTO_DIGEST_VERIFY,	       /**< compared with that of the operation */
	VIRTIO_CRYPTO_DIGEST_SEAL,	       /**< AEAD encryption: tag, copied to the operation */
	VIRTIO_CRYPTO_DIGEST_OPEN,	       /**< AEAD decryption: the device verified it */
	VIRTIO_CRYPTO_DIGEST_INSIDE, /**< in the data: the device has written or verified it */
	VIRTIO_CRYPTO_DIGEST_ASYM,   /**< asymmetric request without a digest */
};

/** The request header, in the negotiated layout. */
struct virtio_crypto_request_header {
	struct virtio_crypto_op_header header;
	union virtio_crypto_data_flf u;
};

/**
 * A session. Data lcores read the first part, also while the control side writes the new id of a
 * session that it recreates; but then their queue is lost, and what they write is discarded.
 */
struct virtio_crypto_session {
	struct virtio_crypto_request_header req; /**< header that each request starts from */
	uint64_t serial;	 /**< serial of req, unique on the device; 0: none */
	uint16_t iv_offset;	 /**< of the IV in the operation */
	uint16_t auth_iv_offset; /**< of the authentication IV in the operation */
	uint16_t aad_len;	 /**< AEAD: bytes of additional authenticated data */
	uint8_t aad_skip;	 /**< AEAD: bytes to skip in front of that data */
	uint8_t kind;		 /**< enum virtio_crypto_kind */
	uint8_t digest;		 /**< enum virtio_crypto_digest */
	uint8_t header_len;	 /**< bytes of req in a request */
	uint8_t lengths_offset;	 /**< offset in req of the lengths of source, destination, ... */
	uint8_t iv_len;
	uint8_t auth_iv_len;
	uint8_t digest_len;
	uint8_t cipher_shift; /**< 3 if DPDK counts the cipher's data in bits, else 0 */
	uint8_t auth_shift;   /**< the same for the authentication's */
	bool has_cipher;
	bool ciphers_digest; /**< a digest in the data is ciphered, by the order of the chain */
	bool aad_first;	     /**< the authentication IV precedes the data */
	bool stateless;	     /**< of one stateless request, which carries its keys */
	bool lent;	     /**< another process may still use it: never freed */
	bool dropped;	     /**< its device was closed */
	bool ready;	     /**< created on the device with the id in req; atomic */

	struct virtio_crypto_session_params *params;
	TAILQ_ENTRY(virtio_crypto_session) next; /**< under the lock of the device */
} __rte_cache_aligned;

struct virtio_crypto_shared;

/**
 * Private data of the cryptodev session. The application may free its memory with sessions in it,
 * so it holds references only. The session remains, not ready, when its device is closed.
 */
struct virtio_crypto_session_ref {
	const struct virtio_crypto_dev *dev; /**< that made it */
	struct virtio_crypto_session *session;
	struct virtio_crypto_shared *shared; /**< the session on other devices, or NULL */
};

/** Whether sessions can be added to the device now. Without the lock; primary process. */
bool virtio_crypto_session_can_add(struct virtio_crypto_dev *dev);

/** Whether an error of these functions means that the device is lost. */
bool virtio_crypto_session_is_device_lost(int error);

/** Allocates an empty session, or returns NULL. */
struct virtio_crypto_session *virtio_crypto_session_alloc(const struct virtio_crypto_dev *dev);

/** Wipes and frees the parameters of a session. */
void virtio_crypto_session_free_params(struct virtio_crypto_session *s);

/** Frees a session that the device does not know, with its parameters. */
void virtio_crypto_session_free(struct virtio_crypto_session *s);

/**
 * Creates a session on the device and destroys it again: whether the device accepts it. With the
 * lock held, or before other threads know the device, whose control queue works.
 *
 * @return as virtio_crypto_sym_session_create()
 */
int virtio_crypto_session_probe(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * How a process adds and removes sessions: the primary process on the device, a secondary process
 * by a message to the primary one. Each function is called without the lock.
 */
struct virtio_crypto_session_ops {
	/** Adds a session. @return as virtio_crypto_session_insert() */
	int (*insert)(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);
	/** Removes a session. @return 0 or -ENODEV: the session can be freed; or another error */
	int (*withdraw)(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);
};

/** Sets the operations of this process. The default is those of the primary process. */
void virtio_crypto_session_set_ops(const struct virtio_crypto_session_ops *ops);

/**
 * Adds a session by the operations of this process. Without the lock.
 *
 * @return as virtio_crypto_session_insert(); the session is still the caller's if it is not 0
 */
int virtio_crypto_session_add(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/** Removes a session by the operations of this process, and frees it. Without the lock. */
void virtio_crypto_session_remove(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Puts a session into the list of its device, and creates it there, now or when the device accepts
 * sessions. Without the lock; primary process.
 *
 * @return 0, or as virtio_crypto_sym_session_create(): the session is still the caller's
 */
int virtio_crypto_session_insert(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Destroys a session on its device and takes it out of the list; it is the caller's again. Without
 * the lock; primary process.
 *
 * @return 0; -ENODEV if it was dropped
 */
int virtio_crypto_session_withdraw(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Creates all sessions again on a restored device; with the lock held. A session that the device
 * rejects is logged and not ready, and its operations fail.
 *
 * @return 0, or a negative errno when the device was lost
 */
int virtio_crypto_sessions_restore(struct virtio_crypto_dev *dev);

/**
 * Makes all sessions not ready; with the lock held.
 *
 * @param destroy  whether to destroy them on the device, which is online
 */
void virtio_crypto_sessions_suspend(struct virtio_crypto_dev *dev, bool destroy);

/**
 * Destroys all sessions on a device that is being closed. The application still frees them, which
 * no longer involves the device.
 */
void virtio_crypto_sessions_drop(struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_SESSION_H */
