/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Mapping of a file that a front-end hands over: guest memory, log, in-flight region.
 *
 * Such a file lives in memory (memfd, shm, hugetlbfs). One on a disk or in user space could make
 * whoever touches a page of it wait for the front-end.
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
	uint8_t *data; /**< the byte at the offset that was asked for; NULL: nothing is mapped */
	void *start;   /**< of the mapping */
	size_t len;    /**< of the mapping: whole pages of the file */
	int guard;     /**< of vc_sigbus_guard() */
};

/**
 * What makes a file unfit to be mapped. Never blocks.
 *
 * @param size    bytes that the front-end declares, not 0
 * @param offset  of them in the file
 * @return NULL when it is fit, else the reason and what is required, for the log
 */
const char *vc_file_find_fault(int fd, uint64_t offset, uint64_t size);

/**
 * Maps a part of a file in which vc_file_find_fault() finds none, for reading and writing, and
 * guards it. Seals the file against shrinking if the front-end allows that. The file descriptor
 * stays the caller's.
 *
 * @return 0 or -errno
 */
int vc_file_map(struct vc_file_map *map, int fd, uint64_t offset, uint64_t size);

/** Unmaps it; does nothing when nothing is mapped. */
void vc_file_unmap(struct vc_file_map *map);

/**
 * Has nobody look after a mapping any more, which the caller has to unmap.
 *
 * @return the mapping; without bytes if there is none
 */
struct iovec vc_file_release(struct vc_file_map *map);

/** Whether the memory behind the mapping was lost. */
bool vc_file_lost(const struct vc_file_map *map);

#endif /* VHOST_CRYPTO_FILE_MAP_H */
