/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Requests that look like one of the fast path, and are invalid in one point: the device answers as
 * the slow path does, with a status or by stopping the queue, and writes nothing else.
 */

#include <inttypes.h>
#include <string.h>

#include <rte_common.h>

#include "unit_device_fast_path.h"

/* Sends a request that must not take the fast path. */
static void
refused(const struct request *r, uint8_t status, const char *what, unsigned int n, uint64_t value)
{
	bool failed = unit_failed;

	unit_failed = false;
	CHECK(!send(r, status));
	check_serves();
	if (unit_failed)
		printf("  %s %u: 0x%" PRIx64 ", features 0x%" PRIx64 "\n", what, n, value,
		       dev->features);
	unit_failed |= failed;
}

/* What is no memory of the first region is none. */
static void
addresses_outside_of_the_region(void)
{
	unsigned int format, i, j;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < 4; i++) {
			const uint64_t addrs[] = {
				0,	    AREA - 1,	   BEHIND,
				UINT64_MAX, AREA - 0x1000, i < 3 ? BEHIND - 63 : BEHIND
			};

			for (j = 0; j < RTE_DIM(addrs); j++) {
				make_fast(&r, false);
				r.table[i].addr = addrs[j];
				refused(&r, i < 3 ? ERR : NONE, "address of", i, addrs[j]);
				/* Data and place of the result are still the same. */
				r.table[1].addr = r.table[2].addr = addrs[j];
				refused(&r, i < 3 ? ERR : NONE, "addresses of", i, addrs[j]);
			}
		}
		guest_close();
	}
}

static void
lengths_that_end_outside_of_the_region(void)
{
	static const uint32_t lens[] = { 0, AREA_SIZE, INT32_MAX, UINT32_MAX - 15, UINT32_MAX };
	unsigned int format, i, j;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < 4; i++)
			for (j = 0; j < RTE_DIM(lens); j++) {
				make_fast(&r, false);
				r.table[i].len = lens[j];
				/* Without a place of its own it is in the data's last byte. */
				if (i == 3 && lens[j] == 0)
					r.status = AT_DATA + TEXT - 1;
				refused(&r, i < 3 || lens[j] == 0 ? ERR : NONE, "length of", i,
					lens[j]);
				make_fast(&r, false);
				set_lengths(&r, IV, lens[j]);
				refused(&r, ERR, "lengths", i, lens[j]);
			}
		guest_close();
	}
}

/* A descriptor that has other flags, or leads elsewhere. */
struct link {
	uint8_t desc;
	uint16_t flags;
	uint16_t next;
	uint8_t status;
	uint64_t at; /* of the status, if it is not the usual place */
};

static void
send_links(const struct link *links, unsigned int nb)
{
	struct request r;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		const struct link *l = &links[i];

		make_fast(&r, false);
		r.table[l->desc].flags = l->flags;
		r.table[l->desc].next = l->next;
		/* What has a status where it is not wanted is put back by check_result(). */
		if (l->at != 0)
			r.status = l->at;
		refused(&r, l->status, "link", i, l->flags);
	}
}

static void
tables_with_other_links(void)
{
	static const struct link links[] = {
		/* beyond the table, or back */
		{ 0, NEXT, 4, NONE, 0 },
		{ 0, NEXT, UINT16_MAX, NONE, 0 },
		{ 0, NEXT, 0, NONE, 0 },
		{ 1, NEXT, 4, NONE, 0 },
		{ 1, NEXT, UINT16_MAX, NONE, 0 },
		{ 1, NEXT, 0, NONE, 0 },
		{ 1, NEXT, 1, NONE, 0 },
		{ 2, NEXT | WRITE, 4, NONE, 0 },
		{ 2, NEXT | WRITE, UINT16_MAX, NONE, 0 },
		{ 2, NEXT | WRITE, 2, NONE, 0 },
		{ 2, NEXT | WRITE, 1, NONE, 0 },
		{ 3, NEXT | WRITE, 0, NONE, 0 },
		{ 3, NEXT | WRITE, 4, NONE, 0 },
		/* other flags */
		{ 0, 0, 1, NONE, 0 },
		{ 0, NEXT | WRITE, 1, ERR, 0 },
		{ 0, NEXT | INDIRECT, 1, NONE, 0 },
		{ 1, 0, 2, NONE, 0 },
		{ 1, NEXT | WRITE, 2, ERR, 0 },
		{ 1, NEXT | INDIRECT, 2, NONE, 0 },
		{ 2, NEXT, 3, ERR, 0 },
		{ 2, 0, 3, NONE, 0 },
		{ 2, NEXT | WRITE | INDIRECT, 3, NONE, 0 },
		{ 3, 0, 0, ERR, AT_DATA + TEXT - 1 },
		{ 3, NEXT, 0, NONE, 0 },
		{ 3, INDIRECT, 0, NONE, 0 },
		{ 3, WRITE | INDIRECT, 0, NONE, 0 },
	};
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		open_device(formats[stateless]);
		send_links(links, RTE_DIM(links));
		guest_close();
	}
}

/* A chain that goes on behind its table, where there is what it wants. */
static void
a_chain_that_leaves_its_table(void)
{
	struct request r;
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		open_device(formats[stateless]);
		make_fast(&r, false);
		memcpy(va(AT_TABLE) + r.count * sizeof(r.table[0]), &r.table[2],
		       sizeof(r.table[2]));
		r.table[0].next = 3;
		r.table[2] = r.table[3];
		r.table[3] = r.table[1];
		r.table[3].next = 4;
		memcpy(va(AT_TABLE) + 4 * sizeof(r.table[0]) + offsetof(struct vring_desc, next),
		       &(uint16_t){ 2 }, sizeof(uint16_t));
		refused(&r, NONE, "behind", stateless, 4);
		guest_close();
	}
}

/* What its flags say of each descriptor is the same, and wrong. */
static void
tables_with_other_flags(void)
{
	static const uint16_t flags[] = { WRITE, INDIRECT };
	unsigned int stateless, i, j;
	struct request r;

	for (stateless = 0; stateless < 2; stateless++) {
		open_device(formats[stateless]);
		for (i = 0; i < RTE_DIM(flags); i++) {
			make_fast(&r, false);
			for (j = 0; j < 3; j++)
				r.table[j].flags ^= flags[i];
			refused(&r, flags[i] == WRITE ? ERR : NONE, "flags", i, flags[i]);
		}
		guest_close();
	}
}

/* A region in which there is no room for what a request may have. */
static void
small_regions(void)
{
	unsigned int format;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		guest_max_size = 0x40000;
		open_device(formats[format]);
		guest_max_size = GUEST_MAX_SIZE;
		/* no head and IV: all but the head is in it */
		dev->mem.regions[0].size = SESSION_HEADER + IV - 1;
		make_fast(&r, false);
		set_lengths(&r, IV, 16);
		r.table[1].addr = r.table[2].addr = r.in = r.out = AT_TABLE + 64;
		r.table[3].addr = r.status = AT_TABLE + SESSION_HEADER + IV - 2;
		CHECK(!send(&r, ERR));
		/* less than the data */
		dev->mem.regions[0].size = 0x3000;
		make_fast(&r, false);
		set_lengths(&r, IV, 0x3010);
		r.table[1].addr = r.table[2].addr = r.in = r.out = AT_TABLE + 0x2800;
		CHECK(!send(&r, ERR));
		dev->mem.regions[0].size = AREA_SIZE;
		check_serves();
		guest_close();
	}
}

/* In a packed ring the order is that of the table. */
static void
packed_tables_in_another_order(void)
{
	static const struct link links[] = {
		{ 0, WRITE, 0, ERR, 0 },
		{ 1, WRITE, 0, ERR, 0 },
		{ 2, 0, 0, ERR, 0 },
		{ 3, 0, 0, ERR, AT_DATA + TEXT - 1 },
	};
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		open_device(formats[2 + stateless]);
		send_links(links, RTE_DIM(links));
		guest_close();
	}
}

/* So many descriptors as the ring says are in the table. */
static void
tables_of_another_size(void)
{
	unsigned int format, count;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (count = 0; count < 4; count++) {
			make_fast(&r, false);
			r.count = count;
			/* Of a packed ring it is a chain, its status in the data's last byte. */
			if (is_packed() && count == 3)
				r.status = AT_DATA + TEXT - 1;
			refused(&r, is_packed() && count == 3 ? ERR : NONE, "count", count, count);
		}
		/* A packed one with an empty descriptor behind its chain. */
		make_fast(&r, false);
		r.count = 5;
		set(&r, 4, AT_OTHER, 0, WRITE, 0);
		if (is_packed())
			refused(&r, ERR, "count", 5, 5);
		guest_close();
	}
}

static void
fields_with_wrong_values(void)
{
	unsigned int format, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(lies); i++) {
			make_fast(&r, false);
			memcpy((uint8_t *)&r.fields + lies[i].field, &lies[i].value, 4);
			refused(&r, lies[i].status, "field at", lies[i].field, lies[i].value);
			/* Source and destination agree, but not with their descriptors. */
			if (lies[i].field != offsetof(struct fields, src_len))
				continue;
			r.fields.dst_len = r.fields.src_len;
			refused(&r, ERR, "both lengths", i, lies[i].value);
		}
		guest_close();
	}
}

/* The descriptors are as the request says, but it says what no session takes. */
static void
lengths_that_the_session_does_not_take(void)
{
	static const uint32_t lens[][2] = {
		{ 0, TEXT },
		{ 12, TEXT },
		{ 15, TEXT },
		{ 17, TEXT },
		{ 32, TEXT },
		{ IV, TEXT - 1 },
		{ IV, TEXT + 1 },
		{ IV, 1 },
		{ IV, TEXT - 8 },
		{ IV, 65536 },
		{ IV, GUEST_MAX_SIZE / 2 },
		{ IV, 65520 },
	};
	unsigned int format, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(lens); i++) {
			make_fast(&r, false);
			set_lengths(&r, lens[i][0], lens[i][1]);
			refused(&r, ERR, "IV and length", lens[i][0], lens[i][1]);
		}
		guest_close();
	}
}

static void
headers_that_are_too_short(void)
{
	unsigned int format, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < 4; i++) {
			const uint32_t lens[] = { 23, 24, header_len(), header_len() + IV - 1 };

			make_fast(&r, false);
			r.table[0].len = lens[i];
			/* The rest of a head is what stands in the next descriptor. */
			refused(&r, i < 2 && header_len() == SESSION_HEADER ? NOTSUPP : ERR, "head",
				i, lens[i]);
			/* Behind this one there is no memory to look at. */
			r.table[0].addr = BEHIND - lens[i];
			refused(&r, NOTSUPP, "last head", i, lens[i]);
		}
		guest_close();
	}
}

static void
sessions_that_are_none(void)
{
	unsigned int format;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		make_fast(&r, false);
		r.fields.session = guest_create_chain(CIPHER_THEN_HASH, OP_ENCRYPT, key, KEY, key,
						      KEY);
		refused(&r, ERR, "chain", format, r.fields.session);
		r.fields.opcode = UINT32_MAX;
		refused(&r, NOTSUPP, "chain and opcode", format, r.fields.opcode);
		make_fast(&r, false);
		r.fields.session |= 1ULL << 62;
		refused(&r, INVSESS, "id", format, r.fields.session);
		make_fast(&r, true);
		CHECK(send(&r, OK));
		CHECK(guest_destroy(CIPHER_DESTROY_SESSION, ids[1]) == OK);
		refused(&r, INVSESS, "destroyed", format, r.fields.session);
		ids[1] = guest_create_cipher(CIPHER_AES_CBC, OP_DECRYPT, key, KEY);
		refused(&r, INVSESS, "destroyed", format, r.fields.session);
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(addresses_outside_of_the_region),
		UNIT_TEST(lengths_that_end_outside_of_the_region),
		UNIT_TEST(tables_with_other_links),
		UNIT_TEST(a_chain_that_leaves_its_table),
		UNIT_TEST(tables_with_other_flags),
		UNIT_TEST(small_regions),
		UNIT_TEST(packed_tables_in_another_order),
		UNIT_TEST(tables_of_another_size),
		UNIT_TEST(fields_with_wrong_values),
		UNIT_TEST(lengths_that_the_session_does_not_take),
		UNIT_TEST(headers_that_are_too_short),
		UNIT_TEST(sessions_that_are_none),
	};

	area = guest_map_area(AREA_SIZE);
	if (area == NULL)
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
