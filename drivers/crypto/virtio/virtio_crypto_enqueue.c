/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Enqueue: operations become requests on the ring (section "Data Virtqueue"). Runs on the lcore
 * that enqueues; nothing here allocates, takes a lock, or waits longer than pace() does.
 */

#include <errno.h>

#include <rte_atomic.h>
#include <rte_cycles.h>
#include <rte_pause.h>
#include <rte_prefetch.h>

#include "virtio_crypto_asym.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_notify.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_request_build.h"
#include "virtio_crypto_retire.h"
#include "virtio_crypto_shared.h"
#include "virtio_crypto_sides.h"

/* Slots to prefetch ahead. */
#define PREFETCH_AHEAD 8

/*
 * Bytes of data at the device, and slots whatever their data, beyond which an enqueue is paced. An
 * application that enqueues faster than the device works has all its buffers in flight otherwise,
 * which costs 20 to 50 % of the throughput when they exceed the caches. With 48 slots, a burst of
 * 32 waits for the last but one: the device is busy with the last one meanwhile.
 */
#define PACE_BYTES (1u << 19)
#define PACE_SLOTS 48

/* Adds a request, complete in its table, to the ring. */
static __rte_always_inline int
add_table(struct virtio_crypto_queue *q, const struct request *r, uint16_t pos, uint64_t table_addr,
	  uint8_t *large)
{
	if (likely(!q->ordered)) {
		virtqueue_indirect_set(&q->vq, pos, table_addr,
				       r->scattered ? VIRTIO_CRYPTO_SLOT_TABLE : r->nb);
		virtqueue_add_avail(&q->vq, pos);
		return 0;
	}
	if (virtio_crypto_ordered_ring_add(q, pos, r->table, table_addr, r->nb) != 0)
		return NO_ROOM;
	if (!q->indirect) /* the ring has a copy */
		*large = VIRTIO_CRYPTO_LARGE_TABLES;
	return 0;
}

/* Builds the request in its own table: the table of its slot, or a large one if it does not fit. */
static __rte_always_inline int
build_table(struct virtio_crypto_queue *q, struct request *r, uint16_t pos, uint8_t *large)
{
	uint64_t table_addr = r->addr;
	int ret;

	r->first = 0;
	r->mask = UINT16_MAX;
	r->max = VIRTIO_CRYPTO_SLOT_DESCS;
	if (likely(q->scattered)) {
		r->table = &r->slot->first;
		r->scattered = true;
		ret = build(r);
	} else {
		r->table = r->slot->table;
		r->scattered = false;
		table_addr += offsetof(struct virtio_crypto_slot, table);
		ret = build_noinline(r);
	}
	if (unlikely(ret == TOO_LARGE)) {
		if (virtio_crypto_id_pool_count(&q->free_large) == 0)
			return NO_ROOM;
		*large = virtio_crypto_id_pool_peek(&q->free_large);
		r->table = q->large[*large].desc;
		r->scattered = false;
		r->max = q->max_descs;
		table_addr = q->large[*large].addr;
		ret = build_noinline(r);
	}
	if (likely(ret == 0))
		ret = add_table(q, r, pos, table_addr, large);
	if (unlikely(*large != VIRTIO_CRYPTO_LARGE_TABLES && ret == 0))
		virtio_crypto_id_pool_get(&q->free_large);
	return ret;
}

/* Builds the request on the ring itself, at the descriptors of its slot. */
static int
build_direct(struct virtio_crypto_queue *q, struct request *r, uint16_t pos)
{
	uint16_t nb_free = q->enq.free_end - q->enq.next_slot;
	uint16_t n = RTE_MIN(nb_free, 2); /* enough for data in one segment */
	int ret;

	/* An operation may use several slots, so a burst may run out of them. */
	if (n == 0)
		return NO_ROOM;
	r->table = q->vq.desc;
	r->scattered = false;
	r->first = pos << q->desc_shift;
	r->mask = q->vq.size - 1;
	r->max = n << q->desc_shift;
	ret = build_noinline(r);
	if (ret == TOO_LARGE) {
		r->max = RTE_MIN(nb_free << q->desc_shift, q->max_descs);
		ret = build_noinline(r);
		if (ret == TOO_LARGE && nb_free < q->nb_slots)
			return NO_ROOM;
	}
	if (likely(ret == 0))
		virtqueue_add_avail(&q->vq, pos << q->desc_shift);
	return ret;
}

/* Fills the session of a session-less operation. */
static const struct virtio_crypto_session *
stateless_session(const struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	if (q->enq.stateless != NULL && op->sym->xform != NULL &&
	    virtio_crypto_sym_session_fill_stateless(q->dev, op->sym->xform, q->enq.stateless) == 0)
		return q->enq.stateless;
	op->status = RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	return NULL;
}

/* Finds a session that another device created, or this one before it was closed, on this device. */
static __rte_noinline const struct virtio_crypto_session *
shared_session(const struct virtio_crypto_queue *q, const struct virtio_crypto_session_ref *ref)
{
	const struct virtio_crypto_shared_entry *on = virtio_crypto_shared_find(
		ref->shared, q->dev_id, q->instance);

	if (on == NULL || !__atomic_load_n(&on->sym.session->ready, __ATOMIC_RELAXED))
		return NULL;
	return on->sym.session;
}

/* Finds the session of an operation on the device of this queue; else sets the status. */
static __rte_always_inline const struct virtio_crypto_session *
find_session(const struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	const struct virtio_crypto_session_ref *ref;
	const struct virtio_crypto_session *s;

	if (unlikely(op->type != RTE_CRYPTO_OP_TYPE_SYMMETRIC || op->sym->m_src == NULL)) {
		op->status = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
		return NULL;
	}
	if (likely(op->sess_type == RTE_CRYPTO_OP_WITH_SESSION && op->sym->session != NULL)) {
		ref = CRYPTODEV_GET_SYM_SESS_PRIV(op->sym->session);
		if (likely(ref->dev == q->dev &&
			   __atomic_load_n(&ref->session->ready, __ATOMIC_RELAXED)))
			return ref->session;
		s = shared_session(q, ref);
		if (likely(s != NULL))
			return s;
	}
	if (op->sess_type == RTE_CRYPTO_OP_SESSIONLESS)
		return stateless_session(q, op);
	op->status = virtio_crypto_queue_unready_status(q);
	return NULL;
}

/* Records that a request is in flight, in all slots that it uses. */
static __rte_always_inline void
record_inflight(struct virtio_crypto_queue *q, const struct request *r, uint16_t pos, uint8_t large)
{
	uint16_t n = (r->nb + (1u << q->desc_shift) - 1) >> q->desc_shift, i;
	struct virtio_crypto_inflight *f = &q->inflight[pos];

	if (likely(q->indirect || q->ordered))
		n = 1;
	f->nb_slots = n;
	f->digest = unlikely(r->digest_inside) ? VIRTIO_CRYPTO_DIGEST_INSIDE : r->s->digest;
	f->digest_len = r->s->digest_len;
	f->large = large;
	f->status = r->status;
	virtio_crypto_inflight_set_op(f, r->op);
	for (i = 1; unlikely(i < n); i++) {
		f = &q->inflight[(pos + i) & (q->nb_slots - 1)];
		f->nb_slots = 0;
		virtio_crypto_inflight_set_op(f, r->op);
	}
	q->enq.next_slot += n;
}

/* Puts the operation onto the ring, into the next slot, which is free. */
static __rte_always_inline int
submit(struct virtio_crypto_queue *q, struct rte_crypto_op *op,
       const struct virtio_crypto_session *s)
{
	uint16_t pos = q->enq.next_slot & (q->nb_slots - 1);
	uint8_t large = VIRTIO_CRYPTO_LARGE_TABLES;
	struct request r = {
		.q = q,
		.s = s,
		.op = op,
		.slot = &q->slots[pos],
		.inflight = &q->inflight[pos],
		.status = virtio_crypto_slot_status(s),
		.addr = q->slots_addr + pos * sizeof(struct virtio_crypto_slot),
	};
	int ret;

	if (likely(q->indirect || q->ordered))
		ret = build_table(q, &r, pos, &large);
	else
		ret = build_direct(q, &r, pos);
	if (unlikely(ret != 0))
		return ret;
	record_inflight(q, &r, pos, large);
	return 0;
}

/* Reads how many finished operations the other lcore has popped. */
static __rte_always_inline void
refresh_finished_end(struct virtio_crypto_queue *q)
{
	q->enq.finished_end = __atomic_load_n(&q->deq.finished_tail, __ATOMIC_ACQUIRE) +
		q->nb_slots;
}

/* Reads which slots the other lcore has freed. */
static __rte_always_inline void
refresh_free_end(struct virtio_crypto_queue *q)
{
	q->enq.free_end = __atomic_load_n(&q->deq.freed, __ATOMIC_ACQUIRE) + q->nb_slots;
}

/* Finishes an operation, whose status is set, without the device. */
static void
reject(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	virtio_crypto_counter_add(&q->enq.error_count, 1);
	virtio_crypto_queue_finish(q, op);
}

/* Without a device, operations are accepted and finish as failed. */
static uint16_t
enqueue_offline(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint32_t state;
	uint16_t i;

	virtio_crypto_retire_if_lost(q, &q->deq.inside);
	state = virtio_crypto_queue_state(q);
	/* The lcore that dequeues has it, or is just leaving. */
	if (state == VIRTIO_CRYPTO_QUEUE_LOST || state == VIRTIO_CRYPTO_QUEUE_RETIRE)
		return 0;
	refresh_finished_end(q);
	for (i = 0; i < nb_ops && q->enq.finished_head != q->enq.finished_end; i++) {
		ops[i]->status = RTE_CRYPTO_OP_STATUS_ERROR;
		reject(q, ops[i]);
	}
	return i;
}

static __rte_always_inline void
prefetch_slot(const struct virtio_crypto_queue *q, uint16_t pos)
{
	struct virtio_crypto_slot *slot = &q->slots[pos & (q->nb_slots - 1)];

	rte_prefetch0(slot);
	rte_prefetch0(&slot->header[RTE_CACHE_LINE_SIZE]);
	rte_prefetch0_write(slot->ivs);
	rte_prefetch0(slot->more);
}

/*
 * Accepts one operation: adds it to the ring, or finishes it with an error. False without room for
 * either. A slot and an entry of the finished ring are free.
 */
static __rte_always_inline bool
enqueue_one(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	const struct virtio_crypto_session *s;
	int ret;

	s = find_session(q, op);
	if (likely(s != NULL)) {
		ret = submit(q, op, s);
		if (likely(ret == 0))
			return true;
		if (ret == NO_ROOM)
			return false;
		op->status = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	} else if (op->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC && q->asym != NULL) {
		ret = virtio_crypto_asym_submit(q, op);
		if (ret != -EINVAL)
			return ret == 0;
	}
	reject(q, op);
	return true;
}

/* Publishes the added requests to the device and to the lcore that dequeues. */
static __rte_always_inline void
publish(struct virtio_crypto_queue *q)
{
	__atomic_store_n(&q->enq.published, q->enq.next_slot, __ATOMIC_RELEASE);
	virtqueue_publish_avail(&q->vq);
	if (unlikely(virtqueue_needs_kick(&q->vq)))
		virtio_crypto_notify_device(q);
}

/* Whether the device has completed the request of a slot, which is in flight. */
static inline bool
is_completed(const struct virtio_crypto_queue *q, uint16_t pos)
{
	const uint8_t *slot = (const uint8_t *)&q->slots[pos];

	return __atomic_load_n(slot + q->inflight[pos].status, __ATOMIC_RELAXED) !=
		VIRTIO_CRYPTO_ERR;
}

/*
 * Waits until the device has no more requests than the pace allows, at most one cycle per byte to
 * be enqueued: a device that is slower than that, or stopped, gets as many as there are slots.
 */
static __rte_noinline void
wait_for_pace(const struct virtio_crypto_queue *q, uint16_t nb_ops, uint32_t len)
{
	const uint16_t slots = RTE_MAX(PACE_BYTES / len, PACE_SLOTS);
	const uint16_t pos = (q->enq.next_slot - slots) & (q->nb_slots - 1);
	const uint64_t start = rte_rdtsc();

	while (!is_completed(q, pos) && rte_rdtsc() - start < (uint64_t)nb_ops * len)
		rte_pause();
}

/* Lets an enqueue of large data wait for the device, instead of refusing operations. */
static __rte_always_inline void
pace(const struct virtio_crypto_queue *q, struct rte_crypto_op *const *ops, uint16_t nb_ops)
{
	const uint16_t in_flight = q->enq.next_slot + q->nb_slots - q->enq.free_end;
	uint32_t len;

	if (in_flight < PACE_SLOTS || nb_ops == 0 || q->desc_shift != 0 ||
	    ops[0]->type != RTE_CRYPTO_OP_TYPE_SYMMETRIC || ops[0]->sym->m_src == NULL)
		return;
	len = ops[0]->sym->m_src->pkt_len;
	if (unlikely((uint64_t)in_flight * len >= PACE_BYTES))
		wait_for_pace(q, nb_ops, len);
}

static __rte_always_inline uint16_t
enqueue_live(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint16_t head = q->enq.next_slot, i;

	refresh_free_end(q);
	refresh_finished_end(q);
	nb_ops = RTE_MIN(nb_ops, (uint16_t)(q->enq.free_end - head));
	nb_ops = RTE_MIN(nb_ops, q->enq.finished_end - q->enq.finished_head);
	pace(q, ops, nb_ops);
	for (i = 0; i < nb_ops; i++) {
		prefetch_slot(q, q->enq.next_slot + PREFETCH_AHEAD);
		if (unlikely(!enqueue_one(q, ops[i])))
			break;
	}
	if (likely(q->enq.next_slot != head))
		publish(q);
	return i;
}

uint16_t
virtio_crypto_enqueue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	struct virtio_crypto_queue *q = qp;

	return virtio_crypto_side_run(q, &q->enq.inside, &q->enq.count, enqueue_live,
				      enqueue_offline, ops, nb_ops);
}
