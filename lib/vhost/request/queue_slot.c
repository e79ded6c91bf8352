/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "queue_slot.h"

/*
 * Whether IN_ORDER lets the next used entry imply this request: the driver then assumes that all of
 * its writable bytes were written, which holds for a request of the fast path.
 */
static inline bool
is_implied(const struct vc_slot *slot)
{
	return slot->fast_path || (slot->status != NULL && slot->written == slot->chain.write_len);
}

void
vc_queue_complete_in_order(struct vc_queue *q)
{
	uint16_t nb_entries = 0;

	while (q->order_tail != q->order_head && q->order[q->order_tail & q->order_mask]->done) {
		struct vc_slot *slot = q->order[q->order_tail++ & q->order_mask];

		nb_entries += slot->nb_entries;
		if (!is_implied(slot) || q->order_tail == q->order_head ||
		    !q->order[q->order_tail & q->order_mask]->done) {
			vc_vring_add_used(&q->vring, slot->id, slot->written, nb_entries);
			nb_entries = 0;
		}
		if (q->inflight != NULL)
			vc_inflight_complete_entry(q->inflight, slot->entry);
		vc_slot_free(q, slot);
	}
}
