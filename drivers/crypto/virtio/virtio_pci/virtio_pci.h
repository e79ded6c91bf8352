/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The transport over PCI: a modern virtio device, its registers in memory that a BAR maps.
 */

#ifndef VIRTIO_PCI_H
#define VIRTIO_PCI_H

#include <stdbool.h>

#include "virtio_crypto_dev.h"
#include "virtio_pci_layout.h"

/** PCI ID of a modern virtio device. */
#define VIRTIO_PCI_VENDOR		 0x1af4
#define VIRTIO_PCI_MODERN_DEVICE(number) (0x1040 + (number))

/** Access to registers of 1, 2 or 4 bytes, in the byte order of the processor. */
struct virtio_pci_io {
	uint32_t (*read)(const volatile void *addr, unsigned int size);
	void (*write)(volatile void *addr, unsigned int size, uint32_t value);
};

/** A device on the PCI bus. */
struct virtio_pci {
	struct virtio_crypto_transport tr;
	const struct virtio_pci_io *io;
	struct virtio_pci_layout layout;
	bool (*is_bus_master)(void *ctx);     /**< see struct virtio_pci_space */
	void (*enable_bus_master)(void *ctx); /**< the same */
	void *ctx;
	bool iova_is_physical; /**< addresses for the device are physical */
	bool running;	       /**< DRIVER_OK is set */
	bool failed;	       /**< atomic: fail() was called since open() */
	bool reported;	       /**< the log has why the device is lost */
	int event_fd;	       /**< wakes the monitor */
	uint16_t nb_queues;    /**< of the device, the control queue among them */
};

/** Registers that are mapped into memory. */
extern const struct virtio_pci_io virtio_pci_io_memory;

/**
 * Creates the transport of a device whose BARs are mapped; nothing is written to it yet.
 *
 * @param dev    device
 * @param io     access to registers
 * @param space  capabilities and BARs of the device
 * @param where  address of the device, for log lines; stays the caller's
 * @return NULL, after a line in the log, on failure
 */
struct virtio_crypto_transport *virtio_pci_create(struct virtio_crypto_dev *dev,
						  const struct virtio_pci_io *io,
						  const struct virtio_pci_space *space,
						  const char *where);

#endif /* VIRTIO_PCI_H */
