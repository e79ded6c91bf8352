/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "iova.h"
#include "pool.h"

/* Fills the stack with usable objects. */
static void
fill(struct vc_pool *pool, uint32_t nb, size_t size, bool contiguous)
{
	uint8_t *object = pool->mem;

	for (; pool->nb_free < nb && object < pool->mem + pool->mem_size; object += size)
		if (!contiguous || vc_iova_is_contiguous(object, size))
			vc_pool_put(pool, object);
}

int
vc_pool_alloc(struct vc_pool *pool, uint32_t nb, size_t size, bool contiguous, int socket_id)
{
	if (pool->nb > 0)
		return 0;
	pool->mem_size = (nb + (contiguous ? VC_IOVA_SPARE : 0)) * size;
	pool->mem = rte_zmalloc_socket("vc_pool", pool->mem_size, RTE_CACHE_LINE_SIZE, socket_id);
	pool->free = rte_zmalloc_socket("vc_pool", nb * sizeof(*pool->free), RTE_CACHE_LINE_SIZE,
					socket_id);
	if (pool->mem != NULL && pool->free != NULL)
		fill(pool, nb, size, contiguous);
	if (pool->nb_free < nb) {
		vc_pool_release(pool);
		return -ENOMEM;
	}
	pool->nb = nb;
	return 0;
}

void
vc_pool_release(struct vc_pool *pool)
{
	rte_free(pool->mem);
	rte_free(pool->free);
	memset(pool, 0, sizeof(*pool));
}
