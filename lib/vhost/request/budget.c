/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_lcore.h>

#include "budget.h"

/* Maximum number of guests per lcore; beyond it, the one that is idle longest is evicted. */
#define MAX_SHARES 64
/* Microseconds by which a guest may be ahead: less is not worth an idle lcore. */
#define SLACK_US 2

/* A guest's share of an lcore. Times are TSC cycles. */
struct share {
	const void *guest;
	uint64_t used;	 /* charged time; only differences are meaningful */
	uint64_t cost;	 /* of the last charged poll, or of those that it is deferred for */
	uint64_t idle;	 /* idle time of the lcore when the guest was last active */
	uint64_t paid;	 /* idle time of the lcore that was set off against used */
	uint64_t charge; /* time of the last charge */
	uint64_t until;	 /* deferred until this time, at least; 0: not deferred */
	uint32_t deferrals;
	uint16_t last; /* index of the queue charged last */
	bool in_order; /* it was deferred, so its queues are served in order */
};

/* Accessed by the lcore itself only. */
static struct lcore {
	uint64_t work; /* charged cycles; all others are idle time */
	uint16_t nb_shares;
	struct share shares[MAX_SHARES];
} __rte_cache_aligned lcores[RTE_MAX_LCORE];

/* Time by which one share is ahead of another; negative: behind. */
static inline int64_t
ahead_of(const struct share *s, const struct share *other)
{
	return s->used - other->used;
}

static struct lcore *
this_lcore(void)
{
	unsigned int id = rte_lcore_id();

	return likely(id < RTE_MAX_LCORE) ? &lcores[id] : NULL;
}

/* Allocates a share; evicts the guest that is idle longest if there is none. */
static struct share *
alloc_share(struct lcore *l)
{
	struct share *oldest = &l->shares[0];
	uint16_t i;

	if (l->nb_shares < MAX_SHARES)
		return &l->shares[l->nb_shares++];
	for (i = 1; i < MAX_SHARES; i++)
		if ((int64_t)(l->shares[i].charge - oldest->charge) < 0)
			oldest = &l->shares[i];
	return oldest;
}

/* Adds a guest, on a par with the one that is furthest behind. */
static struct share *
add_share(struct lcore *l, const void *guest)
{
	uint64_t now = rte_rdtsc(), idle = now - l->work, used = l->shares[0].used;
	struct share *s;
	uint16_t i;

	for (i = 1; i < l->nb_shares; i++)
		if ((int64_t)(l->shares[i].used - used) < 0)
			used = l->shares[i].used;
	s = alloc_share(l);
	*s = (struct share){
		.guest = guest, .used = used, .idle = idle, .paid = idle, .charge = now
	};
	return s;
}

static struct share *
find_share(struct lcore *l, struct vc_budget *b)
{
	struct share *s = NULL;
	uint16_t i;

	if (likely(b->lcore == l - lcores && b->share < l->nb_shares &&
		   l->shares[b->share].guest == b->guest))
		return &l->shares[b->share];
	for (i = 0; i < l->nb_shares && s == NULL; i++)
		if (l->shares[i].guest == b->guest)
			s = &l->shares[i];
	if (s == NULL)
		s = add_share(l, b->guest);
	b->lcore = l - lcores;
	b->share = s - l->shares;
	return s;
}

/* Removes guests that were not charged for a second; their queues find or add another share. */
static void
forget_idle(struct lcore *l, const struct share *but, uint64_t now)
{
	uint16_t i = 0;

	while (i < l->nb_shares) {
		struct share *s = &l->shares[i], *last = &l->shares[l->nb_shares - 1];

		if (s == but || last == but || now - s->charge < rte_get_tsc_hz()) {
			i++;
			continue;
		}
		*s = *last;
		l->nb_shares--;
	}
}

static bool
is_rival(const struct share *s, const struct share *other, uint64_t idle)
{
	return other != s && idle - other->idle < s->cost;
}

/*
 * Time by which a guest is ahead of its furthest-behind rival; 0: it has no rival. Guests that are
 * no rivals lose their credit.
 */
static uint64_t
ahead_of_rivals(struct lcore *l, const struct share *s, uint64_t idle)
{
	int64_t ahead = 0;
	uint16_t i;

	for (i = 0; i < l->nb_shares; i++)
		if (is_rival(s, &l->shares[i], idle))
			ahead = RTE_MAX(ahead, ahead_of(s, &l->shares[i]));
	for (i = 0; i < l->nb_shares; i++)
		if (!is_rival(s, &l->shares[i], idle) && ahead_of(s, &l->shares[i]) > ahead)
			l->shares[i].used = s->used - ahead;
	return ahead;
}

/*
 * Defers a guest if it is ahead. Idle time of the lcore since the last update is set off: its
 * rivals could have used it. The rivals need at least the remaining lead to catch up.
 */
static void
update_deferral(struct lcore *l, struct share *s, uint64_t now)
{
	const uint64_t slack = rte_get_tsc_hz() / 1000000 * SLACK_US;
	uint64_t idle = now - l->work;
	uint64_t ahead = ahead_of_rivals(l, s, idle);
	uint64_t paid = RTE_MIN(idle - s->paid, ahead);

	s->used -= paid;
	s->paid = idle;
	ahead -= paid;
	s->until = ahead > slack ? now + ahead - slack : 0;
}

/* Whether a deferred guest is still deferred. */
static bool
is_deferred(struct lcore *l, struct share *s, uint64_t now)
{
	if (s->until != 0 && (int64_t)(now - s->until) >= 0)
		update_deferral(l, s, now);
	return s->until != 0;
}

bool
vc_budget_still_deferred(struct vc_budget *b)
{
	struct lcore *l = this_lcore();

	b->deferred = l != NULL && is_deferred(l, find_share(l, b), rte_rdtsc());
	return b->deferred;
}

void
vc_budget_meter(struct vc_budget *b)
{
	struct lcore *l = this_lcore();

	if (unlikely(l == NULL))
		return;
	find_share(l, b);
	if (l->nb_shares > 1)
		b->began = rte_rdtsc();
}

/*
 * Whether a queue yields to other queues of its guest after a deferral, or always the same queue
 * would be served: to those behind the queue served last, if they poll. They have done so by the
 * time this one polls again.
 */
static bool
yields_to_others(const struct share *s, struct vc_budget *b)
{
	if (likely(!s->in_order) || b->index > s->last || b->asked == s->deferrals)
		return false;
	b->asked = s->deferrals;
	return true;
}

bool
vc_budget_begin(struct vc_budget *b)
{
	struct lcore *l = this_lcore();
	struct share *s;
	uint64_t now;

	if (unlikely(l == NULL))
		return true;
	s = find_share(l, b);
	if (likely(l->nb_shares == 1))
		return true;
	now = rte_rdtsc();
	b->deferred = is_deferred(l, s, now);
	if (b->deferred || yields_to_others(s, b))
		return false;
	b->began = now;
	s->last = b->index;
	s->in_order = false;
	return true;
}

/* Sets off idle time against the lead of other deferred guests before they are charged more. */
static void
update_other_deferrals(struct lcore *l, const struct share *but, uint64_t now)
{
	uint16_t i;

	for (i = 0; i < l->nb_shares; i++)
		if (&l->shares[i] != but && l->shares[i].until != 0)
			update_deferral(l, &l->shares[i], now);
}

void
vc_budget_charge(struct vc_budget *b)
{
	struct lcore *l = this_lcore();
	uint64_t now = rte_rdtsc(), cost;
	struct share *s;

	if (l != NULL) {
		s = find_share(l, b);
		update_other_deferrals(l, s, b->began);
		cost = now - b->began;
		/*
		 * A deferred guest that completes requests keeps the cost of what it is deferred
		 * for.
		 */
		s->cost = s->until != 0 ? RTE_MAX(s->cost, cost) : cost;
		s->used += cost;
		l->work += cost;
		s->idle = now - l->work;
		s->paid = s->idle;
		s->charge = now;
		update_deferral(l, s, now);
		b->deferred = s->until != 0;
		if (b->deferred) {
			s->in_order = true;
			s->deferrals++;
		}
		forget_idle(l, s, now);
	}
	b->began = 0;
}
