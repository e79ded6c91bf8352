/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A data request: from a walked chain to a crypto operation, and from its result to the status.
 *
 * Thread: the lcore that serves the queue, with the queue's lock held.
 */

#ifndef VHOST_CRYPTO_REQUEST_H
#define VHOST_CRYPTO_REQUEST_H

#include "queue.h"

/**
 * Builds the operation of a request whose chain was walked.
 *
 * @param q     queue
 * @param slot  slot with the chain
 * @param op    operation to fill, with private bytes for the IVs behind the symmetric part;
 *              replaced if the request is asymmetric
 * @return VIRTIO_CRYPTO_OK: enqueue op on cryptodev slot->cdev; the session is referenced. Another
 *         status of the specification: answer with it. VC_REQUEST_DEFERRED
 */
int vc_request_parse(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op);

/** vc_request_finish() of requests of any kind. */
uint8_t vc_request_finish_slow(struct vc_slot *slot, const struct rte_crypto_op *op);

/** Frees the private copies and the mbufs other than the slot's own. */
void vc_request_free_memory(struct vc_queue *q, struct vc_slot *slot);

/**
 * Writes the results of an operation to the guest.
 *
 * @return the status for vc_request_write_status()
 */
static inline uint8_t
vc_request_finish(struct vc_slot *slot, const struct rte_crypto_op *op)
{
	if (likely(slot->fast_path && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS))
		return VIRTIO_CRYPTO_OK;
	return vc_request_finish_slow(slot, op);
}

/** Writes the status, if the chain has a status byte. */
static inline void
vc_request_write_status(struct vc_slot *slot, uint8_t status)
{
	/* Operation status, D66 */
	if (likely(slot->status != NULL))
		*slot->status = status;
}

/** Frees mbufs and private copies, and releases the session; the slot and its segment list stay. */
static inline void
vc_request_release(struct vc_queue *q, struct vc_slot *slot)
{
	if (unlikely(!slot->fast_path) &&
	    (slot->src.next != NULL || slot->dst.next != NULL || slot->bounce != NULL ||
	     slot->aad_bounce != NULL))
		vc_request_free_memory(q, slot);
	(*slot->session_refs)--;
}

#endif /* VHOST_CRYPTO_REQUEST_H */
