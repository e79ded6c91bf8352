/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A batch: plain requests of one session behind each other, which their cryptodev does in one
 * synchronous call. They need neither slots nor operations nor mbufs, and nothing of them is in
 * flight when the call has returned.
 */

#ifndef VHOST_CRYPTO_BATCH_H
#define VHOST_CRYPTO_BATCH_H

#include <rte_cryptodev.h>

#include "fast_path.h"
#include "rte_vhost_crypto.h"

/** Requests that a cryptodev works on at a time, at most: its lanes. */
#define VC_BATCH_LANES 16

/** A batch of a queue. */
struct vc_batch {
	uint16_t nb; /**< requests */
	uint8_t cdev;
	uint16_t *session_refs; /**< where requests that hold the session are counted */
	void *cdev_session;
	struct rte_crypto_sym_vec vec;		  /**< leads to the arrays below, as is set once */
	uint16_t ids[RTE_VHOST_CRYPTO_MAX_BURST]; /**< by which requests are given back */
	int32_t results[RTE_VHOST_CRYPTO_MAX_BURST];   /**< 0: done */
	uint8_t *statuses[RTE_VHOST_CRYPTO_MAX_BURST]; /**< where the guest wants them */
	struct rte_crypto_vec data[RTE_VHOST_CRYPTO_MAX_BURST];
	struct rte_crypto_sgl sgls[RTE_VHOST_CRYPTO_MAX_BURST];
	struct rte_crypto_va_iova_ptr iv_ptrs[RTE_VHOST_CRYPTO_MAX_BURST];
	uint8_t ivs[RTE_VHOST_CRYPTO_MAX_BURST][VC_FAST_IV_LEN];
};

/** Makes an empty batch of memory that is all 0. */
void vc_batch_init(struct vc_batch *batch);

/** Wipes what requests have left in it. */
void vc_batch_wipe(struct vc_batch *batch);

/**
 * Fills an empty batch with the first ones of some requests, as far as they can be in one. No
 * request is marked as taken.
 *
 * @param b       of the burst
 * @param vr      where the requests are from
 * @param heads   the requests
 * @param tables  their tables
 * @param nb      their number, 1 to RTE_VHOST_CRYPTO_MAX_BURST
 * @param left    bytes of data, there and back, after which there are to be no more; grows less if
 *                there is a batch
 * @return requests in the batch
 */
uint16_t vc_batch_fill(struct vc_batch *batch, const struct vc_fast_burst *b,
		       const struct vc_vring *vr, const struct vc_chain_head *heads,
		       const struct vc_desc_table *tables, uint16_t nb, int64_t *left);

/** Has the cryptodev do what is in the batch. @param dev_id  the cryptodev */
void vc_batch_process(struct vc_batch *batch, uint8_t dev_id);

#endif /* VHOST_CRYPTO_BATCH_H */
