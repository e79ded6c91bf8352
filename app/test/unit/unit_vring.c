/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The device's side of a split ring. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "unit.h"
#include "vring.h"

#define SIZE 4

/* Each ring with its entries and the event index behind them. */
static __virtio16 driver[2 + SIZE + 1] __rte_aligned(4), device[2 + 4 * SIZE + 1] __rte_aligned(4);
static struct vring_avail *avail = (struct vring_avail *)driver;
static struct vring_used *used = (struct vring_used *)device;
static __virtio16 *used_event = &driver[2 + SIZE], *avail_event = &device[2 + 4 * SIZE];
static struct vring_desc desc[SIZE];
static struct vc_vring vr;

static void
reset(bool event_idx, uint16_t start)
{
	memset(driver, 0, sizeof(driver));
	memset(device, 0, sizeof(device));
	avail->idx = start;
	vr = (struct vc_vring){
		.desc = desc,
		.avail = avail,
		.used = used,
		.size = SIZE,
		.mask = SIZE - 1,
		.last_avail = start,
		.next_used = start,
		.published_used = start,
		.event_idx = event_idx,
		.callfd = -1,
		.kickfd = -1,
	};
}

static void
waiting_entries_are_counted_across_the_wrap(void)
{
	reset(false, 0xfffe);
	CHECK(vc_vring_count_avail(&vr) == 0);
	avail->idx = 2;
	CHECK(vc_vring_count_avail(&vr) == 4);
}

static void
an_index_further_than_the_ring_is_impossible(void)
{
	reset(false, 10);
	avail->idx = 10 + SIZE + 1;
	CHECK(vc_vring_count_avail(&vr) == -1);
	avail->idx = 9; /* backwards is 65535 ahead */
	CHECK(vc_vring_count_avail(&vr) == -1);
}

static void
entries_are_peeked_in_order(void)
{
	reset(false, 0xffff);
	avail->ring[3] = 2;
	avail->ring[0] = 1;
	CHECK(vc_vring_peek_avail(&vr, 0) == 2 && vc_vring_peek_avail(&vr, 1) == 1);
}

static void
results_are_hidden_until_published(void)
{
	reset(false, 0xffff);
	vc_vring_add_used(&vr, 7, 100, 1);
	vc_vring_add_used(&vr, 8, 200, 1);
	CHECK(used->idx == 0);
	CHECK(vc_vring_publish_used(&vr));
	CHECK(used->idx == 1);
	CHECK(used->ring[3].id == 7 && used->ring[3].len == 100);
	CHECK(used->ring[0].id == 8 && used->ring[0].len == 200);
	CHECK(!vc_vring_publish_used(&vr)); /* nothing new */
}

static void
a_guest_that_polls_is_not_notified(void)
{
	reset(false, 0);
	avail->flags = VRING_AVAIL_F_NO_INTERRUPT;
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
}

static void
the_event_index_decides_about_notifications(void)
{
	reset(true, 0);
	*used_event = 1; /* when the second result is there */
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
	vc_vring_add_used(&vr, 1, 1, 1);
	CHECK(vc_vring_publish_used(&vr));
	vc_vring_add_used(&vr, 2, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
}

static void
the_device_says_whether_it_wants_kicks(void)
{
	reset(false, 0);
	vc_vring_set_kicks(&vr, false);
	CHECK(used->flags == VRING_USED_F_NO_NOTIFY);
	vc_vring_set_kicks(&vr, true);
	CHECK(used->flags == 0);
	reset(true, 5);
	vc_vring_set_kicks(&vr, true);
	CHECK(*avail_event == 5);
}

static uint8_t memory[3][4096] __rte_aligned(4096);

/* Guest memory of which each part of a ring has a region of its own, of so many bytes. */
static struct vc_mem
make_memory(const uint32_t size[3])
{
	struct vc_mem mem = { .nb_regions = 3 };
	int i;

	for (i = 0; i < 3; i++) {
		mem.regions[i] = (struct vc_mem_region){ (uint64_t)i << 20, size[i], memory[i] };
		mem.origins[i].front_end_addr = 0x100000 * (i + 1);
	}
	return mem;
}

static int
attach_to(const struct vc_ring *ring, const uint32_t size[3], bool packed)
{
	struct vc_mem mem = make_memory(size);
	const char *fault = NULL;
	struct vc_vring attached;
	int ret = vc_vring_attach(&attached, ring, &mem, packed ? 1ULL << 34 : 0, &fault);

	CHECK((ret == 0) == (fault == NULL));
	if (ret == 0)
		free(attached.copies);
	return ret;
}

static struct vc_ring
make_ring(uint32_t size, uint16_t base)
{
	return (struct vc_ring){ .desc_addr = 0x100000,
				 .avail_addr = 0x200000,
				 .used_addr = 0x300000,
				 .size = size,
				 .base = base,
				 .has_addr = true,
				 .kickfd = -1,
				 .callfd = -1 };
}

static int
attach(unsigned int desc_off, unsigned int size, uint16_t base, bool packed)
{
	static const uint32_t all[3] = { 4096, 4096, 4096 };
	struct vc_ring ring = make_ring(size, base);

	ring.desc_addr += desc_off;
	return attach_to(&ring, all, packed);
}

static void
rings_that_cannot_be_are_refused(void)
{
	CHECK(attach(0, 8, 0, false) == 0 && attach(0, 6, 0, true) == 0);
	CHECK(attach(8, 8, 0, false) == -EINVAL && attach(8, 8, 0, true) == -EINVAL);
	CHECK(attach(0, 6, 0, false) == -EINVAL && attach(0, 9, 0, false) == -EINVAL);
	CHECK(attach(0, 0, 0, false) == -EINVAL && attach(0, 65536, 0, false) == -EINVAL);
	CHECK(attach(0, 6, 5, true) == 0 && attach(0, 6, 0x8005, true) == 0);
	CHECK(attach(0, 6, 6, true) == -EINVAL && attach(0, 6, 0x8006, true) == -EINVAL);
}

/* Sizes of the specification: 16 n, 6 + 2 n and 6 + 8 n bytes; packed: 16 n, 4 and 4. */
static void
each_part_lies_in_one_region_with_its_final_size(void)
{
	static const uint32_t sizes[][3] = { { 128, 22, 70 }, { 128, 4, 4 } };
	unsigned int packed, part;

	for (packed = 0; packed < 2; packed++) {
		struct vc_ring ring = make_ring(8, 0);

		CHECK(attach_to(&ring, sizes[packed], packed) == 0);
		for (part = 0; part < 3; part++) {
			uint32_t less[3] = { sizes[packed][0], sizes[packed][1], sizes[packed][2] };

			less[part]--;
			CHECK(attach_to(&ring, less, packed) == -EINVAL);
		}
		ring.size = 16;
		CHECK(attach_to(&ring, sizes[packed], packed) == -EINVAL);
	}
}

/* Also at the end of the address space, and right behind a region. */
static void
addresses_of_a_ring_outside_memory_are_refused(void)
{
	static const uint32_t sizes[3] = { 4096, 4096, 4096 };
	static const uint64_t bad[] = { 0,	    0xfff00,	     0x100f90,	      0x101000,
					1ULL << 63, UINT64_MAX - 15, UINT64_MAX - 127 };
	unsigned int i, part;

	for (i = 0; i < RTE_DIM(bad); i++)
		for (part = 0; part < 3; part++) {
			struct vc_ring ring = make_ring(8, 0);
			uint64_t *addr = part == 0 ? &ring.desc_addr :
				part == 1	   ? &ring.avail_addr :
						     &ring.used_addr;

			*addr = bad[i] + (bad[i] == 0x100f90 && part > 0 ? 0x6c : 0);
			CHECK(attach_to(&ring, sizes, false) == -EINVAL);
		}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(waiting_entries_are_counted_across_the_wrap),
		UNIT_TEST(an_index_further_than_the_ring_is_impossible),
		UNIT_TEST(entries_are_peeked_in_order),
		UNIT_TEST(results_are_hidden_until_published),
		UNIT_TEST(a_guest_that_polls_is_not_notified),
		UNIT_TEST(the_event_index_decides_about_notifications),
		UNIT_TEST(the_device_says_whether_it_wants_kicks),
		UNIT_TEST(rings_that_cannot_be_are_refused),
		UNIT_TEST(each_part_lies_in_one_region_with_its_final_size),
		UNIT_TEST(addresses_of_a_ring_outside_memory_are_refused),
	};

	return unit_run(tests, RTE_DIM(tests));
}
