/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef BUS_VDEV_DRIVER_H
#define BUS_VDEV_DRIVER_H

/**
 * @file
 * Drivers and devices of the virtual bus: stands in for DPDK's bus_vdev_driver.h.
 *
 * The layouts have been the same in all known releases.
 */

#include <stdint.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_compat.h>
#include <rte_devargs.h>

#include "dev_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A device made by --vdev or rte_vdev_init(). Owned by the bus. */
struct rte_vdev_device {
	RTE_TAILQ_ENTRY(rte_vdev_device) next; /**< Link, for the bus. */
	struct rte_device device;	       /**< What is common to all buses. */
};

/** From the common part to the whole. */
#define RTE_DEV_TO_VDEV(ptr) container_of(ptr, struct rte_vdev_device, device)

/** From the common part to the whole, both read-only. */
#define RTE_DEV_TO_VDEV_CONST(ptr) container_of(ptr, const struct rte_vdev_device, device)

/** The name that the user gave to @p dev, or NULL if there is no device. */
static inline const char *
rte_vdev_device_name(const struct rte_vdev_device *dev)
{
	return dev != NULL ? dev->device.name : NULL;
}

/** The arguments that the user gave to @p dev after its name: "" if none. */
static inline const char *
rte_vdev_device_args(const struct rte_vdev_device *dev)
{
	if (dev == NULL || dev->device.devargs == NULL)
		return "";
	return dev->device.devargs->args;
}

/** Takes a device into use. Returns 0, or a negative errno. */
typedef int(rte_vdev_probe_t)(struct rte_vdev_device *dev);

/** Gives a device up. Returns 0, or a negative errno. */
typedef int(rte_vdev_remove_t)(struct rte_vdev_device *dev);

/** Lets a device reach @p len bytes at @p addr under the address @p iova. */
typedef int(rte_vdev_dma_map_t)(struct rte_vdev_device *dev, void *addr, uint64_t iova, size_t len);

/** Undoes rte_vdev_dma_map_t. */
typedef int(rte_vdev_dma_unmap_t)(struct rte_vdev_device *dev, void *addr, uint64_t iova,
				  size_t len);

/** A driver of the virtual bus. Owned by the driver, for as long as it is registered. */
struct rte_vdev_driver {
	RTE_TAILQ_ENTRY(rte_vdev_driver) next; /**< Link, for the bus. */
	struct rte_driver driver;	       /**< What is common to all buses. */
	rte_vdev_probe_t *probe;
	rte_vdev_remove_t *remove;
	rte_vdev_dma_map_t *dma_map;	 /**< May be NULL. */
	rte_vdev_dma_unmap_t *dma_unmap; /**< May be NULL. */
	uint32_t drv_flags;		 /**< RTE_VDEV_DRV_*. */
};

/** rte_vdev_driver.drv_flags: cannot work where EAL's IOVAs are physical addresses. */
#define RTE_VDEV_DRV_NEED_IOVA_AS_VA 0x0001

/** Makes @p driver known to the bus: for constructors, before EAL is initialised. */
__rte_internal void rte_vdev_register(struct rte_vdev_driver *driver);

/** Undoes rte_vdev_register(). */
__rte_internal void rte_vdev_unregister(struct rte_vdev_driver *driver);

/* How tools find the name: before 25.11 the macro wants a number that is unique in the file. */
#if SDK_RELEASE_SINCE(25, 11)
#define SDK_VDEV_EXPORT_NAME(nm) RTE_PMD_EXPORT_NAME(nm)
#else
#define SDK_VDEV_EXPORT_NAME(nm) RTE_PMD_EXPORT_NAME(nm, __COUNTER__)
#endif

/**
 * Registers @p vdrv, a struct rte_vdev_driver of the same file, as driver @p nm when the object is
 * loaded. The tentative definition leaves its alias NULL unless RTE_PMD_REGISTER_ALIAS() is there.
 */
#define RTE_PMD_REGISTER_VDEV(nm, vdrv)                                                            \
	static const char *vdev_alias_##nm;                                                        \
	RTE_INIT(vdev_register_##vdrv)                                                             \
	{                                                                                          \
		(vdrv).driver.name = RTE_STR(nm);                                                  \
		(vdrv).driver.alias = vdev_alias_##nm;                                             \
		rte_vdev_register(&(vdrv));                                                        \
	}                                                                                          \
	SDK_VDEV_EXPORT_NAME(nm)

/** Gives the driver that the same file registers as @p nm a second name. */
#define RTE_PMD_REGISTER_ALIAS(nm, alias) static const char *vdev_alias_##nm = RTE_STR(alias)

#ifdef __cplusplus
}
#endif

#endif /* BUS_VDEV_DRIVER_H */
