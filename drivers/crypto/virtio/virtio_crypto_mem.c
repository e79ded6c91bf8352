/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_memzone.h>

#include "virtio_crypto_logs.h"
#include "virtio_crypto_mem.h"

const struct rte_memzone *
virtio_crypto_mem_reserve(const struct virtio_crypto_dev *dev, uint16_t queue, size_t size,
			  int socket_id, uint64_t *addr)
{
	/* With virtual addresses physical memory need not be contiguous. */
	const unsigned int flags = dev->tr->virtual_addresses ? 0 : RTE_MEMZONE_IOVA_CONTIG;
	const struct rte_memzone *zone;
	char name[RTE_MEMZONE_NAMESIZE];

	snprintf(name, sizeof(name), "virtio_crypto_%u_%u", dev->data->dev_id, queue);
	zone = rte_memzone_reserve_aligned(name, size, socket_id, flags, RTE_CACHE_LINE_SIZE);
	if (zone == NULL) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot reserve %zu bytes of memory for queue %u",
				  dev->data->name, size, queue);
		return NULL;
	}
	memset(zone->addr, 0, size);
	*addr = dev->tr->virtual_addresses ? (uintptr_t)zone->addr : zone->iova;
	return zone;
}
