/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_vhost.h>

#include "virtio_crypto_wire.h"
#include "vring.h"

/* librte_vhost's mark of an eventfd that no message has named yet; -1 is "none wanted". */
#define FD_NOT_SET (-2)

/* With nothing in flight, what is next to be taken is next to be used too. */
static int
attach_packed(struct vc_vring *vr, const struct rte_vhost_vring *v, uint16_t place,
	      uint64_t features)
{
	if (virtio_packed_index(place) >= v->size)
		return -EINVAL;
	*vr = (struct vc_vring){
		.packed_desc = v->desc_packed,
		.driver_event = v->driver_event,
		.device_event = v->device_event,
		.copies = calloc(v->size, sizeof(*vr->copies)),
		.size = v->size,
		.last_avail = place,
		.next_used = place,
		.shown_used = place,
		.event_idx = virtio_crypto_has_feature(features, VIRTIO_RING_F_EVENT_IDX),
		.packed = true,
		.in_order = virtio_crypto_has_feature(features, VIRTIO_F_IN_ORDER),
		.callfd = v->callfd,
		.kickfd = v->kickfd,
	};
	if (vr->copies != NULL)
		return 0;
	memset(vr, 0, sizeof(*vr));
	return -ENOMEM;
}

/* As the specification has it; librte_vhost leaves it to the front-end. */
static bool
is_aligned(const struct rte_vhost_vring *v, bool packed)
{
	return (uintptr_t)v->desc % 16 == 0 && (uintptr_t)v->avail % (packed ? 4 : 2) == 0 &&
		(uintptr_t)v->used % 4 == 0;
}

int
vc_vring_attach(struct vc_vring *vr, int vid, uint16_t index, uint64_t features)
{
	struct rte_vhost_vring v;
	uint16_t avail, used;

	memset(vr, 0, sizeof(*vr));
	if (rte_vhost_get_vhost_vring(vid, index, &v) != 0 || v.desc == NULL || v.avail == NULL ||
	    v.used == NULL || v.size == 0 || v.kickfd == FD_NOT_SET || v.callfd == FD_NOT_SET ||
	    rte_vhost_get_vring_base(vid, index, &avail, &used) != 0)
		return -EAGAIN;
	if (!is_aligned(&v, virtio_crypto_has_feature(features, VIRTIO_F_RING_PACKED)))
		return -EINVAL;
	if (virtio_crypto_has_feature(features, VIRTIO_F_RING_PACKED))
		return attach_packed(vr, &v, avail, features);
	if (!rte_is_power_of_2(v.size))
		return -EINVAL;
	*vr = (struct vc_vring){
		.desc = v.desc,
		.avail = v.avail,
		.used = v.used,
		.size = v.size,
		.mask = v.size - 1,
		.last_avail = avail,
		/* Where the guest last saw the used index is where it goes on. */
		.next_used = rte_le_to_cpu_16(__atomic_load_n(&v.used->idx, __ATOMIC_RELAXED)),
		.event_idx = virtio_crypto_has_feature(features, VIRTIO_RING_F_EVENT_IDX),
		.in_order = virtio_crypto_has_feature(features, VIRTIO_F_IN_ORDER),
		.callfd = v.callfd,
		.kickfd = v.kickfd,
	};
	vr->shown_used = vr->next_used;
	return 0;
}

void
vc_vring_detach(struct vc_vring *vr, int vid, uint16_t index)
{
	if (vr->size != 0)
		rte_vhost_set_vring_base(vid, index, vr->last_avail, vr->next_used);
	free(vr->copies);
	memset(vr, 0, sizeof(*vr));
}
