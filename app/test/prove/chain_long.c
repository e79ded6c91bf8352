/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_chain_walk_long() of a split ring, with or without an indirect table. */

#include "long_walk.h"

int
main(void)
{
	struct vc_vring vr = { .size = any_in(1, RING) };
	struct vc_chain_head head = { ANY(uint16_t), 1 };

	vr.desc = malloc(vr.size * sizeof(*vr.desc));
	ASSUME(vr.desc != NULL);
	prove_long_walk(&vr, head);
	return 0;
}
