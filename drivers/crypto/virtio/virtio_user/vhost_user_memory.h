/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The memory that is shared with a back-end: all of DPDK's own, at its virtual addresses.
 */

#ifndef VHOST_USER_MEMORY_H
#define VHOST_USER_MEMORY_H

#include "vhost_user.h"

/** DPDK's memory as a back-end can map it. */
struct vhost_user_memory_table {
	unsigned int nb; /**< number of regions, of which VHOST_USER_MAX_REGIONS are in the table */
	struct vhost_user_region regions[VHOST_USER_MAX_REGIONS];
	int fds[VHOST_USER_MAX_REGIONS]; /**< of the regions; EAL's */
};

/**
 * Collects DPDK's current memory. With EAL's memory lock held.
 *
 * @param table     filled
 * @param gone      start of memory to leave out, as it is being freed
 * @param gone_len  bytes of it, or 0
 * @return 0; or -ENOTSUP, after a line in the log, if a segment cannot be shared
 */
int vhost_user_memory_collect(struct vhost_user_memory_table *table, const void *gone,
			      size_t gone_len);

/**
 * Sends the memory table to the back-end, in place of the last one. When it returns 0, and the
 * back-end acknowledges messages, the back-end has unmapped what is not in the table. With the lock
 * of the device held.
 *
 * @return 0; -E2BIG, after a line in the log, if there are too many regions; or another negative
 *         errno
 */
int vhost_user_memory_send(struct vhost_user *vu, const struct vhost_user_memory_table *table);

#endif /* VHOST_USER_MEMORY_H */
