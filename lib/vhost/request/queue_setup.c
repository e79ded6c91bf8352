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
	const uint64_t sgl = RTE_CRYPTODEV_FF_IN_PLACE_SGL | RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT |
		RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT |
		RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT;
	uint8_t i;

	for (i = 0; i < env->sessions->nb_cdevs; i++)
		if (env->copies[i] || (env->cdev_features[i] & sgl) != sgl)
			return true;
	return env->aead;
}

static void *
queue_alloc(const struct vc_queue *q, size_t size)
{
	return rte_zmalloc_socket("vc_queue", size, RTE_CACHE_LINE_SIZE, q->env.socket_id);
}

/* Private copies must be contiguous for hardware; those that are not stay unused. */
#define BOUNCE_MEM ((size_t)(VC_QUEUE_BOUNCES + VC_IOVA_SPARE) * VC_BOUNCE_SIZE)

static void
fill_free_bounces(struct vc_queue *q)
{
	uint8_t *bounce = q->bounce_mem, *end = bounce + BOUNCE_MEM;

	q->nb_free_bounces = 0;
	for (; bounce < end && q->nb_free_bounces < VC_QUEUE_BOUNCES; bounce += VC_BOUNCE_SIZE)
		if (vc_iova_is_contiguous(bounce, VC_BOUNCE_SIZE))
			q->free_bounces[q->nb_free_bounces++] = bounce;
}

static void
free_bounces(struct vc_queue *q)
{
	rte_free(q->bounce_mem);
	rte_free(q->free_bounces);
	rte_free(q->large_bounce);
	q->bounce_mem = NULL;
	q->free_bounces = NULL;
	q->large_bounce = NULL;
}

static int
alloc_bounces(struct vc_queue *q)
{
	if (q->bounce_mem != NULL || !needs_bounces(&q->env))
		return 0;
	q->bounce_mem = queue_alloc(q, BOUNCE_MEM);
	q->free_bounces = queue_alloc(q, VC_QUEUE_BOUNCES * sizeof(*q->free_bounces));
	q->large_bounce = queue_alloc(q, q->env.max_size);
	if (q->bounce_mem != NULL && q->free_bounces != NULL && q->large_bounce != NULL)
		fill_free_bounces(q);
	if (q->bounce_mem != NULL && q->nb_free_bounces == VC_QUEUE_BOUNCES)
		return 0;
	free_bounces(q);
	return -ENOMEM;
}

static void
free_jobs(struct vc_queue *q)
{
	rte_free(q->job_mem);
	rte_free(q->free_jobs);
	q->job_mem = NULL;
	q->free_jobs = NULL;
}

static int
alloc_jobs(struct vc_queue *q)
{
	if (q->job_mem != NULL || !q->env.akcipher)
		return 0;
	q->job_mem = queue_alloc(q, VC_AKCIPHER_JOBS * sizeof(*q->job_mem));
	q->free_jobs = queue_alloc(q, VC_QUEUE_AKCIPHERS * sizeof(*q->free_jobs));
	q->nb_free_jobs = 0;
	if (q->job_mem != NULL && q->free_jobs != NULL)
		q->nb_free_jobs = vc_akcipher_jobs_init(q->job_mem, q->free_jobs);
	if (q->nb_free_jobs == VC_QUEUE_AKCIPHERS)
		return 0;
	free_jobs(q);
	return -ENOMEM;
}

static void
mbuf_init(struct rte_mbuf *m)
{
	rte_mbuf_refcnt_set(m, 1);
	m->nb_segs = 1;
	m->port = RTE_MBUF_PORT_INVALID;
}

static void
free_shared(struct vc_queue *q)
{
	rte_free(q->mbuf_mem);
	rte_free(q->free_mbufs);
	rte_free(q->seg_mem);
	rte_free(q->free_seg_lists);
	q->mbuf_mem = NULL;
	q->free_mbufs = NULL;
	q->seg_mem = NULL;
	q->free_seg_lists = NULL;
}

static int
alloc_shared(struct vc_queue *q)
{
	uint32_t i;

	if (q->mbuf_mem != NULL)
		return 0;
	/* The largest request must find enough mbufs, or it would be deferred for ever. */
	q->nb_mbufs = VC_QUEUE_MBUFS + q->env.max_size / VC_MBUF_MAX_LEN;
	q->mbuf_mem = queue_alloc(q, q->nb_mbufs * sizeof(*q->mbuf_mem));
	q->free_mbufs = queue_alloc(q, q->nb_mbufs * sizeof(*q->free_mbufs));
	q->seg_mem = queue_alloc(q, VC_QUEUE_SEG_LISTS * VC_CHAIN_MAX_SEGS * sizeof(*q->seg_mem));
	q->free_seg_lists = queue_alloc(q, VC_QUEUE_SEG_LISTS * sizeof(*q->free_seg_lists));
	if (q->mbuf_mem == NULL || q->free_mbufs == NULL || q->seg_mem == NULL ||
	    q->free_seg_lists == NULL) {
		free_shared(q);
		return -ENOMEM;
	}
	for (i = 0; i < q->nb_mbufs; i++) {
		mbuf_init(&q->mbuf_mem[i]);
		q->free_mbufs[i] = &q->mbuf_mem[i];
	}
	for (i = 0; i < VC_QUEUE_SEG_LISTS; i++)
		q->free_seg_lists[i] = q->seg_mem + i * VC_CHAIN_MAX_SEGS;
	q->nb_free_mbufs = q->nb_mbufs;
	q->nb_free_seg_lists = VC_QUEUE_SEG_LISTS;
	return 0;
}

static void
op_init(struct rte_crypto_op *op)
{
	op->type = RTE_CRYPTO_OP_TYPE_SYMMETRIC;
	op->phys_addr = vc_iova_of(op);
}

static void
free_slots(struct vc_queue *q)
{
	rte_free(q->slots);
	rte_free(q->op_mem);
	rte_free(q->free_slots);
	rte_free(q->order);
	q->slots = NULL;
	q->op_mem = NULL;
	q->free_slots = NULL;
	q->order = NULL;
	q->nb_slots = 0;
	q->nb_free = 0;
}

/* Initializes contiguous slots with their operations, until there are @p nb. */
static uint16_t
init_slots(struct vc_queue *q, uint16_t nb)
{
	uint16_t i, done = 0;

	for (i = 0; i < nb + VC_IOVA_SPARE && done < nb; i++) {
		uint8_t *op = q->op_mem + i * OP_SIZE;
		struct vc_slot *slot = &q->slots[i];

		if (!vc_iova_is_contiguous(slot, sizeof(*slot)) ||
		    !vc_iova_is_contiguous(op, OP_SIZE))
			continue;
		mbuf_init(&slot->src);
		mbuf_init(&slot->dst);
		slot->queue = q;
		slot->own_op = (struct rte_crypto_op *)op;
		slot->digest_iova = vc_iova_of(slot->digest);
		slot->aad_iova = vc_iova_of(slot->aad);
		op_init(slot->own_op);
		q->free_slots[done++] = slot;
	}
	return done;
}

/* Allocates slots for a ring of @p size; a larger ring than before gets new ones. */
static int
alloc_slots(struct vc_queue *q, uint16_t size)
{
	uint16_t nb = RTE_MIN(size, VC_QUEUE_SLOTS), all = nb + VC_IOVA_SPARE;

	if (nb <= q->nb_slots)
		return 0;
	free_slots(q);
	q->slots = queue_alloc(q, all * sizeof(*q->slots));
	q->op_mem = queue_alloc(q, all * OP_SIZE);
	q->free_slots = queue_alloc(q, nb * sizeof(*q->free_slots));
	q->order_mask = rte_align32pow2(nb) - 1;
	q->order = queue_alloc(q, (q->order_mask + 1) * sizeof(*q->order));
	if (q->slots == NULL || q->op_mem == NULL || q->free_slots == NULL || q->order == NULL)
		return -ENOMEM;
	if (init_slots(q, nb) != nb)
		return -ENOMEM;
	q->nb_slots = nb;
	q->nb_free = nb;
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
	free_shared(q);
	free_bounces(q);
	free_jobs(q);
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
	if (alloc_slots(q, size) != 0 || alloc_shared(q) != 0 || alloc_bounces(q) != 0 ||
	    alloc_jobs(q) != 0)
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
	uint16_t i;

	vc_batch_wipe(q->batch);
	for (i = 0; q->nb_slots > 0 && i < q->nb_slots + VC_IOVA_SPARE; i++) {
		struct vc_slot *slot = &q->slots[i];

		if (slot->own_op == NULL)
			continue;
		memset(slot->digest, 0, sizeof(slot->digest));
		memset(slot->expected, 0, sizeof(slot->expected));
		memset(slot->aad, 0, sizeof(slot->aad));
		memset(rte_crypto_op_ctod_offset(slot->own_op, uint8_t *, VC_IV_OFFSET), 0,
		       2 * VC_MAX_IV);
	}
	if (q->bounce_mem != NULL) {
		memset(q->bounce_mem, 0, BOUNCE_MEM);
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
