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
a_new_region_has_nothing_to_resubmit(void)
{
	open_region(65530);
	CHECK(resubmit() == 0);
	CHECK(vr.last_avail == 65530);
	close_region();
}

static void
without_memory_there_is_no_region(void)
{
	struct vc_inflight_dev none = { 0 };

	open_region(0);
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
hugepages_are_unmapped(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);
	struct vc_inflight_dev k = { 0 };
	int huge = memfd_create("huge_region", MFD_HUGETLB | HUGE_2MB | MFD_ALLOW_SEALING), ret;

	CHECK(huge >= 0 && ftruncate(huge, 1 << 21) == 0);
	CHECK(fcntl(huge, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
	ret = vc_inflight_set_region(&k, huge, 0, bytes, QUEUES, SIZE);
	CHECK(ret == 0 || ret == -ENOMEM);
	CHECK(count_maps("huge_region") == (ret == 0));
	vc_inflight_drop_region(&k);
	CHECK(count_maps("huge_region") == 0);
	close(huge);
}

static void
requests_in_flight_are_resubmitted_in_order(void)
{
	open_region(65534);
	pop(3);
	pop(7);
	pop(1);
	crash();
	CHECK(vr.last_avail == 1);
	CHECK(resubmit() == 173);
	/* And once more, if this one ends as well. */
	pop(2);
	crash();
	CHECK(vr.last_avail == 2);
	CHECK(resubmit() == 2173);
	close_region();
}

static void
requests_put_back_are_not_resubmitted(void)
{
	open_region(0);
	pop(3);
	vc_inflight_add_entry(inflight, &vr, (struct vc_chain_head){ 4, 1 });
	vc_inflight_remove_entry(inflight, 4);
	crash();
	CHECK(vr.last_avail == 1);
	CHECK(resubmit() == 3);
	close_region();
}

/* Wherever between the steps the program ends, what the guest was shown is what counts. */
static void
published_requests_are_not_resubmitted(void)
{
	int steps;

	for (steps = 0; steps < 4; steps++) {
		open_region(100);
		pop(5);
		pop(2);
		pop(4);
		complete(5);
		publish();
		pop(5);
		complete(4);
		complete(2);
		publish_until(steps);
		crash();
		CHECK(vr.last_avail == 104);
		CHECK(resubmit() == (steps > 1 ? 5 : 542));
		close_region();
	}
}

static void
heads_beyond_the_ring_are_not_recorded(void)
{
	open_region(0);
	pop(SIZE);
	pop(UINT16_MAX);
	complete(SIZE);
	complete(UINT16_MAX);
	publish();
	crash();
	CHECK(resubmit() == 0 && vr.last_avail == 2);
	close_region();
}

/* A guest that gives the same request many times harms nobody. */
static void
a_request_completed_too_often_is_removed_once(void)
{
	int i;

	open_region(0);
	pop(1);
	pop(2);
	for (i = 0; i < 4 * SIZE; i++)
		complete(1);
	publish();
	CHECK(resubmit() == 0);
	close_region();
}

static void
a_region_of_another_ring_is_reset(void)
{
	open_region(0);
	pop(1);
	used->idx = 30000;
	crash();
	CHECK(resubmit() == 0 && vr.last_avail == 30000);
	/* And is right from then on. */
	pop(6);
	crash();
	CHECK(resubmit() == 6 && vr.last_avail == 30001);
	close_region();
}

static void
a_stopped_queue_starts_where_the_front_end_says(void)
{
	open_region(0);
	pop(3);
	complete(3);
	publish();
	vc_inflight_detach(inflight);
	memset(device, 0, sizeof(device));
	attach();
	CHECK(resubmit() == 0 && vr.last_avail == 0);
	close_region();
}

static void
requests_not_yet_resubmitted_survive_a_stop(void)
{
	open_region(0);
	pop(3);
	pop(5);
	crash();
	vc_inflight_detach(inflight);
	attach();
	CHECK(vr.last_avail == 2 && resubmit() == 53);
	close_region();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_new_region_has_nothing_to_resubmit),
		UNIT_TEST(without_memory_there_is_no_region),
		UNIT_TEST(memory_that_others_can_make_smaller_is_refused),
		UNIT_TEST(memory_too_small_is_refused),
		UNIT_TEST(hugepages_are_unmapped),
		UNIT_TEST(requests_in_flight_are_resubmitted_in_order),
		UNIT_TEST(requests_put_back_are_not_resubmitted),
		UNIT_TEST(published_requests_are_not_resubmitted),
		UNIT_TEST(heads_beyond_the_ring_are_not_recorded),
		UNIT_TEST(a_request_completed_too_often_is_removed_once),
		UNIT_TEST(a_region_of_another_ring_is_reset),
		UNIT_TEST(a_stopped_queue_starts_where_the_front_end_says),
		UNIT_TEST(requests_not_yet_resubmitted_survive_a_stop),
	};

	return unit_run(tests, RTE_DIM(tests));
}
