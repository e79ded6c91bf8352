/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The socket that front-ends connect to, and its file.
 *
 * Thread: any.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_SOCKET_H
#define VHOST_CRYPTO_VHOST_USER_SOCKET_H

#include <sys/types.h>

/** Identity of a socket file: another file of its name differs in it. */
struct vc_socket_file {
	dev_t dev;
	ino_t ino;
};

/**
 * Listens on a path.
 *
 * @param mode   permission bits, 0: what the process has
 * @param group  -1: what the process has
 * @param file   receives the file that was created
 * @return socket or -errno
 */
int vc_socket_listen(const char *path, mode_t mode, gid_t group, struct vc_socket_file *file);

/** Removes the file that vc_socket_listen() has created, if it is still there. */
void vc_socket_remove(const char *path, const struct vc_socket_file *file);

/** Connects to who listens on a path. @return socket or -errno */
int vc_socket_connect(const char *path);

/** Removes a socket file that nobody listens on any more. */
void vc_socket_remove_stale(const char *path);

#endif /* VHOST_CRYPTO_VHOST_USER_SOCKET_H */
