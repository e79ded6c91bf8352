/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The memory of a guest that changes it while the device reads it.
 *
 * Each load of the library under test passes a function here first, by which AddressSanitizer
 * checks it. That knows which bytes were read before, and can change them just then: what is read
 * twice is not the same. Loads of DPDK's libraries do not pass here; theirs are of data, which
 * cryptodevs may read as often as they like.
 *
 * Regions end at pages that cannot be accessed, by anybody.
 */

#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz_input.h"
#include "guest_mem.h"

#define FUZZ_REGIONS 3
/** Regions that there may be, those that fuzz_memory_map() makes included. */
#define FUZZ_MAX_REGIONS 8
/** What the rings have of the first region. */
#define FUZZ_RINGS 0x1000

/** The largest one; one right behind it; one that ends with the address space. */
struct fuzz_region {
	uint64_t gpa;
	uint32_t size;
	uint8_t *va;
	struct fuzz_seen *seen; /**< by byte */
};

extern struct fuzz_region fuzz_regions[FUZZ_MAX_REGIONS];

/** What is known of the loads since the last fuzz_epoch(). */
struct fuzz_loads {
	uint64_t bytes;	  /**< read by the library */
	unsigned changed; /**< times that memory was changed */
};

extern struct fuzz_loads fuzz_loads;

/** Maps a region of so many bytes; its last page may be longer. */
struct fuzz_region *fuzz_memory_map(uint32_t size);

/** Unmaps one that fuzz_memory_map() has mapped. */
void fuzz_memory_unmap(struct fuzz_region *r);

/** The region that a byte of the host's lies in, or NULL. */
struct fuzz_region *fuzz_memory_region(const void *va);

/** Maps the regions of a guest, once. */
void fuzz_memory_init(void);

/** Fills them for an input, and tells of them. */
void fuzz_memory_reset(struct vc_mem *mem);

/** The guest's address of a byte of a region. */
static inline uint64_t
fuzz_gpa(unsigned int region, uint32_t off)
{
	return fuzz_regions[region].gpa + off;
}

/** Forgets the changes that were to be made. */
void fuzz_memory_forget(void);

/** Where guest memory is, or NULL if not all @p len bytes of it are in one region. */
uint8_t *fuzz_va(uint64_t gpa, uint64_t len);

/** Whether bytes lie in guest memory, all in one region. */
bool fuzz_is_guest(const void *va, uint64_t len);

/** Has a change made when a byte or word is read again in a turn, one of 4 at most. */
void fuzz_race(struct fuzz_input *in);

/** A turn of the device begins: what is read twice in one may have changed. */
void fuzz_turn(void);

/** A part of a turn begins, in which the library is to read nothing twice if @p strict. */
void fuzz_epoch(bool strict);

/** The same, strict, of a ring of so many bytes: who has read all of it may begin again. */
void fuzz_epoch_ring(uint64_t lap);

/** Loads from here on are the harness's. */
void fuzz_turn_end(void);

#endif /* FUZZ_MEMORY_H */
