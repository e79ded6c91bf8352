/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Capabilities: what the device offers in its configuration space, read when it is probed.
 */

#ifndef VIRTIO_CRYPTO_CAPS_H
#define VIRTIO_CRYPTO_CAPS_H

#include "virtio_crypto_dev.h"

/** Fills algs and capabilities of the device from its config. @return 0 or -ENOMEM */
int virtio_crypto_caps_init(struct virtio_crypto_dev *dev);

/** Advertises as capability @p i what the device is known to support of an algorithm. */
void virtio_crypto_caps_advertise(struct virtio_crypto_dev *dev, unsigned int i,
				  const struct virtio_crypto_alg *alg);

/** Frees them. */
void virtio_crypto_caps_fini(struct virtio_crypto_dev *dev);

/** What the device offers for one transform, its successors left aside; NULL for nothing. */
const struct virtio_crypto_alg *virtio_crypto_caps_find(const struct virtio_crypto_dev *dev,
							const struct rte_crypto_sym_xform *xform);

/** Whether the device offers RSA in a way that the driver can ask for. */
bool virtio_crypto_caps_has_rsa(const struct virtio_crypto_dev *dev);

/** The same for ECDSA. */
bool virtio_crypto_caps_has_ecdsa(const struct virtio_crypto_dev *dev);

/**
 * Checks that @p now offers all that @p before did. @return NULL, or the name of the missing field
 */
const char *virtio_crypto_caps_find_lacking(const struct virtio_crypto_config *now,
					    const struct virtio_crypto_config *before);

#endif /* VIRTIO_CRYPTO_CAPS_H */
