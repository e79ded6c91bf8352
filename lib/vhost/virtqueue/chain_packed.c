/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <assert.h>
#include <errno.h>

#include "chain_packed.h"
#include "chain_walk.h"

static_assert(sizeof(struct vring_packed_desc) == sizeof(struct vc_desc), "descriptor layout");

/* Flags of a packed ring's descriptor; the buffer ID precedes them. */
static inline uint16_t
flags_of(struct vc_desc d)
{
	return d.rest >> 48;
}

/* Follows @p left consecutive descriptors of a chain; @p d is the first. */
static struct vc_walk
follow_chain(struct vc_walk w, const struct vring_packed_desc *table, uint32_t left,
	     struct vc_desc d)
{
	for (;; d = vc_desc_load(++table)) {
		if ((flags_of(d) & VRING_DESC_F_WRITE) && w.writable == NULL)
			w = vc_walk_begin_writable(w);
		else if (!(flags_of(d) & VRING_DESC_F_WRITE) && w.writable != NULL)
			w.ret = -EINVAL;
		if (w.ret == 0)
			w = vc_walk_add_desc(w, d);
		if (w.ret != 0 || --left == 0)
			return w;
	}
}

/* Follows an indirect table to its end; VRING_DESC_F_WRITE is the only flag in use. */
static struct vc_walk
follow_indirect(struct vc_walk w, struct vc_desc d)
{
	struct vc_desc copy[VC_CHAIN_MAX_SEGS];
	const struct vring_packed_desc *table = vc_walk_read_table(w.mem, d, copy);

	if (table == NULL) {
		w.ret = -EINVAL;
		return w;
	}
	return follow_chain(w, table, vc_desc_len(d) / sizeof(*table), vc_desc_load(table));
}

int
vc_chain_walk_packed(const struct vring_packed_desc *copies, uint16_t count,
		     const struct vc_mem *mem, struct vc_chain *chain)
{
	struct vc_walk w = vc_walk_begin(mem, chain);
	struct vc_desc first = vc_desc_load(copies);
	uint16_t i;

	if (count == 1 && (flags_of(first) & VRING_DESC_F_INDIRECT))
		return vc_walk_finish(follow_indirect(w, first));
	for (i = 0; i < count; i++)
		if (copies[i].flags & rte_cpu_to_le_16(VRING_DESC_F_INDIRECT))
			return -EINVAL;
	return vc_walk_finish(follow_chain(w, copies, count, first));
}

/* Continues a walk at a descriptor that vc_chain_walk_packed_table() does not handle. */
static __rte_noinline int
walk_slow_path(struct vc_walk w, const struct vring_packed_desc *table, uint32_t left,
	       struct vc_desc d)
{
	return vc_walk_finish(follow_chain(w, table, left, d));
}

/* Handles the common case: all buffers lie in the first memory region. */
int
vc_chain_walk_packed_table(const struct vring_packed_desc *table, uint32_t count,
			   struct vc_desc first, const struct vc_mem *mem, struct vc_chain *chain)
{
	struct vc_seg *seg = chain->segs, *writable;
	const struct vc_seg *end = seg + RTE_MIN(count, (uint32_t)chain->max_segs);
	const struct vring_packed_desc *next = table + 1, *behind = table + count;
	const struct vc_mem_region r = mem->regions[0];
	uint64_t read_len = 0, write_len = 0;
	struct vc_desc d = first;

	for (; !(flags_of(d) & VRING_DESC_F_WRITE); d = vc_desc_load(next++)) {
		if (unlikely(next == behind || seg == end || !vc_walk_set_segment(&r, d, seg)))
			break;
		read_len += vc_desc_len(d);
		seg++;
	}
	writable = seg;
	for (; flags_of(d) & VRING_DESC_F_WRITE; d = vc_desc_load(next++)) {
		if (unlikely(seg == end || !vc_walk_set_segment(&r, d, seg)))
			break;
		write_len += vc_desc_len(d);
		seg++;
		if (next == behind)
			return vc_walk_store(chain, writable, read_len, seg, write_len);
	}
	return walk_slow_path(vc_walk_resume(mem, chain, writable, read_len, seg, write_len),
			      next - 1, behind - next + 1, d);
}
