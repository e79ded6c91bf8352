/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "virtio_crypto_queue.h"

uint8_t
virtio_crypto_queue_unready_status(const struct virtio_crypto_queue *q)
{
	rte_atomic_thread_fence(__ATOMIC_ACQUIRE);
	return virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LIVE ?
		RTE_CRYPTO_OP_STATUS_INVALID_SESSION :
		RTE_CRYPTO_OP_STATUS_ERROR;
}

uint32_t
virtio_crypto_queue_depth_used(void *qp)
{
	const struct virtio_crypto_queue *q = qp;
	/* Read first: slots freed meanwhile must not make the sum negative. */
	uint16_t freed = __atomic_load_n(&q->deq.freed, __ATOMIC_ACQUIRE);
	uint32_t tail = __atomic_load_n(&q->deq.finished_tail, __ATOMIC_ACQUIRE);
	uint16_t slots = __atomic_load_n(&q->enq.published, __ATOMIC_ACQUIRE) - freed;

	return slots + __atomic_load_n(&q->enq.finished_head, __ATOMIC_ACQUIRE) - tail;
}
