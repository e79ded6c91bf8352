/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file A guest: its memory, its rings, and what its driver puts into them. */

#ifndef FUZZ_GUEST_H
#define FUZZ_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "vhost_user_wire.h"

#define FUZZ_GUEST_SIZE	 (1u << 20) /* of the first region */
#define FUZZ_SECOND_SIZE (1u << 16) /* of the second, which follows it in all addresses but ours */
#define FUZZ_GUEST_GPA	 0x100000ull
#define FUZZ_GUEST_USER	 0x700000000000ull
#define FUZZ_GUEST_RINGS 3
/** Where requests lie. */
#define FUZZ_GUEST_DATA	     0xe0000u
#define FUZZ_GUEST_DATA_SIZE (FUZZ_GUEST_SIZE - FUZZ_GUEST_DATA)

/** A ring as its driver sees it; offsets in the first region. */
struct fuzz_vring {
	uint32_t size;
	uint32_t desc;
	uint32_t avail;
	uint32_t used;
	uint16_t next; /**< descriptor, split: of the table; packed: with the wrap counter */
	uint16_t seen; /**< used index up to which it has looked */
};

struct fuzz_guest {
	int fd; /**< of the first region */
	int second_fd;
	uint8_t *mem;
	bool packed;
	bool gone; /**< its memory is shorter than it was; not to be touched */
	struct fuzz_vring rings[FUZZ_GUEST_RINGS];
};

/** A piece of a request; offsets in the first region. */
struct fuzz_segment {
	uint32_t at;
	uint32_t len;
	bool write;
};

/** Zeroes the memory and forgets the rings. */
void fuzz_guest_reset(struct fuzz_guest *g);

/** Where a ring of a size lies, if its driver means well. */
void fuzz_guest_lay_out(struct fuzz_guest *g, unsigned int ring, uint32_t size);

/** The message that says so. */
struct vhost_user_vring_addr fuzz_guest_addresses(const struct fuzz_guest *g, unsigned int ring);

/** Makes one chain available. */
void fuzz_guest_put(struct fuzz_guest *g, unsigned int ring, const struct fuzz_segment *segments,
		    unsigned int nb);

/** Makes the last chain of a split ring available once more. */
void fuzz_guest_put_again(struct fuzz_guest *g, unsigned int ring);

/** Whether the device has used a chain of a split ring since the last that this returned. */
bool fuzz_guest_used(struct fuzz_guest *g, unsigned int ring);

/** Puts bytes where requests lie, at an offset there; what is too long is cut. */
void fuzz_guest_write(struct fuzz_guest *g, uint32_t at, const void *bytes, uint32_t len);

#endif /* FUZZ_GUEST_H */
