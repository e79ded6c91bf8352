/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Where a virtio PCI device has its structures (section "Virtio Structure PCI Capabilities").
 *
 * The ISR status is not among them: the driver has the device never interrupt.
 */

#ifndef VIRTIO_PCI_LAYOUT_H
#define VIRTIO_PCI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_pci.h>

/** BARs of a PCI device. */
#define VIRTIO_PCI_BARS 6

/** Bytes for any reason for which a device is refused. */
#define VIRTIO_PCI_REASON_LEN 192

/** A BAR as it is mapped; NULL if it is not. */
struct virtio_pci_bar {
	uint8_t *addr;
	uint64_t len;
};

/** What of a PCI device leads to its structures. */
struct virtio_pci_space {
	struct virtio_pci_bar bars[VIRTIO_PCI_BARS];
	/** Reads the configuration space of PCI. @return 0 or a negative errno */
	int (*read)(const void *ctx, void *buf, size_t len, uint32_t offset);
	/** Whether the device may reach memory, as far as can be known. */
	bool (*is_bus_master)(void *ctx);
	/** Lets the device reach memory, which not only this process may forbid it. */
	void (*enable_bus_master)(void *ctx);
	void *ctx; /**< first argument of all */
};

/** The structures, mapped. */
struct virtio_pci_layout {
	struct virtio_pci_common_cfg *common;
	uint8_t *config; /**< of the crypto device */
	uint8_t *notify;
	uint32_t notify_len;
	uint32_t notify_multiplier; /**< bytes between queues, 0: all have the same place */
};

/**
 * Finds the structures by the list of capabilities. Of each the first one that can be used is.
 *
 * @param reason  of VIRTIO_PCI_REASON_LEN bytes; receives why it failed
 * @return 0 or a negative errno
 */
int virtio_pci_layout_find(const struct virtio_pci_space *space, struct virtio_pci_layout *layout,
			   char *reason);

/** Says why a device is refused. @return @p error */
int virtio_pci_set_reason(int error, char *reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* VIRTIO_PCI_LAYOUT_H */
