/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Requests in chains of any length, and the log of a device; of unit_device_chains.c. */

#ifndef UNIT_DEVICE_CHAINS_H
#define UNIT_DEVICE_CHAINS_H

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_log.h>

#include "device.h"
#include "mock_guest.h"
#include "log.h"
#include "unit.h"

#define KEY   16
#define IV    16
#define BLOCK 16

/* A region of the guest's memory, and the parts of a request in it. */
#define AREA	  0x80000000ULL
#define AREA_SIZE 0x200000
#define AT_HEADER 0x0000
#define AT_IV	  0x1000
#define AT_DATA	  0x10000
#define AT_OUT	  0x40000
#define AT_STATUS 0x80000
#define AT_TABLE  0x100000
#define OUTSIDE	  (AREA + AREA_SIZE + 0x1000)

/* Most descriptors of a table there. */
#define TABLE_MAX 65536

/* What Linux's driver puts there: success, which it is to be told. */
#define BEFORE 0

static const uint8_t key[KEY] = "sixteen bytes k";
static uint8_t area[AREA_SIZE] __rte_aligned(4096);
static struct vring_desc chain[TABLE_MAX];
static uint32_t nb;
static struct rte_vhost_crypto_device *dev;
static uint64_t session;

/* The log of the library, while a test wants it. */
static char *log_text;
static size_t log_len;
static FILE *log_file;

static inline void
log_begin(void)
{
	log_file = open_memstream(&log_text, &log_len);
	rte_openlog_stream(log_file);
	rte_log_set_global_level(RTE_LOG_INFO);
	rte_log_set_level(vc_logtype, RTE_LOG_INFO);
}

/* Ends that; returns how many lines have a text. */
static inline unsigned int
log_end(const char *text)
{
	unsigned int found = 0;
	const char *at;

	rte_log_set_global_level(RTE_LOG_CRIT);
	rte_log_set_level(vc_logtype, RTE_LOG_EMERG);
	rte_openlog_stream(NULL);
	fclose(log_file);
	for (at = log_text; (at = strstr(at, text)) != NULL; at += strlen(text))
		found++;
	free(log_text);
	return found;
}

static inline void
open_device(uint64_t features)
{
	struct vc_mem *mem;

	guest_max_size = 0x20000;
	dev = guest_open(GUEST_REVISION_1 | features);
	mem = &dev->mem;
	mem->regions[mem->nb_regions++] = (struct vc_mem_region){ AREA, AREA_SIZE, area };
	session = guest_create_cipher(CIPHER_AES_CBC, OP_ENCRYPT, key, KEY);
}

/* Begins a request to encrypt so many bytes; there are no descriptors yet. */
static inline void
begin(uint32_t len)
{
	struct wire_bytes b;
	uint32_t i;

	wire_data_header(&b, CIPHER_ENCRYPT, session, FLAG_SESSION_MODE);
	WIRE_FIELDS(&b, IV, len, len, 0);
	wire_zero(&b, 24);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	memcpy(area + AT_HEADER, b.data, b.len);
	for (i = 0; i < len; i++)
		area[AT_DATA + i] = i * 7;
	memset(area + AT_OUT, 0x5a, len);
	area[AT_STATUS] = BEFORE;
	nb = 0;
}

static inline void
add(uint64_t at, uint32_t len, bool write)
{
	chain[nb] = (struct vring_desc){ .addr = AREA + at,
					 .len = len,
					 .flags = VRING_DESC_F_NEXT |
						 (write ? VRING_DESC_F_WRITE : 0),
					 .next = nb + 1 };
	nb++;
}

static inline void
add_header(void)
{
	add(AT_HEADER, 72, false);
	add(AT_IV, IV, false);
}

static inline void
end(void)
{
	add(AT_STATUS, 1, true);
	chain[nb - 1].flags = VRING_DESC_F_WRITE;
}

/* A request whose data is in so many pieces of one byte, all of which it needs. */
static inline void
make_segments(uint32_t count)
{
	uint32_t i, len = RTE_ALIGN_FLOOR(count, BLOCK);

	begin(len);
	add_header();
	for (i = 0; i < count; i++)
		add(AT_DATA + i, 1, false);
	add(AT_OUT, len, true);
	end();
}

/* A request as Linux's driver makes it of scattered data: each piece with all that follow it. */
static inline void
make_lists(uint32_t count_in, uint32_t count_out)
{
	uint32_t len = count_in * BLOCK, piece = len / count_out, i, j;

	begin(len);
	add_header();
	for (i = 0; i < count_in; i++)
		for (j = i; j < count_in; j++)
			add(AT_DATA + j * BLOCK, BLOCK, false);
	for (i = 0; i < count_out; i++)
		for (j = i; j < count_out; j++)
			add(AT_OUT + j * piece, piece, true);
	end();
}

static inline struct vring_desc
put_table(void)
{
	const struct vring_desc indirect = { .addr = AREA + AT_TABLE,
					     .len = nb * sizeof(struct vring_desc),
					     .flags = VRING_DESC_F_INDIRECT };

	memcpy(area + AT_TABLE, chain, nb * sizeof(struct vring_desc));
	if (dev->features & GUEST_PACKED) {
		struct vring_packed_desc *packed = (void *)(area + AT_TABLE);
		uint32_t i;

		for (i = 0; i < nb; i++) {
			packed[i].id = 0;
			packed[i].flags = chain[i].flags & VRING_DESC_F_WRITE;
		}
	}
	return indirect;
}

#endif /* UNIT_DEVICE_CHAINS_H */
