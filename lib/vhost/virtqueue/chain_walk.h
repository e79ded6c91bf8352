/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file State of a walk; internal to chain_split.c, chain_packed.c and the fast path. */

#ifndef VHOST_CRYPTO_CHAIN_WALK_H
#define VHOST_CRYPTO_CHAIN_WALK_H

#include <rte_common.h>

#include "chain.h"

/** A walk; passed by value, so that it stays in registers. */
struct vc_walk {
	const struct vc_mem *mem;
	struct vc_chain *chain;	  /**< its segs move to the spare list when they are full */
	struct vc_seg *seg;	  /**< next segment to fill */
	const struct vc_seg *end; /**< end of the list */
	struct vc_seg *writable;  /**< first device-writable segment; NULL: none yet */
	uint64_t len;		  /**< length of the current stream */
	uint64_t read_len;	  /**< length of the readable stream, once writable is set */
	int ret;		  /**< 0 or a negative errno */
};

/** Begins a walk. */
static inline struct vc_walk
vc_walk_begin(const struct vc_mem *mem, struct vc_chain *chain)
{
	return (struct vc_walk){
		.mem = mem,
		.chain = chain,
		.seg = chain->segs,
		.end = chain->segs + chain->max_segs,
	};
}

/** Begins the device-writable part of a chain. */
static inline struct vc_walk
vc_walk_begin_writable(struct vc_walk w)
{
	w.writable = w.seg;
	w.read_len = w.len;
	w.len = 0;
	return w;
}

/** Appends the buffer of a descriptor, split where its mapping is not contiguous. */
struct vc_walk vc_walk_add_desc(struct vc_walk w, struct vc_desc d);

/** Stores the result of a walk in its chain. @return 0 or a negative errno */
int vc_walk_finish(struct vc_walk w);

/**
 * Finds the table of an indirect descriptor; copies it if it is unaligned or not contiguous.
 *
 * @param copy  room for VC_CHAIN_MAX_SEGS descriptors
 * @return NULL if the table is invalid or not mapped
 */
const void *vc_walk_read_table(const struct vc_mem *mem, struct vc_desc d, struct vc_desc *copy);

/**
 * Sets a segment to the buffer of a descriptor in the first memory region.
 *
 * @return false if the buffer is not in the region, or empty
 */
static __rte_always_inline bool
vc_walk_set_segment(const struct vc_mem_region *r, struct vc_desc d, struct vc_seg *seg)
{
	uint64_t off = d.addr - r->gpa;
	uint32_t len = vc_desc_len(d);

	/* Computed as an integer: a pointer must stay inside its object. */
	seg->va = (uint8_t *)((uintptr_t)r->hva + off);
	seg->len = len;
	/* A length of 0 wraps around here, and fails the comparison. */
	return likely(off < r->size && (uint64_t)len - 1 < r->size - off);
}

/** An indirect table in guest memory. */
struct vc_desc_table {
	const void *desc;     /**< first descriptor */
	uint32_t count;	      /**< number of descriptors */
	struct vc_desc first; /**< first descriptor, read */
};

/**
 * Reads a chain of four descriptors: two device-readable ones, a device-writable one that follows
 * the second in the table and is as long, and a device-writable one of 1 byte.
 *
 * @param d  receives the descriptors read
 * @return false if the chain has another shape
 */
static __rte_always_inline bool
vc_desc_table_read_four(const struct vc_desc_table *t, struct vc_desc d[4])
{
	const uint64_t next = (uint64_t)VRING_DESC_F_NEXT << 32;
	const uint64_t write = (uint64_t)VRING_DESC_F_WRITE << 32;
	const struct vring_desc *desc = t->desc;
	uint64_t second, last;

	d[0] = t->first;
	second = d[0].rest >> 48;
	if (unlikely((uint16_t)(d[0].rest >> 32) != next >> 32 || second + 1 >= t->count))
		return false;
	d[1] = vc_desc_load(&desc[second]);
	d[2] = vc_desc_load(&desc[second + 1]);
	/* Flags and next index: the next index is one more than that of the descriptor before. */
	if (unlikely(d[1].rest >> 32 != (d[0].rest >> 32) + (1 << 16) ||
		     ((d[1].rest ^ d[2].rest ^ write) << 16) != 0))
		return false;
	last = d[2].rest >> 48;
	if (unlikely(last >= t->count))
		return false;
	d[3] = vc_desc_load(&desc[last]);
	return likely(d[3].rest << 16 == (write | 1) << 16);
}

/** vc_desc_table_read_four() for packed rings: consecutive descriptors, VRING_DESC_F_WRITE only. */
static __rte_always_inline bool
vc_desc_table_read_four_packed(const struct vc_desc_table *t, struct vc_desc d[4])
{
	const struct vring_packed_desc *desc = t->desc;
	const uint64_t write = (uint64_t)VRING_DESC_F_WRITE << 48;

	if (unlikely(t->count != 4))
		return false;
	d[0] = t->first;
	d[1] = vc_desc_load(&desc[1]);
	d[2] = vc_desc_load(&desc[2]);
	d[3] = vc_desc_load(&desc[3]);
	return likely(!((d[0].rest | d[1].rest) & write) && (d[2].rest & d[3].rest & write) &&
		      vc_desc_len(d[2]) == vc_desc_len(d[1]) && vc_desc_len(d[3]) == 1);
}

/** Stores a chain whose segments from @p writable to @p end are device-writable. */
static __rte_always_inline int
vc_walk_store(struct vc_chain *chain, const struct vc_seg *writable, uint64_t read_len,
	      const struct vc_seg *end, uint64_t write_len)
{
	chain->nb_read = writable - chain->segs;
	chain->nb_write = end - writable;
	chain->read_len = read_len;
	chain->write_len = write_len;
	return likely((read_len | write_len) <= UINT32_MAX) ? 0 : -EINVAL;
}

/** Returns a walk that has found segments up to @p seg, device-writable ones from @p writable. */
static inline struct vc_walk
vc_walk_resume(const struct vc_mem *mem, struct vc_chain *chain, struct vc_seg *writable,
	       uint64_t read_len, struct vc_seg *seg, uint64_t write_len)
{
	struct vc_walk w = vc_walk_begin(mem, chain);

	w.seg = writable;
	w.len = read_len;
	if (seg != writable) {
		w = vc_walk_begin_writable(w);
		w.seg = seg;
		w.len = write_len;
	}
	return w;
}

#endif /* VHOST_CRYPTO_CHAIN_WALK_H */
