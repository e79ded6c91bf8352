/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_version.h>

#include <virtio_crypto_sdk_check.h>

#include "virtio_crypto_caps.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_mp.h"
#include "virtio_crypto_owner.h"
#include "virtio_crypto_queue.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_secondary.h"
#include "virtio_crypto_shared.h"
#include "virtio_crypto_sides.h"
#include "virtio_crypto_monitor.h"
#include "virtio_cryptodev.h"
#include "virtio_cryptodev_ops.h"

/* Initializes what each process has of its own. */
static void
init_process(struct rte_cryptodev *cdev, uint8_t driver_id)
{
	virtio_crypto_sides_init();
	cdev->driver_id = driver_id;
	cdev->dev_ops = &virtio_crypto_ops;
	cdev->enqueue_burst = virtio_crypto_owner_enqueue_burst;
	cdev->dequeue_burst = virtio_crypto_owner_dequeue_burst;
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	cdev->qp_depth_used = virtio_crypto_queue_depth_used;
#endif
	cdev->feature_flags = RTE_CRYPTODEV_FF_SYMMETRIC_CRYPTO |
		RTE_CRYPTODEV_FF_SYM_OPERATION_CHAINING | RTE_CRYPTODEV_FF_IN_PLACE_SGL |
		RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT |
		RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT;
}

static void
init(struct rte_cryptodev *cdev, uint8_t driver_id)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;

	pthread_mutex_init(&dev->lock, NULL);
	pthread_mutex_init(&dev->queues_lock, NULL);
	TAILQ_INIT(&dev->sessions);
	dev->data = cdev->data;
	init_process(cdev, driver_id);
}

struct rte_cryptodev *
virtio_cryptodev_create(struct rte_device *device, const struct rte_driver *driver,
			uint8_t driver_id, uint16_t queues)
{
	struct rte_cryptodev_pmd_init_params params = {
		.private_data_size = sizeof(struct virtio_crypto_dev),
		.socket_id = rte_socket_id(),
		.max_nb_queue_pairs = queues,
	};
	struct virtio_crypto_sdk_created created = {
		.name = rte_dev_name(device),
		.device = device,
		.params = &params,
		.driver = driver,
		.driver_id = driver_id,
	};
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];
	struct rte_cryptodev *cdev;

	cdev = rte_cryptodev_pmd_create(created.name, created.device, &params);
	if (cdev == NULL)
		return NULL;
	if (virtio_crypto_sdk_check_cryptodev(cdev, &created, reason, sizeof(reason)) != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: %s", created.name, reason);
		rte_cryptodev_pmd_destroy(cdev);
		return NULL;
	}
	init(cdev, driver_id);
	return cdev;
}

int
virtio_cryptodev_destroy(struct rte_cryptodev *cdev)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;
	struct virtio_crypto_dev end; /* what telemetry may look at until the cryptodev is gone */
	int ret;

	virtio_crypto_mp_unserve(dev);
	virtio_crypto_ops.dev_close(cdev);
	pthread_mutex_destroy(&dev->lock);
	end = *dev;
	ret = rte_cryptodev_pmd_destroy(cdev);
	if (ret != 0)
		return ret;
	virtio_crypto_queues_fini(&end);
	virtio_crypto_caps_fini(&end);
	return 0;
}

/* Adds the feature flags that depend on the device. */
static void
add_features(struct rte_cryptodev *cdev)
{
	const struct virtio_crypto_dev *dev = cdev->data->dev_private;

	if (virtio_crypto_can_stateless(dev))
		cdev->feature_flags |= RTE_CRYPTODEV_FF_SYM_SESSIONLESS;
	/* Without a control queue the device expects the digest outside of the data. */
	if (dev->has_ctrlq)
		cdev->feature_flags |= RTE_CRYPTODEV_FF_DIGEST_ENCRYPTED;
	if (!virtio_crypto_caps_has_rsa(dev) && !virtio_crypto_caps_has_ecdsa(dev))
		return;
	cdev->feature_flags |= RTE_CRYPTODEV_FF_ASYMMETRIC_CRYPTO;
	if (virtio_crypto_caps_has_rsa(dev))
		cdev->feature_flags |= RTE_CRYPTODEV_FF_RSA_PRIV_OP_KEY_EXP |
			RTE_CRYPTODEV_FF_RSA_PRIV_OP_KEY_QT;
	if (virtio_crypto_has_feature(dev->features, VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE))
		cdev->feature_flags |= RTE_CRYPTODEV_FF_ASYM_SESSIONLESS;
}

int
virtio_cryptodev_connect(struct rte_cryptodev *cdev, struct virtio_crypto_transport *tr)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;
	int ret;

	static uint64_t last_instance;

	dev->tr = tr;
	if (dev->tr == NULL)
		return -ENODEV;
	dev->instance = __atomic_add_fetch(&last_instance, 1, __ATOMIC_RELAXED);
	ret = virtio_crypto_lifecycle_init(dev);
	if (ret != 0)
		return ret;
	add_features(cdev);
	virtio_crypto_shared_open(dev);
	ret = virtio_crypto_monitor_start(dev);
	if (ret == 0)
		virtio_crypto_mp_serve(dev);
	return ret;
}

/* Destroys a cryptodev of a secondary process, which does not own the device. */
static int
detach(struct rte_cryptodev *cdev)
{
	virtio_crypto_shared_close(cdev->data->dev_private);
	virtio_crypto_secondary_detach(cdev->data->dev_id);
	cdev->dev_ops = NULL; /* the device is not to be closed */
	return rte_cryptodev_pmd_destroy(cdev);
}

/*
 * Creates the cryptodev; EAL counts those of this process, and finds the primary one's by number.
 */
static struct rte_cryptodev *
find_shared(struct rte_device *device)
{
	struct rte_cryptodev_pmd_init_params params = { .socket_id = rte_socket_id() };
	const char *name = rte_dev_name(device);
	struct rte_cryptodev *cdev = rte_cryptodev_pmd_create(name, device, &params);

	if (cdev == NULL) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: cannot attach secondary process: the primary process does "
				  "not have this device",
				  name);
		return NULL;
	}
	if (strcmp(cdev->data->name, name) == 0 && cdev->data->dev_private != NULL)
		return cdev;
	VIRTIO_CRYPTO_LOG(
		ERR,
		"%s: cannot attach secondary process: cryptodev %u of the primary process is "
		"\"%s\"; start both with the same devices in the same order",
		name, cdev->data->dev_id, cdev->data->name);
	cdev->dev_ops = NULL;
	rte_cryptodev_pmd_destroy(cdev);
	return NULL;
}

/*
 * Lets DPDK call the burst functions. It also looks for callbacks of the application, which only
 * the process that configured the device can have: here there are none.
 */
static void
let_use(struct rte_cryptodev *cdev)
{
	static struct rte_cryptodev_cb_rcu no_callbacks[UINT8_MAX + 1];

	if (cdev->data->queue_pairs == NULL) {
		VIRTIO_CRYPTO_LOG(
			WARNING,
			"%s: no queue pairs: configure the device in the primary process before a "
			"secondary process starts",
			cdev->data->name);
		return;
	}
	cdev->enq_cbs = no_callbacks;
	cdev->deq_cbs = no_callbacks;
	rte_cryptodev_pmd_probing_finish(cdev);
	cdev->enq_cbs = NULL;
	cdev->deq_cbs = NULL;
}

int
virtio_cryptodev_attach(struct rte_device *device, uint8_t driver_id)
{
	struct rte_cryptodev *cdev = find_shared(device);
	int ret;

	if (cdev == NULL)
		return -ENODEV;
	ret = virtio_crypto_secondary_attach(cdev->data);
	if (ret != 0) {
		detach(cdev);
		return ret;
	}
	init_process(cdev, driver_id);
	add_features(cdev);
	virtio_crypto_shared_open(cdev->data->dev_private);
	cdev->dev_ops = &virtio_crypto_secondary_ops;
	let_use(cdev);
	return 0;
}

/* A removed device is destroyed even if the application has not stopped it. */
int
virtio_cryptodev_remove(const char *name)
{
	struct rte_cryptodev *cdev = rte_cryptodev_pmd_get_named_dev(name);

	if (cdev == NULL)
		return -ENODEV;
	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		return detach(cdev);
	if (cdev->data->dev_started)
		rte_cryptodev_stop(cdev->data->dev_id);
	return virtio_cryptodev_destroy(cdev);
}
