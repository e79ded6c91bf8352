/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_cursor_copy() between any two streams that a walk can hand out. */

#include <rte_common.h>

#include "prove_cursor.h"

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
