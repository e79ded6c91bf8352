/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Dequeue: used requests become operations again (section "Data Virtqueue"). Runs on the lcore that
 * dequeues; nothing here waits, allocates or takes a lock.
 */

#include <rte_prefetch.h>

#include "virtio_crypto_burst.h"
#include "virtio_crypto_complete.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_notify.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_retire.h"
#include "virtio_crypto_sides.h"

/* Gives the device up that returned an unknown descriptor: its operations fail. */
static void
fail_queue(struct virtio_crypto_queue *q)
{
	VIRTIO_CRYPTO_LOG(ERR, "queue %u: the device returned an unknown descriptor", q->vq.index);
	q->deq.broken = true;
	virtio_crypto_counter_add(&q->deq.error_count, 1);
	virtio_crypto_notify_failure(q);
}

/* Used requests whose slots are prefetched together. */
#define PREFETCH_BATCH 16

/* pop_used() of an ordered ring. */
static uint16_t
pop_used_ordered(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint32_t slots[PREFETCH_BATCH], written[PREFETCH_BATCH], slot = 0;
	uint16_t done = 0, n, i;

	do {
		for (n = 0; n < RTE_MIN(PREFETCH_BATCH, nb_ops - done); n++) {
			slot = virtio_crypto_ordered_ring_pop_used(q, &written[n]);
			if (slot >= VIRTIO_CRYPTO_BAD_SLOT)
				break;
			slots[n] = slot;
			rte_prefetch0(q->slots[slot].ivs);
		}
		for (i = 0; i < n && slot != VIRTIO_CRYPTO_BAD_SLOT; i++) {
			ops[done] = complete(q, slots[i], written[i]);
			if (unlikely(ops[done] == NULL))
				slot = VIRTIO_CRYPTO_BAD_SLOT;
			else if (unlikely(ops[done++]->status != RTE_CRYPTO_OP_STATUS_SUCCESS))
				virtio_crypto_counter_add(&q->deq.error_count, 1);
		}
	} while (slot < VIRTIO_CRYPTO_BAD_SLOT && done < nb_ops);
	if (unlikely(slot == VIRTIO_CRYPTO_BAD_SLOT))
		fail_queue(q);
	return done;
}

/* Completes up to nb_ops used chains. */
static __rte_always_inline uint16_t
pop_used(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint32_t head, written;
	uint16_t used, n, i;

	if (unlikely(q->deq.broken))
		return 0;
	if (unlikely(q->ordered))
		return pop_used_ordered(q, ops, nb_ops);
	used = virtqueue_count_used(&q->vq);
	if (unlikely(used > q->nb_slots)) {
		fail_queue(q);
		return 0;
	}
	n = RTE_MIN(used, nb_ops);
	for (i = 0; i < n; i++) {
		head = virtqueue_peek_used(&q->vq, i) >> q->desc_shift;
		if (likely(head < q->nb_slots))
			rte_prefetch0(q->slots[head].ivs);
	}
	for (i = 0; i < n; i++) {
		head = virtqueue_pop_used(&q->vq, &written);
		ops[i] = complete(q, head, written);
		if (unlikely(ops[i] == NULL)) {
			fail_queue(q);
			break;
		}
		if (unlikely(ops[i]->status != RTE_CRYPTO_OP_STATUS_SUCCESS))
			virtio_crypto_counter_add(&q->deq.error_count, 1);
	}
	return i;
}

/* Takes up to nb_ops operations that were finished without the device. */
static uint16_t
pop_finished(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint32_t tail = q->deq.finished_tail;
	uint16_t i, n = RTE_MIN(nb_ops, virtio_crypto_queue_nb_finished(q));

	for (i = 0; i < n; i++) {
		ops[i] = q->finished[tail++ & (2u * q->nb_slots - 1)];
		if (ops[i]->status != RTE_CRYPTO_OP_STATUS_SUCCESS)
			virtio_crypto_counter_add(&q->deq.error_count, 1);
	}
	__atomic_store_n(&q->deq.finished_tail, tail, __ATOMIC_RELEASE);
	return n;
}

/* Publishes the freed slots to the other lcore: all before the oldest request in flight. */
static __rte_always_inline void
free_slots(struct virtio_crypto_queue *q)
{
	const uint16_t end = __atomic_load_n(&q->enq.published, __ATOMIC_ACQUIRE);
	const uint16_t mask = q->nb_slots - 1;
	uint16_t freed = q->deq.freed;

	if (unlikely(q->ordered))
		__atomic_store_n(&q->deq.descs_freed, q->deq.descs_popped, __ATOMIC_RELEASE);
	if (q->vq.in_order)
		freed = q->deq.next_slot;
	else
		while (freed != end &&
		       virtio_crypto_inflight_op(&q->inflight[freed & mask]) == NULL)
			freed++;
	__atomic_store_n(&q->deq.freed, freed, __ATOMIC_RELEASE);
}

static __rte_always_inline uint16_t
dequeue_live(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint16_t n = 0, used;

	if (unlikely(virtio_crypto_queue_nb_finished(q) > 0))
		n = pop_finished(q, ops, nb_ops);
	used = pop_used(q, ops + n, nb_ops - n);
	/* A failed queue may have popped requests that still own their slots. */
	if (likely(used > 0 && !q->deq.broken))
		free_slots(q);
	return n + used;
}

static uint16_t
dequeue_offline(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	virtio_crypto_retire_if_lost(q, &q->enq.inside);
	if (virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_RETIRE)
		return 0;
	return pop_finished(q, ops, nb_ops);
}

uint16_t
virtio_crypto_dequeue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	struct virtio_crypto_queue *q = qp;

	return virtio_crypto_side_run(q, &q->deq.inside, &q->deq.count, dequeue_live,
				      dequeue_offline, ops, nb_ops);
}
