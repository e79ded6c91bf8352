/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>

#include "chain_walk.h"

/* Moves the segments to the spare list, which has room for more. */
static struct vc_walk
make_room(struct vc_walk w)
{
	struct vc_chain *c = w.chain;

	if (c->max_segs >= VC_CHAIN_MAX_SEGS || c->spare == NULL) {
		w.ret = c->max_segs >= VC_CHAIN_MAX_SEGS ? -EINVAL : -EAGAIN;
		return w;
	}
	memcpy(c->spare, c->segs, (w.seg - c->segs) * sizeof(*w.seg));
	w.seg = c->spare + (w.seg - c->segs);
	if (w.writable != NULL)
		w.writable = c->spare + (w.writable - c->segs);
	c->segs = c->spare;
	c->max_segs = VC_CHAIN_MAX_SEGS;
	w.end = c->segs + c->max_segs;
	return w;
}

struct vc_walk
vc_walk_add_desc(struct vc_walk w, struct vc_desc d)
{
	uint64_t addr = d.addr, left = vc_desc_len(d);

	w.len += left;
	if (left == 0 || addr + left < addr)
		w.ret = -EINVAL;
	while (left > 0 && w.ret == 0) {
		uint64_t len_here = left;
		uint8_t *va = vc_mem_translate(w.mem, addr, &len_here);

		if (va == NULL) {
			w.ret = -EINVAL;
			break;
		}
		if (w.seg == w.end)
			w = make_room(w);
		if (w.ret != 0)
			break;
		*w.seg++ = (struct vc_seg){ .va = va, .len = len_here };
		addr += len_here;
		left -= len_here;
	}
	return w;
}

int
vc_walk_finish(struct vc_walk w)
{
	int ret;

	if (w.writable == NULL)
		w = vc_walk_begin_writable(w);
	ret = vc_walk_store(w.chain, w.writable, w.read_len, w.seg, w.len);
	return w.ret != 0 ? w.ret : ret;
}

/* Copies an indirect table; false if a part of it is not mapped. */
static bool
copy_table(const struct vc_mem *mem, uint64_t addr, uint8_t *to, uint32_t left)
{
	while (left > 0) {
		uint64_t len = left;
		const uint8_t *va = vc_mem_translate(mem, addr, &len);

		if (va == NULL)
			return false;
		memcpy(to, va, len);
		to += len;
		addr += len;
		left -= len;
	}
	return true;
}

const void *
vc_walk_read_table(const struct vc_mem *mem, struct vc_desc d, struct vc_desc *copy)
{
	uint32_t len = vc_desc_len(d);
	const void *table;

	if (!vc_chain_is_table_len(len) || d.addr + len < d.addr)
		return NULL;
	table = vc_chain_find_table(&mem->regions[0], d);
	if (table == NULL && copy_table(mem, d.addr, (uint8_t *)copy, len))
		table = copy;
	return table;
}
