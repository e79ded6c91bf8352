/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The walker of descriptor chains, against what a guest can put on a ring. */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "chain_packed.h"
#include "chain_split.h"
#include "unit.h"

#define QUEUE 8
#define GPA_A 0x10000ULL  /* first region, 4 KiB */
#define GPA_B 0x11000ULL  /* the next guest page, mapped elsewhere */
#define GPA_C 0x900000ULL /* far away */

static uint8_t region_a[4096] __rte_aligned(16), region_b[4096] __rte_aligned(16),
	region_c[64] __rte_aligned(16);
static struct vc_mem mem;
static struct vring_desc desc[QUEUE];
static struct vc_seg segs[VC_CHAIN_MAX_SEGS];
static struct vc_chain chain;

static void
reset(void)
{
	memset(desc, 0, sizeof(desc));
	mem = (struct vc_mem){
		.nb_regions = 3,
		.regions = { { GPA_A, sizeof(region_a), region_a },
			     { GPA_B, sizeof(region_b), region_b },
			     { GPA_C, sizeof(region_c), region_c } },
	};
	chain = (struct vc_chain){ .segs = segs, .max_segs = RTE_DIM(segs) };
}

static void
set(struct vring_desc *d, uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	*d = (struct vring_desc){ rte_cpu_to_le_64(addr), rte_cpu_to_le_32(len),
				  rte_cpu_to_le_16(flags), rte_cpu_to_le_16(next) };
}

static int
walk(void)
{
	return vc_chain_walk(desc, QUEUE, vc_desc_load(&desc[0]), &mem, &chain);
}

static void
a_direct_chain_is_split_by_direction(void)
{
	reset();
	set(&desc[0], GPA_A, 72, VRING_DESC_F_NEXT, 3);
	set(&desc[3], GPA_A + 100, 16, VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_C, 64, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 2);
	set(&desc[2], GPA_A + 4095, 1, VRING_DESC_F_WRITE, 7);
	CHECK(walk() == 0);
	CHECK(chain.nb_read == 2 && chain.nb_write == 2);
	CHECK(chain.read_len == 88 && chain.write_len == 65);
	CHECK(segs[0].va == region_a && segs[1].va == region_a + 100);
	CHECK(segs[2].va == region_c && segs[3].va == region_a + 4095);
}

static void
an_indirect_table_is_the_chain(void)
{
	struct vring_desc *table = (struct vring_desc *)region_a;

	reset();
	set(&table[0], GPA_C, 10, VRING_DESC_F_NEXT, 2);
	set(&table[2], GPA_C + 10, 1, VRING_DESC_F_WRITE, 0);
	set(&desc[0], GPA_A, 3 * sizeof(*table), VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == 0);
	CHECK(chain.read_len == 10 && chain.write_len == 1);
}

static void
an_indirect_table_can_follow_direct_ones(void)
{
	struct vring_desc *table = (struct vring_desc *)region_a;

	reset();
	set(&table[0], GPA_C + 10, 1, VRING_DESC_F_WRITE, 0);
	set(&desc[0], GPA_C, 10, VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_A, sizeof(*table), VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == 0);
	CHECK(chain.read_len == 10 && chain.write_len == 1);
}

static void
an_indirect_table_can_cross_regions(void)
{
	struct vring_desc table[2];
	uint64_t gpa = GPA_B - 24; /* one and a half entries in the first page */

	reset();
	set(&table[0], GPA_C, 10, VRING_DESC_F_NEXT, 1);
	set(&table[1], GPA_C + 10, 1, VRING_DESC_F_WRITE, 0);
	memcpy(region_a + sizeof(region_a) - 24, table, 24);
	memcpy(region_b, (uint8_t *)table + 24, 8);
	set(&desc[0], gpa, sizeof(table), VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == 0);
	CHECK(chain.read_len == 10 && chain.write_len == 1);
}

static void
a_buffer_can_cross_regions(void)
{
	reset();
	set(&desc[0], GPA_B - 10, 30, 0, 0);
	CHECK(walk() == 0);
	CHECK(chain.nb_read == 2 && chain.read_len == 30);
	CHECK(segs[0].va == region_a + sizeof(region_a) - 10 && segs[0].len == 10);
	CHECK(segs[1].va == region_b && segs[1].len == 20);
}

static void
addresses_outside_are_refused(void)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
	} bad[] = {
		{ 0, 1 },
		{ GPA_A - 1, 1 },
		{ GPA_A - 1, 2 },
		{ GPA_B + 4096, 1 },
		{ GPA_B, 4097 },
		{ GPA_C, 65 },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX - 3, 8 },
		{ GPA_A, UINT32_MAX },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(bad); i++) {
		reset();
		set(&desc[0], bad[i].addr, bad[i].len, 0, 0);
		CHECK(walk() == -EINVAL);
	}
}

static void
loops_are_refused(void)
{
	struct vring_desc *table = (struct vring_desc *)region_a;

	reset();
	set(&desc[0], GPA_C, 1, VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_C, 1, VRING_DESC_F_NEXT, 0);
	CHECK(walk() == -EINVAL);

	reset();
	set(&desc[0], GPA_C, 1, VRING_DESC_F_NEXT, 0);
	CHECK(walk() == -EINVAL);

	reset();
	set(&table[0], GPA_C, 1, VRING_DESC_F_NEXT, 1);
	set(&table[1], GPA_C, 1, VRING_DESC_F_NEXT, 0);
	set(&desc[0], GPA_A, 2 * sizeof(*table), VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == -EINVAL);
}

static void
a_chain_of_the_whole_queue_is_taken(void)
{
	int i;

	reset();
	for (i = 0; i < QUEUE; i++)
		set(&desc[i], GPA_C, 1, i + 1 < QUEUE ? VRING_DESC_F_NEXT : 0, i + 1);
	CHECK(walk() == 0 && chain.read_len == QUEUE);
}

static void
wrong_indexes_are_refused(void)
{
	struct vring_desc *table = (struct vring_desc *)region_a;

	reset();
	set(&desc[0], GPA_C, 1, VRING_DESC_F_NEXT, QUEUE);
	CHECK(walk() == -EINVAL);

	reset();
	set(&table[0], GPA_C, 1, VRING_DESC_F_NEXT, 2);
	set(&table[1], GPA_C, 1, 0, 0);
	set(&desc[0], GPA_A, 2 * sizeof(*table), VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == -EINVAL);
}

static void
wrong_tables_are_refused(void)
{
	struct vring_desc *table = (struct vring_desc *)region_a;
	static const uint32_t lens[] = { 0, 1, 15, 17, (VC_CHAIN_MAX_SEGS + 1) * 16, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < RTE_DIM(lens); i++) {
		reset();
		set(&table[0], GPA_C, 1, 0, 0);
		set(&desc[0], GPA_A, lens[i], VRING_DESC_F_INDIRECT, 0);
		CHECK(walk() == -EINVAL);
	}
	reset(); /* nested */
	set(&table[0], GPA_A, 16, VRING_DESC_F_INDIRECT, 0);
	set(&desc[0], GPA_A, 16, VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == -EINVAL);
	reset(); /* indirect and next together */
	set(&table[0], GPA_C, 1, 0, 0);
	set(&desc[0], GPA_A, 16, VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_C, 1, 0, 0);
	CHECK(walk() == -EINVAL);
	reset(); /* not mapped */
	set(&desc[0], GPA_C + 64, 16, VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == -EINVAL);
	reset(); /* past the end of the address space */
	set(&desc[0], UINT64_MAX - 15, 32, VRING_DESC_F_INDIRECT, 0);
	CHECK(walk() == -EINVAL);
}

static void
readable_behind_writable_is_refused(void)
{
	reset();
	set(&desc[0], GPA_C, 1, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_C, 1, 0, 0);
	CHECK(walk() == -EINVAL);
}

static void
a_length_of_zero_is_refused(void)
{
	reset();
	set(&desc[0], GPA_C, 0, 0, 0);
	CHECK(walk() == -EINVAL);
}

static void
a_long_chain_moves_to_the_spare_room(void)
{
	static struct vc_seg spare[VC_CHAIN_MAX_SEGS];

	reset();
	chain.max_segs = 2;
	set(&desc[0], GPA_C, 1, VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_C + 1, 2, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 2);
	set(&desc[2], GPA_C + 3, 4, VRING_DESC_F_WRITE, 0);
	CHECK(walk() == -EAGAIN);
	chain.spare = spare;
	CHECK(walk() == 0);
	CHECK(chain.segs == spare && chain.nb_read == 1 && chain.nb_write == 2);
	CHECK(spare[0].va == region_c && spare[1].va == region_c + 1 &&
	      spare[2].va == region_c + 3);
	CHECK(chain.read_len == 1 && chain.write_len == 6);
}

/* A descriptor as most are, or one of those that most are not. */
static void
set_random(struct vring_desc *d, unsigned int i, unsigned int count, bool write)
{
	static const uint64_t places[] = { GPA_A, GPA_A + 4095, GPA_B, GPA_C, 0 };
	static const uint32_t lens[] = { 0, 4096, UINT32_MAX };
	static const uint16_t odd[] = { 0, VRING_DESC_F_INDIRECT, VRING_DESC_F_WRITE, 0x8001 };
	bool is_odd = rand() % 16 == 0;
	uint64_t addr = is_odd ? places[rand() % RTE_DIM(places)] : GPA_A + rand() % 2048;
	uint32_t len = is_odd ? lens[rand() % RTE_DIM(lens)] : (uint32_t)rand() % 99 + 1;
	uint16_t flags = (i + 1 < count ? VRING_DESC_F_NEXT : 0) | (write ? VRING_DESC_F_WRITE : 0);

	set(d, addr, len, rand() % 32 == 0 ? odd[rand() % RTE_DIM(odd)] : flags,
	    rand() % 32 == 0 ? rand() % (count + 2) : i + 1);
}

/* Most tables are walked in a way of their own; it has to find what the general one finds. */
static void
both_ways_of_walking_find_the_same(void)
{
	struct vring_desc *table = (struct vring_desc *)(region_a + 2048);
	struct vc_seg few[4], spare[VC_CHAIN_MAX_SEGS];
	unsigned int round, i, count, nb_read, good = 0;

	srand(1);
	for (round = 0; round < 20000; round++) {
		struct vc_chain quick = { .segs = few, .spare = spare, .max_segs = 4 };
		int ret;

		reset();
		count = rand() % 7 + 1;
		nb_read = rand() % (count + 1);
		for (i = 0; i < count; i++)
			set_random(&table[i], i, count, i >= nb_read);
		set(&desc[0], GPA_A + 2048, count * sizeof(*table), VRING_DESC_F_INDIRECT, 0);
		ret = walk();
		CHECK(vc_chain_walk_table(table, count, vc_desc_load(table), &mem, &quick) == ret);
		if (ret != 0)
			continue;
		good++;
		CHECK(quick.nb_read == chain.nb_read && quick.nb_write == chain.nb_write);
		CHECK(quick.read_len == chain.read_len && quick.write_len == chain.write_len);
		for (i = 0; i < (unsigned int)chain.nb_read + chain.nb_write; i++)
			CHECK(quick.segs[i].va == segs[i].va && quick.segs[i].len == segs[i].len);
	}
	CHECK(good > 5000 && good < 19000);
}

static void
an_empty_memory_maps_nothing(void)
{
	reset();
	memset(&mem, 0, sizeof(mem));
	set(&desc[0], 0, 1, 0, 0);
	CHECK(walk() == -EINVAL);
}

static void
cursors_copy_across_segments(void)
{
	struct vc_cursor in, out;
	uint8_t buf[16];

	reset();
	memcpy(region_c, "0123456789abcdef", 16);
	set(&desc[0], GPA_C, 3, VRING_DESC_F_NEXT, 1);
	set(&desc[1], GPA_C + 3, 1, VRING_DESC_F_NEXT, 2);
	set(&desc[2], GPA_C + 4, 6, VRING_DESC_F_NEXT, 3);
	set(&desc[3], GPA_A, 2, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, 4);
	set(&desc[4], GPA_A + 8, 8, VRING_DESC_F_WRITE, 0);
	CHECK(walk() == 0);
	in = vc_chain_reader(&chain);
	vc_cursor_read(&in, buf, 2);
	CHECK(memcmp(buf, "01", 2) == 0 && in.left == 8);
	vc_cursor_skip(&in, 3);
	vc_cursor_read(&in, buf, 5);
	CHECK(memcmp(buf, "56789", 5) == 0 && in.left == 0);
	out = vc_chain_writer(&chain);
	memset(region_a, '.', 16);
	vc_cursor_write(&out, "ABCDE", 5);
	CHECK(memcmp(region_a, "AB......CDE.....", 16) == 0 && out.left == 5);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_direct_chain_is_split_by_direction),
		UNIT_TEST(an_indirect_table_is_the_chain),
		UNIT_TEST(an_indirect_table_can_follow_direct_ones),
		UNIT_TEST(an_indirect_table_can_cross_regions),
		UNIT_TEST(a_buffer_can_cross_regions),
		UNIT_TEST(addresses_outside_are_refused),
		UNIT_TEST(loops_are_refused),
		UNIT_TEST(a_chain_of_the_whole_queue_is_taken),
		UNIT_TEST(wrong_indexes_are_refused),
		UNIT_TEST(wrong_tables_are_refused),
		UNIT_TEST(readable_behind_writable_is_refused),
		UNIT_TEST(a_length_of_zero_is_refused),
		UNIT_TEST(a_long_chain_moves_to_the_spare_room),
		UNIT_TEST(both_ways_of_walking_find_the_same),
		UNIT_TEST(an_empty_memory_maps_nothing),
		UNIT_TEST(cursors_copy_across_segments),
	};

	return unit_run(tests, RTE_DIM(tests));
}
