/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_SOAK_H
#define TEST_SOAK_H

#include "job.h"

/**
 * @file
 * An endless supply of jobs: random algorithms, keys, sizes and layouts, with OpenSSL's answers, on
 * sessions that come and go. Main thread.
 */

struct soak;

/** What was done so far. */
struct soak_counts {
	uint64_t sessions; /**< created */
	uint64_t refused;  /**< not created, although the device offers what they are for */
};

/** Make an empty supply; the device need not be there. */
struct soak *soak_open(struct env *env);

/** Free it; no job is in the device. */
void soak_close(struct soak *soak);

/** The counts. */
struct soak_counts soak_counts(const struct soak *soak);

/**
 * Build a job, which is ended with soak_done() before it is freed.
 *
 * @return PASS, or SKIP when there is none for now: sessions could not be made.
 */
enum verdict soak_build(struct soak *soak, struct job *job);

/** The device has a job no longer. Jobs of other origin are ignored. */
void soak_done(struct soak *soak, const struct job *job);

#endif /* TEST_SOAK_H */
