/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Probes which sizes of keys, digests and additional data a device supports.
 */

#ifndef VIRTIO_CRYPTO_PROBE_H
#define VIRTIO_CRYPTO_PROBE_H

#include "virtio_crypto_dev.h"

/**
 * Probes the sizes of keys, digests and additional data, which the configuration does not specify:
 * creates sessions, and advertises only accepted sizes. The control queue of the device works.
 * Before other threads know the device.
 *
 * @return 0, or a negative errno when the device was lost
 */
int virtio_crypto_probe_sizes(struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_PROBE_H */
