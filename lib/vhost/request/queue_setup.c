/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Start, stop and memory of data queues. Thread: control side. */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "batch.h"
#include "dirty.h"
#include "iova.h"
#include "log.h"
#include "queue.h"
#include "request_akcipher.h"

/* An operation with its private bytes: cipher IV and authentication IV. */
#define OP_SIZE RTE_ALIGN_CEIL(VC_IV_OFFSET + 2 * VC_MAX_IV, RTE_CACHE_LINE_SIZE)

/*
 * Whether a queue needs private copies: for cryptodevs that work on copies or lack a scatter-gather
 * feature, and for long additional data.
 */
static bool
needs_bounces(const struct vc_queue_env *env)
{
	uint8_t i;

	for (i = 0; i < env->sessions->nb_cdevs; i++)
		if (env->copies[i] || (VC_CDEV_ANY_SHAPE & ~env->cdev_features[i]) != 0)
			return true;
	return env->aead;
}

static void *
queue_alloc(const struct vc_queue *q, size_t size)
{
	return rte_zmalloc_socket("vc_queue", size, RTE_CACHE_LINE_SIZE, q->env.socket_id);
}

/* Private copies and jobs are used by hardware, so they must be contiguous. */
static int
alloc_bounces(struct vc_queue *q)
{
	if (!needs_bounces(&q->env))
		return 0;
	if (q->large_bounce == NULL)
		q->large_bounce = queue_alloc(q, q->env.max_size);
	if (q->large_bounce == NULL)
		return -ENOMEM;
	return vc_pool_alloc(&q->bounces, VC_QUEUE_BOUNCES, VC_BOUNCE_SIZE, true, q->env.socket_id);
}

static int
alloc_jobs(struct vc_queue *q)
{
	uint32_t i;

	if (!q->env.akcipher || q->jobs.nb > 0)
		return 0;
	if (vc_pool_alloc(&q->jobs, VC_QUEUE_AKCIPHERS, sizeof(struct vc_akcipher_job), true,
			  q->env.socket_id) != 0)
		return -ENOMEM;
	for (i = 0; i < q->jobs.nb; i++)
		vc_akcipher_job_init(q->jobs.free[i]);
	return 0;
}

static void
init_mbuf(struct rte_mbuf *m)
{
	rte_mbuf_refcnt_set(m, 1);
	m->nb_segs = 1;
	m->port = RTE_MBUF_PORT_INVALID;
}

static int
alloc_mbufs(struct vc_queue *q)
{
	/* The largest request must find enough mbufs, or it would be deferred for ever. */
	uint32_t nb = VC_QUEUE_MBUFS + q->env.max_size / VC_MBUF_MAX_LEN, i;

	if (q->mbufs.nb > 0)
		return 0;
	if (vc_pool_alloc(&q->mbufs, nb, sizeof(struct rte_mbuf), false, q->env.socket_id) != 0)
		return -ENOMEM;
	for (i = 0; i < nb; i++)
		init_mbuf(q->mbufs.free[i]);
	return 0;
}

static int
alloc_seg_lists(struct vc_queue *q)
{
	return vc_pool_alloc(&q->seg_lists, VC_QUEUE_SEG_LISTS,
			     VC_CHAIN_MAX_SEGS * sizeof(struct vc_seg), false, q->env.socket_id);
}

static void
init_slot(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op)
{
	op->type = RTE_CRYPTO_OP_TYPE_SYMMETRIC;
	op->phys_addr = vc_iova_of(op);
	init_mbuf(&slot->src);
	init_mbuf(&slot->dst);
	slot->queue = q;
	slot->own_op = op;
	slot->digest_iova = vc_iova_of(slot->digest);
	slot->aad_iova = vc_iova_of(slot->aad);
}

static void
free_slots(struct vc_queue *q)
{
	vc_pool_release(&q->slots);
	vc_pool_release(&q->slot_ops);
	rte_free(q->order);
	q->order = NULL;
}

/* Allocates slots for a ring of @p size; a larger ring than before gets new ones. */
static int
alloc_slots(struct vc_queue *q, uint16_t size)
{
	uint16_t nb = RTE_MIN(size, VC_QUEUE_SLOTS), i;

	if (nb <= q->slots.nb)
		return 0;
	free_slots(q);
	q->order_mask = rte_align32pow2(nb) - 1;
	q->order = queue_alloc(q, (q->order_mask + 1) * sizeof(*q->order));
	if (q->order == NULL ||
	    vc_pool_alloc(&q->slot_ops, nb, OP_SIZE, true, q->env.socket_id) != 0 ||
	    vc_pool_alloc(&q->slots, nb, sizeof(struct vc_slot), true, q->env.socket_id) != 0)
		return -ENOMEM;
	for (i = 0; i < nb; i++)
		init_slot(q, q->slots.free[i], q->slot_ops.free[i]);
	return 0;
}

int
vc_queue_init(struct vc_queue *q, uint16_t index, const uint16_t *qps,
	      const struct vc_queue_env *env)
{
	memset(q, 0, sizeof(*q));
	rte_spinlock_init(&q->lock);
	q->index = index;
	q->max_fetch = RTE_VHOST_CRYPTO_MAX_BURST;
	q->events = (struct vc_queue_events){ .epoll_fd = -1, .wake_fd = -1, .kick_fd = -1 };
	q->env = *env;
	q->budget = (struct vc_budget){ .guest = env->mem, .index = index };
	q->nb_cdevs = env->sessions->nb_cdevs;
	memcpy(q->qps, qps, q->nb_cdevs * sizeof(*qps));
	q->session_refs = queue_alloc(q, env->sessions->size * sizeof(*q->session_refs));
	q->batch = queue_alloc(q, sizeof(*q->batch));
	if (q->session_refs == NULL || q->batch == NULL)
		return -ENOMEM;
	vc_batch_init(q->batch);
	return vc_cache_init(&q->cache, env->sessions, env->socket_id);
}

void
vc_queue_release(struct vc_queue *q)
{
	free_slots(q);
	vc_pool_release(&q->mbufs);
	vc_pool_release(&q->seg_lists);
	vc_pool_release(&q->bounces);
	vc_pool_release(&q->jobs);
	rte_free(q->large_bounce);
	q->large_bounce = NULL;
}

void
vc_queue_fini(struct vc_queue *q)
{
	vc_queue_events_fini(q);
	vc_cache_fini(&q->cache);
	rte_free(q->session_refs);
	rte_free(q->batch);
	vc_queue_release(q);
	memset(q, 0, sizeof(*q));
}

/* Takes the lock of a queue that an lcore polls, see back_off(). */
static void
control_lock(struct vc_queue *q)
{
	__atomic_fetch_add(&q->lock_wanted, 1, __ATOMIC_RELAXED);
	rte_spinlock_lock(&q->lock);
	__atomic_fetch_sub(&q->lock_wanted, 1, __ATOMIC_RELAXED);
}

int
vc_queue_reserve(struct vc_queue *q, uint16_t size)
{
	if (alloc_slots(q, size) != 0 || alloc_mbufs(q) != 0 || alloc_seg_lists(q) != 0 ||
	    alloc_bounces(q) != 0 || alloc_jobs(q) != 0)
		return -ENOMEM;
	return 0;
}

int
vc_queue_start(struct vc_queue *q, const char **fault)
{
	struct vc_ring *ring = &q->env.rings[q->index];
	struct vc_inflight_queue *inflight = NULL;
	struct vc_vring vring;
	int ret;

	if (q->vring.size != 0)
		return 0;
	ret = vc_vring_attach(&vring, ring, q->env.mem, *q->env.features, fault);
	if (ret != 0)
		return ret;
	ret = vc_queue_reserve(q, vring.size);
	if (ret == 0)
		ret = vc_inflight_attach(&inflight, q->env.inflight, q->index, &vring);
	if (ret != 0) {
		vc_vring_detach(&vring, ring);
		return ret;
	}
	vc_queue_events_watch(q, vring.kickfd);
	control_lock(q);
	q->vring = vring;
	q->inflight = inflight;
	q->logged_faults = 0;
	if (q->env.guest_polling)
		q->vring.callfd = -1;
	else if (q->vring.callfd >= 0 && *q->env.call_relay >= 0)
		q->vring.callfd = *q->env.call_relay;
	q->log = vc_dirty_wanted(q->env.log, *q->env.features);
	vc_vring_set_kicks(&q->vring, false);
	if (q->log != NULL)
		vc_dirty_ring(q->log, q->env.mem, &q->vring);
	vc_queue_set_state(q, VC_QUEUE_RUNNING);
	rte_spinlock_unlock(&q->lock);
	/* The guest does not kick again for requests that are already available. */
	vc_queue_events_wake(q);
	return 0;
}

/* Drains a queue; true: stopped, and the guest's memory is no longer accessed. */
static bool
drain(struct vc_queue *q)
{
	bool stopped;

	control_lock(q);
	if (q->state == VC_QUEUE_RUNNING)
		vc_queue_set_state(q, VC_QUEUE_DRAINING);
	if (q->in_flight == 0)
		vc_queue_set_state(q, VC_QUEUE_STOPPED);
	stopped = q->state == VC_QUEUE_STOPPED;
	rte_spinlock_unlock(&q->lock);
	return stopped;
}

/* Warns of requests that do not complete; only the operator can find out why. */
static void
warn_of_slow_drain(struct vc_queue *q)
{
	uint64_t now = rte_get_timer_cycles();

	if (q->drain_since == 0)
		q->drain_since = now;
	if (now - q->drain_since < 5 * rte_get_timer_hz())
		return;
	q->drain_since = now;
	VC_LOG(WARNING,
	       "queue %u: cannot stop while %u requests are in flight in a "
	       "cryptodev; check that an lcore polls the queue",
	       q->index, q->in_flight);
}

bool
vc_queue_try_stop(struct vc_queue *q)
{
	if (q->vring.size == 0)
		return true;
	if (!drain(q)) {
		warn_of_slow_drain(q);
		return false;
	}
	q->drain_since = 0;
	vc_queue_events_unwatch(q);
	vc_inflight_detach(q->inflight);
	q->inflight = NULL;
	vc_vring_detach(&q->vring, &q->env.rings[q->index]);
	return true;
}

void
vc_queue_wipe(struct vc_queue *q)
{
	uint32_t i;

	vc_batch_wipe(q->batch);
	/* Nothing is in flight, so all slots are free. */
	for (i = 0; i < q->slots.nb_free; i++) {
		struct vc_slot *slot = q->slots.free[i];

		memset(slot->digest, 0, sizeof(slot->digest));
		memset(slot->expected, 0, sizeof(slot->expected));
		memset(slot->aad, 0, sizeof(slot->aad));
		memset(rte_crypto_op_ctod_offset(slot->own_op, uint8_t *, VC_IV_OFFSET), 0,
		       2 * VC_MAX_IV);
	}
	if (q->bounces.nb > 0) {
		memset(q->bounces.mem, 0, q->bounces.mem_size);
		memset(q->large_bounce, 0, q->env.max_size);
	}
}

bool
vc_queue_holds_session(struct vc_queue *q, uint32_t session)
{
	bool held;

	control_lock(q);
	held = q->session_refs[session] != 0;
	rte_spinlock_unlock(&q->lock);
	return held;
}

void
vc_queue_stats(struct vc_queue *q, struct rte_vhost_crypto_queue_stats *stats)
{
	control_lock(q);
	*stats = q->stats;
	stats->in_flight = q->in_flight;
	rte_spinlock_unlock(&q->lock);
}
