/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A chain in the making; inside of chain.c and chain_packed.c.
 */

#ifndef VHOST_CRYPTO_CHAIN_WALK_H
#define VHOST_CRYPTO_CHAIN_WALK_H

#include <rte_common.h>

#include "chain.h"

/** A walk; handed on by value, which keeps it in registers. */
struct vc_walk {
	const struct vc_mem *mem;
	struct vc_chain *chain;	  /**< its segs move to the spare ones when there is no room */
	struct vc_seg *seg;	  /**< next to be filled */
	const struct vc_seg *end; /**< of the room for them */
	struct vc_seg *writable;  /**< first that the device may write; NULL: none yet */
	uint64_t len;		  /**< of those that it may write, if any, else of all */
	uint64_t read_len;	  /**< of the others, if there are any that it may write */
	int ret;		  /**< 0 or a negative errno */
};

/** Begins a walk; nothing is in it. */
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

/** From here on the device may write. */
static inline struct vc_walk
vc_walk_begin_writable(struct vc_walk w)
{
	w.writable = w.seg;
	w.read_len = w.len;
	w.len = 0;
	return w;
}

/** Appends what a descriptor points at, cut where the mapping is. */
struct vc_walk vc_walk_add_desc(struct vc_walk w, struct vc_desc d);

/** Hands out what a walk has found. @return 0 or a negative errno */
int vc_walk_finish(struct vc_walk w);

/**
 * The table of an indirect descriptor, copied if it is not in one piece here, or not aligned.
 *
 * @param copy  room for VC_CHAIN_MAX_SEGS
 * @return NULL if it is none, or not mapped
 */
const void *vc_walk_read_table(const struct vc_mem *mem, struct vc_desc d, struct vc_desc *copy);

/**
 * Has a segment be what a descriptor points at, in the first region.
 *
 * @return false if it is not there, or has no length
 */
static __rte_always_inline bool
vc_walk_set_segment(const struct vc_mem_region *r, struct vc_desc d, struct vc_seg *seg)
{
	uint64_t off = d.addr - r->gpa;
	uint32_t len = vc_desc_len(d);

	/* Not a pointer yet, until it is known to be inside. */
	seg->va = (uint8_t *)((uintptr_t)r->hva + off);
	seg->len = len;
	/* A length of 0 is not less than anything here. */
	return likely(off < r->size && (uint64_t)len - 1 < r->size - off);
}

/** A table of descriptors in guest memory. */
struct vc_desc_table {
	const void *desc;     /**< the first one */
	uint32_t count;	      /**< descriptors */
	struct vc_desc first; /**< the first one, read */
};

/**
 * Reads a chain of four descriptors in a table.
 *
 * @param d  filled as far as they are such ones
 * @return false if it is another one: two that are to be read, one that is to be written, behind
 *         the second one and as long, and one of a byte that is to be written
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
	/* What is behind the lengths: flags, and the index one more than that of the one before. */
	if (unlikely(d[1].rest >> 32 != (d[0].rest >> 32) + (1 << 16) ||
		     ((d[1].rest ^ d[2].rest ^ write) << 16) != 0))
		return false;
	last = d[2].rest >> 48;
	if (unlikely(last >= t->count))
		return false;
	d[3] = vc_desc_load(&desc[last]);
	return likely(d[3].rest << 16 == (write | 1) << 16);
}

/**
 * vc_desc_table_read_four() of a packed ring: the table is the chain, with one flag only, for
 * writing.
 */
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

/** Hands out a chain, of which the segments from @p writable to @p end are writable. */
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

/** A walk that has found segments up to @p seg, of which those from @p writable are writable. */
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
