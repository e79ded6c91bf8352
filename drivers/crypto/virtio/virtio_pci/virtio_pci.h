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

/** How registers are reached: 1, 2 or 4 bytes, in the order of bytes of the machine. */
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
	bool iova_is_physical; /**< what the device is told are physical addresses */
	bool running;	       /**< DRIVER_OK is set */
	bool failed;	       /**< atomic: fail() was called since open() */
	bool reported;	       /**< the log has why the device is lost */
	int event_fd;	       /**< wakes the watch up */
	uint16_t nb_queues;    /**< of the device, the control queue among them */
};

/** Registers in memory that the processor reaches the device by. */
extern const struct virtio_pci_io virtio_pci_io_memory;

/**
 * Makes the transport for a device whose BARs are mapped; nothing is written to it yet.
 *
 * @param dev    device, whose link functions are called
 * @param io     how registers are reached
 * @param space  what leads to the structures of the device
 * @param where  the device is, for messages; stays the caller's
 * @return NULL, after a line in the log, when that is not possible
 */
struct virtio_crypto_transport *virtio_pci_create(struct virtio_crypto_dev *dev,
						  const struct virtio_pci_io *io,
						  const struct virtio_pci_space *space,
						  const char *where);

#endif /* VIRTIO_PCI_H */
