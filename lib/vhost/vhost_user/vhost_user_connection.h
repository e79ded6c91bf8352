/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The socket of the vhost-user back-end and the connection of its front-end.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_CONNECTION_H
#define VHOST_CRYPTO_VHOST_USER_CONNECTION_H

#include "vhost_user.h"

/**
 * Opens the socket.
 *
 * @param vu  env, path, mode, group and client set, the rest zeroed
 * @return 0 or -errno
 */
int vc_vhost_user_open(struct vc_vhost_user *vu);

/** Closes the connection, removes the socket, and accepts no further front-end. */
void vc_vhost_user_disconnect(struct vc_vhost_user *vu);

/** Closes all remaining file descriptors; no front-end is connected. */
void vc_vhost_user_close(struct vc_vhost_user *vu);

/** Continues deferred work: a request, a release, or accepting the next front-end. */
void vc_vhost_user_continue(struct vc_vhost_user *vu);

/** Whether vc_vhost_user_continue() must be called again soon. */
bool vc_vhost_user_is_waiting(const struct vc_vhost_user *vu);

#endif /* VHOST_CRYPTO_VHOST_USER_CONNECTION_H */
