/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The guest of a device: memory, rings and queues, from connection to release. */

#include <errno.h>
#include <string.h>

#include "device.h"
#include "log.h"
#include "session_dormant.h"
#include "session_table.h"

static uint32_t
count_rings(const struct rte_vhost_crypto_device *dev)
{
	return dev->nb_queues + !dev->dpdk_api;
}

bool
vc_device_try_stop_queue(struct rte_vhost_crypto_device *dev, uint32_t index)
{
	if (index < dev->nb_queues)
		return vc_queue_try_stop(&dev->queues[index]);
	vc_ctrlq_stop(&dev->ctrlq);
	return true;
}

bool
vc_device_try_stop_queues(struct rte_vhost_crypto_device *dev)
{
	bool stopped = true;
	uint32_t i;

	for (i = 0; i < count_rings(dev); i++)
		stopped &= vc_device_try_stop_queue(dev, i);
	return stopped;
}

int
vc_device_start_queue(struct rte_vhost_crypto_device *dev, uint32_t index, const char **fault)
{
	const struct vc_ring *ring = &dev->rings[index];
	struct vc_ring_parts parts;

	*fault = NULL;
	if (!ring->started || !ring->enabled)
		return 0;
	/*
	 * Checked now even if a program of DPDK's interface serves the queues later, so that the
	 * front-end learns of a fault.
	 */
	*fault = vc_ring_locate(ring, &dev->mem, dev->features, &parts);
	if (*fault != NULL)
		return -EINVAL;
	if (!dev->served)
		return 0;
	return index < dev->nb_queues ? vc_queue_start(&dev->queues[index], fault) :
					vc_ctrlq_start(&dev->ctrlq, fault);
}

int
vc_device_restart_queues(struct rte_vhost_crypto_device *dev)
{
	int error = 0, ret;
	const char *fault;
	uint32_t i;

	for (i = 0; i < count_rings(dev); i++) {
		ret = vc_device_start_queue(dev, i, &fault);
		if (ret == 0)
			continue;
		VC_LOG(ERR, "%s: queue %u cannot be started: %s", dev->path, i,
		       fault != NULL ? fault : strerror(-ret));
		dev->rings[i].enabled = false;
		error = ret;
	}
	return error;
}

void
vc_device_update_running(struct rte_vhost_crypto_device *dev)
{
	if (dev->dpdk_api)
		vc_dpdk_guest_set_running(&dev->dpdk_guest,
					  dev->rings[0].started && dev->rings[0].enabled);
}

int
vc_device_begin_guest(struct rte_vhost_crypto_device *dev)
{
	int ret;

	if (!dev->dpdk_api)
		return 0;
	ret = vc_dpdk_guest_connect(&dev->dpdk_guest);
	if (ret != 0)
		VC_LOG(ERR, "%s: cannot connect to librte_vhost: %s", dev->path, strerror(-ret));
	return ret;
}

bool
vc_device_guest_is_served(const struct rte_vhost_crypto_device *dev)
{
	return !dev->dpdk_api || vc_dpdk_guest_is_served(&dev->dpdk_guest);
}

void
vc_device_begin_release(struct rte_vhost_crypto_device *dev)
{
	uint32_t i;

	for (i = 0; i < count_rings(dev); i++)
		dev->rings[i].started = false;
	(void)vc_device_try_stop_queues(dev);
	if (dev->dpdk_api)
		vc_dpdk_guest_disconnect(&dev->dpdk_guest);
}

bool
vc_device_release(struct rte_vhost_crypto_device *dev)
{
	uint32_t i;

	if (!vc_device_try_stop_queues(dev))
		return false;
	/* The program must free the device before librte_vhost reuses its number. */
	if (dev->dpdk_api && (!vc_dpdk_guest_is_gone(&dev->dpdk_guest) || dev->served))
		return false;
	for (i = 0; i < dev->nb_queues; i++) {
		vc_queue_wipe(&dev->queues[i]);
		vc_queue_release(&dev->queues[i]);
	}
	for (i = 0; i < count_rings(dev); i++)
		vc_ring_clear(&dev->rings[i]);
	vc_inflight_drop_region(&dev->inflight);
	vc_device_forget_sessions(dev);
	vc_vhost_user_unmap_memory(&dev->vhost_user);
	vc_vhost_user_unmap_log(&dev->vhost_user);
	memset(&dev->log, 0, sizeof(dev->log));
	dev->features = 0;
	return true;
}

static bool
session_held(void *arg, uint32_t session)
{
	struct rte_vhost_crypto_device *dev = arg;
	uint16_t i;

	for (i = 0; i < dev->nb_queues; i++)
		if (vc_queue_holds_session(&dev->queues[i], session))
			return true;
	return false;
}

void
vc_device_reap_sessions(struct rte_vhost_crypto_device *dev)
{
	vc_sessions_reap(&dev->sessions, session_held, dev);
}

void
vc_device_reap_sessions_soon(struct rte_vhost_crypto_device *dev)
{
	vc_device_reap_sessions(dev);
	if (dev->sessions.nb_zombies > 0)
		vc_loop_request_tick();
}

void
vc_device_forget_sessions(struct rte_vhost_crypto_device *dev)
{
	uint16_t i;

	for (i = 0; i < dev->nb_queues; i++)
		vc_cache_clear(&dev->queues[i].cache);
	vc_sessions_destroy_all(&dev->sessions);
	vc_device_reap_sessions(dev);
}

static bool
is_ready(const struct rte_vhost_crypto_device *dev)
{
	/* Devices of DPDK's interface have no control queue, and are always ready. */
	return dev->dpdk_api || dev->config.status == rte_cpu_to_le_32(VIRTIO_CRYPTO_S_HW_READY);
}

void
vc_device_set_ready(struct rte_vhost_crypto_device *dev, bool ready)
{
	if (is_ready(dev) == ready)
		return;
	dev->config.status = rte_cpu_to_le_32(ready ? VIRTIO_CRYPTO_S_HW_READY : 0);
	dev->refusal_logged = false;
	VC_LOG(NOTICE, "%s: the device is %s", dev->path,
	       ready ? "ready again" : "not ready and creates no sessions");
	vc_vhost_user_send_config_change(&dev->vhost_user);
}

/* Destroys dormant sessions until a new session has room. */
static void
make_room(struct rte_vhost_crypto_device *dev, uint8_t service)
{
	struct vc_session_table *table = &dev->sessions;

	while (table->nb_dormant > 0 && vc_session_lacks_room(table, service) &&
	       vc_session_destroy_dormant(table))
		vc_device_reap_sessions(dev);
}

int
vc_device_create_session(struct rte_vhost_crypto_device *dev,
			 const struct vc_session_params *params, uint64_t *id)
{
	if (is_ready(dev)) {
		make_room(dev, params->service);
		return vc_session_create(&dev->sessions, params, id);
	}
	if (!dev->refusal_logged)
		VC_LOG(NOTICE,
		       "%s: session rejected: the device is not ready; further ones "
		       "are not logged",
		       dev->path);
	dev->refusal_logged = true;
	return VIRTIO_CRYPTO_ERR;
}
