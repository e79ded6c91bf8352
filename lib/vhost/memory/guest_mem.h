/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Guest memory: the mapped guest addresses.
 *
 * The control thread fills a table while no queue runs; data lcores read it.
 */

#ifndef VHOST_CRYPTO_GUEST_MEM_H
#define VHOST_CRYPTO_GUEST_MEM_H

#include <stddef.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

#include "file_map.h"
#include "vhost_user_wire.h"

/** Maximum number of regions. */
#define VC_MEM_MAX_REGIONS VHOST_USER_MAX_REGIONS
/** Maximum size of all regions: all guests share the address space of the host program. */
#define VC_MEM_MAX_BYTES (1ULL << 42)

struct vc_mem_region {
	uint64_t gpa;  /**< first guest physical address */
	uint64_t size; /**< bytes, never 0 */
	uint8_t *hva;  /**< host address of the first byte */
};

/** Fields of a region that only the control side uses. */
struct vc_mem_origin {
	uint64_t front_end_addr; /**< front-end's address of the first byte */
	struct vc_file_map map;
};

struct vc_mem {
	uint32_t nb_regions;
	struct vc_mem_region regions[VC_MEM_MAX_REGIONS]; /**< sorted by size, largest first */
	struct vc_mem_origin origins[VC_MEM_MAX_REGIONS]; /**< of the regions, in the same order */
};

/**
 * Checks a memory table of a front-end. Never blocks.
 *
 * @param table  table of the message
 * @param fds    file descriptors, one for each region
 * @return NULL, or what is wrong and what is required, for the log
 */
const char *vc_mem_find_fault(const struct vhost_user_memory *table, const int *fds);

/**
 * Maps the regions of a table that passed vc_mem_find_fault().
 *
 * @param mem  receives the regions; empty on failure
 * @return 0 or -errno
 */
int vc_mem_map(struct vc_mem *mem, const struct vhost_user_memory *table, const int *fds);

/** Unmaps all regions. No queue runs. */
void vc_mem_unmap(struct vc_mem *mem);

/**
 * Empties a table and hands its mappings to the caller, who unmaps them. No queue runs.
 *
 * @param maps  receives at most VC_MEM_MAX_REGIONS mappings
 * @return their number
 */
unsigned int vc_mem_release(struct vc_mem *mem, struct iovec *maps);

/** Whether memory of a region was lost, see sigbus.h. */
bool vc_mem_lost(const struct vc_mem *mem);

/**
 * Translates a front-end's address.
 *
 * @return host address if the whole range lies in one region, else NULL
 */
uint8_t *vc_mem_find_front_end(const struct vc_mem *mem, uint64_t addr, uint64_t len);

/** Highest guest address of any region; 0 if there is none. */
uint64_t vc_mem_last_address(const struct vc_mem *mem);

/** Slow path of vc_mem_translate(): searches all regions. */
uint8_t *vc_mem_find(const struct vc_mem *mem, uint64_t gpa, uint64_t *len);

/** Returns the guest address of a host address that vc_mem_translate() returned. */
uint64_t vc_mem_address(const struct vc_mem *mem, const uint8_t *va);

/** Translates a guest address range in one region; NULL if it is not inside. */
static inline uint8_t *
vc_region_find(const struct vc_mem_region *r, uint64_t gpa, uint64_t len)
{
	uint64_t off = gpa - r->gpa;

	/* The first region of an empty table has size 0. */
	return likely(off < r->size && len <= r->size - off) ? r->hva + off : NULL;
}

/**
 * Translates a guest address.
 *
 * @param mem  table
 * @param gpa  guest address
 * @param len  in: bytes requested, at least 1; out: how many of them are contiguous
 * @return host address, or NULL if @p gpa is not mapped
 */
static inline uint8_t *
vc_mem_translate(const struct vc_mem *mem, uint64_t gpa, uint64_t *len)
{
	uint8_t *va = vc_region_find(&mem->regions[0], gpa, *len);

	/* The buffers of most guests lie in the first region. */
	return likely(va != NULL) ? va : vc_mem_find(mem, gpa, len);
}

#endif /* VHOST_CRYPTO_GUEST_MEM_H */
