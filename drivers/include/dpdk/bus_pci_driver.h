/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef BUS_PCI_DRIVER_H
#define BUS_PCI_DRIVER_H

/**
 * @file
 * Drivers and devices of the PCI bus: stands in for DPDK's bus_pci_driver.h.
 *
 * The layouts have been the same in all known releases. Mapping of BARs and access to the config
 * space are in <rte_bus_pci.h>, which every DPDK installs.
 */

#include <stdint.h>

#include <rte_bus_pci.h>
#include <rte_common.h>
#include <rte_compat.h>
#include <rte_pci.h>

#include "dev_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a PCI device is bound to in the kernel. */
enum rte_pci_kernel_driver {
	RTE_PCI_KDRV_UNKNOWN = 0, /**< A driver that EAL has no use for. */
	RTE_PCI_KDRV_IGB_UIO,	  /**< igb_uio. */
	RTE_PCI_KDRV_VFIO,	  /**< vfio-pci. */
	RTE_PCI_KDRV_UIO_GENERIC, /**< uio_pci_generic. */
	RTE_PCI_KDRV_NIC_UIO,	  /**< nic_uio (FreeBSD). */
	RTE_PCI_KDRV_NONE,	  /**< No driver. */
	RTE_PCI_KDRV_NET_UIO,	  /**< NetUIO (Windows). */
};

/** A device on the PCI bus. Owned by the bus. */
struct rte_pci_device {
	RTE_TAILQ_ENTRY(rte_pci_device) next; /**< Link, for the bus. */
	struct rte_device device;	      /**< What is common to all buses. */
	struct rte_pci_addr addr;	      /**< Domain, bus, device, function. */
	struct rte_pci_id id;		      /**< Vendor, device, subsystem, class. */
	struct rte_mem_resource mem_resource[PCI_MAX_RESOURCE]; /**< BARs, once mapped. */
	struct rte_intr_handle *intr_handle; /**< Its interrupts, while a driver has it. */
	struct rte_pci_driver *driver;	     /**< Set by the bus before a probe. */
	uint16_t max_vfs;		     /**< Virtual functions, 0 if there can be none. */
	enum rte_pci_kernel_driver kdrv;     /**< What it is bound to in the kernel. */
	char name[PCI_PRI_STR_SIZE + 1];     /**< @p addr as text, device.name. */
	char *bus_info;			     /**< device.bus_info. */
	struct rte_intr_handle *vfio_req_intr_handle; /**< VFIO asks for the device back. */
};

/** From the common part to the whole. */
#define RTE_DEV_TO_PCI(ptr) container_of(ptr, struct rte_pci_device, device)

/** From the common part to the whole, both read-only. */
#define RTE_DEV_TO_PCI_CONST(ptr) container_of(ptr, const struct rte_pci_device, device)

/** The initialiser of a row of rte_pci_driver.id_table: any class, any subsystem. */
#define RTE_PCI_DEVICE(vend, dev)                                                                  \
	.class_id = RTE_CLASS_ANY_ID, .vendor_id = (vend), .device_id = (dev),                     \
	.subsystem_vendor_id = RTE_PCI_ANY_ID, .subsystem_device_id = RTE_PCI_ANY_ID

/** Takes a device into use. Returns 0; a negative errno; 1 if the device is not for this driver. */
typedef int(rte_pci_probe_t)(struct rte_pci_driver *drv, struct rte_pci_device *dev);

/** Gives a device up. Returns 0, or a negative errno. */
typedef int(rte_pci_remove_t)(struct rte_pci_device *dev);

/** Lets a device reach @p len bytes at @p addr under the address @p iova. */
typedef int(pci_dma_map_t)(struct rte_pci_device *dev, void *addr, uint64_t iova, size_t len);

/** Undoes pci_dma_map_t. */
typedef int(pci_dma_unmap_t)(struct rte_pci_device *dev, void *addr, uint64_t iova, size_t len);

/** A driver of the PCI bus. Owned by the driver, for as long as it is registered. */
struct rte_pci_driver {
	RTE_TAILQ_ENTRY(rte_pci_driver) next; /**< Link, for the bus. */
	struct rte_driver driver;	      /**< What is common to all buses. */
	rte_pci_probe_t *probe;
	rte_pci_remove_t *remove;
	pci_dma_map_t *dma_map;		   /**< May be NULL. */
	pci_dma_unmap_t *dma_unmap;	   /**< May be NULL. */
	const struct rte_pci_id *id_table; /**< Up to a row whose vendor is 0. */
	uint32_t drv_flags;		   /**< RTE_PCI_DRV_*. */
};

/** rte_pci_driver.drv_flags: the bus is to map the BARs before a probe. */
#define RTE_PCI_DRV_NEED_MAPPING 0x0001
/** rte_pci_driver.drv_flags: map them write-combining. */
#define RTE_PCI_DRV_WC_ACTIVATE 0x0002
/** rte_pci_driver.drv_flags: a device in use may be probed again. */
#define RTE_PCI_DRV_PROBE_AGAIN 0x0004
/** rte_pci_driver.drv_flags: the device interrupts when its link changes. */
#define RTE_PCI_DRV_INTR_LSC 0x0008
/** rte_pci_driver.drv_flags: the device interrupts when it is removed. */
#define RTE_PCI_DRV_INTR_RMV 0x0010
/** rte_pci_driver.drv_flags: leave the BARs mapped if the probe says that it is not for us. */
#define RTE_PCI_DRV_KEEP_MAPPED_RES 0x0020
/** rte_pci_driver.drv_flags: cannot work where EAL's IOVAs are physical addresses. */
#define RTE_PCI_DRV_NEED_IOVA_AS_VA 0x0040

/** Makes @p driver known to the bus: for constructors, before EAL is initialised. */
__rte_internal void rte_pci_register(struct rte_pci_driver *driver);

/** Undoes rte_pci_register(). */
__rte_internal void rte_pci_unregister(struct rte_pci_driver *driver);

/* How tools find the name: before 25.11 the macro wants a number that is unique in the file. */
#if SDK_RELEASE_SINCE(25, 11)
#define SDK_PCI_EXPORT_NAME(nm) RTE_PMD_EXPORT_NAME(nm)
#else
#define SDK_PCI_EXPORT_NAME(nm) RTE_PMD_EXPORT_NAME(nm, __COUNTER__)
#endif

/**
 * Registers @p pci_drv, a struct rte_pci_driver of the same file, as driver @p nm when the object
 * is loaded.
 */
#define RTE_PMD_REGISTER_PCI(nm, pci_drv)                                                          \
	RTE_INIT(pci_register_##nm)                                                                \
	{                                                                                          \
		(pci_drv).driver.name = RTE_STR(nm);                                               \
		rte_pci_register(&(pci_drv));                                                      \
	}                                                                                          \
	SDK_PCI_EXPORT_NAME(nm)

#ifdef __cplusplus
}
#endif

#endif /* BUS_PCI_DRIVER_H */
