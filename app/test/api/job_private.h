/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_JOB_PRIVATE_H
#define TEST_JOB_PRIVATE_H

#include "job.h"

/**
 * @file
 * How a job lies in its operation and its mbufs: for the files that make and check it.
 */

/** What all memory around texts and digests is filled with. */
#define CANARY 0xc7

/** Bytes of user data of a session: canary that stands behind what a driver has of it. */
#define SESSION_USER_DATA 64

/** Room that CCM wants in front of the AAD. */
#define CCM_AAD_OFFSET 18

/** What follows the crypto operation in its element of the pool. */
struct op_extra {
	uint8_t iv[MAX_IV];
	uint8_t auth_iv[MAX_IV];
	uint8_t canary_before[16];
	uint8_t digest[MAX_DIGEST];
	uint8_t canary_after[16];
	uint8_t aad[CCM_AAD_OFFSET + MAX_AAD + 16];
	struct job *job;
	uint8_t private_data[48]; /* the application's, where the operation says it is */
};

/** Where it begins. */
#define EXTRA_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

/** The extra part of an operation. */
static inline struct op_extra *
job_extra(const struct rte_crypto_op *op)
{
	return (struct op_extra *)((uintptr_t)op + EXTRA_OFFSET);
}

/** The text that the operation reads, before it is tampered with. */
static inline const uint8_t *
job_input(const struct job *job)
{
	return job->transform->forward ? job->msg->plain : job->msg->secret;
}

/** The text that the operation makes. */
static inline const uint8_t *
job_output(const struct job *job)
{
	return job->transform->forward ? job->msg->secret : job->msg->plain;
}

#endif /* TEST_JOB_PRIVATE_H */
