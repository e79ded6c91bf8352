/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The control virtqueue (section "Control Virtqueue"): one request at a time, waited for.
 *
 * All functions are called with the lock of the device held, or before other threads know it.
 */

#ifndef VIRTIO_CRYPTO_CTRLQ_H
#define VIRTIO_CRYPTO_CTRLQ_H

#include <stdint.h>

#include "virtio_crypto_dev.h"

struct virtio_crypto_session_params;

/** Reserves the memory of the control queue. Without the lock. @return 0 or -ENOMEM */
int virtio_crypto_ctrlq_init(struct virtio_crypto_dev *dev);

/** Takes the control queue from the device. */
void virtio_crypto_ctrlq_stop(struct virtio_crypto_dev *dev);

/** Frees it. Without the lock, with the queue stopped. */
void virtio_crypto_ctrlq_fini(struct virtio_crypto_dev *dev);

/** Makes the control queue known to the device. @return 0 or a negative errno */
int virtio_crypto_ctrlq_attach(struct virtio_crypto_dev *dev);

/**
 * Creates a session on the device.
 *
 * @param id  receives its id
 * @return 0; -ENOTSUP, -ENOSPC, -EKEYREJECTED or -EIO as the device has it; -ENOTCONN or -ETIMEDOUT
 *         without it
 */
int virtio_crypto_ctrlq_create(struct virtio_crypto_dev *dev,
			       const struct virtio_crypto_session_params *params, uint64_t *id);

/** Destroys the session @p id that was created with @p params. Same errors. */
int virtio_crypto_ctrlq_destroy(struct virtio_crypto_dev *dev,
				const struct virtio_crypto_session_params *params, uint64_t id);

#endif /* VIRTIO_CRYPTO_CTRLQ_H */
