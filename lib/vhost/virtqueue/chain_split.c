/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <assert.h>
#include <errno.h>

#include "chain_split.h"
#include "chain_walk.h"

static_assert(sizeof(struct vring_desc) == sizeof(struct vc_desc), "descriptor layout");

/* Flags of a split ring's descriptor. */
static inline uint16_t
flags_of(struct vc_desc d)
{
	return d.rest >> 32;
}

/* Index of the next descriptor; valid only with VRING_DESC_F_NEXT. */
static inline uint16_t
next_of(struct vc_desc d)
{
	return d.rest >> 48;
}

/*
 * Follows a chain through a descriptor table until it ends or reaches an indirect descriptor, which
 * is left in *d.
 *
 * d: in: the first descriptor; seen: descriptors of the chain in front of it
 */
static struct vc_walk
follow_chain(struct vc_walk w, const struct vring_desc *table, uint32_t count, struct vc_desc *d,
	     uint32_t seen)
{
	for (;;) {
		uint16_t flags = flags_of(*d);

		if (flags & VRING_DESC_F_INDIRECT)
			return w;
		if ((flags & VRING_DESC_F_WRITE) && w.writable == NULL)
			w = vc_walk_begin_writable(w);
		else if (!(flags & VRING_DESC_F_WRITE) && w.writable != NULL)
			w.ret = -EINVAL;
		if (w.ret == 0)
			w = vc_walk_add_desc(w, *d);
		if (w.ret != 0 || !(flags & VRING_DESC_F_NEXT))
			return w;
		/* A chain with more descriptors than the table has entries is a loop. */
		if (++seen >= count || next_of(*d) >= count) {
			w.ret = -EINVAL;
			return w;
		}
		*d = vc_desc_load(&table[next_of(*d)]);
	}
}

/* Follows a chain through an indirect table; nested indirect tables are invalid. */
static struct vc_walk
follow_table(struct vc_walk w, const struct vring_desc *table, uint32_t count, struct vc_desc d,
	     uint32_t seen)
{
	w = follow_chain(w, table, count, &d, seen);
	if (w.ret == 0 && (flags_of(d) & VRING_DESC_F_INDIRECT))
		w.ret = -EINVAL;
	return w;
}

/* Follows a chain through the table of an indirect descriptor. */
static struct vc_walk
follow_indirect(struct vc_walk w, struct vc_desc d)
{
	struct vc_desc copy[VC_CHAIN_MAX_SEGS];
	const struct vring_desc *table = NULL;

	if (!(flags_of(d) & VRING_DESC_F_NEXT))
		table = vc_walk_read_table(w.mem, d, copy);
	if (table == NULL) {
		w.ret = -EINVAL;
		return w;
	}
	return follow_table(w, table, vc_desc_len(d) / sizeof(*table), vc_desc_load(table), 0);
}

int
vc_chain_walk(const struct vring_desc *desc, uint16_t size, struct vc_desc first,
	      const struct vc_mem *mem, struct vc_chain *chain)
{
	struct vc_walk w = follow_chain(vc_walk_begin(mem, chain), desc, size, &first, 0);

	if (w.ret == 0 && (flags_of(first) & VRING_DESC_F_INDIRECT))
		w = follow_indirect(w, first);
	return vc_walk_finish(w);
}

/* Continues a walk at a descriptor that vc_chain_walk_table() does not handle. */
static __rte_noinline int
walk_slow_path(struct vc_walk w, const struct vring_desc *table, uint32_t count, struct vc_desc d)
{
	return vc_walk_finish(follow_table(w, table, count, d, w.seg - w.chain->segs));
}

/*
 * Handles the common case: all buffers lie in the first memory region. walk_slow_path() continues
 * at the first descriptor whose buffer does not.
 */
int
vc_chain_walk_table(const struct vring_desc *table, uint32_t count, struct vc_desc first,
		    const struct vc_mem *mem, struct vc_chain *chain)
{
	const uint16_t read = VRING_DESC_F_NEXT, write = VRING_DESC_F_NEXT | VRING_DESC_F_WRITE;
	struct vc_seg *seg = chain->segs, *writable;
	const struct vc_seg *last = seg + RTE_MIN(count, (uint32_t)chain->max_segs) - 1;
	const struct vc_mem_region r = mem->regions[0];
	uint64_t read_len = 0, write_len = 0;
	struct vc_desc d = first;

	for (; flags_of(d) == read; d = vc_desc_load(&table[next_of(d)])) {
		if (unlikely(seg == last || next_of(d) >= count ||
			     !vc_walk_set_segment(&r, d, seg)))
			break;
		read_len += vc_desc_len(d);
		seg++;
	}
	writable = seg;
	for (; flags_of(d) == write; d = vc_desc_load(&table[next_of(d)])) {
		if (unlikely(seg == last || next_of(d) >= count ||
			     !vc_walk_set_segment(&r, d, seg)))
			break;
		write_len += vc_desc_len(d);
		seg++;
	}
	if (likely(flags_of(d) == VRING_DESC_F_WRITE && vc_walk_set_segment(&r, d, seg)))
		return vc_walk_store(chain, writable, read_len, seg + 1,
				     write_len + vc_desc_len(d));
	return walk_slow_path(vc_walk_resume(mem, chain, writable, read_len, seg, write_len), table,
			      count, d);
}
