/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions of stateless requests. Each request carries all session parameters, so the most recently
 * used sessions are cached, and looked up by all parameters including keys.
 *
 * Each queue has its own cache, so no lock is required, and guests share nothing. Thread: the lcore
 * that serves the queue, or the control side while the queue is stopped.
 */

#ifndef VHOST_CRYPTO_SESSION_CACHE_H
#define VHOST_CRYPTO_SESSION_CACHE_H

#include "session.h"

/** Number of cached sessions. */
#define VC_CACHE_SIZE 32

struct vc_session_cache {
	struct vc_session_table table;
	uint64_t hash[VC_CACHE_SIZE];	   /**< of the parameters, by session index */
	uint64_t last_used[VC_CACHE_SIZE]; /**< value of clock, by session index */
	uint16_t refs[VC_CACHE_SIZE];	   /**< requests in flight, by session index */
	uint64_t clock;
};

/**
 * Initializes a cache for the cryptodevs of a table.
 *
 * @return 0 or -ENOMEM
 */
int vc_cache_init(struct vc_session_cache *cache, const struct vc_session_table *like,
		  int socket_id);

/** Destroys all cached sessions and wipes their keys; nothing may be in flight. */
void vc_cache_clear(struct vc_session_cache *cache);

/** Clears and frees a cache, even if it was never initialized. */
void vc_cache_fini(struct vc_session_cache *cache);

/**
 * Finds or creates the session for parameters in host memory, not yet checked; all bytes that
 * vc_params_size() counts are set.
 *
 * @param session  receives it; the caller counts the request in cache->refs
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR as vc_session_create(); _NOSPC: all sessions are in
 *         use by requests in flight
 */
int vc_cache_get(struct vc_session_cache *cache, const struct vc_session_params *params,
		 struct vc_session **session);

#endif /* VHOST_CRYPTO_SESSION_CACHE_H */
