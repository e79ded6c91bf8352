/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions of stateless requests: each says all parameters itself, so the sessions that were used
 * last are kept, and found again by all of them, keys included.
 *
 * A queue has its own, so no lock is needed and no guest meets another's. Thread: the lcore that
 * serves the queue, or the control side while the queue is stopped.
 */

#ifndef VHOST_CRYPTO_SESSION_CACHE_H
#define VHOST_CRYPTO_SESSION_CACHE_H

#include "session.h"

/** Sessions that a queue keeps. */
#define VC_CACHE_SIZE 32

struct vc_session_cache {
	struct vc_session_table table;
	uint64_t hash[VC_CACHE_SIZE];	   /**< of the parameters of each entry of the table */
	uint64_t last_used[VC_CACHE_SIZE]; /**< by the clock below */
	uint16_t refs[VC_CACHE_SIZE];	   /**< requests in flight */
	uint64_t clock;
};

/**
 * Sets a cache up for the cryptodevs of a table.
 *
 * @return 0 or -ENOMEM
 */
int vc_cache_init(struct vc_session_cache *cache, const struct vc_session_table *like,
		  int socket_id);

/** Destroys what is in it, keys wiped; nothing may be in flight. */
void vc_cache_clear(struct vc_session_cache *cache);

/** Clears and frees a cache; one that was never set up too. */
void vc_cache_fini(struct vc_session_cache *cache);

/**
 * Finds or creates the session for parameters in host memory, not yet checked, of which all that
 * vc_params_size() counts is set.
 *
 * @param session  receives it; cache->refs[its index] is to be counted by the caller
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR as vc_session_create(), or _NOSPC when all are in
 *         use by requests in flight
 */
int vc_cache_get(struct vc_session_cache *cache, const struct vc_session_params *params,
		 struct vc_session **session);

#endif /* VHOST_CRYPTO_SESSION_CACHE_H */
