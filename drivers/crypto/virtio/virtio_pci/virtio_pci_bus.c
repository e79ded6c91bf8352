/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The driver on the PCI bus: probe and remove of virtio device 20.
 */

#include <errno.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_kvargs.h>

#include <virtio_crypto_sdk_check.h>

#include "virtio_crypto_features.h"
#include "virtio_crypto_logs.h"
#include "virtio_cryptodev.h"
#include "virtio_pci.h"

static struct rte_pci_driver virtio_pci_driver;
static struct cryptodev_driver virtio_crypto_driver;
static uint8_t virtio_crypto_driver_id;

static int
read_pci_config(const void *ctx, void *buf, size_t len, uint32_t offset)
{
	return rte_pci_read_config(ctx, buf, len, offset) == (int)len ? 0 : -EIO;
}

/* uio_pci_generic clears bus mastering of a device whenever a process that has it open ends. */
static bool
is_bus_master(void *ctx)
{
	uint16_t command;

	return rte_pci_read_config(ctx, &command, sizeof(command), PCI_COMMAND) !=
		sizeof(command) ||
		(rte_le_to_cpu_16(command) & PCI_COMMAND_MASTER);
}

static void
enable_bus_master(void *ctx)
{
	uint16_t command;

	if (rte_pci_read_config(ctx, &command, sizeof(command), PCI_COMMAND) != sizeof(command) ||
	    (rte_le_to_cpu_16(command) & PCI_COMMAND_MASTER))
		return;
	command |= rte_cpu_to_le_16(PCI_COMMAND_MASTER);
	if (rte_pci_write_config(ctx, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot enable PCI bus mastering",
				  ((const struct rte_pci_device *)ctx)->name);
}

/* Device arguments of the user. */
struct arguments {
	uint64_t disabled_features;
	uint64_t requested_features;
};

static struct virtio_crypto_transport *
make_transport(struct virtio_crypto_dev *dev, struct rte_pci_device *pci,
	       const struct arguments *args)
{
	struct virtio_pci_space space = { .read = read_pci_config,
					  .is_bus_master = is_bus_master,
					  .enable_bus_master = enable_bus_master,
					  .ctx = pci };
	struct virtio_crypto_transport *tr;
	unsigned int i;

	for (i = 0; i < RTE_DIM(space.bars); i++) {
		space.bars[i].addr = pci->mem_resource[i].addr;
		space.bars[i].len = pci->mem_resource[i].len;
	}
	tr = virtio_pci_create(dev, &virtio_pci_io_memory, &space, pci->name);
	if (tr != NULL) {
		tr->disabled_features = args->disabled_features;
		tr->requested_features = args->requested_features;
	}
	return tr;
}

/* Whether the driver fits this release of DPDK. */
static int
check_process(const struct rte_pci_device *pci)
{
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];

	if (virtio_crypto_sdk_check_release(reason, sizeof(reason)) != 0 ||
	    virtio_crypto_sdk_check_pci(pci, &virtio_pci_driver, reason, sizeof(reason)) != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s", reason);
		return -ENOTSUP;
	}
	return 0;
}

static int
parse_disabled(const char *key, const char *value, void *args)
{
	char reason[VIRTIO_CRYPTO_FEATURES_REASON_LEN] = "expected names of features";
	uint64_t *features = &((struct arguments *)args)->disabled_features;

	if (value != NULL && virtio_crypto_features_parse(value, features, reason) == 0)
		return 0;
	VIRTIO_CRYPTO_LOG(ERR, "%s: %s", key, reason);
	return -EINVAL;
}

static int
parse_requested(const char *key, const char *value, void *args)
{
	uint64_t bit = 1ULL << (strcmp(key, "packed") == 0 ? VIRTIO_F_RING_PACKED :
							     VIRTIO_F_IN_ORDER);

	if (value == NULL || (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: expected 0 or 1", key);
		return -EINVAL;
	}
	if (value[0] == '1')
		((struct arguments *)args)->requested_features |= bit;
	return 0;
}

static int
parse_arguments(const struct rte_pci_device *pci, struct arguments *args)
{
	static const char *const keys[] = { "disable_features", "packed", "in_order", NULL };
	const struct rte_devargs *devargs = pci->device.devargs;
	struct rte_kvargs *list;
	int ret;

	memset(args, 0, sizeof(*args));
	if (devargs == NULL || devargs->args == NULL || devargs->args[0] == '\0')
		return 0;
	list = rte_kvargs_parse(devargs->args, keys);
	if (list == NULL) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: invalid arguments \"%s\": a PCI device has "
				  "disable_features=NAME[+NAME]..., packed=0|1 and in_order=0|1",
				  pci->name, devargs->args);
		return -EINVAL;
	}
	ret = rte_kvargs_process(list, keys[0], parse_disabled, args);
	if (ret == 0)
		ret = rte_kvargs_process(list, keys[1], parse_requested, args);
	if (ret == 0)
		ret = rte_kvargs_process(list, keys[2], parse_requested, args);
	rte_kvargs_free(list);
	return ret < 0 ? -EINVAL : 0;
}

static int
probe(struct rte_pci_driver *drv, struct rte_pci_device *pci)
{
	struct rte_cryptodev *cdev;
	struct arguments args;
	int ret = check_process(pci);

	/* EAL has mapped the BARs at the addresses of the primary process. */
	if (ret == 0 && rte_eal_process_type() == RTE_PROC_SECONDARY)
		return virtio_cryptodev_attach(&pci->device, virtio_crypto_driver_id);
	if (ret == 0)
		ret = parse_arguments(pci, &args);
	if (ret != 0)
		return ret;
	cdev = virtio_cryptodev_create(&pci->device, &drv->driver, virtio_crypto_driver_id,
				       RTE_CRYPTODEV_PMD_DEFAULT_MAX_NB_QUEUE_PAIRS);
	if (cdev == NULL)
		return -ENODEV;
	ret = virtio_cryptodev_connect(cdev, make_transport(cdev->data->dev_private, pci, &args));
	if (ret != 0)
		virtio_cryptodev_destroy(cdev);
	else
		rte_cryptodev_pmd_probing_finish(cdev);
	return ret;
}

static int
remove_device(struct rte_pci_device *pci)
{
	return virtio_cryptodev_remove(pci->name);
}

static const struct rte_pci_id ids[] = {
	{ RTE_PCI_DEVICE(VIRTIO_PCI_VENDOR, VIRTIO_PCI_MODERN_DEVICE(VIRTIO_CRYPTO_DEVICE_ID)) },
	{ 0 },
};

static struct rte_pci_driver virtio_pci_driver = {
	.id_table = ids,
	.drv_flags = RTE_PCI_DRV_NEED_MAPPING,
	.probe = probe,
	.remove = remove_device,
};

RTE_PMD_REGISTER_PCI(crypto_virtio, virtio_pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(crypto_virtio, ids);
RTE_PMD_REGISTER_KMOD_DEP(crypto_virtio, "* igb_uio | uio_pci_generic | vfio-pci");
RTE_PMD_REGISTER_PARAM_STRING(crypto_virtio,
			      "disable_features=<string> packed=<0|1> in_order=<0|1>");
RTE_PMD_REGISTER_CRYPTO_DRIVER(virtio_crypto_driver, virtio_pci_driver.driver,
			       virtio_crypto_driver_id);
