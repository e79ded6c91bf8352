/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The guest's memory: which guest addresses are mapped, and where.
 *
 * A table is filled by librte_vhost's thread while no queue runs, and read by data lcores.
 */

#ifndef VHOST_CRYPTO_GUEST_MEM_H
#define VHOST_CRYPTO_GUEST_MEM_H

#include <stddef.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

/** Regions of one guest, at most; more than any front-end can send. */
#define VC_MEM_MAX_REGIONS 64

struct vc_mem_region {
	uint64_t gpa;  /**< first guest address */
	uint64_t size; /**< bytes, never 0 */
	uint8_t *hva;  /**< where the first byte is mapped here */
};

struct vc_mem {
	uint32_t nb_regions;
	struct vc_mem_region regions[VC_MEM_MAX_REGIONS];
};

/**
 * Fills the table with what librte_vhost has mapped for a device; empty when it has nothing.
 *
 * @return 0, or -ENOSPC when there are more regions than the table holds
 */
int vc_mem_load(struct vc_mem *mem, int vid);

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
