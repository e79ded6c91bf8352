/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef DEV_DRIVER_H
#define DEV_DRIVER_H

/**
 * @file
 * What every driver and every device has, on whatever bus: stands in for DPDK's dev_driver.h.
 *
 * The layouts have been the same in all known releases. rte_driver_name(), rte_dev_name() and
 * their like in <rte_dev.h> read the same members through the library's own declaration.
 */

#include "sdk_release.h"

#include <rte_common.h>
#include <rte_dev.h>
#include <rte_tailq.h>

/** The part of a driver that EAL knows. Owned by the driver, for as long as it is registered. */
struct rte_driver {
	RTE_TAILQ_ENTRY(rte_driver) next; /**< Link, for EAL. */
	const char *name;		  /**< Set by the RTE_PMD_REGISTER_* macro of the bus. */
	const char *alias;		  /**< A second name, or NULL. */
};

/** The part of a device that EAL knows. Owned by the bus. */
struct rte_device {
	RTE_TAILQ_ENTRY(rte_device) next; /**< Link, for EAL. */
	const char *name;		  /**< Unique on its bus. */
	const char *bus_info; /**< What the bus has to say about it, as text; may be NULL. */
	const struct rte_driver *driver; /**< Set by the bus once a probe has succeeded. */
	const struct rte_bus *bus;	 /**< The bus that found it. */
	int numa_node;			 /**< NUMA node, or SOCKET_ID_ANY. */
	struct rte_devargs *devargs;	 /**< What the user gave, or NULL. */
};

/*
 * Constants by which tools find a driver's name and parameters in its shared object. <rte_dev.h>
 * had them up to 25.07.
 */
#if SDK_RELEASE_SINCE(25, 11)

/** Defines a constant that no code refers to, and keeps it in the object. */
#define RTE_PMD_EXPORT_SYMBOL(type, name) __attribute__((used)) type name

/** Names a driver, for tools. */
#define RTE_PMD_EXPORT_NAME(name)                                                                  \
	RTE_PMD_EXPORT_SYMBOL(const char, this_pmd_name##name)[] = RTE_STR(name)

/** The name of the constant in which driver @p name tells @p tag. */
#define DRV_EXP_TAG(name, tag) __##name##_##tag

/** Names the PCI ID table of a driver, for tools. */
#define RTE_PMD_REGISTER_PCI_TABLE(name, table)                                                    \
	RTE_PMD_EXPORT_SYMBOL(const char, DRV_EXP_TAG(name, pci_tbl_export))[] = RTE_STR(table)

/** Describes the device arguments of a driver, for tools: "key=<value> key=<value>". */
#define RTE_PMD_REGISTER_PARAM_STRING(name, str)                                                   \
	RTE_PMD_EXPORT_SYMBOL(const char, DRV_EXP_TAG(name, param_string_export))[] = str

/** Tells which kernel modules devices may be bound to: "* uio_pci_generic | vfio-pci". */
#define RTE_PMD_REGISTER_KMOD_DEP(name, str)                                                       \
	RTE_PMD_EXPORT_SYMBOL(const char, DRV_EXP_TAG(name, kmod_dep_export))[] = str

#endif /* 25.11 */

#endif /* DEV_DRIVER_H */
