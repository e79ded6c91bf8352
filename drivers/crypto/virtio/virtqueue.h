/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The driver's side of a virtqueue (sections "Split Virtqueues" and "Packed Virtqueues").
 * virtqueue_packed.h has what only packed rings need.
 *
 * Only these files and virtqueue.c know the layout of the ring. One thread may add and publish
 * chains while another one pops used ones; they ensure that nothing is added where something is yet
 * to be popped.
 *
 * On a split ring, entries that do not change are not written: while chains are used in turn, only
 * the index of the available ring changes, and the other cache lines stay shared.
 */

#ifndef VIRTQUEUE_H
#define VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_common.h>

#include <linux/virtio_ring.h>

#include "virtio_crypto_packed.h"

/** Entries in a ring at most. */
#define VIRTQUEUE_MAX_SIZE 32768

/** A virtqueue. */
struct virtqueue {
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
	uint16_t size;	    /**< entries, a power of two */
	uint16_t avail_idx; /**< next index of the available ring, free running; packed: off_wrap */
	uint16_t kick_idx;  /**< avail_idx at the last check for a kick */
	uint16_t published; /**< packed: avail_idx when last published */
	uint16_t pending_flags; /**< packed: flags of the first unpublished descriptor */
	uint16_t index;		/**< number of the queue on the device */
	int kick_fd;		/**< of the transport: event that notifies the device, or -1 */
	void *kick_addr;	/**< of the transport: register that notifies the device */
	bool attached;		/**< the device knows the ring */
	bool event_idx;		/**< VIRTIO_RING_F_EVENT_IDX was negotiated */
	bool packed;		/**< VIRTIO_F_RING_PACKED was negotiated */
	bool in_order;		/**< VIRTIO_F_IN_ORDER was negotiated */
	uint64_t desc_addr;	/**< of the three areas, for the device */
	uint64_t avail_addr;
	uint64_t used_addr;
	/** Next index of the used ring, free running; packed: off_wrap. Of the thread that pops. */
	uint16_t used_idx __rte_cache_aligned;
};

/** Returns the bytes of memory for a ring of @p size entries, a multiple of the cache line. */
size_t virtqueue_size_in_bytes(uint16_t size);

/**
 * Lays out a ring.
 *
 * @param vq    virtqueue, not attached; index is not changed
 * @param size  entries, a power of two, at most VIRTQUEUE_MAX_SIZE
 * @param mem   memory of virtqueue_size_in_bytes(), aligned to a cache line, contiguous for the
 *              device
 * @param addr  of @p mem, for the device
 */
void virtqueue_init(struct virtqueue *vq, uint16_t size, void *mem, uint64_t addr);

/**
 * Empties a ring that is not attached.
 *
 * @param vq        virtqueue
 * @param features  negotiated ones
 */
void virtqueue_reset(struct virtqueue *vq, uint64_t features);

/** Returns the initial index of a ring; packed: off_wrap. */
static inline uint16_t
virtqueue_start_off_wrap(const struct virtqueue *vq)
{
	return vq->packed ? VIRTIO_PACKED_START : 0;
}

/** Discards what a process that has ended added but did not publish. */
void virtqueue_discard_unpublished(struct virtqueue *vq);

/** Skips used entries, with nothing in flight after virtqueue_discard_unpublished(). */
void virtqueue_skip_used(struct virtqueue *vq);

#include "virtqueue_packed.h"

/** Used length of a request for which the device gives none: as many as there is room for. */
#define VIRTQUEUE_ALL_WRITTEN UINT32_MAX

/** Returns the half of a descriptor that is not its address. */
static inline uint64_t
virtqueue_desc_half(uint32_t len, uint16_t flags, uint16_t next)
{
	return rte_cpu_to_le_64(len | (uint64_t)flags << 32 | (uint64_t)next << 48);
}

/** Writes descriptor @p i of a table. @p next is ignored unless @p flags has VRING_DESC_F_NEXT. */
static inline void
virtqueue_desc_set(struct vring_desc *table, uint16_t i, uint64_t addr, uint32_t len,
		   uint16_t flags, uint16_t next)
{
	uint64_t *halves = (uint64_t *)(void *)&table[i];

	halves[0] = rte_cpu_to_le_64(addr);
	halves[1] = virtqueue_desc_half(len, flags, next);
}

/**
 * Writes descriptor @p i of an indirect table. On a packed ring the table is sequential, and @p
 * next and its flag are not written.
 */
static inline void
virtqueue_table_set(const struct virtqueue *vq, struct vring_desc *table, uint16_t i, uint64_t addr,
		    uint32_t len, uint16_t flags, uint16_t next)
{
	if (unlikely(vq->packed))
		virtqueue_desc_set(table, i, addr, len, 0, flags & VRING_DESC_F_WRITE);
	else
		virtqueue_desc_set(table, i, addr, len, flags, next);
}

/** Whether a descriptor has these values already. */
static inline bool
virtqueue_desc_is(const struct vring_desc *desc, uint64_t addr, uint32_t len, uint16_t flags,
		  uint16_t next)
{
	const uint64_t *halves = (const uint64_t *)(const void *)desc;

	return halves[0] == rte_cpu_to_le_64(addr) &&
		halves[1] == virtqueue_desc_half(len, flags, next);
}

/** Writes a chain of one descriptor, that of an indirect table. */
static inline void
virtqueue_indirect_set(struct virtqueue *vq, uint16_t head, uint64_t addr, uint16_t nb_desc)
{
	struct vring_desc *desc = &vq->desc[head];
	uint32_t len = rte_cpu_to_le_32(nb_desc * sizeof(*desc));

	if (desc->len != len || desc->addr != rte_cpu_to_le_64(addr))
		virtqueue_desc_set(vq->desc, head, addr, nb_desc * sizeof(*desc),
				   VRING_DESC_F_INDIRECT, 0);
}

/** Adds a complete chain to the available ring; virtqueue_publish_avail() publishes it. */
static inline void
virtqueue_add_avail(struct virtqueue *vq, uint16_t head)
{
	__virtio16 *entry = &vq->avail->ring[vq->avail_idx++ & (vq->size - 1)];

	if (*entry != rte_cpu_to_le_16(head))
		*entry = rte_cpu_to_le_16(head);
}

/** Publishes the chains that were added. */
static inline void
virtqueue_publish_avail(struct virtqueue *vq)
{
	if (unlikely(vq->packed)) {
		virtqueue_packed_publish_avail(vq);
		return;
	}
	__atomic_store_n(&vq->avail->idx, rte_cpu_to_le_16(vq->avail_idx), __ATOMIC_RELEASE);
}

/** Whether the device requests a kick for what was published last. */
static inline bool
virtqueue_needs_kick(struct virtqueue *vq)
{
	/* The event index of the device follows the last entry of the used ring. */
	const __virtio16 *avail_event = (const void *)&vq->used->ring[vq->size];
	uint16_t before = vq->kick_idx;

	/*
	 * The index must be visible to the device before its event index is read, or both sides
	 * sleep.
	 */
	rte_atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (unlikely(vq->packed))
		return virtqueue_packed_needs_kick(vq);
	if (vq->event_idx) {
		vq->kick_idx = vq->avail_idx;
		return vring_need_event(
			rte_le_to_cpu_16(__atomic_load_n(avail_event, __ATOMIC_RELAXED)),
			vq->avail_idx, before);
	}
	return !(__atomic_load_n(&vq->used->flags, __ATOMIC_RELAXED) &
		 rte_cpu_to_le_16(VRING_USED_F_NO_NOTIFY));
}

/**
 * Returns the number of used chains to pop from a split ring; a misbehaving device may report more
 * than there are.
 */
static inline uint16_t
virtqueue_count_used(const struct virtqueue *vq)
{
	return rte_le_to_cpu_16(__atomic_load_n(&vq->used->idx, __ATOMIC_ACQUIRE)) - vq->used_idx;
}

/** Returns the head of used chain @p i after the next one, of those that are used; any value. */
static inline uint32_t
virtqueue_peek_used(const struct virtqueue *vq, uint16_t i)
{
	return rte_le_to_cpu_32(vq->used->ring[(vq->used_idx + i) & (vq->size - 1)].id);
}

/**
 * Pops the next used chain, of a ring that has one.
 *
 * @param written  receives the bytes that the device declares to have written, any value
 * @return its head, any value
 */
static inline uint32_t
virtqueue_pop_used(struct virtqueue *vq, uint32_t *written)
{
	const struct vring_used_elem *used = &vq->used->ring[vq->used_idx++ & (vq->size - 1)];

	*written = rte_le_to_cpu_32(used->len);
	return rte_le_to_cpu_32(used->id);
}

#endif /* VIRTQUEUE_H */
