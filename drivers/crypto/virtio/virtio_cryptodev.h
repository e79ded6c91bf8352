/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The cryptodev of a device: created, connected and destroyed by the drivers of the buses.
 *
 * Control side, without the lock of the device.
 */

#ifndef VIRTIO_CRYPTODEV_H
#define VIRTIO_CRYPTODEV_H

#include <stdint.h>

#include "virtio_crypto_dev.h"

/**
 * Creates a cryptodev without a device.
 *
 * @param device     of the bus
 * @param driver     that probes it
 * @param driver_id  of this driver
 * @param queues     maximum number of queue pairs
 * @return NULL, after a line in the log, on failure
 */
struct rte_cryptodev *virtio_cryptodev_create(struct rte_device *device,
					      const struct rte_driver *driver, uint8_t driver_id,
					      uint16_t queues);

/**
 * Connects a cryptodev to its device.
 *
 * @param tr  owned from now on; NULL if there is none
 * @return 0, or a negative errno after a line in the log
 */
int virtio_cryptodev_connect(struct rte_cryptodev *cdev, struct virtio_crypto_transport *tr);

/**
 * Closes the device and destroys the cryptodev, also after a failure of virtio_cryptodev_connect().
 */
int virtio_cryptodev_destroy(struct rte_cryptodev *cdev);

/** Stops and destroys the cryptodev of a name. */
int virtio_cryptodev_remove(const char *name);

/**
 * Secondary process: creates the cryptodev of a device of the primary process.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_cryptodev_attach(struct rte_device *device, uint8_t driver_id);

#endif /* VIRTIO_CRYPTODEV_H */
