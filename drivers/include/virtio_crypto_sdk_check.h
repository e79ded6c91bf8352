/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef VIRTIO_CRYPTO_SDK_CHECK_H
#define VIRTIO_CRYPTO_SDK_CHECK_H

/**
 * @file
 * Does what <virtio_crypto_sdk.h> declares fit the DPDK libraries that run?
 *
 * Of a symbol of DPDK's driver ABI the dynamic linker checks the name only, so a driver that is
 * loaded into a DPDK with other layouts would corrupt its memory. A probe that calls the functions
 * of this file, in the order in which they stand here, refuses the device instead: what it reads
 * and writes by our declarations is compared with what the library's own functions read.
 *
 * All run in the thread that probes. Each returns 0 if everything fits; or -ENOTSUP, with what
 * does not and what to do about it, in one line without a newline, in @p reason of @p len bytes.
 */

#include <stddef.h>
#include <stdint.h>

#include <virtio_crypto_sdk.h>

/** Bytes that hold any reason. */
#define VIRTIO_CRYPTO_SDK_REASON_LEN 256

/** What was given to rte_cryptodev_pmd_create(), and by whom. */
struct virtio_crypto_sdk_created {
	const char *name;				    /**< First argument. */
	struct rte_device *device;			    /**< Second argument. */
	const struct rte_cryptodev_pmd_init_params *params; /**< Third argument. */
	const struct rte_driver *driver; /**< Given to RTE_PMD_REGISTER_CRYPTO_DRIVER(). */
	uint8_t driver_id;		 /**< Got from RTE_PMD_REGISTER_CRYPTO_DRIVER(). */
};

/** Checks that the libraries are of the release whose headers the caller was compiled with. */
int virtio_crypto_sdk_check_release(char *reason, size_t len);

/** Checks @p vdev, which the virtual bus gives to the probe of @p drv. */
int virtio_crypto_sdk_check_vdev(const struct rte_vdev_device *vdev,
				 const struct rte_vdev_driver *drv, char *reason, size_t len);

/** Checks @p pci, which the PCI bus gives to the probe of @p drv. */
int virtio_crypto_sdk_check_pci(const struct rte_pci_device *pci, const struct rte_pci_driver *drv,
				char *reason, size_t len);

/**
 * Checks @p dev, fresh from rte_cryptodev_pmd_create(), before the driver writes to it.
 *
 * Writes to @p dev, to its data and to @p created's device for a while, and leaves them as they
 * were: nothing else may use them meanwhile. So it is for the primary process only, and for
 * before rte_cryptodev_pmd_probing_finish(). A refused device is still the caller's to destroy.
 */
int virtio_crypto_sdk_check_cryptodev(struct rte_cryptodev *dev,
				      const struct virtio_crypto_sdk_created *created, char *reason,
				      size_t len);

#endif /* VIRTIO_CRYPTO_SDK_CHECK_H */
