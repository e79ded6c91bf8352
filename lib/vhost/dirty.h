/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The log of what the device writes to the guest's memory (VHOST_F_LOG_ALL), by which a front-end
 * migrates a guest that runs.
 *
 * A write is logged behind it: the front-end may read and clear the log at any moment, and what it
 * copies then must not be older than what the log said.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_DIRTY_H
#define VHOST_CRYPTO_DIRTY_H

#include <linux/virtio_ring.h>
#include <rte_vhost.h>

#include "chain.h"
#include "guest_mem.h"
#include "virtio_crypto_wire.h"
#include "vring.h"

/** Virtio feature bit by which a front-end switches the log on; of vhost, no guest has it. */
#ifndef VHOST_F_LOG_ALL
#define VHOST_F_LOG_ALL 26
#endif

#define VC_LOG_OFF (-1) /**< in place of a vhost device: nothing is logged */

/** The vhost device whose log is to be kept with these features, or VC_LOG_OFF. */
static inline int
vc_dirty_log(int vid, uint64_t features)
{
	return virtio_crypto_has_feature(features, VHOST_F_LOG_ALL) ? vid : VC_LOG_OFF;
}

/** Logs all that the device may have written to a chain. */
static inline void
vc_dirty_chain(int log, const struct vc_mem *mem, const struct vc_chain *chain)
{
	const struct vc_seg *seg = chain->segs + chain->nb_read;
	uint16_t i;

	for (i = 0; i < chain->nb_write; i++)
		rte_vhost_log_write(log, vc_mem_address(mem, seg[i].va), seg[i].len);
}

/**
 * Logs what the device writes to a ring: of a split one the used ring, index and entries, and the
 * event index behind them; of a packed one the descriptors, and its event suppression structure.
 */
static inline void
vc_dirty_ring(int log, uint16_t index, const struct vc_mem *mem, const struct vc_vring *vr)
{
	if (!vr->packed) {
		rte_vhost_log_used_vring(log, index, 0,
					 sizeof(struct vring_used) +
						 vr->size * sizeof(struct vring_used_elem) +
						 sizeof(__virtio16));
		return;
	}
	rte_vhost_log_write(log, vc_mem_address(mem, (const uint8_t *)vr->packed_desc),
			    vr->size * sizeof(*vr->packed_desc));
	rte_vhost_log_write(log, vc_mem_address(mem, (const uint8_t *)vr->device_event),
			    sizeof(*vr->device_event));
}

#endif /* VHOST_CRYPTO_DIRTY_H */
