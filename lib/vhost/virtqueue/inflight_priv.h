/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * State of inflight I/O tracking, and its parts that depend on the format of the ring. See
 * inflight.h for what the functions do.
 */

#ifndef VHOST_CRYPTO_INFLIGHT_PRIV_H
#define VHOST_CRYPTO_INFLIGHT_PRIV_H

#include "inflight_wire.h"
#include "vring.h"

struct vc_inflight_dev;
struct vc_inflight_region;

/** A request to resubmit. */
struct vc_inflight_resubmit {
	uint64_t counter;
	uint16_t entry;
};

/** The device's own copy of an entry of a packed ring. */
struct vc_inflight_entry {
	uint16_t next;
	uint16_t last;
	uint16_t num;
};

/** Inflight I/O tracking of a queue. */
struct vc_inflight_queue {
	struct vc_inflight_dev *dev;
	struct vc_inflight_region *region;
	union {
		struct vc_inflight_split *split;
		struct vc_inflight_packed *packed;
	};
	bool is_packed;
	uint64_t counter;     /**< counter of the next request */
	uint16_t size;	      /**< queue size */
	uint16_t free_head;   /**< packed: first free entry */
	uint16_t nb_free;     /**< packed: free entries */
	uint16_t nb_resubmit; /**< requests to resubmit, in their order */
	uint16_t next_resubmit;
	uint16_t nb_batch;			/**< entries in batch */
	struct vc_inflight_resubmit *resubmits; /**< room for one per entry */
	struct vc_inflight_entry *entries;	/**< packed: one per entry */
	uint16_t batch[];
};

/**
 * Reads a field of the region, which the front-end can change at any time: once, so that the value
 * that was checked is the one that is used.
 */
#define VC_INFLIGHT_LOAD(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

/** Adds a request to resubmit. */
static inline void
vc_inflight_add_resubmit(struct vc_inflight_queue *in, uint16_t entry, uint64_t counter)
{
	in->resubmits[in->nb_resubmit++] = (struct vc_inflight_resubmit){ counter, entry };
	if (in->counter <= counter)
		in->counter = counter + 1;
}

/** @name Functions for packed rings */
/**@{*/
void vc_inflight_packed_attach(struct vc_inflight_queue *in, struct vc_vring *vr);
void vc_inflight_packed_load_entry(const struct vc_inflight_queue *in, struct vc_vring *vr,
				   uint16_t entry, struct vc_chain_head *head);
uint16_t vc_inflight_packed_add_entry(struct vc_inflight_queue *in, const struct vc_vring *vr,
				      struct vc_chain_head head);
void vc_inflight_packed_remove_entry(struct vc_inflight_queue *in, uint16_t entry);
void vc_inflight_packed_begin_publish(struct vc_inflight_queue *in, const struct vc_vring *vr);
void vc_inflight_packed_end_publish(struct vc_inflight_queue *in, const struct vc_vring *vr);
/**@}*/

#endif /* VHOST_CRYPTO_INFLIGHT_PRIV_H */
