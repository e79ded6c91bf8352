/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Loss of guest memory in use: its file was truncated, or the system has no hugepage left. The
 * kernel sends SIGBUS, which would end the process and with it the service of all guests. This
 * handler replaces the mapping by zero-filled memory, so that the lcore continues, and records the
 * loss; the control thread then closes the connection.
 *
 * A SIGBUS at any other address is passed to the previous handler.
 *
 * Thread: the handler runs on the thread that accessed the memory; the other functions with the
 * control lock held.
 */

#ifndef VHOST_CRYPTO_SIGBUS_H
#define VHOST_CRYPTO_SIGBUS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Installs the handler; each successful call requires one vc_sigbus_uninstall().
 *
 * @param event_fd  eventfd that is written to when memory is lost
 * @return 0 or -errno
 */
int vc_sigbus_install(int event_fd);

/** Restores the previous handler after the last user. */
void vc_sigbus_uninstall(void);

/**
 * Guards a mapping.
 *
 * @param addr  start, aligned to the page size of the mapping
 * @param len   length, whole pages of the mapping
 * @return handle; -ENOSPC: too many mappings
 */
int vc_sigbus_guard(void *addr, size_t len);

/** Stops guarding a mapping before it is unmapped. A negative handle is ignored. */
void vc_sigbus_unguard(int handle);

/** Whether the memory of a mapping was lost. */
bool vc_sigbus_lost(int handle);

#endif /* VHOST_CRYPTO_SIGBUS_H */
