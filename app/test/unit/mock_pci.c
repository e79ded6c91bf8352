/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <linux/pci_regs.h>

#include <rte_common.h>

#include "mock_pci.h"

struct mock_pci mock_pci;
uint8_t mock_pci_bar[MOCK_PCI_BAR_LEN] __rte_aligned(4096);

static uint8_t pci_config[256];

void
mock_pci_reset(void)
{
	unsigned int i;

	if (mock_pci.status != 0)
		mock_pci.resets++;
	mock_pci.status = 0;
	mock_pci.driver_features = 0;
	for (i = 0; i < MOCK_PCI_QUEUES; i++) {
		struct mock_pci_queue *q = &mock_pci.queues[i];

		*q = (struct mock_pci_queue){ .max = q->max,
					      .size = q->max,
					      .notify_off = q->notify_off };
	}
}

static void
write_status(uint8_t status)
{
	if (mock_pci.ignores_reset)
		return;
	if (status == 0) {
		mock_pci_reset();
		return;
	}
	if ((status & VIRTIO_CONFIG_S_FEATURES_OK) &&
	    !(mock_pci.status & VIRTIO_CONFIG_S_FEATURES_OK) &&
	    (mock_pci.rejects_features || (mock_pci.driver_features & ~mock_pci.features) != 0))
		status &= ~VIRTIO_CONFIG_S_FEATURES_OK;
	if ((status & VIRTIO_CONFIG_S_DRIVER_OK) && !(status & VIRTIO_CONFIG_S_FEATURES_OK))
		mock_pci.wrong++;
	mock_pci.status = status;
}

/* A register of the selected queue and its bytes, or NULL. */
static void *
queue_register(size_t offset, unsigned int *size)
{
#define FIELD(field, name)                                                                         \
	case offsetof(struct virtio_pci_common_cfg, field):                                        \
		*size = sizeof(mock_pci.queues[0].name);                                           \
		return &mock_pci.queues[mock_pci.queue_select].name
	if (mock_pci.queue_select >= MOCK_PCI_QUEUES)
		return NULL;
	switch (offset) {
		FIELD(queue_size, size);
		FIELD(queue_msix_vector, msix);
		FIELD(queue_enable, enable);
		FIELD(queue_notify_off, notify_off);
		FIELD(queue_desc_lo, desc[0]);
		FIELD(queue_desc_hi, desc[1]);
		FIELD(queue_avail_lo, avail[0]);
		FIELD(queue_avail_hi, avail[1]);
		FIELD(queue_used_lo, used[0]);
		FIELD(queue_used_hi, used[1]);
	default:
		return NULL;
	}
#undef FIELD
}

static uint32_t
common_read(size_t offset, unsigned int size)
{
	unsigned int bytes = 0;
	uint16_t value16;
	void *reg;

	switch (offset) {
	case offsetof(struct virtio_pci_common_cfg, device_feature):
		return mock_pci.select > 1 ? 0 : mock_pci.features >> (32 * mock_pci.select);
	case offsetof(struct virtio_pci_common_cfg, num_queues):
		return mock_pci.nb_queues;
	case offsetof(struct virtio_pci_common_cfg, device_status):
		return mock_pci.status;
	case offsetof(struct virtio_pci_common_cfg, config_generation):
		mock_pci.generation += mock_pci.changes_config;
		return mock_pci.generation;
	default:
		break;
	}
	reg = queue_register(offset, &bytes);
	mock_pci.wrong += reg == NULL || bytes != size || size != sizeof(value16);
	if (reg == NULL || size != sizeof(value16))
		return 0;
	memcpy(&value16, reg, sizeof(value16));
	return value16;
}

static uint32_t
read_register(const volatile void *addr, unsigned int size)
{
	size_t offset = (const volatile uint8_t *)addr - mock_pci_bar;
	uint32_t value = 0;

	if (mock_pci.unplugged)
		return UINT32_MAX >> (32 - 8 * size);
	if (offset < MOCK_PCI_CONFIG)
		return common_read(offset, size);
	memcpy(&value, mock_pci_bar + offset, size);
	return rte_le_to_cpu_32(value);
}

static void
queue_write(size_t offset, unsigned int size, uint32_t value)
{
	unsigned int bytes = 0;
	void *reg = queue_register(offset, &bytes);
	uint16_t value16 = value;

	/* Queues are set up between FEATURES_OK and DRIVER_OK, and enabled once, last. */
	if (reg == NULL || bytes != size || !(mock_pci.status & VIRTIO_CONFIG_S_FEATURES_OK) ||
	    (mock_pci.status & VIRTIO_CONFIG_S_DRIVER_OK) ||
	    mock_pci.queues[mock_pci.queue_select].enable != 0) {
		mock_pci.wrong++;
		return;
	}
	if (size == sizeof(value16))
		memcpy(reg, &value16, size);
	else
		memcpy(reg, &value, size);
}

static void
write_register(volatile void *addr, unsigned int size, uint32_t value)
{
	size_t offset = (volatile uint8_t *)addr - mock_pci_bar;
	unsigned int half = mock_pci.driver_select & 1;

	if (mock_pci.unplugged)
		return;
	switch (offset) {
	case offsetof(struct virtio_pci_common_cfg, device_feature_select):
		mock_pci.select = value;
		break;
	case offsetof(struct virtio_pci_common_cfg, guest_feature_select):
		mock_pci.driver_select = value;
		break;
	case offsetof(struct virtio_pci_common_cfg, guest_feature):
		mock_pci.driver_features &= half ? UINT32_MAX : (uint64_t)UINT32_MAX << 32;
		mock_pci.driver_features |= (uint64_t)value << (32 * half);
		break;
	case offsetof(struct virtio_pci_common_cfg, device_status):
		write_status(value);
		break;
	case offsetof(struct virtio_pci_common_cfg, queue_select):
		mock_pci.queue_select = value;
		break;
	default:
		queue_write(offset, size, value);
	}
}

const struct virtio_pci_io mock_pci_io = { .read = read_register, .write = write_register };

static int
read_pci_config(const void *ctx, void *buf, size_t len, uint32_t offset)
{
	(void)ctx;
	memcpy(buf, pci_config + offset, len);
	return 0;
}

static bool
is_master(void *ctx)
{
	(void)ctx;
	return !mock_pci.no_bus_master;
}

static void
enable_master(void *ctx)
{
	(void)ctx;
	mock_pci.no_bus_master = false;
}

static void
put_cap(uint8_t at, uint8_t next, uint8_t type, uint32_t offset)
{
	struct virtio_pci_notify_cap cap = {
		.cap = { .cap_vndr = PCI_CAP_ID_VNDR,
			 .cap_next = next,
			 .cap_len = sizeof(cap),
			 .cfg_type = type,
			 .offset = rte_cpu_to_le_32(offset),
			 .length = rte_cpu_to_le_32(0x1000) },
		.notify_off_multiplier = rte_cpu_to_le_32(MOCK_PCI_MULTIPLIER),
	};

	memcpy(pci_config + at, &cap, sizeof(cap));
}

struct virtio_crypto_config *
mock_pci_config(void)
{
	return (struct virtio_crypto_config *)(mock_pci_bar + MOCK_PCI_CONFIG);
}

void
mock_pci_set_ready(bool ready)
{
	mock_pci_config()->status = rte_cpu_to_le_32(ready ? VIRTIO_CRYPTO_S_HW_READY : 0);
	mock_pci.generation++;
}

void
mock_pci_init(void)
{
	unsigned int i;

	memset(&mock_pci, 0, sizeof(mock_pci));
	memset(mock_pci_bar, 0, sizeof(mock_pci_bar));
	mock_pci.features = MOCK_PCI_FEATURES;
	mock_pci.nb_queues = MOCK_PCI_QUEUES;
	for (i = 0; i < MOCK_PCI_QUEUES; i++)
		mock_pci.queues[i] = (struct mock_pci_queue){ .max = 256u << i,
							      .notify_off = 10 + i };
	mock_pci_reset();
	mock_pci_config()->max_dataqueues = rte_cpu_to_le_32(MOCK_PCI_QUEUES - 1);
	mock_pci_config()->max_size = rte_cpu_to_le_64(0x1122334455667788);
	mock_pci_set_ready(true);
	pci_config[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	pci_config[PCI_CAPABILITY_LIST] = 0x40;
	put_cap(0x40, 0x60, VIRTIO_PCI_CAP_COMMON_CFG, MOCK_PCI_COMMON);
	put_cap(0x60, 0x80, VIRTIO_PCI_CAP_DEVICE_CFG, MOCK_PCI_CONFIG);
	put_cap(0x80, 0, VIRTIO_PCI_CAP_NOTIFY_CFG, MOCK_PCI_NOTIFY);
}

struct virtio_pci_space
mock_pci_space(void)
{
	return (struct virtio_pci_space){ .bars[0] = { mock_pci_bar, MOCK_PCI_BAR_LEN },
					  .read = read_pci_config,
					  .is_bus_master = is_master,
					  .enable_bus_master = enable_master };
}
