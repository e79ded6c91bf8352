/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_vhost_crypto.h>

#include "virtio_crypto_algs.h"

/**
 * @file
 * The sweep: every algorithm of the table in every length, compared with OpenSSL and with plain
 * implementations of the wireless algorithms.
 */

#define SWEEP_MAX_DATA	 (1u << 20) /**< bytes of data of one request, at most */
#define SWEEP_MAX_AAD	 65535
#define SWEEP_MAX_KEY	 64
#define SWEEP_MAX_AUTH	 512 /**< bytes of a key for authentication */
#define SWEEP_MAX_IV	 32
#define SWEEP_MAX_DIGEST 64
#define SWEEP_BURST	 30 /**< requests that are in flight together, at most */

/** What the counter block of a counter mode, or any other IV, is to be. */
enum sweep_iv {
	SWEEP_IV_ANY,
	SWEEP_IV_WRAPS_32, /**< its low 32 bits end with the third block */
	SWEEP_IV_WRAPS,	   /**< all of it does */
};

/** A session and one length to try it with. */
struct sweep_probe {
	const struct virtio_crypto_alg *cipher; /**< cipher or AEAD, or NULL */
	const struct virtio_crypto_alg *auth;	/**< NULL without one */
	bool auth_first;			/**< of the direction that encrypts */
	bool decrypt;
	uint32_t key_len;
	uint32_t auth_key_len;
	uint32_t iv_len;
	uint32_t auth_iv_len;
	uint32_t aad_len; /**< AEAD */
	uint32_t digest_len;
	uint32_t len; /**< of the data */
	enum sweep_iv iv;
};

/** Keys, data and the right answer of a probe. */
struct sweep_material {
	uint8_t key[SWEEP_MAX_KEY];
	uint8_t auth_key[SWEEP_MAX_AUTH];
	uint8_t iv[SWEEP_MAX_IV];
	uint8_t auth_iv[SWEEP_MAX_IV];
	const uint8_t *aad;
	uint8_t *plain;
	uint8_t *secret;
	uint8_t digest[SWEEP_MAX_DIGEST];
};

/** How data lies in memory. */
struct sweep_layout {
	const char *name;
	bool in_place;
	uint8_t skew;	/**< bytes behind an address that is a multiple of 64 */
	uint8_t pieces; /**< at most, of odd lengths */
};

enum sweep_verdict {
	SWEEP_RIGHT,
	SWEEP_REFUSED,
	SWEEP_WRONG,
	SWEEP_VERDICTS,
};

/** One request. */
struct sweep_trial {
	const struct sweep_probe *probe;
	const struct sweep_material *material;
	const struct sweep_layout *layout;
	enum sweep_verdict verdict;
};

/** Who is swept: the library, or a cryptodev without it. */
struct sweep_target {
	/** Begins with cryptodevs, of which a target may take the first one only. */
	void (*open)(const uint8_t *cdevs, uint8_t nb);
	void (*close)(void);
	/** Whether a layout is one that the target is to do. */
	bool (*takes)(const struct sweep_probe *probe, const struct sweep_layout *layout);
	/** Creates the session of a probe; its lengths of data and IVs do not matter yet. */
	bool (*session)(const struct sweep_probe *probe, const struct sweep_material *m);
	void (*session_end)(void);
	/** Runs requests of the session, and fills their verdicts; @return how many it did. */
	unsigned int (*run)(struct sweep_trial *trials, unsigned int nb);
};

extern const struct sweep_target sweep_library;
extern const struct sweep_target sweep_native;

/** What came of an algorithm. */
struct sweep_tally {
	unsigned int lengths; /**< different lengths of data, up to max_len */
	uint32_t max_len;
	unsigned int verdicts[SWEEP_VERDICTS];
};

/**
 * Sweeps an algorithm, alone and in chains.
 *
 * @param target  opened
 * @param all     every length, and not only those next to boundaries
 * @return false when there is nothing to compare with, or the target has no session of it
 */
bool sweep_algorithm(const struct sweep_target *target, const struct virtio_crypto_alg *alg,
		     bool all, struct sweep_tally *tally);

/** Prints each length that is wrong or refused. */
extern bool sweep_verbose;

/** Computes the right answer of a probe; false if there is nothing to compute it with. */
bool sweep_material_make(const struct sweep_probe *probe, struct sweep_material *m);

void sweep_material_free(struct sweep_material *m);

/**
 * Compares a result with the right one.
 *
 * @param ok      the request came back with success
 * @param text    what the target wrote for the data, probe->len bytes
 * @param digest  what it wrote for the digest; NULL: it only compares it
 */
enum sweep_verdict sweep_judge(const struct sweep_trial *trial, bool ok, const uint8_t *text,
			       const uint8_t *digest);

/** What the target is to work on, probe->len bytes; and what it is to make of it. */
const uint8_t *sweep_input(const struct sweep_trial *trial);

/** Whether a MAC travels in a chain, since it has an IV, or as a cipher's companion. */
bool sweep_is_chain(const struct sweep_probe *probe);

/** Length of the next of a layout's pieces, with so many bytes and pieces left. */
uint32_t sweep_piece(uint32_t left, unsigned int pieces_left);

#endif /* SWEEP_H */
