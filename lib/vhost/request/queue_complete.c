/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The last phase of a request: from an operation to the used ring. */

#include <string.h>

#include "batch.h"
#include "log.h"
#include "queue.h"
#include "queue_slot.h"
#include "request.h"
#include "request_akcipher.h"

/*
 * Whether the guest is not to be told of this request but with the next one, of which there is one:
 * it takes such a request for written as far as it goes, which a plain one is.
 */
static inline bool
is_implied(const struct vc_slot *slot)
{
	return slot->plain || (slot->status != NULL && slot->written == slot->chain.write_len);
}

/* Gives back all whose turn it is; those behind one another with one word. */
void
vc_queue_complete_in_order(struct vc_queue *q)
{
	uint16_t nb_entries = 0;

	while (q->order_tail != q->order_head && q->order[q->order_tail & q->order_mask]->done) {
		struct vc_slot *slot = q->order[q->order_tail++ & q->order_mask];

		nb_entries += slot->nb_entries;
		if (!is_implied(slot) || q->order_tail == q->order_head ||
		    !q->order[q->order_tail & q->order_mask]->done) {
			vc_vring_give(&q->vring, slot->id, slot->written, nb_entries);
			nb_entries = 0;
		}
		if (q->inflight != NULL)
			vc_inflight_give(q->inflight, slot->entry);
		vc_slot_free(q, slot);
	}
}

/* Logs what was written for a plain request. */
static __rte_noinline void
log_plain(const struct vc_queue *q, uint8_t *data, uint32_t len, uint8_t *status)
{
	struct vc_seg segs[] = { { data, len }, { status, 1 } };
	const struct vc_chain chain = { .segs = segs, .nb_write = RTE_DIM(segs) };

	vc_dirty_chain(q->log, q->env.mem, &chain);
}

/* Logs what was written for a request. */
static __rte_noinline void
log_result(const struct vc_queue *q, const struct vc_slot *slot)
{
	if (slot->plain)
		log_plain(q, slot->src.buf_addr, slot->src.data_len, slot->status);
	else
		vc_dirty_chain(q->log, q->env.mem, &slot->chain);
}

/* Gives one result back, with the queue's lock held. */
static inline void
complete_one(struct vc_queue *q, struct vc_slot *slot, const struct rte_crypto_op *op,
	     const bool logged)
{
	uint8_t status = likely(op->type == RTE_CRYPTO_OP_TYPE_SYMMETRIC) ?
		vc_request_finish(slot, op) :
		vc_request_finish_akcipher(q, op);

	vc_request_answer(slot, status);
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
 * Gives back the first results that are of plain requests and of one queue, all well, in the usual
 * ring; returns how many.
 */
static __rte_always_inline uint16_t
complete_plain(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t nb)
{
	struct vring_used_elem *used = q->vring.used->ring;
	struct vc_slot **free_slots = q->free_slots + q->nb_free;
	uint16_t mask = q->vring.mask, next = q->vring.next_used, i;

	for (i = 0; i < nb; i++) {
		const struct rte_crypto_op *op = ops[i];
		struct vc_slot *slot;
		struct vring_used_elem *e;

		if (unlikely(op->type != RTE_CRYPTO_OP_TYPE_SYMMETRIC ||
			     op->status != RTE_CRYPTO_OP_STATUS_SUCCESS))
			break;
		slot = container_of(op->sym->m_src, struct vc_slot, src);
		if (unlikely(slot->queue != q || !slot->plain))
			break;
		*slot->status = VIRTIO_CRYPTO_OK;
		(*slot->session_refs)--;
		e = &used[next++ & mask];
		e->id = rte_cpu_to_le_32(slot->id);
		e->len = rte_cpu_to_le_32(slot->written);
		free_slots[i] = slot;
	}
	q->vring.next_used = next;
	q->nb_free += i;
	q->stats.completed += i;
	return i;
}

/* Gives back those of @p nb results that are of one queue; returns how many. */
static inline uint16_t
complete_some(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t nb)
{
	const bool logged = q->log != NULL;
	const bool usual = !logged && !q->vring.packed && !q->vring.in_order && q->inflight == NULL;
	uint16_t i = 0;

	while (i < nb && vc_op_slot(ops[i])->queue == q) {
		uint16_t n = likely(usual) ? complete_plain(q, &ops[i], nb - i) : 0;

		if (unlikely(n == 0)) {
			complete_one(q, vc_op_slot(ops[i]), ops[i], logged);
			n = 1;
		}
		i += n;
	}
	return i;
}

/* Shows the guest what was given back, and notifies it if it wants that. Lock held. */
static __rte_always_inline void
show(struct vc_queue *q, void (*notify)(void *arg, struct vc_queue *q), void *arg)
{
	if (!vc_queue_publish(q))
		return;
	q->stats.notified++;
	if (notify != NULL)
		notify(arg, q);
	else
		vc_vring_call(&q->vring);
}

/*
 * vc_queue_complete() of what the library got out of a queue pair, where each queue may name its
 * cryptodev by another index; or of what the program did.
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
		done = complete_some(q, &ops[i], nb - i);
		i += done;
		q->in_flight -= done;
		if (polled)
			q->cdev_in_flight[cdev] -= done;
		show(q, notify, arg);
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
	/* Charged to the first one's queue, since a burst is of one queue as a rule. */
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

/* Whether all that is in the batch went well. */
static inline bool
batch_done(const struct vc_batch *batch)
{
	int32_t results = 0;
	uint16_t i;

	for (i = 0; i < batch->nb; i++)
		results |= batch->results[i];
	return likely(results == 0);
}

/* Gives back what is in the batch, in any ring, done or not. */
static __rte_noinline void
batch_give_any(struct vc_queue *q, const struct vc_batch *batch)
{
	uint16_t i;

	for (i = 0; i < batch->nb; i++) {
		const struct rte_crypto_vec *data = &batch->data[i];
		const bool done = batch->results[i] == 0;

		*batch->statuses[i] = done ? VIRTIO_CRYPTO_OK : VIRTIO_CRYPTO_ERR;
		if (q->log != NULL)
			log_plain(q, data->base, data->len, batch->statuses[i]);
		vc_vring_give(&q->vring, batch->ids[i], data->len + 1, 1);
		q->stats.completed += done;
		q->stats.failed += !done;
	}
}

/* The same in the usual ring, where all is done and nothing logged. */
static inline void
batch_give_usual(struct vc_queue *q, const struct vc_batch *batch)
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

/* Has what is in the batch done, and gives it back; returns how many requests that were. */
uint16_t
vc_queue_run_batch(struct vc_queue *q)
{
	struct vc_batch *batch = q->batch;
	uint16_t nb = batch->nb;

	if (nb == 0)
		return 0;
	vc_batch_process(batch, q->env.sessions->cdev_ids[batch->cdev]);
	rte_spinlock_lock(&q->lock);
	if (likely(!q->vring.packed && q->log == NULL && batch_done(batch)))
		batch_give_usual(q, batch);
	else
		batch_give_any(q, batch);
	*batch->session_refs -= nb;
	q->in_flight -= nb;
	show(q, NULL, NULL);
	rte_spinlock_unlock(&q->lock);
	batch->nb = 0;
	return nb;
}
