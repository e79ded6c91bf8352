/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The last phase of a request: from an operation to the used ring. */

#include <string.h>

#include "batch.h"
#include "log.h"
#include "queue.h"
#include "queue_complete.h"
#include "queue_slot.h"
#include "request.h"
#include "request_akcipher.h"

/* Marks data and status of a request of the fast path as dirty. */
static __rte_noinline void
log_fast_path(const struct vc_queue *q, uint8_t *data, uint32_t len, uint8_t *status)
{
	struct vc_seg segs[] = { { data, len }, { status, 1 } };
	const struct vc_chain chain = { .segs = segs, .nb_write = RTE_DIM(segs) };

	vc_dirty_chain(q->log, q->env.mem, &chain);
}

/* Marks what was written for a request as dirty. */
static __rte_noinline void
log_result(const struct vc_queue *q, const struct vc_slot *slot)
{
	if (slot->fast_path)
		log_fast_path(q, slot->src.buf_addr, slot->src.data_len, slot->status);
	else
		vc_dirty_chain(q->log, q->env.mem, &slot->chain);
}

/* Completes one operation, with the queue's lock held. */
static inline void
complete_one(struct vc_queue *q, struct vc_slot *slot, const struct rte_crypto_op *op,
	     const bool logged)
{
	uint8_t status = likely(op->type == RTE_CRYPTO_OP_TYPE_SYMMETRIC) ?
		vc_request_finish(slot, op) :
		vc_request_finish_akcipher(q, op);

	vc_request_write_status(slot, status);
	if (logged)
		log_result(q, slot);
	if (likely(status == VIRTIO_CRYPTO_OK))
		q->stats.completed++;
	else
		q->stats.failed++;
	vc_request_release(q, slot);
	vc_slot_complete(q, slot);
}

/*
 * Completes the leading operations that succeeded, belong to this queue and were built by the fast
 * path, in a split ring without IN_ORDER. Returns their number.
 */
static __rte_always_inline uint16_t
complete_fast_path(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t nb)
{
	struct vring_used_elem *used = q->vring.used->ring;
	void **free_slots = q->slots.free + q->slots.nb_free;
	uint16_t mask = q->vring.mask, next = q->vring.next_used, i;

	for (i = 0; i < nb; i++) {
		const struct rte_crypto_op *op = ops[i];
		struct vc_slot *slot;
		struct vring_used_elem *e;

		if (unlikely(op->type != RTE_CRYPTO_OP_TYPE_SYMMETRIC ||
			     op->status != RTE_CRYPTO_OP_STATUS_SUCCESS))
			break;
		slot = container_of(op->sym->m_src, struct vc_slot, src);
		if (unlikely(slot->queue != q || !slot->fast_path))
			break;
		*slot->status = VIRTIO_CRYPTO_OK;
		(*slot->session_refs)--;
		e = &used[next++ & mask];
		e->id = rte_cpu_to_le_32(slot->id);
		e->len = rte_cpu_to_le_32(slot->written);
		free_slots[i] = slot;
	}
	q->vring.next_used = next;
	q->slots.nb_free += i;
	q->stats.completed += i;
	return i;
}

/* Completes the leading operations that belong to this queue. Returns their number. */
static inline uint16_t
complete_queue(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t nb)
{
	const bool logged = q->log != NULL;
	const bool fast = !logged && !q->vring.packed && !q->vring.in_order && q->inflight == NULL;
	uint16_t i = 0;

	while (i < nb && vc_op_slot(ops[i])->queue == q) {
		uint16_t n = likely(fast) ? complete_fast_path(q, &ops[i], nb - i) : 0;

		if (unlikely(n == 0)) {
			complete_one(q, vc_op_slot(ops[i]), ops[i], logged);
			n = 1;
		}
		i += n;
	}
	return i;
}

/* Publishes the used index, and notifies the guest if it requests that. Lock held. */
static __rte_always_inline void
publish(struct vc_queue *q, void (*notify)(void *arg, struct vc_queue *q), void *arg)
{
	if (!vc_queue_publish_used(q))
		return;
	q->stats.notified++;
	if (notify != NULL)
		notify(arg, q);
	else
		vc_vring_call(&q->vring);
}

/*
 * Completes operations of any queues. With @p polled they come from a queue pair that the library
 * polls, so that they are counted per cryptodev.
 */
static __rte_always_inline void
complete(struct rte_crypto_op **ops, uint16_t nb, bool polled,
	 void (*notify)(void *arg, struct vc_queue *q), void *arg)
{
	uint16_t i = 0;

	while (i < nb) {
		const struct vc_slot *slot = vc_op_slot(ops[i]);
		struct vc_queue *q = slot->queue;
		const uint8_t cdev = slot->cdev;
		uint16_t done;

		rte_spinlock_lock(&q->lock);
		done = complete_queue(q, &ops[i], nb - i);
		i += done;
		q->in_flight -= done;
		if (polled)
			q->cdev_in_flight[cdev] -= done;
		publish(q, notify, arg);
		rte_spinlock_unlock(&q->lock);
	}
}

void
vc_queue_complete(struct rte_crypto_op **ops, uint16_t nb,
		  void (*notify)(void *arg, struct vc_queue *q), void *arg)
{
	struct vc_queue *q;

	if (nb == 0)
		return;
	/* The first queue is charged: a burst belongs to one queue as a rule. */
	q = vc_op_slot(ops[0])->queue;
	vc_budget_meter(&q->budget);
	complete(ops, nb, false, notify, arg);
	vc_budget_end(&q->budget);
}

void
vc_queue_complete_reaped(struct rte_crypto_op **ops, uint16_t nb)
{
	complete(ops, nb, true, NULL, NULL);
}

void
vc_queue_complete_refused(struct rte_crypto_op *op)
{
	complete(&op, 1, false, NULL, NULL);
}

/* Whether all requests of the batch succeeded. */
static inline bool
all_succeeded(const struct vc_batch *batch)
{
	int32_t results = 0;
	uint16_t i;

	for (i = 0; i < batch->nb; i++)
		results |= batch->results[i];
	return likely(results == 0);
}

/* Completes the batch in a ring of any format, whatever the results. */
static __rte_noinline void
complete_batch_any(struct vc_queue *q, const struct vc_batch *batch)
{
	uint16_t i;

	for (i = 0; i < batch->nb; i++) {
		const struct rte_crypto_vec *data = &batch->data[i];
		const bool done = batch->results[i] == 0;

		*batch->statuses[i] = done ? VIRTIO_CRYPTO_OK : VIRTIO_CRYPTO_ERR;
		if (q->log != NULL)
			log_fast_path(q, data->base, data->len, batch->statuses[i]);
		vc_vring_add_used(&q->vring, batch->ids[i], data->len + 1, 1);
		q->stats.completed += done;
		q->stats.failed += !done;
	}
}

/* Completes the batch in a split ring, where all succeeded and no writes are logged. */
static inline void
complete_batch_split(struct vc_queue *q, const struct vc_batch *batch)
{
	struct vring_used_elem *used = q->vring.used->ring;
	const uint16_t mask = q->vring.mask, nb = batch->nb;
	uint16_t next = q->vring.next_used, i;

	for (i = 0; i < nb; i++) {
		struct vring_used_elem *e = &used[next++ & mask];

		*batch->statuses[i] = VIRTIO_CRYPTO_OK;
		e->id = rte_cpu_to_le_32(batch->ids[i]);
		e->len = rte_cpu_to_le_32(batch->data[i].len + 1);
	}
	q->vring.next_used = next;
	q->stats.completed += nb;
}

uint16_t
vc_queue_run_batch(struct vc_queue *q)
{
	struct vc_batch *batch = q->batch;
	uint16_t nb = batch->nb;

	if (nb == 0)
		return 0;
	vc_batch_process(batch, q->env.sessions->cdev_ids[batch->cdev]);
	rte_spinlock_lock(&q->lock);
	if (likely(!q->vring.packed && q->log == NULL && all_succeeded(batch)))
		complete_batch_split(q, batch);
	else
		complete_batch_any(q, batch);
	*batch->session_refs -= nb;
	q->in_flight -= nb;
	publish(q, NULL, NULL);
	rte_spinlock_unlock(&q->lock);
	batch->nb = 0;
	return nb;
}
