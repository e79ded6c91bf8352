/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "virtio_crypto_complete.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_retire.h"
#include "virtio_crypto_sides.h"

/* Pops one more used operation, NULL if there is none. */
static struct rte_crypto_op *
pop_one_used(struct virtio_crypto_queue *q)
{
	uint32_t head, written = 0;
	uint16_t used;

	if (q->ordered) {
		head = virtio_crypto_ordered_ring_pop_used(q, &written);
	} else {
		used = virtqueue_count_used(&q->vq);
		if (used == 0 || used > q->nb_slots)
			return NULL;
		head = virtqueue_pop_used(&q->vq, &written);
	}
	return complete(q, head, written);
}

void
virtio_crypto_retire_queue(struct virtio_crypto_queue *q)
{
	struct rte_crypto_op *op;
	uint32_t i;

	while (!q->deq.broken && (op = pop_one_used(q)) != NULL)
		virtio_crypto_queue_finish(q, op);
	for (i = 0; i < q->nb_slots; i++) {
		struct virtio_crypto_inflight *f =
			&q->inflight[(q->enq.next_slot + i) & (q->nb_slots - 1)];

		if (f->op != NULL && f->nb_slots > 0) {
			f->op->status = RTE_CRYPTO_OP_STATUS_ERROR;
			virtio_crypto_queue_finish(q, f->op);
		}
		f->op = NULL;
	}
}

void
virtio_crypto_retire_if_lost(struct virtio_crypto_queue *q, const uint32_t *other)
{
	if (!virtio_crypto_queue_change_state(q, VIRTIO_CRYPTO_QUEUE_LOST,
					      VIRTIO_CRYPTO_QUEUE_RETIRE))
		return;
	virtio_crypto_sides_fence_all();
	if (__atomic_load_n(other, __ATOMIC_ACQUIRE) != 0) {
		/* The other lcore will notice the loss, or this one in its next burst. */
		virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LOST);
		return;
	}
	virtio_crypto_retire_queue(q);
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_OFFLINE);
}
