/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Positions in a packed ring (section "Packed Virtqueues"), as both sides count them.
 *
 * An off_wrap is a ring index with the wrap counter in bit 15, as in event suppression structures
 * and in the base of a stopped ring.
 */

#ifndef VIRTIO_CRYPTO_PACKED_H
#define VIRTIO_CRYPTO_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/virtio_ring.h>

/** Wrap counter of an off_wrap. */
#define VIRTIO_PACKED_WRAP 0x8000
/** The off_wrap at which a ring begins. */
#define VIRTIO_PACKED_START VIRTIO_PACKED_WRAP

/** @name Flags of a descriptor, whose bit numbers are in <linux/virtio_ring.h> */
/**@{*/
#define VIRTIO_PACKED_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define VIRTIO_PACKED_USED  (1u << VRING_PACKED_DESC_F_USED)
/**@}*/

/** Ring index of an off_wrap. */
static inline uint16_t
virtio_packed_index(uint16_t off_wrap)
{
	return off_wrap & (VIRTIO_PACKED_WRAP - 1);
}

/** Advances an off_wrap by @p n descriptors, at most the @p size of the ring. */
static inline uint16_t
virtio_packed_next(uint16_t off_wrap, uint16_t n, uint16_t size)
{
	uint32_t index = (uint32_t)virtio_packed_index(off_wrap) + n;
	uint16_t wrap = off_wrap & VIRTIO_PACKED_WRAP;

	return index < size ? (index | wrap) : ((index - size) | (wrap ^ VIRTIO_PACKED_WRAP));
}

/** Number of descriptors from one off_wrap to another, at most the @p size of the ring. */
static inline uint16_t
virtio_packed_distance(uint16_t from, uint16_t to, uint16_t size)
{
	uint16_t n = virtio_packed_index(to) - virtio_packed_index(from);

	return ((from ^ to) & VIRTIO_PACKED_WRAP) ? n + size : n;
}

/** Flags of an available descriptor. */
static inline uint16_t
virtio_packed_avail_flags(uint16_t off_wrap)
{
	return (off_wrap & VIRTIO_PACKED_WRAP) ? VIRTIO_PACKED_AVAIL : VIRTIO_PACKED_USED;
}

/** Flags of a used descriptor. */
static inline uint16_t
virtio_packed_used_flags(uint16_t off_wrap)
{
	return (off_wrap & VIRTIO_PACKED_WRAP) ? VIRTIO_PACKED_AVAIL | VIRTIO_PACKED_USED : 0;
}

/** Whether the flags are those of an available descriptor. */
static inline bool
virtio_packed_is_avail(uint16_t flags, uint16_t off_wrap)
{
	return (flags & (VIRTIO_PACKED_AVAIL | VIRTIO_PACKED_USED)) ==
		virtio_packed_avail_flags(off_wrap);
}

/** Whether the flags are those of a used descriptor. */
static inline bool
virtio_packed_is_used(uint16_t flags, uint16_t off_wrap)
{
	return (flags & (VIRTIO_PACKED_AVAIL | VIRTIO_PACKED_USED)) ==
		virtio_packed_used_flags(off_wrap);
}

/**
 * Whether the other side requests a notification.
 *
 * @param flags  flags of its event suppression structure
 * @param event  off_wrap of the structure
 * @param old    own off_wrap at the last call
 * @param now    own off_wrap
 * @param size   queue size
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
