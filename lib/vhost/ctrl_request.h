/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests of the control queue (section "Session operation").
 *
 * All functions require the control lock.
 */

#ifndef VHOST_CRYPTO_CTRL_REQUEST_H
#define VHOST_CRYPTO_CTRL_REQUEST_H

#include "chain.h"
#include "ring.h"
#include "session.h"

struct rte_vhost_crypto_device;
struct vc_dirty_log;

/** Operations of the device that the control queue calls. */
struct vc_ctrlq_ops {
	/** As vc_session_create(), unless the device is not ready. */
	int (*create_session)(struct rte_vhost_crypto_device *dev,
			      const struct vc_session_params *params, uint64_t *id);
	/** Frees destroyed sessions that no request holds. */
	void (*reap_sessions)(struct rte_vhost_crypto_device *dev);
	/** The queue has started, before it serves its first request. */
	void (*handle_start)(struct rte_vhost_crypto_device *dev);
};

/** The control queue's view of its device; set once. */
struct vc_ctrlq_env {
	const char *path; /**< path of the socket, for the log */
	const struct vc_mem *mem;
	const uint64_t *features; /**< negotiated virtio features */
	struct vc_ring *ring;
	const struct vc_dirty_log *log; /**< dirty log of the device */
	struct vc_session_table *sessions;
	const struct vc_ctrlq_ops *ops;
	struct rte_vhost_crypto_device *dev; /**< argument of the operations */
};

/**
 * Answers one request.
 *
 * @param env    of the control queue
 * @param chain  walked chain
 * @return bytes written to the chain
 */
uint32_t vc_ctrl_answer_request(const struct vc_ctrlq_env *env, const struct vc_chain *chain);

#endif /* VHOST_CRYPTO_CTRL_REQUEST_H */
