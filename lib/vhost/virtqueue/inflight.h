/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A note of the requests in flight that outlives this program (vhost-user protocol, "Inflight I/O
 * tracking"): the memory is the front-end's, and goes from one back-end to the next one. A request
 * that was taken and not given back is begun resubmits by the next one, once.
 *
 * librte_vhost has functions for this too. They note one used request at a time, and a batch that
 * was shown but not yet struck off would be done twice; so the note is kept here.
 *
 * What stands in the memory is read when a queue starts, and checked then; later it is only
 * written. Its layout for a ring is the same in all of it, whatever the ring's format: that of a
 * packed ring, which is the larger one.
 */

#ifndef VHOST_CRYPTO_INFLIGHT_H
#define VHOST_CRYPTO_INFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_spinlock.h>

#include "vring.h"

struct vc_inflight_queue;
struct vc_inflight_region;

/** The memory of a device; the control thread and queues meet here. */
struct vc_inflight_dev {
	rte_spinlock_t lock;
	struct vc_inflight_region *region; /**< NULL: the front-end gave none */
};

/** Bytes that the note for rings of so many entries takes. */
uint64_t vc_inflight_region_size(uint16_t nb_queues, uint16_t queue_size);

/** Makes new memory. @return its file descriptor, of which nobody can take bytes away, or -errno */
int vc_inflight_create_region(uint64_t bytes);

/**
 * Takes memory over; queues that are started from now on use it.
 *
 * @param fd  mapped, and not kept
 * @return 0; -EINVAL when it is too small for so many queues, or others could make it smaller; or
 *         what mmap() says
 */
int vc_inflight_set_region(struct vc_inflight_dev *dev, int fd, uint64_t offset, uint64_t bytes,
			   uint16_t nb_queues, uint16_t queue_size);

/** Whether the memory was lost, see sigbus.h. */
bool vc_inflight_region_is_lost(struct vc_inflight_dev *dev);

/** Forgets the memory; queues that run go on with it. */
void vc_inflight_drop_region(struct vc_inflight_dev *dev);

/**
 * Begins to note the requests of a queue, if there is memory for it: corrects the note by what the
 * ring says, and sets the ring to where it goes on.
 *
 * @param inflight  receives the note, or NULL
 * @param dev    of the device
 * @param index     of the queue
 * @param vr        attached
 * @return 0 or -ENOMEM
 */
int vc_inflight_attach(struct vc_inflight_queue **inflight, struct vc_inflight_dev *dev,
		       uint16_t index, struct vc_vring *vr);

/**
 * Ends that, with nothing in flight. Who begins resubmits goes where the front-end says, unless
 * there still is what vc_inflight_next_resubmit() would tell.
 */
void vc_inflight_detach(struct vc_inflight_queue *inflight);

/**
 * The next request that another back-end has taken and not given back.
 *
 * @param head   receives it, as if it waited in the ring
 * @param entry  receives the number of its entry
 * @return false when there is none
 */
bool vc_inflight_next_resubmit(struct vc_inflight_queue *inflight, struct vc_vring *vr,
			       struct vc_chain_head *head, uint16_t *entry);

/** Notes that what vc_inflight_next_resubmit() told has been begun resubmits. */
void vc_inflight_mark_resubmitted(struct vc_inflight_queue *inflight);

/**
 * Whether there is room to note a request; a ring that makes sense has, or has it when what was
 * given back is shown.
 */
bool vc_inflight_has_free_entries(const struct vc_inflight_queue *inflight,
				  struct vc_chain_head head);

/** Notes that a request is taken. @return the number of its entry */
uint16_t vc_inflight_add_entry(struct vc_inflight_queue *inflight, const struct vc_vring *vr,
			       struct vc_chain_head head);

/** Takes that back, for the request taken last. */
void vc_inflight_remove_entry(struct vc_inflight_queue *inflight, uint16_t entry);

/** Notes that a request is to be given back with those that are shown next. */
void vc_inflight_complete_entry(struct vc_inflight_queue *inflight, uint16_t entry);

/** To be called before the guest is shown what was given back. */
void vc_inflight_begin_publish(struct vc_inflight_queue *inflight, const struct vc_vring *vr);

/** To be called after that. */
void vc_inflight_end_publish(struct vc_inflight_queue *inflight, const struct vc_vring *vr);

#endif /* VHOST_CRYPTO_INFLIGHT_H */
