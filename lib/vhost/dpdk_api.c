/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The interface of DPDK's own library. Its program registers the socket with librte_vhost and
 * owns the callbacks, so a device is bound to its vhost device by rte_vhost_crypto_create() only:
 * at "new device" or, as DPDK's own program does it from 24.11 on, at "new connection". Sessions
 * that the front-end creates before then are made on the first cryptodev that can do them.
 */

#include <errno.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_vhost.h>

#include "device.h"
#include "virtio_crypto_features.h"
#include "log.h"

/* IVs have to share VHOST_CRYPTO_MAX_IV_LEN bytes of the caller's operations. */
#define AUTH_IV_OFFSET 16

/* Until it is known which cryptodev is to work, the first ones of the process are the set. */
static struct rte_vhost_crypto_device *
dpdk_api_device(const char *path)
{
	uint8_t cdevs[RTE_VHOST_CRYPTO_MAX_CDEVS];
	uint16_t qp[RTE_VHOST_CRYPTO_MAX_CDEVS] = { 0 }; /* the caller's own, never used */
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.cdev_ids = cdevs,
		.qp_ids = qp,
		.nb_sessions = VHOST_CRYPTO_SESSION_MAP_ENTRIES,
		.socket_id = SOCKET_ID_ANY,
		/* Which cryptodev is to keep sessions for them is known too late. */
		.disabled_features = VIRTIO_CRYPTO_STATELESS_MODES,
	};
	struct rte_vhost_crypto_device *dev;
	unsigned int id;

	for (id = 0; id < RTE_CRYPTO_MAX_DEVS && conf.nb_cdevs < RTE_DIM(cdevs); id++)
		if (rte_cryptodev_is_valid_dev(id))
			cdevs[conf.nb_cdevs++] = id;
	dev = vc_device_create(path, &conf, true);
	if (dev == NULL)
		return NULL;
	dev->sessions.auth_iv_offset = AUTH_IV_OFFSET;
	strcpy(dev->inner_path, path);
	vc_device_fill_config(dev, 0);
	return dev;
}

int
rte_vhost_crypto_driver_start(const char *path)
{
	struct rte_vhost_crypto_device *dev = dpdk_api_device(path);

	if (dev == NULL)
		return -1;
	if (vc_thread_get() != 0) {
		vc_device_destroy(dev);
		return -1;
	}
	if (vc_device_open(dev) != 0) {
		vc_thread_put();
		vc_device_destroy(dev);
		return -1;
	}
	return 0;
}

static struct rte_vhost_crypto_device *
device_of_new_vid(int vid)
{
	struct rte_vhost_crypto_device *dev;
	char path[PATH_MAX];

	if (rte_vhost_get_ifname(vid, path, sizeof(path)) != 0)
		return NULL;
	vc_thread_lock();
	dev = vc_device_by_path(path);
	vc_thread_unlock();
	return dev != NULL && dev->dpdk_api ? dev : NULL;
}

int
rte_vhost_crypto_create(int vid, uint8_t cryptodev_id, struct rte_mempool *sess_pool __rte_unused,
			int socket_id __rte_unused)
{
	struct rte_vhost_crypto_device *dev = device_of_new_vid(vid);
	uint16_t i;
	int ret;

	if (dev == NULL || !rte_cryptodev_is_valid_dev(cryptodev_id)) {
		VC_LOG(ERR,
		       "vhost device %d was not started by rte_vhost_crypto_driver_start(), "
		       "or there is no cryptodev %u",
		       vid, cryptodev_id);
		return -EINVAL;
	}
	vc_thread_lock();
	vc_sessions_bind(&dev->sessions, cryptodev_id);
	vc_device_fill_config(dev, 0);
	vc_thread_unlock();
	if (vc_device_attach(dev, vid) != 0)
		return -EINVAL;
	/* At "new connection" there is nothing yet, and messages say what comes. */
	if (rte_vhost_get_vring_num(vid) == 0)
		return 0;
	vc_device_load_memory(dev);
	/* librte_vhost says "new device" when every vring that it knows is set up. */
	for (i = 0; i < RTE_MIN(dev->nb_queues, rte_vhost_get_vring_num(vid)); i++)
		dev->enabled[i] = true;
	ret = vc_device_start_queues(dev);
	if (ret != 0)
		vc_device_detach(dev);
	return ret;
}

int
rte_vhost_crypto_free(int vid)
{
	struct rte_vhost_crypto_device *dev = vc_device_by_vid(vid);

	if (dev == NULL || !dev->dpdk_api)
		return -EINVAL;
	vc_device_detach(dev);
	return 0;
}

int
rte_vhost_crypto_set_zero_copy(int vid, enum rte_vhost_crypto_zero_copy option)
{
	struct rte_vhost_crypto_device *dev = vc_device_by_vid(vid);

	if (dev == NULL ||
	    (option != RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE &&
	     option != RTE_VHOST_CRYPTO_ZERO_COPY_ENABLE))
		return -EINVAL;
	return vc_device_set_copy(dev, option == RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE);
}

uint16_t
rte_vhost_crypto_fetch_requests(int vid, uint32_t qid, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	struct rte_vhost_crypto_device *dev = vc_device_by_vid(vid);

	if (unlikely(dev == NULL || qid >= dev->nb_queues))
		return 0;
	return vc_queue_fetch(&dev->queues[qid], ops, nb_ops, false);
}

struct callfds {
	int *fds;
	uint16_t count;
};

static void
collect_callfd(void *arg, struct vc_queue *q)
{
	struct callfds *c = arg;

	if (q->vring.callfd >= 0 && c->count < VIRTIO_CRYPTO_MAX_NUM_BURST_VQS)
		c->fds[c->count++] = q->vring.callfd;
}

uint16_t
rte_vhost_crypto_finalize_requests(struct rte_crypto_op **ops, uint16_t nb_ops, int *callfds,
				   uint16_t *nb_callfds)
{
	struct callfds c = { .fds = callfds };

	vc_queue_complete(ops, nb_ops, collect_callfd, &c);
	*nb_callfds = c.count;
	return nb_ops;
}
