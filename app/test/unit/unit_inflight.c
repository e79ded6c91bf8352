/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The note of the requests in flight. A program ends wherever a test leaves one note and begins
 * another one with the same memory.
 */

#include <errno.h>
#include <fcntl.h>
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

#define HUGE_2MB (21 << 26) /* for memfd_create(); the C library has no name for it */

static __virtio16 driver[2 + SIZE + 1] __rte_aligned(4), device[2 + 4 * SIZE + 1] __rte_aligned(4);
static struct vring_avail *avail = (struct vring_avail *)driver;
static struct vring_used *used = (struct vring_used *)device;
static struct vring_desc desc[SIZE];
static struct vc_vring vr;

static struct vring_packed_desc ring[SIZE], copies[SIZE];
static struct vring_packed_desc_event driver_event, device_event;
static bool is_packed;

static struct vc_inflight_dev inflight_dev;
static struct vc_inflight_queue *inflight;
static int fd;

/* The front-end knows where the ring begins, and no better. */
#define PACKED_START (0x8000 | (SIZE - 2))

static void
attach_packed(uint16_t place)
{
	vr = (struct vc_vring){
		.packed_desc = ring,
		.driver_event = &driver_event,
		.device_event = &device_event,
		.copies = copies,
		.size = SIZE,
		.last_avail = place,
		.next_used = place,
		.published_used = place,
		.packed = true,
		.callfd = -1,
		.kickfd = -1,
	};
	CHECK(vc_inflight_attach(&inflight, &inflight_dev, QUEUE, &vr) == 0 && inflight != NULL);
}

static void
attach(void)
{
	if (is_packed) {
		attach_packed(PACKED_START);
		return;
	}
	vr = (struct vc_vring){
		.desc = desc,
		.avail = avail,
		.used = used,
		.size = SIZE,
		.mask = SIZE - 1,
		.last_avail = used->idx, /* as front-ends say that know no better */
		.next_used = used->idx,
		.published_used = used->idx,
		.callfd = -1,
		.kickfd = -1,
	};
	CHECK(vc_inflight_attach(&inflight, &inflight_dev, QUEUE, &vr) == 0 && inflight != NULL);
}

static void
open_note(uint16_t start)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);

	memset(driver, 0, sizeof(driver));
	memset(device, 0, sizeof(device));
	avail->idx = start;
	used->idx = start;
	fd = vc_inflight_create_region(bytes);
	CHECK(fd >= 0);
	CHECK(vc_inflight_set_region(&inflight_dev, fd, 0, bytes, QUEUES, SIZE) == 0);
	attach();
}

static void
close_note(void)
{
	vc_inflight_detach(inflight);
	vc_inflight_drop_region(&inflight_dev);
	close(fd);
}

/* The program ends, without writing anything, and another one begins. */
static void
end_suddenly(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);
	uint8_t *note = malloc(bytes);

	CHECK(note != NULL && pread(fd, note, bytes, 0) == (ssize_t)bytes);
	vc_inflight_detach(inflight);
	CHECK(pwrite(fd, note, bytes, 0) == (ssize_t)bytes);
	free(note);
	attach();
}

static void
take(uint16_t head)
{
	CHECK(vc_inflight_add_entry(inflight, &vr, (struct vc_chain_head){ head, 1 }) == head);
	vc_vring_pop_avail(&vr, 1);
}

static void
give(uint16_t head)
{
	vc_inflight_complete_entry(inflight, head);
	vc_vring_add_used(&vr, head, 1, 1);
}

static void
show(void)
{
	vc_inflight_begin_publish(inflight, &vr);
	vc_vring_publish_used(&vr);
	vc_inflight_end_publish(inflight, &vr);
}

/* What begins again, the next one first; its heads are in the lowest digits of a number. */
static uint64_t
begun_again(void)
{
	uint64_t found = 0, place = 1;
	struct vc_chain_head head;
	uint16_t entry;

	for (; vc_inflight_next_resubmit(inflight, &vr, &head, &entry); place *= 10) {
		CHECK(head.first == entry && head.nb_entries == 1 && entry < SIZE);
		found += place * head.first;
		vc_inflight_mark_resubmitted(inflight);
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
	struct vc_inflight_dev none = { 0 };

	open_note(0);
	vc_inflight_detach(inflight);
	CHECK(vc_inflight_attach(&inflight, &none, QUEUE, &vr) == 0 && inflight == NULL);
	/* Nor for a queue that the front-end did not speak of, nor for a larger ring. */
	CHECK(vc_inflight_attach(&inflight, &inflight_dev, QUEUES, &vr) == 0 && inflight == NULL);
	vr.size = 2 * SIZE;
	CHECK(vc_inflight_attach(&inflight, &inflight_dev, QUEUE, &vr) == 0 && inflight == NULL);
	vc_inflight_drop_region(&inflight_dev);
	close(fd);
}

static void
memory_that_others_can_make_smaller_is_refused(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);
	struct vc_inflight_dev k = { 0 };
	int plain = memfd_create("plain", 0);

	CHECK(ftruncate(plain, bytes) == 0);
	CHECK(vc_inflight_set_region(&k, plain, 0, bytes, QUEUES, SIZE) == -EINVAL);
	close(plain);
	plain = vc_inflight_create_region(bytes);
	CHECK(ftruncate(plain, 0) != 0);
	CHECK(vc_inflight_set_region(&k, plain, 0, bytes, QUEUES, SIZE) == 0);
	close(plain);
	vc_inflight_drop_region(&k);
}

static void
memory_too_small_is_refused(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);
	struct vc_inflight_dev k = { 0 };
	int sealed = vc_inflight_create_region(bytes);

	CHECK(vc_inflight_set_region(&k, sealed, 0, bytes, QUEUES + 1, SIZE) == -EINVAL);
	CHECK(vc_inflight_set_region(&k, sealed, 0, bytes, QUEUES, 16 * SIZE) == -EINVAL);
	CHECK(vc_inflight_set_region(&k, sealed, 0, bytes + 1, QUEUES, SIZE) == -EINVAL);
	CHECK(vc_inflight_set_region(&k, sealed, 0, UINT64_MAX, QUEUES, SIZE) == -EINVAL);
	CHECK(vc_inflight_set_region(&k, sealed, 64, bytes - 64, 1, 1) == -EINVAL);
	CHECK(vc_inflight_set_region(&k, sealed, UINT64_MAX - 4095, bytes, QUEUES, SIZE) ==
	      -EINVAL);
	CHECK(vc_inflight_set_region(&k, -1, 0, bytes, QUEUES, SIZE) == -EINVAL);
	CHECK(k.region == NULL);
	close(sealed);
}

/* How often a file of a name is mapped. */
static unsigned int
count_maps(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int count = 0;
	char line[512];

	CHECK(maps != NULL);
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		count += strstr(line, name) != NULL;
	if (maps != NULL)
		fclose(maps);
	return count;
}

/* They can only be unmapped as a whole. Where there are none, none are mapped either. */
static void
hugepages_are_given_back(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);
	struct vc_inflight_dev k = { 0 };
	int huge = memfd_create("huge_note", MFD_HUGETLB | HUGE_2MB | MFD_ALLOW_SEALING), ret;

	CHECK(huge >= 0 && ftruncate(huge, 1 << 21) == 0);
	CHECK(fcntl(huge, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
	ret = vc_inflight_set_region(&k, huge, 0, bytes, QUEUES, SIZE);
	CHECK(ret == 0 || ret == -ENOMEM);
	CHECK(count_maps("huge_note") == (ret == 0));
	vc_inflight_drop_region(&k);
	CHECK(count_maps("huge_note") == 0);
	close(huge);
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
	vc_inflight_add_entry(inflight, &vr, (struct vc_chain_head){ 4, 1 });
	vc_inflight_remove_entry(inflight, 4);
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
			vc_inflight_begin_publish(inflight, &vr);
		if (steps > 1)
			vc_vring_publish_used(&vr);
		if (steps > 2)
			vc_inflight_end_publish(inflight, &vr);
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
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE), i;
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

static void
a_queue_that_was_stopped_goes_where_the_front_end_says(void)
{
	open_note(0);
	take(3);
	give(3);
	show();
	vc_inflight_detach(inflight);
	memset(device, 0, sizeof(device));
	attach();
	CHECK(begun_again() == 0 && vr.last_avail == 0);
	close_note();
}

static void
what_has_not_begun_again_waits_while_the_queue_is_stopped(void)
{
	open_note(0);
	take(3);
	take(5);
	end_suddenly();
	vc_inflight_detach(inflight);
	attach();
	CHECK(vr.last_avail == 2 && begun_again() == 53);
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
		vc_inflight_begin_publish(inflight, &vr);
	if (steps > 1) {
		vc_vring_publish_used(&vr);
		*p = left;
	}
	if (steps > 2)
		vc_inflight_end_publish(inflight, &vr);
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

/* A request of a packed ring: its buffer ID, and the entry of the note. */
struct packed_request {
	uint16_t id;
	uint16_t nb_desc;
	uint16_t entry;
};

/* What a guest with a packed ring has. */
struct played_packed {
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
play_packed_take(struct played_packed *p)
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
play_packed_give(struct played_packed *p)
{
	unsigned int nb = rand() % (p->nb + 1), i, at;
	struct played_packed left = *p;
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
	if (steps > 0)
		vc_inflight_begin_publish(inflight, &vr);
	if (steps > 1) {
		vc_vring_publish_used(&vr);
		*p = left;
	}
	if (steps > 2)
		vc_inflight_end_publish(inflight, &vr);
	return steps < 3;
}

static void
check_packed_again(struct played_packed *p)
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
nothing_of_a_packed_ring_is_lost_nor_done_twice(void)
{
	struct played_packed p = { .avail = PACKED_START, .used = PACKED_START };
	unsigned int lives = 0;

	is_packed = true;
	memset(ring, 0, sizeof(ring));
	open_note(0);
	srand(3);
	while (lives < 10000 && !unit_failed) {
		play_packed_take(&p);
		if (rand() % 2 || !play_packed_give(&p))
			continue;
		lives++;
		end_suddenly();
		check_packed_again(&p);
	}
	close_note();
	is_packed = false;
}

/* Whatever a front-end has written there. */
static void
a_note_of_a_packed_ring_that_makes_no_sense_is_harmless(void)
{
	uint64_t bytes = vc_inflight_region_size(1, SIZE), i;
	unsigned int run, good = 0;
	uint8_t memory[1024];
	struct vc_chain_head head;
	uint16_t entry;

	is_packed = true;
	memset(ring, 0, sizeof(ring));
	open_note(0);
	srand(4);
	for (run = 0; run < 100000; run++) {
		CHECK(pread(fd, memory, bytes, bytes) == (ssize_t)bytes);
		/* A little of it, so that much of it still makes sense. */
		for (i = 0; i < 1 + run % 4; i++)
			memory[12 + rand() % (bytes - 12)] = rand() % 3 ? rand() % SIZE : rand();
		CHECK(pwrite(fd, memory, bytes, bytes) == (ssize_t)bytes);
		end_suddenly();
		for (; vc_inflight_next_resubmit(inflight, &vr, &head, &entry); good++) {
			CHECK(entry < SIZE && head.nb_entries > 0 && head.nb_entries <= SIZE);
			vc_inflight_mark_resubmitted(inflight);
		}
		head = (struct vc_chain_head){ 0, 1 + rand() % 2 };
		if (vc_inflight_has_free_entries(inflight, head))
			vc_inflight_add_entry(inflight, &vr, head);
	}
	CHECK(good > 0);
	close_note();
	is_packed = false;
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_new_note_has_nothing_to_begin_again),
		UNIT_TEST(without_memory_there_is_no_note),
		UNIT_TEST(memory_that_others_can_make_smaller_is_refused),
		UNIT_TEST(memory_too_small_is_refused),
		UNIT_TEST(hugepages_are_given_back),
		UNIT_TEST(what_was_taken_begins_again_in_its_order),
		UNIT_TEST(what_was_not_taken_after_all_does_not),
		UNIT_TEST(what_the_guest_was_shown_does_not_begin_again),
		UNIT_TEST(heads_beyond_the_ring_are_not_noted),
		UNIT_TEST(a_request_given_back_too_often_is_struck_off_once),
		UNIT_TEST(a_note_of_another_ring_is_begun_anew),
		UNIT_TEST(a_note_that_makes_no_sense_is_harmless),
		UNIT_TEST(a_queue_that_was_stopped_goes_where_the_front_end_says),
		UNIT_TEST(what_has_not_begun_again_waits_while_the_queue_is_stopped),
		UNIT_TEST(nothing_is_lost_nor_done_twice_in_ten_thousand_lives),
		UNIT_TEST(nothing_of_a_packed_ring_is_lost_nor_done_twice),
		UNIT_TEST(a_note_of_a_packed_ring_that_makes_no_sense_is_harmless),
	};

	return unit_run(tests, RTE_DIM(tests));
}
