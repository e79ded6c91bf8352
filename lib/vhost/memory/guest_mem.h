/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The guest's memory: which guest addresses are mapped, and where.
 *
 * A table is filled by the control thread while no queue runs, and read by data lcores.
 */

#ifndef VHOST_CRYPTO_GUEST_MEM_H
#define VHOST_CRYPTO_GUEST_MEM_H

#include <stddef.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

#include "file_map.h"
#include "vhost_user_wire.h"

/** Regions of one guest, at most. */
#define VC_MEM_MAX_REGIONS VHOST_USER_MAX_REGIONS
/** Bytes of all regions, at most: the host program's addresses are there for all guests. */
#define VC_MEM_MAX_BYTES (1ULL << 42)

struct vc_mem_region {
	uint64_t gpa;  /**< first guest address */
	uint64_t size; /**< bytes, never 0 */
	uint8_t *hva;  /**< where the first byte is mapped here */
};

/** What only the control side needs of a region. */
struct vc_mem_origin {
	uint64_t front_end_addr; /**< by which messages name the first byte */
	struct vc_file_map map;
};

struct vc_mem {
	uint32_t nb_regions;
	struct vc_mem_region regions[VC_MEM_MAX_REGIONS]; /**< the largest one first */
	struct vc_mem_origin origins[VC_MEM_MAX_REGIONS]; /**< of the regions, in their order */
};

/**
 * What is wrong with a memory table of a front-end. Never blocks.
 *
 * @param table  from its message
 * @param fds    file descriptors, as many as there are regions
 * @return NULL, or what is wrong and what would be right, for the log
 */
const char *vc_mem_find_fault(const struct vhost_user_memory *table, const int *fds);

/**
 * Maps the regions of a table in which vc_mem_find_fault() finds none.
 *
 * @param mem  receives the regions; empty when this fails
 * @return 0 or -errno
 */
int vc_mem_map(struct vc_mem *mem, const struct vhost_user_memory *table, const int *fds);

/** Unmaps all regions. No queue runs. */
void vc_mem_unmap(struct vc_mem *mem);

/**
 * Empties a table, the mappings of which the caller has to unmap. No queue runs.
 *
 * @param maps  receives them, VC_MEM_MAX_REGIONS at most
 * @return their number
 */
unsigned int vc_mem_release(struct vc_mem *mem, struct iovec *maps);

/** Whether memory of a region was lost, see sigbus.h. */
bool vc_mem_lost(const struct vc_mem *mem);

/**
 * Finds what messages name by an address of the front-end.
 *
 * @return where it is mapped if all of it lies in one region, else NULL
 */
uint8_t *vc_mem_find_front_end(const struct vc_mem *mem, uint64_t addr, uint64_t len);

/** Highest guest address in any region; 0 if there is none. */
uint64_t vc_mem_last_address(const struct vc_mem *mem);

/** Looks a guest address up; see vc_mem_translate(). */
uint8_t *vc_mem_find(const struct vc_mem *mem, uint64_t gpa, uint64_t *len);

/** The guest address of a byte that vc_mem_translate() found. */
uint64_t vc_mem_address(const struct vc_mem *mem, const uint8_t *va);

/** Where guest memory is mapped if all of it lies in a region, else NULL. */
static inline uint8_t *
vc_region_find(const struct vc_mem_region *r, uint64_t gpa, uint64_t len)
{
	uint64_t off = gpa - r->gpa;

	/* The first one of an empty table has size 0. */
	return likely(off < r->size && len <= r->size - off) ? r->hva + off : NULL;
}

/**
 * Translates a guest address.
 *
 * @param mem  table
 * @param gpa  guest address
 * @param len  in: bytes wanted, at least 1; out: how many of them lie in one piece from there
 * @return where the byte at @p gpa is mapped, or NULL when it is not
 */
static inline uint8_t *
vc_mem_translate(const struct vc_mem *mem, uint64_t gpa, uint64_t *len)
{
	uint8_t *va = vc_region_find(&mem->regions[0], gpa, *len);

	/* Nearly every guest has its buffers in its first region. */
	return likely(va != NULL) ? va : vc_mem_find(mem, gpa, len);
}

#endif /* VHOST_CRYPTO_GUEST_MEM_H */
