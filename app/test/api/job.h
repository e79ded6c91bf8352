/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_JOB_H
#define TEST_JOB_H

#include "message.h"

/**
 * @file
 * Jobs: messages laid out in mbufs, made into crypto operations, run and checked.
 */

/** Most segments of a layout. */
#define MAX_SEGS 256

/** Most operations per enqueue or dequeue call. */
#define MAX_BURST 512

/** Where the digest is. */
enum digest_place {
	DIGEST_APART,	 /**< in memory of its own */
	DIGEST_APPENDED, /**< in the mbuf, right after the last byte of the message */
	DIGEST_SEGMENT,	 /**< in one more segment of the mbuf, alone */
};

/** How one buffer is cut into segments; the lengths add up to the message's. */
struct cut {
	unsigned int nb_segs;
	uint32_t seg[MAX_SEGS];
};

/** How a message lies in memory. */
struct layout {
	/** Out of place: there is a destination, cut as @p dst says. */
	bool out_of_place;
	struct cut src;
	struct cut dst;
	enum digest_place digest;
};

/** One operation, from its message to its verdict. Zero is an unused job, which may be freed. */
struct job {
	const struct transform *transform;
	const struct message *msg;
	void *session;
	/** Run without a session: these are the operation's xforms. */
	struct rte_crypto_sym_xform *xforms;
	/** Change this bit (1 and up, counted through the digest) of the digest; 0: none. */
	unsigned int tampered_digest_bit;
	/** Change this bit (1 and up) of the input text; 0: none. */
	unsigned int tampered_text_bit;

	struct rte_crypto_op *op;
	/** Where the digest is, of digest_len bytes. */
	uint8_t *digest;
	/** How the digest was before. */
	uint8_t digest_before[MAX_DIGEST];
	/** Times that it came back. */
	unsigned int completions;
	/** The device has it. */
	bool in_device;
};

/** Whole message in one segment of source; in place; digest in memory of its own. */
struct layout layout_linear(uint32_t len);

/** Cut @p len bytes at random into @p nb_segs segments, of which none is empty if possible. */
struct cut cut_random(struct rng *rng, uint32_t len, unsigned int nb_segs);

/** Cut @p len bytes in two after @p first bytes. */
struct cut cut_at(uint32_t len, uint32_t first);

/** Cut @p len bytes into @p nb_segs parts as equal as can be. */
struct cut cut_even(uint32_t len, unsigned int nb_segs);

/**
 * The xforms of a transform, for a session or a session-less operation.
 *
 * @param xf room for two; the keys stay those of @p t.
 * @return the first of the chain.
 */
struct rte_crypto_sym_xform *job_xforms(const struct transform *t, struct rte_crypto_sym_xform *xf);

/** Create a session. @return NULL with rte_errno set when the device refuses. */
void *job_session(struct env *env, const struct transform *t);

/**
 * Create a session that the device, by its capabilities, has to have.
 *
 * @param session set on PASS only.
 * @return PASS; SKIP when the capabilities or ENOTSUP say that the device does not do it; else
 *   FAIL.
 */
enum verdict job_session_must(struct env *env, const struct transform *t, void **session);

/** Free a session. @return PASS or FAIL. */
enum verdict job_session_free(struct env *env, void *session);

/**
 * Make the operation of a job whose transform, msg and session or xforms are set.
 *
 * @return PASS, or FAIL when the pools are empty (nothing is held then).
 */
enum verdict job_build(struct env *env, struct job *job, const struct layout *layout);

/** Give back what job_build() took, unless the device still has it. */
void job_free(struct job *job);

/** The job that an operation belongs to. */
struct job *job_of(const struct rte_crypto_op *op);

/** Enqueue up to MAX_BURST jobs with one call. @return how many the device accepted. */
unsigned int job_enqueue(struct env *env, uint16_t qp, struct job *jobs, unsigned int nb);

/**
 * Dequeue with one call; the completions of what came are counted.
 *
 * @param jobs NULL, or room for the @p nb jobs that came at most.
 * @return how many came.
 */
unsigned int job_dequeue(struct env *env, uint16_t qp, struct job **jobs, unsigned int nb);

/**
 * Enqueue @p nb jobs and dequeue them all, at most @p burst per call.
 *
 * @return PASS when each came back exactly once; FAIL otherwise.
 */
enum verdict job_run(struct env *env, uint16_t qp, struct job *jobs, unsigned int nb,
		     unsigned int burst);

/** Check status, texts, digest and that no other byte changed. @return PASS or FAIL. */
enum verdict job_check(struct env *env, const struct job *job);

/** Check that no byte changed that the operation must not write, whatever its status. */
enum verdict job_check_canaries(struct env *env, const struct job *job);

/** Build, run and check one job, and free it: most of what a case needs. */
enum verdict job_once(struct env *env, const struct transform *t, void *session,
		      const struct message *msg, const struct layout *layout);

/**
 * The same without a session: the operation brings its xforms.
 *
 * @return PASS; SKIP when the device does not do it without a session, by its feature flags or the
 *   status INVALID_SESSION; else FAIL.
 */
enum verdict job_once_stateless(struct env *env, const struct transform *t,
				const struct message *msg, const struct layout *layout);

#endif /* TEST_JOB_H */
