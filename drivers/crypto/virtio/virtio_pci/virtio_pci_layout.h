/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Finds the structures of a virtio PCI device (section "Virtio Structure PCI Capabilities").
 *
 * The ISR status is not among them: the driver uses no interrupts.
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

/** A mapped BAR; NULL if it is not mapped. */
struct virtio_pci_bar {
	uint8_t *addr;
	uint64_t len;
};

/** Access to a PCI device to find its structures. */
struct virtio_pci_space {
	struct virtio_pci_bar bars[VIRTIO_PCI_BARS];
	/** Reads the configuration space of PCI. @return 0 or a negative errno */
	int (*read)(const void *ctx, void *buf, size_t len, uint32_t offset);
	/** Whether bus mastering is enabled, or true if unknown. */
	bool (*is_bus_master)(void *ctx);
	/** Enables bus mastering, which others may have disabled. */
	void (*enable_bus_master)(void *ctx);
	void *ctx; /**< first argument of all */
};

/** The structures, mapped. */
struct virtio_pci_layout {
	struct virtio_pci_common_cfg *common;
	uint8_t *config; /**< of the crypto device */
	uint8_t *notify;
	uint32_t notify_len;
	uint32_t notify_multiplier; /**< bytes between queues, 0: all share one address */
};

/**
 * Finds the structures by the list of capabilities: the first usable one of each.
 *
 * @param reason  of VIRTIO_PCI_REASON_LEN bytes; receives the reason of a failure
 * @return 0 or a negative errno
 */
int virtio_pci_layout_find(const struct virtio_pci_space *space, struct virtio_pci_layout *layout,
			   char *reason);

/** Sets the reason for which a device is refused. @return @p error */
int virtio_pci_set_reason(int error, char *reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* VIRTIO_PCI_LAYOUT_H */
