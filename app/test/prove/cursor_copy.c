/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_cursor_copy() between any two streams that a walk can hand out. */

#include <stdlib.h>

#include <rte_common.h>

#include "chain.h"
#include "prove_no_copies.h"

/* Any place in a stream of segments that are memory of the guest. */
static struct vc_cursor
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

int
main(void)
{
	struct vc_seg segs[SEGMENTS], other[SEGMENTS];
	struct vc_cursor to = any_cursor(segs), from = any_cursor(other);
	uint32_t n = any_in(0, RTE_MIN(to.left, from.left)), left = to.left - n;

	vc_cursor_copy(&to, &from, n);
	PROVE(to.left == left, "a cursor passes what it was told");
	PROVE(left == 0 || (to.seg < segs + SEGMENTS && to.off < to.seg->len),
	      "a cursor with bytes left is at one of them");
	return 0;
}
