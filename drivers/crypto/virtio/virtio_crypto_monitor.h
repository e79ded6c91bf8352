/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The monitor: a thread per device, which sleeps until the device is lost, and restores it.
 */

#ifndef VIRTIO_CRYPTO_MONITOR_H
#define VIRTIO_CRYPTO_MONITOR_H

#include "virtio_crypto_dev.h"

/** Starts the monitor. Without the lock. @return 0 or a negative errno, after a line in the log */
int virtio_crypto_monitor_start(struct virtio_crypto_dev *dev);

/** Stops the monitor, if it runs. Without the lock. */
void virtio_crypto_monitor_stop(struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_MONITOR_H */
