/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_vhost.h>

#include "virtio_crypto_wire.h"
#include "vring.h"

/* librte_vhost's mark of an eventfd that no message has named yet; -1 is "none wanted". */
#define FD_NOT_SET (-2)

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
	memset(vr, 0, sizeof(*vr));
}
