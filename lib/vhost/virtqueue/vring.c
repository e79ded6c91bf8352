/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "virtio_crypto_wire.h"
#include "vring.h"

/* Nothing is in flight, so next_used equals last_avail. */
static int
attach_packed(struct vc_vring *vr, const struct vc_ring *ring, const struct vc_ring_parts *parts)
{
	vr->packed_desc = (void *)parts->desc;
	vr->driver_event = (void *)parts->avail;
	vr->device_event = (void *)parts->used;
	vr->copies = calloc(ring->size, sizeof(*vr->copies));
	vr->packed = true;
	vr->next_used = ring->base;
	if (vr->copies != NULL)
		return 0;
	memset(vr, 0, sizeof(*vr));
	return -ENOMEM;
}

static int
attach_split(struct vc_vring *vr, const struct vc_ring *ring, const struct vc_ring_parts *parts)
{
	vr->desc = (void *)parts->desc;
	vr->avail = (void *)parts->avail;
	vr->used = (void *)parts->used;
	vr->mask = ring->size - 1;
	/* The used index continues from the value that the guest has seen. */
	vr->next_used = rte_le_to_cpu_16(__atomic_load_n(&vr->used->idx, __ATOMIC_RELAXED));
	return 0;
}

int
vc_vring_attach(struct vc_vring *vr, const struct vc_ring *ring, const struct vc_mem *mem,
		uint64_t features, const char **fault)
{
	struct vc_ring_parts parts;
	int ret;

	memset(vr, 0, sizeof(*vr));
	*fault = vc_ring_locate(ring, mem, features, &parts);
	if (*fault != NULL)
		return -EINVAL;
	*vr = (struct vc_vring){
		.size = ring->size,
		.last_avail = ring->base,
		.event_idx = virtio_crypto_has_feature(features, VIRTIO_RING_F_EVENT_IDX),
		.in_order = virtio_crypto_has_feature(features, VIRTIO_F_IN_ORDER),
		.callfd = ring->callfd,
		.kickfd = ring->kickfd,
	};
	ret = virtio_crypto_has_feature(features, VIRTIO_F_RING_PACKED) ?
		attach_packed(vr, ring, &parts) :
		attach_split(vr, ring, &parts);
	vr->published_used = vr->next_used;
	return ret;
}

void
vc_vring_detach(struct vc_vring *vr, struct vc_ring *ring)
{
	if (vr->size != 0)
		ring->base = vr->last_avail;
	free(vr->copies);
	memset(vr, 0, sizeof(*vr));
}
