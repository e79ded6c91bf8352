/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The first phase of a request: from the available ring to an operation. */

#include <stdio.h>
#include <string.h>

#include <rte_pause.h>
#include <rte_prefetch.h>

#include "batch.h"
#include "chain_long.h"
#include "chain_walk.h"
#include "fast_path.h"
#include "log.h"
#include "queue.h"
#include "queue_slot.h"
#include "request.h"

/*
 * Bytes of data, there and back, that a queue takes in one turn, for others share its lcore, and
 * its guest waits for some to go on: what 32 requests of 16 KiB have. The request that gets there
 * is still taken.
 */
#define TURN_BYTES (1u << 20)

/* Fetches, of some ten nanoseconds each, that are left out in a row at most. */
#define COURTESY_MAX 1000

/* Logs the status of a request, where nothing else was written. */
static __rte_noinline void
log_status(const struct vc_queue *q, uint8_t *status)
{
	struct vc_seg seg = { status, 1 };
	const struct vc_chain chain = { .segs = &seg, .nb_write = 1 };

	vc_dirty_chain(q->log, q->env.mem, &chain);
}

/* Answers a request that never became an operation, and has a place for its status. */
static void
slot_refuse(struct vc_queue *q, struct vc_slot *slot, uint8_t status)
{
	vc_request_answer(slot, status);
	slot->written = slot->chain.write_len;
	if (unlikely(q->log != NULL))
		log_status(q, slot->status);
	q->stats.failed++;
	vc_slot_complete(q, slot);
}

/* Requests on their way. */
struct fetch {
	struct vc_queue *q;
	struct rte_crypto_op **ops;
	uint16_t nb;	   /* requests that are there */
	uint16_t nb_ops;   /* operations made */
	uint16_t nb_batch; /* requests in the batch; those in front of nb otherwise have a slot */
	int64_t left;	   /* of TURN_BYTES */
	bool own;	   /* of the slots' own operations */
	struct vc_head heads[RTE_VHOST_CRYPTO_MAX_BURST];
	struct vc_slot *slots[RTE_VHOST_CRYPTO_MAX_BURST];
	/* Those of indirect descriptors nearby; others have none, but the ring's first one. */
	struct vc_table tables[RTE_VHOST_CRYPTO_MAX_BURST];
	int rets[RTE_VHOST_CRYPTO_MAX_BURST]; /* of the walks */
	struct vc_chain_end end;	      /* of the chain that was walked anew last */
};

/* Step 1: reads the first descriptor of the ring, and has the table come that it leads to. */
static __rte_always_inline void
read_ring(struct fetch *f, uint32_t i, const struct vc_vring *vr,
	  const struct vc_mem_region *region, const bool packed)
{
	struct vc_table *t = &f->tables[i];
	struct vc_desc first;
	struct vc_head head;
	bool alone; /* the request is one indirect descriptor */

	if (packed) {
		head = f->heads[i];
		first = vc_desc_load(&vr->copies[head.first]);
		alone = head.nb_entries == 1 && (first.rest >> 48 & VRING_DESC_F_INDIRECT);
	} else {
		head = (struct vc_head){ vc_vring_peek(vr, i), 1 };
		f->heads[i] = head;
		first = vc_desc_load(&vr->desc[head.first & vr->mask]);
		alone = (uint16_t)(first.rest >> 32) == VRING_DESC_F_INDIRECT &&
			head.first < vr->size;
	}
	t->desc = likely(alone) ? vc_chain_table(region, first) : NULL;
	t->count = vc_desc_len(first) / sizeof(struct vc_desc);
	if (likely(t->desc != NULL)) {
		rte_prefetch0(t->desc);
	} else {
		t->first = first;
		t->count = 0;
	}
}

/*
 * Step 2: reads the first descriptor of the table, and has the last bytes come that it leads to:
 * those of the request's head. All of it is in one cache line if the driver made it so.
 */
static __rte_always_inline void
read_table(struct vc_table *t, const struct vc_mem_region *region)
{
	uint64_t off;

	if (likely(t->desc != NULL))
		t->first = vc_desc_load(t->desc);
	off = t->first.addr + vc_desc_len(t->first) - 1 - region->gpa;
	if (likely(off < region->size))
		rte_prefetch0(region->hva + off);
}

/* Walks a chain into the slot; one that is long goes into a list of the queue's. */
static __rte_always_inline int
slot_walk(struct vc_queue *q, struct vc_slot *slot, struct vc_head head, const struct vc_table *t,
	  const bool packed)
{
	struct vc_chain *c = &slot->chain;
	int ret;

	c->segs = slot->segs;
	c->max_segs = VC_SLOT_SEGS;
	c->spare = likely(q->nb_free_seg_lists > 0) ? q->free_seg_lists[q->nb_free_seg_lists - 1] :
						      NULL;
	if (unlikely(t->desc == NULL))
		ret = vc_vring_walk(&q->vring, head, t->first, q->env.mem, c);
	else if (packed)
		ret = vc_chain_walk_packed_table(t->desc, t->count, t->first, q->env.mem, c);
	else
		ret = vc_chain_walk_table(t->desc, t->count, t->first, q->env.mem, c);
	if (unlikely(c->segs != slot->segs)) {
		slot->long_segs = c->segs;
		q->nb_free_seg_lists--;
	}
	return ret;
}

/* Names a request for the time when it is given back. */
static __rte_always_inline void
slot_name(const struct fetch *f, uint32_t i)
{
	struct vc_slot *slot = f->slots[i];

	slot->id = vc_vring_id(&f->q->vring, f->heads[i]);
	slot->nb_entries = f->heads[i].nb_entries;
	slot->done = false;
}

/*
 * Step 3: makes an operation of a request if it is what most are; returns its bytes of data, or 0
 * if it is another one. What was read of that is forgotten then: the general way reads it anew, and
 * believes only itself.
 */
static __rte_always_inline uint32_t
plain_one(struct fetch *f, uint32_t i, const struct vc_plain_burst *b, const bool packed)
{
	const struct vc_table *t = &f->tables[i];
	struct vc_slot *slot = f->slots[i];
	struct rte_crypto_op *op = f->own ? slot->own_op : f->ops[i];
	uint32_t len;

	len = vc_request_plain_table(b, slot, op, t, packed);
	if (unlikely(len == 0))
		return 0;
	f->ops[i] = op;
	slot->id = packed ? vc_vring_id(&f->q->vring, f->heads[i]) : f->heads[i].first;
	slot->nb_entries = 1;
	slot->done = false;
	slot->plain = true;
	return len;
}

/* Step 4 for those that are not: walks a chain, and has nearer what it leads to. */
static __rte_always_inline void
walk_one(struct fetch *f, uint16_t i, const bool packed)
{
	struct vc_queue *q = f->q;
	struct vc_slot *slot = f->slots[i];
	const struct vc_chain *c = &slot->chain;
	const struct vc_seg *last;

	slot_name(f, i);
	slot->plain = false;
	slot->status = NULL;
	f->rets[i] = slot_walk(q, slot, f->heads[i], &f->tables[i], packed);
	if (unlikely(f->rets[i] != 0))
		return;
	last = &c->segs[c->nb_read + c->nb_write - 1];
	if (likely(c->nb_write > 0)) {
		slot->status = last->va + last->len - 1;
		rte_prefetch0(slot->status);
	}
	if (likely(c->nb_read > 1))
		rte_prefetch0_write(c->segs[1].va);
	if (c->nb_read > 2)
		rte_prefetch0(c->segs[2].va);
}

static void
queue_name(const struct vc_queue *q, char name[16])
{
	snprintf(name, 16, "queue %u", q->index);
}

/*
 * Walks a chain anew that was refused, to its end: for what there is to serve all the same, or for
 * the place of its status. That takes its share of the turn, by the descriptors' bytes.
 */
static __rte_noinline int
walk_again(struct fetch *f, uint16_t i)
{
	struct vc_slot *slot = f->slots[i];
	struct vc_chain *c = &slot->chain;
	struct vc_queue *q = f->q;
	char name[16];

	if (slot->long_segs == NULL) {
		if (q->nb_free_seg_lists == 0)
			return -EAGAIN;
		slot->long_segs = q->free_seg_lists[--q->nb_free_seg_lists];
	}
	c->segs = slot->long_segs;
	c->max_segs = VC_CHAIN_MAX_SEGS;
	f->rets[i] = vc_chain_walk_long(&q->vring, f->heads[i], q->env.mem, c, &f->end);
	f->left -= (int64_t)f->end.nb_desc * sizeof(struct vc_desc);
	slot->status = f->end.status;
	if (f->rets[i] == 0)
		return 0;
	c->nb_read = c->nb_write = 0;
	c->read_len = 0;
	c->write_len = RTE_MIN(f->end.write_len, UINT32_MAX);
	if (slot->status != NULL) {
		queue_name(q, name);
		vc_chain_log_refused(&q->told, name, &f->end);
	}
	return f->rets[i];
}

/*
 * A request that cannot be answered is not given back, for its driver would take it for done. The
 * queue stops in front of it: it is not taken either, so whoever comes to the ring next finds it.
 */
static __rte_noinline int
stop_at(struct fetch *f, uint16_t i)
{
	struct vc_queue *q = f->q;
	char name[16];

	if (f->rets[i] == 0)
		f->end = (struct vc_chain_end){ .fault = VC_CHAIN_NO_STATUS };
	vc_queue_set_state(q, VC_QUEUE_DRAINING);
	q->stats.bad_chains++;
	queue_name(q, name);
	vc_chain_log_stop(name, &f->end);
	return -1;
}

/* Answers a request whose chain was walked. -1: it cannot be answered, and the queue stops. */
static __rte_noinline int
refuse(struct fetch *f, uint16_t i, uint8_t status)
{
	struct vc_slot *slot = f->slots[i];
	struct vc_queue *q = f->q;
	char name[16];

	if (slot->status == NULL)
		return stop_at(f, i);
	if (f->rets[i] == 0 && f->end.is_cut) {
		f->end.fault = VC_CHAIN_TOO_MANY_PIECES;
		queue_name(q, name);
		vc_chain_log_refused(&q->told, name, &f->end);
	}
	slot_refuse(q, slot, status);
	return 0;
}

/*
 * Step 5: makes an operation of such a request.
 * 1: it is to be enqueued; 0: the request was answered; -1: it has to wait, or stops the queue.
 */
static __rte_always_inline int
parse_walked(struct fetch *f, uint16_t i)
{
	struct rte_crypto_op **op = &f->ops[f->nb_ops];
	struct vc_slot *slot = f->slots[i];
	struct vc_queue *q = f->q;
	int ret = f->rets[i];

	if (f->own)
		*op = slot->own_op;
	if (unlikely(ret == -EAGAIN))
		return -1;
	if (unlikely(ret != 0)) {
		f->q->stats.bad_chains += slot->status != NULL;
		return refuse(f, i, VIRTIO_CRYPTO_ERR);
	}
	ret = vc_request_parse(q, slot, op);
	if (likely(ret == VIRTIO_CRYPTO_OK))
		return 1;
	if (ret == VC_REQUEST_WAIT)
		return -1;
	return refuse(f, i, ret);
}

/*
 * What a request takes of TURN_BYTES, with its header, which is little. An asymmetric one is small,
 * and as slow as many bytes. One that was refused has no operation.
 */
static inline int64_t
cost_of(const struct rte_crypto_op *op, const struct vc_slot *slot)
{
	if (unlikely(op != NULL && op->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC))
		return TURN_BYTES;
	return (int64_t)slot->chain.read_len + slot->chain.write_len;
}

/*
 * Walks chains from the @p i'th on until one is refused, as those behind it must not have the lists
 * that it may need; returns the number of the first that was not walked.
 */
static __rte_always_inline uint16_t
walk_some(struct fetch *f, uint16_t i, const bool packed)
{
	while (i < f->nb) {
		walk_one(f, i, packed);
		if (unlikely(f->rets[i++] == -EINVAL))
			break;
	}
	return i;
}

/* Takes requests from the @p taken'th on, of any kind; returns how many were taken in all. */
static __rte_noinline uint16_t
fetch_any(struct fetch *f, uint16_t taken, const bool packed)
{
	uint16_t walked = taken;
	int ret;

	for (; taken < f->nb && f->left > 0; taken++) {
		if (unlikely(taken == walked))
			walked = walk_some(f, taken, packed);
		if (unlikely(f->rets[taken] == -EINVAL))
			f->rets[taken] = walk_again(f, taken);
		ret = parse_walked(f, taken);
		f->end.is_cut = false;
		if (unlikely(ret < 0))
			break;
		f->left -= cost_of(likely(ret > 0) ? f->ops[f->nb_ops] : NULL, f->slots[taken]);
		f->nb_ops += ret;
	}
	return taken;
}

/* Gives each request that is there a slot. */
static inline void
slots_take(struct fetch *f)
{
	struct vc_queue *q = f->q;

	q->nb_free -= f->nb;
	memcpy(f->slots, &q->free_slots[q->nb_free], f->nb * sizeof(*f->slots));
}

/*
 * Runs each step for all requests, since what it asks for from the guest's cache takes its time.
 * Returns how many requests were taken. Bad ones, which are answered at once, count like others:
 * they take time, too.
 */
static __rte_always_inline uint16_t
fetch_run(struct fetch *f, const bool packed)
{
	const struct vc_plain_burst b = vc_plain_begin(f->q);
	const struct vc_vring vr = f->q->vring;
	const uint32_t nb = f->nb;
	uint32_t i, len;

	for (i = 0; i < nb; i++)
		read_ring(f, i, &vr, &b.region, packed);
	for (i = 0; i < nb; i++)
		read_table(&f->tables[i], &b.region);
	if (f->own && likely(b.max_len > 0) && !f->q->vring.in_order) {
		f->nb_batch = vc_batch_fill(f->q->batch, &b, &f->q->vring, f->heads, f->tables,
					    f->nb, &f->left);
		if (likely(f->nb_batch > 0))
			return f->nb_batch;
	}
	slots_take(f);
	for (i = 0; i < nb && likely(f->left > 0); i++) {
		len = likely(b.max_len > 0) ? plain_one(f, i, &b, packed) : 0;
		f->nb_ops = i + (len > 0);
		if (unlikely(len == 0))
			return fetch_any(f, i, packed);
		f->left -= 2 * len; /* there and back */
	}
	return i;
}

/* A ring that makes no sense stops its queue and nothing else. */
static void
queue_broken(struct vc_queue *q)
{
	vc_queue_set_state(q, VC_QUEUE_DRAINING);
	q->stats.ring_errors++;
	VC_LOG(ERR, "queue %u: %s; the queue stays stopped until the guest sets it up again",
	       q->index, vc_vring_nonsense(&q->vring));
}

/* Takes the first requests from the ring, and notes their order. */
static inline void
ring_take(struct vc_queue *q, const struct fetch *f, uint16_t taken)
{
	uint16_t nb_entries = taken, i;

	if (q->vring.packed)
		for (i = 0, nb_entries = 0; i < taken; i++)
			nb_entries += f->heads[i].nb_entries;
	vc_vring_take(&q->vring, nb_entries);
	if (likely(!q->vring.in_order))
		return;
	for (i = 0; i < taken; i++)
		q->order[q->order_head++ & q->order_mask] = f->slots[i];
}

/* Counts what was taken, and shows what of it is answered. */
static inline void
fetch_end(const struct fetch *f, uint16_t taken)
{
	struct vc_queue *q = f->q;

	q->in_flight += f->nb_ops + f->nb_batch;
	q->stats.requests += taken;
	if (unlikely(f->nb_ops + f->nb_batch < taken) && vc_queue_publish(q)) {
		vc_vring_call(&q->vring);
		q->stats.notified++;
	}
}

static uint16_t
fetch_locked(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own)
{
	uint16_t most = RTE_MIN(RTE_MIN(max, q->reach), q->nb_free);
	struct fetch f;
	uint16_t taken, i;
	int pending;

	if (likely(!q->vring.packed))
		pending = vc_vring_pending(&q->vring);
	else
		pending = vc_packed_scan(&q->vring, f.heads, most);
	if (unlikely(pending < 0)) {
		queue_broken(q);
		return 0;
	}
	f.nb = RTE_MIN((uint16_t)pending, most);
	if (f.nb == 0 || unlikely(!vc_budget_begin(&q->budget)))
		return 0;
	f.q = q;
	f.ops = ops;
	f.nb_ops = 0;
	f.nb_batch = 0;
	f.left = TURN_BYTES;
	f.own = own;
	f.end.is_cut = false;
	taken = likely(!q->vring.packed) ? fetch_run(&f, false) : fetch_run(&f, true);
	for (i = f.nb; f.nb_batch == 0 && unlikely(i > taken); i--)
		vc_slot_free(q, f.slots[i - 1]);
	if (unlikely(taken == 0))
		return 0;
	/* Large requests are likely to be followed by such: those beyond are not looked at yet. */
	q->reach = RTE_VHOST_CRYPTO_MAX_BURST;
	if (unlikely(f.left <= 0))
		q->reach = RTE_MIN(q->reach, taken + VC_BATCH_LANES);
	ring_take(q, &f, taken);
	fetch_end(&f, taken);
	return f.nb_ops;
}

/* Walks one request, which need not stand in the ring any more. */
static void
walk_noted(struct fetch *f, struct vc_slot *slot, struct vc_head head)
{
	const struct vc_vring *vr = &f->q->vring;

	f->slots[0] = slot;
	f->heads[0] = head;
	f->tables[0].desc = NULL;
	f->tables[0].first = vc_vring_first(vr, head);
	walk_one(f, 0, vr->packed);
}

/* Makes an operation of one request, and notes that it was taken; as parse_walked(). */
static int
parse_noted(struct fetch *f, struct vc_head head, bool again, uint16_t entry)
{
	struct vc_queue *q = f->q;
	struct vc_slot *slot;
	int ret;

	if (!again && !vc_inflight_has_room(q->inflight, head))
		return -1;
	slot = q->free_slots[--q->nb_free];
	walk_noted(f, slot, head);
	slot->entry = again ? entry : vc_inflight_take(q->inflight, &q->vring, head);
	if (f->rets[0] == -EINVAL)
		f->rets[0] = walk_again(f, 0);
	/* The back-end before may have overwritten a part of its source: it cannot be done again. */
	if (again && f->rets[0] == 0 && vc_chain_overlaps(&slot->chain))
		ret = refuse(f, 0, VIRTIO_CRYPTO_ERR);
	else
		ret = parse_walked(f, 0);
	if (ret < 0) {
		vc_slot_free(q, slot);
		if (!again)
			vc_inflight_untake(q->inflight, slot->entry);
		return ret;
	}
	if (again)
		vc_inflight_redone(q->inflight);
	else
		vc_vring_take(&q->vring, head.nb_entries);
	if (q->vring.in_order)
		q->order[q->order_head++ & q->order_mask] = slot;
	return ret;
}

/* fetch_locked() where requests in flight are noted. First come those of a back-end that ended. */
static __rte_noinline uint16_t
fetch_noted(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own)
{
	struct fetch f = { .q = q, .ops = ops, .left = TURN_BYTES, .own = own };
	uint16_t taken = 0, entry = 0;
	struct vc_head head;
	int ret;

	for (; taken < max && q->nb_free > 0 && f.left > 0; taken++) {
		bool again = vc_inflight_redo(q->inflight, &q->vring, &head, &entry);
		int pending = again ? 1 : vc_vring_scan(&q->vring, &head, 1);

		if (pending < 0)
			queue_broken(q);
		if (pending <= 0 || (taken == 0 && !vc_budget_begin(&q->budget)))
			break;
		f.end.is_cut = false;
		ret = parse_noted(&f, head, again, entry);
		if (ret < 0)
			break;
		f.left -= cost_of(ret > 0 ? f.ops[f.nb_ops] : NULL, f.slots[0]);
		f.nb_ops += ret;
	}
	fetch_end(&f, taken);
	return f.nb_ops;
}

/*
 * An lcore that polls takes the lock again as soon as it has let it go; a thread on another core
 * may wait for seconds. So it stands back for a moment, but not for one that is not running.
 */
static inline bool
let_others_in(struct vc_queue *q)
{
	if (likely(__atomic_load_n(&q->lock_wanted, __ATOMIC_RELAXED) == 0) ||
	    q->courtesy == COURTESY_MAX) {
		q->courtesy = 0;
		return false;
	}
	q->courtesy++;
	rte_pause();
	return true;
}

uint16_t
vc_queue_fetch(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own)
{
	uint16_t n;

	if (unlikely(let_others_in(q)) || vc_budget_is_deferred(&q->budget))
		return 0;
	rte_spinlock_lock(&q->lock);
	if (unlikely(q->state != VC_QUEUE_RUNNING))
		n = 0;
	else if (likely(q->inflight == NULL))
		n = fetch_locked(q, ops, max, own);
	else
		n = fetch_noted(q, ops, max, own);
	rte_spinlock_unlock(&q->lock);
	/* What the program does with its own operations is not known here. */
	if (!own)
		vc_budget_end(&q->budget);
	return n;
}
