/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_vring_scan_avail() of a split ring, wherever the device is in it; and the first descriptor. */

#include <stdlib.h>

#include "vring.h"
#include "prove_no_copies.h"

int
main(void)
{
	struct vc_chain_head heads[HEADS];
	uint16_t max = any_in(1, HEADS), which = any_in(0, max - 1);
	struct vc_vring vr = { .size = 1 << any_in(0, 15) };
	struct vc_chain_head *first = heads + HEADS - max;
	int n;

	vr.mask = vr.size - 1;
	vr.desc = malloc(vr.size * sizeof(*vr.desc));
	vr.avail = malloc(sizeof(*vr.avail) + vr.size * sizeof(vr.avail->ring[0]));
	ASSUME(vr.desc != NULL && vr.avail != NULL);
	vr.last_avail = ANY(uint16_t);
	n = vc_vring_scan_avail(&vr, first, max);
	PROVE(n >= -1 && n <= max && n <= vr.size, "no more requests than entries, or room");
	if (which < n)
		vc_vring_load_first(&vr, first[which]);
	return 0;
}
