/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The release, and what the buses hand to a probe. See virtio_crypto_sdk_check_cryptodev.c for
 * the crypto device.
 *
 * The functions called wrong_*() return the first thing that does not fit, or NULL. They compare
 * addresses before they follow a pointer.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_version.h>

#include "virtio_crypto_sdk_check.h"
#include "virtio_crypto_sdk_verdict.h"

int
virtio_crypto_sdk_verdict(const char *wrong, char *reason, size_t len)
{
	if (wrong == NULL)
		return 0;
	snprintf(reason, len,
		 "%s is not as this build of %s has it: compile the driver with the "
		 "headers of this build, configured with -Denable_driver_sdk=true",
		 wrong, rte_version());
	return -ENOTSUP;
}

int
virtio_crypto_sdk_check_release(char *reason, size_t len)
{
	if (rte_version_year() == RTE_VER_YEAR && rte_version_month() == RTE_VER_MONTH)
		return 0;
	snprintf(reason, len,
		 "compiled for DPDK %u.%02u, but loaded into %s: compile the driver "
		 "for the DPDK that loads it",
		 RTE_VER_YEAR, RTE_VER_MONTH, rte_version());
	return -ENOTSUP;
}

/* The first test finds out whether dev is a device of this bus at all. */
static const char *
wrong_device(const struct rte_device *dev, const char *bus_name)
{
	const struct rte_bus *bus = rte_bus_find_by_name(bus_name);

	if (bus == NULL || rte_dev_bus(dev) != bus)
		return "the place of struct rte_device in the bus's device";
	if (dev->bus != bus)
		return "rte_device.bus";
	if (dev->name != rte_dev_name(dev))
		return "rte_device.name";
	if (dev->driver != rte_dev_driver(dev))
		return "rte_device.driver";
	if (dev->numa_node != rte_dev_numa_node(dev))
		return "rte_device.numa_node";
	if (dev->devargs != rte_dev_devargs(dev))
		return "rte_device.devargs";
	return NULL;
}

static bool
starts_with(const char *name, const char *prefix)
{
	return prefix != NULL && strncmp(name, prefix, strlen(prefix)) == 0;
}

/* The bus names a device by its devargs, and finds a driver by the start of this name. */
static const char *
wrong_vdev(const struct rte_vdev_device *vdev, const struct rte_vdev_driver *drv)
{
	const struct rte_device *dev = &vdev->device;
	const char *wrong = wrong_device(dev, "vdev");

	if (wrong != NULL)
		return wrong;
	if (dev->devargs == NULL || dev->name != dev->devargs->name)
		return "the virtual device's rte_devargs";
	if (!starts_with(dev->name, drv->driver.name) && !starts_with(dev->name, drv->driver.alias))
		return "the virtual device's name";
	return NULL;
}

int
virtio_crypto_sdk_check_vdev(const struct rte_vdev_device *vdev, const struct rte_vdev_driver *drv,
			     char *reason, size_t len)
{
	return virtio_crypto_sdk_verdict(wrong_vdev(vdev, drv), reason, len);
}

static bool
has_id(const struct rte_pci_id *table, const struct rte_pci_id *id)
{
	for (; table->vendor_id != 0; table++)
		if (table->vendor_id == id->vendor_id && table->device_id == id->device_id)
			return true;
	return false;
}

/* What is not looked at lies between two members that are. */
static const char *
wrong_pci(const struct rte_pci_device *pci, const struct rte_pci_driver *drv)
{
	const char *wrong = wrong_device(&pci->device, "pci");
	struct rte_pci_addr addr;

	if (wrong != NULL)
		return wrong;
	if (pci->device.name != pci->name)
		return "rte_pci_device.name";
	if (rte_pci_addr_parse(pci->name, &addr) != 0 || rte_pci_addr_cmp(&addr, &pci->addr) != 0)
		return "rte_pci_device.addr";
	if (!has_id(drv->id_table, &pci->id))
		return "rte_pci_device.id";
#ifndef SDK_PCI_DEVICE_WITHOUT_DRIVER
	if (pci->driver != drv)
		return "rte_pci_device.driver";
#endif
	return NULL;
}

int
virtio_crypto_sdk_check_pci(const struct rte_pci_device *pci, const struct rte_pci_driver *drv,
			    char *reason, size_t len)
{
	return virtio_crypto_sdk_verdict(wrong_pci(pci, drv), reason, len);
}
