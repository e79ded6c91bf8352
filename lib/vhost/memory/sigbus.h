/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Memory of a front-end that goes away while it is in use: its file was made shorter, or the system
 * has no hugepage left for it. The kernel then sends SIGBUS, which would end the process and with
 * it every other guest. The handler here puts zero-filled memory in place of the mapping, so that
 * the lcore goes on, and notes the loss; the connection ends soon after.
 *
 * A SIGBUS at any other address goes to the handler that was installed before.
 *
 * Thread: the handler runs on the thread that touched the memory; the rest with the control lock
 * held.
 */

#ifndef VHOST_CRYPTO_SIGBUS_H
#define VHOST_CRYPTO_SIGBUS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Installs the handler; every call that succeeds needs one vc_sigbus_uninstall().
 *
 * @param event_fd  eventfd that is written to when memory is lost
 * @return 0 or -errno
 */
int vc_sigbus_install(int event_fd);

/** Restores the handler that was there before, after the last user. */
void vc_sigbus_uninstall(void);

/**
 * Guards a mapping.
 *
 * @param addr  start, aligned to the pages of the mapping
 * @param len   bytes, whole pages of the mapping
 * @return handle for the other functions; -ENOSPC when there are too many mappings
 */
int vc_sigbus_guard(void *addr, size_t len);

/** No longer guards a mapping, which is about to be unmapped. A negative handle is ignored. */
void vc_sigbus_unguard(int handle);

/** Whether the memory of a mapping was lost since it has been guarded. */
bool vc_sigbus_lost(int handle);

#endif /* VHOST_CRYPTO_SIGBUS_H */
