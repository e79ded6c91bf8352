/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The life cycle of a device: initialized, lost, restored, closed.
 *
 * Control side. A lost device is restored if it offers no less than before. Its sessions are
 * created again, and each queue is attached to it as soon as an lcore has noticed the loss.
 */

#ifndef VIRTIO_CRYPTO_LIFECYCLE_H
#define VIRTIO_CRYPTO_LIFECYCLE_H

#include "virtio_crypto_dev.h"

/** Bytes for any reason for which a device is refused. */
#define VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN 128

/**
 * Initializes the device: features, configuration, control queue. Without the lock, before other
 * threads know the device.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_lifecycle_init(struct virtio_crypto_dev *dev);

/**
 * Closes the device and its transport, however far initialization got. Takes the lock. The monitor
 * is stopped.
 */
void virtio_crypto_lifecycle_fini(struct virtio_crypto_dev *dev);

/** Handles the loss of the device. Takes the lock; by the monitor. */
void virtio_crypto_lifecycle_handle_loss(struct virtio_crypto_dev *dev);

/**
 * Tries to restore the device. Takes the lock; by the monitor.
 *
 * @param reason  of VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN bytes; receives the reason of a failure
 * @return 0 or a negative errno
 */
int virtio_crypto_lifecycle_restore(struct virtio_crypto_dev *dev, char *reason);

/**
 * Waits until no operation is in flight, or for a timeout. With the lock held; no lcore uses the
 * queues.
 */
void virtio_crypto_lifecycle_drain(struct virtio_crypto_dev *dev);

/**
 * Resets a device whose queues are started together, and starts those that are offline. With the
 * lock held.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_lifecycle_restart(struct virtio_crypto_dev *dev);

/**
 * Attaches all offline queues to the device. With the lock held.
 *
 * @return 0 or a negative errno
 */
int virtio_crypto_lifecycle_attach_queues(struct virtio_crypto_dev *dev);

/** Whether a lost queue still waits for an lcore to notice the loss. With the lock held. */
bool virtio_crypto_lifecycle_has_unnoticed_loss(struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_LIFECYCLE_H */
