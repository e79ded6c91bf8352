/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* One poll of a queue: fetches, enqueues on the cryptodevs, dequeues and completes. */

#include <string.h>

#include <rte_cryptodev.h>

#include "queue.h"
#include "queue_complete.h"
#include "request_akcipher.h"

/*
 * Whether a cryptodev has processed an operation that it did not accept: some reject what they
 * cannot do at enqueue, some process the operation and then have no room for the result.
 */
static inline bool
was_processed(const struct rte_crypto_op *op)
{
	return op->status != RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
}

/* Enqueues operations on their cryptodevs; those that find a queue pair full stay pending. */
static void
enqueue(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t nb)
{
	uint16_t i = 0;

	while (i < nb) {
		uint8_t cdev = vc_op_slot(ops[i])->cdev;
		uint16_t run = 1, sent;

		if (likely(q->nb_cdevs == 1))
			run = nb - i;
		while (i + run < nb && vc_op_slot(ops[i + run])->cdev == cdev)
			run++;
		sent = rte_cryptodev_enqueue_burst(q->env.sessions->cdev_ids[cdev], q->qps[cdev],
						   &ops[i], run);
		q->cdev_in_flight[cdev] += sent;
		i += sent;
		if (likely(sent == run))
			continue;
		if (!was_processed(ops[i]))
			break;
		vc_queue_complete_refused(ops[i]);
		i++;
	}
	if (unlikely(i < nb)) {
		/* After a retry from pending itself, source and destination may overlap. */
		memmove(q->pending, &ops[i], (nb - i) * sizeof(*ops));
	}
	q->nb_pending = nb - i;
}

static uint16_t
reap(struct vc_queue *q)
{
	struct rte_crypto_op *ops[RTE_VHOST_CRYPTO_MAX_BURST];
	uint16_t done = 0, n;
	uint8_t cdev;

	for (cdev = 0; cdev < q->nb_cdevs; cdev++) {
		if (q->cdev_in_flight[cdev] == 0)
			continue;
		n = rte_cryptodev_dequeue_burst(q->env.sessions->cdev_ids[cdev], q->qps[cdev], ops,
						RTE_DIM(ops));
		if (n == 0)
			continue;
		/* Queues that share the queue pair have theirs among them. */
		vc_queue_complete_reaped(ops, n);
		done += n;
	}
	return done;
}

/* Reaps operations of earlier polls; the queue is charged if there are any. */
static __rte_noinline uint16_t
reap_metered(struct vc_queue *q)
{
	uint16_t done;

	vc_budget_meter(&q->budget);
	done = reap(q);
	if (done == 0)
		q->budget.began = 0;
	return done;
}

/* Enqueues pending operations; a queue that drains does so even while it is deferred. */
static __rte_noinline void
enqueue_pending(struct vc_queue *q)
{
	if (__atomic_load_n(&q->state, __ATOMIC_RELAXED) == VC_QUEUE_DRAINING)
		vc_budget_meter(&q->budget);
	else if (!vc_budget_begin(&q->budget))
		return;
	enqueue(q, q->pending, q->nb_pending);
}

uint16_t
vc_queue_poll(struct vc_queue *q, uint16_t burst)
{
	struct rte_crypto_op *ops[RTE_VHOST_CRYPTO_MAX_BURST];
	uint16_t n = 0;

	if (__atomic_load_n(&q->state, __ATOMIC_RELAXED) == VC_QUEUE_STOPPED)
		return 0;
	if (unlikely(q->nb_pending > 0)) {
		enqueue_pending(q);
	} else {
		n = vc_queue_fetch(q, ops, RTE_MIN(burst, RTE_DIM(ops)), true);
		if (n > 0)
			enqueue(q, ops, n);
		else
			n = 2 * vc_queue_run_batch(q); /* fetched and completed */
	}
	if (unlikely(n == 0 && q->in_flight > 0 && q->budget.began == 0))
		n = reap_metered(q);
	else
		n += reap(q);
	vc_budget_end(&q->budget);
	return n;
}
