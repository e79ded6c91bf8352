/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Places in a packed ring (section "Packed Virtqueues"), as both sides count them.
 *
 * An off_wrap is an index of the ring, with the wrap counter of whoever is there in bit 15. That is
 * how event suppression structures have it, and how a place is told when a ring is stopped.
 */

#ifndef VIRTIO_CRYPTO_PACKED_H
#define VIRTIO_CRYPTO_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/virtio_ring.h>

/** The wrap counter in a off_wrap. */
#define VIRTIO_PACKED_WRAP 0x8000
/** The off_wrap where a ring begins. */
#define VIRTIO_PACKED_START VIRTIO_PACKED_WRAP

/** @name Flags of a descriptor that <linux/virtio_ring.h> has as numbers of bits */
/**@{*/
#define VIRTIO_PACKED_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define VIRTIO_PACKED_USED  (1u << VRING_PACKED_DESC_F_USED)
/**@}*/

/** The index in the ring of a off_wrap. */
static inline uint16_t
virtio_packed_index(uint16_t off_wrap)
{
	return off_wrap & (VIRTIO_PACKED_WRAP - 1);
}

/** The off_wrap @p n descriptors, at most the @p size of the ring, behind another one. */
static inline uint16_t
virtio_packed_next(uint16_t off_wrap, uint16_t n, uint16_t size)
{
	uint32_t index = (uint32_t)virtio_packed_index(off_wrap) + n;
	uint16_t wrap = off_wrap & VIRTIO_PACKED_WRAP;

	return index < size ? (index | wrap) : ((index - size) | (wrap ^ VIRTIO_PACKED_WRAP));
}

/** How many descriptors, at most the @p size of the ring, a off_wrap is behind another one. */
static inline uint16_t
virtio_packed_distance(uint16_t from, uint16_t to, uint16_t size)
{
	uint16_t n = virtio_packed_index(to) - virtio_packed_index(from);

	return ((from ^ to) & VIRTIO_PACKED_WRAP) ? n + size : n;
}

/** The flags that make a descriptor at a off_wrap available. */
static inline uint16_t
virtio_packed_avail_flags(uint16_t off_wrap)
{
	return (off_wrap & VIRTIO_PACKED_WRAP) ? VIRTIO_PACKED_AVAIL : VIRTIO_PACKED_USED;
}

/** The flags that make a descriptor at a off_wrap used. */
static inline uint16_t
virtio_packed_used_flags(uint16_t off_wrap)
{
	return (off_wrap & VIRTIO_PACKED_WRAP) ? VIRTIO_PACKED_AVAIL | VIRTIO_PACKED_USED : 0;
}

/** Whether a descriptor at a off_wrap is available, by its flags. */
static inline bool
virtio_packed_is_avail(uint16_t flags, uint16_t off_wrap)
{
	return (flags & (VIRTIO_PACKED_AVAIL | VIRTIO_PACKED_USED)) ==
		virtio_packed_avail_flags(off_wrap);
}

/** Whether a descriptor at a off_wrap is used, by its flags. */
static inline bool
virtio_packed_is_used(uint16_t flags, uint16_t off_wrap)
{
	return (flags & (VIRTIO_PACKED_AVAIL | VIRTIO_PACKED_USED)) ==
		virtio_packed_used_flags(off_wrap);
}

/**
 * Whether the other side wants to be notified.
 *
 * @param flags  of its event suppression structure
 * @param event  off_wrap in that
 * @param old    where this side was when it asked last
 * @param now    where it is
 * @param size   of the ring
 */
static inline bool
virtio_packed_needs_event(uint16_t flags, uint16_t event, uint16_t old, uint16_t now, uint16_t size)
{
	uint16_t index = virtio_packed_index(event), at = virtio_packed_index(now);

	if (flags != VRING_PACKED_EVENT_FLAG_DESC)
		return flags != VRING_PACKED_EVENT_FLAG_DISABLE;
	if ((event ^ now) & VIRTIO_PACKED_WRAP)
		index -= size;
	return vring_need_event(index, at, at - virtio_packed_distance(old, now, size));
}

#endif /* VIRTIO_CRYPTO_PACKED_H */
