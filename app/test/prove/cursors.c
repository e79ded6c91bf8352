/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The cursors, on any stream that a walk can hand out. */

#include <stdlib.h>

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
	struct vc_seg segs[SEGMENTS];
	struct vc_cursor cur = any_cursor(segs), old = cur;
	uint32_t n = any_in(0, cur.left);
	uint8_t *host = malloc(n);

	ASSUME(host != NULL);
	switch (any_in(0, 2)) {
	case 0:
		vc_cursor_read(&cur, host, n);
		break;
	case 1:
		vc_cursor_write(&cur, host, n);
		break;
	default:
		vc_cursor_skip(&cur, n);
	}
	PROVE(cur.left == old.left - n, "a cursor passes what it was told");
	PROVE(cur.left == 0 ||
		      (cur.seg >= old.seg && cur.seg < segs + SEGMENTS && cur.off < cur.seg->len),
	      "a cursor with bytes left is at one of them");
	return 0;
}
