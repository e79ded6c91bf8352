/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The ordered ring: a packed ring, or one with VIRTIO_F_IN_ORDER, whose descriptors are used in
 * ring order. A request is a table of descriptors in the memory of its slot, or a large one; the
 * ring has an indirect descriptor of it, or a copy.
 *
 * Threads: the lcore that enqueues adds requests and the one that dequeues pops them; or another
 * thread that may touch the ring does both.
 */

#ifndef VIRTIO_CRYPTO_ORDERED_RING_H
#define VIRTIO_CRYPTO_ORDERED_RING_H

#include "virtio_crypto_queue.h"

/** @name Instead of a slot */
/**@{*/
#define VIRTIO_CRYPTO_NO_SLOT  UINT32_MAX	/**< no used request */
#define VIRTIO_CRYPTO_BAD_SLOT (UINT32_MAX - 1) /**< the device returned an unknown descriptor */
/**@}*/

/** Adds a request without indirect descriptors; see virtio_crypto_ordered_ring_add(). */
int virtio_crypto_ordered_ring_add_direct(struct virtio_crypto_queue *q, uint16_t slot,
					  const struct vring_desc *table, uint16_t nb_descs);

/** Finds the requests that the device has used next, in order. @return their number, or -1 */
int virtio_crypto_ordered_ring_find_used(struct virtio_crypto_queue *q);

/** Whether all published requests are used. Any thread; only a hint while lcores run. */
bool virtio_crypto_ordered_ring_is_idle(const struct virtio_crypto_queue *q);

/** Resets the counters of an empty ring. */
void virtio_crypto_ordered_ring_reset(struct virtio_crypto_queue *q);

/**
 * Continues after the last request that a process published before it ended. Nothing is in flight.
 */
void virtio_crypto_ordered_ring_resume(struct virtio_crypto_queue *q);

/**
 * Adds a request to the ring.
 *
 * @param slot      of the request
 * @param table     its descriptors, in the format of the ring
 * @param addr      of the table, for the device
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
 * Pops the next used request.
 *
 * @param written  receives the bytes that the device declares to have written, any value, or
 *                 VIRTQUEUE_ALL_WRITTEN
 * @return its slot, VIRTIO_CRYPTO_NO_SLOT or VIRTIO_CRYPTO_BAD_SLOT
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
	/* With IN_ORDER only the last request of a batch has a used length. */
	*written = q->deq.next_slot == q->deq.used_end ? q->deq.used_end_written :
							 VIRTQUEUE_ALL_WRITTEN;
	return slot;
}

#endif /* VIRTIO_CRYPTO_ORDERED_RING_H */
