/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A note of the requests in flight that outlives this program (vhost-user protocol, "Inflight I/O
 * tracking"): the memory is the front-end's, and goes from one back-end to the next one. A request
 * that was taken and not given back is begun again by the next one, once.
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

struct vc_inflight;
struct vc_inflight_area;

/** The memory of a device; the control thread and queues meet here. */
struct vc_inflight_keeper {
	rte_spinlock_t lock;
	struct vc_inflight_area *area; /**< NULL: the front-end gave none */
};

/** Bytes that the note for rings of so many entries takes. */
uint64_t vc_inflight_bytes(uint16_t nb_queues, uint16_t queue_size);

/** Makes new memory. @return its file descriptor, of which nobody can take bytes away, or -errno */
int vc_inflight_create(uint64_t bytes);

/**
 * Takes memory over; queues that are started from now on use it.
 *
 * @param fd  mapped, and not kept
 * @return 0; -EINVAL when it is too small for so many queues, or others could make it smaller; or
 *         what mmap() says
 */
int vc_inflight_set(struct vc_inflight_keeper *keeper, int fd, uint64_t offset, uint64_t bytes,
		    uint16_t nb_queues, uint16_t queue_size);

/** Whether the memory was lost, see sigbus.h. */
bool vc_inflight_lost(struct vc_inflight_keeper *keeper);

/** Forgets the memory; queues that run go on with it. */
void vc_inflight_forget(struct vc_inflight_keeper *keeper);

/**
 * Begins to note the requests of a queue, if there is memory for it: corrects the note by what the
 * ring says, and sets the ring to where it goes on.
 *
 * @param inflight  receives the note, or NULL
 * @param keeper    of the device
 * @param index     of the queue
 * @param vr        attached
 * @return 0 or -ENOMEM
 */
int vc_inflight_begin(struct vc_inflight **inflight, struct vc_inflight_keeper *keeper,
		      uint16_t index, struct vc_vring *vr);

/**
 * Ends that, with nothing in flight. Who begins again goes where the front-end says, unless there
 * still is what vc_inflight_redo() would tell.
 */
void vc_inflight_end(struct vc_inflight *inflight);

/**
 * The next request that another back-end has taken and not given back.
 *
 * @param head   receives it, as if it waited in the ring
 * @param entry  receives the number of its entry
 * @return false when there is none
 */
bool vc_inflight_redo(struct vc_inflight *inflight, struct vc_vring *vr, struct vc_head *head,
		      uint16_t *entry);

/** Notes that what vc_inflight_redo() told has been begun again. */
void vc_inflight_redone(struct vc_inflight *inflight);

/**
 * Whether there is room to note a request; a ring that makes sense has, or has it when what was
 * given back is shown.
 */
bool vc_inflight_has_room(const struct vc_inflight *inflight, struct vc_head head);

/** Notes that a request is taken. @return the number of its entry */
uint16_t vc_inflight_take(struct vc_inflight *inflight, const struct vc_vring *vr,
			  struct vc_head head);

/** Takes that back, for the request taken last. */
void vc_inflight_untake(struct vc_inflight *inflight, uint16_t entry);

/** Notes that a request is to be given back with those that are shown next. */
void vc_inflight_give(struct vc_inflight *inflight, uint16_t entry);

/** To be called before the guest is shown what was given back. */
void vc_inflight_before_show(struct vc_inflight *inflight, const struct vc_vring *vr);

/** To be called after that. */
void vc_inflight_after_show(struct vc_inflight *inflight, const struct vc_vring *vr);

#endif /* VHOST_CRYPTO_INFLIGHT_H */
