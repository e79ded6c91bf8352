/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A virtqueue, seen from the device (virtio specification, "Split Virtqueues" and "Packed
 * Virtqueues"); what only a packed one has is in vring_packed.h.
 *
 * The guest can write all of the ring at any time. Indexes of the device are kept in host memory
 * and never read back.
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
#include "chain.h"
#include "ring.h"

struct vc_vring {
	union {
		struct vring_desc *desc;
		struct vring_packed_desc *packed_desc;
	};
	union {
		struct vring_avail *avail;
		struct vring_packed_desc_event *driver_event;
	};
	union {
		struct vring_used *used;
		struct vring_packed_desc_event *device_event;
	};
	uint16_t size;		 /**< power of two if split; 0: not set up */
	uint16_t mask;		 /**< size - 1 */
	uint16_t last_avail;	 /**< next entry of the available ring to take; packed: off_wrap */
	uint16_t next_used;	 /**< next entry of the used ring to fill; packed: off_wrap */
	uint16_t published_used; /**< used index that the guest sees; packed: off_wrap */
	bool event_idx;		 /**< VIRTIO_RING_F_EVENT_IDX negotiated */
	bool packed;		 /**< VIRTIO_F_RING_PACKED negotiated */
	bool in_order;		 /**< VIRTIO_F_IN_ORDER negotiated */
	uint16_t used_flags;	 /**< packed: flags to come of the descriptor at published_used */
	struct vring_packed_desc *copies; /**< packed: chains that wait, in host memory */
	int callfd; /**< to notify the guest, negative: it does not enable to be */
	int kickfd; /**< by which the guest notifies, negative: it does not */
};

/** A request that waits in the ring. */
struct vc_chain_head {
	uint16_t first;	     /**< descriptor; packed: in the copies */
	uint16_t nb_entries; /**< of the ring that it takes: descriptors if packed, else 1 */
};

#include "vring_packed.h"

/** The event index behind the available ring: notify when the used index passes it. */
static inline uint16_t
vc_vring_used_event(const struct vc_vring *vr)
{
	return __atomic_load_n(&vr->avail->ring[vr->size], __ATOMIC_RELAXED);
}

/**
 * Counts the entries that wait in the available ring.
 *
 * @return 0 to size, or -1 when the guest's index cannot be
 */
static inline int
vc_vring_count_avail(const struct vc_vring *vr)
{
	uint16_t idx = rte_le_to_cpu_16(__atomic_load_n(&vr->avail->idx, __ATOMIC_ACQUIRE));
	uint16_t n = idx - vr->last_avail;

	return unlikely(n > vr->size) ? -1 : n;
}

/** Entry @p i behind the last taken one: the head of a chain, not yet checked. */
static inline uint16_t
vc_vring_peek_avail(const struct vc_vring *vr, uint16_t i)
{
	const __virtio16 *entry = &vr->avail->ring[(uint16_t)(vr->last_avail + i) & vr->mask];

	return rte_le_to_cpu_16(__atomic_load_n(entry, __ATOMIC_RELAXED));
}

/**
 * Finds the requests that wait, and has copies of their descriptors if the ring is packed.
 *
 * @param heads  receives them, the next one first
 * @param max    most of them
 * @return their number, or -1 when the ring makes no sense
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

/** How a request is named when it is used: head of its chain; packed: buffer ID. */
static inline uint16_t
vc_vring_used_id(const struct vc_vring *vr, struct vc_chain_head head)
{
	if (likely(!vr->packed))
		return head.first;
	return rte_le_to_cpu_16(vr->copies[head.first + head.nb_entries - 1].id);
}

/** Reads the first descriptor of a request; any descriptor if the request has an impossible one. */
static inline struct vc_desc
vc_vring_load_first(const struct vc_vring *vr, struct vc_chain_head head)
{
	return unlikely(vr->packed) ? vc_desc_load(&vr->copies[head.first]) :
				      vc_desc_load(&vr->desc[head.first & vr->mask]);
}

/** Walks the chain of a request, see vc_chain_walk(). @param first  of vc_vring_load_first() */
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

/** What is wrong with a ring that makes no sense, for the log. */
static inline const char *
vc_vring_describe_fault(const struct vc_vring *vr)
{
	return vr->packed ? "a chain of the packed ring does not end in it, or has descriptors "
			    "that are not available" :
			    "the available index is further ahead than the ring has entries";
}

/** Takes so many entries of the ring, all of some requests that wait. */
static inline void
vc_vring_pop_avail(struct vc_vring *vr, uint16_t nb_entries)
{
	vr->last_avail = unlikely(vr->packed) ?
		virtio_packed_next(vr->last_avail, nb_entries, vr->size) :
		vr->last_avail + nb_entries;
}

/**
 * Tells that a request is used; the guest sees it after vc_vring_publish_used().
 *
 * @param id          head of its chain; packed: buffer ID
 * @param len         bytes written
 * @param nb_entries  that it takes, and those in front that are used with it, if in order
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
 * Shows the guest what vc_vring_add_used() filled.
 *
 * @return whether the guest wants a notification for it
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
	/* The index has to be out before the guest's wish is read, or both sides may sleep. */
	rte_smp_mb();
	if (vr->event_idx)
		return vring_need_event(rte_le_to_cpu_16(vc_vring_used_event(vr)), now, old);
	return !(rte_le_to_cpu_16(__atomic_load_n(&vr->avail->flags, __ATOMIC_RELAXED)) &
		 VRING_AVAIL_F_NO_INTERRUPT);
}

/** Notifies the guest; does nothing when it has no eventfd. */
static inline void
vc_vring_call(const struct vc_vring *vr)
{
	if (vr->callfd >= 0)
		vc_call_signal(vr->callfd);
}

/**
 * Tells the guest whether to notify the device of new entries.
 *
 * After switching it on, entries that came before have to be looked for once more.
 */
static inline void
vc_vring_set_kicks(struct vc_vring *vr, bool enable)
{
	uint16_t flags = enable ? 0 : VRING_USED_F_NO_NOTIFY;
	/* The event index stands behind the used ring's last entry. */
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
 * Attaches to a ring, at its base.
 *
 * @param vr        filled
 * @param ring      as the front-end has set it up; keeps its file descriptors
 * @param mem       the guest's memory
 * @param features  negotiated virtio features
 * @param fault     receives what is wrong with the ring if this returns -EINVAL, for the log
 * @return 0; -EINVAL when a part of the ring is not in guest memory, see vc_ring_locate(); -ENOMEM
 */
int vc_vring_attach(struct vc_vring *vr, const struct vc_ring *ring, const struct vc_mem *mem,
		    uint64_t features, const char **fault);

/** Detaches from the ring: its base is where the guest can resume. */
void vc_vring_detach(struct vc_vring *vr, struct vc_ring *ring);

#endif /* VHOST_CRYPTO_VRING_H */
