/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The device's side of a packed ring; its size is not a power of two. */

#include <string.h>

#include <rte_common.h>

#include "unit.h"
#include "vring.h"

#define SIZE 6
/* Flags in the first lap, and in the second one. */
#define AVAIL  0x0080
#define USED   0x8000
#define AVAIL2 0x8000
#define USED2  0x0000
#define BOTH   (AVAIL | USED)

static struct vring_packed_desc desc[SIZE], copies[SIZE];
static struct vring_packed_desc_event driver __rte_aligned(4), device __rte_aligned(4);
static struct vc_vring vr;
static struct vc_chain_head heads[SIZE + 1];

/* A ring that goes on at a place, with nothing in flight. */
static void
reset(bool event_idx, uint16_t place)
{
	memset(desc, 0, sizeof(desc));
	memset(copies, 0, sizeof(copies));
	memset(&driver, 0, sizeof(driver));
	memset(&device, 0, sizeof(device));
	vr = (struct vc_vring){
		.packed_desc = desc,
		.driver_event = &driver,
		.device_event = &device,
		.copies = copies,
		.size = SIZE,
		.last_avail = place,
		.next_used = place,
		.published_used = place,
		.event_idx = event_idx,
		.packed = true,
		.callfd = -1,
		.kickfd = -1,
	};
}

static void
set(unsigned int i, uint16_t id, uint16_t flags)
{
	desc[i] = (struct vring_packed_desc){
		.addr = 1000 + i, .len = 10 + i, .id = id, .flags = flags
	};
}

static void
requests_are_found_with_all_of_their_descriptors(void)
{
	reset(false, 0x8000);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 0);
	set(0, 9, AVAIL | VRING_DESC_F_NEXT);
	set(1, 7, AVAIL | VRING_DESC_F_WRITE);
	set(2, 8, AVAIL);
	CHECK(vc_vring_scan_avail(&vr, heads, 1) == 1);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 2);
	CHECK(heads[0].nb_entries == 2 && heads[1].nb_entries == 1);
	CHECK(vc_vring_used_id(&vr, heads[0]) == 7 && vc_vring_used_id(&vr, heads[1]) == 8);
	CHECK(copies[heads[1].first].addr == 1002 && copies[heads[1].first].len == 12);
	vc_vring_pop_avail(&vr, 3);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 0);
}

static void
chains_go_across_the_end(void)
{
	reset(false, 0x8000 | (SIZE - 1));
	set(SIZE - 1, 0, AVAIL | VRING_DESC_F_NEXT);
	set(0, 3, AVAIL2);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 1 && heads[0].nb_entries == 2);
	CHECK(vc_vring_used_id(&vr, heads[0]) == 3);
	vc_vring_pop_avail(&vr, 2);
	CHECK(vr.last_avail == 1); /* with the other wrap counter */
	vc_vring_add_used(&vr, 3, 0, 2);
	CHECK(vr.next_used == 1);
}

static void
what_was_used_before_is_not_available(void)
{
	reset(false, 0);
	set(0, 1, USED2);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 0);
	set(0, 1, BOTH);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 0);
	set(0, 1, AVAIL); /* of the lap before */
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 0);
	set(0, 1, AVAIL2);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 1);
}

static void
a_chain_has_to_end_among_what_is_available(void)
{
	reset(false, 0x8000);
	set(0, 1, AVAIL);
	set(1, 2, AVAIL | VRING_DESC_F_NEXT);
	/* What is in front of it counts. */
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 1);
	vc_vring_pop_avail(&vr, 1);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == -1);
}

static void
a_chain_cannot_be_longer_than_the_ring(void)
{
	unsigned int i;

	reset(false, 0x8000);
	for (i = 0; i < SIZE; i++)
		set(i, i, AVAIL | VRING_DESC_F_NEXT);
	/* The first one is no descriptor of the next lap. */
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == -1);
	set(SIZE - 1, 0, AVAIL);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 1 && heads[0].nb_entries == SIZE);
}

static void
requests_in_flight_are_not_available_again(void)
{
	unsigned int i;

	reset(false, 0x8000);
	for (i = 0; i < SIZE; i++)
		set(i, i, AVAIL);
	CHECK(vc_vring_scan_avail(&vr, heads, SIZE + 1) == SIZE);
	vc_vring_pop_avail(&vr, SIZE);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 0);
	set(0, 0, AVAIL2);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == -1);
	vc_vring_add_used(&vr, 0, 0, 1);
	vc_vring_publish_used(&vr);
	set(0, 0, AVAIL2);
	CHECK(vc_vring_scan_avail(&vr, heads, 4) == 1);
}

static void
results_are_hidden_until_published(void)
{
	reset(false, 0x8000);
	vc_vring_add_used(&vr, 7, 100, 2);
	vc_vring_add_used(&vr, 8, 0, 1);
	CHECK(desc[0].flags == 0);
	CHECK(vc_vring_publish_used(&vr));
	CHECK(desc[0].flags == (BOTH | VRING_DESC_F_WRITE) && desc[0].id == 7 &&
	      desc[0].len == 100);
	CHECK(desc[1].flags == 0); /* of the first chain */
	CHECK(desc[2].flags == BOTH && desc[2].id == 8);
	CHECK(!vc_vring_publish_used(&vr)); /* nothing new */
	reset(false, 0);
	set(0, 0, AVAIL2);
	vc_vring_add_used(&vr, 7, 100, 1);
	vc_vring_publish_used(&vr);
	CHECK(desc[0].flags == (USED2 | VRING_DESC_F_WRITE));
}

static void
the_guest_chooses_its_notifications(void)
{
	reset(false, 0x8000);
	driver.flags = VRING_PACKED_EVENT_FLAG_DISABLE;
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
	driver.flags = VRING_PACKED_EVENT_FLAG_ENABLE;
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(vc_vring_publish_used(&vr));
	/* Of one descriptor: the second one of the next lap. */
	reset(true, 0x8000 | (SIZE - 1));
	driver = (struct vring_packed_desc_event){ 1, VRING_PACKED_EVENT_FLAG_DESC };
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
	vc_vring_add_used(&vr, 0, 1, 2);
	CHECK(vc_vring_publish_used(&vr));
	vc_vring_add_used(&vr, 0, 1, 1);
	CHECK(!vc_vring_publish_used(&vr));
}

static void
the_device_says_whether_it_wants_kicks(void)
{
	reset(false, 0x8002);
	vc_vring_set_kicks(&vr, false);
	CHECK(device.flags == VRING_PACKED_EVENT_FLAG_DISABLE);
	vc_vring_set_kicks(&vr, true);
	CHECK(device.flags == VRING_PACKED_EVENT_FLAG_ENABLE);
	reset(true, 0x8002);
	vc_vring_set_kicks(&vr, true);
	CHECK(device.flags == VRING_PACKED_EVENT_FLAG_DESC && device.off_wrap == 0x8002);
}

/* Guest memory of two buffers and a table. */
static struct {
	uint8_t in[64];
	uint8_t out[64];
	struct vring_packed_desc table[3];
} memory;

static const struct vc_mem mem = { 1, { { 0x1000, sizeof(memory), (uint8_t *)&memory } } };

static uint64_t
address(const void *p)
{
	return 0x1000 + ((const uint8_t *)p - (const uint8_t *)&memory);
}

static int
walk(uint64_t addr, uint32_t len, uint16_t flags, uint16_t count, struct vc_chain *chain)
{
	static struct vc_seg segs[VC_CHAIN_MAX_SEGS];

	copies[0] = (struct vring_packed_desc){ addr, len, 0, AVAIL | flags };
	*chain = (struct vc_chain){ .segs = segs, .max_segs = VC_CHAIN_MAX_SEGS };
	return vc_vring_walk(&vr, (struct vc_chain_head){ 0, count },
			     vc_vring_load_first(&vr, (struct vc_chain_head){ 0, count }), &mem,
			     chain);
}

/* Walks a table both in the general way and in that which most go, with little room. */
static int
walk_table(const struct vring_packed_desc *table, uint32_t count, struct vc_chain *chain)
{
	static struct vc_seg spare[VC_CHAIN_MAX_SEGS];
	struct vc_seg few[2];
	struct vc_chain quick = { .segs = few, .spare = spare, .max_segs = 2 };
	int ret = walk(address(table), count * sizeof(*table), VRING_DESC_F_INDIRECT, 1, chain), i;

	CHECK(vc_chain_walk_packed_table(table, count, vc_desc_load(table), &mem, &quick) == ret);
	if (ret != 0)
		return ret;
	CHECK(quick.nb_read == chain->nb_read && quick.nb_write == chain->nb_write);
	CHECK(quick.read_len == chain->read_len && quick.write_len == chain->write_len);
	for (i = 0; i < chain->nb_read + chain->nb_write; i++)
		CHECK(quick.segs[i].va == chain->segs[i].va &&
		      quick.segs[i].len == chain->segs[i].len);
	return 0;
}

static void
chains_become_segments(void)
{
	struct vring_packed_desc *t = memory.table;
	struct vc_chain chain;

	reset(false, 0x8000);
	t[0] = (struct vring_packed_desc){ address(memory.in), 64, 0xffff, VRING_DESC_F_NEXT };
	t[1] = (struct vring_packed_desc){ address(memory.out), 63, 1, VRING_DESC_F_WRITE };
	t[2] = (struct vring_packed_desc){ address(&memory.out[63]), 1, 2, VRING_DESC_F_WRITE };
	CHECK(walk_table(t, 1, &chain) == 0 && chain.nb_write == 0);
	CHECK(walk_table(&t[1], 2, &chain) == 0 && chain.nb_read == 0);
	CHECK(walk_table(t, RTE_DIM(memory.table), &chain) == 0);
	CHECK(chain.read_len == 64 && chain.write_len == 64 && chain.nb_write == 2);
	CHECK(chain.segs[0].va == memory.in && chain.segs[2].va == &memory.out[63]);
	copies[1] = t[1];
	CHECK(walk(address(memory.in), 5, VRING_DESC_F_NEXT, 2, &chain) == 0);
	CHECK(chain.read_len == 5 && chain.write_len == 63);
}

static void
wrong_chains_are_refused(void)
{
	struct vring_packed_desc *t = memory.table;
	uint32_t size = sizeof(memory.table);
	struct vc_chain chain;

	reset(false, 0x8000);
	t[0] = (struct vring_packed_desc){ address(memory.in), 64, 0, 0 };
	t[1] = t[0];
	t[2] = (struct vring_packed_desc){ address(memory.out), 64, 0, VRING_DESC_F_WRITE };
	CHECK(walk_table(t, RTE_DIM(memory.table), &chain) == 0);
	CHECK(walk(address(t), size - 1, VRING_DESC_F_INDIRECT, 1, &chain) == -EINVAL);
	CHECK(walk(address(t), 0, VRING_DESC_F_INDIRECT, 1, &chain) == -EINVAL);
	CHECK(walk(address(t) + 16, size, VRING_DESC_F_INDIRECT, 1, &chain) == -EINVAL);
	CHECK(walk(0x1000, (VC_CHAIN_MAX_SEGS + 1) * 16, VRING_DESC_F_INDIRECT, 1, &chain) ==
	      -EINVAL);
	/* A table is all of a chain. */
	copies[1] = t[2];
	CHECK(walk(address(t), size, VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 2, &chain) ==
	      -EINVAL);
	t[0].flags = VRING_DESC_F_WRITE; /* in front of what is to be read */
	CHECK(walk_table(t, RTE_DIM(memory.table), &chain) == -EINVAL);
	t[0] = (struct vring_packed_desc){ 0, 64, 0, 0 };
	CHECK(walk_table(t, RTE_DIM(memory.table), &chain) == -EINVAL);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(requests_are_found_with_all_of_their_descriptors),
		UNIT_TEST(chains_go_across_the_end),
		UNIT_TEST(what_was_used_before_is_not_available),
		UNIT_TEST(a_chain_has_to_end_among_what_is_available),
		UNIT_TEST(a_chain_cannot_be_longer_than_the_ring),
		UNIT_TEST(requests_in_flight_are_not_available_again),
		UNIT_TEST(results_are_hidden_until_published),
		UNIT_TEST(the_guest_chooses_its_notifications),
		UNIT_TEST(the_device_says_whether_it_wants_kicks),
		UNIT_TEST(chains_become_segments),
		UNIT_TEST(wrong_chains_are_refused),
	};

	return unit_run(tests, RTE_DIM(tests));
}
