/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_chain_walk(): a split ring's chain, with or without an indirect table. */

#define FINDS_SEGMENTS false
#include "chain_walk_stub.h"

int
main(void)
{
	uint16_t size = any_in(1, VC_CHAIN_MAX_SEGS);
	struct vring_desc *ring = malloc(size * sizeof(*ring));
	struct vc_chain c;
	const struct vc_mem *mem = any_walk(&c, size);

	ASSUME(ring != NULL);
	if (vc_chain_walk(ring, size, ANY(struct vc_desc), mem, &c) == 0)
		prove_chain(mem, &c);
	return 0;
}
