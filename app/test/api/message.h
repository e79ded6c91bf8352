/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_MESSAGE_H
#define TEST_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "algo.h"
#include "reference.h"

/**
 * @file
 * What a session does, and messages with their expected answers.
 *
 * Encryption and generation of a digest go together ("forward"), so do decryption and
 * verification: the same message serves both, with its two texts swapped.
 */

#define MAX_KEY	   520
#define MAX_IV	   32
#define MAX_DIGEST 64
#define MAX_AAD	   64

/** What a session does. At most one of cipher and aead is set, and auth only without aead. */
struct transform {
	const struct algo *cipher;
	const struct algo *auth;
	const struct algo *aead;
	/** Encrypt, generate; else decrypt, verify. */
	bool forward;
	/** The digest is over the encrypted text (encrypt, then MAC), else over the plain text. */
	bool digest_of_cipher;
	uint8_t key[MAX_KEY];
	uint16_t key_len;
	uint16_t iv_len;
	uint8_t auth_key[MAX_KEY];
	uint16_t auth_key_len;
	uint16_t auth_iv_len;
	uint16_t digest_len;
	uint16_t aad_len;
};

/** A part of a message, bytes. */
struct region {
	uint32_t offset;
	uint32_t len;
};

/** One message: its plain and its encrypted form and what belongs to it. */
struct message {
	/** Both @p len bytes, equal outside of the cipher region; owned by the message. */
	uint8_t *plain;
	uint8_t *secret;
	uint32_t len;
	/** What is encrypted (by a cipher or an AEAD), and what the digest is over. */
	struct region cipher;
	struct region auth;
	uint8_t iv[MAX_IV];
	uint8_t auth_iv[MAX_IV];
	uint8_t aad[MAX_AAD];
	/** The whole digest; a session may want less of it. */
	uint8_t digest[MAX_DIGEST];
};

/** The names of its algorithms, "+" between; in the order of the operations when forward. */
const char *transform_name(const struct transform *t, char *name, size_t size);

/** Give it random keys of the lengths that are set in it. */
void transform_random_keys(struct transform *t, struct rng *rng);

/**
 * A transform of one row of the table, or of a cipher and a MAC (NULL for none), with the key
 * length number @p key of the first. Its keys are zeros and its digest is empty.
 */
struct transform transform_row(const struct algo *first, const struct algo *mac, unsigned int key);

/** A transform that does the reverse, with the same keys. */
struct transform transform_reverse(const struct transform *t);

/**
 * A transform of the named algorithms (NULL for none) with the first key length of each, its
 * whole digest, and random keys.
 */
struct transform transform_make(struct rng *rng, const char *cipher, const char *auth,
				bool digest_of_cipher);

/**
 * Can the device do it, by its capabilities?
 *
 * @return PASS, or SKIP with the reason in @p env.
 */
enum verdict transform_supported(struct env *env, const struct transform *t);

/** A message of @p len zero bytes; its regions are the whole. It must be freed. */
struct message message_alloc(uint32_t len);

/**
 * A random message of 1 to @p longest bytes with its answer, at random places of mbufs: there may
 * be bytes in front of its region and behind it. It must be freed.
 *
 * @return 0, or -1 when the reference cannot compute it.
 */
int message_somewhere(struct message *m, const struct transform *t, struct rng *rng,
		      uint32_t longest);

/** Free the two texts. A message of zero bytes (all fields 0) may be freed too. */
void message_free(struct message *m);

/**
 * Fill @p m with random plain text, IVs and AAD, and let the reference compute the rest for @p t.
 *
 * @return 0, or -1 when the reference cannot compute it.
 */
int message_random(struct message *m, const struct transform *t, struct rng *rng);

/** Let the reference compute the encrypted text and the digest. @return 0 or -1, as above. */
int message_compute(struct message *m, const struct transform *t);

#endif /* TEST_MESSAGE_H */
