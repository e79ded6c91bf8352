/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A virtio-crypto PCI device for unit tests of the driver: registers and PCI configuration space.
 * It behaves as specified unless a test sets one of its faults, and counts what no driver may do.
 */

#ifndef MOCK_PCI_H
#define MOCK_PCI_H

#include "virtio_pci.h"

/** Features that the device offers. */
#define MOCK_PCI_FEATURES                                                                          \
	((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VIRTIO_F_ACCESS_PLATFORM) |                       \
	 (1ULL << VIRTIO_RING_F_INDIRECT_DESC) | (1ULL << VIRTIO_CRYPTO_F_REVISION_1))
/** Queues, of which the control queue is the last. */
#define MOCK_PCI_QUEUES	    3
#define MOCK_PCI_MULTIPLIER 4

/** Where the structures are in the BAR. */
enum {
	MOCK_PCI_COMMON = 0,
	MOCK_PCI_CONFIG = 0x1000,
	MOCK_PCI_NOTIFY = 0x2000,
	MOCK_PCI_BAR_LEN = 0x3000,
};

struct mock_pci_queue {
	uint16_t max, size, enable, msix, notify_off;
	uint32_t desc[2], avail[2], used[2];
};

struct mock_pci {
	uint64_t features; /**< offered */
	uint64_t driver_features;
	uint32_t select, driver_select, queue_select;
	uint8_t status, generation;
	uint16_t nb_queues;
	struct mock_pci_queue queues[MOCK_PCI_QUEUES];
	bool rejects_features;
	bool ignores_reset;  /**< keeps its status */
	bool unplugged;	     /**< all reads are ones */
	bool changes_config; /**< all the time */
	bool no_bus_master;  /**< may not reach memory */
	unsigned int resets;
	unsigned int wrong; /**< accesses that no driver may do */
};

extern struct mock_pci mock_pci;
extern uint8_t mock_pci_bar[];
extern const struct virtio_pci_io mock_pci_io;

/** Sets up a device that behaves as specified. */
void mock_pci_init(void);

/** Its address space, for virtio_pci_create(). */
struct virtio_pci_space mock_pci_space(void);

/** Resets it, as a write of 0 to its status does. */
void mock_pci_reset(void);

struct virtio_crypto_config *mock_pci_config(void);

void mock_pci_set_ready(bool ready);

#endif /* MOCK_PCI_H */
