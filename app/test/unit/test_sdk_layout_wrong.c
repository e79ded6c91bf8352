/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Does the check that every probe makes notice declarations of DPDK's driver ABI that do not fit?
 *
 * Compiled once for each SDK_WRONG_* macro, which makes one layout wrong in one place. Passes if
 * the device is refused for this reason, and is gone afterwards.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* All of DPDK's public headers that any file here wants: what follows is to change none of them. */
#include <rte_bus.h>
#include <rte_bus_pci.h>
#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_cryptodev.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_pci.h>
#include <rte_version.h>

/* A member too many in a structure, before the one of this name; and what the check says of it. */
#if defined(SDK_WRONG_BUS_INFO)
#define bus_info  shift_, *bus_info
#define SDK_WRONG "rte_device."
#elif defined(SDK_WRONG_DEQUEUE_BURST)
#define dequeue_burst shift_, dequeue_burst
#define SDK_WRONG     "rte_cryptodev.data"
#elif defined(SDK_WRONG_DEV_OPS)
#define dev_ops	  shift_, *dev_ops
#define SDK_WRONG "rte_cryptodev.device"
#elif defined(SDK_WRONG_DRIVER_ID)
#define driver_id shift_, driver_id
#define SDK_WRONG "rte_cryptodev.driver_id"
#elif defined(SDK_WRONG_SECURITY_CTX)
#define security_ctx shift_, *security_ctx
#define SDK_WRONG    "rte_cryptodev.feature_flags, or security_ctx"
#elif defined(SDK_WRONG_DEV_PRIVATE)
#define dev_private shift_, *dev_private
#define SDK_WRONG   "rte_cryptodev_data.dev_private"
#elif defined(SDK_WRONG_DEV_INFOS_GET)
#define dev_infos_get shift_, dev_infos_get
#define SDK_WRONG     "rte_cryptodev.dev_ops, or rte_cryptodev_ops.dev_infos_get"
#elif defined(SDK_WRONG_STATS_GET)
#define stats_get shift_, stats_get
#define SDK_WRONG "rte_cryptodev_ops.stats_get"
#elif defined(SDK_WRONG_SYM_SESSION_GET_SIZE)
#define sym_session_get_size shift_, sym_session_get_size
#define SDK_WRONG	     "rte_cryptodev_ops.sym_session_get_size"
#elif defined(SDK_WRONG_SESS_DATA_SZ)
#define sess_data_sz shift_, sess_data_sz
#define SDK_WRONG    "struct rte_cryptodev_sym_session"
#elif defined(SDK_WRONG_MAX_PRIV_DATA_SZ)
#define max_priv_data_sz shift_, max_priv_data_sz
#define SDK_WRONG	 "struct rte_cryptodev_asym_session"
#elif defined(SDK_WRONG_RELEASE)
#define SDK_WRONG "compiled for DPDK"
#else
#error "Which layout is to be wrong?"
#endif

#include <virtio_crypto_sdk.h>

#undef bus_info
#undef dequeue_burst
#undef dev_ops
#undef driver_id
#undef security_ctx
#undef dev_private
#undef dev_infos_get
#undef stats_get
#undef sym_session_get_size
#undef sess_data_sz
#undef max_priv_data_sz

#ifdef SDK_WRONG_RELEASE
#undef RTE_VER_MONTH
#define RTE_VER_MONTH 10
#endif

/* Not linked, but compiled here, with the layouts of this file. */
#include "virtio_crypto_sdk_check.c"
#include "virtio_crypto_sdk_check_cryptodev.c"

#include "test_sdk.h"

#define DEVICE_NAME "crypto_sdk_wrong0"

static struct rte_vdev_driver vdev_drv;
static uint8_t vdev_drv_id;
static char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];

/* A driver's probe, up to where the check is to refuse. */
static int
probe(struct rte_vdev_device *vdev)
{
	struct rte_cryptodev_pmd_init_params params = { .private_data_size = 1000 };
	struct virtio_crypto_sdk_created created = {
		.device = &vdev->device,
		.params = &params,
		.driver = &vdev_drv.driver,
		.driver_id = vdev_drv_id,
	};
	struct rte_cryptodev *dev;
	int ret;

	ret = virtio_crypto_sdk_check_release(reason, sizeof(reason));
	if (ret != 0)
		return ret;
	ret = virtio_crypto_sdk_check_vdev(vdev, &vdev_drv, reason, sizeof(reason));
	if (ret != 0)
		return ret;
	created.name = rte_vdev_device_name(vdev);
	dev = rte_cryptodev_pmd_create(created.name, created.device, &params);
	if (dev == NULL)
		return -ENOMEM;
	ret = virtio_crypto_sdk_check_cryptodev(dev, &created, reason, sizeof(reason));
	expect(rte_cryptodev_pmd_destroy(dev) == 0, "the device can be destroyed");
	return ret;
}

static struct cryptodev_driver crypto_drv;
static struct rte_vdev_driver vdev_drv = {
	.probe = probe,
};

RTE_PMD_REGISTER_VDEV(crypto_sdk_wrong, vdev_drv);
RTE_PMD_REGISTER_CRYPTO_DRIVER(crypto_drv, vdev_drv.driver, vdev_drv_id);

int
main(void)
{
	if (!eal_starts("--no-pci", ""))
		return 1;
	expect(rte_vdev_init(DEVICE_NAME, "") == -ENOTSUP, "the device is refused");
	printf("     %s\n", reason);
	expect(strncmp(reason, SDK_WRONG, strlen(SDK_WRONG)) == 0, "because of " SDK_WRONG);
	expect(rte_cryptodev_count() == 0 && rte_cryptodev_get_dev_id(DEVICE_NAME) < 0,
	       "the refused device is gone");
	rte_eal_cleanup();
	return failures == 0 ? 0 : 1;
}
