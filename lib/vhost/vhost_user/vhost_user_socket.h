/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The socket of a device, and its file.
 *
 * Thread: any.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_SOCKET_H
#define VHOST_CRYPTO_VHOST_USER_SOCKET_H

#include <sys/types.h>

/** Identity of a socket file; a file that replaces it has another one. */
struct vc_socket_file {
	dev_t dev;
	ino_t ino;
};

/**
 * Listens on a path.
 *
 * @param mode   permission bits, 0: by umask
 * @param group  -1: that of the process
 * @param file   receives the identity of the file
 * @return socket or -errno
 */
int vc_socket_listen(const char *path, mode_t mode, gid_t group, struct vc_socket_file *file);

/** Removes the file of vc_socket_listen(), unless it was replaced. */
void vc_socket_remove(const char *path, const struct vc_socket_file *file);

/** Connects to a listening socket. @return socket or -errno */
int vc_socket_connect(const char *path);

/** Removes a socket file on which no process listens. */
void vc_socket_remove_stale(const char *path);

#endif /* VHOST_CRYPTO_VHOST_USER_SOCKET_H */
