/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_TRAFFIC_H
#define TEST_TRAFFIC_H

#include "job.h"

/**
 * @file
 * Something to do for any device: sessions and messages of whatever it offers, for cases that are
 * about queues, sessions or the device's life and not about algorithms.
 */

#define TRAFFIC_SESSIONS 4
#define TRAFFIC_MESSAGES 64

/** A few sessions, each with messages that it has the answers for. */
struct traffic {
	struct transform transform[TRAFFIC_SESSIONS];
	void *session[TRAFFIC_SESSIONS];
	struct message msg[TRAFFIC_SESSIONS][TRAFFIC_MESSAGES];
	/** How the message of a job is laid out: one linear mbuf when false, cut otherwise. */
	bool scattered;
};

/**
 * Find a transform (in one direction) that the device offers and that can be given random keys
 * and random messages.
 *
 * @return PASS, or SKIP when there is none.
 */
enum verdict traffic_transform(struct env *env, struct transform *t);

/** Create sessions and messages. @return PASS, SKIP or FAIL; nothing is held unless PASS. */
enum verdict traffic_open(struct env *env, struct traffic *traffic);

/** Free them. */
void traffic_close(struct env *env, struct traffic *traffic);

/** Build @p nb jobs; those that could be built must be freed, whatever is returned. */
enum verdict traffic_build(struct env *env, struct traffic *traffic, struct job *jobs,
			   unsigned int nb);

/** Build, run, check and free @p nb jobs (up to TRAFFIC_BATCH) on a queue pair. */
enum verdict traffic_run(struct env *env, struct traffic *traffic, uint16_t qp, unsigned int nb,
			 unsigned int burst);

/** Most jobs of one traffic_run(). */
#define TRAFFIC_BATCH 1024

/** Check and free jobs. @return FAIL when one of them is wrong. */
enum verdict traffic_finish(struct env *env, struct job *jobs, unsigned int nb);

#endif /* TEST_TRAFFIC_H */
