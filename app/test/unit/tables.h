/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests as drivers make them that are fast: a cipher in place, in an indirect table of four
 * descriptors, all of it in one region of guest memory.
 */

#ifndef UNIT_TABLES_H
#define UNIT_TABLES_H

#include <string.h>

#include <rte_common.h>

#include "mock_guest.h"
#include "unit.h"

/** The region, and where in it the parts of the first request are. */
#define AREA	  0x80000000ULL
#define AREA_SIZE 0x100000
#define STEP	  0x1000 /* between what two requests of a burst have */
#define AT_TABLE  0x00000
#define AT_HEAD	  0x10000
#define AT_STATUS 0x20000
#define AT_DATA	  0x40000

static uint8_t area[AREA_SIZE] __rte_aligned(64);

/** Puts a request that encrypts; returns the descriptor of the ring that leads to it. */
static inline struct vring_desc
put_table(unsigned int i, uint64_t id, const uint8_t *iv, uint32_t iv_len, const uint8_t *text,
	  uint32_t len)
{
	struct vring_desc table[4] = {
		{ AREA + AT_HEAD + i * STEP, 72 + iv_len, VRING_DESC_F_NEXT, 1 },
		{ AREA + AT_DATA + i * STEP, len, VRING_DESC_F_NEXT, 2 },
		{ AREA + AT_DATA + i * STEP, len, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 3 },
		{ AREA + AT_STATUS + i * STEP, 1, VRING_DESC_F_WRITE, 0 },
	};
	static struct wire_bytes request;
	struct wire_bytes *b = &request;

	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, iv_len, len, len, 0);
	wire_zero(b, 24);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	CHECK(b->len == 72);
	wire_put(b, iv, iv_len);
	if (len == 0) /* there are no descriptors of nothing */
		table[0].next = 3;
	memcpy(area + AT_HEAD + i * STEP, b->data, b->len);
	memcpy(area + AT_DATA + i * STEP, text, len);
	memcpy(area + AT_TABLE + i * STEP, table, sizeof(table));
	area[AT_STATUS + i * STEP] = 0xee;
	return (struct vring_desc){ .addr = AREA + AT_TABLE + i * STEP,
				    .len = sizeof(table),
				    .flags = VRING_DESC_F_INDIRECT };
}

#endif /* UNIT_TABLES_H */
