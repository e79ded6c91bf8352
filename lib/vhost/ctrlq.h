/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The control queue (section "Control Virtqueue"): served by the control thread on its kick.
 *
 * Everything here runs with the control lock held.
 */

#ifndef VHOST_CRYPTO_CTRLQ_H
#define VHOST_CRYPTO_CTRLQ_H

#include "chain.h"
#include "event_loop.h"
#include "vring.h"

struct rte_vhost_crypto_device;
struct vc_dirty_log;

struct vc_ctrlq {
	struct rte_vhost_crypto_device *dev;
	uint16_t index; /**< of the vring */
	bool running;
	const struct vc_dirty_log *log; /**< of writes, or NULL */
	struct vc_vring vring;
	struct vc_source kick;
	struct vc_task rest; /**< requests that the thread's budget had no room for */
	uint8_t told;	     /**< faults of chains that were logged since it started, by kind */
	struct vc_seg segs[VC_CHAIN_MAX_SEGS];
};

/** Starts the queue. 0, or -errno as vc_vring_attach(). */
int vc_ctrlq_start(struct vc_ctrlq *cq, const char **fault);

/** Stops the queue; its ring's base is where it goes on. Nothing when it is stopped. */
void vc_ctrlq_stop(struct vc_ctrlq *cq);

/**
 * Answers one request.
 *
 * @param dev    device
 * @param chain  walked chain
 * @return bytes written to the chain
 */
uint32_t vc_ctrl_request(struct rte_vhost_crypto_device *dev, const struct vc_chain *chain);

#endif /* VHOST_CRYPTO_CTRLQ_H */
