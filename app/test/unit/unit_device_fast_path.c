/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The request that most are, which the device takes in one go: a cipher in place, in a table of
 * four descriptors. Whatever differs from it gets the answer that it gets anywhere else: what is
 * valid the same result, what is not a status, or nothing, and no byte of it is written elsewhere.
 *
 * With a cryptodev that has a synchronous call such requests are done in batches; then that is
 * where they are looked for, and there are tests of the batches.
 */

#include <dlfcn.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "batch.h"
#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define KEY    16
#define IV     16
#define TEXT   64
#define MAC    20
#define NARROW 72   /* bytes of a request in front of its IV */
#define WIDE   100  /* the same where stateless mode is negotiated */
#define NONE   0xee /* in place of a status: the queue stops, as none can be written */

/* The first region of the guest's memory: nothing is mapped before and behind it. */
#define AREA	  0x80000000ULL
#define AREA_SIZE 0x40000
#define BEHIND	  (AREA + AREA_SIZE)
#define AT_TABLE  (AREA + 0x0000)
#define AT_HEAD	  (AREA + 0x1000)
#define AT_STATUS (AREA + 0x2000)
#define AT_OTHER  (AREA + 0x3000) /* what a usual request does not have */
#define AT_DATA	  (AREA + 0x10000)
#define SECOND	  (AREA + 0x100000) /* another region */

#define UNTOUCHED 0x5a
#define NEXT	  VRING_DESC_F_NEXT
#define WRITE	  VRING_DESC_F_WRITE
#define INDIRECT  VRING_DESC_F_INDIRECT

/* NIST SP 800-38A, F.2.1 and F.2.2. */
static const uint8_t key[KEY] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
				  0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const uint8_t iv[IV] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t clear[TEXT] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d,
				     0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57,
				     0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf,
				     0x8e, 0x51, 0x30, 0xc8, 0x1c, 0x46, 0xa3, 0x5c, 0xe4, 0x11,
				     0xe5, 0xfb, 0xc1, 0x19, 0x1a, 0x0a, 0x52, 0xef, 0xf6, 0x9f,
				     0x24, 0x45, 0xdf, 0x4f, 0x9b, 0x17, 0xad, 0x2b, 0x41, 0x7b,
				     0xe6, 0x6c, 0x37, 0x10 };
static const uint8_t secret[TEXT] = { 0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9,
				      0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d, 0x50, 0x86, 0xcb, 0x9b,
				      0x50, 0x72, 0x19, 0xee, 0x95, 0xdb, 0x11, 0x3a, 0x91, 0x76,
				      0x78, 0xb2, 0x73, 0xbe, 0xd6, 0xb8, 0xe3, 0xc1, 0x74, 0x3b,
				      0x71, 0x16, 0xe6, 0x9e, 0x22, 0x22, 0x95, 0x16, 0x3f, 0xf1,
				      0xca, 0xa1, 0x68, 0x1f, 0xac, 0x09, 0x12, 0x0e, 0xca, 0x30,
				      0x75, 0x86, 0xe1, 0xa7 };

/* Formats of requests and rings. */
static const uint64_t formats[] = { GUEST_REVISION_1, GUEST_STATELESS_CIPHER,
				    GUEST_REVISION_1 | GUEST_PACKED,
				    GUEST_STATELESS_CIPHER | GUEST_PACKED };

/* What a request says of itself. */
struct fields {
	uint32_t opcode;
	uint32_t flag;
	uint64_t session;
	uint32_t op_type;
	uint32_t iv_len;
	uint32_t src_len;
	uint32_t dst_len;
};

/* A request and where it lies. */
struct request {
	struct fields fields;
	struct vring_desc table[GUEST_RING];
	unsigned int count; /* descriptors in the table */
	uint64_t at;	    /* of the table */
	uint64_t head;	    /* what is read, the IV behind the head */
	uint64_t in;
	uint64_t out;	 /* where the result is to be */
	uint64_t status; /* and the status */
};

static struct rte_vhost_crypto_device *dev;
static uint8_t *area;
static uint8_t before[AREA_SIZE];
static uint8_t second[0x1000];
static uint64_t ids[2]; /* sessions that encrypt, and decrypt */
static bool batches;

/* The synchronous calls of the cryptodev, and how many requests they had. */
static unsigned int nb_calls, nb_called;
/* The request of a call that goes wrong, from 0 on; or what is to become of the call. */
static int fails = -1;
#define FAILS_ALL INT_MAX

uint32_t
rte_cryptodev_sym_cpu_crypto_process(uint8_t dev_id, void *sess, union rte_crypto_sym_ofs ofs,
				     struct rte_crypto_sym_vec *vec)
{
	static uint32_t (*process)(uint8_t dev_id, void *sess, union rte_crypto_sym_ofs ofs,
				   struct rte_crypto_sym_vec *vec);
	uint32_t done;

	if (process == NULL)
		*(void **)&process = dlsym(RTLD_NEXT, __func__);
	nb_calls++;
	nb_called += vec->num;
	if (fails == FAILS_ALL)
		return 0;
	done = process(dev_id, sess, ofs, vec);
	if (fails < 0)
		return done;
	vec->status[fails] = -EBADMSG;
	return done - 1;
}

static bool
is_packed(void)
{
	return dev->features & GUEST_PACKED;
}

static uint32_t
head_len(void)
{
	return dev->features & 2 ? WIDE : NARROW;
}

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

static uint8_t *
va(uint64_t gpa)
{
	return gpa >= SECOND ? second + (gpa - SECOND) : area + (gpa - AREA);
}

static uint64_t
create(uint32_t algo, uint32_t direction)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, algo, KEY, direction, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_put(&b, key, KEY);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

static void
open_device(uint64_t features)
{
	dev = guest_open(features);
	dev->mem.nb_regions = 2;
	dev->mem.regions[0] = (struct vc_mem_region){ AREA, AREA_SIZE, area };
	dev->mem.regions[1] = (struct vc_mem_region){ SECOND, sizeof(second), second };
	ids[0] = create(CIPHER_AES_CBC, OP_ENCRYPT);
	ids[1] = create(CIPHER_AES_CBC, OP_DECRYPT);
	batches = vc_cdev_synchronous(0, RTE_CRYPTO_CIPHER_AES_CBC);
	memset(area, UNTOUCHED, AREA_SIZE);
}

static void
set(struct request *r, unsigned int i, uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	r->table[i] = (struct vring_desc){ .addr = addr, .len = len, .flags = flags, .next = next };
}

/* The lengths that belong to a request of so many bytes. */
static void
set_lengths(struct request *r, uint32_t iv_len, uint32_t len)
{
	r->fields.iv_len = iv_len;
	r->fields.src_len = r->fields.dst_len = len;
	r->table[0].len = head_len() + iv_len;
	r->table[1].len = r->table[2].len = len;
}

/* A request that is as most are. */
static void
usual(struct request *r, bool decrypt)
{
	*r = (struct request){
		.fields = { .opcode = decrypt ? CIPHER_DECRYPT : CIPHER_ENCRYPT,
			    .flag = FLAG_SESSION_MODE,
			    .session = ids[decrypt],
			    .op_type = SYM_OP_CIPHER },
		.count = 4,
		.at = AT_TABLE,
		.head = AT_HEAD,
		.in = AT_DATA,
		.out = AT_DATA,
		.status = AT_STATUS,
	};
	set(r, 0, AT_HEAD, 0, NEXT, 1);
	set(r, 1, AT_DATA, 0, NEXT, 2);
	set(r, 2, AT_DATA, 0, NEXT | WRITE, 3);
	set(r, 3, AT_STATUS, 1, WRITE, 0);
	set_lengths(r, IV, TEXT);
}

/* Another one, beside it in memory. */
static void
move(struct request *r, unsigned int by)
{
	unsigned int i;

	for (i = 0; i < r->count; i++)
		r->table[i].addr += 0x100 * by;
	r->at += 0x100 * by;
	r->head += 0x100 * by;
	r->in += 0x100 * by;
	r->out += 0x100 * by;
	r->status += 0x100 * by;
}

static void
put_head(struct wire_bytes *b, const struct fields *f)
{
	wire_data_header(b, f->opcode, f->session, f->flag);
	/* What a session is means nothing where there is one. */
	if (head_len() == WIDE)
		WIRE_FIELDS(b, 99, KEY, OP_ENCRYPT);
	WIRE_FIELDS(b, f->iv_len, f->src_len, f->dst_len);
	wire_zero(b, head_len() == WIDE ? 48 : 28);
	WIRE_FIELDS(b, f->op_type);
	if (head_len() == NARROW)
		wire_zero(b, 4);
	CHECK(b->len == head_len());
}

/* Writes it to the guest's memory; returns the descriptor of the ring that leads to it. */
static struct vring_desc
put(const struct request *r)
{
	bool decrypt = r->fields.opcode == CIPHER_DECRYPT;
	struct wire_bytes b;
	unsigned int i;

	put_head(&b, &r->fields);
	wire_put(&b, iv, IV);
	memcpy(va(r->in), decrypt ? secret : clear, TEXT);
	memcpy(va(r->head), b.data, b.len);
	for (i = 0; i < r->count; i++) {
		struct vring_packed_desc d = { .addr = r->table[i].addr,
					       .len = r->table[i].len,
					       .id = 0x5a5a,
					       .flags = r->table[i].flags };
		const void *from = is_packed() ? (const void *)&d : &r->table[i];

		memcpy(va(r->at) + i * sizeof(d), from, sizeof(d));
	}
	*va(r->status) = NONE;
	return (struct vring_desc){ .addr = r->at,
				    .len = r->count * sizeof(struct vring_desc),
				    .flags = INDIRECT };
}

/* Has the results that there are to be, and no other byte is what it was not. */
static void
check_result(const struct request *r, uint8_t status, uint32_t written)
{
	bool decrypt = r->fields.opcode == CIPHER_DECRYPT;

	CHECK(*va(r->status) == status);
	CHECK(written > 0);
	if (status == OK) {
		CHECK(memcmp(va(r->out), decrypt ? clear : secret, TEXT) == 0);
		memcpy(va(r->out), before + (r->out < SECOND ? r->out - AREA : 0),
		       r->out < SECOND ? r->fields.dst_len : 0);
	}
	*va(r->status) = NONE;
}

/* The slot that is taken for the request that is the i'th of nb. */
static struct vc_slot *
next_slot(unsigned int nb, unsigned int i)
{
	const struct vc_queue *q = &dev->queues[0];

	return q->slots.free[q->slots.nb_free - nb + i];
}

/* Sends a request; returns whether it was taken in one go. */
static bool
send(const struct request *r, uint8_t status)
{
	struct rte_crypto_vec *in_batch = &dev->queues[0].batch->data[0];
	struct vc_slot *slot = next_slot(1, 0);
	struct vring_desc indirect = put(r);

	memcpy(before, area, AREA_SIZE);
	slot->fast_path = status != OK;
	in_batch->base = NULL;
	if (status == NONE)
		guest_stop_at_chain(&indirect, 1);
	else
		check_result(r, status, guest_send_chain(&indirect, 1));
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(dev->queues[0].in_flight == 0);
	return batches ? in_batch->base != NULL : slot->fast_path;
}

/* Whatever came before, the next request is served, in one go. */
static void
check_serves(void)
{
	struct request r;

	usual(&r, false);
	CHECK(send(&r, OK));
}

static void
a_known_answer_in_one_go(void)
{
	unsigned int format, decrypt, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++)
		for (decrypt = 0; decrypt < 2; decrypt++) {
			open_device(formats[format]);
			usual(&r, decrypt);
			for (i = 0; i < 3 * GUEST_RING; i++)
				CHECK(send(&r, OK));
			CHECK(dev->queues[0].stats.completed == i);
			r.table[0].addr = r.head +=
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
		bool plain; /* place of the result behind the data */
	} orders[] = {
		{ { 0, 1, 2, 7 }, true },  { { 0, 5, 6, 3 }, true },  { { 0, 6, 7, 1 }, true },
		{ { 0, 2, 1, 3 }, false }, { { 0, 7, 3, 5 }, false }, { { 0, 3, 2, 1 }, false },
	};
	struct request in_order, r;
	unsigned int i, j;

	open_device(GUEST_REVISION_1);
	for (i = 0; i < RTE_DIM(orders); i++) {
		usual(&in_order, false);
		r = in_order;
		r.count = 8;
		for (j = 0; j < 4; j++) {
			r.table[orders[i].at[j]] = in_order.table[j];
			r.table[orders[i].at[j]].next = j < 3 ? orders[i].at[j + 1] : 0;
		}
		CHECK(send(&r, OK) == orders[i].plain);
	}
	guest_close();
}

/* A change that leaves a request valid. @return whether it may still be taken in one go */
static bool
change_place(struct request *r, unsigned int which)
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
		r->table[0].addr = r->head += which - 4;
		break;
	case 8: /* data, result, head, status or table in the second region */
		r->table[1].addr = r->table[2].addr = r->in = r->out = SECOND;
		break;
	case 9:
		r->table[0].addr = r->head = SECOND;
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
		r->table[0].addr = r->head = BEHIND - head_len() - IV;
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
other_places_give_the_same_result(void)
{
	unsigned int format, which;
	struct request r;
	bool plain;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (which = 0; which < 19; which++) {
			usual(&r, false);
			plain = change_place(&r, which);
			if (send(&r, OK) != plain || unit_failed)
				printf("  change %u of format %u\n", which, format);
			usual(&r, false);
			change_place(&r, which);
			CHECK(send(&r, OK) == plain);
			check_serves();
		}
		dev->copy = true;
		usual(&r, false);
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
	set(r, 1, AT_HEAD + head_len(), IV, NEXT, 2);
	r->table[0].len = head_len();
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
		usual(&r, false);
		part_iv(&r);
		CHECK(!send(&r, OK));
		usual(&r, false);
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
		usual(&r, false);
		set_lengths(&r, IV, lens[i]);
		CHECK(send(&r, OK) == (lens[i] <= UINT16_MAX));
	}
	guest_close();
}

/* Sends a request that is not to be taken in one go. */
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
				usual(&r, false);
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
				usual(&r, false);
				r.table[i].len = lens[j];
				/* Without a place of its own it is in the data's last byte. */
				if (i == 3 && lens[j] == 0)
					r.status = AT_DATA + TEXT - 1;
				refused(&r, i < 3 || lens[j] == 0 ? ERR : NONE, "length of", i,
					lens[j]);
				usual(&r, false);
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

		usual(&r, false);
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
	int wide;

	for (wide = 0; wide < 2; wide++) {
		open_device(formats[wide]);
		send_links(links, RTE_DIM(links));
		guest_close();
	}
}

/* A chain that goes on behind its table, where there is what it wants. */
static void
a_chain_that_leaves_its_table(void)
{
	struct request r;
	int wide;

	for (wide = 0; wide < 2; wide++) {
		open_device(formats[wide]);
		usual(&r, false);
		memcpy(va(AT_TABLE) + r.count * sizeof(r.table[0]), &r.table[2],
		       sizeof(r.table[2]));
		r.table[0].next = 3;
		r.table[2] = r.table[3];
		r.table[3] = r.table[1];
		r.table[3].next = 4;
		memcpy(va(AT_TABLE) + 4 * sizeof(r.table[0]) + offsetof(struct vring_desc, next),
		       &(uint16_t){ 2 }, sizeof(uint16_t));
		refused(&r, NONE, "behind", wide, 4);
		guest_close();
	}
}

/* What its flags say of each descriptor is the same, and wrong. */
static void
tables_with_other_flags(void)
{
	static const uint16_t flags[] = { WRITE, INDIRECT };
	unsigned int wide, i, j;
	struct request r;

	for (wide = 0; wide < 2; wide++) {
		open_device(formats[wide]);
		for (i = 0; i < RTE_DIM(flags); i++) {
			usual(&r, false);
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
		dev->mem.regions[0].size = NARROW + IV - 1;
		usual(&r, false);
		set_lengths(&r, IV, 16);
		r.table[1].addr = r.table[2].addr = r.in = r.out = AT_TABLE + 64;
		r.table[3].addr = r.status = AT_TABLE + NARROW + IV - 2;
		CHECK(!send(&r, ERR));
		/* less than the data */
		dev->mem.regions[0].size = 0x3000;
		usual(&r, false);
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
	int wide;

	for (wide = 0; wide < 2; wide++) {
		open_device(formats[2 + wide]);
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
			usual(&r, false);
			r.count = count;
			/* Of a packed ring it is a chain, its status in the data's last byte. */
			if (is_packed() && count == 3)
				r.status = AT_DATA + TEXT - 1;
			refused(&r, is_packed() && count == 3 ? ERR : NONE, "count", count, count);
		}
		/* A packed one with an empty descriptor behind its chain. */
		usual(&r, false);
		r.count = 5;
		set(&r, 4, AT_OTHER, 0, WRITE, 0);
		if (is_packed())
			refused(&r, ERR, "count", 5, 5);
		guest_close();
	}
}

/* A field that is not what it is to be, and what the request is told. */
static const struct {
	size_t field;
	uint32_t value;
	uint8_t status;
} lies[] = {
#define LIE(field, value, status)                                                                  \
	{                                                                                          \
		offsetof(struct fields, field), value, status                                      \
	}
	LIE(opcode, CIPHER_DECRYPT, ERR),
	LIE(opcode, CIPHER_CREATE_SESSION, NOTSUPP),
	LIE(opcode, IPSEC_OUTBOUND, NOTSUPP),
	LIE(opcode, 0x10000, NOTSUPP),
	LIE(opcode, UINT32_MAX, NOTSUPP),
	LIE(flag, 0, NOTSUPP),
	LIE(flag, ~1u, NOTSUPP),
	LIE(op_type, 0, NOTSUPP),
	LIE(op_type, SYM_OP_ALGORITHM_CHAINING, ERR),
	LIE(op_type, UINT32_MAX, NOTSUPP),
	LIE(iv_len, 0, ERR),
	LIE(iv_len, 12, ERR),
	LIE(iv_len, 15, ERR),
	LIE(iv_len, 17, ERR),
	LIE(iv_len, 32, ERR),
	LIE(iv_len, UINT32_MAX, ERR),
	LIE(src_len, TEXT + 16, ERR),
	LIE(src_len, UINT16_MAX + 1 + TEXT, ERR),
	LIE(src_len, INT32_MAX + 1u + TEXT, ERR),
	LIE(src_len, UINT32_MAX, ERR),
	LIE(dst_len, 0, ERR),
	LIE(dst_len, TEXT - 16, ERR),
	LIE(dst_len, TEXT + 16, ERR),
	LIE(dst_len, UINT32_MAX, ERR),
	LIE(session, 0, INVSESS),
	LIE(session, 99, INVSESS),
	LIE(session, UINT32_MAX, INVSESS),
};

static void
fields_that_are_not_so(void)
{
	unsigned int format, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(lies); i++) {
			usual(&r, false);
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
			usual(&r, false);
			set_lengths(&r, lens[i][0], lens[i][1]);
			refused(&r, ERR, "IV and length", lens[i][0], lens[i][1]);
		}
		guest_close();
	}
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
		usual(&r, false);
		r.fields.session = create(CIPHER_AES_CTR, OP_ENCRYPT);
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

static void
heads_that_are_too_short(void)
{
	unsigned int format, i;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < 4; i++) {
			const uint32_t lens[] = { 23, 24, head_len(), head_len() + IV - 1 };

			usual(&r, false);
			r.table[0].len = lens[i];
			/* The rest of a head is what stands in the next descriptor. */
			refused(&r, i < 2 && head_len() == NARROW ? NOTSUPP : ERR, "head", i,
				lens[i]);
			/* Behind this one there is no memory to look at. */
			r.table[0].addr = BEHIND - lens[i];
			refused(&r, NOTSUPP, "last head", i, lens[i]);
		}
		guest_close();
	}
}

/* A chain's session and key, with which one can not cipher alone. */
static uint64_t
create_chain(void)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CBC, KEY, OP_ENCRYPT, 0,
		    MAC_HMAC_SHA1, MAC, KEY, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(&b, key, KEY);
	wire_put(&b, key, KEY);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

static void
sessions_that_are_none(void)
{
	unsigned int format;
	struct request r;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		usual(&r, false);
		r.fields.session = create_chain();
		refused(&r, ERR, "chain", format, r.fields.session);
		r.fields.opcode = UINT32_MAX;
		refused(&r, NOTSUPP, "chain and opcode", format, r.fields.opcode);
		usual(&r, false);
		r.fields.session |= 1ULL << 62;
		refused(&r, INVSESS, "id", format, r.fields.session);
		usual(&r, true);
		CHECK(send(&r, OK));
		CHECK(guest_destroy(CIPHER_DESTROY_SESSION, ids[1]) == OK);
		refused(&r, INVSESS, "destroyed", format, r.fields.session);
		ids[1] = create(CIPHER_AES_CBC, OP_DECRYPT);
		refused(&r, INVSESS, "destroyed", format, r.fields.session);
		guest_close();
	}
}

/* How far a request is moved that is the i'th of many. */
static unsigned int
beside(unsigned int i)
{
	return i % 16 + i / 16 * 0x40;
}

/* Kinds of requests in one burst. */
enum kind {
	PLAIN,
	OTHER,
	WRONG,
	BROKEN,
	KINDS,
};

static uint8_t
make(struct request *r, enum kind kind, unsigned int i)
{
	unsigned int by = beside(i);

	usual(r, i % 2);
	move(r, by);
	if (kind == OTHER)
		r->table[2].addr = r->out = AT_OTHER + 0x100 * by;
	if (kind == WRONG)
		r->fields.session = UINT32_MAX;
	if (kind == BROKEN)
		r->table[1].addr = BEHIND;
	return kind == WRONG ? INVSESS : kind == BROKEN ? ERR : OK;
}

static void
send_burst(const uint8_t *kinds, unsigned int nb)
{
	struct vring_desc indirect[GUEST_RING];
	struct request requests[GUEST_RING];
	struct vc_slot *slots[GUEST_RING];
	uint8_t statuses[GUEST_RING];
	uint32_t written[GUEST_RING];
	bool plain = true;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		statuses[i] = make(&requests[i], kinds[i], i);
		indirect[i] = put(&requests[i]);
		slots[i] = next_slot(nb, i);
		slots[i]->fast_path = kinds[i] != PLAIN;
	}
	memcpy(before, area, AREA_SIZE);
	guest_put_burst(indirect, nb);
	guest_wait_burst(nb, written);
	for (i = 0; i < nb; i++) {
		/* Those behind one that is not take the way that it takes. */
		plain &= kinds[i] == PLAIN;
		CHECK(slots[i]->fast_path == plain);
		check_result(&requests[i], statuses[i], written[i]);
	}
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(dev->queues[0].in_flight == 0 &&
	      dev->queues[0].slots.nb_free == dev->queues[0].slots.nb);
}

static void
bursts_of_all_kinds_in_any_order(void)
{
	unsigned int format, order, i;
	uint8_t kinds[GUEST_RING];

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (order = 0; order < KINDS * KINDS * KINDS * KINDS; order++) {
			for (i = 0; i < 4; i++)
				kinds[i] = order >> 2 * i & 3;
			send_burst(kinds, 4);
		}
		for (i = 0; i < GUEST_RING; i++) {
			memset(kinds, PLAIN, sizeof(kinds));
			send_burst(kinds, GUEST_RING);
			kinds[i] = BROKEN;
			send_burst(kinds, GUEST_RING);
			kinds[i] = OTHER;
			send_burst(kinds, GUEST_RING);
		}
		check_serves();
		guest_close();
	}
}

/* A request in pieces has to wait for memory, and those behind it with it; none is lost. */
static void
a_burst_that_has_to_wait(void)
{
	struct vring_desc indirect[3];
	struct request r[3];
	uint32_t written[3];
	unsigned int format, i, mbufs, bounces;
	struct vc_queue *q;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		q = &dev->queues[0];
		for (i = 0; i < 3; i++)
			make(&r[i], PLAIN, i);
		r[1].count = 6;
		memmove(&r[1].table[4], &r[1].table[2], 2 * sizeof(r[1].table[0]));
		set(&r[1], 2, r[1].in + 16, TEXT - 16, NEXT, 3);
		set(&r[1], 3, r[1].out, 16, NEXT | WRITE, 4);
		set(&r[1], 4, r[1].out + 16, TEXT - 16, NEXT | WRITE, 5);
		r[1].table[1].len = 16;
		for (i = 0; i < 3; i++)
			indirect[i] = put(&r[i]);
		memcpy(before, area, AREA_SIZE);
		mbufs = q->mbufs.nb_free;
		bounces = q->bounces.nb_free;
		q->mbufs.nb_free = q->bounces.nb_free = 0;
		guest_put_burst(indirect, 3);
		for (i = 0; i < 10; i++)
			vc_queue_poll(q, 32);
		CHECK(*va(r[0].status) == OK && q->stats.completed == 1);
		CHECK(*va(r[1].status) == NONE && *va(r[2].status) == NONE);
		CHECK(memcmp(va(r[2].in), clear, TEXT) == 0);
		CHECK(q->slots.nb_free == q->slots.nb && q->in_flight == 0);
		q->mbufs.nb_free = mbufs;
		q->bounces.nb_free = bounces;
		guest_wait_burst(3, written);
		for (i = 0; i < 3; i++)
			check_result(&r[i], OK, written[i]);
		CHECK(memcmp(before, area, AREA_SIZE) == 0);
		CHECK(q->mbufs.nb_free == mbufs && q->bounces.nb_free == bounces);
		check_serves();
		guest_close();
	}
}

/* Puts a burst on the ring, of which the first ones encrypt and the others decrypt. */
static void
put_burst(struct request *requests, unsigned int nb, unsigned int nb_first)
{
	struct vring_desc indirect[GUEST_RING];
	unsigned int i;

	for (i = 0; i < nb; i++) {
		usual(&requests[i], i >= nb_first);
		move(&requests[i], beside(i));
		indirect[i] = put(&requests[i]);
	}
	memcpy(before, area, AREA_SIZE);
	nb_calls = nb_called = 0;
	guest_put_burst(indirect, nb);
}

/* Waits for a burst, in which all goes well but one request, or all if that is FAILS_ALL. */
static void
wait_burst(const struct request *requests, unsigned int nb, int wrong)
{
	uint32_t written[GUEST_RING];
	unsigned int i;

	guest_wait_burst(nb, written);
	for (i = 0; i < nb; i++) {
		bool failed = wrong == FAILS_ALL || wrong == (int)i;

		if (failed) /* what is there then is nobody's business */
			memcpy(va(requests[i].out), before + (requests[i].out - AREA), TEXT);
		check_result(&requests[i], failed ? ERR : OK, written[i]);
	}
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(dev->queues[0].in_flight == 0 &&
	      dev->queues[0].slots.nb_free == dev->queues[0].slots.nb);
	CHECK(!vc_queue_holds_session(&dev->queues[0], vc_session_index(ids[0])));
}

/* A call does as many requests of a session as fill the lanes of a cryptodev. */
static void
batches_that_fill_lanes(void)
{
	static const struct {
		uint8_t nb;
		uint8_t nb_first;
		uint8_t calls;
		uint8_t called;
	} bursts[] = {
		{ 1, 1, 1, 1 },
		{ 15, 15, 1, 15 },
		{ 16, 16, 1, 16 },
		{ 20, 20, 2, 20 },
		{ 31, 31, 2, 31 },
		{ 32, 32, 1, 32 },
		/* Few requests go with those behind them. */
		{ 20, 5, 0, 0 },
		{ 20, 15, 0, 0 },
		{ 20, 16, 2, 20 },
		{ 32, 17, 1, 16 },
	};
	struct request requests[GUEST_RING];
	unsigned int format, i;

	for (format = 0; batches && format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(bursts); i++) {
			put_burst(requests, bursts[i].nb, bursts[i].nb_first);
			wait_burst(requests, bursts[i].nb, -1);
			CHECK(nb_calls == bursts[i].calls && nb_called == bursts[i].called);
			if (unit_failed)
				printf("  burst %u: %u calls, %u requests\n", i, nb_calls,
				       nb_called);
		}
		guest_close();
	}
}

/* What is looked at for a batch and then goes another way is counted once in its turn. */
static void
a_batch_that_is_given_up(void)
{
	struct vring_desc indirect[16];
	struct request r[16];
	uint32_t written[16];
	unsigned int format, i;

	for (format = 0; batches && format < RTE_DIM(formats); format++) {
		guest_max_size = 0x40000;
		open_device(formats[format]);
		guest_max_size = GUEST_MAX_SIZE;
		for (i = 0; i < 16; i++) {
			usual(&r[i], i == 15);
			set_lengths(&r[i], IV, 0x8000); /* a turn has 16 of them */
			move(&r[i], i);
			r[i].table[1].addr = r[i].table[2].addr = AT_DATA;
			indirect[i] = put(&r[i]);
		}
		guest_put_burst(indirect, 16);
		vc_queue_poll(&dev->queues[0], 32);
		CHECK(dev->queues[0].stats.requests == 16);
		guest_wait_burst(16, written);
		for (i = 0; i < 16; i++)
			CHECK(*va(r[i].status) == OK && written[i] == 0x8001);
		guest_close();
	}
}

/* One request in a burst is another one; it gets its answer, and the others theirs. */
static void
spoilt_burst(const struct request *spoilt, uint8_t status, const char *what, uint64_t value)
{
	struct vring_desc indirect[GUEST_RING];
	struct request requests[GUEST_RING];
	const unsigned int at = 20;
	uint32_t written[GUEST_RING];
	unsigned int i;

	for (i = 0; i < GUEST_RING; i++) {
		usual(&requests[i], false);
		if (i == at)
			requests[i] = *spoilt;
		move(&requests[i], beside(i));
		indirect[i] = put(&requests[i]);
	}
	memcpy(before, area, AREA_SIZE);
	nb_called = 0;
	guest_put_burst(indirect, GUEST_RING);
	guest_wait_burst(GUEST_RING, written);
	for (i = 0; i < GUEST_RING; i++)
		check_result(&requests[i], i == at ? status : OK, written[i]);
	CHECK(memcmp(before, area, AREA_SIZE) == 0);
	CHECK(nb_called == 16);
	if (unit_failed)
		printf("  %s 0x%" PRIx64 ", features 0x%" PRIx64 "\n", what, value, dev->features);
}

/* Each field of a request that follows others in a batch is looked at as those of the first one. */
static void
batches_that_end_at_another_request(void)
{
	static const uint32_t lens[][3] = {
		{ IV, 0, ERR },
		{ 0, TEXT, ERR },
		{ IV, TEXT - 1, ERR },
		{ IV, TEXT - 8, ERR },
		{ IV, 65536, ERR },
		{ IV, 65520, ERR },
		{ IV, GUEST_MAX_SIZE / 2, ERR },
	};
	unsigned int format, i;
	struct request r;

	for (format = 0; batches && format < RTE_DIM(formats) && !unit_failed; format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(lies) && !unit_failed; i++) {
			usual(&r, false);
			memcpy((uint8_t *)&r.fields + lies[i].field, &lies[i].value, 4);
			spoilt_burst(&r, lies[i].status, "value", lies[i].value);
		}
		for (i = 0; i < RTE_DIM(lens) && !unit_failed; i++) {
			usual(&r, false);
			set_lengths(&r, lens[i][0], lens[i][1]);
			spoilt_burst(&r, lens[i][2], "length", lens[i][1]);
		}
		usual(&r, false);
		r.fields.session |= 1ULL << 62;
		spoilt_burst(&r, INVSESS, "session", r.fields.session);
		usual(&r, false);
		r.table[2].addr = r.table[1].addr = BEHIND - 0x100 * beside(20);
		spoilt_burst(&r, ERR, "address", r.table[1].addr);
		guest_close();
	}
}

/* What the cryptodev cannot do is answered with an error, and nothing else is. */
static void
requests_that_fail_in_a_batch(void)
{
	static const int wrong[] = { 0, 7, 15, FAILS_ALL };
	struct request requests[GUEST_RING];
	unsigned int format, i;

	for (format = 0; batches && format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(wrong); i++) {
			dev->queues[0].stats.completed = dev->queues[0].stats.failed = 0;
			put_burst(requests, 16, 16);
			fails = wrong[i];
			wait_burst(requests, 16, wrong[i]);
			fails = -1;
			CHECK(dev->queues[0].stats.failed == (wrong[i] == FAILS_ALL ? 16 : 1));
			CHECK(dev->queues[0].stats.completed == 16 - dev->queues[0].stats.failed);
		}
		check_serves();
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_known_answer_in_one_go),
		UNIT_TEST(a_table_in_any_order),
		UNIT_TEST(other_places_give_the_same_result),
		UNIT_TEST(other_chains_give_the_same_result),
		UNIT_TEST(lengths_that_no_mbuf_has),
		UNIT_TEST(addresses_outside_of_the_region),
		UNIT_TEST(lengths_that_end_outside_of_the_region),
		UNIT_TEST(tables_with_other_links),
		UNIT_TEST(a_chain_that_leaves_its_table),
		UNIT_TEST(tables_with_other_flags),
		UNIT_TEST(small_regions),
		UNIT_TEST(packed_tables_in_another_order),
		UNIT_TEST(tables_of_another_size),
		UNIT_TEST(fields_that_are_not_so),
		UNIT_TEST(lengths_that_the_session_does_not_take),
		UNIT_TEST(an_iv_that_is_no_block),
		UNIT_TEST(heads_that_are_too_short),
		UNIT_TEST(sessions_that_are_none),
		UNIT_TEST(bursts_of_all_kinds_in_any_order),
		UNIT_TEST(a_burst_that_has_to_wait),
		UNIT_TEST(batches_that_fill_lanes),
		UNIT_TEST(a_batch_that_is_given_up),
		UNIT_TEST(batches_that_end_at_another_request),
		UNIT_TEST(requests_that_fail_in_a_batch),
	};

	if (!area_map())
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
