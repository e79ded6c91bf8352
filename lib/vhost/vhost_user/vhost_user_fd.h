/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * File descriptors of a front-end: checking their kind, and closing them.
 *
 * Neither may block on the front-end. Even fstat() blocks on a file of a user-space file system, so
 * the kind is checked by calls that use kernel state only. close() can block on such a file, on a
 * socket that lingers, and on a UNIX socket with one of them in transit; closing the last
 * descriptor of a large memory file takes time. Another thread does that, and also unmaps memory,
 * because munmap() may release the last reference to a file.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_FD_H
#define VHOST_CRYPTO_VHOST_USER_FD_H

#include <stdbool.h>
#include <sys/uio.h>

struct vc_message;
struct vc_fd_work;

/** Whether a file descriptor is an eventfd. Never blocks. */
bool vc_fd_is_eventfd(int fd);

/** Whether a file descriptor is a UNIX stream socket. Never blocks. */
bool vc_fd_is_unix_stream(int fd);

/** Closes file descriptors whose close() may block. No more may be handed in while it is busy. */
struct vc_fd_closer {
	struct vc_fd_work *work; /**< NULL: nothing to do */
};

/** Whether file descriptors are still being closed. */
bool vc_fd_closer_is_busy(struct vc_fd_closer *closer);

/** Closes all file descriptors of a message, in another thread if that may block. */
void vc_fd_close_all(struct vc_fd_closer *closer, struct vc_message *msg);

/** Shuts down and closes a UNIX stream socket, in another thread if that may block. */
void vc_fd_close_socket(struct vc_fd_closer *closer, int fd);

/** Unmaps at most VHOST_USER_MAX_REGIONS mappings; large ones in another thread. */
void vc_fd_unmap(struct vc_fd_closer *closer, const struct iovec *maps, unsigned int nb_maps);

/** Detaches a thread that is still running, which ends by itself. */
void vc_fd_closer_detach(struct vc_fd_closer *closer);

#endif /* VHOST_CRYPTO_VHOST_USER_FD_H */
