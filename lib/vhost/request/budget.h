/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Poll budgets: sharing of an lcore among the guests whose queues it polls.
 *
 * A poll cannot be interrupted, and its cost is known only afterwards: 4 microseconds for 128 small
 * requests, a quarter of a second for one RSA operation. So each guest is charged the TSC cycles of
 * its polls, and a guest that is ahead of a rival is deferred: its queues pop no requests until the
 * rivals have caught up, or the lcore has been idle for as long. Each of two guests thus gets at
 * least half of the time.
 *
 * A rival is a guest that was active lately: since then, the lcore was idle for no longer than the
 * poll in question took. A guest that can wait that long loses no more than half to such a poll,
 * and is not worth an idle lcore. An idle guest gains no credit.
 *
 * Guests that share an lcore are found by their polls. While there is only one, nothing is
 * measured. Threads that are not lcores have no budgets.
 *
 * Thread: the lcore that polls the queue.
 */

#ifndef VHOST_CRYPTO_BUDGET_H
#define VHOST_CRYPTO_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

/** Poll budget of a queue; all zero but for guest and index when it is new. */
struct vc_budget {
	const void *guest; /**< identifies the guest */
	uint64_t began;	   /**< start of the poll to charge; 0: none */
	uint32_t lcore;	   /**< the lcore that polled last */
	uint32_t asked;	   /**< deferral of the guest after which the queue has yielded */
	uint16_t index;	   /**< index of the queue: the order of the guest's queues */
	uint16_t share;	   /**< index of the guest's share on that lcore */
	bool deferred;	   /**< vc_budget_is_deferred() must check */
};

/** vc_budget_is_deferred() of a queue that was deferred at its last poll. */
bool vc_budget_still_deferred(struct vc_budget *b);

/**
 * Whether a queue is deferred, as of its last poll; costs next to nothing. A queue that had no
 * requests then learns it from vc_budget_begin().
 */
static inline bool
vc_budget_is_deferred(struct vc_budget *b)
{
	return unlikely(b->deferred) && vc_budget_still_deferred(b);
}

/** Starts charging a queue, deferred or not. */
void vc_budget_meter(struct vc_budget *b);

/**
 * Starts charging a queue that has requests.
 *
 * @return false: the queue is deferred, and must leave them in the ring
 */
bool vc_budget_begin(struct vc_budget *b);

/** vc_budget_end() of a queue that is being charged. */
void vc_budget_charge(struct vc_budget *b);

/** Charges the guest if a charge was started, and defers it if it is ahead. */
static inline void
vc_budget_end(struct vc_budget *b)
{
	if (unlikely(b->began != 0))
		vc_budget_charge(b);
}

#endif /* VHOST_CRYPTO_BUDGET_H */
