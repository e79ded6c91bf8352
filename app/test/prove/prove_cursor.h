/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Any place in any stream that a walk can hand out. */

#ifndef PROVE_CURSOR_H
#define PROVE_CURSOR_H

#include <stdlib.h>

#include "chain.h"
#include "prove_no_copies.h"

/** Any place in a stream of segments that are memory of the guest. */
static inline struct vc_cursor
any_cursor(struct vc_seg segs[SEGMENTS])
{
	uint32_t nb = any_in(1, SEGMENTS), i;
	struct vc_cursor cur = { .seg = segs + SEGMENTS - nb };
	uint64_t left = 0;

	for (i = SEGMENTS - nb; i < SEGMENTS; i++) {
		segs[i].len = any_in(1, LENGTH);
		segs[i].va = malloc(segs[i].len);
		ASSUME(segs[i].va != NULL);
		left += segs[i].len;
	}
	cur.off = any_in(0, cur.seg->len - 1);
	cur.left = left - cur.off;
	return cur;
}

#endif /* PROVE_CURSOR_H */
