/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Adoption of the in-flight entries of a split ring. */

#include "adopt.h"

int
main(void)
{
	struct vc_vring vr = { .size = RING, .mask = RING - 1, .next_used = ANY(uint16_t) };
	struct vc_inflight_queue *in = begin_any(&vr);
	uint16_t i = ANY(uint16_t);

	if (in == NULL)
		return 0;
	PROVE(in->nb_resubmit <= in->size, "no more requests than entries");
	PROVE(i >= in->nb_resubmit || in->resubmits[i].entry < in->size,
	      "each request has an entry");
	PROVE(in->nb_resubmit == 0 || vr.last_avail == (uint16_t)(vr.next_used + in->nb_resubmit),
	      "the ring goes on behind what was taken");
	return 0;
}
