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

/* Appends what a descriptor points at, cut where the mapping is. */
static int
chain_add(struct vc_chain *chain, const struct desc *d, const struct vc_mem *mem)
{
	bool write = d->flags & VRING_DESC_F_WRITE;
	uint32_t *total = write ? &chain->write_len : &chain->read_len;
	uint64_t addr = d->addr;
	uint32_t left = d->len;

	if (unlikely(left == 0 || left > UINT32_MAX - *total || addr + left < addr))
		return -EINVAL;
	if (unlikely(!write && chain->nb_write != 0))
		return -EINVAL;
	*total += left;
	while (left > 0) {
		uint64_t len = left;
		uint8_t *va = vc_mem_translate(mem, addr, &len);
		uint32_t n = chain->nb_read + chain->nb_write;

		if (unlikely(va == NULL))
			return -EINVAL;
		if (unlikely(n == chain->max_segs))
			return n < VC_CHAIN_MAX_SEGS ? -E2BIG : -EINVAL;
		chain->segs[n] = (struct vc_seg){ .va = va, .len = len };
		if (write)
			chain->nb_write++;
		else
			chain->nb_read++;
		addr += len;
		left -= len;
	}
	return 0;
}

/* Copies entry @p i of an indirect table that need not lie in one piece here. */
static int
indirect_load(const struct desc *table, uint32_t i, const struct vc_mem *mem, struct desc *out)
{
	struct vring_desc bounce;
	uint8_t *to = (uint8_t *)&bounce;
	uint64_t addr = table->addr + i * sizeof(bounce);
	uint64_t left = sizeof(bounce);

	while (left > 0) {
		uint64_t len = left;
		const uint8_t *va = vc_mem_translate(mem, addr, &len);

		if (va == NULL)
			return -EINVAL;
		if (len == sizeof(bounce) && ((uintptr_t)va & 7) == 0) {
			*out = desc_load((const struct vring_desc *)(uintptr_t)va);
			return 0;
		}
		memcpy(to, va, len);
		to += len;
		addr += len;
		left -= len;
	}
	*out = desc_load(&bounce);
	return 0;
}

static int
chain_walk_indirect(const struct desc *table, const struct vc_mem *mem, struct vc_chain *chain)
{
	uint32_t count = table->len / sizeof(struct vring_desc);
	uint32_t seen = 0, i = 0;
	struct desc d;
	int ret;

	if (unlikely(count == 0 || table->len % sizeof(struct vring_desc) != 0 ||
		     count > VC_CHAIN_MAX_SEGS || table->addr + table->len < table->addr))
		return -EINVAL;
	do {
		ret = indirect_load(table, i, mem, &d);
		if (unlikely(ret != 0))
			return ret;
		if (unlikely(d.flags & VRING_DESC_F_INDIRECT))
			return -EINVAL;
		ret = chain_add(chain, &d, mem);
		if (unlikely(ret != 0))
			return ret;
		i = d.next;
		/* A table of n entries has no chain of more than n: what has is a loop. */
	} while ((d.flags & VRING_DESC_F_NEXT) && ++seen < count && i < count);
	return d.flags & VRING_DESC_F_NEXT ? -EINVAL : 0;
}

int
vc_chain_walk(const struct vring_desc *desc, uint16_t size, uint16_t head, const struct vc_mem *mem,
	      struct vc_chain *chain)
{
	uint32_t seen = 0;
	uint16_t i = head;
	struct desc d;
	int ret;

	chain->nb_read = 0;
	chain->nb_write = 0;
	chain->read_len = 0;
	chain->write_len = 0;
	do {
		d = desc_load(&desc[i]);
		if (d.flags & VRING_DESC_F_INDIRECT) {
			if (unlikely(d.flags & VRING_DESC_F_NEXT))
				return -EINVAL;
			return chain_walk_indirect(&d, mem, chain);
		}
		ret = chain_add(chain, &d, mem);
		if (unlikely(ret != 0))
			return ret;
		i = d.next;
	} while ((d.flags & VRING_DESC_F_NEXT) && ++seen < size && i < size);
	return d.flags & VRING_DESC_F_NEXT ? -EINVAL : 0;
}
