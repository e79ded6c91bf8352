/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Descriptor chains: from descriptors to a readable and a writable byte stream.
 *
 * Only this module reads descriptors and translates guest addresses, except for chains of four
 * descriptors (chain_walk.h, fast_path.h). A walk reads each descriptor once. Its result is a list
 * of segments in mapped memory: the device-readable ones, then the device-writable ones. The guest
 * can change the bytes of a segment at any time, so a cursor copies what has to be checked into
 * host memory, once.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_CHAIN_H
#define VHOST_CRYPTO_CHAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <linux/virtio_ring.h>
#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "guest_mem.h"

/** Maximum number of descriptors of a request, and of the segments that they map to. */
#ifndef VC_CHAIN_MAX_SEGS
#define VC_CHAIN_MAX_SEGS 1024
#endif

/** A contiguous part of guest memory. */
struct vc_seg {
	uint8_t *va;
	uint32_t len; /**< never 0 */
};

/** A descriptor in host byte order, read once from guest memory. */
struct vc_desc {
	uint64_t addr;
	uint64_t rest; /**< length, flags, next, from the lowest bit; packed: length, id, flags */
};

/** Reads a descriptor of either format; the compiler must not read the guest's memory again. */
static inline struct vc_desc
vc_desc_load(const void *desc)
{
	const uint64_t *words = desc;

	return (struct vc_desc){
		.addr = rte_le_to_cpu_64(__atomic_load_n(&words[0], __ATOMIC_RELAXED)),
		.rest = rte_le_to_cpu_64(__atomic_load_n(&words[1], __ATOMIC_RELAXED)),
	};
}

/** Length of a descriptor's buffer. */
static inline uint32_t
vc_desc_len(struct vc_desc d)
{
	return d.rest;
}

/** Whether a length is a valid length of an indirect table. */
static inline bool
vc_chain_is_table_len(uint32_t len)
{
	return len - sizeof(struct vring_desc) <
		VC_CHAIN_MAX_SEGS * (uint64_t)sizeof(struct vring_desc) &&
		len % sizeof(struct vring_desc) == 0;
}

/** Finds the table of an indirect descriptor; NULL if it is invalid, unaligned or not in @p r. */
static inline const void *
vc_chain_find_table(const struct vc_mem_region *r, struct vc_desc d)
{
	const uint8_t *va = vc_region_find(r, d.addr, vc_desc_len(d));

	return likely(vc_chain_is_table_len(vc_desc_len(d)) && ((uintptr_t)va & 7) == 0) ? va :
											   NULL;
}

/** A walked chain. */
struct vc_chain {
	struct vc_seg *segs;  /**< readable ones first; of the caller, or spare */
	struct vc_seg *spare; /**< room for VC_CHAIN_MAX_SEGS, if segs has less; or NULL */
	uint16_t max_segs;    /**< room in segs */
	uint16_t nb_read;     /**< segments that the device may read */
	uint16_t nb_write;    /**< segments that it may write, behind them */
	uint32_t read_len;    /**< bytes in the readable ones */
	uint32_t write_len;   /**< bytes in the writable ones */
};

/** A position in a stream. */
struct vc_cursor {
	const struct vc_seg *seg; /**< segment that has the next byte */
	uint32_t off;		  /**< offset of that byte in the segment */
	uint32_t left;		  /**< bytes until the end of the stream */
};

/** Whether a device-writable segment overlaps a device-readable one. */
bool vc_chain_overlaps(const struct vc_chain *chain);

/** The device-readable stream. */
static inline struct vc_cursor
vc_chain_reader(const struct vc_chain *chain)
{
	return (struct vc_cursor){ .seg = chain->segs, .left = chain->read_len };
}

/** The device-writable stream. */
static inline struct vc_cursor
vc_chain_writer(const struct vc_chain *chain)
{
	return (struct vc_cursor){ .seg = chain->segs + chain->nb_read, .left = chain->write_len };
}

/**
 * Copies a cursor field by field. A load of the whole cursor would stall on the stores to its
 * fields that are still in the store buffer.
 */
static inline struct vc_cursor
vc_cursor_load(const struct vc_cursor *cur)
{
	return (struct vc_cursor){ .seg = cur->seg, .off = cur->off, .left = cur->left };
}

/**
 * Returns the next contiguous bytes of a stream and moves the cursor behind them.
 *
 * @param cur  cursor with bytes left
 * @param max  maximum length, 1 to cur->left
 * @param len  receives the length, 1 to @p max
 */
static inline uint8_t *
vc_cursor_next_segment(struct vc_cursor *cur, uint32_t max, uint32_t *len)
{
	uint32_t n = cur->seg->len - cur->off;
	uint8_t *va = cur->seg->va + cur->off;

	if (n > max) {
		n = max;
		cur->off += n;
	} else {
		cur->seg++;
		cur->off = 0;
	}
	cur->left -= n;
	*len = n;
	return va;
}

/**
 * Returns the next @p n bytes and moves the cursor behind them; NULL if they are not contiguous.
 *
 * @param n  1 to cur->left
 */
static inline uint8_t *
vc_cursor_take_contiguous(struct vc_cursor *cur, uint32_t n)
{
	uint32_t here = cur->seg->len - cur->off;
	uint8_t *va = cur->seg->va + cur->off;

	if (unlikely(n > here))
		return NULL;
	cur->off += n;
	cur->left -= n;
	if (n == here) {
		cur->seg++;
		cur->off = 0;
	}
	return va;
}

/** vc_cursor_read() across segments; by value, so that cursors stay in registers. */
struct vc_cursor vc_cursor_read_segments(struct vc_cursor cur, void *to, uint32_t n);

/** vc_cursor_write() across segments. */
struct vc_cursor vc_cursor_write_segments(struct vc_cursor cur, const void *from, uint32_t n);

/** Copies @p n bytes, at most cur->left, from the guest into host memory. */
static inline void
vc_cursor_read(struct vc_cursor *cur, void *to, uint32_t n)
{
	const uint8_t *va;

	if (n == 0)
		return;
	va = vc_cursor_take_contiguous(cur, n);
	if (likely(va != NULL))
		memcpy(to, va, n);
	else
		*cur = vc_cursor_read_segments(*cur, to, n);
}

/** Copies @p n bytes, at most cur->left, from host memory to the guest. */
static inline void
vc_cursor_write(struct vc_cursor *cur, const void *from, uint32_t n)
{
	uint8_t *va;

	if (n == 0)
		return;
	va = vc_cursor_take_contiguous(cur, n);
	if (likely(va != NULL))
		memcpy(va, from, n);
	else
		*cur = vc_cursor_write_segments(*cur, from, n);
}

/** Copies @p n bytes, at most what is left of both streams, within guest memory. */
static inline void
vc_cursor_copy(struct vc_cursor *to, struct vc_cursor *from, uint32_t n)
{
	uint32_t len, left;

	for (; n > 0; n -= len) {
		const uint8_t *src = vc_cursor_next_segment(from, n, &len);

		for (left = len; left > 0;) {
			uint32_t part;
			uint8_t *dst = vc_cursor_next_segment(to, left, &part);

			memmove(dst, src, part);
			src += part;
			left -= part;
		}
	}
}

/** Skips @p n bytes, at most cur->left. */
static inline void
vc_cursor_skip(struct vc_cursor *cur, uint32_t n)
{
	uint32_t len;

	while (n > 0) {
		vc_cursor_next_segment(cur, n, &len);
		n -= len;
	}
}

#endif /* VHOST_CRYPTO_CHAIN_H */
