/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The owner of a queue is the number of a process, see virtio_crypto_liveness.h, or 0: the primary
 * process, or no process yet. The negative of a number marks a process that is taking over.
 */

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "virtio_crypto_burst.h"
#include "virtio_crypto_liveness.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_notify.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_owner.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_retire.h"
#include "virtio_crypto_sides.h"

static int self; /* number of this process, 0 for the primary process */

/* The primary process while it takes over; no process checks whether it has ended. */
#define PRIMARY_TAKES (-INT_MAX)

void
virtio_crypto_owner_set_self(int number)
{
	self = number;
}

static int
owner_of(const struct virtio_crypto_queue *q)
{
	return __atomic_load_n(&q->owner, __ATOMIC_ACQUIRE);
}

static void
set_owner(struct virtio_crypto_queue *q, int owner)
{
	__atomic_store_n(&q->owner, owner, __ATOMIC_RELEASE);
}

static bool
change_owner(struct virtio_crypto_queue *q, int from, int to)
{
	return __atomic_compare_exchange_n(&q->owner, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* Whether the process that owns a queue, or was taking it over, has ended. */
static bool
has_ended(int owner)
{
	return owner != PRIMARY_TAKES && virtio_crypto_liveness_has_ended(abs(owner));
}

/* Discards what a process had in flight or did not dequeue. */
static void
discard_inflight(struct virtio_crypto_queue *q)
{
	unsigned int i;

	for (i = 0; i < q->nb_slots; i++)
		q->inflight[i].op = NULL;
	q->deq.finished_tail = q->enq.finished_head;
	q->enq.inside = 0;
	q->deq.inside = 0;
	q->nb_abandoned = 0;
}

/* Takes over the queue of a process that has ended, once the device has used all its requests. */
static bool
take_over(struct virtio_crypto_queue *q)
{
	if (virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LIVE) {
		virtqueue_discard_unpublished(&q->vq);
		if (!virtio_crypto_ordered_ring_is_idle(q)) {
			virtio_crypto_notify_device(
				q); /* the process may have ended before its kick */
			return false;
		}
		virtqueue_skip_used(&q->vq);
		virtio_crypto_ordered_ring_resume(q);
		virtio_crypto_queue_reset_slots(q);
	}
	discard_inflight(q);
	set_owner(q, self);
	return true;
}

/*
 * Takes over in the primary process, whose control side does the same when the device is lost. The
 * lock excludes that; it may be held for long, so this does not wait for it.
 */
static bool
take_over_as_primary(struct virtio_crypto_queue *q, int owner)
{
	struct virtio_crypto_dev *dev = q->dev->data->dev_private;
	bool taken = false;

	if (pthread_mutex_trylock(&dev->lock) != 0)
		return false;
	if (change_owner(q, owner, PRIMARY_TAKES)) {
		taken = take_over(q);
		if (!taken)
			set_owner(q, owner);
	}
	pthread_mutex_unlock(&dev->lock);
	return taken;
}

/* Claims a queue for this process. One thread at a time. */
static bool
claim_alone(struct virtio_crypto_queue *q)
{
	static int told;
	int owner = owner_of(q);

	if (owner == 0)
		return change_owner(q, 0, self);
	if (owner == -self)
		return take_over(q);
	if (has_ended(owner)) {
		if (self == 0)
			return take_over_as_primary(q, owner);
		return change_owner(q, owner, -self) && take_over(q);
	}
	if (told != owner && owner > 0)
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: queue pair %u belongs to process %d: use a separate queue "
				  "pair in each process",
				  q->dev->data->name, q->vq.index,
				  __atomic_load_n(&q->owner_pid, __ATOMIC_RELAXED));
	told = owner;
	return false;
}

/* Finishes the operations that the primary process has abandoned to this one. */
static void
finish_abandoned(struct virtio_crypto_queue *q)
{
	uint32_t i = q->enq.finished_head - q->nb_abandoned;

	for (; i != q->enq.finished_head; i++)
		q->finished[i & (2u * q->nb_slots - 1)]->status = RTE_CRYPTO_OP_STATUS_ERROR;
	__atomic_store_n(&q->nb_abandoned, 0, __ATOMIC_RELEASE);
}

/*
 * Claims a queue for this process, and finishes abandoned operations. @return false if it failed,
 * or has to be repeated
 */
static bool
claim(struct virtio_crypto_queue *q)
{
	static pthread_mutex_t claiming = PTHREAD_MUTEX_INITIALIZER;
	bool mine;

	/* Another lcore is claiming a queue. */
	if (pthread_mutex_trylock(&claiming) != 0)
		return false;
	mine = owner_of(q) == self || claim_alone(q);
	if (mine)
		__atomic_store_n(&q->owner_pid, getpid(), __ATOMIC_RELAXED);
	if (mine && q->nb_abandoned > 0)
		finish_abandoned(q);
	pthread_mutex_unlock(&claiming);
	return mine;
}

/* Whether this process owns a queue without abandoned operations, or can claim it. */
static __rte_always_inline bool
is_mine(struct virtio_crypto_queue *q)
{
	if (unlikely(q == NULL))
		return false;
	return likely(__atomic_load_n(&q->owner, __ATOMIC_RELAXED) == self &&
		      __atomic_load_n(&q->nb_abandoned, __ATOMIC_ACQUIRE) == 0) ||
		claim(q);
}

uint16_t
virtio_crypto_owner_enqueue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	return is_mine(qp) ? virtio_crypto_enqueue_burst(qp, ops, nb_ops) : 0;
}

uint16_t
virtio_crypto_owner_dequeue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	return is_mine(qp) ? virtio_crypto_dequeue_burst(qp, ops, nb_ops) : 0;
}

/* Moves all operations in flight to the finished ring, unread, for their process to dequeue. */
static void
abandon_inflight(struct virtio_crypto_queue *q)
{
	unsigned int i;

	for (i = 0; i < q->nb_slots; i++) {
		struct virtio_crypto_inflight *f =
			&q->inflight[(q->enq.next_slot + i) & (q->nb_slots - 1)];

		if (f->op != NULL && f->nb_slots > 0) {
			virtio_crypto_queue_finish(q, f->op);
			q->nb_abandoned++;
		}
		f->op = NULL;
	}
}

void
virtio_crypto_owner_stop_queue(struct virtio_crypto_queue *q)
{
	int owner = owner_of(q);

	if (owner == 0) {
		virtio_crypto_retire_queue(q);
	} else if (has_ended(owner)) {
		discard_inflight(q);
		set_owner(q, 0);
	} else {
		abandon_inflight(q);
	}
}

void
virtio_crypto_owner_reclaim_queue(struct virtio_crypto_queue *q)
{
	uint32_t state = virtio_crypto_queue_state(q);
	int owner = owner_of(q);

	if ((state != VIRTIO_CRYPTO_QUEUE_LOST && state != VIRTIO_CRYPTO_QUEUE_RETIRE) ||
	    owner == 0 || !has_ended(owner) || !change_owner(q, owner, PRIMARY_TAKES))
		return;
	discard_inflight(q);
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_OFFLINE);
	set_owner(q, 0);
}
