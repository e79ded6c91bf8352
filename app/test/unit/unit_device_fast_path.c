/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The request that takes the fast path of the device: a cipher in place, in an indirect table of
 * four descriptors. A valid request that differs from it gets the same result on the slow path.
 */

#include <string.h>

#include <rte_common.h>

#include "unit_device_fast_path.h"

static void
a_known_answer_on_the_fast_path(void)
{
	unsigned int format, decrypt, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++)
		for (decrypt = 0; decrypt < 2; decrypt++) {
			open_device(formats[format]);
			make_fast(&r, decrypt);
			for (i = 0; i < 3 * GUEST_RING; i++)
				CHECK(send(&r, OK));
			CHECK(dev->queues[0].stats.completed == i);
			r.table[0].addr = r.header +=
				4; /* less than the fields of 64 bits are aligned to */
			CHECK(send(&r, OK));
			guest_close();
		}
}

/* Tables of a split ring can have their chains in any order, and more than one needs. */
static void
a_table_in_any_order(void)
{
	static const struct {
		uint8_t at[4];
		bool fast; /* place of the result behind the data */
	} orders[] = {
		{ { 0, 1, 2, 7 }, true },  { { 0, 5, 6, 3 }, true },  { { 0, 6, 7, 1 }, true },
		{ { 0, 2, 1, 3 }, false }, { { 0, 7, 3, 5 }, false }, { { 0, 3, 2, 1 }, false },
	};
	struct request in_order, r;
	unsigned int i, j;

	open_device(GUEST_REVISION_1);
	for (i = 0; i < RTE_DIM(orders); i++) {
		make_fast(&in_order, false);
		r = in_order;
		r.count = 8;
		for (j = 0; j < 4; j++) {
			r.table[orders[i].at[j]] = in_order.table[j];
			r.table[orders[i].at[j]].next = j < 3 ? orders[i].at[j + 1] : 0;
		}
		CHECK(send(&r, OK) == orders[i].fast);
	}
	guest_close();
}

/* A change that leaves a request valid. @return whether it may still take the fast path */
static bool
change_layout(struct request *r, unsigned int which)
{
	switch (which) {
	case 0: /* elsewhere */
		r->table[2].addr = r->out = AT_OTHER;
		break;
	case 1: /* data that is longer than the request says, and room that is */
		r->table[1].len = r->table[2].len = TEXT + 16;
		break;
	case 2:
		r->table[1].len = TEXT + 16;
		break;
	case 3:
		r->table[2].len = TEXT + 16;
		break;
	case 4: /* the status is the last of several bytes */
		r->table[3].len = 2;
		r->status++;
		break;
	case 5: /* the head is not aligned */
	case 6:
	case 7:
		r->table[0].addr = r->header += which - 4;
		break;
	case 8: /* data, result, head, status or table in the second region */
		r->table[1].addr = r->table[2].addr = r->in = r->out = SECOND;
		break;
	case 9:
		r->table[0].addr = r->header = SECOND;
		break;
	case 10:
		r->table[3].addr = r->status = SECOND;
		break;
	case 11:
		r->at = SECOND;
		break;
	case 12: /* the table is not aligned */
		r->at += 4;
		break;
	case 13: /* in the last bytes of the region */
		r->table[1].addr = r->table[2].addr = r->in = r->out = BEHIND - TEXT;
		return true;
	case 14:
		r->table[0].addr = r->header = BEHIND - header_len() - IV;
		return true;
	case 15:
		r->table[3].addr = r->status = BEHIND - 1;
		return true;
	case 16:
		r->at = BEHIND - 4 * sizeof(r->table[0]);
		return true;
	case 17: /* as long as the device takes */
		set_lengths(r, IV, (GUEST_MAX_SIZE - IV) / 2 & ~15u);
		return true;
	default: /* the last flag that is none of a chain */
		r->table[2].flags |= 0x8000;
		return is_packed();
	}
	return false;
}

static void
other_addresses_give_the_same_result(void)
{
	unsigned int format, which;
	struct request r;
	bool fast;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (which = 0; which < 19; which++) {
			make_fast(&r, false);
			fast = change_layout(&r, which);
			if (send(&r, OK) != fast || unit_failed)
				printf("  change %u of format %u\n", which, format);
			make_fast(&r, false);
			change_layout(&r, which);
			CHECK(send(&r, OK) == fast);
			check_serves();
		}
		dev->copy = true;
		make_fast(&r, false);
		CHECK(!send(&r, OK));
		guest_close();
	}
}

/* The IV has a descriptor of its own. */
static void
part_iv(struct request *r)
{
	memmove(&r->table[2], &r->table[1], 3 * sizeof(r->table[0]));
	r->count = 5;
	set(r, 1, AT_HEADER + header_len(), IV, NEXT, 2);
	r->table[0].len = header_len();
	r->table[2].next = 3;
	r->table[3].next = 4;
}

/* Sends the chain in the ring itself. */
static bool
send_direct(const struct request *r)
{
	struct vc_slot *slot = next_slot(1, 0);

	put(r);
	memcpy(before, area, AREA_SIZE);
	slot->fast_path = true;
	check_result(r, OK, guest_send_chain(r->table, r->count));
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	return slot->fast_path;
}

static void
other_chains_give_the_same_result(void)
{
	unsigned int format;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		make_fast(&r, false);
		part_iv(&r);
		CHECK(!send(&r, OK));
		make_fast(&r, false);
		CHECK(!send_direct(&r));
		check_serves();
		guest_close();
	}
}

/* An mbuf describes no more than 65535 bytes: what is longer has several. */
static void
lengths_that_no_mbuf_has(void)
{
	static const uint32_t lens[] = { 65520, 65536, 65552 };
	struct request r;
	unsigned int i;

	guest_max_size = 0x40000;
	open_device(GUEST_REVISION_1);
	guest_max_size = GUEST_MAX_SIZE;
	for (i = 0; i < RTE_DIM(lens); i++) {
		make_fast(&r, false);
		set_lengths(&r, IV, lens[i]);
		CHECK(send(&r, OK) == (lens[i] <= UINT16_MAX));
	}
	guest_close();
}

/* An IV that the device makes a whole block of has the same result in any chain. */
static void
an_iv_that_is_no_block(void)
{
	uint8_t result[TEXT];
	unsigned int format;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		struct vring_desc indirect;

		open_device(formats[format]);
		make_fast(&r, false);
		r.fields.session = guest_create_cipher(CIPHER_AES_CTR, OP_ENCRYPT, key, KEY);
		set_lengths(&r, 12, TEXT);
		put(&r);
		CHECK(guest_send_chain(r.table, r.count) > 0 && *va(r.status) == OK);
		memcpy(result, va(r.out), TEXT);
		indirect = put(&r);
		CHECK(guest_send_chain(&indirect, 1) > 0 && *va(r.status) == OK);
		CHECK(memcmp(result, va(r.out), TEXT) == 0);
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_known_answer_on_the_fast_path),
		UNIT_TEST(a_table_in_any_order),
		UNIT_TEST(other_addresses_give_the_same_result),
		UNIT_TEST(other_chains_give_the_same_result),
		UNIT_TEST(lengths_that_no_mbuf_has),
		UNIT_TEST(an_iv_that_is_no_block),
	};

	area = guest_map_area(AREA_SIZE);
	if (area == NULL)
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
