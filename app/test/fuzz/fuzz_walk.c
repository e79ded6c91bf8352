/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "fuzz_memory.h"
#include "fuzz_walk.h"

static void
begin(struct fuzz_walk *w, const struct vc_chain *like)
{
	w->ret = 0;
	w->bytes = 0;
	w->room = like->spare != NULL ? VC_CHAIN_MAX_SEGS : like->max_segs;
	w->chain = (struct vc_chain){ .segs = w->segs };
}

/* The region that an address is in, of those that the device has been told of. */
static const struct vc_mem_region *
region_of(const struct vc_mem *mem, uint64_t addr)
{
	uint32_t i;

	for (i = 0; i < mem->nb_regions; i++)
		if (addr - mem->regions[i].gpa < mem->regions[i].size)
			return &mem->regions[i];
	return NULL;
}

/* Adds what a descriptor points at, a piece for each region. */
static void
add(struct fuzz_walk *w, const struct vc_mem *mem, uint64_t addr, uint32_t len, bool write)
{
	uint64_t n;

	if (w->chain.nb_write > 0 && !write)
		w->ret = -EINVAL;
	if (len == 0 || addr + len < addr)
		w->ret = -EINVAL;
	for (; w->ret == 0 && len > 0; addr += n, len -= n) {
		const struct vc_mem_region *r = region_of(mem, addr);
		unsigned int nb = w->chain.nb_read + w->chain.nb_write;

		if (r == NULL) {
			w->ret = -EINVAL;
			return;
		}
		if (nb == w->room) {
			w->ret = nb >= VC_CHAIN_MAX_SEGS ? -EINVAL : -EAGAIN;
			return;
		}
		n = RTE_MIN(len, r->size - (addr - r->gpa));
		w->segs[nb] = (struct vc_seg){ r->hva + (addr - r->gpa), n };
		if (write) {
			w->chain.nb_write++;
			w->chain.write_len += n;
		} else {
			w->chain.nb_read++;
			w->chain.read_len += n;
		}
	}
}

/* The table of an indirect descriptor, in host memory; its entries, or 0 if it is none. */
static uint32_t
fetch_table(struct fuzz_walk *w, const struct vc_mem *mem, void *copy, uint64_t addr, uint32_t len)
{
	uint8_t *to = copy;
	uint32_t i;

	w->bytes += len;
	if (len == 0 || len % 16 != 0 || len / 16 > VC_CHAIN_MAX_SEGS || addr + len < addr)
		return 0;
	for (i = 0; i < len; i++) {
		const struct vc_mem_region *r = region_of(mem, addr + i);

		if (r == NULL)
			return 0;
		to[i] = r->hva[addr + i - r->gpa];
	}
	return len / 16;
}

static struct vring_desc
split_desc(struct vc_desc d)
{
	return (struct vring_desc){
		.addr = d.addr, .len = d.rest, .flags = d.rest >> 32, .next = d.rest >> 48
	};
}

static void
follow(struct fuzz_walk *w, const struct vring_desc *table, uint32_t count, struct vring_desc d,
       bool is_ring, const struct vc_mem *mem)
{
	static struct vring_desc copy[VC_CHAIN_MAX_SEGS];
	uint32_t seen, n;

	for (seen = 1;; seen++) {
		if (d.flags & VRING_DESC_F_INDIRECT) {
			n = is_ring && !(d.flags & VRING_DESC_F_NEXT) ?
				fetch_table(w, mem, copy, d.addr, d.len) :
				0;
			if (n == 0)
				w->ret = -EINVAL;
			else
				follow(w, copy, n, copy[0], false, mem);
			return;
		}
		add(w, mem, d.addr, d.len, d.flags & VRING_DESC_F_WRITE);
		if (w->ret != 0 || !(d.flags & VRING_DESC_F_NEXT))
			return;
		if (seen >= count || d.next >= count) {
			w->ret = -EINVAL;
			return;
		}
		d = table[d.next];
		w->bytes += sizeof(d);
	}
}

void
fuzz_walk(struct fuzz_walk *w, const struct vring_desc *table, uint32_t count, struct vc_desc first,
	  bool is_ring, const struct vc_mem *mem, const struct vc_chain *like)
{
	begin(w, like);
	follow(w, table, count, split_desc(first), is_ring, mem);
}

void
fuzz_walk_packed(struct fuzz_walk *w, const struct vring_packed_desc *table, uint32_t count,
		 struct vc_desc first, bool is_ring, const struct vc_mem *mem,
		 const struct vc_chain *like)
{
	static struct vring_packed_desc copy[VC_CHAIN_MAX_SEGS];
	uint16_t flags = first.rest >> 48;
	uint32_t i;

	begin(w, like);
	if (is_ring && count == 1 && (flags & VRING_DESC_F_INDIRECT)) {
		count = fetch_table(w, mem, copy, first.addr, (uint32_t)first.rest);
		table = copy;
		if (count == 0)
			w->ret = -EINVAL;
		first = vc_desc_load(copy);
		flags = first.rest >> 48;
	} else if (is_ring) {
		for (i = 0; i < count; i++)
			if (table[i].flags & rte_cpu_to_le_16(VRING_DESC_F_INDIRECT))
				w->ret = -EINVAL;
	} else {
		w->bytes = (count - 1) * sizeof(*table);
	}
	if (w->ret == 0)
		add(w, mem, first.addr, (uint32_t)first.rest, flags & VRING_DESC_F_WRITE);
	for (i = 1; i < count && w->ret == 0; i++)
		add(w, mem, rte_le_to_cpu_64(table[i].addr), rte_le_to_cpu_32(table[i].len),
		    rte_le_to_cpu_16(table[i].flags) & VRING_DESC_F_WRITE);
}

/* A byte of guest memory, or NULL. */
static uint8_t *
byte_at(const struct vc_mem *mem, uint64_t addr)
{
	const struct vc_mem_region *r = region_of(mem, addr);

	return r != NULL ? r->hva + (addr - r->gpa) : NULL;
}

/* Copies 16 bytes; false if they are not all there. */
static bool
copy_desc(const struct vc_mem *mem, uint64_t addr, void *to)
{
	uint8_t *bytes = to;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		const uint8_t *from = byte_at(mem, addr + i);

		if (from == NULL)
			return false;
		bytes[i] = *from;
	}
	return true;
}

static bool
is_table(uint64_t addr, uint32_t len)
{
	return len > 0 && len % 16 == 0 && addr + len >= addr;
}

/* A descriptor that the device may write: its last byte is the last one so far, if it has any. */
static void
record_last(const struct vc_mem *mem, uint64_t addr, uint32_t len, uint8_t **last)
{
	if (len > 0)
		*last = addr + len < addr ? NULL : byte_at(mem, addr + len - 1);
}

static uint8_t *
status_packed(const struct vc_vring *vr, struct vc_chain_head head, const struct vc_mem *mem)
{
	const struct vring_packed_desc *copies = &vr->copies[head.first];
	struct vring_packed_desc d;
	uint8_t *last = NULL;
	uint32_t i;

	for (i = 0; i < head.nb_entries; i++) {
		if (!(copies[i].flags & VRING_DESC_F_INDIRECT) &&
		    (copies[i].flags & VRING_DESC_F_WRITE))
			record_last(mem, copies[i].addr, copies[i].len, &last);
		if ((copies[i].flags & VRING_DESC_F_INDIRECT) && head.nb_entries > 1)
			return NULL;
	}
	if (!(copies[0].flags & VRING_DESC_F_INDIRECT))
		return last;
	if (!is_table(copies[0].addr, copies[0].len))
		return NULL;
	for (i = 0; i < copies[0].len / 16; i++) {
		if (!copy_desc(mem, copies[0].addr + 16 * (uint64_t)i, &d))
			return NULL;
		if (d.flags & VRING_DESC_F_WRITE)
			record_last(mem, d.addr, d.len, &last);
	}
	return last;
}

static uint8_t *
status_split(const struct vc_vring *vr, uint32_t next, const struct vc_mem *mem)
{
	struct vring_desc d, table = { .len = 0 };
	uint32_t count = vr->size, steps;
	uint8_t *last = NULL;

	for (steps = 0; steps < count && next < count; steps++, next = d.next) {
		if (table.len == 0)
			d = vr->desc[next];
		else if (!copy_desc(mem, table.addr + 16 * (uint64_t)next, &d))
			return NULL;
		if (table.len == 0 && (d.flags & VRING_DESC_F_INDIRECT)) {
			if ((d.flags & VRING_DESC_F_NEXT) || !is_table(d.addr, d.len))
				return NULL;
			table = d;
			count = table.len / 16;
			d.next = 0;
			steps = UINT32_MAX; /* of the table, none */
			continue;
		}
		if (d.flags & VRING_DESC_F_INDIRECT)
			return NULL;
		if (d.flags & VRING_DESC_F_WRITE)
			record_last(mem, d.addr, d.len, &last);
		if (!(d.flags & VRING_DESC_F_NEXT))
			return last;
	}
	return NULL;
}

uint8_t *
fuzz_walk_status(const struct vc_vring *vr, struct vc_chain_head head, const struct vc_mem *mem)
{
	return vr->packed ? status_packed(vr, head, mem) : status_split(vr, head.first, mem);
}
