/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_lcore.h>

#include "budget.h"

/* Guests of one lcore that are looked after; beyond, whoever was idle longest is forgotten. */
#define MAX_SHARES 64
/* Microseconds that a guest may be ahead: less is not worth an idle lcore. */
#define SLACK_US 2

/* A guest on an lcore. Times are cycles of the time stamp counter. */
struct share {
	const void *guest;
	uint64_t used;	 /* what was charged; only differences mean something */
	uint64_t cost;	 /* of the last poll that was charged, or of what it is deferred for */
	uint64_t idle;	 /* idle time of the lcore up to when it had something to do last */
	uint64_t paid;	 /* idle time of the lcore up to which it has been set off against used */
	uint64_t charge; /* when it was charged last */
	uint64_t until;	 /* deferred until then at least; 0: not deferred */
	uint32_t deferrals;
	uint16_t last; /* index of the queue that was charged last */
	bool in_order; /* it was deferred, so that its queues go one after the other */
};

/* All of it is the lcore's own. */
static struct lcore {
	uint64_t work; /* cycles that were charged; those of the past without it are idle time */
	uint16_t nb_shares;
	struct share shares[MAX_SHARES];
} __rte_cache_aligned lcores[RTE_MAX_LCORE];

/* How far one is ahead of the other; negative: behind. */
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

/* Room for a guest that comes: a new share, or that of whoever was idle longest. */
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

/* A guest that comes is as far as whoever is behind all others. */
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

/* Forgets guests that were not charged for a second; queues that have such a share find another. */
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

/* How far a guest is ahead of that rival which is last; 0: of none. Others have no credit then. */
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
 * Defers a guest if it is ahead. Time that the lcore did not use since the last time was there for
 * its rivals to take. They take as long as it is ahead to catch up, at least.
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

/* Whether a guest that was deferred still is. */
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
 * Whether a queue has to let others of its guest go first when the guest is not deferred any more,
 * or it would always be the same one that goes: those behind the last one, if they ask, which they
 * have done when this one asks again.
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

/* Sets idle time off against what others are deferred for, before there is more to be caught up. */
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
		/* What it is deferred for is not forgotten for what comes home meanwhile. */
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
