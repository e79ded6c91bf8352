/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Synchronization of the two lcores of a queue pair, one that enqueues and one that dequeues, when
 * one of them takes the queue out of use after the loss of its device.
 *
 * Each lcore sets a flag while it is in its burst function, and then reads the state of the queue.
 * The lcore that finds the device lost claims the queue by its state, and then reads the flag of
 * the other lcore: it continues only if that is not in its burst function. So the flag must be
 * visible before the state is read. A fence per burst would slow down every burst; instead, the
 * lcore that claims has the kernel execute a fence on all threads (membarrier(2)).
 */

#ifndef VIRTIO_CRYPTO_SIDES_H
#define VIRTIO_CRYPTO_SIDES_H

#include "virtio_crypto_queue.h"

/** Whether each burst needs a fence, as the kernel lacks membarrier(2). */
extern bool virtio_crypto_sides_need_fence;

/** Initializes this process; once, before any queue is used. */
void virtio_crypto_sides_init(void);

/** Makes all threads of the process execute a fence. */
void virtio_crypto_sides_fence_all(void);

/**
 * Enters a burst function. @return whether the queue is live; if so, it stays live until this lcore
 * leaves
 */
static __rte_always_inline bool
virtio_crypto_side_enter(const struct virtio_crypto_queue *q, uint32_t *inside)
{
	__atomic_store_n(inside, 1, __ATOMIC_RELAXED);
	if (unlikely(virtio_crypto_sides_need_fence))
		rte_atomic_thread_fence(__ATOMIC_SEQ_CST);
	else
		rte_compiler_barrier();
	return likely(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LIVE);
}

/** Leaves a burst function. */
static __rte_always_inline void
virtio_crypto_side_leave(uint32_t *inside)
{
	__atomic_store_n(inside, 0, __ATOMIC_RELEASE);
}

/** A half of a burst function: for a live queue, or for one without a device. */
typedef uint16_t (*virtio_crypto_side_burst_t)(struct virtio_crypto_queue *q,
					       struct rte_crypto_op **ops, uint16_t nb_ops);

/**
 * Runs a burst function, and counts its operations. The halves are inlined.
 *
 * @param inside  the flag of this lcore
 * @param count   its counter of operations
 * @return operations that the half has handled
 */
static __rte_always_inline uint16_t
virtio_crypto_side_run(struct virtio_crypto_queue *q, uint32_t *inside, uint64_t *count,
		       virtio_crypto_side_burst_t live, virtio_crypto_side_burst_t offline,
		       struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint16_t n = likely(virtio_crypto_side_enter(q, inside)) ? live(q, ops, nb_ops) :
								   offline(q, ops, nb_ops);

	virtio_crypto_counter_add(count, n);
	virtio_crypto_side_leave(inside);
	return n;
}

/** Returns the number of operations on the finished ring. By the lcore that dequeues. */
static __rte_always_inline uint32_t
virtio_crypto_queue_nb_finished(const struct virtio_crypto_queue *q)
{
	return __atomic_load_n(&q->enq.finished_head, __ATOMIC_ACQUIRE) - q->deq.finished_tail;
}

/**
 * Adds an operation, whose status is set, to the finished ring, which has room. By the lcore that
 * enqueues, or another thread that may touch the ring.
 */
static inline void
virtio_crypto_queue_finish(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	uint32_t head = q->enq.finished_head;

	q->finished[head & (2u * q->nb_slots - 1)] = op;
	__atomic_store_n(&q->enq.finished_head, head + 1, __ATOMIC_RELEASE);
}

#endif /* VIRTIO_CRYPTO_SIDES_H */
