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
 * The poll budget: bytes of data, in and out, that one fetch takes. Other queues share the lcore,
 * and the guest waits for the first results. It is the data of 32 requests of 16 KiB. A fetch ends
 * behind the request that exhausts it.
 */
#define POLL_BYTES (1u << 20)

/* Consecutive fetches that are skipped at most, to yield the lock; each takes some 10 ns. */
#define BACK_OFF_MAX 1000

/* Marks the status of a request as dirty; nothing else was written. */
static __rte_noinline void
log_status(const struct vc_queue *q, uint8_t *status)
{
	struct vc_seg seg = { status, 1 };
	const struct vc_chain chain = { .segs = &seg, .nb_write = 1 };

	vc_dirty_chain(q->log, q->env.mem, &chain);
}

/* Answers a request that has a status byte and for which no operation was built. */
static void
answer_slot(struct vc_queue *q, struct vc_slot *slot, uint8_t status)
{
	vc_request_write_status(slot, status);
	slot->written = slot->chain.write_len;
	if (unlikely(q->log != NULL))
		log_status(q, slot->status);
	q->stats.failed++;
	vc_slot_complete(q, slot);
}

/* A burst of requests that is being fetched. */
struct fetch {
	struct vc_queue *q;
	struct rte_crypto_op **ops;
	uint16_t nb;	   /* available requests */
	uint16_t nb_ops;   /* operations built */
	uint16_t nb_batch; /* requests in the batch; if 0, each request has a slot */
	int64_t left;	   /* rest of POLL_BYTES */
	bool own;	   /* use the slots' own operations */
	struct vc_chain_head heads[RTE_VHOST_CRYPTO_MAX_BURST];
	struct vc_slot *slots[RTE_VHOST_CRYPTO_MAX_BURST];
	/* Indirect tables in the first region; without one, only the first descriptor is set. */
	struct vc_desc_table tables[RTE_VHOST_CRYPTO_MAX_BURST];
	int rets[RTE_VHOST_CRYPTO_MAX_BURST]; /* results of the walks */
	struct vc_chain_end end;	      /* result of the last walk by chain_long.h */
};

/* Step 1: reads a request's first descriptor from the ring, and prefetches the indirect table. */
static __rte_always_inline void
read_ring(struct fetch *f, uint32_t i, const struct vc_vring *vr,
	  const struct vc_mem_region *region, const bool packed)
{
	struct vc_desc_table *t = &f->tables[i];
	struct vc_desc first;
	struct vc_chain_head head;
	bool alone; /* the request is one indirect descriptor */

	if (packed) {
		head = f->heads[i];
		first = vc_desc_load(&vr->copies[head.first]);
		alone = head.nb_entries == 1 && (first.rest >> 48 & VRING_DESC_F_INDIRECT);
	} else {
		head = (struct vc_chain_head){ vc_vring_peek_avail(vr, i), 1 };
		f->heads[i] = head;
		first = vc_desc_load(&vr->desc[head.first & vr->mask]);
		alone = (uint16_t)(first.rest >> 32) == VRING_DESC_F_INDIRECT &&
			head.first < vr->size;
	}
	t->desc = likely(alone) ? vc_chain_find_table(region, first) : NULL;
	t->count = vc_desc_len(first) / sizeof(struct vc_desc);
	if (likely(t->desc != NULL)) {
		rte_prefetch0(t->desc);
	} else {
		t->first = first;
		t->count = 0;
	}
}

/*
 * Step 2: reads the first descriptor of the table, and prefetches the last bytes of its buffer,
 * which are the end of the request header. A driver can place all of it in one cache line.
 */
static __rte_always_inline void
read_table(struct vc_desc_table *t, const struct vc_mem_region *region)
{
	uint64_t off;

	if (likely(t->desc != NULL))
		t->first = vc_desc_load(t->desc);
	off = t->first.addr + vc_desc_len(t->first) - 1 - region->gpa;
	if (likely(off < region->size))
		rte_prefetch0(region->hva + off);
}

/* Walks a chain into the slot; a long one takes a segment list of the queue. */
static __rte_always_inline int
slot_walk(struct vc_queue *q, struct vc_slot *slot, struct vc_chain_head head,
	  const struct vc_desc_table *t, const bool packed)
{
	struct vc_pool *lists = &q->seg_lists;
	struct vc_chain *c = &slot->chain;
	int ret;

	c->segs = slot->segs;
	c->max_segs = VC_SLOT_SEGS;
	c->spare = likely(lists->nb_free > 0) ? lists->free[lists->nb_free - 1] : NULL;
	if (unlikely(t->desc == NULL))
		ret = vc_vring_walk(&q->vring, head, t->first, q->env.mem, c);
	else if (packed)
		ret = vc_chain_walk_packed_table(t->desc, t->count, t->first, q->env.mem, c);
	else
		ret = vc_chain_walk_table(t->desc, t->count, t->first, q->env.mem, c);
	if (unlikely(c->segs != slot->segs)) {
		slot->long_segs = c->segs;
		lists->nb_free--;
	}
	return ret;
}

/* Stores in the slot what the used ring needs when the request completes. */
static __rte_always_inline void
set_ids(const struct fetch *f, uint32_t i)
{
	struct vc_slot *slot = f->slots[i];

	slot->id = vc_vring_used_id(&f->q->vring, f->heads[i]);
	slot->nb_entries = f->heads[i].nb_entries;
	slot->done = false;
}

/*
 * Step 3, the fast path: builds the operation of a request. Returns its bytes of data, or 0 if the
 * request does not fit the fast path. The slow path then uses nothing that was read here: it reads
 * the request once itself, and checks what it has read.
 */
static __rte_always_inline uint32_t
build_fast_path(struct fetch *f, uint32_t i, const struct vc_fast_burst *b, const bool packed)
{
	const struct vc_desc_table *t = &f->tables[i];
	struct vc_slot *slot = f->slots[i];
	struct rte_crypto_op *op = f->own ? slot->own_op : f->ops[i];
	uint32_t len;

	len = vc_fast_build_from_table(b, slot, op, t, packed);
	if (unlikely(len == 0))
		return 0;
	f->ops[i] = op;
	slot->id = packed ? vc_vring_used_id(&f->q->vring, f->heads[i]) : f->heads[i].first;
	slot->nb_entries = 1;
	slot->done = false;
	slot->fast_path = true;
	return len;
}

/* Step 4, the slow path: walks a chain, and prefetches its buffers. */
static __rte_always_inline void
walk_chain(struct fetch *f, uint16_t i, const bool packed)
{
	struct vc_queue *q = f->q;
	struct vc_slot *slot = f->slots[i];
	const struct vc_chain *c = &slot->chain;
	const struct vc_seg *last;

	set_ids(f, i);
	slot->fast_path = false;
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
format_name(const struct vc_queue *q, char name[16])
{
	snprintf(name, 16, "queue %u", q->index);
}

/*
 * Walks a chain to its end that a first walk has rejected: it may be servable all the same, or at
 * least have a status byte. The bytes of its descriptors count against the poll budget.
 */
static __rte_noinline int
walk_again(struct fetch *f, uint16_t i)
{
	struct vc_slot *slot = f->slots[i];
	struct vc_chain *c = &slot->chain;
	struct vc_queue *q = f->q;
	char name[16];

	if (slot->long_segs == NULL) {
		slot->long_segs = vc_pool_get(&q->seg_lists);
		if (slot->long_segs == NULL)
			return -EAGAIN;
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
		format_name(q, name);
		vc_chain_log_rejected(&q->logged_faults, name, &f->end);
	}
	return f->rets[i];
}

/*
 * Stops the queue at a request that cannot be answered. A driver takes a used buffer for a
 * completed request, so this one is not added to the used ring. It stays available, so that the
 * next back-end of the ring finds it.
 */
static __rte_noinline int
stop_at_unanswerable(struct fetch *f, uint16_t i)
{
	struct vc_queue *q = f->q;
	char name[16];

	if (f->rets[i] == 0)
		f->end = (struct vc_chain_end){ .fault = VC_CHAIN_NO_STATUS };
	vc_queue_set_state(q, VC_QUEUE_DRAINING);
	q->stats.bad_chains++;
	format_name(q, name);
	vc_chain_log_stop(name, &f->end);
	return -1;
}

/* Answers a request whose chain was walked. -1: it has no status byte, so the queue stops. */
static __rte_noinline int
answer_failure(struct fetch *f, uint16_t i, uint8_t status)
{
	struct vc_slot *slot = f->slots[i];
	struct vc_queue *q = f->q;
	char name[16];

	if (slot->status == NULL)
		return stop_at_unanswerable(f, i);
	if (f->rets[i] == 0 && f->end.is_truncated) {
		f->end.fault = VC_CHAIN_TOO_MANY_SEGS;
		format_name(q, name);
		vc_chain_log_rejected(&q->logged_faults, name, &f->end);
	}
	answer_slot(q, slot, status);
	return 0;
}

/*
 * Step 5: builds the operation of a request whose chain was walked.
 * 1: built; 0: the request was answered; -1: it is deferred, or stops the queue.
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
		return answer_failure(f, i, VIRTIO_CRYPTO_ERR);
	}
	ret = vc_request_parse(q, slot, op);
	if (likely(ret == VIRTIO_CRYPTO_OK))
		return 1;
	if (ret == VC_REQUEST_DEFERRED)
		return -1;
	return answer_failure(f, i, ret);
}

/*
 * What a request takes of POLL_BYTES. An asymmetric one is small but slow, so that it takes all of
 * them. A request that was answered with a failure has no operation.
 */
static inline int64_t
request_cost(const struct rte_crypto_op *op, const struct vc_slot *slot)
{
	if (unlikely(op != NULL && op->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC))
		return POLL_BYTES;
	return (int64_t)slot->chain.read_len + slot->chain.write_len;
}

/*
 * Walks chains from the @p i'th on until one is rejected: its second walk may need the segment list
 * that a chain behind it would take. Returns the index of the first chain that was not walked.
 */
static __rte_always_inline uint16_t
walk_chains(struct fetch *f, uint16_t i, const bool packed)
{
	while (i < f->nb) {
		walk_chain(f, i, packed);
		if (unlikely(f->rets[i++] == -EINVAL))
			break;
	}
	return i;
}

/* Fetches requests of any kind from the @p taken'th on. Returns the number of fetched requests. */
static __rte_noinline uint16_t
fetch_slow_path(struct fetch *f, uint16_t taken, const bool packed)
{
	uint16_t walked = taken;
	int ret;

	for (; taken < f->nb && f->left > 0; taken++) {
		if (unlikely(taken == walked))
			walked = walk_chains(f, taken, packed);
		if (unlikely(f->rets[taken] == -EINVAL))
			f->rets[taken] = walk_again(f, taken);
		ret = parse_walked(f, taken);
		f->end.is_truncated = false;
		if (unlikely(ret < 0))
			break;
		f->left -= request_cost(likely(ret > 0) ? f->ops[f->nb_ops] : NULL,
					f->slots[taken]);
		f->nb_ops += ret;
	}
	return taken;
}

/* Takes a free slot for each available request. */
static inline void
take_slots(struct fetch *f)
{
	struct vc_queue *q = f->q;

	q->slots.nb_free -= f->nb;
	memcpy(f->slots, &q->slots.free[q->slots.nb_free], f->nb * sizeof(*f->slots));
}

/*
 * Runs each step for all requests before the next step, which hides the latency of prefetches from
 * the cache of the guest's core. Returns the number of fetched requests. It includes invalid ones,
 * which are answered at once, because they take time, too.
 */
static __rte_always_inline uint16_t
fetch_burst(struct fetch *f, const bool packed)
{
	const struct vc_fast_burst b = vc_fast_begin_burst(f->q);
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
	take_slots(f);
	for (i = 0; i < nb && likely(f->left > 0); i++) {
		len = likely(b.max_len > 0) ? build_fast_path(f, i, &b, packed) : 0;
		f->nb_ops = i + (len > 0);
		if (unlikely(len == 0))
			return fetch_slow_path(f, i, packed);
		f->left -= 2 * len; /* in and out */
	}
	return i;
}

/* Stops the queue of a ring that violates the specification; other queues go on. */
static void
stop_at_broken_ring(struct vc_queue *q)
{
	vc_queue_set_state(q, VC_QUEUE_DRAINING);
	q->stats.ring_errors++;
	VC_LOG(ERR, "queue %u: %s; the queue stays stopped until the guest sets it up again",
	       q->index, vc_vring_describe_fault(&q->vring));
}

/* Pops requests from the available ring, and stores their order for an ordered ring. */
static inline void
pop_requests(struct vc_queue *q, const struct fetch *f, uint16_t taken)
{
	uint16_t nb_entries = taken, i;

	if (q->vring.packed)
		for (i = 0, nb_entries = 0; i < taken; i++)
			nb_entries += f->heads[i].nb_entries;
	vc_vring_pop_avail(&q->vring, nb_entries);
	if (likely(!q->vring.in_order))
		return;
	for (i = 0; i < taken; i++)
		q->order[q->order_head++ & q->order_mask] = f->slots[i];
}

/* Counts fetched requests, and publishes those that were answered. */
static inline void
account_requests(const struct fetch *f, uint16_t taken)
{
	struct vc_queue *q = f->q;

	q->in_flight += f->nb_ops + f->nb_batch;
	q->stats.requests += taken;
	if (unlikely(f->nb_ops + f->nb_batch < taken) && vc_queue_publish_used(q)) {
		vc_vring_call(&q->vring);
		q->stats.notified++;
	}
}

static uint16_t
fetch_locked(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own)
{
	uint16_t most = RTE_MIN((uint32_t)RTE_MIN(max, q->max_fetch), q->slots.nb_free);
	struct fetch f;
	uint16_t taken, i;
	int pending;

	if (likely(!q->vring.packed))
		pending = vc_vring_count_avail(&q->vring);
	else
		pending = vc_packed_scan_avail(&q->vring, f.heads, most);
	if (unlikely(pending < 0)) {
		stop_at_broken_ring(q);
		return 0;
	}
	f.nb = RTE_MIN((uint16_t)pending, most);
	if (f.nb == 0 || unlikely(!vc_budget_begin(&q->budget)))
		return 0;
	f.q = q;
	f.ops = ops;
	f.nb_ops = 0;
	f.nb_batch = 0;
	f.left = POLL_BYTES;
	f.own = own;
	f.end.is_truncated = false;
	taken = likely(!q->vring.packed) ? fetch_burst(&f, false) : fetch_burst(&f, true);
	for (i = f.nb; f.nb_batch == 0 && unlikely(i > taken); i--)
		vc_slot_free(q, f.slots[i - 1]);
	if (unlikely(taken == 0))
		return 0;
	/* More large requests are likely to follow: the next fetch looks at few of them. */
	q->max_fetch = RTE_VHOST_CRYPTO_MAX_BURST;
	if (unlikely(f.left <= 0))
		q->max_fetch = RTE_MIN(q->max_fetch, taken + VC_BATCH_LANES);
	pop_requests(q, &f, taken);
	account_requests(&f, taken);
	return f.nb_ops;
}

/* Walks one request, which may be resubmitted and no longer be in the ring. */
static void
walk_tracked(struct fetch *f, struct vc_slot *slot, struct vc_chain_head head)
{
	const struct vc_vring *vr = &f->q->vring;

	f->slots[0] = slot;
	f->heads[0] = head;
	f->tables[0].desc = NULL;
	f->tables[0].first = vc_vring_load_first(vr, head);
	walk_chain(f, 0, vr->packed);
}

/* Builds the operation of one request and adds it to the in-flight region; as parse_walked(). */
static int
parse_tracked(struct fetch *f, struct vc_chain_head head, bool again, uint16_t entry)
{
	struct vc_queue *q = f->q;
	struct vc_slot *slot;
	int ret;

	if (!again && !vc_inflight_has_free_entries(q->inflight, head))
		return -1;
	slot = vc_pool_get(&q->slots);
	walk_tracked(f, slot, head);
	slot->entry = again ? entry : vc_inflight_add_entry(q->inflight, &q->vring, head);
	if (f->rets[0] == -EINVAL)
		f->rets[0] = walk_again(f, 0);
	/* A part of its source may be overwritten already, so it cannot be repeated. */
	if (again && f->rets[0] == 0 && vc_chain_overlaps(&slot->chain))
		ret = answer_failure(f, 0, VIRTIO_CRYPTO_ERR);
	else
		ret = parse_walked(f, 0);
	if (ret < 0) {
		vc_slot_free(q, slot);
		if (!again)
			vc_inflight_remove_entry(q->inflight, slot->entry);
		return ret;
	}
	if (again)
		vc_inflight_mark_resubmitted(q->inflight);
	else
		vc_vring_pop_avail(&q->vring, head.nb_entries);
	if (q->vring.in_order)
		q->order[q->order_head++ & q->order_mask] = slot;
	return ret;
}

/* fetch_locked() with an in-flight region; what another back-end left comes first. */
static __rte_noinline uint16_t
fetch_tracked(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own)
{
	struct fetch f = { .q = q, .ops = ops, .left = POLL_BYTES, .own = own };
	uint16_t taken = 0, entry = 0;
	struct vc_chain_head head;
	int ret;

	for (; taken < max && q->slots.nb_free > 0 && f.left > 0; taken++) {
		bool again = vc_inflight_next_resubmit(q->inflight, &q->vring, &head, &entry);
		int pending = again ? 1 : vc_vring_scan_avail(&q->vring, &head, 1);

		if (pending < 0)
			stop_at_broken_ring(q);
		if (pending <= 0 || (taken == 0 && !vc_budget_begin(&q->budget)))
			break;
		f.end.is_truncated = false;
		ret = parse_tracked(&f, head, again, entry);
		if (ret < 0)
			break;
		f.left -= request_cost(ret > 0 ? f.ops[f.nb_ops] : NULL, f.slots[0]);
		f.nb_ops += ret;
	}
	account_requests(&f, taken);
	return f.nb_ops;
}

/*
 * Backs off while a control thread waits for the lock. An lcore that polls takes the lock again
 * immediately after its release, so that a thread on another core could wait for seconds. The
 * back-off is bounded, because the waiting thread may not be running.
 */
static inline bool
back_off(struct vc_queue *q)
{
	if (likely(__atomic_load_n(&q->lock_wanted, __ATOMIC_RELAXED) == 0) ||
	    q->nb_back_offs == BACK_OFF_MAX) {
		q->nb_back_offs = 0;
		return false;
	}
	q->nb_back_offs++;
	rte_pause();
	return true;
}

uint16_t
vc_queue_fetch(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own)
{
	uint16_t n;

	if (unlikely(back_off(q)) || vc_budget_is_deferred(&q->budget))
		return 0;
	rte_spinlock_lock(&q->lock);
	if (unlikely(q->state != VC_QUEUE_RUNNING))
		n = 0;
	else if (likely(q->inflight == NULL))
		n = fetch_locked(q, ops, max, own);
	else
		n = fetch_tracked(q, ops, max, own);
	rte_spinlock_unlock(&q->lock);
	/* The program enqueues its own operations itself; that time is not known here. */
	if (!own)
		vc_budget_end(&q->budget);
	return n;
}
