/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file What a target makes its decisions of. Behind the end there are zeros, the plain choice. */

#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct fuzz_input {
	const uint8_t *data;
	size_t left;
};

static inline uint8_t
fuzz_u8(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->data++;
}

static inline uint16_t
fuzz_u16(struct fuzz_input *in)
{
	uint16_t low = fuzz_u8(in);

	return low | fuzz_u8(in) << 8;
}

static inline uint32_t
fuzz_u32(struct fuzz_input *in)
{
	uint32_t low = fuzz_u16(in);

	return low | (uint32_t)fuzz_u16(in) << 16;
}

/** A value at which something may go wrong; one byte says which, or how far from @p old. */
static inline uint32_t
fuzz_spoilt(struct fuzz_input *in, uint32_t old)
{
	static const uint32_t values[] = {
		0,	1,	2,	 3,	     4,		 8,	     12,	 15,
		16,	17,	20,	 32,	     63,	 64,	     65,	 128,
		255,	256,	512,	 513,	     1024,	 4095,	     4096,	 0x7fff,
		0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff,
	};
	uint8_t which = fuzz_u8(in);

	if (which < sizeof(values) / sizeof(values[0]))
		return values[which];
	if (which < 64)
		return old ^ 1u << (which % 32);
	return old + which - 160;
}

/** Ends the run: what is said is not so. */
#define FUZZ_MUST(cond)                                                                            \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond);         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif /* FUZZ_INPUT_H */
