/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Which sizes of keys, digests and additional data a device takes.
 */

#ifndef VIRTIO_CRYPTO_PROBE_H
#define VIRTIO_CRYPTO_PROBE_H

#include "virtio_crypto_dev.h"

/**
 * Finds out which sizes of keys, digests and additional data the device takes, which its config
 * cannot say: tries sessions, and advertises no other. The device has a control queue that works.
 * Before other threads know the device. In virtio_crypto_probe.c.
 *
 * @return 0, or a negative errno when the device was lost meanwhile
 */
int virtio_crypto_probe_sizes(struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_PROBE_H */
