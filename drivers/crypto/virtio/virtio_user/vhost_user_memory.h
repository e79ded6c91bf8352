/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The memory that a back-end is shown: all of DPDK's own, at its virtual addresses.
 */

#ifndef VHOST_USER_MEMORY_H
#define VHOST_USER_MEMORY_H

#include "vhost_user.h"

/** DPDK's memory as a back-end can map it. */
struct vhost_user_memory_table {
	unsigned int nb; /**< regions there are, of which VHOST_USER_MAX_REGIONS are in the table */
	struct vhost_user_region regions[VHOST_USER_MAX_REGIONS];
	int fds[VHOST_USER_MAX_REGIONS]; /**< of the regions; EAL's */
};

/**
 * Collects DPDK's memory as it is now. With EAL's memory lock held.
 *
 * @param table     filled
 * @param gone      start of memory to be left out, because it is about to be freed
 * @param gone_len  bytes of it, 0 for none
 * @return 0; or -ENOTSUP, after a line in the log, if a segment cannot be shared
 */
int vhost_user_memory_collect(struct vhost_user_memory_table *table, const void *gone,
			      size_t gone_len);

/**
 * Shows the back-end this memory, and none that it was shown before. When it returns 0, and the
 * back-end acknowledges messages, it has let go of what is not there any more. With the lock of
 * the device held.
 *
 * @return 0; -E2BIG, after a line in the log, if there are too many regions; or another negative
 *         errno
 */
int vhost_user_memory_send(struct vhost_user *vu, const struct vhost_user_memory_table *table);

#endif /* VHOST_USER_MEMORY_H */
