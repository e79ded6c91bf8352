/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * From a slot to the used ring; shared by queue_fetch.c and queue_complete.c.
 *
 * Thread: the lcore that serves the queue, with the queue's lock held.
 */

#ifndef VHOST_CRYPTO_QUEUE_SLOT_H
#define VHOST_CRYPTO_QUEUE_SLOT_H

#include "dirty.h"
#include "queue.h"

/** Frees a slot, and its segment list if it has one. */
static inline void
vc_slot_free(struct vc_queue *q, struct vc_slot *slot)
{
	if (unlikely(!slot->fast_path && slot->long_segs != NULL)) {
		vc_pool_put(&q->seg_lists, slot->long_segs);
		slot->long_segs = NULL;
	}
	vc_pool_put(&q->slots, slot);
}

/** Adds the completed requests at the head of an ordered ring to the used ring. */
void vc_queue_complete_in_order(struct vc_queue *q);

/** Adds a request to the used ring; in an ordered ring, once all in front of it are completed. */
static inline void
vc_slot_complete(struct vc_queue *q, struct vc_slot *slot)
{
	if (unlikely(q->vring.in_order)) {
		slot->done = true;
		return;
	}
	if (unlikely(q->inflight != NULL))
		vc_inflight_complete_entry(q->inflight, slot->entry);
	vc_vring_add_used(&q->vring, slot->id, slot->written, slot->nb_entries);
	vc_slot_free(q, slot);
}

/** Publishes the used index, and logs the ring. @return whether the guest is to be notified */
static inline bool
vc_queue_publish_used(struct vc_queue *q)
{
	bool wanted;

	if (unlikely(q->vring.in_order))
		vc_queue_complete_in_order(q);
	if (unlikely(q->inflight != NULL))
		vc_inflight_begin_publish(q->inflight, &q->vring);
	wanted = vc_vring_publish_used(&q->vring);
	if (unlikely(q->inflight != NULL))
		vc_inflight_end_publish(q->inflight, &q->vring);
	if (unlikely(q->log != NULL))
		vc_dirty_ring(q->log, q->env.mem, &q->vring);
	return wanted;
}

#endif /* VHOST_CRYPTO_QUEUE_SLOT_H */
