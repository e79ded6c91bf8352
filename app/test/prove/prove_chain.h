/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Any guest memory, and what holds of a walk between two descriptors.
 *
 * "Every segment" is said of one segment whose number is any: what is proven of that one holds for
 * all.
 */

#ifndef PROVE_CHAIN_H
#define PROVE_CHAIN_H

#include <errno.h>
#include <stdlib.h>

#include "chain_packed.h"
#include "chain_split.h"
#include "chain_walk.h"

#define ROOM 2 /* segments that a chain has room for at first */
/** Bytes of a region, at most; a pointer has 56 bits for the offset in an object. */
#define REGION_MAX (UINT64_C(1) << 48)

/** Number of the segment that is looked at. */
extern uint32_t any_segment;

/** Up to REGIONS regions of any size, at any address; they may overlap. */
static inline const struct vc_mem *
any_memory(void)
{
	static struct vc_mem mem;
	uint32_t i;

	mem.nb_regions = any_in(0, REGIONS);
	for (i = 0; i < REGIONS; i++) {
		struct vc_mem_region *r = &mem.regions[i];

		/* Those that are not used are zero, see vc_mem_load(). */
		if (i >= mem.nb_regions)
			continue;
		r->gpa = ANY(uint64_t);
		r->size = any_in(1, REGION_MAX);
		r->hva = malloc(r->size);
		ASSUME(r->hva != NULL);
	}
	return &mem;
}

/** A chain to be filled: room for ROOM segments, and spare room or none. */
static inline void
any_room(struct vc_chain *c)
{
	static struct vc_seg room[ROOM], spare[VC_CHAIN_MAX_SEGS];

	c->max_segs = ROOM;
	c->segs = room;
	c->spare = ANY(bool) ? spare : NULL;
}

/** Whether bytes lie inside of one region. */
static inline bool
is_guest_memory(const struct vc_mem *mem, const uint8_t *va, uint64_t len)
{
	bool found = false;
	uint32_t i;

	for (i = 0; i < REGIONS; i++) {
		const struct vc_mem_region *r = &mem->regions[i];
		uint64_t off = (uintptr_t)va - (uintptr_t)r->hva;

		found = found || (i < mem->nb_regions && off < r->size && len <= r->size - off);
	}
	return found;
}

/** Whether a segment, if it is among the first @p nb of a chain, lies in guest memory. */
static inline bool
segment_is_sound(const struct vc_mem *mem, const struct vc_chain *c, size_t nb)
{
	const struct vc_seg *seg;

	if (any_segment >= nb)
		return true;
	seg = &c->segs[any_segment];
	return seg->len > 0 && is_guest_memory(mem, seg->va, seg->len);
}

/** Whether a length is that of 1 to VC_CHAIN_MAX_SEGS descriptors. */
static inline bool
is_table_length(uint32_t len)
{
	return len > 0 && len % 16 == 0 && len / 16 <= VC_CHAIN_MAX_SEGS;
}

/** What holds of a walk that goes on. */
static inline bool
walk_is_sound(struct vc_walk w)
{
	const struct vc_chain *c = w.chain;
	size_t nb = w.seg - c->segs;

	return w.ret == 0 && nb <= c->max_segs && c->max_segs <= VC_CHAIN_MAX_SEGS &&
		w.end == c->segs + c->max_segs &&
		(w.writable == NULL || (w.writable >= c->segs && w.writable <= w.seg)) &&
		w.len <= nb * UINT32_MAX;
}

/** What vc_walk_add_desc() has made of a walk and a descriptor. */
static inline bool
is_added(struct vc_walk old, size_t old_nb, size_t old_read, struct vc_desc d, struct vc_walk w)
{
	const struct vc_chain *c = w.chain;

	if (w.mem != old.mem || c != old.chain)
		return false;
	if (w.ret != 0)
		return w.ret == -EINVAL || w.ret == -EAGAIN;
	return walk_is_sound(w) && (size_t)(w.seg - c->segs) > old_nb &&
		w.len == old.len + vc_desc_len(d) && w.read_len == old.read_len &&
		(w.writable == NULL) == (old.writable == NULL) &&
		(w.writable == NULL || (size_t)(w.writable - c->segs) == old_read);
}

#endif /* PROVE_CHAIN_H */
