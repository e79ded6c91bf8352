/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Where the process maps the files of its guests.
 *
 * This mmap() replaces the C library's. Files that are mapped to be shared get an address in a
 * range of their own, each with a neighbour in front and behind: either the memory of the canary
 * guest, or nothing, so that an access outside ends the run. An address is not used again soon.
 */

#ifndef FUZZ_ARENA_H
#define FUZZ_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/** Starts placing mappings. The neighbour is @p size bytes of a file, from @p offset on. */
void fuzz_arena_start(int fd, size_t offset, size_t size);

/** Chooses the neighbour of the mappings to come: the canary guest's memory, or nothing. */
void fuzz_arena_surround(bool by_canary);

/** The number of mappings in the range. */
unsigned int fuzz_arena_count(void);

/** Maps a file for the harness itself, outside of the range. */
void *fuzz_arena_map_outside(int fd, size_t size);

#endif /* FUZZ_ARENA_H */
