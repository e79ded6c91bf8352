/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Packed virtqueues; vring.h has the functions to call.
 *
 * The descriptors of a request are copied into host memory when it is found, so that each is read
 * once. Used descriptors are written at once, except for the flags of the first one: they are
 * stored last, and make all of them visible to the guest.
 */

#ifndef VHOST_CRYPTO_VRING_PACKED_H
#define VHOST_CRYPTO_VRING_PACKED_H

#include <string.h>

#include <rte_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "virtio_crypto_packed.h"
#include "vring_state.h"

/** Copies the descriptor at @p off_wrap; false if it is not available. */
static inline bool
vc_packed_copy_desc(const struct vc_vring *vr, uint16_t off_wrap, struct vring_packed_desc *copy)
{
	uint64_t *from = (uint64_t *)(uintptr_t)&vr->packed_desc[virtio_packed_index(off_wrap)];
	uint64_t half = __atomic_load_n(&from[1], __ATOMIC_ACQUIRE);

	/* The flags are in this half, and tell whether the other half is valid. */
	memcpy((uint8_t *)copy + sizeof(half), &half, sizeof(half));
	if (!virtio_packed_is_avail(rte_le_to_cpu_16(copy->flags), off_wrap))
		return false;
	half = __atomic_load_n(&from[0], __ATOMIC_RELAXED);
	memcpy(copy, &half, sizeof(half));
	return true;
}

/** vc_vring_scan_avail() for packed rings. */
static inline int
vc_packed_scan_avail(struct vc_vring *vr, struct vc_chain_head *heads, uint16_t max)
{
	uint16_t off_wrap = vr->last_avail, at = 0, n;
	/* Descriptors that are not in flight. */
	uint16_t room = vr->size - virtio_packed_distance(vr->next_used, off_wrap, vr->size);
	struct vring_packed_desc spare;

	for (n = 0; n < max; n++) {
		heads[n].first = at;
		do {
			/*
			 * A chain must end within the available descriptors, and must not overflow
			 * the ring.
			 */
			if (!vc_packed_copy_desc(vr, off_wrap,
						 at < room ? &vr->copies[at] : &spare))
				return at == heads[n].first || n > 0 ? n : -1;
			if (unlikely(at == room))
				return n > 0 ? n : -1;
			off_wrap = virtio_packed_next(off_wrap, 1, vr->size);
		} while (vr->copies[at++].flags & rte_cpu_to_le_16(VRING_DESC_F_NEXT));
		heads[n].nb_entries = at - heads[n].first;
	}
	return n;
}

/** vc_vring_add_used() for packed rings. */
static inline void
vc_packed_add_used(struct vc_vring *vr, uint16_t id, uint32_t len, uint16_t nb_entries)
{
	uint16_t off_wrap = vr->next_used;
	struct vring_packed_desc *d = &vr->packed_desc[virtio_packed_index(off_wrap)];
	uint16_t flags = virtio_packed_used_flags(off_wrap) | (len > 0 ? VRING_DESC_F_WRITE : 0);

	d->id = rte_cpu_to_le_16(id);
	d->len = rte_cpu_to_le_32(len);
	if (off_wrap == vr->published_used)
		vr->used_flags = flags;
	else
		d->flags = rte_cpu_to_le_16(flags);
	vr->next_used = virtio_packed_next(off_wrap, nb_entries, vr->size);
}

/** vc_vring_publish_used() for packed rings with entries to publish. */
static inline bool
vc_packed_publish_used(struct vc_vring *vr)
{
	struct vring_packed_desc *first = &vr->packed_desc[virtio_packed_index(vr->published_used)];
	uint16_t old = vr->published_used;
	union {
		uint32_t word;
		struct vring_packed_desc_event event;
	} suppression;

	__atomic_store_n(&first->flags, rte_cpu_to_le_16(vr->used_flags), __ATOMIC_RELEASE);
	vr->published_used = vr->next_used;
	/*
	 * Store the flags before loading the driver's suppression, or both sides may miss the
	 * other.
	 */
	rte_smp_mb();
	suppression.word = __atomic_load_n((uint32_t *)(uintptr_t)vr->driver_event,
					   __ATOMIC_RELAXED);
	return virtio_packed_needs_event(rte_le_to_cpu_16(suppression.event.flags),
					 rte_le_to_cpu_16(suppression.event.off_wrap), old,
					 vr->next_used, vr->size);
}

/** vc_vring_set_kicks() for packed rings, without the barrier. */
static inline void
vc_packed_set_kicks(struct vc_vring *vr, bool enable)
{
	union {
		uint32_t word;
		struct vring_packed_desc_event event;
	} suppression;
	uint16_t flags = VRING_PACKED_EVENT_FLAG_DISABLE;

	if (enable)
		flags = vr->event_idx ? VRING_PACKED_EVENT_FLAG_DESC :
					VRING_PACKED_EVENT_FLAG_ENABLE;
	suppression.event.off_wrap = rte_cpu_to_le_16(vr->last_avail);
	suppression.event.flags = rte_cpu_to_le_16(flags);
	__atomic_store_n((uint32_t *)(uintptr_t)vr->device_event, suppression.word,
			 __ATOMIC_RELAXED);
}

#endif /* VHOST_CRYPTO_VRING_PACKED_H */
