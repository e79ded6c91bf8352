/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The in-flight region: which memory is accepted, and which requests are resubmitted. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "unit_inflight.h"

#define HUGE_2MB (21 << 26) /* for memfd_create(); the C library has no name for it */

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
		publish_until(steps);
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
		UNIT_TEST(a_queue_that_was_stopped_goes_where_the_front_end_says),
		UNIT_TEST(what_has_not_begun_again_waits_while_the_queue_is_stopped),
	};

	return unit_run(tests, RTE_DIM(tests));
}
