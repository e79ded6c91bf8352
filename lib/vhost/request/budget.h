/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Poll budgets: how the guests whose queues one lcore polls share its time.
 *
 * A poll cannot be interrupted, and what it takes is known only afterwards: 4 microseconds for 128
 * small requests, a quarter of a second for one RSA operation. So each guest is charged the cycles
 * of the time stamp counter that its polls have taken, and a guest that is ahead of a rival is
 * deferred: its queues take nothing until the rivals have caught up, or the lcore has been idle for
 * as long. Each of two guests so has half of the time at least, for what it does with it.
 *
 * A rival is a guest that had something to do lately: with no more idle time of the lcore since
 * then than the poll in question took. Whoever waits that long for its guest does not lose more
 * than half by a poll in between, and is not worth an idle lcore. A guest that was idle has no
 * credit for that.
 *
 * Guests that share an lcore are found by their polls. While one is alone there, nothing is
 * measured. A thread that is no lcore has no budgets.
 *
 * Thread: the lcore that polls the queue.
 */

#ifndef VHOST_CRYPTO_BUDGET_H
#define VHOST_CRYPTO_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

/** What a queue knows of its budget; all zero but for guest and index when it is new. */
struct vc_budget {
	const void *guest; /**< whose queues of one lcore share what is charged */
	uint64_t began;	   /**< when the poll that is to be charged began; 0: there is none */
	uint32_t lcore;	   /**< that polled last */
	uint32_t asked;	   /**< deferral of the guest after which the queue has let others go */
	uint16_t index;	   /**< of the queue; several queues of a guest go in this order */
	uint16_t share;	   /**< of the guest, on that lcore */
	bool deferred;	   /**< vc_budget_is_deferred() has to look */
};

/** vc_budget_is_deferred() of a queue that was deferred when it was polled last. */
bool vc_budget_still_deferred(struct vc_budget *b);

/**
 * Whether a queue is deferred, as far as its last poll knows; costs next to nothing. One that had
 * nothing to do then learns it from vc_budget_begin().
 */
static inline bool
vc_budget_is_deferred(struct vc_budget *b)
{
	return unlikely(b->deferred) && vc_budget_still_deferred(b);
}

/** Begins to charge a queue for what it does, deferred or not. */
void vc_budget_meter(struct vc_budget *b);

/**
 * Begins to charge a queue that has something to do.
 *
 * @return false: it is deferred, and has to leave it where it is
 */
bool vc_budget_begin(struct vc_budget *b);

/** vc_budget_end() of a queue that has begun. */
void vc_budget_charge(struct vc_budget *b);

/** Ends what was begun, if anything: the guest is charged, and deferred if it is ahead. */
static inline void
vc_budget_end(struct vc_budget *b)
{
	if (unlikely(b->began != 0))
		vc_budget_charge(b);
}

#endif /* VHOST_CRYPTO_BUDGET_H */
