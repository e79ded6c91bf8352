/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The dirty log (VHOST_F_LOG_ALL): a bit for each page of guest memory that the device has written,
 * by which a front-end live-migrates a guest.
 *
 * A page is logged after it was written. The front-end may read and clear the log at any moment,
 * and must not copy a page that is older than its bit.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_DIRTY_H
#define VHOST_CRYPTO_DIRTY_H

#include <stdint.h>

#include <linux/virtio_ring.h>

#include "chain.h"
#include "guest_mem.h"
#include "virtio_crypto_wire.h"
#include "vring.h"

/**
 * Feature bit by which a front-end enables the log; reserved for vhost, never offered to guests.
 */
#ifndef VHOST_F_LOG_ALL
#define VHOST_F_LOG_ALL 26
#endif

#define VC_DIRTY_PAGE 4096 /**< bytes of guest memory per bit of the log */

/** Memory of the log, checked when the front-end handed it over. */
struct vc_dirty_log {
	uint8_t *bits;
	uint64_t len; /**< bytes */
};

/** The log if these features enable it, else NULL. */
static inline const struct vc_dirty_log *
vc_dirty_wanted(const struct vc_dirty_log *log, uint64_t features)
{
	return virtio_crypto_has_feature(features, VHOST_F_LOG_ALL) && log->bits != NULL ? log :
											   NULL;
}

/** Maximum number of pages that vc_dirty_step() logs. */
#define VC_DIRTY_STEP 64

/** Logs a page, or VC_DIRTY_STEP pages if they fill a word of the log. @return their number */
static inline uint64_t
vc_dirty_step(const struct vc_dirty_log *log, uint64_t page, uint64_t last)
{
	uint8_t *bits = &log->bits[page / 8];

	if (page % 8 == 0 && last - page >= VC_DIRTY_STEP - 1 &&
	    ((uintptr_t)bits & (sizeof(uint64_t) - 1)) == 0 &&
	    page / 8 + sizeof(uint64_t) <= log->len) {
		__atomic_store_n((uint64_t *)bits, UINT64_MAX, __ATOMIC_SEQ_CST);
		return VC_DIRTY_STEP;
	}
	__atomic_fetch_or(bits, 1 << page % 8, __ATOMIC_SEQ_CST);
	return 1;
}

/**
 * Logs a write to guest memory; pages beyond the end of the log are ignored. A chain may have 4 GiB
 * of device-writable memory: setting bits one by one would hold the queue's lock for milliseconds.
 */
static inline void
vc_dirty_write(const struct vc_dirty_log *log, uint64_t gpa, uint64_t len)
{
	uint64_t page = gpa / VC_DIRTY_PAGE, last;

	if (len == 0)
		return;
	last = (gpa + len - 1) / VC_DIRTY_PAGE;
	while (page <= last && page / 8 < log->len)
		page += vc_dirty_step(log, page, last);
}

/** Logs the device-writable memory of a chain. */
static inline void
vc_dirty_chain(const struct vc_dirty_log *log, const struct vc_mem *mem,
	       const struct vc_chain *chain)
{
	const struct vc_seg *seg = chain->segs + chain->nb_read;
	uint16_t i;

	for (i = 0; i < chain->nb_write; i++)
		vc_dirty_write(log, vc_mem_address(mem, seg[i].va), seg[i].len);
}

/**
 * Logs the parts of a ring that the device writes: used ring and avail_event of a split ring,
 * descriptors and device event suppression structure of a packed one.
 */
static inline void
vc_dirty_ring(const struct vc_dirty_log *log, const struct vc_mem *mem, const struct vc_vring *vr)
{
	if (!vr->packed) {
		vc_dirty_write(log, vc_mem_address(mem, (const uint8_t *)vr->used),
			       sizeof(struct vring_used) +
				       vr->size * sizeof(struct vring_used_elem) +
				       sizeof(__virtio16));
		return;
	}
	vc_dirty_write(log, vc_mem_address(mem, (const uint8_t *)vr->packed_desc),
		       vr->size * sizeof(*vr->packed_desc));
	vc_dirty_write(log, vc_mem_address(mem, (const uint8_t *)vr->device_event),
		       sizeof(*vr->device_event));
}

#endif /* VHOST_CRYPTO_DIRTY_H */
