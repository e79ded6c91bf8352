/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A pool of objects that are allocated in advance: a stack of those that are free.
 *
 * Thread: the user of the pool; no two at a time.
 */

#ifndef VHOST_CRYPTO_POOL_H
#define VHOST_CRYPTO_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

struct vc_pool {
	void **free;	  /**< stack of the free objects */
	uint32_t nb_free; /**< their number */
	uint32_t nb;	  /**< number of objects; 0: not allocated */
	uint8_t *mem;	  /**< the objects, zeroed at first, and spare ones that are never used */
	size_t mem_size;  /**< bytes of mem */
};

/**
 * Allocates a pool; does nothing if it is allocated already.
 *
 * @param pool        zeroed at first
 * @param nb          number of objects
 * @param size        size of an object, a multiple of its alignment, which is a cache line at most
 * @param contiguous  each object must be contiguous for hardware
 * @return 0 or -ENOMEM
 */
int vc_pool_alloc(struct vc_pool *pool, uint32_t nb, size_t size, bool contiguous, int socket_id);

/** Frees a pool and all of its objects. */
void vc_pool_release(struct vc_pool *pool);

/** Takes an object; NULL: none is free. */
static inline void *
vc_pool_get(struct vc_pool *pool)
{
	return likely(pool->nb_free > 0) ? pool->free[--pool->nb_free] : NULL;
}

/** Returns an object. */
static inline void
vc_pool_put(struct vc_pool *pool, void *object)
{
	pool->free[pool->nb_free++] = object;
}

#endif /* VHOST_CRYPTO_POOL_H */
