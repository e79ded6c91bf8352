/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A note of requests in flight from within, and what of it depends on the format of the ring. See
 * inflight.h for what the functions do.
 */

#ifndef VHOST_CRYPTO_INFLIGHT_NOTE_H
#define VHOST_CRYPTO_INFLIGHT_NOTE_H

#include "inflight.h"
#include "inflight_wire.h"

/** A request to be begun again. */
struct vc_inflight_again {
	uint64_t counter;
	uint16_t entry;
};

/** What the device itself knows of an entry of a packed ring's note. */
struct vc_inflight_entry {
	uint16_t next;
	uint16_t last;
	uint16_t num;
};

/** A note. */
struct vc_inflight {
	struct vc_inflight_keeper *keeper;
	struct vc_inflight_area *area;
	union {
		struct vc_inflight_split *split;
		struct vc_inflight_packed *packed;
	};
	bool is_packed;
	uint64_t counter;   /**< for the next request */
	uint16_t size;	    /**< of the ring */
	uint16_t free_head; /**< packed: first free entry */
	uint16_t nb_free;   /**< packed: free entries */
	uint16_t nb_again;  /**< requests to be begun again, in their order */
	uint16_t next_again;
	uint16_t nb_batch;		   /**< entries that are given back together */
	struct vc_inflight_again *again;   /**< one per entry */
	struct vc_inflight_entry *entries; /**< packed: one per entry */
	uint16_t batch[];
};

/**
 * Reads a field of the memory, which the front-end can change at any time: once, so that what is
 * used is what was checked.
 */
#define VC_INFLIGHT_READ(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

/** Notes that an entry holds a request to be begun again. */
static inline void
vc_inflight_add_again(struct vc_inflight *in, uint16_t entry, uint64_t counter)
{
	in->again[in->nb_again++] = (struct vc_inflight_again){ counter, entry };
	if (in->counter <= counter)
		in->counter = counter + 1;
}

/** @name Of a packed ring */
/**@{*/
void vc_inflight_packed_begin(struct vc_inflight *in, struct vc_vring *vr);
void vc_inflight_packed_load(const struct vc_inflight *in, struct vc_vring *vr, uint16_t entry,
			     struct vc_head *head);
uint16_t vc_inflight_packed_take(struct vc_inflight *in, const struct vc_vring *vr,
				 struct vc_head head);
void vc_inflight_packed_untake(struct vc_inflight *in, uint16_t entry);
void vc_inflight_packed_before_show(struct vc_inflight *in, const struct vc_vring *vr);
void vc_inflight_packed_after_show(struct vc_inflight *in, const struct vc_vring *vr);
/**@}*/

#endif /* VHOST_CRYPTO_INFLIGHT_NOTE_H */
