/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Layout of the in-flight region, as the vhost-user protocol defines it ("Inflight I/O tracking").
 * Native byte order.
 */

#ifndef VHOST_CRYPTO_INFLIGHT_WIRE_H
#define VHOST_CRYPTO_INFLIGHT_WIRE_H

#include <assert.h>
#include <stdint.h>

#define VC_INFLIGHT_VERSION 1 /**< the only version; 0: not initialized */

/** Entry of a split ring, by chain head. */
struct vc_inflight_split_desc {
	uint8_t inflight; /**< 1: popped and not completed */
	uint8_t padding[5];
	uint16_t next;	  /**< previous entry of the same batch */
	uint64_t counter; /**< order of the requests */
};

/** Region of a split ring. */
struct vc_inflight_split {
	uint64_t features;
	uint16_t version;
	uint16_t desc_num;	  /**< entries of the ring */
	uint16_t last_batch_head; /**< last entry of the last batch */
	uint16_t used_idx;	  /**< used index when the last batch was complete */
	struct vc_inflight_split_desc desc[];
};

/** Entry of a packed ring: a descriptor. */
struct vc_inflight_packed_desc {
	uint8_t inflight; /**< first of a chain: 1: popped and not completed */
	uint8_t padding;
	uint16_t next;	  /**< next entry of the chain, or next free entry */
	uint16_t last;	  /**< first of a chain: its last entry */
	uint16_t num;	  /**< first of a chain: its number of entries */
	uint64_t counter; /**< first of a chain: order of the requests */
	uint16_t id;
	uint16_t flags;
	uint32_t len;
	uint64_t addr;
};

/** Region of a packed ring; the old_ fields are those of the last complete batch. */
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
	      "layout of the in-flight region");

#endif /* VHOST_CRYPTO_INFLIGHT_WIRE_H */
