/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Requests of a hostile guest, of unit_device_cve.c and unit_device_racing.c. */

#ifndef UNIT_DEVICE_CVE_H
#define UNIT_DEVICE_CVE_H

#include <string.h>

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
#define AT_HEADER   0x0000
#define AT_IV	    0x1000
#define AT_DATA	    0x2000
#define AT_OUT	    0x10000
#define OUT_SIZE    0x8000
#define AT_TABLE    0x1f000
#define AT_CHANGING AREA_SIZE /* a third region, the page that changes */
#define OUTSIDE	    (AREA - 0x10000)

#define UNTOUCHED 0x5a /* what memory is filled with that must stay as it is */

static const uint8_t key[KEY] = "sixteen bytes k";
static const uint8_t auth_key[AUTH_KEY] = "twenty bytes of key";
static uint8_t *area;
static struct rte_vhost_crypto_device *dev;

/* A descriptor of a chain: where in the area, and how many bytes. */
struct segment {
	uint32_t at;
	uint32_t len;
	bool write;
};

/* Descriptors in the first region are read where they are, those in others are copied before. */
static inline void
add_region(uint64_t gpa, uint64_t size, uint8_t *hva, bool first)
{
	struct vc_mem *mem = &dev->mem;
	unsigned int i = first ? 0 : mem->nb_regions;

	mem->regions[mem->nb_regions++] = mem->regions[i];
	mem->regions[i] = (struct vc_mem_region){ gpa, size, hva };
}

static inline void
open_device_with(uint64_t features, bool copy)
{
	dev = guest_open(GUEST_REVISION_1 | features);
	dev->copy = copy;
	add_region(AREA, AREA_SIZE, area, false);
	memset(area, UNTOUCHED, AREA_SIZE);
}

static inline void
open_device(bool copy)
{
	open_device_with(0, copy);
}

static inline uint64_t
cipher_session(void)
{
	return guest_create_cipher(CIPHER_AES_CBC, OP_ENCRYPT, key, KEY);
}

static inline uint64_t
chain_session(void)
{
	return guest_create_chain(CIPHER_THEN_HASH, OP_ENCRYPT, key, KEY, auth_key, AUTH_KEY);
}

static inline void
cipher_header(struct wire_bytes *b, uint64_t id, uint32_t iv_len, uint32_t src_len,
	      uint32_t dst_len)
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

static inline void
chain_header(struct wire_bytes *b, uint64_t id, const uint32_t fields[CHAIN_FIELDS])
{
	unsigned int i;

	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	for (i = 0; i < CHAIN_FIELDS; i++)
		wire_le32(b, fields[i]);
	WIRE_FIELDS(b, 0, SYM_OP_ALGORITHM_CHAINING, 0);
}

/* Makes a chain of descriptors of the segments. */
static inline void
make_descs(struct vring_desc *chain, const struct segment *segments, unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		chain[i] = (struct vring_desc){
			.addr = AREA + segments[i].at,
			.len = segments[i].len,
			.flags = (i + 1 < nb ? VRING_DESC_F_NEXT : 0) |
				(segments[i].write ? VRING_DESC_F_WRITE : 0),
			.next = i + 1,
		};
}

/* The segments as descriptors of the ring; the status is the last byte of the last one. */
static inline uint8_t
send(const struct wire_bytes *head, const struct segment *segments, unsigned int nb)
{
	struct vring_desc chain[GUEST_RING] = { 0 };
	uint8_t *status = area + segments[nb - 1].at + segments[nb - 1].len - 1;

	memcpy(area + AT_HEADER, head->data, head->len);
	make_descs(chain, segments, nb);
	*status = 0xee;
	CHECK(guest_send_chain(chain, nb) > 0);
	return *status;
}

/* A request in the usual segments. */
static inline uint8_t
send_separate(const struct wire_bytes *head, uint32_t iv_len, uint32_t data_len, uint32_t room)
{
	const struct segment segments[] = {
		{ AT_HEADER, head->len, false },
		{ AT_IV, iv_len, false },
		{ AT_DATA, data_len, false },
		{ AT_OUT, room + 1, true },
	};

	return send(head, segments, RTE_DIM(segments));
}

static inline bool
is_filled(const uint8_t *data, size_t len, uint8_t value)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] != value)
			return false;
	return true;
}

/* What the device is to have made of the area's data and IV. */
static inline bool
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

/* The device still serves a valid request. */
static inline void
device_serves(void)
{
	struct wire_bytes b;

	cipher_header(&b, cipher_session(), IV, TEXT, TEXT);
	CHECK(send_separate(&b, IV, TEXT, TEXT) == OK);
	CHECK(out_is_ciphered(TEXT));
}

static inline void
fill_copies(void)
{
	memset(dev->queues[0].bounces.mem, UNTOUCHED, VC_QUEUE_BOUNCES * VC_BOUNCE_SIZE);
}

/* Whether no private copy of the queue has more than its first bytes written. */
static inline bool
copies_end_after(uint32_t len)
{
	unsigned int i;

	for (i = 0; i < VC_QUEUE_BOUNCES; i++)
		if (!is_filled(dev->queues[0].bounces.mem + i * VC_BOUNCE_SIZE + len,
			       VC_BOUNCE_SIZE - len, UNTOUCHED))
			return false;
	return true;
}

/* Has a table be one of a packed ring. */
static inline void
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
static inline unsigned int
make_chain(struct vring_desc table[GUEST_RING], uint32_t at_header, uint32_t header_len,
	   uint32_t at_data)
{
	const struct segment segments[] = {
		{ at_header, header_len, false },
		{ AT_IV, IV, false },
		{ at_data, TEXT, false },
		{ AT_OUT, TEXT + SHA1 + 1, true },
	};

	make_descs(table, segments, RTE_DIM(segments));
	return RTE_DIM(segments);
}

/* The same in a table, as the ring wants it. */
static inline unsigned int
make_table(struct vring_desc table[GUEST_RING], uint32_t at_header, uint32_t header_len,
	   uint32_t at_data)
{
	unsigned int nb = make_chain(table, at_header, header_len, at_data);

	if (dev->features & GUEST_PACKED)
		pack(table, nb);
	return nb;
}

#endif /* UNIT_DEVICE_CVE_H */
