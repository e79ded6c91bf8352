/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_chain_walk_long() of a packed ring, of which there are copies. */

#include "long_walk.h"

static void
prove_copies(uint16_t count)
{
	struct vring_packed_desc *copies = malloc(count * sizeof(*copies));
	const struct vc_vring vr = { .packed = true, .copies = copies };

	ASSUME(copies != NULL);
	prove_long_walk(&vr, (struct vc_chain_head){ 0, count });
}

int
main(void)
{
	/* Only a descriptor that is alone leads to a table. */
	if (ANY(bool))
		prove_copies(1);
	else
		prove_copies(RING);
	return 0;
}
