/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * How data lcores of any process notify the device, and report one that misbehaves.
 */

#ifndef VIRTIO_CRYPTO_NOTIFY_H
#define VIRTIO_CRYPTO_NOTIFY_H

#include "virtio_crypto_queue.h"

/** Notifies the device of published requests. Data lcore, of any process. */
void virtio_crypto_notify_device(struct virtio_crypto_queue *q);

/** Reports a misbehaving device, which is then reset. Data lcore, of any process. */
void virtio_crypto_notify_failure(const struct virtio_crypto_queue *q);

/** Notifications of a secondary process, which cannot use the transport. */
struct virtio_crypto_notify_ops {
	void (*device)(const struct virtio_crypto_queue *q);
	void (*failure)(const struct virtio_crypto_queue *q);
};

/** Secondary process: sets its notifications, before data lcores use a queue. */
void virtio_crypto_notify_set_ops(const struct virtio_crypto_notify_ops *ops);

#endif /* VIRTIO_CRYPTO_NOTIFY_H */
