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

/** Tells the device that something is on the ring. Data lcore, of any process. */
void virtio_crypto_notify_device(struct virtio_crypto_queue *q);

/** The device does not behave. Data lcore, of any process. */
void virtio_crypto_notify_failure(const struct virtio_crypto_queue *q);

/** How a secondary process does that, which cannot use the transport. */
struct virtio_crypto_notify_ops {
	void (*device)(const struct virtio_crypto_queue *q);
	void (*failure)(const struct virtio_crypto_queue *q);
};

/** Secondary process: sets how it does that. Before data lcores use a queue. */
void virtio_crypto_notify_set_ops(const struct virtio_crypto_notify_ops *ops);

#endif /* VIRTIO_CRYPTO_NOTIFY_H */
