/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The life of the connection between driver and device: set up, lost, found again.
 *
 * Control side. A device that was lost is taken back if it offers no less than before; sessions
 * are created again, and each queue is given to it as soon as its lcore has noticed the loss.
 */

#ifndef VIRTIO_CRYPTO_LIFECYCLE_H
#define VIRTIO_CRYPTO_LIFECYCLE_H

#include "virtio_crypto_dev.h"

/** Bytes that hold any reason for which a device is refused. */
#define VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN 128

/**
 * Meets the device for the first time: features, configuration, control queue. Without the lock,
 * before anything else knows the device.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_lifecycle_init(struct virtio_crypto_dev *dev);

/** Leaves the device, however far its set-up got, and closes the transport. Takes the lock. */
void virtio_crypto_lifecycle_fini(struct virtio_crypto_dev *dev);

/** The device is gone. Takes the lock; by the thread of the transport. */
void virtio_crypto_lifecycle_handle_loss(struct virtio_crypto_dev *dev);

/**
 * Tries to take the device back. Takes the lock; by the thread of the transport.
 *
 * @param reason  of VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN bytes; receives why it failed
 * @return 0 or a negative errno
 */
int virtio_crypto_lifecycle_restore(struct virtio_crypto_dev *dev, char *reason);

/**
 * Waits until no operation is in flight, if that does not take too long. With the lock held; no
 * lcore uses the queues.
 */
void virtio_crypto_lifecycle_drain(struct virtio_crypto_dev *dev);

/**
 * Starts over with a device that takes all queues at once, with those that it can have by now.
 * With the lock held.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_lifecycle_restart(struct virtio_crypto_dev *dev);

/**
 * Gives the device all queues that it can have by now. With the lock held.
 *
 * @return 0 or a negative errno
 */
int virtio_crypto_lifecycle_attach_queues(struct virtio_crypto_dev *dev);

/** Whether a queue waits for its lcore, which runs, to notice a loss. With the lock held. */
bool virtio_crypto_lifecycle_has_unnoticed_loss(struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_LIFECYCLE_H */
