/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The cursors, on any stream that a walk can hand out. */

#include "prove_cursor.h"

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
