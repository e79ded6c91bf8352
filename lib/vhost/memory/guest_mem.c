/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include "guest_mem.h"

/* Whether two ranges overlap; neither wraps around. */
static bool
overlap(uint64_t a, uint64_t b, uint64_t a_size, uint64_t b_size)
{
	return a < b ? b - a < a_size : a - b < b_size;
}

/* Whether a range ends beyond the address space. */
static bool
wraps(uint64_t start, uint64_t size)
{
	return start + (size - 1) < start;
}

static const char *
find_region_fault(const struct vhost_user_memory *table, uint32_t index)
{
	const struct vhost_user_region *r = &table->regions[index];
	uint32_t i;

	if (r->memory_size == 0)
		return "a region has size 0; at least 1 byte is required";
	if (wraps(r->guest_phys_addr, r->memory_size) || wraps(r->userspace_addr, r->memory_size))
		return "a region wraps around the end of the address space; it must end in it";
	for (i = 0; i < index; i++) {
		const struct vhost_user_region *o = &table->regions[i];

		if (overlap(r->guest_phys_addr, o->guest_phys_addr, r->memory_size,
			    o->memory_size) ||
		    overlap(r->userspace_addr, o->userspace_addr, r->memory_size, o->memory_size))
			return "two regions overlap; regions must be disjoint";
	}
	return NULL;
}

const char *
vc_mem_find_fault(const struct vhost_user_memory *table, const int *fds)
{
	const char *fault;
	uint32_t i;

	for (i = 0; i < table->nregions; i++) {
		fault = find_region_fault(table, i);
		if (fault == NULL)
			fault = vc_file_find_fault(fds[i], table->regions[i].mmap_offset,
						   table->regions[i].memory_size);
		if (fault != NULL)
			return fault;
	}
	return NULL;
}

/* Keeps the regions sorted by size: the first one is looked up fastest. */
static void
insert_region(struct vc_mem *mem, const struct vhost_user_region *r, const struct vc_file_map *map)
{
	uint32_t i = mem->nb_regions++;

	for (; i > 0 && mem->regions[i - 1].size < r->memory_size; i--) {
		mem->regions[i] = mem->regions[i - 1];
		mem->origins[i] = mem->origins[i - 1];
	}
	mem->regions[i] = (struct vc_mem_region){
		.gpa = r->guest_phys_addr,
		.size = r->memory_size,
		.hva = map->data,
	};
	mem->origins[i] = (struct vc_mem_origin){
		.front_end_addr = r->userspace_addr,
		.map = *map,
	};
}

int
vc_mem_map(struct vc_mem *mem, const struct vhost_user_memory *table, const int *fds)
{
	struct vc_file_map map;
	uint32_t i;
	int ret;

	memset(mem, 0, sizeof(*mem));
	for (i = 0; i < table->nregions; i++) {
		ret = vc_file_map(&map, fds[i], table->regions[i].mmap_offset,
				  table->regions[i].memory_size);
		if (ret != 0) {
			vc_mem_unmap(mem);
			return ret;
		}
		insert_region(mem, &table->regions[i], &map);
	}
	return 0;
}

unsigned int
vc_mem_release(struct vc_mem *mem, struct iovec *maps)
{
	uint32_t i, nb = mem->nb_regions;

	for (i = 0; i < nb; i++)
		maps[i] = vc_file_release(&mem->origins[i].map);
	memset(mem, 0, sizeof(*mem));
	return nb;
}

void
vc_mem_unmap(struct vc_mem *mem)
{
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++)
		vc_file_unmap(&mem->origins[i].map);
	memset(mem, 0, sizeof(*mem));
}

bool
vc_mem_lost(const struct vc_mem *mem)
{
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++)
		if (vc_file_lost(&mem->origins[i].map))
			return true;
	return false;
}

uint8_t *
vc_mem_find_front_end(const struct vc_mem *mem, uint64_t addr, uint64_t len)
{
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++) {
		const struct vc_mem_region *r = &mem->regions[i];
		uint64_t off = addr - mem->origins[i].front_end_addr;

		if (off < r->size && len <= r->size - off)
			return r->hva + off;
	}
	return NULL;
}

uint64_t
vc_mem_last_address(const struct vc_mem *mem)
{
	uint64_t last = 0, end;
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++) {
		end = mem->regions[i].gpa + (mem->regions[i].size - 1);
		last = end > last ? end : last;
	}
	return last;
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
