/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include "virtio_crypto_ordered_ring.h"

static void
add_packed(struct virtqueue *vq, uint16_t id, const struct vring_packed_desc *table, uint16_t nb)
{
	uint16_t i, flags;

	for (i = 0; i < nb; i++) {
		flags = rte_le_to_cpu_16(table[i].flags) & VRING_DESC_F_WRITE;
		if (i + 1 < nb)
			flags |= VRING_DESC_F_NEXT;
		virtqueue_packed_add_avail(vq, rte_le_to_cpu_64(table[i].addr),
					   rte_le_to_cpu_32(table[i].len), flags, id);
	}
}

static void
add_split(struct virtqueue *vq, uint16_t head, const struct vring_desc *table, uint16_t nb)
{
	uint16_t i, at = head, next;

	for (i = 0; i < nb; i++, at = next) {
		next = (at + 1) & (vq->size - 1);
		virtqueue_desc_set(vq->desc, at, rte_le_to_cpu_64(table[i].addr),
				   rte_le_to_cpu_32(table[i].len), rte_le_to_cpu_16(table[i].flags),
				   next);
	}
	virtqueue_add_avail(vq, head);
}

int
virtio_crypto_ordered_ring_add_direct(struct virtio_crypto_queue *q, uint16_t slot,
				      const struct vring_desc *table, uint16_t nb_descs)
{
	struct virtqueue *vq = &q->vq;
	uint16_t freed = __atomic_load_n(&q->deq.descs_freed, __ATOMIC_ACQUIRE);

	if (nb_descs > vq->size - (uint16_t)(q->enq.descs_added - freed))
		return -EAGAIN;
	q->enq.descs_added += nb_descs;
	if (vq->packed) {
		q->chains[slot] = (struct virtio_crypto_chain){ vq->avail_idx, nb_descs };
		add_packed(vq, slot, (const struct vring_packed_desc *)(const void *)table,
			   nb_descs);
		return 0;
	}
	q->chains[slot] = (struct virtio_crypto_chain){ q->enq.next_desc, nb_descs };
	add_split(vq, q->enq.next_desc, table, nb_descs);
	q->enq.next_desc = (q->enq.next_desc + nb_descs) & (vq->size - 1);
	return 0;
}

/* Returns the id or head by which the device returns the request of a slot. */
static uint16_t
get_id(const struct virtio_crypto_queue *q, uint16_t slot)
{
	return q->vq.packed ? slot : q->chains[slot].start;
}

/* Counts the published requests that are not known to be used. */
static uint16_t
count_in_flight(const struct virtio_crypto_queue *q)
{
	return __atomic_load_n(&q->enq.published, __ATOMIC_ACQUIRE) - q->deq.used_end;
}

int
virtio_crypto_ordered_ring_find_used(struct virtio_crypto_queue *q)
{
	struct virtio_crypto_dequeue_side *d = &q->deq;
	uint16_t limit, n = 0, nb_descs = 0, slot;
	struct virtqueue *vq = &q->vq;
	uint32_t id;

	if (vq->packed) {
		if (!virtqueue_packed_is_used(vq, vq->used_idx))
			return 0;
		id = virtqueue_packed_read_used(vq, vq->used_idx, &d->used_end_written);
		limit = count_in_flight(q);
	} else {
		n = virtqueue_count_used(vq);
		if (n == 0)
			return 0;
		if (n > count_in_flight(q))
			return -1;
		limit = n;
		id = virtqueue_pop_used(vq, &d->used_end_written);
	}
	n = 0;
	do {
		if (n == limit)
			return -1;
		slot = (uint16_t)(d->used_end + n++) & (q->nb_slots - 1);
		nb_descs += q->chains[slot].nb_descs;
	} while (get_id(q, slot) != id);
	d->descs_popped += nb_descs;
	d->used_end += n;
	if (vq->packed)
		vq->used_idx = virtio_packed_next(vq->used_idx, nb_descs, vq->size);
	else
		vq->used_idx += n - 1;
	return n;
}

/*
 * Finds the slot of the request at a position, as its process may have ended before recording it.
 */
static uint16_t
find_slot(const struct virtio_crypto_queue *q, uint16_t off_wrap)
{
	uint16_t i = 0;

	while (i < q->nb_slots &&
	       q->chains[(q->deq.next_slot + i) & (q->nb_slots - 1)].start != off_wrap)
		i++;
	return q->deq.next_slot + i;
}

bool
virtio_crypto_ordered_ring_is_idle(const struct virtio_crypto_queue *q)
{
	const struct virtqueue *vq = &q->vq;
	uint16_t off_wrap = vq->used_idx, left = vq->size, slot, id, nb_descs;
	uint32_t written;

	if (!vq->packed)
		return virtqueue_count_used(vq) == (uint16_t)(vq->avail_idx - vq->used_idx);
	slot = vq->in_order ? find_slot(q, off_wrap) : 0;
	while (off_wrap != vq->published && left > 0) {
		if (!virtqueue_packed_is_used(vq, off_wrap))
			return false;
		id = virtqueue_packed_read_used(vq, off_wrap, &written) & (q->nb_slots - 1);
		nb_descs = q->chains[id].nb_descs;
		if (vq->in_order)
			for (nb_descs = 0; nb_descs < left; slot++) {
				nb_descs += q->chains[slot & (q->nb_slots - 1)].nb_descs;
				if ((slot & (q->nb_slots - 1)) == id) {
					slot++;
					break;
				}
			}
		/* Invalid ids are left for pop_used() to report. */
		if (nb_descs == 0 || nb_descs > left)
			return true;
		left -= nb_descs;
		off_wrap = virtio_packed_next(off_wrap, nb_descs, vq->size);
	}
	return true;
}

void
virtio_crypto_ordered_ring_reset(struct virtio_crypto_queue *q)
{
	q->deq.next_slot = q->enq.next_slot;
	q->deq.used_end = q->enq.next_slot;
	q->enq.descs_added = 0;
	q->deq.descs_popped = 0;
	q->deq.descs_freed = 0;
}

void
virtio_crypto_ordered_ring_resume(struct virtio_crypto_queue *q)
{
	const struct virtqueue *vq = &q->vq;
	uint16_t i, last;

	virtio_crypto_ordered_ring_reset(q);
	if (vq->packed || q->indirect)
		return;
	last = rte_le_to_cpu_16(vq->avail->ring[(uint16_t)(vq->avail_idx - 1) & (vq->size - 1)]);
	q->enq.next_desc = 0;
	for (i = 0; i < q->nb_slots; i++)
		if (q->chains[i].start == last && q->chains[i].nb_descs > 0)
			q->enq.next_desc = (last + q->chains[i].nb_descs) & (vq->size - 1);
}
