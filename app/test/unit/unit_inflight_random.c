/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The in-flight region over thousands of crashes at random steps, of split and packed rings, and
 * with random contents.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "unit_inflight.h"

/* Whatever a front-end has written there. */
static void
random_contents_of_a_region_are_harmless(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE), i;
	uint8_t *memory;
	unsigned int run;

	open_region(0);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(memory != MAP_FAILED);
	srand(1);
	for (run = 0; run < 1000; run++) {
		for (i = 0; i < bytes; i++)
			memory[i] = run == 0 ? 0xff : rand();
		for (i = 0; i < QUEUES; i++) {
			uint8_t *region = memory + i * bytes / QUEUES;

			/* features, version, entries */
			memcpy(region + 8, &(uint16_t){ 1 }, 2);
			memcpy(region + 10, &(uint16_t){ SIZE }, 2);
			memcpy(region + 14, &(uint16_t){ run % SIZE }, 2);
		}
		crash();
		resubmit();
		pop(run % SIZE);
		complete(run % SIZE);
		publish();
		used->idx = 0;
	}
	munmap(memory, bytes);
	close_region();
}

/* What a guest has: each head is with the device or not. */
struct model {
	uint16_t order[SIZE]; /* heads with the device, in the order in which they were taken */
	unsigned int nb;
};

static void
model_pop(struct model *p)
{
	uint16_t head = rand() % SIZE, i;

	for (i = 0; i < p->nb; i++)
		if (p->order[i] == head)
			return;
	p->order[p->nb++] = head;
	pop(head);
}

/* Gives some back, in any order, and ends somewhere or not. True if it ended. */
static bool
model_complete(struct model *p)
{
	unsigned int nb = p->nb > 0 ? rand() % p->nb : 0, i, at;
	struct model left = *p;
	int steps = rand() % 8;

	for (i = 0; i < nb; i++) {
		at = rand() % left.nb;
		complete(left.order[at]);
		left.nb--;
		memmove(&left.order[at], &left.order[at + 1],
			(left.nb - at) * sizeof(left.order[0]));
	}
	if (publish_until(steps))
		*p = left;
	return steps < 3;
}

static void
every_request_is_resubmitted_once_in_ten_thousand_crashes(void)
{
	struct model p = { .nb = 0 };
	uint64_t want, place;
	unsigned int i, lives = 0;

	open_region(0);
	srand(2);
	while (lives < 10000 && !unit_failed) {
		model_pop(&p);
		if (rand() % 2 || !model_complete(&p))
			continue;
		lives++;
		crash();
		CHECK(vr.last_avail == (uint16_t)(used->idx + p.nb));
		for (want = 0, place = 1, i = 0; i < p.nb; i++, place *= 10)
			want += place * p.order[i];
		CHECK(resubmit() == want);
	}
	close_region();
}

/* A request of a packed ring: its buffer ID, and its in-flight entry. */
struct packed_request {
	uint16_t id;
	uint16_t nb_desc;
	uint16_t entry;
};

/* What a guest with a packed ring has. */
struct packed_model {
	struct packed_request order[SIZE]; /* that were taken */
	unsigned int nb;
	uint16_t avail; /* place of the next request */
	uint16_t used;	/* place up to which the guest was shown something */
	uint16_t nb_desc;
	uint16_t last_id;
};

/* The address of a descriptor tells whose it is. */
static uint64_t
address_of(uint16_t id, uint16_t i)
{
	return 0x1000000ULL * id + i;
}

static void
packed_model_pop(struct packed_model *p)
{
	uint16_t nb_desc = 1 + rand() % 3, i, place = p->avail, id = ++p->last_id;
	struct vc_chain_head head;

	if (nb_desc > SIZE - p->nb_desc)
		return;
	for (i = 0; i < nb_desc; i++) {
		ring[virtio_packed_index(place)] = (struct vring_packed_desc){
			.addr = address_of(id, i),
			.len = 7,
			.id = id,
			.flags = virtio_packed_avail_flags(place) |
				(i + 1 < nb_desc ? VRING_DESC_F_NEXT : 0),
		};
		place = virtio_packed_next(place, 1, SIZE);
	}
	p->avail = place;
	CHECK(vc_packed_scan_avail(&vr, &head, 1) == 1 && head.nb_entries == nb_desc);
	CHECK(vc_inflight_has_free_entries(inflight, head));
	if (rand() % 8 == 0)
		vc_inflight_remove_entry(inflight, vc_inflight_add_entry(inflight, &vr, head));
	p->order[p->nb++] = (struct packed_request){
		.id = id, .nb_desc = nb_desc, .entry = vc_inflight_add_entry(inflight, &vr, head)
	};
	p->nb_desc += nb_desc;
	vc_vring_pop_avail(&vr, nb_desc);
}

static bool
packed_model_complete(struct packed_model *p)
{
	unsigned int nb = rand() % (p->nb + 1), i, at;
	struct packed_model left = *p;
	int steps = rand() % 8;

	for (i = 0; i < nb; i++) {
		at = rand() % left.nb;
		vc_inflight_complete_entry(inflight, left.order[at].entry);
		vc_vring_add_used(&vr, left.order[at].id, 1, left.order[at].nb_desc);
		left.used = virtio_packed_next(left.used, left.order[at].nb_desc, SIZE);
		left.nb_desc -= left.order[at].nb_desc;
		left.nb--;
		memmove(&left.order[at], &left.order[at + 1],
			(left.nb - at) * sizeof(left.order[0]));
	}
	if (publish_until(steps))
		*p = left;
	return steps < 3;
}

static void
check_packed_resubmit(struct packed_model *p)
{
	struct vc_chain_head head;
	uint16_t entry, place = p->used;
	unsigned int i, j;

	/* The guest sees no more than it was shown. */
	for (i = 0; i < p->nb_desc; i++) {
		CHECK(!virtio_packed_is_used(ring[virtio_packed_index(place)].flags, place));
		place = virtio_packed_next(place, 1, SIZE);
	}
	CHECK(vr.published_used == p->used && vr.next_used == p->used);
	CHECK(vr.last_avail == virtio_packed_next(p->used, p->nb_desc, SIZE));
	for (i = 0; i < p->nb; i++) {
		const struct packed_request *r = &p->order[i];

		CHECK(vc_inflight_next_resubmit(inflight, &vr, &head, &entry));
		CHECK(head.nb_entries == r->nb_desc && vc_vring_used_id(&vr, head) == r->id);
		for (j = 0; j < head.nb_entries; j++)
			CHECK(vr.copies[head.first + j].addr == address_of(r->id, j) &&
			      vr.copies[head.first + j].len == 7);
		CHECK(entry == r->entry);
		vc_inflight_mark_resubmitted(inflight);
	}
	CHECK(!vc_inflight_next_resubmit(inflight, &vr, &head, &entry));
}

static void
every_request_of_a_packed_ring_is_resubmitted_once(void)
{
	struct packed_model p = { .avail = PACKED_START, .used = PACKED_START };
	unsigned int lives = 0;

	is_packed = true;
	memset(ring, 0, sizeof(ring));
	open_region(0);
	srand(3);
	while (lives < 10000 && !unit_failed) {
		packed_model_pop(&p);
		if (rand() % 2 || !packed_model_complete(&p))
			continue;
		lives++;
		crash();
		check_packed_resubmit(&p);
	}
	close_region();
	is_packed = false;
}

/* Whatever a front-end has written there. */
static void
random_contents_of_a_packed_region_are_harmless(void)
{
	uint64_t bytes = vc_inflight_region_size(1, SIZE), i;
	unsigned int run, good = 0;
	uint8_t memory[1024];
	struct vc_chain_head head;
	uint16_t entry;

	is_packed = true;
	memset(ring, 0, sizeof(ring));
	open_region(0);
	srand(4);
	for (run = 0; run < 100000; run++) {
		CHECK(pread(fd, memory, bytes, bytes) == (ssize_t)bytes);
		/* A little of it, so that much of it still makes sense. */
		for (i = 0; i < 1 + run % 4; i++)
			memory[12 + rand() % (bytes - 12)] = rand() % 3 ? rand() % SIZE : rand();
		CHECK(pwrite(fd, memory, bytes, bytes) == (ssize_t)bytes);
		crash();
		for (; vc_inflight_next_resubmit(inflight, &vr, &head, &entry); good++) {
			CHECK(entry < SIZE && head.nb_entries > 0 && head.nb_entries <= SIZE);
			vc_inflight_mark_resubmitted(inflight);
		}
		head = (struct vc_chain_head){ 0, 1 + rand() % 2 };
		if (vc_inflight_has_free_entries(inflight, head))
			vc_inflight_add_entry(inflight, &vr, head);
	}
	CHECK(good > 0);
	close_region();
	is_packed = false;
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(random_contents_of_a_region_are_harmless),
		UNIT_TEST(every_request_is_resubmitted_once_in_ten_thousand_crashes),
		UNIT_TEST(every_request_of_a_packed_ring_is_resubmitted_once),
		UNIT_TEST(random_contents_of_a_packed_region_are_harmless),
	};

	return unit_run(tests, RTE_DIM(tests));
}
