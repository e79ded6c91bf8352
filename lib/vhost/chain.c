/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <assert.h>
#include <errno.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "chain.h"

/* A descriptor in host memory and host byte order. */
struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

static_assert(sizeof(struct desc) == sizeof(struct vring_desc), "descriptor layout");

/* Reads a descriptor once: the compiler must not go back to the guest's memory. */
static inline struct desc
desc_load(const struct vring_desc *from)
{
	const uint64_t *words = (const uint64_t *)(uintptr_t)from;
	union {
		uint64_t words[2];
		struct vring_desc d;
	} copy;

	copy.words[0] = __atomic_load_n(&words[0], __ATOMIC_RELAXED);
	copy.words[1] = __atomic_load_n(&words[1], __ATOMIC_RELAXED);
	return (struct desc){
		.addr = rte_le_to_cpu_64(copy.d.addr),
		.len = rte_le_to_cpu_32(copy.d.len),
		.flags = rte_le_to_cpu_16(copy.d.flags),
		.next = rte_le_to_cpu_16(copy.d.next),
	};
}

/*
 * A chain in the making. It is handed on by value, which keeps it in registers: a walk is much of
 * what a request costs.
 */
struct walk {
	const struct vc_mem *mem;
	struct vc_seg *seg;	  /* next to be filled */
	const struct vc_seg *end; /* of the room for them */
	struct vc_seg *writable;  /* first that the device may write; NULL: none yet */
	uint64_t len;		  /* of those that it may write, if there are any, else of all */
	uint64_t read_len;	  /* of the others, if there are any that it may write */
	struct desc indirect;	  /* of which the table is to be walked */
	int ret;		  /* 0, a negative errno, or TABLE_FOLLOWS */
};

#define TABLE_FOLLOWS 1

/*
 * Appends guest memory that is not in one piece here, or for which there may be no room.
 *
 * @return segments, or a negative errno
 */
static __rte_noinline int
add_pieces(const struct vc_mem *mem, uint64_t addr, uint32_t len, struct vc_seg *seg,
	   const struct vc_seg *end)
{
	int n;

	if (len == 0 || addr + len < addr)
		return -EINVAL;
	for (n = 0; len > 0; n++) {
		uint64_t piece = len;
		uint8_t *va = vc_mem_translate(mem, addr, &piece);

		if (va == NULL)
			return -EINVAL;
		if (&seg[n] == end)
			return -E2BIG;
		seg[n] = (struct vc_seg){ .va = va, .len = piece };
		addr += piece;
		len -= piece;
	}
	return n;
}

/* Appends what a descriptor points at, cut where the mapping is. */
static __rte_always_inline struct walk
walk_add(struct walk w, uint64_t addr, uint32_t len)
{
	const struct vc_mem_region *first = &w.mem->regions[0];
	uint64_t off = addr - first->gpa;
	int n;

	w.len += len;
	/* A length of 0 is not less than anything here. */
	if (likely(off < first->size && (uint64_t)len - 1 < first->size - off && w.seg != w.end)) {
		w.seg->va = first->hva + off;
		w.seg->len = len;
		w.seg++;
		return w;
	}
	n = add_pieces(w.mem, addr, len, w.seg, w.end);
	if (unlikely(n < 0))
		w.ret = n;
	else
		w.seg += n;
	return w;
}

/* From here on the device may write. */
static __rte_always_inline struct walk
walk_turn(struct walk w)
{
	w.writable = w.seg;
	w.read_len = w.len;
	w.len = 0;
	return w;
}

/* Follows a chain through a table until it ends, or comes to an indirect descriptor. */
static __rte_always_inline struct walk
walk_table(struct walk w, const struct vring_desc *table, uint32_t count, uint32_t i)
{
	uint16_t write = w.writable != NULL ? VRING_DESC_F_WRITE : 0;
	uint32_t seen = 0;
	struct desc d;

	for (;;) {
		d = desc_load(&table[i]);
		if (unlikely((d.flags & (VRING_DESC_F_INDIRECT | VRING_DESC_F_WRITE)) != write)) {
			if (d.flags & VRING_DESC_F_INDIRECT) {
				w.indirect = d;
				w.ret = TABLE_FOLLOWS;
				return w;
			}
			if (unlikely(write != 0)) {
				w.ret = -EINVAL;
				return w;
			}
			write = VRING_DESC_F_WRITE;
			w = walk_turn(w);
		}
		w = walk_add(w, d.addr, d.len);
		if (unlikely(w.ret != 0) || !(d.flags & VRING_DESC_F_NEXT))
			return w;
		i = d.next;
		/* A table of n entries has no chain of more than n: what has is a loop. */
		if (unlikely(++seen >= count || i >= count)) {
			w.ret = -EINVAL;
			return w;
		}
	}
}

/* Copies an indirect table; false if not all of it is mapped. */
static bool
copy_table(const struct vc_mem *mem, uint64_t addr, void *table, uint32_t left)
{
	uint8_t *to = table;

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

/* Walks a copy of an indirect table that is not in one piece here, or not aligned. */
static __rte_noinline struct walk
walk_copy(struct walk w, uint64_t addr, uint32_t count)
{
	struct vring_desc copy[VC_CHAIN_MAX_SEGS];

	if (!copy_table(w.mem, addr, copy, count * sizeof(copy[0]))) {
		w.ret = -EINVAL;
		return w;
	}
	return walk_table(w, copy, count, 0);
}

static __rte_always_inline struct walk
walk_indirect(struct walk w)
{
	const struct desc t = w.indirect;
	uint32_t count = t.len / sizeof(struct vring_desc);
	const uint8_t *va;

	w.ret = -EINVAL;
	if (unlikely((t.flags & VRING_DESC_F_NEXT) || count == 0 ||
		     t.len % sizeof(struct vring_desc) != 0 || count > VC_CHAIN_MAX_SEGS ||
		     t.addr + t.len < t.addr))
		return w;
	w.ret = 0;
	va = vc_mem_first(w.mem, t.addr, t.len);
	if (unlikely(va == NULL || ((uintptr_t)va & 7) != 0))
		w = walk_copy(w, t.addr, count);
	else
		w = walk_table(w, (const struct vring_desc *)(uintptr_t)va, count, 0);
	if (unlikely(w.ret == TABLE_FOLLOWS))
		w.ret = -EINVAL;
	return w;
}

/* Hands out what a walk has found. */
static __rte_always_inline int
walk_end(struct walk w, struct vc_chain *chain)
{
	if (w.writable == NULL)
		w = walk_turn(w);
	chain->nb_read = w.writable - chain->segs;
	chain->nb_write = w.seg - w.writable;
	chain->read_len = w.read_len;
	chain->write_len = w.len;
	if (unlikely(w.ret == -E2BIG && chain->max_segs >= VC_CHAIN_MAX_SEGS))
		return -EINVAL;
	if (unlikely(w.ret == 0 && (w.read_len > UINT32_MAX || w.len > UINT32_MAX)))
		return -EINVAL;
	return w.ret;
}

int
vc_chain_walk(const struct vring_desc *desc, uint16_t size, uint16_t head, const struct vc_mem *mem,
	      struct vc_chain *chain)
{
	struct walk w = { .mem = mem, .seg = chain->segs, .end = chain->segs + chain->max_segs };

	w = walk_table(w, desc, size, head);
	if (likely(w.ret == TABLE_FOLLOWS))
		w = walk_indirect(w);
	return walk_end(w, chain);
}

/* Reads a descriptor of a packed ring's format once. */
static inline struct desc
packed_load(const struct vring_packed_desc *from)
{
	const uint64_t *words = (const uint64_t *)(uintptr_t)from;
	union {
		uint64_t words[2];
		struct vring_packed_desc d;
	} copy;

	copy.words[0] = __atomic_load_n(&words[0], __ATOMIC_RELAXED);
	copy.words[1] = __atomic_load_n(&words[1], __ATOMIC_RELAXED);
	return (struct desc){
		.addr = rte_le_to_cpu_64(copy.d.addr),
		.len = rte_le_to_cpu_32(copy.d.len),
		.flags = rte_le_to_cpu_16(copy.d.flags),
	};
}

/*
 * Walks descriptors one behind the other. In an indirect table they are all of it, and only
 * the flag for writing is one.
 */
static __rte_always_inline struct walk
packed_table(struct walk w, const struct vring_packed_desc *table, uint32_t count)
{
	struct desc d;
	uint32_t i;

	for (i = 0; i < count && likely(w.ret == 0); i++) {
		d = packed_load(&table[i]);
		if ((d.flags & VRING_DESC_F_WRITE) && w.writable == NULL)
			w = walk_turn(w);
		if (unlikely(!(d.flags & VRING_DESC_F_WRITE) && w.writable != NULL)) {
			w.ret = -EINVAL;
			return w;
		}
		w = walk_add(w, d.addr, d.len);
	}
	return w;
}

/* Walks a copy of an indirect table that is not in one piece here, or not aligned. */
static __rte_noinline struct walk
packed_copy(struct walk w, uint64_t addr, uint32_t count)
{
	struct vring_packed_desc copy[VC_CHAIN_MAX_SEGS];

	if (!copy_table(w.mem, addr, copy, count * sizeof(copy[0]))) {
		w.ret = -EINVAL;
		return w;
	}
	return packed_table(w, copy, count);
}

static __rte_always_inline struct walk
packed_indirect(struct walk w, struct desc t)
{
	uint32_t count = t.len / sizeof(struct vring_packed_desc);
	const uint8_t *va;

	if (unlikely(count == 0 || t.len % sizeof(struct vring_packed_desc) != 0 ||
		     count > VC_CHAIN_MAX_SEGS || t.addr + t.len < t.addr)) {
		w.ret = -EINVAL;
		return w;
	}
	va = vc_mem_first(w.mem, t.addr, t.len);
	if (unlikely(va == NULL || ((uintptr_t)va & 7) != 0))
		return packed_copy(w, t.addr, count);
	return packed_table(w, (const struct vring_packed_desc *)(uintptr_t)va, count);
}

int
vc_chain_walk_packed(const struct vring_packed_desc *copies, uint16_t count,
		     const struct vc_mem *mem, struct vc_chain *chain)
{
	struct walk w = { .mem = mem, .seg = chain->segs, .end = chain->segs + chain->max_segs };
	struct desc first = packed_load(copies);
	uint16_t i;

	if (likely(count == 1 && (first.flags & VRING_DESC_F_INDIRECT)))
		return walk_end(packed_indirect(w, first), chain);
	for (i = 0; i < count; i++)
		if (copies[i].flags & rte_cpu_to_le_16(VRING_DESC_F_INDIRECT))
			w.ret = -EINVAL;
	return walk_end(packed_table(w, copies, count), chain);
}

struct vc_cursor
vc_cursor_read_pieces(struct vc_cursor cur, void *to, uint32_t n)
{
	uint8_t *dst = to;
	uint32_t len;

	for (; n > 0; n -= len) {
		const uint8_t *va = vc_cursor_piece(&cur, n, &len);

		memcpy(dst, va, len);
		dst += len;
	}
	return cur;
}

struct vc_cursor
vc_cursor_write_pieces(struct vc_cursor cur, const void *from, uint32_t n)
{
	const uint8_t *src = from;
	uint32_t len;

	for (; n > 0; n -= len) {
		uint8_t *va = vc_cursor_piece(&cur, n, &len);

		memcpy(va, src, len);
		src += len;
	}
	return cur;
}
