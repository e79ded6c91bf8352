/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_chain_walk_table(): an indirect table, the way that most go and the rest. */

#define FINDS_SEGMENTS true
#include "chain_walk_stub.h"

int
main(void)
{
	uint32_t count = any_in(1, VC_CHAIN_MAX_SEGS);
	struct vring_desc *table = malloc(count * sizeof(*table));
	struct vc_chain c;
	const struct vc_mem *mem = any_walk(&c, count);

	ASSUME(table != NULL);
	if (vc_chain_walk_table(table, count, ANY(struct vc_desc), mem, &c) == 0)
		prove_chain(mem, &c);
	return 0;
}
