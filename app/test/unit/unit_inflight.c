/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The note of the requests in flight. A program ends wherever a test leaves one note and begins
 * another one with the same memory.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "inflight.h"
#include "unit.h"

#define SIZE   8
#define QUEUES 3
#define QUEUE  1 /* the one that is tested */

static __virtio16 driver[2 + SIZE + 1] __rte_aligned(4), device[2 + 4 * SIZE + 1] __rte_aligned(4);
static struct vring_avail *avail = (struct vring_avail *)driver;
static struct vring_used *used = (struct vring_used *)device;
static struct vring_desc desc[SIZE];
static struct vc_vring vr;

static struct vc_inflight_keeper keeper;
static struct vc_inflight *inflight;
static int fd;

static void
attach(void)
{
	vr = (struct vc_vring){
		.desc = desc,
		.avail = avail,
		.used = used,
		.size = SIZE,
		.mask = SIZE - 1,
		.last_avail = used->idx, /* as front-ends say that know no better */
		.next_used = used->idx,
		.shown_used = used->idx,
		.callfd = -1,
		.kickfd = -1,
	};
	CHECK(vc_inflight_begin(&inflight, &keeper, QUEUE, &vr) == 0 && inflight != NULL);
}

static void
open_note(uint16_t start)
{
	uint64_t bytes = vc_inflight_bytes(QUEUES, SIZE);

	memset(driver, 0, sizeof(driver));
	memset(device, 0, sizeof(device));
	avail->idx = start;
	used->idx = start;
	fd = vc_inflight_create(bytes);
	CHECK(fd >= 0);
	CHECK(vc_inflight_set(&keeper, fd, 0, bytes, QUEUES, SIZE) == 0);
	attach();
}

static void
close_note(void)
{
	vc_inflight_end(inflight);
	vc_inflight_forget(&keeper);
	close(fd);
}

/* The program ends, and another one begins. */
static void
end_suddenly(void)
{
	vc_inflight_end(inflight); /* writes nothing */
	attach();
}

static void
take(uint16_t head)
{
	CHECK(vc_inflight_take(inflight, &vr, (struct vc_head){ head, 1 }) == head);
	vc_vring_take(&vr, 1);
}

static void
give(uint16_t head)
{
	vc_inflight_give(inflight, head);
	vc_vring_give(&vr, head, 1, 1);
}

static void
show(void)
{
	vc_inflight_before_show(inflight, &vr);
	vc_vring_show(&vr);
	vc_inflight_after_show(inflight, &vr);
}

/* What begins again, the next one first; its heads are in the lowest digits of a number. */
static uint64_t
begun_again(void)
{
	uint64_t found = 0, place = 1;
	struct vc_head head;
	uint16_t entry;

	for (; vc_inflight_redo(inflight, &vr, &head, &entry); place *= 10) {
		CHECK(head.first == entry && head.nb_entries == 1 && entry < SIZE);
		found += place * head.first;
		vc_inflight_redone(inflight);
	}
	return found;
}

static void
a_new_note_has_nothing_to_begin_again(void)
{
	open_note(65530);
	CHECK(begun_again() == 0);
	CHECK(vr.last_avail == 65530);
	close_note();
}

static void
without_memory_there_is_no_note(void)
{
	struct vc_inflight_keeper none = { 0 };

	open_note(0);
	vc_inflight_end(inflight);
	CHECK(vc_inflight_begin(&inflight, &none, QUEUE, &vr) == 0 && inflight == NULL);
	/* Nor for a queue that the front-end did not speak of, nor for a larger ring. */
	CHECK(vc_inflight_begin(&inflight, &keeper, QUEUES, &vr) == 0 && inflight == NULL);
	vr.size = 2 * SIZE;
	CHECK(vc_inflight_begin(&inflight, &keeper, QUEUE, &vr) == 0 && inflight == NULL);
	vc_inflight_forget(&keeper);
	close(fd);
}

static void
memory_that_others_can_make_smaller_is_refused(void)
{
	uint64_t bytes = vc_inflight_bytes(QUEUES, SIZE);
	struct vc_inflight_keeper k = { 0 };
	int plain = memfd_create("plain", 0);

	CHECK(ftruncate(plain, bytes) == 0);
	CHECK(vc_inflight_set(&k, plain, 0, bytes, QUEUES, SIZE) == -EINVAL);
	close(plain);
	plain = vc_inflight_create(bytes);
	CHECK(ftruncate(plain, 0) != 0);
	CHECK(vc_inflight_set(&k, plain, 0, bytes, QUEUES, SIZE) == 0);
	close(plain);
	vc_inflight_forget(&k);
}

static void
memory_too_small_is_refused(void)
{
	uint64_t bytes = vc_inflight_bytes(QUEUES, SIZE);
	struct vc_inflight_keeper k = { 0 };
	int sealed = vc_inflight_create(bytes);

	CHECK(vc_inflight_set(&k, sealed, 0, bytes, QUEUES + 1, SIZE) == -EINVAL);
	CHECK(vc_inflight_set(&k, sealed, 0, bytes, QUEUES, 16 * SIZE) == -EINVAL);
	CHECK(vc_inflight_set(&k, sealed, 0, bytes + 1, QUEUES, SIZE) == -EINVAL);
	CHECK(vc_inflight_set(&k, sealed, 0, UINT64_MAX, QUEUES, SIZE) == -EINVAL);
	CHECK(vc_inflight_set(&k, sealed, 64, bytes - 64, 1, 1) == -EINVAL);
	CHECK(vc_inflight_set(&k, sealed, UINT64_MAX - 4095, bytes, QUEUES, SIZE) == -EINVAL);
	CHECK(vc_inflight_set(&k, -1, 0, bytes, QUEUES, SIZE) == -EINVAL);
	CHECK(k.area == NULL);
	close(sealed);
}

static void
what_was_taken_begins_again_in_its_order(void)
{
	open_note(65534);
	take(3);
	take(7);
	take(1);
	end_suddenly();
	CHECK(vr.last_avail == 1);
	CHECK(begun_again() == 173);
	/* And once more, if this one ends as well. */
	take(2);
	end_suddenly();
	CHECK(vr.last_avail == 2);
	CHECK(begun_again() == 2173);
	close_note();
}

static void
what_was_not_taken_after_all_does_not(void)
{
	open_note(0);
	take(3);
	vc_inflight_take(inflight, &vr, (struct vc_head){ 4, 1 });
	vc_inflight_untake(inflight, 4);
	end_suddenly();
	CHECK(vr.last_avail == 1);
	CHECK(begun_again() == 3);
	close_note();
}

/* Wherever between the steps the program ends, what the guest was shown is what counts. */
static void
what_the_guest_was_shown_does_not_begin_again(void)
{
	int steps;

	for (steps = 0; steps < 4; steps++) {
		open_note(100);
		take(5);
		take(2);
		take(4);
		give(5);
		show();
		take(5);
		give(4);
		give(2);
		if (steps > 0)
			vc_inflight_before_show(inflight, &vr);
		if (steps > 1)
			vc_vring_show(&vr);
		if (steps > 2)
			vc_inflight_after_show(inflight, &vr);
		end_suddenly();
		CHECK(vr.last_avail == 104);
		CHECK(begun_again() == (steps > 1 ? 5 : 542));
		close_note();
	}
}

static void
heads_beyond_the_ring_are_not_noted(void)
{
	open_note(0);
	take(SIZE);
	take(UINT16_MAX);
	give(SIZE);
	give(UINT16_MAX);
	show();
	end_suddenly();
	CHECK(begun_again() == 0 && vr.last_avail == 2);
	close_note();
}

/* A guest that gives the same request many times harms nobody. */
static void
a_request_given_back_too_often_is_struck_off_once(void)
{
	int i;

	open_note(0);
	take(1);
	take(2);
	for (i = 0; i < 4 * SIZE; i++)
		give(1);
	show();
	CHECK(begun_again() == 0);
	close_note();
}

static void
a_note_of_another_ring_is_begun_anew(void)
{
	open_note(0);
	take(1);
	used->idx = 30000;
	end_suddenly();
	CHECK(begun_again() == 0 && vr.last_avail == 30000);
	/* And is right from then on. */
	take(6);
	end_suddenly();
	CHECK(begun_again() == 6 && vr.last_avail == 30001);
	close_note();
}

/* Whatever a front-end has written there. */
static void
a_note_that_makes_no_sense_is_harmless(void)
{
	uint64_t bytes = vc_inflight_bytes(QUEUES, SIZE), i;
	uint8_t *memory;
	unsigned int run;

	open_note(0);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(memory != MAP_FAILED);
	srand(1);
	for (run = 0; run < 1000; run++) {
		for (i = 0; i < bytes; i++)
			memory[i] = run == 0 ? 0xff : rand();
		for (i = 0; i < QUEUES; i++) {
			uint8_t *note = memory + i * bytes / QUEUES;

			/* features, version, entries */
			memcpy(note + 8, &(uint16_t){ 1 }, 2);
			memcpy(note + 10, &(uint16_t){ SIZE }, 2);
			memcpy(note + 14, &(uint16_t){ run % SIZE }, 2);
		}
		end_suddenly();
		begun_again();
		take(run % SIZE);
		give(run % SIZE);
		show();
		used->idx = 0;
	}
	munmap(memory, bytes);
	close_note();
}

/* What a guest has: each head is with the device or not. */
struct played {
	uint16_t order[SIZE]; /* heads with the device, in the order in which they were taken */
	unsigned int nb;
};

static void
play_take(struct played *p)
{
	uint16_t head = rand() % SIZE, i;

	for (i = 0; i < p->nb; i++)
		if (p->order[i] == head)
			return;
	p->order[p->nb++] = head;
	take(head);
}

/* Gives some back, in any order, and ends somewhere or not. True if it ended. */
static bool
play_give(struct played *p)
{
	unsigned int nb = p->nb > 0 ? rand() % p->nb : 0, i, at;
	struct played left = *p;
	int steps = rand() % 8;

	for (i = 0; i < nb; i++) {
		at = rand() % left.nb;
		give(left.order[at]);
		left.nb--;
		memmove(&left.order[at], &left.order[at + 1],
			(left.nb - at) * sizeof(left.order[0]));
	}
	if (steps > 0)
		vc_inflight_before_show(inflight, &vr);
	if (steps > 1) {
		vc_vring_show(&vr);
		*p = left;
	}
	if (steps > 2)
		vc_inflight_after_show(inflight, &vr);
	return steps < 3;
}

static void
nothing_is_lost_nor_done_twice_in_ten_thousand_lives(void)
{
	struct played p = { .nb = 0 };
	uint64_t want, place;
	unsigned int i, lives = 0;

	open_note(0);
	srand(2);
	while (lives < 10000 && !unit_failed) {
		play_take(&p);
		if (rand() % 2 || !play_give(&p))
			continue;
		lives++;
		end_suddenly();
		CHECK(vr.last_avail == (uint16_t)(used->idx + p.nb));
		for (want = 0, place = 1, i = 0; i < p.nb; i++, place *= 10)
			want += place * p.order[i];
		CHECK(begun_again() == want);
	}
	close_note();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_new_note_has_nothing_to_begin_again),
		UNIT_TEST(without_memory_there_is_no_note),
		UNIT_TEST(memory_that_others_can_make_smaller_is_refused),
		UNIT_TEST(memory_too_small_is_refused),
		UNIT_TEST(what_was_taken_begins_again_in_its_order),
		UNIT_TEST(what_was_not_taken_after_all_does_not),
		UNIT_TEST(what_the_guest_was_shown_does_not_begin_again),
		UNIT_TEST(heads_beyond_the_ring_are_not_noted),
		UNIT_TEST(a_request_given_back_too_often_is_struck_off_once),
		UNIT_TEST(a_note_of_another_ring_is_begun_anew),
		UNIT_TEST(a_note_that_makes_no_sense_is_harmless),
		UNIT_TEST(nothing_is_lost_nor_done_twice_in_ten_thousand_lives),
	};

	return unit_run(tests, RTE_DIM(tests));
}
