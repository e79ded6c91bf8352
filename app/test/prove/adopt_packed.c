/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Adoption of the in-flight entries of a packed ring. */

#include "adopt.h"

/* Marks the entries of a list, each of which has to be in no other one. */
static void
prove_list(const struct vc_inflight_queue *in, bool *seen, uint16_t entry, uint16_t nb)
{
	for (; nb > 0; nb--) {
		PROVE(entry < RING && !seen[entry], "each entry is in one list");
		ASSUME(entry < RING);
		seen[entry] = true;
		entry = in->entries[entry].next;
	}
}

int
main(void)
{
	struct vring_packed_desc ring[RING];
	struct vc_vring vr = {
		.size = RING,
		.packed = true,
		.packed_desc = ring,
		.next_used = any_in(0, RING - 1) | (ANY(bool) ? VIRTIO_PACKED_WRAP : 0),
	};
	struct vc_inflight_queue *in = begin_any(&vr);
	bool seen[RING] = { false };
	uint16_t listed, i;

	if (in == NULL)
		return 0;
	PROVE(in->nb_resubmit <= in->size && in->nb_free <= in->size, "no more than entries");
	prove_list(in, seen, in->free_head, in->nb_free);
	listed = in->nb_free;
	for (i = 0; i < in->nb_resubmit; i++) {
		uint16_t first = in->resubmits[i].entry;

		prove_list(in, seen, first, in->entries[first].num);
		listed += in->entries[first].num;
	}
	PROVE(listed == in->size, "no entry is in no list");
	PROVE(virtio_packed_index(vr.next_used) < vr.size, "what is used next is in the ring");
	PROVE(virtio_packed_index(vr.last_avail) < vr.size, "what is taken next is in the ring");
	return 0;
}
