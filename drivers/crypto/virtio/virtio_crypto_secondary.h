/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A secondary process attaches to the device of the primary process.
 *
 * The primary process has the device, the control queue and the connection. A secondary process
 * enqueues and dequeues on queue pairs, notifies the device itself, and has the primary process do
 * everything else; see virtio_crypto_mp.h.
 */

#ifndef VIRTIO_CRYPTO_SECONDARY_H
#define VIRTIO_CRYPTO_SECONDARY_H

#include <stdint.h>

#include <virtio_crypto_sdk.h>

/**
 * Secondary process: attaches to a device. @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_secondary_attach(const struct rte_cryptodev_data *data);

/** Secondary process: detaches from a device, if it is attached. */
void virtio_crypto_secondary_detach(uint8_t dev_id);

#endif /* VIRTIO_CRYPTO_SECONDARY_H */
