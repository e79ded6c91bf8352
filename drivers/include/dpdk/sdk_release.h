/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef SDK_RELEASE_H
#define SDK_RELEASE_H

/**
 * @file
 * The DPDK releases whose driver ABI the headers of this directory declare.
 *
 * DPDK promises nothing about this ABI from one quarter to the next, but keeps it through all
 * maintenance releases of an LTS release: so the LTS releases are known by name, and no other.
 */

#include <rte_version.h>

#if RTE_VER_MONTH != 11 || RTE_VER_YEAR < 22 || RTE_VER_YEAR > 25
#error "This DPDK lacks its driver headers (cryptodev_pmd.h, bus_vdev_driver.h, ...), and is none \
of those whose driver ABI is known: 22.11, 23.11, 24.11, 25.11. Build against one of these, or \
against a DPDK configured with 'meson setup -Denable_driver_sdk=true', which installs the headers."
#endif

/** True if the DPDK compiled against is release @p year.@p month or later. */
#define SDK_RELEASE_SINCE(year, month) (RTE_VERSION >= RTE_VERSION_NUM(year, month, 0, 0))

#endif /* SDK_RELEASE_H */
