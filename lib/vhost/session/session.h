/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions: the guest's handle for keys and algorithms, and the cryptodev sessions behind it.
 *
 * An id is an index and a generation, so that a look-up is one array access and an old id never
 * finds a new session. Sessions are created, destroyed and freed by the control side, one thread
 * at a time; data lcores look them up, without a lock, while they hold the lock of their queue. The
 * table's lock is for the cryptodev sessions behind a session, to which data lcores may add. Who
 * holds it takes no other.
 */

#ifndef VHOST_CRYPTO_SESSION_H
#define VHOST_CRYPTO_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_crypto.h>
#include <rte_mempool.h>
#include <rte_spinlock.h>

#include "cdev.h"
#include "rte_vhost_crypto.h"
#include "session_params.h"
#include "virtio_crypto_algs.h"

#define VC_MAX_IV	 32    /**< bytes of one IV in an operation */
#define VC_MAX_DIGEST	 64    /**< bytes of one digest */
#define VC_MAX_SESSIONS	 65536 /**< what an index in an id can name */
#define VC_MAX_AKCIPHERS 1024  /**< sessions of service AKCIPHER in a table */
/** Combinations of lengths that one session can be used with. */
#define VC_SESSION_VARIANTS 4
/** A session that is not plain. It has more bits than any opcode that a request can say. */
#define VC_NO_FAST_PATH UINT64_MAX

/** Where the IVs stand in an operation. */
#define VC_IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

/**
 * AES in counter mode takes its whole block as an IV, or what comes before the 32-bit counter,
 * which is 1 then (RFC 3686). Cryptodevs that know whole blocks only get the two together.
 */
#define VC_COUNTER_BLOCK 16
#define VC_COUNTER_NONCE 12

/** Lengths that a cryptodev wants to know with the session and virtio names with the request. */
struct vc_variant {
	void *cdev_session; /**< NULL: unused */
	uint32_t iv_len;    /**< bytes of cipher IV */
	uint32_t aad_len;   /**< bytes of additional data: of AEAD, or the authentication IV */
	uint8_t cdev;	    /**< index in the device's set */
};

struct vc_akcipher;

/** A session. What a request needs comes first. */
struct vc_session {
	uint64_t id;  /**< 0: none, dormant, or destroyed */
	uint8_t cdev; /**< index in the device's set */
	uint8_t service;
	uint8_t op_type;
	uint8_t direction;
	uint8_t digest_len;
	bool has_cipher;
	bool has_auth;
	bool has_aead;
	bool cipher_bits; /**< the cryptodev counts this cipher's data in bits */
	bool auth_bits;
	bool verify;	    /**< the cryptodev compares the digest, and does not tell it */
	bool synchronous;   /**< the cryptodev does it in a synchronous call; a plain one only */
	uint8_t block_mask; /**< of a plain one: bits that no length of its data has */
	/** Of a plain one, which is a cipher alone with its data counted in bytes: its requests. */
	uint64_t fast_opcode;
	struct vc_limits limits; /**< of the cryptodev; what is beyond is another one's */
	struct vc_variant variants[VC_SESSION_VARIANTS];

	struct vc_akcipher *akcipher;		/**< NULL but for service AKCIPHER */
	const struct virtio_crypto_alg *cipher; /**< cipher or AEAD, NULL without one */
	const struct virtio_crypto_alg *auth;	/**< NULL without one */
	struct vc_session_params *params;	/**< kept for more variants; NULL: entry is free */
	uint32_t generation;
	uint32_t dormant_since; /**< number of the reset */
	uint64_t dormant_id;	/**< its id while it is dormant, see session_dormant.h; or 0 */
	struct vc_variant others[VC_SESSION_VARIANTS]; /**< on other cryptodevs of the set */
};

/** The sessions of a device. */
struct vc_session_table {
	struct vc_session *sessions;
	uint32_t size;
	uint32_t nb_used;    /**< entries not free, those that wait for requests included */
	uint32_t next;	     /**< where to look for a free entry first */
	uint32_t nb_zombies; /**< destroyed, but held by requests in flight */
	uint32_t nb_dormant; /**< see session_dormant.h */
	uint32_t nb_resets;  /**< of the device */
	/** At random, so that an id that another program gave finds nothing. */
	uint32_t first_generation;
	uint8_t auth_iv_offset; /**< of the authentication IV behind VC_IV_OFFSET, and its room */
	rte_spinlock_t lock;
	struct rte_mempool *pool;	   /**< of cryptodev sessions */
	unsigned int objects;		   /**< that one of them takes from it, at most */
	unsigned int share;		   /**< of the pool's objects, for one session */
	struct rte_mempool *akcipher_pool; /**< of asymmetric ones; NULL: no cryptodev has any */
	uint32_t nb_akciphers;		   /**< entries that are of service AKCIPHER */
	uint16_t nb_users;		   /**< queues that use sessions; 0: no service AKCIPHER */
	uint8_t nb_cdevs;
	uint8_t cdev_ids[RTE_VHOST_CRYPTO_MAX_CDEVS];
	uint8_t large[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< enum vc_large */
	/** Does not compute digests while decrypting, where it compares them. */
	bool verifies[RTE_VHOST_CRYPTO_MAX_CDEVS];
};

/**
 * Sets a table up.
 *
 * @param table  nb_users, nb_cdevs, cdev_ids, large and auth_iv_offset are set, the rest is 0
 * @param size   sessions, 1 to VC_MAX_SESSIONS
 * @return 0 or -ENOMEM
 */
int vc_sessions_init(struct vc_session_table *table, uint32_t size, int socket_id);

/** Destroys all sessions, whoever holds them, and frees the table. */
void vc_sessions_fini(struct vc_session_table *table);

/**
 * Creates a session on the first cryptodev that can do it.
 *
 * @param table   table
 * @param params  what the guest asks for, in host memory and not yet checked
 * @param id      receives the session's id, never 0, at most INT64_MAX
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP, _NOSPC or _ERR
 */
int vc_session_create(struct vc_session_table *table, const struct vc_session_params *params,
		      uint64_t *id);

/**
 * Makes an id invalid for new requests. The entry is to be freed by vc_sessions_reap() when no
 * request holds it.
 *
 * @return VIRTIO_CRYPTO_OK, or _ERR when there is no such session
 */
int vc_session_destroy(struct vc_session_table *table, uint64_t id);

/** The same of an entry with a session, dormant or not. The table's lock is held. */
void vc_session_invalidate_locked(struct vc_session_table *table, struct vc_session *s);

/** Makes all ids invalid, as vc_session_destroy() does for one. */
void vc_sessions_destroy_all(struct vc_session_table *table);

/**
 * Makes one cryptodev the whole set. Sessions that another driver has are destroyed. No request
 * may hold any session.
 */
void vc_sessions_bind_cdev(struct vc_session_table *table, uint8_t cdev_id);

/**
 * Frees the entries of destroyed sessions, keys wiped, that nobody holds.
 *
 * @param held  tells whether requests hold a session, by its index
 * @param arg   handed to @p held
 */
void vc_sessions_reap(struct vc_session_table *table, bool (*held)(void *arg, uint32_t index),
		      void *arg);

/** Index in the table of the session with this id. */
static inline uint32_t
vc_session_index(uint64_t id)
{
	return id & (VC_MAX_SESSIONS - 1);
}

/** Whether an entry of the table is the session with this id. */
static inline bool
vc_session_has_id(const struct vc_session *s, uint64_t id)
{
	return likely(__atomic_load_n(&s->id, __ATOMIC_ACQUIRE) == id && id != 0);
}

/** Whether the low 32 bits of a counter block of AES-CTR end before so many bytes of data do. */
static inline bool
vc_counter_wraps(const uint8_t iv[VC_COUNTER_BLOCK], uint32_t len)
{
	rte_be32_t counter;

	memcpy(&counter, iv + VC_COUNTER_NONCE, sizeof(counter));
	return rte_be_to_cpu_32(counter) +
		((uint64_t)len + VC_COUNTER_BLOCK - 1) / VC_COUNTER_BLOCK >
		1ULL << 32;
}

/** The session with this id, or NULL. Data lcores call it with their queue's lock held. */
static inline struct vc_session *
vc_session_find(const struct vc_session_table *table, uint64_t id)
{
	uint32_t i = vc_session_index(id);
	struct vc_session *s = &table->sessions[i];

	return i < table->size && vc_session_has_id(s, id) ? s : NULL;
}

/** The variant for these lengths among those of a session, or NULL. */
static inline void *
vc_variant_find(const struct vc_variant variants[VC_SESSION_VARIANTS], uint8_t cdev,
		uint32_t iv_len, uint32_t aad_len)
{
	unsigned int i;

	for (i = 0; i < VC_SESSION_VARIANTS; i++) {
		const struct vc_variant *v = &variants[i];
		void *cs = __atomic_load_n(&v->cdev_session, __ATOMIC_ACQUIRE);

		if (cs == NULL)
			break;
		if (v->iv_len == iv_len && v->aad_len == aad_len && v->cdev == cdev)
			return cs;
	}
	return NULL;
}

/** Creates the variant of a session that vc_session_variant() did not find, or returns NULL. */
void *vc_session_add_variant(struct vc_session_table *table, struct vc_session *s, uint32_t iv_len,
			     uint32_t aad_len);

/**
 * The cryptodev session for the lengths of a request.
 *
 * @return NULL when the algorithm does not take them
 */
static inline void *
vc_session_variant(struct vc_session_table *table, struct vc_session *s, uint32_t iv_len,
		   uint32_t aad_len)
{
	void *cs = vc_variant_find(s->variants, s->cdev, iv_len, aad_len);

	return likely(cs != NULL) ? cs : vc_session_add_variant(table, s, iv_len, aad_len);
}

/**
 * The same on another cryptodev of the set, or the session's own.
 *
 * @param cdev  index of the cryptodev
 * @return NULL when the cryptodev does not do it
 */
void *vc_session_variant_on(struct vc_session_table *table, struct vc_session *s, uint8_t cdev,
			    uint32_t iv_len, uint32_t aad_len);

#endif /* VHOST_CRYPTO_SESSION_H */
