/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Inflight I/O tracking (vhost-user protocol). The front-end owns the in-flight region and hands it
 * from one back-end to the next. A request that was popped and not completed is resubmitted by the
 * next back-end, once.
 *
 * librte_vhost has functions for this, too. They track one used request at a time, so a batch that
 * was published and not yet removed from the region would be resubmitted. The region is therefore
 * written here.
 *
 * The region is read and checked when a queue starts; later it is only written. Each ring has the
 * same part of it, with the size of the larger layout, that of a packed ring.
 */

#ifndef VHOST_CRYPTO_INFLIGHT_H
#define VHOST_CRYPTO_INFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_spinlock.h>

#include "vring.h"

struct vc_inflight_queue;
struct vc_inflight_region;

/** The in-flight region of a device; shared by the control thread and the queues. */
struct vc_inflight_dev {
	rte_spinlock_t lock;
	struct vc_inflight_region *region; /**< NULL: the front-end has set none */
};

/** Size of a region for this number of queues of this size. */
uint64_t vc_inflight_region_size(uint16_t nb_queues, uint16_t queue_size);

/** Creates a region. @return its file descriptor, sealed against shrinking, or -errno */
int vc_inflight_create_region(uint64_t bytes);

/**
 * Sets the region of a device; queues that start later use it.
 *
 * @param fd  mapped; stays the caller's
 * @return 0; -EINVAL: too small, or not sealed against shrinking; or the error of mmap()
 */
int vc_inflight_set_region(struct vc_inflight_dev *dev, int fd, uint64_t offset, uint64_t bytes,
			   uint16_t nb_queues, uint16_t queue_size);

/** Whether the region's memory was lost, see sigbus.h. */
bool vc_inflight_region_is_lost(struct vc_inflight_dev *dev);

/** Drops the region of a device; running queues keep using it. */
void vc_inflight_drop_region(struct vc_inflight_dev *dev);

/**
 * Starts tracking the requests of a queue if the device has a region: reconciles the entries with
 * the ring, and sets the ring's indexes to where it resumes.
 *
 * @param inflight  receives the state, or NULL
 * @param dev       region of the device
 * @param index     index of the queue
 * @param vr        attached ring
 * @return 0 or -ENOMEM
 */
int vc_inflight_attach(struct vc_inflight_queue **inflight, struct vc_inflight_dev *dev,
		       uint16_t index, struct vc_vring *vr);

/**
 * Stops tracking, with nothing in flight. The next back-end resumes at the base that the front-end
 * sends, unless entries are left to be resubmitted.
 */
void vc_inflight_detach(struct vc_inflight_queue *inflight);

/**
 * Returns the next request to resubmit: popped by the previous back-end and not completed.
 *
 * @param head   receives its head, as if it were available in the ring
 * @param entry  receives its entry
 * @return false: none is left
 */
bool vc_inflight_next_resubmit(struct vc_inflight_queue *inflight, struct vc_vring *vr,
			       struct vc_chain_head *head, uint16_t *entry);

/** Marks the request of vc_inflight_next_resubmit() as resubmitted. */
void vc_inflight_mark_resubmitted(struct vc_inflight_queue *inflight);

/**
 * Whether free entries are left for a request. A valid ring always has them, at the latest when
 * completed requests are published.
 */
bool vc_inflight_has_free_entries(const struct vc_inflight_queue *inflight,
				  struct vc_chain_head head);

/** Adds the entry of a popped request. @return the entry */
uint16_t vc_inflight_add_entry(struct vc_inflight_queue *inflight, const struct vc_vring *vr,
			       struct vc_chain_head head);

/** Removes the entry that was added last; the request stays available. */
void vc_inflight_remove_entry(struct vc_inflight_queue *inflight, uint16_t entry);

/** Adds an entry to the batch of requests that are published next. */
void vc_inflight_complete_entry(struct vc_inflight_queue *inflight, uint16_t entry);

/** Stores the batch in the region, before the used ring is published. */
void vc_inflight_begin_publish(struct vc_inflight_queue *inflight, const struct vc_vring *vr);

/** Removes the batch from the region, after the used ring was published. */
void vc_inflight_end_publish(struct vc_inflight_queue *inflight, const struct vc_vring *vr);

#endif /* VHOST_CRYPTO_INFLIGHT_H */
