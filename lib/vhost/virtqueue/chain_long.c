/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_common.h>

#include "chain_long.h"
#include "log.h"

#define TEXT_MAX 160 /* length of a fault's description */

/* State of a walk. */
struct long_walk {
	const struct vc_mem *mem;
	struct vc_chain *chain;
	struct vc_chain_end *end;
	uint64_t last; /* address of the last byte that the device may write */
	bool has_last; /* last is valid */
	bool writing;  /* a device-writable descriptor was seen */
	bool is_full;  /* no further segment of this stream is kept */
};

static void
set_fault(struct long_walk *w, enum vc_chain_fault fault, uint64_t addr)
{
	if (w->end->fault != VC_CHAIN_VALID)
		return;
	w->end->fault = fault;
	w->end->unmapped_addr = addr;
}

/* Adds the segments of a buffer while there is room; readable ones may use half of the list. */
static void
add_segments(struct long_walk *w, uint64_t addr, uint64_t left)
{
	struct vc_chain *c = w->chain;
	uint16_t *nb = w->writing ? &c->nb_write : &c->nb_read;
	uint32_t *len = w->writing ? &c->write_len : &c->read_len;
	/* One segment is reserved for the status. */
	uint16_t room = w->writing ? c->max_segs - c->nb_read - 1 : c->max_segs / 2;
	uint64_t len_here;

	for (; left > 0 && !w->is_full; addr += len_here, left -= len_here) {
		uint8_t *va;

		len_here = left;
		va = vc_mem_translate(w->mem, addr, &len_here);
		w->is_full = va == NULL || *nb == room || *len + len_here >= UINT32_MAX;
		if (va == NULL)
			set_fault(w, VC_CHAIN_UNMAPPED, addr);
		else
			w->end->is_truncated |= w->is_full;
		if (w->is_full)
			return;
		c->segs[c->nb_read + c->nb_write] = (struct vc_seg){ va, len_here };
		*len += len_here;
		(*nb)++;
	}
}

/* Adds a direct descriptor. */
static void
add_desc(struct long_walk *w, struct vc_desc d, bool write)
{
	uint32_t len = vc_desc_len(d);

	if (write && !w->writing) {
		w->writing = true;
		w->is_full = false;
	}
	if (len == 0 || d.addr + len < d.addr || (w->writing && !write))
		set_fault(w, VC_CHAIN_MALFORMED, 0);
	if (write && len > 0) {
		w->has_last = d.addr + len >= d.addr;
		w->last = d.addr + len - 1;
		w->end->write_len += len;
	}
	if (write == w->writing && d.addr + len >= d.addr)
		add_segments(w, d.addr, len);
}

/* Reads a descriptor of an indirect table; false if it is not mapped. */
static bool
load_indirect(struct long_walk *w, uint64_t addr, struct vc_desc *d)
{
	uint8_t copy[sizeof(*d)] __rte_aligned(8);
	uint64_t at = 0, len = sizeof(copy);
	const uint8_t *va = vc_mem_translate(w->mem, addr, &len);

	w->end->nb_desc++;
	if (likely(va != NULL && len == sizeof(copy) && ((uintptr_t)va & 7) == 0)) {
		*d = vc_desc_load(va);
		return true;
	}
	for (; va != NULL; va = vc_mem_translate(w->mem, addr + at, &len)) {
		memcpy(copy + at, va, len);
		at += len;
		len = sizeof(copy) - at;
		if (len == 0) {
			*d = vc_desc_load(copy);
			return true;
		}
	}
	set_fault(w, VC_CHAIN_UNMAPPED, addr + at);
	return false;
}

/* Number of descriptors in an indirect table; 0: the table is invalid. */
static uint32_t
table_size(struct vc_desc d)
{
	uint32_t len = vc_desc_len(d);

	return len % sizeof(d) == 0 && d.addr + len >= d.addr ? len / sizeof(d) : 0;
}

/* Walks a chain of a split ring; false if it has no end. */
static bool
walk_split(struct long_walk *w, const struct vc_vring *vr, uint32_t next)
{
	uint32_t count = vr->size, seen = 0;
	bool is_indirect = false;
	uint64_t table = 0;
	struct vc_desc d;
	uint16_t flags;

	/* A chain with more descriptors than the table has entries is a loop. */
	while (next < count && seen++ < count) {
		if (!is_indirect) {
			d = vc_desc_load(&vr->desc[next]);
			w->end->nb_desc++;
		} else if (!load_indirect(w, table + next * sizeof(d), &d)) {
			return false;
		}
		flags = d.rest >> 32;
		if (flags & VRING_DESC_F_INDIRECT) {
			if (is_indirect || (flags & VRING_DESC_F_NEXT))
				break;
			is_indirect = true;
			table = d.addr;
			count = RTE_MIN(table_size(d), (uint32_t)VC_CHAIN_LONG_MAX_DESCS);
			next = seen = 0;
			continue;
		}
		add_desc(w, d, flags & VRING_DESC_F_WRITE);
		if (!(flags & VRING_DESC_F_NEXT))
			return true;
		next = d.rest >> 48;
	}
	set_fault(w, VC_CHAIN_MALFORMED, 0);
	return false;
}

/* Walks an indirect table of a packed ring: all of its descriptors, in order. */
static bool
walk_packed_table(struct long_walk *w, struct vc_desc indirect)
{
	uint32_t count = table_size(indirect), i;
	struct vc_desc d;

	if (count == 0 || count > VC_CHAIN_LONG_MAX_DESCS) {
		set_fault(w, count == 0 ? VC_CHAIN_MALFORMED : VC_CHAIN_TOO_LONG, 0);
		return false;
	}
	for (i = 0; i < count; i++) {
		if (!load_indirect(w, indirect.addr + i * sizeof(d), &d))
			return false;
		add_desc(w, d, d.rest >> 48 & VRING_DESC_F_WRITE);
	}
	return true;
}

/* Walks a chain of a packed ring, whose descriptors are in host memory. */
static bool
walk_packed(struct long_walk *w, const struct vring_packed_desc *copies, uint16_t count)
{
	struct vc_desc d;
	uint16_t i;

	for (i = 0; i < count; i++) {
		d = vc_desc_load(&copies[i]);
		w->end->nb_desc++;
		if (!(d.rest >> 48 & VRING_DESC_F_INDIRECT)) {
			add_desc(w, d, d.rest >> 48 & VRING_DESC_F_WRITE);
			continue;
		}
		if (count == 1)
			return walk_packed_table(w, d);
		set_fault(w, VC_CHAIN_MALFORMED, 0);
		return false;
	}
	return true;
}

/* Finds the status byte, and makes it the end of a truncated writable stream. */
static void
find_status(struct long_walk *w)
{
	struct vc_chain *c = w->chain;
	uint64_t len = 1;

	if (!w->has_last) {
		set_fault(w, VC_CHAIN_NO_STATUS, 0);
		return;
	}
	w->end->status = vc_mem_translate(w->mem, w->last, &len);
	if (w->end->status == NULL) {
		set_fault(w, VC_CHAIN_UNMAPPED, w->last);
	} else if (w->is_full) {
		c->segs[c->nb_read + c->nb_write++] = (struct vc_seg){ w->end->status, 1 };
		c->write_len++;
	}
}

int
vc_chain_walk_long(const struct vc_vring *vr, struct vc_chain_head head, const struct vc_mem *mem,
		   struct vc_chain *chain, struct vc_chain_end *end)
{
	struct long_walk w = { .mem = mem, .chain = chain, .end = end };
	bool ends;

	*end = (struct vc_chain_end){ .fault = VC_CHAIN_VALID };
	chain->nb_read = chain->nb_write = 0;
	chain->read_len = chain->write_len = 0;
	if (vr->packed)
		ends = walk_packed(&w, &vr->copies[head.first], head.nb_entries);
	else
		ends = walk_split(&w, vr, head.first);
	if (ends)
		find_status(&w);
	return end->fault == VC_CHAIN_VALID ? 0 : -EINVAL;
}

/* Describes a fault and how to avoid it. */
static const char *
describe(const struct vc_chain_end *end, char text[TEXT_MAX])
{
	switch (end->fault) {
	case VC_CHAIN_UNMAPPED:
		snprintf(text, TEXT_MAX,
			 "address 0x%" PRIx64
			 " not shared by the front-end: its memory backend needs share=on",
			 end->unmapped_addr);
		return text;
	case VC_CHAIN_NO_STATUS:
		return "it has no device-writable byte for the status";
	case VC_CHAIN_TOO_LONG:
		snprintf(text, TEXT_MAX, "it has more than %u descriptors: use fewer segments",
			 VC_CHAIN_LONG_MAX_DESCS);
		return text;
	case VC_CHAIN_TOO_MANY_SEGS:
		snprintf(text, TEXT_MAX,
			 "its data has too many segments: at most %u device-readable "
			 "ones, and %u in all, are possible",
			 VC_CHAIN_MAX_SEGS / 2, VC_CHAIN_MAX_SEGS - 1);
		return text;
	default:
		return "invalid descriptor chain: a loop, or an invalid index, order, "
		       "length or indirect table";
	}
}

void
vc_chain_log_rejected(uint8_t *logged_faults, const char *name, const struct vc_chain_end *end)
{
	char text[TEXT_MAX];

	if (*logged_faults & 1u << end->fault)
		return;
	*logged_faults |= 1u << end->fault;
	VC_LOG(WARNING, "%s: request rejected: %s", name, describe(end, text));
}

void
vc_chain_log_stop(const char *name, const struct vc_chain_end *end)
{
	char text[TEXT_MAX];

	VC_LOG(ERR,
	       "%s: request without a mapped status byte: %s; the queue stays "
	       "stopped until the guest sets it up again",
	       name, describe(end, text));
}
