/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions: the guest's handles of keys and algorithms, and their cryptodev sessions.
 *
 * An ID consists of an index and a generation, so a lookup is one array access, and an old ID never
 * finds a new session. The control side creates, destroys and frees sessions, one thread at a time;
 * data lcores look them up without a lock, while they hold the lock of their queue. The table's
 * lock protects the cryptodev sessions of a session, to which data lcores may add. Its holder takes
 * no other lock.
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
#define VC_MAX_SESSIONS	 65536 /**< maximum of the index in an ID */
#define VC_MAX_AKCIPHERS 1024  /**< maximum of AKCIPHER sessions of a table */
/** Maximum number of variants of a session: combinations of lengths. */
#define VC_SESSION_VARIANTS 4
/**
 * No opcode: requests of the session cannot use the fast path. Wider than any opcode of a request.
 */
#define VC_NO_FAST_PATH UINT64_MAX

/** Offset of the IVs in an operation. */
#define VC_IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

/**
 * AES-CTR takes a whole counter block as IV, or the part before the 32-bit counter, which is 1 then
 * (RFC 3686). Cryptodevs that only support whole blocks get both parts.
 */
#define VC_COUNTER_BLOCK 16
#define VC_COUNTER_NONCE 12

/** A cryptodev session for specific lengths, which virtio specifies per request. */
struct vc_variant {
	void *cdev_session; /**< NULL: unused */
	uint32_t iv_len;    /**< length of the cipher IV */
	uint32_t aad_len;   /**< length of additional data (AEAD) or of the authentication IV */
	uint8_t cdev;	    /**< index in the device's set */
};

struct vc_akcipher;

/** A session; the fields of the data path first. */
struct vc_session {
	uint64_t id;  /**< 0: unused, dormant or destroyed */
	uint8_t cdev; /**< index in the device's set */
	uint8_t service;
	uint8_t op_type;
	uint8_t direction;
	uint8_t digest_len;
	bool has_cipher;
	bool has_auth;
	bool has_aead;
	bool cipher_bits; /**< the cryptodev counts the cipher's data in bits */
	bool auth_bits;
	bool verify;	    /**< the cryptodev compares the digest and does not return it */
	bool synchronous;   /**< fast path: processed in a synchronous call */
	uint8_t block_mask; /**< fast path: bits that are 0 in any valid length */
	/**
	 * Opcode of requests that may use the fast path: those of a cipher that counts data in
	 * bytes.
	 */
	uint64_t fast_opcode;
	struct vc_limits limits; /**< of the cryptodev; requests beyond go to another one */
	struct vc_variant variants[VC_SESSION_VARIANTS];

	struct vc_akcipher *akcipher;		/**< NULL for other services */
	const struct virtio_crypto_alg *cipher; /**< cipher or AEAD, or NULL */
	const struct virtio_crypto_alg *auth;	/**< or NULL */
	struct vc_session_params *params;	/**< kept to create variants; NULL: entry is free */
	uint32_t generation;
	uint32_t dormant_since; /**< value of nb_resets */
	uint64_t dormant_id;	/**< ID while dormant, else 0; see session_dormant.h */
	struct vc_variant others[VC_SESSION_VARIANTS]; /**< on other cryptodevs */
};

/** The sessions of a device. */
struct vc_session_table {
	struct vc_session *sessions;
	uint32_t size;
	uint32_t nb_used;    /**< entries in use, including destroyed ones */
	uint32_t next;	     /**< entry where the search for a free one begins */
	uint32_t nb_zombies; /**< destroyed, but referenced by requests in flight */
	uint32_t nb_dormant; /**< see session_dormant.h */
	uint32_t nb_resets;  /**< resets of the device */
	/** Random, so that IDs of a previous program are invalid. */
	uint32_t first_generation;
	uint8_t auth_iv_offset; /**< offset of auth IV from VC_IV_OFFSET, and its size */
	rte_spinlock_t lock;
	struct rte_mempool *pool; /**< pool of cryptodev sessions */
	unsigned int objects;	  /**< maximum number of pool objects per cryptodev session */
	unsigned int share;	  /**< pool objects per session */
	struct rte_mempool *akcipher_pool; /**< pool of asymmetric sessions, or NULL */
	uint32_t nb_akciphers;		   /**< AKCIPHER sessions */
	uint16_t nb_users;		   /**< queues that use AKCIPHER sessions; 0: not offered */
	uint8_t nb_cdevs;
	uint8_t cdev_ids[RTE_VHOST_CRYPTO_MAX_CDEVS];
	uint8_t large[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< enum vc_large */
	/** Compares digests while decrypting instead of returning them. */
	bool verifies[RTE_VHOST_CRYPTO_MAX_CDEVS];
};

/** Table index of a session ID. */
static inline uint32_t
vc_session_index(uint64_t id)
{
	return id & (VC_MAX_SESSIONS - 1);
}

/** Whether an entry is the session with this ID. */
static inline bool
vc_session_has_id(const struct vc_session *s, uint64_t id)
{
	return likely(__atomic_load_n(&s->id, __ATOMIC_ACQUIRE) == id && id != 0);
}

/** Whether the low 32 bits of an AES-CTR counter block wrap around within @p len bytes. */
static inline bool
vc_counter_wraps(const uint8_t iv[VC_COUNTER_BLOCK], uint32_t len)
{
	rte_be32_t counter;

	memcpy(&counter, iv + VC_COUNTER_NONCE, sizeof(counter));
	return rte_be_to_cpu_32(counter) +
		((uint64_t)len + VC_COUNTER_BLOCK - 1) / VC_COUNTER_BLOCK >
		1ULL << 32;
}

/** Finds a session by its ID, or NULL. Data lcores hold their queue's lock. */
static inline struct vc_session *
vc_session_find(const struct vc_session_table *table, uint64_t id)
{
	uint32_t i = vc_session_index(id);
	struct vc_session *s = &table->sessions[i];

	return i < table->size && vc_session_has_id(s, id) ? s : NULL;
}

/** Finds the cryptodev session for these lengths among variants, or NULL. */
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

#endif /* VHOST_CRYPTO_SESSION_H */
