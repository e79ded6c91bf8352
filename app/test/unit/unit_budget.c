/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Poll budgets, with guests and a clock of the test's own: an lcore polls queues in turn, each of
 * which has requests of some cost, and guests that think for some time before the next one.
 */

#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

static uint64_t tsc;

#define rte_rdtsc()	 tsc
#define rte_get_tsc_hz() 1000000000ULL

#include "budget.c"
#include "unit.h"

#define US   1000ULL
#define MS   (1000 * US)
#define IDLE 20 /* what a poll takes that finds nothing, or is deferred */

/* A queue, and its guest. */
struct player {
	uint64_t cost;	 /* of a request */
	uint64_t second; /* of every second one, if it is another; a poll takes one request */
	uint64_t think;	 /* until the next one */
	uint64_t from;	 /* nothing before, and nothing from then on */
	uint64_t until;
	struct vc_budget budget;
	uint64_t ready; /* when the next request is there */
	uint64_t done;	/* requests */
	uint64_t used;
};

/* Returns whether there was something to do. */
static bool
poll_once(struct player *p, uint64_t start)
{
	uint64_t cost = p->done % 2 != 0 && p->second != 0 ? p->second : p->cost;

	tsc += IDLE;
	if (tsc < p->ready || tsc - start < p->from || (p->until != 0 && tsc - start >= p->until))
		return false;
	if (vc_budget_is_deferred(&p->budget) || !vc_budget_begin(&p->budget))
		return false;
	tsc += cost;
	vc_budget_end(&p->budget);
	p->ready = tsc + p->think;
	p->done++;
	p->used += cost;
	return true;
}

/* When there is something to do for a player, at the earliest. */
static uint64_t
next_event(const struct player *p, uint64_t start)
{
	const struct vc_budget *b = &p->budget;
	uint64_t next = RTE_MAX(p->ready, start + p->from);

	if (p->until != 0 && tsc >= start + p->until)
		return UINT64_MAX;
	return b->deferred ? RTE_MAX(next, lcores[b->lcore].shares[b->share].until) : next;
}

/* Plays for some time; the players' guests are those of their budgets, or each has its own. */
static void
play(struct player *players, unsigned int nb, uint64_t time)
{
	uint64_t start;
	unsigned int i;

	tsc += 10 * 1000 * MS; /* earlier guests are forgotten */
	start = tsc;
	for (i = 0; i < nb; i++) {
		players[i].done = players[i].used = players[i].ready = 0;
		if (players[i].budget.guest == NULL)
			players[i].budget.guest = &players[i];
	}
	while (tsc - start < time) {
		uint64_t next = start + time;
		bool idle = true;

		for (i = 0; i < nb; i++)
			idle &= !poll_once(&players[i], start);
		for (i = 0; i < nb; i++)
			next = RTE_MIN(next, next_event(&players[i], start));
		if (idle && next > tsc)
			tsc = next;
	}
}

/* What a player does alone. */
static double
alone(const struct player *p, uint64_t time)
{
	struct player one = *p;

	play(&one, 1, time);
	return one.done;
}

/* Whatever the two do, and whichever of them is hostile. */
static void
each_of_two_keeps_nearly_half(void)
{
	static const uint64_t costs[] = { 10 * US, 75 * US, 1 * MS, 250 * MS };
	static const uint64_t thinks[] = { 0,	     1 * US,  10 * US,	70 * US,
					   500 * US, 10 * MS, 200 * MS, 400 * MS };
	unsigned int a, b, t;

	for (a = 0; a < RTE_DIM(costs); a++)
		for (b = 0; b < RTE_DIM(costs); b++)
			for (t = 0; t < RTE_DIM(thinks); t++) {
				uint64_t longest = RTE_MAX(RTE_MAX(costs[a], costs[b]), thinks[t]);
				uint64_t time = 40 * longest;
				struct player p[2] = { { .cost = costs[a] },
						       { .cost = costs[b], .think = thinks[t] } };
				double before[2] = { alone(&p[0], time), alone(&p[1], time) };
				bool right;

				play(p, 2, time);
				right = p[0].done >= 0.45 * before[0] &&
					p[1].done >= 0.45 * before[1];
				CHECK(right);
				if (!right)
					printf("  cost %ju beside cost %ju, think %ju: %.2f %.2f\n",
					       costs[a], costs[b], thinks[t], p[0].done / before[0],
					       p[1].done / before[1]);
			}
}

static void
cheap_requests_do_not_hide_expensive_ones(void)
{
	struct player p[2] = { { .cost = 1 * US, .second = 250 * MS },
			       { .cost = 1 * US, .think = 2 * US } };
	double before = alone(&p[1], 20000 * MS);

	play(p, 2, 20000 * MS);
	CHECK(p[1].done >= 0.45 * before);
	CHECK(p[0].used >= 0.4 * 20000 * MS);
}

static void
the_queues_of_a_guest_count_as_one(void)
{
	struct player p[9];
	double before;
	unsigned int i;

	memset(p, 0, sizeof(p));
	for (i = 0; i < RTE_DIM(p); i++) {
		p[i].cost = 10 * US;
		p[i].budget.guest = i < 8 ? &p[0] : &p[8];
		p[i].budget.index = i % 8;
	}
	before = alone(&p[8], 1000 * MS);
	play(p, RTE_DIM(p), 1000 * MS);
	CHECK(p[8].done >= 0.45 * before);
	/* None of its queues is left out. */
	for (i = 0; i < 8; i++)
		CHECK(p[i].done >= 0.9 * p[0].done);
}

static void
of_n_guests_each_has_its_part(void)
{
	struct player p[4] = { { .cost = 250 * MS },
			       { .cost = 10 * US },
			       { .cost = 4 * US },
			       { .cost = 4 * US, .think = 3 * US } };
	double before[4];
	unsigned int i;

	for (i = 0; i < RTE_DIM(p); i++)
		before[i] = alone(&p[i], 100000 * MS);
	play(p, RTE_DIM(p), 100000 * MS);
	for (i = 0; i < RTE_DIM(p); i++)
		CHECK(p[i].done >= 0.9 / 4 * before[i]);
}

/* Three that are hostile leave the other one its part, too. */
static void
several_hostile_guests_gain_nothing(void)
{
	struct player p[4] = { { .cost = 250 * MS },
			       { .cost = 250 * MS },
			       { .cost = 250 * MS },
			       { .cost = 10 * US, .think = 1 * US } };
	double before = alone(&p[3], 100000 * MS);

	play(p, RTE_DIM(p), 100000 * MS);
	CHECK(p[3].done >= 0.9 / 4 * before);
}

static void
who_has_no_rival_is_not_deferred(void)
{
	struct player p[2] = { { .cost = 4 * US }, { .cost = 4 * US, .until = 100 * MS } };
	double before = alone(&p[0], 1000 * MS);

	/* Beside one that is there for a tenth of the time. */
	play(p, 2, 1000 * MS);
	CHECK(p[0].done >= 0.93 * before);
	/* Beside one that comes once in a millisecond. */
	p[1] = (struct player){ .cost = 4 * US, .think = 1 * MS };
	play(p, 2, 1000 * MS);
	CHECK(p[0].done >= 0.97 * before);
}

static void
who_was_idle_has_no_credit(void)
{
	struct player p[3] = { { .cost = 10 * US },
			       { .cost = 10 * US },
			       { .cost = 10 * US, .from = 1000 * MS } };

	play(p, RTE_DIM(p), 1100 * MS);
	/* It gets a third of the last 100 ms, not all of them. */
	CHECK(p[2].used >= 30 * MS && p[2].used <= 36 * MS);
	CHECK(p[0].used >= 500 * MS && p[1].used >= 500 * MS);
}

static void
who_comes_is_not_deferred_for_the_past_of_others(void)
{
	struct player p[2] = { { .cost = 250 * MS }, { .cost = 1 * US, .from = 1000 * MS } };

	/* From its first request on it has at least half of the time. */
	play(p, 2, 2500 * MS);
	CHECK(p[1].used >= 0.45 * 1500 * MS);
	/* The same where it is alone for a while, and the other one comes. */
	p[0].from = 1000 * MS;
	p[1].from = 0;
	play(p, 2, 2500 * MS);
	CHECK(p[1].used >= 0.45 * 2500 * MS);
}

static void
more_guests_than_are_looked_after(void)
{
	struct player p[MAX_SHARES + 6];
	unsigned int i;

	memset(p, 0, sizeof(p));
	for (i = 0; i < RTE_DIM(p); i++)
		p[i].cost = 10 * US;
	play(p, RTE_DIM(p), 1000 * MS);
	for (i = 0; i < RTE_DIM(p); i++)
		CHECK(p[i].used >= 0.5 * 1000 * MS / RTE_DIM(p));
}

static void
a_thread_that_is_no_lcore_has_no_budgets(void)
{
	struct player p[2] = { { .cost = 250 * MS }, { .cost = 1 * US } };

	RTE_PER_LCORE(_lcore_id) = LCORE_ID_ANY;
	play(p, 2, 1000 * MS);
	CHECK(p[0].done == 4);
	RTE_PER_LCORE(_lcore_id) = 0;
}

/* It finds its guest's share on the other lcore, and is no rival on the first one for long. */
static void
a_queue_may_change_its_lcore(void)
{
	struct player p[2] = { { .cost = 250 * MS }, { .cost = 10 * US } };

	play(p, 2, 2000 * MS);
	RTE_PER_LCORE(_lcore_id) = 1;
	play(&p[1], 1, 1000 * MS);
	CHECK(p[1].used >= 990 * MS);
	RTE_PER_LCORE(_lcore_id) = 0;
	play(&p[0], 1, 1000 * MS);
	CHECK(p[0].done == 4);
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_of_two_keeps_nearly_half),
	UNIT_TEST(cheap_requests_do_not_hide_expensive_ones),
	UNIT_TEST(the_queues_of_a_guest_count_as_one),
	UNIT_TEST(of_n_guests_each_has_its_part),
	UNIT_TEST(several_hostile_guests_gain_nothing),
	UNIT_TEST(who_has_no_rival_is_not_deferred),
	UNIT_TEST(who_was_idle_has_no_credit),
	UNIT_TEST(who_comes_is_not_deferred_for_the_past_of_others),
	UNIT_TEST(more_guests_than_are_looked_after),
	UNIT_TEST(a_thread_that_is_no_lcore_has_no_budgets),
	UNIT_TEST(a_queue_may_change_its_lcore),
};

int
main(void)
{
	RTE_PER_LCORE(_lcore_id) = 0;
	return unit_run(tests, RTE_DIM(tests));
}
