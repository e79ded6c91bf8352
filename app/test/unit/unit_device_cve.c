/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What guests could do to the vhost-crypto library of DPDK, played against this one. Each test with
 * a number is made of the public description of one vulnerability, and names the checks without
 * which it fails; the others are of what this library alone has to check beside them.
 * The vulnerabilities of librte_vhost are played against the host program, in
 * two_process_hostile.py.
 */

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>

#include <rte_common.h>

#include "batch.h"
#include "racing_memory.h"
#include "device.h"
#include "mock_guest.h"
#include "session_table.h"
#include "unit.h"
#include "unit_vhost_user.h"
#include "virtio_crypto_packed.h"

#define KEY	 16
#define AUTH_KEY 20
#define IV	 16
#define TEXT	 64
#define SHA1	 20

/*
 * A second region of the guest's memory: nothing is mapped before and behind it. Parts of requests
 * have a place of their own there.
 */
#define AREA	    0x80000000ULL
#define AREA_SIZE   0x20000
#define AT_HEAD	    0x0000
#define AT_IV	    0x1000
#define AT_DATA	    0x2000
#define AT_OUT	    0x10000
#define OUT_SIZE    0x8000
#define AT_TABLE    0x1f000
#define AT_CHANGING AREA_SIZE /* a third region, the page that changes */
#define OUTSIDE	    (AREA - 0x10000)

#define UNTOUCHED 0x5a /* what memory is filled with that must stay as it is */
#define MAX_READS 100  /* more than there are reads of one page in one request */

static const uint8_t key[KEY] = "sixteen bytes k";
static const uint8_t auth_key[AUTH_KEY] = "twenty bytes of key";
static uint8_t *area;
static struct rte_vhost_crypto_device *dev;

/* A descriptor of a chain: where in the area, and how many bytes. */
struct piece {
	uint32_t at;
	uint32_t len;
	bool write;
};

static bool
area_map(void)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *all = mmap(NULL, AREA_SIZE + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);

	if (all == MAP_FAILED || mprotect(all + page, AREA_SIZE, PROT_READ | PROT_WRITE) != 0)
		return false;
	area = all + page;
	return true;
}

/* Descriptors in the first region are read where they are, those in others are copied before. */
static void
add_region(uint64_t gpa, uint64_t size, uint8_t *hva, bool first)
{
	struct vc_mem *mem = &dev->mem;
	unsigned int i = first ? 0 : mem->nb_regions;

	mem->regions[mem->nb_regions++] = mem->regions[i];
	mem->regions[i] = (struct vc_mem_region){ gpa, size, hva };
}

static void
open_device_with(uint64_t features, bool copy)
{
	dev = guest_open(GUEST_REVISION_1 | features);
	dev->copy = copy;
	add_region(AREA, AREA_SIZE, area, false);
	memset(area, UNTOUCHED, AREA_SIZE);
}

static void
open_device(bool copy)
{
	open_device_with(0, copy);
}

static uint64_t
cipher_session(void)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, KEY, OP_ENCRYPT, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_put(&b, key, KEY);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

static uint64_t
chain_session(void)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CBC, KEY, OP_ENCRYPT, 0,
		    MAC_HMAC_SHA1, SHA1, AUTH_KEY, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(&b, key, KEY);
	wire_put(&b, auth_key, AUTH_KEY);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

static void
cipher_head(struct wire_bytes *b, uint64_t id, uint32_t iv_len, uint32_t src_len, uint32_t dst_len)
{
	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, iv_len, src_len, dst_len, 0);
	wire_zero(b, 24);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
}

/* The lengths and offsets of a chain, in their order on the wire. */
enum {
	IV_LEN,
	SRC_LEN,
	DST_LEN,
	CIPHER_OFF,
	CIPHER_LEN,
	HASH_OFF,
	HASH_LEN,
	AAD_LEN,
	DIGEST_LEN,
	CHAIN_FIELDS,
};

static const uint32_t chain_right[CHAIN_FIELDS] = { IV, TEXT, TEXT, 0, TEXT, 0, TEXT, 0, SHA1 };

static void
chain_head(struct wire_bytes *b, uint64_t id, const uint32_t fields[CHAIN_FIELDS])
{
	unsigned int i;

	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	for (i = 0; i < CHAIN_FIELDS; i++)
		wire_le32(b, fields[i]);
	WIRE_FIELDS(b, 0, SYM_OP_ALGORITHM_CHAINING, 0);
}

/* The pieces as descriptors of the ring; the status is the last byte of the last one. */
static uint8_t
send(const struct wire_bytes *head, const struct piece *pieces, unsigned int nb)
{
	struct vring_desc chain[GUEST_RING] = { 0 };
	uint8_t *status = area + pieces[nb - 1].at + pieces[nb - 1].len - 1;
	unsigned int i;

	memcpy(area + AT_HEAD, head->data, head->len);
	for (i = 0; i < nb; i++)
		chain[i] = (struct vring_desc){
			.addr = AREA + pieces[i].at,
			.len = pieces[i].len,
			.flags = (i + 1 < nb ? VRING_DESC_F_NEXT : 0) |
				(pieces[i].write ? VRING_DESC_F_WRITE : 0),
			.next = i + 1,
		};
	*status = 0xee;
	CHECK(guest_send_chain(chain, nb) > 0);
	return *status;
}

/* A request in the usual pieces. */
static uint8_t
send_usual(const struct wire_bytes *head, uint32_t iv_len, uint32_t data_len, uint32_t room)
{
	const struct piece pieces[] = {
		{ AT_HEAD, head->len, false },
		{ AT_IV, iv_len, false },
		{ AT_DATA, data_len, false },
		{ AT_OUT, room + 1, true },
	};

	return send(head, pieces, RTE_DIM(pieces));
}

static bool
is_filled(const uint8_t *data, size_t len, uint8_t value)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] != value)
			return false;
	return true;
}

/* What the device is to have made of the area's data and IV. */
static bool
out_is_ciphered(uint32_t len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t right[TEXT];
	int n = 0;

	EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), NULL, key, area + AT_IV);
	EVP_EncryptUpdate(ctx, right, &n, area + AT_DATA, len);
	EVP_CIPHER_CTX_free(ctx);
	return n == (int)len && memcmp(area + AT_OUT, right, len) == 0;
}

/* Whoever was to attack, the device serves those who do not. */
static void
device_serves(void)
{
	struct wire_bytes b;

	cipher_head(&b, cipher_session(), IV, TEXT, TEXT);
	CHECK(send_usual(&b, IV, TEXT, TEXT) == OK);
	CHECK(out_is_ciphered(TEXT));
}

static void
fill_copies(void)
{
	memset(dev->queues[0].bounces.mem, UNTOUCHED, VC_QUEUE_BOUNCES * VC_BOUNCE_SIZE);
}

/* Whether no private copy of the queue has more than its first bytes written. */
static bool
copies_end_after(uint32_t len)
{
	unsigned int i;

	for (i = 0; i < VC_QUEUE_BOUNCES; i++)
		if (!is_filled(dev->queues[0].bounces.mem + i * VC_BOUNCE_SIZE + len,
			       VC_BOUNCE_SIZE - len, UNTOUCHED))
			return false;
	return true;
}

/*
 * Data was copied into a buffer of the host by the lengths of the descriptors, which the guest can
 * choose, where the request says how long it is.
 *
 * Check: the bytes that vc_cursor_next_segment() gives at most.
 */
static void
cve_2020_14374_descriptors_longer_than_the_data(void)
{
	const struct piece pieces[] = {
		{ AT_HEAD, 72, false },	    { AT_IV, IV, false },
		{ AT_DATA, 16, false },	    { AT_DATA + 16, 0xd000, false },
		{ AT_DATA, 0xd000, false }, { AT_DATA, 0xd000, false },
		{ AT_OUT, TEXT + 1, true },
	};
	struct wire_bytes b;

	open_device(true);
	cipher_head(&b, cipher_session(), IV, TEXT, TEXT);
	fill_copies();
	CHECK(send(&b, pieces, RTE_DIM(pieces)) == OK);
	CHECK(out_is_ciphered(TEXT));
	CHECK(copies_end_after(TEXT));
	device_serves();
	guest_close();
}

/* Has a table be one of a packed ring. */
static void
pack(struct vring_desc *table, unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++) {
		struct vring_packed_desc d = {
			.addr = table[i].addr,
			.len = table[i].len,
			.flags = table[i].flags,
		};

		memcpy(&table[i], &d, sizeof(d));
	}
}

/* The chain of a request, with its head in the page that changes or in the area. */
static unsigned int
make_chain(struct vring_desc table[GUEST_RING], uint32_t at_head, uint32_t head_len,
	   uint32_t at_data)
{
	const struct piece pieces[] = {
		{ at_head, head_len, false },
		{ AT_IV, IV, false },
		{ at_data, TEXT, false },
		{ AT_OUT, TEXT + SHA1 + 1, true },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(pieces); i++)
		table[i] = (struct vring_desc){
			.addr = AREA + pieces[i].at,
			.len = pieces[i].len,
			.flags = (i + 1 < RTE_DIM(pieces) ? VRING_DESC_F_NEXT : 0) |
				(pieces[i].write ? VRING_DESC_F_WRITE : 0),
			.next = i + 1,
		};
	return i;
}

/* The same in a table, as the ring wants it. */
static unsigned int
make_table(struct vring_desc table[GUEST_RING], uint32_t at_head, uint32_t head_len,
	   uint32_t at_data)
{
	unsigned int nb = make_chain(table, at_head, head_len, at_data);

	if (dev->features & GUEST_PACKED)
		pack(table, nb);
	return nb;
}

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
change_heads(uint64_t id)
{
	static const uint32_t wrong[CHAIN_FIELDS] = { 30000, 60000, 60000, 20000, 40000,
						      20000, 40000, 30000, 250 };
	struct vring_desc table[GUEST_RING];
	struct wire_bytes now, then;
	unsigned int nb, field;

	chain_head(&now, id, chain_right);
	nb = make_table(table, AT_CHANGING, now.len, AT_DATA);
	memcpy(area + AT_TABLE, table, nb * sizeof(table[0]));
	chain_head(&then, id, wrong);
	change_in_between(now.data, then.data, now.len, false, nb);
	for (field = 0; field < CHAIN_FIELDS; field++) {
		uint32_t one[CHAIN_FIELDS];

		memcpy(one, chain_right, sizeof(one));
		one[field] = wrong[field];
		chain_head(&then, id, one);
		change_in_between(now.data, then.data, now.len, false, nb);
	}
}

/* The same of the request that most are: a cipher, in place, of which each length is right. */
static void
change_plain_heads(void)
{
	struct vring_desc table[GUEST_RING];
	uint64_t id = cipher_session();
	struct wire_bytes now, then;
	unsigned int nb;

	cipher_head(&now, id, IV, TEXT, TEXT);
	cipher_head(&then, id, IV, 2 * TEXT, 2 * TEXT);
	nb = make_table(table, AT_CHANGING, now.len, AT_OUT);
	memcpy(area + AT_TABLE, table, nb * sizeof(table[0]));
	change_in_between(now.data, then.data, now.len, false, nb);
	cipher_head(&then, id, 0, 2 * TEXT, 2 * TEXT);
	change_in_between(now.data, then.data, now.len, false, nb);
}

static void
change_tables(uint64_t id)
{
	struct vring_desc now[GUEST_RING], then[GUEST_RING];
	unsigned int nb, i;
	struct wire_bytes head;

	chain_head(&head, id, chain_right);
	memcpy(area + AT_HEAD, head.data, head.len);
	nb = make_table(now, AT_HEAD, head.len, AT_DATA);
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
 * one does not. One that does not change is taken in one go.
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
make_four(struct vring_desc table[4], uint32_t at_head)
{
	const struct piece pieces[] = {
		{ AT_CHANGING + at_head, 72 + IV, false },
		{ AT_CHANGING + FOUR_DATA, TEXT, false },
		{ AT_CHANGING + FOUR_DATA, TEXT, true },
		{ AT_CHANGING + FOUR_STATUS, 1, true },
	};
	unsigned int i;

	for (i = 0; i < 4; i++)
		table[i] = (struct vring_desc){
			.addr = AREA + pieces[i].at,
			.len = pieces[i].len,
			.flags = (i < 3 ? VRING_DESC_F_NEXT : 0) |
				(pieces[i].write ? VRING_DESC_F_WRITE : 0),
			.next = i + 1,
		};
	if (dev->features & GUEST_PACKED)
		pack(table, 4);
}

static void
four_head(struct wire_bytes *b, uint64_t id)
{
	cipher_head(b, id, IV, TEXT, TEXT);
	wire_put(b, area + AT_IV, IV);
}

/* Requests in a table of four: fields of the head change alone, and all of its lengths. */
static void
change_heads_of_four(uint8_t *page)
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
	four_head(&now, id);
	for (i = 0; i < RTE_DIM(wrong); i++) {
		then = now;
		then.len = wrong[i].at;
		wire_le32(&then, wrong[i].value);
		change_four(page, now.data, then.data, now.len, table, sizeof(table), false);
	}
	cipher_head(&then, id, 0, 2 * TEXT, 2 * TEXT);
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
	four_head(&head, cipher_session());
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
	unsigned int nb = make_chain(now, AT_HEAD, 72, AT_DATA), after, reads = 0, good = 0;

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
			change_heads(id);
			change_plain_heads();
			change_tables(id);
			if (!copy) { /* the page is in the first region */
				change_heads_of_four(page);
				change_tables_of_four(page);
			}
			change_rings(page);
			device_serves();
			guest_close();
		}
}

/*
 * An IV was copied into the host's operation with whatever length the request had.
 *
 * Checks: the length in check_lengths(), and that of the algorithm in vc_session_variant(); either
 * of them would do.
 */
static void
cve_2020_14376_ivs_longer_than_their_place(void)
{
	static const uint32_t lens[] = { IV + 1, VC_MAX_IV + 1, 64,	    128,       256,
					 1024,	 1900,		UINT16_MAX, INT32_MAX, UINT32_MAX };
	const size_t op_size = sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op) +
		2 * VC_MAX_IV;
	struct wire_bytes b;
	unsigned int i;
	uint64_t id;
	int copy;

	for (copy = 0; copy < 2; copy++) {
		struct vc_queue *q;
		struct vc_slot *slot;
		uint8_t *behind;

		open_device(copy);
		q = &dev->queues[0];
		slot = q->slots.free[q->slots.nb_free - 1]; /* the one that is taken next */
		behind = (uint8_t *)slot->own_op + op_size;
		id = cipher_session();
		for (i = 0; i < RTE_DIM(lens); i++) {
			uint8_t before[64];

			memcpy(before, behind, sizeof(before));
			cipher_head(&b, id, lens[i], TEXT, TEXT);
			CHECK(send_usual(&b, RTE_MIN(lens[i], 0x1000u), TEXT, TEXT) == ERR);
			CHECK(memcmp(before, behind, sizeof(before)) == 0);
		}
		device_serves();
		guest_close();
	}
}

/* A chain with a field that is wrong: refused, and nothing but the status written to the guest. */
static void
refused_without_a_byte(uint64_t id, unsigned int field, uint32_t value, uint32_t dst_len)
{
	uint32_t fields[CHAIN_FIELDS], room = dst_len + SHA1;
	struct wire_bytes b;

	memcpy(fields, chain_right, sizeof(fields));
	fields[DST_LEN] = dst_len;
	fields[field] = value;
	chain_head(&b, id, fields);
	memset(area + AT_OUT, UNTOUCHED, OUT_SIZE);
	CHECK(send_usual(&b, IV, TEXT, room) == ERR);
	CHECK(is_filled(area + AT_OUT, room, UNTOUCHED));
	CHECK(is_filled(area + AT_OUT + room + 1, OUT_SIZE - room - 1, UNTOUCHED));
}

/*
 * Lengths and offsets were not checked at all, so that the guest was given what lies behind its
 * data in the memory of the host.
 *
 * Checks: those of check_lengths(), and of the cipher's region in take_content().
 */
static void
cve_2020_14377_lengths_and_offsets_behind_the_data(void)
{
	static const uint32_t values[] = { TEXT + 1,  2 * TEXT,		 4096,	    UINT16_MAX,
					   INT32_MAX, UINT32_MAX - TEXT, UINT32_MAX };
	static const uint8_t wrong[] = { SRC_LEN,  DST_LEN,  CIPHER_OFF, CIPHER_LEN,
					 HASH_OFF, HASH_LEN, AAD_LEN,	 DIGEST_LEN };
	unsigned int i, j;
	struct wire_bytes b;
	uint64_t id;
	int copy;

	for (copy = 0; copy < 2; copy++) {
		open_device(copy);
		id = chain_session();
		fill_copies();
		for (i = 0; i < RTE_DIM(wrong); i++)
			for (j = 0; j < RTE_DIM(values); j++)
				refused_without_a_byte(id, wrong[i], values[j], TEXT);
		/* The result does not fit; or it does, and there is no data for it. */
		refused_without_a_byte(id, DST_LEN, TEXT - 16, TEXT);
		refused_without_a_byte(id, CIPHER_OFF, TEXT, 2 * TEXT);
		refused_without_a_byte(id, CIPHER_LEN, 2 * TEXT, 2 * TEXT);
		/* There are no parts of blocks, also not behind whole ones. */
		refused_without_a_byte(id, CIPHER_LEN, TEXT - 1, TEXT);
		/* A destination that is longer than the data gets nothing but the result. */
		cipher_head(&b, cipher_session(), IV, TEXT, TEXT + 1024);
		memset(area + AT_OUT, 0x11, OUT_SIZE);
		CHECK(send_usual(&b, IV, TEXT, TEXT + 1024) == OK);
		CHECK(out_is_ciphered(TEXT));
		CHECK(is_filled(area + AT_OUT + TEXT, 1024, 0x11));
		guest_close();
	}
}

/* What most requests are, in place, is looked at by itself, and has to be as true. */
static void
lengths_of_requests_in_place_are_those_of_their_data(void)
{
	const struct piece no_data[] = { { AT_HEAD, 72, false },
					 { AT_IV, IV, false },
					 { AT_OUT, TEXT + 1, true } };
	const struct piece no_status[] = { { AT_HEAD, 72, false },
					   { AT_IV, IV, false },
					   { AT_OUT, TEXT, false },
					   { AT_OUT, TEXT, true } };
	const struct piece elsewhere[] = { { AT_HEAD, 72, false },
					   { AT_IV, IV, false },
					   { AT_OUT, TEXT, false },
					   { AT_OUT, 16, true },
					   { AT_DATA, TEXT - 16 + 1, true } };
	struct wire_bytes b;
	uint64_t id;

	open_device(false);
	id = cipher_session();
	cipher_head(&b, id, IV, TEXT, TEXT);
	CHECK(send(&b, no_data, RTE_DIM(no_data)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT, UNTOUCHED));
	CHECK(send(&b, no_status, RTE_DIM(no_status)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT - 1, UNTOUCHED));
	memset(area + AT_OUT, UNTOUCHED, TEXT);
	CHECK(send(&b, elsewhere, RTE_DIM(elsewhere)) == OK);
	CHECK(!is_filled(area + AT_OUT, 16, UNTOUCHED));
	CHECK(is_filled(area + AT_OUT + 16, TEXT - 16, UNTOUCHED));
	CHECK(!is_filled(area + AT_DATA, TEXT - 16, UNTOUCHED));
	guest_close();
}

/* A session that encrypts does not decrypt, and one of blocks takes no parts of them. */
static void
requests_in_place_are_as_their_session_is(void)
{
	const struct piece pieces[] = { { AT_HEAD, 72, false },
					{ AT_IV, IV, false },
					{ AT_OUT, TEXT, false },
					{ AT_OUT, TEXT + 1, true } };
	struct wire_bytes b;

	open_device(false);
	cipher_head(&b, cipher_session(), IV, TEXT, TEXT);
	b.data[0] ^= CIPHER_ENCRYPT ^ CIPHER_DECRYPT;
	CHECK(send(&b, pieces, RTE_DIM(pieces)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT, UNTOUCHED));
	cipher_head(&b, cipher_session(), IV, TEXT - 1, TEXT - 1);
	CHECK(send(&b, pieces, RTE_DIM(pieces)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT, UNTOUCHED));
	guest_close();
}

/* A table whose last descriptor leads back. */
static void
fill_loop(struct vring_desc *table, unsigned int nb, unsigned int back)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		table[i] = (struct vring_desc){ .addr = AREA + AT_DATA,
						.len = 1,
						.flags = VRING_DESC_F_NEXT,
						.next = i + 1 < nb ? i + 1 : back };
}

/*
 * A chain could be made that took the host four thousand million steps to follow.
 *
 * Check: the count in follow_chain(), of chain_split.c; that of the room for segments is a second
 * one.
 */
static void
cve_2020_14378_chains_without_an_end(void)
{
	static struct vc_seg segs[VC_CHAIN_MAX_SEGS];
	struct vc_chain chain = { .segs = segs, .max_segs = RTE_DIM(segs) };
	struct vring_desc table[GUEST_RING], indirect;
	unsigned int back;

	open_device(false);
	indirect = (struct vring_desc){ .addr = AREA + AT_TABLE,
					.len = sizeof(table),
					.flags = VRING_DESC_F_INDIRECT };
	for (back = 0; back < GUEST_RING; back++) {
		fill_loop(table, GUEST_RING, back);
		CHECK(vc_chain_walk(table, GUEST_RING, vc_desc_load(table), &dev->mem, &chain) ==
		      -EINVAL);
		CHECK(chain.nb_read <= GUEST_RING); /* no step more than there are descriptors */
		guest_stop_at_chain(table, GUEST_RING);
		memcpy(area + AT_TABLE, table, sizeof(table));
		CHECK(vc_chain_walk(&indirect, 1, vc_desc_load(&indirect), &dev->mem, &chain) ==
		      -EINVAL);
		CHECK(chain.nb_read <= GUEST_RING);
		guest_stop_at_chain(&indirect, 1);
	}
	device_serves();
	guest_close();
}

/* CREATE_CRYPTO_SESSION of QEMU 8 and later for a chain, and of what came before. */
static int64_t
create_by_message(uint32_t key_len, uint32_t auth_key_len, bool old)
{
	static struct vc_message request, reply;
	struct wire_bytes b = { 0 };
	int64_t id;

	if (old)
		wire_le64(&b, 0);
	WIRE_FIELDS(&b, CIPHER_CREATE_SESSION);
	if (!old)
		wire_zero(&b, 4);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, key_len, MAC_HMAC_SHA1, SHA1, auth_key_len, 0);
	wire_put(&b,
		 ((uint8_t[]){ SYM_OP_ALGORITHM_CHAINING, OP_ENCRYPT, HASH_MODE_AUTH,
			       CIPHER_THEN_HASH }),
		 4);
	wire_zero(&b, (old ? 0 : 4) + 2 * 8 + VC_MAX_CIPHER_KEY + VC_MAX_AUTH_KEY);
	if (!old)
		wire_zero(&b, 1072 - b.len);
	request.header = (struct vhost_user_header){ 26, VHOST_USER_VERSION, b.len };
	memcpy(request.payload, b.data, b.len);
	CHECK(unit_handle(dev, &request, &reply) == 1);
	memcpy(&id, reply.payload + (old ? 0 : 1064), sizeof(id));
	vc_message_clear(&request);
	vc_message_clear(&reply);
	return id;
}

/* The same by the control queue, with so many bytes of keys. */
static uint32_t
ask_queue(const struct wire_bytes *b, uint32_t keys_len)
{
	struct vc_seg segs[2] = { { area, b->len + keys_len }, { area + AT_OUT, 16 } };
	struct vc_chain chain = { .segs = segs,
				  .nb_read = 1,
				  .read_len = b->len + keys_len,
				  .nb_write = 1,
				  .write_len = 16 };

	memcpy(area, b->data, b->len);
	vc_ctrl_answer_request(&dev->ctrlq.env, &chain);
	return wire_get32(area + AT_OUT, 8);
}

static uint32_t
create_by_queue(uint32_t key_len, uint32_t auth_key_len)
{
	struct wire_bytes b;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CBC, key_len, OP_ENCRYPT, 0,
		    MAC_HMAC_SHA1, SHA1, auth_key_len, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	return ask_queue(&b, (uint16_t)key_len + (uint16_t)auth_key_len);
}

static uint32_t
create_asymmetric_by_queue(uint32_t key_len)
{
	struct wire_bytes b;

	wire_control_header(&b, AKCIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, AKCIPHER_RSA, KEY_TYPE_PUBLIC, key_len, RSA_PKCS1, RSA_OF_SHA256);
	wire_zero(&b, 16 + 56 - b.len);
	return ask_queue(&b, (uint16_t)key_len);
}

/*
 * The lengths of keys in the message that creates a session were not compared with the places that
 * the message has for keys.
 *
 * Checks: the lengths in describe_cipher() and describe_auth(), and in vc_params_read_keys().
 */
static void
cve_2020_10724_keys_longer_than_their_place(void)
{
	static const uint32_t lens[] = { VC_MAX_AUTH_KEY + 1, 1024,	 20000,
					 UINT16_MAX,	      INT32_MAX, UINT32_MAX };
	unsigned int i;
	int old;

	open_device(false);
	for (old = 0; old < 2; old++) {
		CHECK(create_by_message(KEY, AUTH_KEY, old) > 0);
		CHECK(create_by_message(VC_MAX_CIPHER_KEY + 1, AUTH_KEY, old) == -ERR);
		for (i = 0; i < RTE_DIM(lens); i++) {
			CHECK(create_by_message(lens[i], AUTH_KEY, old) == -ERR);
			CHECK(create_by_message(KEY, lens[i], old) == -ERR);
		}
	}
	CHECK(create_by_queue(KEY, AUTH_KEY) == OK);
	CHECK(create_by_queue(VC_MAX_CIPHER_KEY + 1, AUTH_KEY) == ERR);
	for (i = 0; i < RTE_DIM(lens); i++) {
		CHECK(create_by_queue(lens[i], AUTH_KEY) == ERR);
		CHECK(create_by_queue(KEY, lens[i]) == ERR);
		CHECK(create_by_queue(lens[i], lens[i]) == ERR);
		CHECK(create_asymmetric_by_queue(lens[i]) != OK);
	}
	CHECK(dev->sessions.nb_used == 3);
	device_serves();
	guest_close();
}

/*
 * A descriptor with no length and an address that is no memory was taken for a good one, in code
 * of librte_vhost for network devices. This library has its own for descriptors.
 *
 * Check: a length of 0 and what is not mapped, in vc_walk_add_desc().
 */
static void
cve_2020_10725_empty_descriptors_outside_of_memory(void)
{
	static const uint64_t addrs[] = { 0, OUTSIDE, AREA - 1, AREA + AREA_SIZE, UINT64_MAX };
	struct vring_desc table[GUEST_RING], spoilt[GUEST_RING];
	unsigned int nb, i, j, len;
	struct wire_bytes head;

	open_device(false);
	chain_head(&head, chain_session(), chain_right);
	memcpy(area + AT_HEAD, head.data, head.len);
	nb = make_table(table, AT_HEAD, head.len, AT_DATA);
	CHECK(guest_send_chain(table, nb) == TEXT + SHA1 + 1);
	for (i = 0; i < nb; i++)
		for (j = 0; j < RTE_DIM(addrs); j++)
			for (len = 0; len < 2; len++) {
				memcpy(spoilt, table, sizeof(spoilt));
				spoilt[i].addr = addrs[j];
				spoilt[i].len = len;
				area[AT_OUT + TEXT + SHA1] = UNTOUCHED;
				/* The last one is where the status is, and that alone. */
				if (i == nb - 1) {
					guest_stop_at_chain(spoilt, nb);
					continue;
				}
				CHECK(guest_send_chain(spoilt, nb) == TEXT + SHA1 + 1);
				CHECK(area[AT_OUT + TEXT + SHA1] == ERR);
			}
	device_serves();
	guest_close();
}

/* A head that is no descriptor of the ring leads to none, also not to one that it is cut to. */
static void
heads_outside_of_the_ring_are_refused(void)
{
	static const uint16_t heads[] = { GUEST_RING, 2 * GUEST_RING, 0x8000 };
	struct vring_desc table[GUEST_RING], indirect;
	struct wire_bytes head;
	unsigned int nb, i;

	open_device(false);
	add_region(AREA, AREA_SIZE, area, true);
	cipher_head(&head, cipher_session(), IV, TEXT, TEXT);
	memcpy(area + AT_HEAD, head.data, head.len);
	nb = make_table(table, AT_HEAD, head.len, AT_DATA);
	memcpy(area + AT_TABLE, table, nb * sizeof(table[0]));
	indirect = (struct vring_desc){ .addr = AREA + AT_TABLE,
					.len = nb * sizeof(table[0]),
					.flags = VRING_DESC_F_INDIRECT };
	CHECK(guest_send_chain(&indirect, 1) == TEXT + 1);
	for (i = 0; i < RTE_DIM(heads); i++)
		guest_stop_at_head(heads[i]);
	CHECK(guest_send_chain(table, nb) == TEXT + 1);
	for (i = 0; i < RTE_DIM(heads); i++)
		guest_stop_at_head(heads[i]);
	device_serves();
	guest_close();
}

/*
 * Not one of those: for an HMAC of no data crypto_aesni_mb reads a byte that is not there, and what
 * it comes to is wrong. So it is not asked.
 */
static void
chains_without_data(void)
{
	static const uint32_t fields[CHAIN_FIELDS] = { IV, 0, 0, 0, 0, 0, 0, 0, SHA1 };
	uint8_t expected[SHA1];
	struct wire_bytes b;
	unsigned int copy, i;
	size_t len = 0;
	uint64_t id;

	CHECK(EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, auth_key, AUTH_KEY, NULL, 0, expected,
			sizeof(expected), &len) != NULL);
	for (copy = 0; copy < 2; copy++) {
		open_device(copy);
		id = chain_session();
		chain_head(&b, id, fields);
		for (i = 0; i < 3; i++) {
			const struct piece pieces[] = {
				{ AT_HEAD, b.len, false },
				{ AT_IV, IV, false },
				{ AT_OUT, SHA1 + 1, true },
			};

			memset(area + AT_OUT, UNTOUCHED, OUT_SIZE);
			CHECK(send(&b, pieces, RTE_DIM(pieces)) == OK);
			CHECK(memcmp(area + AT_OUT, expected, SHA1) == 0);
		}
		device_serves();
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(cve_2020_14374_descriptors_longer_than_the_data),
		UNIT_TEST(cve_2020_14375_memory_that_changes_after_the_check),
		UNIT_TEST(cve_2020_14376_ivs_longer_than_their_place),
		UNIT_TEST(cve_2020_14377_lengths_and_offsets_behind_the_data),
		UNIT_TEST(cve_2020_14378_chains_without_an_end),
		UNIT_TEST(cve_2020_10724_keys_longer_than_their_place),
		UNIT_TEST(cve_2020_10725_empty_descriptors_outside_of_memory),
		UNIT_TEST(lengths_of_requests_in_place_are_those_of_their_data),
		UNIT_TEST(requests_in_place_are_as_their_session_is),
		UNIT_TEST(heads_outside_of_the_ring_are_refused),
		UNIT_TEST(chains_without_data),
	};

	if (!area_map())
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
