/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_chain_walk_packed(): a packed ring's chain, with or without an indirect table. */

#define FINDS_SEGMENTS false
#include "chain_walk_stub.h"

int
main(void)
{
	uint16_t count = any_in(1, VC_CHAIN_MAX_SEGS);
	struct vring_packed_desc *copies = malloc(count * sizeof(*copies));
	struct vc_chain c;
	const struct vc_mem *mem = any_walk(&c, count);

	ASSUME(copies != NULL);
	if (vc_chain_walk_packed(copies, count, mem, &c) == 0)
		prove_chain(mem, &c);
	return 0;
}
