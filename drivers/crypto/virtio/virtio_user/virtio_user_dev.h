/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The transport over vhost-user: the device is another process behind a socket, without a virtual
 * machine.
 */

#ifndef VIRTIO_USER_DEV_H
#define VIRTIO_USER_DEV_H

#include "virtio_crypto_transport.h"
#include "virtio_user_args.h"

/**
 * Creates the transport of a device, not connected yet.
 *
 * @param dev   device
 * @param args  copied
 * @return NULL, after a line in the log, on failure
 */
struct virtio_crypto_transport *virtio_user_create(struct virtio_crypto_dev *dev,
						   const struct virtio_user_args *args);

#endif /* VIRTIO_USER_DEV_H */
