/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The two lcores of a queue pair, one that enqueues and one that dequeues, and how one of them
 * takes the queue out of use when its device is lost.
 *
 * Each tells in a flag that it is inside its burst function, and looks at the state of the queue
 * afterwards. The one that finds the device lost claims the queue by the state, and then looks at
 * the flag of the other one: it goes on only if that is not inside. For this the flag has to be
 * visible before the state is read. A fence in each burst would be paid for by all, so the one that
 * claims has the kernel make all threads pass one instead (membarrier(2)).
 */

#ifndef VIRTIO_CRYPTO_SIDES_H
#define VIRTIO_CRYPTO_SIDES_H

#include "virtio_crypto_queue.h"

/** Whether each burst has to have a fence, because the kernel does not help. */
extern bool virtio_crypto_sides_need_fence;

/** Prepares this process; once, before any queue is used. */
void virtio_crypto_sides_init(void);

/** Makes all threads of the process execute a fence. */
void virtio_crypto_sides_fence_all(void);

/** Begins a burst. @return whether the queue is live; if so, it is until this lcore leaves */
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

/** Ends a burst. */
static __rte_always_inline void
virtio_crypto_side_leave(uint32_t *inside)
{
	__atomic_store_n(inside, 0, __ATOMIC_RELEASE);
}

/** How many operations are finished without the device, as the lcore sees it that dequeues. */
static __rte_always_inline uint32_t
virtio_crypto_queue_nb_finished(const struct virtio_crypto_queue *q)
{
	return __atomic_load_n(&q->enq.finished_head, __ATOMIC_ACQUIRE) - q->deq.finished_tail;
}

/**
 * Puts an operation, whose status is set, where it is dequeued from; there has to be room. By the
 * lcore that enqueues, or who else may touch the ring.
 */
static inline void
virtio_crypto_queue_finish(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	uint32_t head = q->enq.finished_head;

	q->finished[head & (2u * q->nb_slots - 1)] = op;
	__atomic_store_n(&q->enq.finished_head, head + 1, __ATOMIC_RELEASE);
}

#endif /* VIRTIO_CRYPTO_SIDES_H */
