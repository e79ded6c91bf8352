/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Where the driver finds the structures of a PCI device, in configuration spaces that are right,
 * wrong and random.
 */

#include <errno.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <rte_byteorder.h>

#include "unit.h"
#include "virtio_crypto_wire.h"
#include "virtio_pci_layout.h"

#define BAR_LEN 0x4000

static uint8_t config[256];
static uint8_t bar[BAR_LEN];
static int read_error;
static char reason[VIRTIO_PCI_REASON_LEN];
static struct virtio_pci_layout layout;

static int
read_config(const void *ctx, void *buf, size_t len, uint32_t offset)
{
	(void)ctx;
	if (read_error != 0)
		return read_error;
	if (offset + len > sizeof(config))
		return -EFAULT;
	memcpy(buf, config + offset, len);
	return 0;
}

static int
find(void)
{
	const struct virtio_pci_space space = {
		.bars[4] = { bar, BAR_LEN },
		.read = read_config,
	};

	reason[0] = '\0';
	return virtio_pci_layout_find(&space, &layout, reason);
}

/* Puts a capability at a place; the next one stands at another, 0 for none. */
static struct virtio_pci_notify_cap *
put(uint8_t at, uint8_t next, uint8_t type, uint32_t offset, uint32_t len)
{
	struct virtio_pci_notify_cap *cap = (void *)(config + at);

	cap->cap = (struct virtio_pci_cap){
		.cap_vndr = PCI_CAP_ID_VNDR,
		.cap_next = next,
		.cap_len = type == VIRTIO_PCI_CAP_NOTIFY_CFG ? sizeof(*cap) : sizeof(cap->cap),
		.cfg_type = type,
		.bar = 4,
		.offset = rte_cpu_to_le_32(offset),
		.length = rte_cpu_to_le_32(len),
	};
	return cap;
}

/* A device as it should be: MSI-X first, and a place for one more capability at 0xc0. */
static void
start(void)
{
	memset(config, 0, sizeof(config));
	read_error = 0;
	config[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	config[PCI_CAPABILITY_LIST] = 0x40;
	config[0x40] = PCI_CAP_ID_MSIX;
	config[0x41] = 0x50;
	put(0x50, 0x60, VIRTIO_PCI_CAP_COMMON_CFG, 0, 0x1000);
	put(0x60, 0x70, VIRTIO_PCI_CAP_ISR_CFG, 0x1000, 0x1000);
	put(0x70, 0x80, VIRTIO_PCI_CAP_DEVICE_CFG, 0x2000, 0x1000);
	put(0x80, 0, VIRTIO_PCI_CAP_NOTIFY_CFG, 0x3000, 0x1000)->notify_off_multiplier =
		rte_cpu_to_le_32(4);
}

static bool
refused(const char *words)
{
	bool right = find() == -EINVAL && strstr(reason, words) != NULL;

	if (!right)
		printf("  log_text: %s\n", reason);
	return right;
}

static void
all_structures_are_found(void)
{
	start();
	CHECK(find() == 0);
	CHECK((uint8_t *)layout.common == bar && layout.config == bar + 0x2000 &&
	      layout.notify == bar + 0x3000);
	CHECK(layout.notify_len == 0x1000 && layout.notify_multiplier == 4);
}

static void
the_first_usable_one_counts(void)
{
	start();
	config[0x41] = 0xc0;
	put(0xc0, 0x50, VIRTIO_PCI_CAP_COMMON_CFG, 0x100, 0x100)->cap.bar = 2; /* is not mapped */
	CHECK(find() == 0 && (uint8_t *)layout.common == bar);
	config[0xc0 + offsetof(struct virtio_pci_cap, bar)] = 4;
	CHECK(find() == 0 && (uint8_t *)layout.common == bar + 0x100);
	config[0xc0 + offsetof(struct virtio_pci_cap, cfg_type)] = 99;
	CHECK(find() == 0 && (uint8_t *)layout.common == bar);
}

static void
bad_lists_are_refused(void)
{
	start();
	config[PCI_STATUS] = 0;
	CHECK(find() == -ENOTSUP && strstr(reason, "legacy") != NULL);
	start();
	config[0x81] = 0x40;
	CHECK(refused("loop"));
	start();
	config[0x41] = 0x41; /* whose two low bits do not count: itself */
	CHECK(refused("loop"));
	start();
	config[0x41] = 0x10;
	CHECK(refused("0x10, inside the header"));
	start();
	config[0x61] = 0;
	CHECK(refused("notification structure: no capability names one"));
	start();
	config[0x41] = 0xfc;
	config[0xfc] = PCI_CAP_ID_VNDR;
	CHECK(refused("common configuration structure: no capability"));
	start();
	read_error = -EIO;
	CHECK(find() == -EIO && strstr(reason, "cannot read") != NULL);
}

static void
bad_places_are_refused(void)
{
	struct virtio_pci_cap *cap = (void *)(config + 0x50);

	start();
	cap->offset = rte_cpu_to_le_32(BAR_LEN - 0x800);
	CHECK(refused("not inside BAR 4 of 0x4000"));
	start();
	cap->offset = rte_cpu_to_le_32(UINT32_MAX - 3);
	CHECK(refused("not inside BAR 4"));
	start();
	cap->length = rte_cpu_to_le_32(UINT32_MAX);
	CHECK(refused("not inside BAR 4"));
	start();
	cap->bar = 6;
	CHECK(refused("BAR 6 does not exist"));
	start();
	cap->bar = 1;
	CHECK(refused("BAR 1 is not mapped"));
	start();
	cap->offset = rte_cpu_to_le_32(2);
	CHECK(refused("0x2 is not aligned to 4"));
	start();
	cap->length = rte_cpu_to_le_32(sizeof(struct virtio_pci_common_cfg) - 1);
	CHECK(refused("it has 55 bytes, not 56"));
	start();
	cap->cap_len = 12;
	CHECK(refused("its capability has 12 bytes, expected 16"));
	start();
	((struct virtio_pci_cap *)(config + 0x70))->length = rte_cpu_to_le_32(40);
	CHECK(refused("crypto configuration structure: it has 40 bytes"));
}

static void
multipliers_are_powers_of_two(void)
{
	struct virtio_pci_notify_cap *cap = (void *)(config + 0x80);

	start();
	cap->notify_off_multiplier = 0; /* one place for all queues */
	CHECK(find() == 0 && layout.notify_multiplier == 0);
	cap->notify_off_multiplier = rte_cpu_to_le_32(1);
	CHECK(refused("notify_off_multiplier is 1"));
	cap->notify_off_multiplier = rte_cpu_to_le_32(6);
	CHECK(refused("notify_off_multiplier is 6"));
	cap->notify_off_multiplier = rte_cpu_to_le_32(1u << 31);
	CHECK(find() == 0);
	cap->cap.cap_len = sizeof(cap->cap);
	CHECK(refused("its capability has 16 bytes, expected 20"));
}

/* Whatever is found is inside the BAR; most spaces are nearly right, so that some are taken. */
static void
random_spaces_do_no_harm(void)
{
	unsigned int i, j, taken = 0;

	srandom(1);
	for (i = 0; i < 200000; i++) {
		start();
		for (j = random() % 4; j > 0; j--)
			config[0x40 + random() % (sizeof(config) - 0x40)] = random();
		if (find() != 0) {
			CHECK(reason[0] != '\0');
			continue;
		}
		taken++;
		CHECK((uint8_t *)layout.common >= bar &&
		      (uint8_t *)(layout.common + 1) <= bar + BAR_LEN);
		CHECK(layout.config >= bar &&
		      layout.config + sizeof(struct virtio_crypto_config) <= bar + BAR_LEN);
		CHECK(layout.notify >= bar && layout.notify_len >= 2 &&
		      layout.notify + layout.notify_len <= bar + BAR_LEN);
	}
	CHECK(taken > 1000 && taken < 199000);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(all_structures_are_found),	  UNIT_TEST(the_first_usable_one_counts),
		UNIT_TEST(bad_lists_are_refused),	  UNIT_TEST(bad_places_are_refused),
		UNIT_TEST(multipliers_are_powers_of_two), UNIT_TEST(random_spaces_do_no_harm),
	};

	return unit_run(tests, RTE_DIM(tests));
}
