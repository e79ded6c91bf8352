/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests of the fast path and ones that differ, of unit_device_fast_path.c,
 * unit_device_fast_path_reject.c and unit_device_bursts.c. With a cryptodev that has a synchronous
 * call such requests are processed in batches; then the tests look for them there.
 */

#ifndef UNIT_DEVICE_FAST_PATH_H
#define UNIT_DEVICE_FAST_PATH_H

#include <dlfcn.h>
#include <string.h>

#include "batch.h"
#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define KEY		 16
#define IV		 16
#define TEXT		 64
#define SESSION_HEADER	 72   /* bytes of a request in front of its IV */
#define STATELESS_HEADER 100  /* the same where stateless mode is negotiated */
#define NONE		 0xee /* in place of a status: the queue stops, as none can be written */

/* The first region of the guest's memory: nothing is mapped before and behind it. */
#define AREA	  0x80000000ULL
#define AREA_SIZE 0x40000
#define BEHIND	  (AREA + AREA_SIZE)
#define AT_TABLE  (AREA + 0x0000)
#define AT_HEADER (AREA + 0x1000)
#define AT_STATUS (AREA + 0x2000)
#define AT_OTHER  (AREA + 0x3000) /* of requests that differ */
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
	uint64_t header;    /* what is read, the IV behind the head */
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

static inline bool
is_packed(void)
{
	return dev->features & GUEST_PACKED;
}

static inline uint32_t
header_len(void)
{
	return dev->features & 2 ? STATELESS_HEADER : SESSION_HEADER;
}

static inline uint8_t *
va(uint64_t gpa)
{
	return gpa >= SECOND ? second + (gpa - SECOND) : area + (gpa - AREA);
}

static inline void
open_device(uint64_t features)
{
	dev = guest_open(features);
	dev->mem.nb_regions = 2;
	dev->mem.regions[0] = (struct vc_mem_region){ AREA, AREA_SIZE, area };
	dev->mem.regions[1] = (struct vc_mem_region){ SECOND, sizeof(second), second };
	ids[0] = guest_create_cipher(CIPHER_AES_CBC, OP_ENCRYPT, key, KEY);
	ids[1] = guest_create_cipher(CIPHER_AES_CBC, OP_DECRYPT, key, KEY);
	batches = vc_cdev_synchronous(0, RTE_CRYPTO_CIPHER_AES_CBC);
	memset(area, UNTOUCHED, AREA_SIZE);
}

static inline void
set(struct request *r, unsigned int i, uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	r->table[i] = (struct vring_desc){ .addr = addr, .len = len, .flags = flags, .next = next };
}

/* The lengths that belong to a request of so many bytes. */
static inline void
set_lengths(struct request *r, uint32_t iv_len, uint32_t len)
{
	r->fields.iv_len = iv_len;
	r->fields.src_len = r->fields.dst_len = len;
	r->table[0].len = header_len() + iv_len;
	r->table[1].len = r->table[2].len = len;
}

/* A request that is as most are. */
static inline void
make_fast(struct request *r, bool decrypt)
{
	*r = (struct request){
		.fields = { .opcode = decrypt ? CIPHER_DECRYPT : CIPHER_ENCRYPT,
			    .flag = FLAG_SESSION_MODE,
			    .session = ids[decrypt],
			    .op_type = SYM_OP_CIPHER },
		.count = 4,
		.at = AT_TABLE,
		.header = AT_HEADER,
		.in = AT_DATA,
		.out = AT_DATA,
		.status = AT_STATUS,
	};
	set(r, 0, AT_HEADER, 0, NEXT, 1);
	set(r, 1, AT_DATA, 0, NEXT, 2);
	set(r, 2, AT_DATA, 0, NEXT | WRITE, 3);
	set(r, 3, AT_STATUS, 1, WRITE, 0);
	set_lengths(r, IV, TEXT);
}

/* Another one, beside it in memory. */
static inline void
move(struct request *r, unsigned int by)
{
	unsigned int i;

	for (i = 0; i < r->count; i++)
		r->table[i].addr += 0x100 * by;
	r->at += 0x100 * by;
	r->header += 0x100 * by;
	r->in += 0x100 * by;
	r->out += 0x100 * by;
	r->status += 0x100 * by;
}

static inline void
put_header(struct wire_bytes *b, const struct fields *f)
{
	wire_data_header(b, f->opcode, f->session, f->flag);
	/* What a session is means nothing where there is one. */
	if (header_len() == STATELESS_HEADER)
		WIRE_FIELDS(b, 99, KEY, OP_ENCRYPT);
	WIRE_FIELDS(b, f->iv_len, f->src_len, f->dst_len);
	wire_zero(b, header_len() == STATELESS_HEADER ? 48 : 28);
	WIRE_FIELDS(b, f->op_type);
	if (header_len() == SESSION_HEADER)
		wire_zero(b, 4);
	CHECK(b->len == header_len());
}

/* Writes it to the guest's memory; returns the descriptor of the ring that leads to it. */
static inline struct vring_desc
put(const struct request *r)
{
	bool decrypt = r->fields.opcode == CIPHER_DECRYPT;
	struct wire_bytes b;
	unsigned int i;

	put_header(&b, &r->fields);
	wire_put(&b, iv, IV);
	memcpy(va(r->in), decrypt ? secret : clear, TEXT);
	memcpy(va(r->header), b.data, b.len);
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
static inline void
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
static inline struct vc_slot *
next_slot(unsigned int nb, unsigned int i)
{
	const struct vc_queue *q = &dev->queues[0];

	return q->slots.free[q->slots.nb_free - nb + i];
}

/* Sends a request; returns whether it took the fast path. */
static inline bool
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

/* The next request is served on the fast path, whatever the test did before. */
static inline void
check_serves(void)
{
	struct request r;

	make_fast(&r, false);
	CHECK(send(&r, OK));
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

/* How far a request is moved that is the i'th of many. */
static inline unsigned int
beside(unsigned int i)
{
	return i % 16 + i / 16 * 0x40;
}

#endif /* UNIT_DEVICE_FAST_PATH_H */
