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
 * Makes a cryptodev that does nothing yet.
 *
 * @param device     of the bus
 * @param driver     that probes it
 * @param driver_id  of this driver
 * @param queues     queue pairs that it has at most
 * @return NULL, after a line in the log, when that is not possible
 */
struct rte_cryptodev *virtio_cryptodev_create(struct rte_device *device,
					      const struct rte_driver *driver, uint8_t driver_id,
					      uint16_t queues);

/**
 * Connects a cryptodev with its device.
 *
 * @param tr  taken, NULL if there is none
 * @return 0, or a negative errno after a line in the log
 */
int virtio_cryptodev_connect(struct rte_cryptodev *cdev, struct virtio_crypto_transport *tr);

/** Leaves the device and destroys the cryptodev, also one that did not get far. */
int virtio_cryptodev_destroy(struct rte_cryptodev *cdev);

/** Stops and destroys the cryptodev of a name. */
int virtio_cryptodev_remove(const char *name);

/**
 * In a secondary process: makes the cryptodev that the primary process has.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_cryptodev_attach(struct rte_device *device, uint8_t driver_id);

#endif /* VIRTIO_CRYPTODEV_H */
