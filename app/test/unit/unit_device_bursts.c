/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Requests of fast path and slow path in one burst, and batches: those that a cryptodev with a
 * synchronous call processes in one call.
 */

#include <inttypes.h>
#include <string.h>

#include <rte_common.h>

#include "unit_device_fast_path.h"

/* Kinds of requests in one burst. */
enum kind {
	FAST,
	OTHER,
	WRONG,
	BROKEN,
	KINDS,
};

static uint8_t
make(struct request *r, enum kind kind, unsigned int i)
{
	unsigned int by = beside(i);

	make_fast(r, i % 2);
	move(r, by);
	if (kind == OTHER)
		r->table[2].addr = r->out = AT_OTHER + 0x100 * by;
	if (kind == WRONG)
		r->fields.session = UINT32_MAX;
	if (kind == BROKEN)
		r->table[1].addr = BEHIND;
	return kind == WRONG ? INVSESS : kind == BROKEN ? ERR : OK;
}

static void
send_burst(const uint8_t *kinds, unsigned int nb)
{
	struct vring_desc indirect[GUEST_RING];
	struct request requests[GUEST_RING];
	struct vc_slot *slots[GUEST_RING];
	uint8_t statuses[GUEST_RING];
	uint32_t written[GUEST_RING];
	bool fast = true;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		statuses[i] = make(&requests[i], kinds[i], i);
		indirect[i] = put(&requests[i]);
		slots[i] = next_slot(nb, i);
		slots[i]->fast_path = kinds[i] != FAST;
	}
	memcpy(before, area, AREA_SIZE);
	guest_put_burst(indirect, nb);
	guest_wait_burst(nb, written);
	for (i = 0; i < nb; i++) {
		/* Those behind one that is not take the way that it takes. */
		fast &= kinds[i] == FAST;
		CHECK(slots[i]->fast_path == fast);
		check_result(&requests[i], statuses[i], written[i]);
	}
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(dev->queues[0].in_flight == 0 &&
	      dev->queues[0].slots.nb_free == dev->queues[0].slots.nb);
}

static void
bursts_of_all_kinds_in_any_order(void)
{
	unsigned int format, order, i;
	uint8_t kinds[GUEST_RING];

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (order = 0; order < KINDS * KINDS * KINDS * KINDS; order++) {
			for (i = 0; i < 4; i++)
				kinds[i] = order >> 2 * i & 3;
			send_burst(kinds, 4);
		}
		for (i = 0; i < GUEST_RING; i++) {
			memset(kinds, FAST, sizeof(kinds));
			send_burst(kinds, GUEST_RING);
			kinds[i] = BROKEN;
			send_burst(kinds, GUEST_RING);
			kinds[i] = OTHER;
			send_burst(kinds, GUEST_RING);
		}
		check_serves();
		guest_close();
	}
}

/* A request in pieces has to wait for memory, and those behind it with it; none is lost. */
static void
a_burst_that_is_deferred(void)
{
	struct vring_desc indirect[3];
	struct request r[3];
	uint32_t written[3];
	unsigned int format, i, mbufs, bounces;
	struct vc_queue *q;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		q = &dev->queues[0];
		for (i = 0; i < 3; i++)
			make(&r[i], FAST, i);
		r[1].count = 6;
		memmove(&r[1].table[4], &r[1].table[2], 2 * sizeof(r[1].table[0]));
		set(&r[1], 2, r[1].in + 16, TEXT - 16, NEXT, 3);
		set(&r[1], 3, r[1].out, 16, NEXT | WRITE, 4);
		set(&r[1], 4, r[1].out + 16, TEXT - 16, NEXT | WRITE, 5);
		r[1].table[1].len = 16;
		for (i = 0; i < 3; i++)
			indirect[i] = put(&r[i]);
		memcpy(before, area, AREA_SIZE);
		mbufs = q->mbufs.nb_free;
		bounces = q->bounces.nb_free;
		q->mbufs.nb_free = q->bounces.nb_free = 0;
		guest_put_burst(indirect, 3);
		for (i = 0; i < 10; i++)
			vc_queue_poll(q, 32);
		CHECK(*va(r[0].status) == OK && q->stats.completed == 1);
		CHECK(*va(r[1].status) == NONE && *va(r[2].status) == NONE);
		CHECK(memcmp(va(r[2].in), clear, TEXT) == 0);
		CHECK(q->slots.nb_free == q->slots.nb && q->in_flight == 0);
		q->mbufs.nb_free = mbufs;
		q->bounces.nb_free = bounces;
		guest_wait_burst(3, written);
		for (i = 0; i < 3; i++)
			check_result(&r[i], OK, written[i]);
		CHECK(memcmp(before, area, AREA_SIZE) == 0);
		CHECK(q->mbufs.nb_free == mbufs && q->bounces.nb_free == bounces);
		check_serves();
		guest_close();
	}
}

/* Puts a burst on the ring, of which the first ones encrypt and the others decrypt. */
static void
put_burst(struct request *requests, unsigned int nb, unsigned int nb_first)
{
	struct vring_desc indirect[GUEST_RING];
	unsigned int i;

	for (i = 0; i < nb; i++) {
		make_fast(&requests[i], i >= nb_first);
		move(&requests[i], beside(i));
		indirect[i] = put(&requests[i]);
	}
	memcpy(before, area, AREA_SIZE);
	nb_calls = nb_called = 0;
	guest_put_burst(indirect, nb);
}

/* Waits for a burst, in which all goes well but one request, or all if that is FAILS_ALL. */
static void
wait_burst(const struct request *requests, unsigned int nb, int wrong)
{
	uint32_t written[GUEST_RING];
	unsigned int i;

	guest_wait_burst(nb, written);
	for (i = 0; i < nb; i++) {
		bool failed = wrong == FAILS_ALL || wrong == (int)i;

		if (failed) /* what is there then is nobody's business */
			memcpy(va(requests[i].out), before + (requests[i].out - AREA), TEXT);
		check_result(&requests[i], failed ? ERR : OK, written[i]);
	}
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(dev->queues[0].in_flight == 0 &&
	      dev->queues[0].slots.nb_free == dev->queues[0].slots.nb);
	CHECK(!vc_queue_holds_session(&dev->queues[0], vc_session_index(ids[0])));
}

/* A call does as many requests of a session as fill the lanes of a cryptodev. */
static void
batches_that_fill_lanes(void)
{
	static const struct {
		uint8_t nb;
		uint8_t nb_first;
		uint8_t calls;
		uint8_t called;
	} bursts[] = {
		{ 1, 1, 1, 1 },
		{ 15, 15, 1, 15 },
		{ 16, 16, 1, 16 },
		{ 20, 20, 2, 20 },
		{ 31, 31, 2, 31 },
		{ 32, 32, 1, 32 },
		/* Few requests go with those behind them. */
		{ 20, 5, 0, 0 },
		{ 20, 15, 0, 0 },
		{ 20, 16, 2, 20 },
		{ 32, 17, 1, 16 },
	};
	struct request requests[GUEST_RING];
	unsigned int format, i;

	for (format = 0; batches && format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(bursts); i++) {
			put_burst(requests, bursts[i].nb, bursts[i].nb_first);
			wait_burst(requests, bursts[i].nb, -1);
			CHECK(nb_calls == bursts[i].calls && nb_called == bursts[i].called);
			if (unit_failed)
				printf("  burst %u: %u calls, %u requests\n", i, nb_calls,
				       nb_called);
		}
		guest_close();
	}
}

/* What is looked at for a batch and then goes another way is counted once in its turn. */
static void
a_batch_that_is_dropped(void)
{
	struct vring_desc indirect[16];
	struct request r[16];
	uint32_t written[16];
	unsigned int format, i;

	for (format = 0; batches && format < RTE_DIM(formats); format++) {
		guest_max_size = 0x40000;
		open_device(formats[format]);
		guest_max_size = GUEST_MAX_SIZE;
		for (i = 0; i < 16; i++) {
			make_fast(&r[i], i == 15);
			set_lengths(&r[i], IV, 0x8000); /* a turn has 16 of them */
			move(&r[i], i);
			r[i].table[1].addr = r[i].table[2].addr = AT_DATA;
			indirect[i] = put(&r[i]);
		}
		guest_put_burst(indirect, 16);
		vc_queue_poll(&dev->queues[0], 32);
		CHECK(dev->queues[0].stats.requests == 16);
		guest_wait_burst(16, written);
		for (i = 0; i < 16; i++)
			CHECK(*va(r[i].status) == OK && written[i] == 0x8001);
		guest_close();
	}
}

/* One request in a burst is another one; it gets its answer, and the others theirs. */
static void
spoilt_burst(const struct request *spoilt, uint8_t status, const char *what, uint64_t value)
{
	struct vring_desc indirect[GUEST_RING];
	struct request requests[GUEST_RING];
	const unsigned int at = 20;
	uint32_t written[GUEST_RING];
	unsigned int i;

	for (i = 0; i < GUEST_RING; i++) {
		make_fast(&requests[i], false);
		if (i == at)
			requests[i] = *spoilt;
		move(&requests[i], beside(i));
		indirect[i] = put(&requests[i]);
	}
	memcpy(before, area, AREA_SIZE);
	nb_called = 0;
	guest_put_burst(indirect, GUEST_RING);
	guest_wait_burst(GUEST_RING, written);
	for (i = 0; i < GUEST_RING; i++)
		check_result(&requests[i], i == at ? status : OK, written[i]);
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(nb_called == 16);
	if (unit_failed)
		printf("  %s 0x%" PRIx64 ", features 0x%" PRIx64 "\n", what, value, dev->features);
}

/* Each field of a request that follows others in a batch is looked at as those of the first one. */
static void
batches_that_end_at_another_request(void)
{
	static const uint32_t lens[][3] = {
		{ IV, 0, ERR },
		{ 0, TEXT, ERR },
		{ IV, TEXT - 1, ERR },
		{ IV, TEXT - 8, ERR },
		{ IV, 65536, ERR },
		{ IV, 65520, ERR },
		{ IV, GUEST_MAX_SIZE / 2, ERR },
	};
	unsigned int format, i;
	struct request r;

	for (format = 0; batches && format < RTE_DIM(formats) && !unit_failed; format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(lies) && !unit_failed; i++) {
			make_fast(&r, false);
			memcpy((uint8_t *)&r.fields + lies[i].field, &lies[i].value, 4);
			spoilt_burst(&r, lies[i].status, "value", lies[i].value);
		}
		for (i = 0; i < RTE_DIM(lens) && !unit_failed; i++) {
			make_fast(&r, false);
			set_lengths(&r, lens[i][0], lens[i][1]);
			spoilt_burst(&r, lens[i][2], "length", lens[i][1]);
		}
		make_fast(&r, false);
		r.fields.session |= 1ULL << 62;
		spoilt_burst(&r, INVSESS, "session", r.fields.session);
		make_fast(&r, false);
		r.table[2].addr = r.table[1].addr = BEHIND - 0x100 * beside(20);
		spoilt_burst(&r, ERR, "address", r.table[1].addr);
		guest_close();
	}
}

/* What the cryptodev cannot do is answered with an error, and nothing else is. */
static void
requests_that_fail_in_a_batch(void)
{
	static const int wrong[] = { 0, 7, 15, FAILS_ALL };
	struct request requests[GUEST_RING];
	unsigned int format, i;

	for (format = 0; batches && format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(wrong); i++) {
			dev->queues[0].stats.completed = dev->queues[0].stats.failed = 0;
			put_burst(requests, 16, 16);
			fails = wrong[i];
			wait_burst(requests, 16, wrong[i]);
			fails = -1;
			CHECK(dev->queues[0].stats.failed == (wrong[i] == FAILS_ALL ? 16 : 1));
			CHECK(dev->queues[0].stats.completed == 16 - dev->queues[0].stats.failed);
		}
		check_serves();
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(bursts_of_all_kinds_in_any_order),
		UNIT_TEST(a_burst_that_is_deferred),
		UNIT_TEST(batches_that_fill_lanes),
		UNIT_TEST(a_batch_that_is_dropped),
		UNIT_TEST(batches_that_end_at_another_request),
		UNIT_TEST(requests_that_fail_in_a_batch),
	};

	area = guest_map_area(AREA_SIZE);
	if (area == NULL)
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
