/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The control queue (section "Control Virtqueue"), served by the control thread on its kick.
 *
 * All functions require the control lock.
 */

#ifndef VHOST_CRYPTO_CTRLQ_H
#define VHOST_CRYPTO_CTRLQ_H

#include "ctrl_request.h"
#include "event_loop.h"
#include "vring.h"

struct vc_ctrlq {
	struct vc_ctrlq_env env;
	uint16_t index; /**< of the vring */
	bool running;
	const struct vc_dirty_log *log; /**< dirty log, or NULL */
	struct vc_vring vring;
	struct vc_source kick;
	struct vc_task rest;   /**< serves the requests that exceed the loop's budget */
	uint8_t logged_faults; /**< kinds of faults of chains logged since the start, as bits */
	struct vc_seg segs[VC_CHAIN_MAX_SEGS];
};

/** Starts the queue. 0, or -errno as vc_vring_attach(). */
int vc_ctrlq_start(struct vc_ctrlq *cq, const char **fault);

/**
 * Stops the queue; its ring's base is then the next available entry. Does nothing if it is stopped.
 */
void vc_ctrlq_stop(struct vc_ctrlq *cq);

#endif /* VHOST_CRYPTO_CTRLQ_H */
