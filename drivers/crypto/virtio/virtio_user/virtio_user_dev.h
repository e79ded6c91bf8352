/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The transport over vhost-user: no machine, the device is another process behind a socket.
 */

#ifndef VIRTIO_USER_DEV_H
#define VIRTIO_USER_DEV_H

#include "virtio_crypto_transport.h"
#include "virtio_user_args.h"

/**
 * Makes the transport for a device; nothing is connected yet.
 *
 * @param dev   device, whose link functions the transport will call
 * @param args  copied
 * @return NULL, after a line in the log, when that is not possible
 */
struct virtio_crypto_transport *virtio_user_create(struct virtio_crypto_dev *dev,
						   const struct virtio_user_args *args);

#endif /* VIRTIO_USER_DEV_H */
