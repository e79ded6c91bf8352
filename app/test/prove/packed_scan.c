/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* vc_vring_scan_avail() of a packed ring, wherever the device is in it. */

#include "vring.h"
#include "prove_no_copies.h"

static uint16_t
any_place(uint16_t size)
{
	return any_in(0, size - 1) | (ANY(bool) ? VIRTIO_PACKED_WRAP : 0);
}

int
main(void)
{
	struct vring_packed_desc ring[RING], copies[RING];
	struct vc_chain_head heads[HEADS];
	uint16_t max = any_in(1, HEADS), entries = 0, room, i;
	struct vc_vring vr = { .size = any_in(1, RING), .packed = true };
	struct vc_chain_head *first = heads + HEADS - max;
	int n;

	/* All arrays end where their objects end. */
	vr.packed_desc = ring + RING - vr.size;
	vr.copies = copies + RING - vr.size;
	vr.last_avail = any_place(vr.size);
	vr.next_used = any_place(vr.size);
	/* The device has not taken more than the ring holds. */
	room = vr.size - virtio_packed_distance(vr.next_used, vr.last_avail, vr.size);
	ASSUME(room <= vr.size);
	n = vc_vring_scan_avail(&vr, first, max);
	PROVE(n >= -1 && n <= max, "no more requests than there is room for");
	for (i = 0; n > 0 && i < n; i++) {
		PROVE(first[i].first == entries && first[i].nb_entries > 0,
		      "requests stand one behind the other");
		entries += first[i].nb_entries;
	}
	PROVE(entries <= room, "no more descriptors than the guest has");
	return 0;
}
