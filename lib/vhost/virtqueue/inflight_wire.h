/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The memory in which a back-end notes the requests in flight, as the vhost-user protocol lays it
 * out ("Inflight I/O tracking"). Native byte order.
 */

#ifndef VHOST_CRYPTO_INFLIGHT_WIRE_H
#define VHOST_CRYPTO_INFLIGHT_WIRE_H

#include <assert.h>
#include <stdint.h>

#define VC_INFLIGHT_VERSION 1 /**< the only one; 0: nobody has begun the note */

/** A descriptor of a split ring; all fields are of those that are heads of chains. */
struct vc_inflight_split_desc {
	uint8_t inflight; /**< 1: taken and not given back */
	uint8_t padding[5];
	uint16_t next;	  /**< the one given back before, in the same batch */
	uint64_t counter; /**< order in which they were taken */
};

/** The note of a split ring. */
struct vc_inflight_split {
	uint64_t features;
	uint16_t version;
	uint16_t desc_num;	  /**< entries of the ring */
	uint16_t last_batch_head; /**< the one given back last */
	uint16_t used_idx;	  /**< index of the used ring when the note was right */
	struct vc_inflight_split_desc desc[];
};

/** A descriptor that was taken from a packed ring. */
struct vc_inflight_packed_desc {
	uint8_t inflight; /**< of the first one of a chain: taken and not given back */
	uint8_t padding;
	uint16_t next;	  /**< of a chain, or of the free ones */
	uint16_t last;	  /**< of the first one of a chain: the last one */
	uint16_t num;	  /**< of the first one of a chain: how many it has */
	uint64_t counter; /**< of the first one of a chain: order in which they were taken */
	uint16_t id;
	uint16_t flags;
	uint32_t len;
	uint64_t addr;
};

/** The note of a packed ring; what is old is what was right when the last batch was complete. */
struct vc_inflight_packed {
	uint64_t features;
	uint16_t version;
	uint16_t desc_num; /**< entries of the ring */
	uint16_t free_head;
	uint16_t old_free_head;
	uint16_t used_idx;
	uint16_t old_used_idx;
	uint8_t used_wrap_counter;
	uint8_t old_used_wrap_counter;
	uint8_t padding[7];
	struct vc_inflight_packed_desc desc[];
};

static_assert(sizeof(struct vc_inflight_split_desc) == 16 &&
		      sizeof(struct vc_inflight_split) == 16 &&
		      sizeof(struct vc_inflight_packed_desc) == 32 &&
		      sizeof(struct vc_inflight_packed) == 32,
	      "layout of the note");

#endif /* VHOST_CRYPTO_INFLIGHT_WIRE_H */
