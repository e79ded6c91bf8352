/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "chain.h"

struct vc_cursor
vc_cursor_read_segments(struct vc_cursor cur, void *to, uint32_t n)
{
	uint8_t *dst = to;
	uint32_t len;

	for (; n > 0; n -= len) {
		const uint8_t *va = vc_cursor_next_segment(&cur, n, &len);

		memcpy(dst, va, len);
		dst += len;
	}
	return cur;
}

struct vc_cursor
vc_cursor_write_segments(struct vc_cursor cur, const void *from, uint32_t n)
{
	const uint8_t *src = from;
	uint32_t len;

	for (; n > 0; n -= len) {
		uint8_t *va = vc_cursor_next_segment(&cur, n, &len);

		memcpy(va, src, len);
		src += len;
	}
	return cur;
}

bool
vc_chain_overlaps(const struct vc_chain *chain)
{
	uint32_t i, j;

	for (i = 0; i < chain->nb_read; i++)
		for (j = chain->nb_read; j < (uint32_t)chain->nb_read + chain->nb_write; j++)
			if (chain->segs[i].va < chain->segs[j].va + chain->segs[j].len &&
			    chain->segs[j].va < chain->segs[i].va + chain->segs[i].len)
				return true;
	return false;
}
