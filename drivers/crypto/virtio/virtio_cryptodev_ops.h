/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The tables of operations that a cryptodev has.
 */

#ifndef VIRTIO_CRYPTODEV_OPS_H
#define VIRTIO_CRYPTODEV_OPS_H

#include <virtio_crypto_sdk.h>

/** Operations of the primary process. */
extern struct rte_cryptodev_ops virtio_crypto_ops;

/** Operations of a secondary process. */
extern struct rte_cryptodev_ops virtio_crypto_secondary_ops;

#endif /* VIRTIO_CRYPTODEV_OPS_H */
