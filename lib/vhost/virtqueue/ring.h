/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A ring as the front-end's messages describe it, and its location in guest memory.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_RING_H
#define VHOST_CRYPTO_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "guest_mem.h"

/** Maximum queue size (section "Virtqueues"). */
#define VC_RING_MAX_SIZE 32768

/** File descriptor that no message has set yet; -1: the front-end has chosen none. */
#define VC_RING_FD_UNSET (-2)

/** State of a ring as set by vhost-user messages; owns its file descriptors. */
struct vc_ring {
	uint64_t desc_addr;  /**< front-end's address of the descriptor area */
	uint64_t avail_addr; /**< of the available ring; packed: driver event suppression */
	uint64_t used_addr;  /**< of the used ring; packed: device event suppression */
	uint32_t size;	     /**< entries, 0: not specified yet */
	uint16_t base;	     /**< next available entry; packed: off_wrap */
	bool has_addr;
	bool started;	  /**< from SET_VRING_KICK to GET_VRING_BASE */
	bool enabled;	  /**< may run, if started */
	bool enable_sent; /**< SET_VRING_ENABLE has been received */
	int kickfd;
	int callfd;
};

/** Host addresses of the parts of a ring. */
struct vc_ring_parts {
	uint8_t *desc;
	uint8_t *avail;
	uint8_t *used;
};

/** Resets a ring and closes its file descriptors. */
void vc_ring_clear(struct vc_ring *ring);

/**
 * Replaces a file descriptor of a ring by VC_RING_FD_UNSET, -1, or a descriptor that it then owns.
 */
void vc_ring_set_fd(int *slot, int fd);

/**
 * Whether the parts of a ring are aligned (sections "Split Virtqueues", "Packed Virtqueues").
 *
 * @param packed  VIRTIO_F_RING_PACKED negotiated
 */
bool vc_ring_is_aligned(const struct vc_ring *ring, bool packed);

/**
 * Finds the parts of a ring in guest memory: each of them must lie in one region and be aligned in
 * the host's address space.
 *
 * @param features  negotiated features
 * @param parts     receives their addresses on success
 * @return NULL, or what is wrong and what is required, for the log
 */
const char *vc_ring_locate(const struct vc_ring *ring, const struct vc_mem *mem, uint64_t features,
			   struct vc_ring_parts *parts);

#endif /* VHOST_CRYPTO_RING_H */
