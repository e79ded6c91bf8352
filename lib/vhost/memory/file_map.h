/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Mapping of a file that a front-end hands over: guest memory, dirty log.
 *
 * The file must be in memory (memfd, shm, hugetlbfs). A page fault on a file of a disk or of a
 * user-space file system could block an lcore for as long as the front-end likes.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_FILE_MAP_H
#define VHOST_CRYPTO_FILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct vc_file_map {
	uint8_t *data; /**< byte at the requested offset; NULL: not mapped */
	void *start;   /**< start of the mapping */
	size_t len;    /**< length of the mapping: whole pages of the file */
	int guard;     /**< handle of vc_sigbus_guard() */
};

/**
 * Checks whether a file can be mapped. Never blocks.
 *
 * @param offset  offset in the file
 * @param size    bytes that the front-end declares, not 0
 * @return NULL if it can, else the reason and what is required, for the log
 */
const char *vc_file_find_fault(int fd, uint64_t offset, uint64_t size);

/**
 * Maps a part of a file that passed vc_file_find_fault() for reading and writing, and guards it.
 * Seals the file against shrinking if its seals permit that. The file descriptor stays the
 * caller's.
 *
 * @return 0 or -errno
 */
int vc_file_map(struct vc_file_map *map, int fd, uint64_t offset, uint64_t size);

/** Unmaps a file; does nothing if it is not mapped. */
void vc_file_unmap(struct vc_file_map *map);

/**
 * Stops guarding a mapping, and hands it to the caller, who unmaps it.
 *
 * @return the mapping; of length 0 if there is none
 */
struct iovec vc_file_release(struct vc_file_map *map);

/** Whether the memory of a mapping was lost, see sigbus.h. */
bool vc_file_lost(const struct vc_file_map *map);

#endif /* VHOST_CRYPTO_FILE_MAP_H */
