/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * State of a virtqueue; vring.h has the functions to call.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_VRING_STATE_H
#define VHOST_CRYPTO_VRING_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/virtio_ring.h>

struct vc_vring {
	union {
		struct vring_desc *desc;
		struct vring_packed_desc *packed_desc;
	};
	union {
		struct vring_avail *avail;
		struct vring_packed_desc_event *driver_event;
	};
	union {
		struct vring_used *used;
		struct vring_packed_desc_event *device_event;
	};
	uint16_t size;		 /**< power of two if split; 0: not set up */
	uint16_t mask;		 /**< size - 1 */
	uint16_t last_avail;	 /**< next entry to pop; packed: off_wrap */
	uint16_t next_used;	 /**< next entry to fill; packed: off_wrap */
	uint16_t published_used; /**< used index published to the guest; packed: off_wrap */
	bool event_idx;		 /**< VIRTIO_RING_F_EVENT_IDX negotiated */
	bool packed;		 /**< VIRTIO_F_RING_PACKED negotiated */
	bool in_order;		 /**< VIRTIO_F_IN_ORDER negotiated */
	uint16_t used_flags;	 /**< packed: pending flags of the descriptor at published_used */
	struct vring_packed_desc *copies; /**< packed: copies of available descriptors */
	int callfd;			  /**< call eventfd; negative: the guest polls */
	int kickfd;			  /**< kick eventfd; negative: none */
};

/** An available request. */
struct vc_chain_head {
	uint16_t first;	     /**< index of the first descriptor; packed: index in vring.copies */
	uint16_t nb_entries; /**< ring entries in use: descriptors if packed, else 1 */
};

#endif /* VHOST_CRYPTO_VRING_STATE_H */
