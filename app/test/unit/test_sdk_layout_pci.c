/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Do the declarations of DPDK's PCI bus fit the library that is installed?
 *
 * The bus finds a device that exists only as files, as EAL can be told where sysfs is. A driver
 * has it checked as every probe does, and compares its members with what the files say.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_bus_pci.h>

#include <virtio_crypto_sdk.h>
#include <virtio_crypto_sdk_check.h>

#include "test_sdk.h"

#define ADDRESS "0003:02:01.4"
#define VENDOR	0x1b36 /* Of no device that a driver of DPDK's wants. */
#define DEVICE	0x0fff

/* What the kernel would say of the device; BAR 4 is 16 KiB of memory. */
static const struct {
	const char *name;
	const char *content;
} files[] = {
	{ "vendor", "0x1b36" },
	{ "device", "0x0fff" },
	{ "subsystem_vendor", "0x1234" },
	{ "subsystem_device", "0x5678" },
	{ "class", "0x100102" },
	{ "max_vfs", "9" },
	{ "numa_node", "-1" },
	{ "resource",
	  "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n"
	  "0xfe000000 0xfe003fff 0x200\n0x0 0x0 0x0" },
};

static char root[] = "/tmp/test_sdk_layout_pci_XXXXXX";
static unsigned int probes;

/* A path below the device's directory, or this directory if the name is "". */
static const char *
path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/" ADDRESS "/%s", root, name);
	return path;
}

static bool
device_is_made(void)
{
	if (mkdtemp(root) == NULL || mkdir(path_of(""), 0700) != 0)
		return false;
	for (unsigned int i = 0; i < RTE_DIM(files); i++) {
		FILE *stream = fopen(path_of(files[i].name), "we");

		if (stream == NULL)
			return false;
		fprintf(stream, "%s\n", files[i].content);
		if (fclose(stream) != 0)
			return false;
	}
	/* Any driver will do: the bus passes over a device without one. */
	return symlink("drivers/of_the_kernel", path_of("driver")) == 0 &&
		setenv("SYSFS_PCI_DEVICES", root, 1) == 0;
}

static void
remove_files(void)
{
	for (unsigned int i = 0; i < RTE_DIM(files); i++)
		unlink(path_of(files[i].name));
	unlink(path_of("driver"));
	rmdir(path_of(""));
	rmdir(root);
}

static bool
refused(const struct rte_pci_device *pci, const struct rte_pci_driver *drv)
{
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];

	return virtio_crypto_sdk_check_pci(pci, drv, reason, sizeof(reason)) == -ENOTSUP;
}

static void
check_members(const struct rte_pci_device *pci)
{
	const struct rte_mem_resource *bar = &pci->mem_resource[4];

	expect(strcmp(pci->name, ADDRESS) == 0 && pci->addr.domain == 3 && pci->addr.bus == 2 &&
		       pci->addr.devid == 1 && pci->addr.function == 4,
	       "name and addr");
	expect(pci->id.vendor_id == VENDOR && pci->id.device_id == DEVICE &&
		       pci->id.subsystem_vendor_id == 0x1234 &&
		       pci->id.subsystem_device_id == 0x5678 && pci->id.class_id == 0x100102,
	       "id");
	expect(bar->phys_addr == 0xfe000000 && bar->len == 0x4000, "mem_resource");
	expect(pci->max_vfs == 9 && pci->kdrv == RTE_PCI_KDRV_UNKNOWN, "max_vfs and kdrv");
	expect(pci->bus_info == pci->device.bus_info && pci->bus_info != NULL, "bus_info");
	expect(pci->intr_handle != NULL && pci->vfio_req_intr_handle != NULL, "intr_handle");
}

static int
probe(struct rte_pci_driver *drv, struct rte_pci_device *pci)
{
	static const struct rte_pci_id other_ids[] = { { RTE_PCI_DEVICE(1, 1) }, { 0 } };
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN] = "";
	struct rte_pci_driver other_drv = *drv;

	probes++;
	expect(virtio_crypto_sdk_check_pci(pci, drv, reason, sizeof(reason)) == 0,
	       "the PCI bus's device fits");
	if (reason[0] != '\0')
		printf("     %s\n", reason);
	check_members(pci);
	expect(refused(RTE_PTR_ADD(pci, 8), drv), "a shifted device is refused");
	expect(refused(pci, &other_drv), "another driver's device is refused");
	other_drv.id_table = other_ids;
	expect(refused(pci, &other_drv), "a device of another kind is refused");
	return 0;
}

static int
remove_device(struct rte_pci_device *pci)
{
	expect(pci->device.driver == &pci->driver->driver, "rte_device.driver");
	return 0;
}

static const struct rte_pci_id ids[] = { { RTE_PCI_DEVICE(VENDOR, DEVICE) }, { 0 } };
static struct rte_pci_driver pci_drv = {
	.probe = probe,
	.remove = remove_device,
	.id_table = ids,
};

RTE_PMD_REGISTER_PCI(sdk_layout_pci, pci_drv);

int
main(void)
{
	bool made = device_is_made();
	bool ready;

	expect(made, "the device's files are made");
	ready = made && eal_starts("-a", ADDRESS);
	remove_files();
	if (!ready)
		return 1;
	expect(probes == 1, "the device is probed");
	rte_eal_cleanup();
	return failures == 0 ? 0 : 1;
}
