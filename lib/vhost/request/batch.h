/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A batch: consecutive fast-path requests of one session, which their cryptodev processes in one
 * synchronous call. They need no slots, operations or mbufs, and are completed when the call
 * returns.
 */

#ifndef VHOST_CRYPTO_BATCH_H
#define VHOST_CRYPTO_BATCH_H

#include <rte_cryptodev.h>

#include "fast_path.h"
#include "rte_vhost_crypto.h"

/** Maximum number of requests that a cryptodev processes in parallel: its lanes. */
#define VC_BATCH_LANES 16

/** A queue's batch. */
struct vc_batch {
	uint16_t nb; /**< number of requests */
	uint8_t cdev;
	uint16_t *session_refs; /**< reference count of the session */
	void *cdev_session;
	struct rte_crypto_sym_vec vec;		       /**< points to the arrays below; set once */
	uint16_t ids[RTE_VHOST_CRYPTO_MAX_BURST];      /**< IDs for the used ring */
	int32_t results[RTE_VHOST_CRYPTO_MAX_BURST];   /**< 0: succeeded */
	uint8_t *statuses[RTE_VHOST_CRYPTO_MAX_BURST]; /**< addresses of the status bytes */
	struct rte_crypto_vec data[RTE_VHOST_CRYPTO_MAX_BURST];
	struct rte_crypto_sgl sgls[RTE_VHOST_CRYPTO_MAX_BURST];
	struct rte_crypto_va_iova_ptr iv_ptrs[RTE_VHOST_CRYPTO_MAX_BURST];
	uint8_t ivs[RTE_VHOST_CRYPTO_MAX_BURST][VC_FAST_IV_LEN];
};

/** Initializes a batch in zeroed memory. */
void vc_batch_init(struct vc_batch *batch);

/** Wipes data of requests. */
void vc_batch_wipe(struct vc_batch *batch);

/**
 * Fills an empty batch with the leading requests that can be in one. Does not pop them.
 *
 * @param b       fast path of the burst
 * @param vr      ring of the requests
 * @param heads   heads of the requests
 * @param tables  indirect tables of the requests
 * @param nb      number of requests, 1 to RTE_VHOST_CRYPTO_MAX_BURST
 * @param left    poll budget in bytes of data, in and out; reduced by what the batch takes
 * @return number of requests in the batch
 */
uint16_t vc_batch_fill(struct vc_batch *batch, const struct vc_fast_burst *b,
		       const struct vc_vring *vr, const struct vc_chain_head *heads,
		       const struct vc_desc_table *tables, uint16_t nb, int64_t *left);

/** Processes the batch on a cryptodev. */
void vc_batch_process(struct vc_batch *batch, uint8_t dev_id);

#endif /* VHOST_CRYPTO_BATCH_H */
