/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef VIRTIO_CRYPTO_SDK_H
#define VIRTIO_CRYPTO_SDK_H

/**
 * @file
 * Everything that a crypto driver on the virtual and on the PCI bus needs of DPDK's driver ABI.
 *
 * The headers are DPDK's own where its installation has them (-Denable_driver_sdk=true), or else
 * those of the directory dpdk/ beside this file: the build puts that directory on the include path
 * only in this case. The second declare the same names with the same layouts, as far as they go,
 * for the LTS releases from 22.11 to 25.11.
 */

#include <rte_bus_pci.h>
#include <rte_bus_vdev.h>
#include <rte_cryptodev.h>

#include <bus_pci_driver.h>
#include <bus_vdev_driver.h>
#include <cryptodev_pmd.h>
#include <dev_driver.h>

#endif /* VIRTIO_CRYPTO_SDK_H */
