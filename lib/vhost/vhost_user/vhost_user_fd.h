/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * File descriptors of a front-end: what kind they are, and how to get rid of them.
 *
 * Neither looking at one nor closing it may wait for whoever is behind it. A file of a file system
 * in user space waits even for stat(), so kinds are told by calls that only look at this side. To
 * close such a file, or a socket that lingers, can wait, too, and so can a UNIX socket in which one
 * of them is on its way; to close the last descriptor of a large memory file takes time. So another
 * thread does that. Memory is unmapped so, too, since that may close the files that it is of.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_FD_H
#define VHOST_CRYPTO_VHOST_USER_FD_H

#include <stdbool.h>
#include <sys/uio.h>

struct vc_message;
struct vc_fd_work;

/** Whether it is an eventfd. Never blocks. */
bool vc_fd_is_eventfd(int fd);

/** Whether it is a UNIX stream socket. Never blocks. */
bool vc_fd_is_unix_stream(int fd);

/** Closes what could block. Who hands in more has to wait while it is at work. */
struct vc_fd_closer {
	struct vc_fd_work *work; /**< NULL: nothing to do */
};

/** Whether descriptors are still being closed. */
bool vc_fd_closer_is_busy(struct vc_fd_closer *closer);

/** Closes all descriptors of a message, in another thread where that could block. */
void vc_fd_close_all(struct vc_fd_closer *closer, struct vc_message *msg);

/** Ends a connection over a UNIX stream socket; another thread closes it where that could block. */
void vc_fd_close_socket(struct vc_fd_closer *closer, int fd);

/** Unmaps memory, VHOST_USER_MAX_REGIONS pieces at most; large ones in another thread. */
void vc_fd_unmap(struct vc_fd_closer *closer, const struct iovec *maps, unsigned int nb_maps);

/** Lets a thread that is still at work end by itself. */
void vc_fd_closer_detach(struct vc_fd_closer *closer);

#endif /* VHOST_CRYPTO_VHOST_USER_FD_H */
