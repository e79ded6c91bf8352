/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The device side of a virtqueue (virtio specification, "Split Virtqueues" and "Packed
 * Virtqueues").
 *
 * The guest can write all of the ring at any time. The device's indexes are kept in host memory and
 * never read back.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_VRING_H
#define VHOST_CRYPTO_VRING_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/virtio_ring.h>
#include <rte_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "call.h"
#include "chain_packed.h"
#include "chain_split.h"
#include "ring.h"
#include "vring_packed.h"
#include "vring_state.h"

/** used_event: the driver requests a notification when the used index passes it. */
static inline uint16_t
vc_vring_used_event(const struct vc_vring *vr)
{
	return __atomic_load_n(&vr->avail->ring[vr->size], __ATOMIC_RELAXED);
}

/**
 * Counts the available entries.
 *
 * @return 0 to size, or -1 if the available index is invalid
 */
static inline int
vc_vring_count_avail(const struct vc_vring *vr)
{
	uint16_t idx = rte_le_to_cpu_16(__atomic_load_n(&vr->avail->idx, __ATOMIC_ACQUIRE));
	uint16_t n = idx - vr->last_avail;

	return unlikely(n > vr->size) ? -1 : n;
}

/** Reads the @p i'th available entry: a chain head, not yet checked. */
static inline uint16_t
vc_vring_peek_avail(const struct vc_vring *vr, uint16_t i)
{
	const __virtio16 *entry = &vr->avail->ring[(uint16_t)(vr->last_avail + i) & vr->mask];

	return rte_le_to_cpu_16(__atomic_load_n(entry, __ATOMIC_RELAXED));
}

/**
 * Reads the heads of available requests; copies their descriptors if the ring is packed.
 *
 * @param heads  receives the heads, in ring order
 * @param max    maximum number of heads
 * @return number of heads, or -1 if the ring is invalid
 */
static inline int
vc_vring_scan_avail(struct vc_vring *vr, struct vc_chain_head *heads, uint16_t max)
{
	int n, i;

	if (vr->packed)
		return vc_packed_scan_avail(vr, heads, max);
	n = vc_vring_count_avail(vr);
	n = n < max ? n : max;
	for (i = 0; i < n; i++)
		heads[i] = (struct vc_chain_head){ vc_vring_peek_avail(vr, i), 1 };
	return n;
}

/** ID of a request in the used ring: chain head; packed: buffer ID. */
static inline uint16_t
vc_vring_used_id(const struct vc_vring *vr, struct vc_chain_head head)
{
	if (likely(!vr->packed))
		return head.first;
	return rte_le_to_cpu_16(vr->copies[head.first + head.nb_entries - 1].id);
}

/** Reads the first descriptor of a request; an arbitrary one if the chain head is out of range. */
static inline struct vc_desc
vc_vring_load_first(const struct vc_vring *vr, struct vc_chain_head head)
{
	return unlikely(vr->packed) ? vc_desc_load(&vr->copies[head.first]) :
				      vc_desc_load(&vr->desc[head.first & vr->mask]);
}

/** Walks the chain of a request, see vc_chain_walk(). @param first  by vc_vring_load_first() */
static inline int
vc_vring_walk(const struct vc_vring *vr, struct vc_chain_head head, struct vc_desc first,
	      const struct vc_mem *mem, struct vc_chain *chain)
{
	if (unlikely(vr->packed))
		return vc_chain_walk_packed(&vr->copies[head.first], head.nb_entries, mem, chain);
	if (unlikely(head.first >= vr->size))
		return -EINVAL;
	return vc_chain_walk(vr->desc, vr->size, first, mem, chain);
}

/** Describes the fault of an invalid ring, for the log. */
static inline const char *
vc_vring_describe_fault(const struct vc_vring *vr)
{
	return vr->packed ? "invalid packed ring: a chain does not end in it, or has "
			    "descriptors that are not available" :
			    "invalid available index: further ahead than the ring has "
			    "entries";
}

/** Pops entries from the available ring. */
static inline void
vc_vring_pop_avail(struct vc_vring *vr, uint16_t nb_entries)
{
	vr->last_avail = unlikely(vr->packed) ?
		virtio_packed_next(vr->last_avail, nb_entries, vr->size) :
		vr->last_avail + nb_entries;
}

/**
 * Adds an entry to the used ring; vc_vring_publish_used() makes it visible to the guest.
 *
 * @param id          chain head; packed: buffer ID
 * @param len         bytes written
 * @param nb_entries  ring entries of the request and, with IN_ORDER, of those that it implies
 */
static inline void
vc_vring_add_used(struct vc_vring *vr, uint16_t id, uint32_t len, uint16_t nb_entries)
{
	struct vring_used_elem *e;

	if (unlikely(vr->packed)) {
		vc_packed_add_used(vr, id, len, nb_entries);
		return;
	}
	e = &vr->used->ring[vr->next_used & vr->mask];
	e->id = rte_cpu_to_le_32(id);
	e->len = rte_cpu_to_le_32(len);
	vr->next_used += nb_entries;
}

/**
 * Publishes the entries added by vc_vring_add_used().
 *
 * @return whether the guest requests a notification
 */
static inline bool
vc_vring_publish_used(struct vc_vring *vr)
{
	uint16_t old = vr->published_used, now = vr->next_used;

	if (old == now)
		return false;
	if (unlikely(vr->packed))
		return vc_packed_publish_used(vr);
	__atomic_store_n(&vr->used->idx, rte_cpu_to_le_16(now), __ATOMIC_RELEASE);
	vr->published_used = now;
	/*
	 * Store the index before loading the guest's event settings, or both sides may miss the
	 * other.
	 */
	rte_smp_mb();
	if (vr->event_idx)
		return vring_need_event(rte_le_to_cpu_16(vc_vring_used_event(vr)), now, old);
	return !(rte_le_to_cpu_16(__atomic_load_n(&vr->avail->flags, __ATOMIC_RELAXED)) &
		 VRING_AVAIL_F_NO_INTERRUPT);
}

/** Notifies the guest unless it has no call eventfd. */
static inline void
vc_vring_call(const struct vc_vring *vr)
{
	if (vr->callfd >= 0)
		vc_call_signal(vr->callfd);
}

/**
 * Enables or disables kicks of the guest. After enabling them, the ring must be scanned once more
 * for entries that were made available before.
 */
static inline void
vc_vring_set_kicks(struct vc_vring *vr, bool enable)
{
	uint16_t flags = enable ? 0 : VRING_USED_F_NO_NOTIFY;
	/* avail_event follows the last entry of the used ring. */
	__virtio16 *avail_event = (void *)&vr->used->ring[vr->size];

	if (vr->packed)
		vc_packed_set_kicks(vr, enable);
	else if (vr->event_idx && enable)
		__atomic_store_n(avail_event, rte_cpu_to_le_16(vr->last_avail), __ATOMIC_RELAXED);
	else if (!vr->event_idx)
		__atomic_store_n(&vr->used->flags, rte_cpu_to_le_16(flags), __ATOMIC_RELAXED);
	rte_smp_mb();
}

/**
 * Attaches to a ring at its base.
 *
 * @param vr        filled
 * @param ring      set up by the front-end; keeps its file descriptors
 * @param mem       guest memory
 * @param features  negotiated features
 * @param fault     receives what is wrong with the ring if this returns -EINVAL, for the log
 * @return 0; -EINVAL: a part of the ring is not in guest memory, see vc_ring_locate(); -ENOMEM
 */
int vc_vring_attach(struct vc_vring *vr, const struct vc_ring *ring, const struct vc_mem *mem,
		    uint64_t features, const char **fault);

/** Detaches from a ring, and stores the next available entry as its base. */
void vc_vring_detach(struct vc_vring *vr, struct vc_ring *ring);

#endif /* VHOST_CRYPTO_VRING_H */
