/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests on a ring whose descriptors are used one behind the other: a packed one, or one with
 * VIRTIO_F_IN_ORDER. A request is a table of descriptors in sequence there, in the memory of its
 * slot or a large one; the ring has an indirect descriptor of it, or a copy.
 *
 * Threads: requests are put by the lcore that enqueues and taken by the one that dequeues, or all
 * of it is done by who else may touch the ring.
 */

#ifndef VIRTIO_CRYPTO_ORDERED_RING_H
#define VIRTIO_CRYPTO_ORDERED_RING_H

#include "virtio_crypto_queue.h"

/** @name Instead of a slot */
/**@{*/
#define VIRTIO_CRYPTO_NO_SLOT  UINT32_MAX	/**< the device has used nothing more */
#define VIRTIO_CRYPTO_BAD_SLOT (UINT32_MAX - 1) /**< the device returned what it was not given */
/**@}*/

/** virtio_crypto_ordered_ring_add() where the device knows no indirect descriptors. */
int virtio_crypto_ordered_ring_add_direct(struct virtio_crypto_queue *q, uint16_t slot,
					  const struct vring_desc *table, uint16_t nb_descs);

/** Finds the requests that the device has used next, in order: their number, or -1. */
int virtio_crypto_ordered_ring_find_used(struct virtio_crypto_queue *q);

/** Whether the device has used all that it was offered. Any thread; a hint if the lcore runs. */
bool virtio_crypto_ordered_ring_is_idle(const struct virtio_crypto_queue *q);

/** Forgets what was in flight: nothing is any more. */
void virtio_crypto_ordered_ring_reset(struct virtio_crypto_queue *q);

/** Goes on behind what was offered last by a process that has ended; nothing is in flight. */
void virtio_crypto_ordered_ring_resume(struct virtio_crypto_queue *q);

/**
 * Puts a request onto the ring.
 *
 * @param slot      that it takes
 * @param table     its descriptors, of the format of the ring
 * @param addr      of the table, as the device is told
 * @param nb_descs  in the table
 * @return 0, or -EAGAIN if the ring is too full
 */
static __rte_always_inline int
virtio_crypto_ordered_ring_add(struct virtio_crypto_queue *q, uint16_t slot,
			       const struct vring_desc *table, uint64_t addr, uint16_t nb_descs)
{
	struct virtqueue *vq = &q->vq;
	uint16_t at;

	if (unlikely(!q->indirect))
		return virtio_crypto_ordered_ring_add_direct(q, slot, table, nb_descs);
	if (vq->packed) {
		q->chains[slot] = (struct virtio_crypto_chain){ vq->avail_idx, 1 };
		virtqueue_packed_add_avail(vq, addr, nb_descs * sizeof(*table),
					   VRING_DESC_F_INDIRECT, slot);
		return 0;
	}
	at = vq->avail_idx & (vq->size - 1);
	q->chains[slot] = (struct virtio_crypto_chain){ at, 1 };
	virtqueue_indirect_set(vq, at, addr, nb_descs);
	virtqueue_add_avail(vq, at);
	return 0;
}

/**
 * Takes the next request that the device has used.
 *
 * @param written  receives how many bytes the device says to have written, any value, or
 *                 VIRTQUEUE_ALL_WRITTEN
 * @return its slot, or instead of one
 */
static __rte_always_inline uint32_t
virtio_crypto_ordered_ring_pop_used(struct virtio_crypto_queue *q, uint32_t *written)
{
	struct virtqueue *vq = &q->vq;
	uint16_t slot;
	int n;

	if (!vq->in_order) {
		if (!virtqueue_packed_is_used(vq, vq->used_idx))
			return VIRTIO_CRYPTO_NO_SLOT;
		slot = virtqueue_packed_read_used(vq, vq->used_idx, written);
		if (unlikely(slot >= q->nb_slots ||
			     virtio_crypto_inflight_op(&q->inflight[slot]) == NULL))
			return VIRTIO_CRYPTO_BAD_SLOT;
		q->deq.descs_popped += q->chains[slot].nb_descs;
		vq->used_idx = virtio_packed_next(vq->used_idx, q->chains[slot].nb_descs, vq->size);
		return slot;
	}
	if (q->deq.next_slot == q->deq.used_end) {
		n = virtio_crypto_ordered_ring_find_used(q);
		if (n <= 0)
			return likely(n == 0) ? VIRTIO_CRYPTO_NO_SLOT : VIRTIO_CRYPTO_BAD_SLOT;
	}
	slot = q->deq.next_slot++ & (q->nb_slots - 1);
	/* Of those that are used with the last one, nothing is said. */
	*written = q->deq.next_slot == q->deq.used_end ? q->deq.used_end_written :
							 VIRTQUEUE_ALL_WRITTEN;
	return slot;
}

#endif /* VIRTIO_CRYPTO_ORDERED_RING_H */
