/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_vhost.h>

#include "guest_mem.h"

/* Big regions first: the first one is found fastest. */
static int
larger_first(const void *a, const void *b)
{
	const struct vc_mem_region *ra = a, *rb = b;

	return ra->size < rb->size ? 1 : ra->size > rb->size ? -1 : 0;
}

int
vc_mem_load(struct vc_mem *mem, int vid)
{
	struct rte_vhost_memory *table = NULL;
	uint32_t i;

	memset(mem, 0, sizeof(*mem));
	if (rte_vhost_get_mem_table(vid, &table) != 0 || table == NULL)
		return 0;
	for (i = 0; i < table->nregions; i++) {
		const struct rte_vhost_mem_region *from = &table->regions[i];

		if (from->size == 0)
			continue;
		if (mem->nb_regions == RTE_DIM(mem->regions)) {
			free(table);
			memset(mem, 0, sizeof(*mem));
			return -ENOSPC;
		}
		mem->regions[mem->nb_regions++] = (struct vc_mem_region){
			.gpa = from->guest_phys_addr,
			.size = from->size,
			.hva = (uint8_t *)(uintptr_t)from->host_user_addr,
		};
	}
	free(table);
	qsort(mem->regions, mem->nb_regions, sizeof(mem->regions[0]), larger_first);
	return 0;
}

uint8_t *
vc_mem_find(const struct vc_mem *mem, uint64_t gpa, uint64_t *len)
{
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++) {
		const struct vc_mem_region *r = &mem->regions[i];
		uint64_t off = gpa - r->gpa;

		if (off >= r->size)
			continue;
		if (*len > r->size - off)
			*len = r->size - off;
		return r->hva + off;
	}
	return NULL;
}

uint64_t
vc_mem_address(const struct vc_mem *mem, const uint8_t *va)
{
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++) {
		const struct vc_mem_region *r = &mem->regions[i];
		uint64_t off = (uintptr_t)va - (uintptr_t)r->hva;

		if (off < r->size)
			return r->gpa + off;
	}
	return UINT64_MAX;
}
