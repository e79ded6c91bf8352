/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * CVE-2020-14375: requests, descriptors and rings that change while the device reads them, at each
 * access, in turn.
 */

#include <string.h>

#include <rte_common.h>

#include "batch.h"
#include "racing_memory.h"
#include "unit_device_cve.h"

#define MAX_READS 100 /* more than there are reads of one page in one request */

/* Sends the table at a place. Either what was there first counts, or what came then. */
static uint8_t
send_table(uint32_t at, unsigned int nb)
{
	const struct vring_desc indirect = { .addr = AREA + at,
					     .len = nb * sizeof(struct vring_desc),
					     .flags = VRING_DESC_F_INDIRECT };

	memset(area + AT_OUT, UNTOUCHED, OUT_SIZE);
	fill_copies();
	guest_try_chain(&indirect, 1);
	CHECK(copies_end_after(TEXT));
	CHECK(is_filled(area + AT_OUT + TEXT + SHA1 + 1, OUT_SIZE - TEXT - SHA1 - 1, UNTOUCHED));
	return area[AT_OUT + TEXT + SHA1];
}

/*
 * Has bytes of a request change after each number of reads: before the first one they are wrong,
 * behind the last one they were right.
 */
static void
change_in_between(const void *now, const void *then, size_t len, bool table, unsigned int nb)
{
	unsigned int after, reads = 0, good = 0, bad = 0;

	for (after = 0; after <= reads + 1; after++) {
		changing_begin(now, then, len, after);
		if (send_table(table ? AT_CHANGING : AT_TABLE, nb) == OK) {
			CHECK(out_is_ciphered(TEXT));
			good++;
		} else {
			bad++;
		}
		reads = changing_end();
		CHECK(reads > 0 && reads < MAX_READS);
	}
	CHECK(good > 0 && bad > 0);
	memcpy(area + AT_TABLE, now, table ? len : 0);
}

static void
change_headers(uint64_t id)
{
	static const uint32_t wrong[CHAIN_FIELDS] = { 30000, 60000, 60000, 20000, 40000,
						      20000, 40000, 30000, 250 };
	struct vring_desc table[GUEST_RING];
	struct wire_bytes now, then;
	unsigned int nb, field;

	chain_header(&now, id, chain_right);
	nb = make_table(table, AT_CHANGING, now.len, AT_DATA);
	memcpy(area + AT_TABLE, table, nb * sizeof(table[0]));
	chain_header(&then, id, wrong);
	change_in_between(now.data, then.data, now.len, false, nb);
	for (field = 0; field < CHAIN_FIELDS; field++) {
		uint32_t one[CHAIN_FIELDS];

		memcpy(one, chain_right, sizeof(one));
		one[field] = wrong[field];
		chain_header(&then, id, one);
		change_in_between(now.data, then.data, now.len, false, nb);
	}
}

/* The same of the request that most are: a cipher, in place, of which each length is right. */
static void
change_fast_path_headers(void)
{
	struct vring_desc table[GUEST_RING];
	uint64_t id = cipher_session();
	struct wire_bytes now, then;
	unsigned int nb;

	cipher_header(&now, id, IV, TEXT, TEXT);
	cipher_header(&then, id, IV, 2 * TEXT, 2 * TEXT);
	nb = make_table(table, AT_CHANGING, now.len, AT_OUT);
	memcpy(area + AT_TABLE, table, nb * sizeof(table[0]));
	change_in_between(now.data, then.data, now.len, false, nb);
	cipher_header(&then, id, 0, 2 * TEXT, 2 * TEXT);
	change_in_between(now.data, then.data, now.len, false, nb);
}

static void
change_tables(uint64_t id)
{
	struct vring_desc now[GUEST_RING], then[GUEST_RING];
	unsigned int nb, i;
	struct wire_bytes head;

	chain_header(&head, id, chain_right);
	memcpy(area + AT_HEADER, head.data, head.len);
	nb = make_table(now, AT_HEADER, head.len, AT_DATA);
	for (i = 0; i < nb; i++) {
		memcpy(then, now, sizeof(then));
		then[i].addr = OUTSIDE;
		change_in_between(now, then, nb * sizeof(now[0]), true, nb);
		then[i].addr = now[i].addr;
		then[i].len = UINT32_MAX;
		change_in_between(now, then, nb * sizeof(now[0]), true, nb);
		then[i].len = now[i].len;
		if (dev->features & GUEST_PACKED) /* descriptors name no next ones */
			continue;
		then[i].next = UINT16_MAX;
		then[i].flags |= VRING_DESC_F_NEXT;
		change_in_between(now, then, nb * sizeof(now[0]), true, nb);
	}
}

/* Where the parts of a request are that is in one page: what changes, what does not, its data. */
#define FOUR_CHANGES 0
#define FOUR_STAYS   0x100
#define FOUR_DATA    0x200
#define FOUR_STATUS  0xf00

/* Whether the page has what a request of this status may have made of it. */
static void
check_four(const uint8_t *page)
{
	if (page[FOUR_STATUS] == OK) {
		memcpy(area + AT_OUT, page + FOUR_DATA, TEXT);
		CHECK(out_is_ciphered(TEXT));
	} else {
		CHECK(is_filled(page + FOUR_DATA, TEXT, UNTOUCHED));
	}
	CHECK(is_filled(page + FOUR_DATA + TEXT, FOUR_STATUS - FOUR_DATA - TEXT, UNTOUCHED));
}

/*
 * change_in_between() for a request that is in the page as a whole, of which one part changes and
 * one does not. A request that does not change takes the fast path.
 */
static void
change_four(uint8_t *page, const void *now, const void *then, size_t len, const void *stays,
	    size_t stays_len, bool table)
{
	const struct vring_desc indirect = { .addr = AREA + AT_CHANGING +
						     (table ? FOUR_CHANGES : FOUR_STAYS),
					     .len = 4 * sizeof(struct vring_desc),
					     .flags = VRING_DESC_F_INDIRECT };
	const struct vc_queue *q = &dev->queues[0];
	unsigned int after, reads = 0, good = 0, bad = 0;

	for (after = 0; after <= reads + 1; after++) {
		memset(page, UNTOUCHED, CHANGING_SIZE);
		memcpy(page + FOUR_STAYS, stays, stays_len);
		q->batch->data[0].base = NULL;
		changing_begin(now, then, len, after);
		guest_try_chain(&indirect, 1);
		reads = changing_end();
		CHECK(reads > 0 && reads < MAX_READS);
		check_four(page);
		good += page[FOUR_STATUS] == OK;
		bad += page[FOUR_STATUS] != OK;
		CHECK(after <= reads ||
		      ((struct vc_slot *)q->slots.free[q->slots.nb_free - 1])->fast_path ||
		      q->batch->data[0].base != NULL);
	}
	CHECK(good > 0 && bad > 0);
}

/* The chain of such a request: head and IV in one piece, the result in place. */
static void
make_four(struct vring_desc table[4], uint32_t at_header)
{
	const struct segment segments[] = {
		{ AT_CHANGING + at_header, 72 + IV, false },
		{ AT_CHANGING + FOUR_DATA, TEXT, false },
		{ AT_CHANGING + FOUR_DATA, TEXT, true },
		{ AT_CHANGING + FOUR_STATUS, 1, true },
	};

	make_descs(table, segments, RTE_DIM(segments));
	if (dev->features & GUEST_PACKED)
		pack(table, 4);
}

static void
four_header(struct wire_bytes *b, uint64_t id)
{
	cipher_header(b, id, IV, TEXT, TEXT);
	wire_put(b, area + AT_IV, IV);
}

/* Requests in a table of four: fields of the head change alone, and all of its lengths. */
static void
change_headers_of_four(uint8_t *page)
{
	static const struct {
		uint32_t at;
		uint32_t value;
	} wrong[] = {
		{ 0, CIPHER_DECRYPT }, { 8, UINT32_MAX }, { 12, UINT32_MAX }, { 16, 0 }, { 24, 0 },
		{ 28, 2 * TEXT },      { 32, 2 * TEXT },  { 64, 2 }
	};
	uint64_t id = cipher_session();
	struct wire_bytes now, then;
	struct vring_desc table[4];
	unsigned int i;

	make_four(table, FOUR_CHANGES);
	four_header(&now, id);
	for (i = 0; i < RTE_DIM(wrong); i++) {
		then = now;
		then.len = wrong[i].at;
		wire_le32(&then, wrong[i].value);
		change_four(page, now.data, then.data, now.len, table, sizeof(table), false);
	}
	cipher_header(&then, id, 0, 2 * TEXT, 2 * TEXT);
	wire_put(&then, area + AT_IV, IV);
	change_four(page, now.data, then.data, now.len, table, sizeof(table), false);
}

static void
change_tables_of_four(uint8_t *page)
{
	struct vring_desc now[4], then[4];
	struct wire_bytes head;
	unsigned int i;

	make_four(now, FOUR_STAYS);
	four_header(&head, cipher_session());
	for (i = 0; i < 4; i++) {
		memcpy(then, now, sizeof(then));
		then[i].addr = OUTSIDE;
		change_four(page, now, then, sizeof(now), head.data, head.len, true);
		then[i].addr = now[i].addr;
		then[i].len = UINT32_MAX;
		change_four(page, now, then, sizeof(now), head.data, head.len, true);
		/* Both, so that they agree. */
		then[1].len = then[2].len = UINT32_MAX;
		change_four(page, now, then, sizeof(now), head.data, head.len, true);
		if (dev->features & GUEST_PACKED)
			continue;
		memcpy(then, now, sizeof(then));
		then[i].next = UINT16_MAX;
		then[i].flags |= VRING_DESC_F_NEXT;
		change_four(page, now, then, sizeof(now), head.data, head.len, true);
	}
}

/* Walks a chain in a ring, or of a table if @p nb is not 0. @return 0 if it is one */
static int
walk(struct vc_vring *vr, unsigned int nb, struct vc_chain *chain)
{
	struct vc_mem mem = { .nb_regions = 1, .regions = { { AREA, AREA_SIZE, area } } };
	struct vc_chain_head head;

	if (nb > 0 && vr->packed)
		return vc_chain_walk_packed_table(vr->packed_desc, nb, vc_desc_load(vr->desc), &mem,
						  chain);
	if (nb > 0)
		return vc_chain_walk_table(vr->desc, nb, vc_desc_load(vr->desc), &mem, chain);
	if (vc_vring_scan_avail(vr, &head, 1) != 1)
		return -1;
	return vc_vring_walk(vr, head, vc_vring_load_first(vr, head), &mem, chain);
}

/* The same of one that changes meanwhile: it is refused, or has memory of the guest. */
static bool
walk_is_safe(struct vc_vring *vr, unsigned int nb)
{
	static struct vc_seg segs[VC_CHAIN_MAX_SEGS];
	struct vc_chain chain = { .segs = segs, .max_segs = RTE_DIM(segs) };
	unsigned int i;

	if (walk(vr, nb, &chain) != 0)
		return false;
	for (i = 0; i < chain.nb_read + chain.nb_write; i++)
		CHECK(segs[i].va >= area && segs[i].len <= AREA_SIZE &&
		      segs[i].va + segs[i].len <= area + AREA_SIZE);
	return true;
}

/* Has a descriptor of a ring, or of a table, change after each number of reads. */
static void
change_ring(uint8_t *page, bool table, unsigned int i, uint64_t addr, uint32_t len)
{
	static union {
		struct vring_avail avail;
		uint16_t entries[2 + GUEST_RING];
	} avail = { .avail.idx = 1 };
	struct vring_desc now[GUEST_RING], then[GUEST_RING];
	struct vring_packed_desc copies[GUEST_RING];
	unsigned int nb = make_chain(now, AT_HEADER, 72, AT_DATA), after, reads = 0, good = 0;

	if (dev->features & GUEST_PACKED) {
		pack(now, nb);
		for (after = 0; after < nb; after++)
			((struct vring_packed_desc *)(void *)now)[after].flags |=
				virtio_packed_avail_flags(0);
	}
	memcpy(then, now, sizeof(then));
	then[i].addr = addr;
	then[i].len = len;
	for (after = 0; after <= reads + 1; after++) {
		struct vc_vring vr = {
			.desc = (struct vring_desc *)(void *)page,
			.avail = &avail.avail,
			.size = GUEST_RING,
			.mask = GUEST_RING - 1,
			.packed = dev->features & GUEST_PACKED,
			.copies = copies,
		};

		changing_begin(now, then, nb * sizeof(now[0]), after);
		good += walk_is_safe(&vr, table ? nb : 0);
		reads = changing_end();
		CHECK(reads > 0 && reads <= 2 * nb); /* of each half once, in one access */
	}
	CHECK(good > 0 && good < after);
}

static void
change_rings(uint8_t *page)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		change_ring(page, false, i, OUTSIDE, 1);
		change_ring(page, false, i, AREA, UINT32_MAX);
		change_ring(page, true, i, OUTSIDE, 1);
		change_ring(page, true, i, AREA, UINT32_MAX);
	}
}

/*
 * Descriptors and requests were looked at several times, and the guest could change them after they
 * had been found to be right.
 *
 * Check: every byte is read once, by vc_desc_load() or vc_packed_copy_desc(), and by
 * vc_request_copy_header() or vc_fast_read_header().
 */
static void
cve_2020_14375_memory_that_changes_after_the_check(void)
{
	static uint8_t *page;
	int copy, packed;

	if (!CHANGING_WORKS)
		return;
	if (page == NULL)
		page = changing_page();
	CHECK(page != NULL);
	for (copy = 0; page != NULL && copy < 2; copy++)
		for (packed = 0; packed < 2; packed++) {
			uint64_t id;

			open_device_with(packed ? GUEST_PACKED : 0, copy);
			add_region(AREA + AT_CHANGING, CHANGING_SIZE, page, !copy);
			id = chain_session();
			change_headers(id);
			change_fast_path_headers();
			change_tables(id);
			if (!copy) { /* the page is in the first region */
				change_headers_of_four(page);
				change_tables_of_four(page);
			}
			change_rings(page);
			device_serves();
			guest_close();
		}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(cve_2020_14375_memory_that_changes_after_the_check),
	};

	area = guest_map_area(AREA_SIZE);
	if (area == NULL)
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
