/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The driver on the virtual bus: probe and remove of --vdev crypto_virtio_user0,path=SOCKET.
 */

#include <errno.h>

#include <rte_eal.h>

#include <virtio_crypto_sdk_check.h>

#include "virtio_crypto_logs.h"
#include "virtio_cryptodev.h"
#include "virtio_user_dev.h"

static struct rte_vdev_driver virtio_user_driver;
static struct cryptodev_driver virtio_crypto_driver;
static uint8_t virtio_crypto_driver_id;

/* Whether the driver fits this release of DPDK. */
static int
check_process(const struct rte_vdev_device *vdev)
{
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];

	if (virtio_crypto_sdk_check_release(reason, sizeof(reason)) != 0 ||
	    virtio_crypto_sdk_check_vdev(vdev, &virtio_user_driver, reason, sizeof(reason)) != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s", reason);
		return -ENOTSUP;
	}
	return 0;
}

static int
probe(struct rte_vdev_device *vdev)
{
	struct virtio_user_args args;
	struct rte_cryptodev *cdev;
	int ret = check_process(vdev);

	if (ret == 0 && rte_eal_process_type() == RTE_PROC_SECONDARY)
		return virtio_cryptodev_attach(&vdev->device, virtio_crypto_driver_id);
	if (ret == 0)
		ret = virtio_user_args_parse(rte_vdev_device_args(vdev), &args);
	if (ret != 0)
		return ret;
	cdev = virtio_cryptodev_create(&vdev->device, &virtio_user_driver.driver,
				       virtio_crypto_driver_id, args.queues);
	if (cdev == NULL)
		return -ENODEV;
	/* The bus does that later; but telemetry asks for the name while we wait for the device. */
	vdev->device.driver = &virtio_user_driver.driver;
	ret = virtio_cryptodev_connect(cdev, virtio_user_create(cdev->data->dev_private, &args));
	if (ret != 0) {
		virtio_cryptodev_destroy(cdev);
		vdev->device.driver = NULL;
		return ret;
	}
	rte_cryptodev_pmd_probing_finish(cdev);
	return 0;
}

static int
remove_device(struct rte_vdev_device *vdev)
{
	return virtio_cryptodev_remove(rte_vdev_device_name(vdev));
}

static struct rte_vdev_driver virtio_user_driver = {
	.probe = probe,
	.remove = remove_device,
};

RTE_PMD_REGISTER_VDEV(crypto_virtio_user, virtio_user_driver);
RTE_PMD_REGISTER_CRYPTO_DRIVER(virtio_crypto_driver, virtio_user_driver.driver,
			       virtio_crypto_driver_id);
RTE_PMD_REGISTER_PARAM_STRING(crypto_virtio_user,
			      "path=<string> queues=<int> queue_size=<int> server=<0|1> "
			      "session_msg=<auto|new|old> disable_features=<name[+name]...> "
			      "packed=<0|1> in_order=<0|1>");
