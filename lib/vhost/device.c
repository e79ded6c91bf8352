/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What librte_vhost tells a device about its guest. Thread: librte_vhost's, where not said. */

#include <errno.h>
#include <string.h>

#include <rte_vhost.h>

#include "device.h"
#include "log.h"
#include "virtio_crypto_features.h"

static struct rte_vhost_crypto_device *by_vid[RTE_MAX_VHOST_DEVICE];

struct rte_vhost_crypto_device *
vc_device_by_vid(int vid)
{
	if (vid < 0 || vid >= RTE_MAX_VHOST_DEVICE)
		return NULL;
	return __atomic_load_n(&by_vid[vid], __ATOMIC_ACQUIRE);
}

static void
stop_queue(struct rte_vhost_crypto_device *dev, uint32_t index)
{
	if (index < dev->nb_queues) {
		vc_queue_stop(&dev->queues[index], dev->vid);
	} else if (index == dev->nb_queues) {
		vc_thread_lock();
		vc_ctrlq_stop(&dev->ctrlq, dev->vid);
		vc_thread_unlock();
	}
}

static void
stop_queues(struct rte_vhost_crypto_device *dev)
{
	uint32_t i;

	for (i = 0; i <= dev->nb_queues; i++)
		stop_queue(dev, i);
}

/* Starts a queue if all of it is set up; one that cannot be is disabled. 0 or a negative errno. */
static int
start_queue(struct rte_vhost_crypto_device *dev, uint32_t index)
{
	int ret;

	if (index < dev->nb_queues) {
		if (dev->queues[index].vring.size != 0)
			return 0;
		ret = vc_queue_start(&dev->queues[index], dev->vid);
	} else {
		if (dev->dpdk_api)
			return 0;
		vc_thread_lock();
		ret = vc_ctrlq_start(&dev->ctrlq, dev->vid);
		vc_thread_unlock();
	}
	if (ret == 0 || ret == -EAGAIN)
		return 0;
	VC_LOG(ERR, "%s: queue %u cannot be started: %s", dev->path, index, strerror(-ret));
	dev->enabled[index] = false;
	return ret;
}

int
vc_device_start_queues(struct rte_vhost_crypto_device *dev)
{
	int error = 0, ret;
	uint32_t i;

	if (dev->mem.nb_regions == 0)
		return 0;
	for (i = 0; i <= dev->nb_queues; i++) {
		ret = dev->enabled[i] ? start_queue(dev, i) : 0;
		if (ret != 0)
			error = ret;
	}
	return error;
}

/* The vring that a message is about, or UINT32_MAX: the whole device. */
static uint32_t
message_vring(uint32_t request, const uint8_t *payload)
{
	uint64_t u64;

	memcpy(&u64, payload, sizeof(u64));
	switch (request) {
	case VHOST_USER_SET_VRING_NUM:
	case VHOST_USER_SET_VRING_ADDR:
	case VHOST_USER_SET_VRING_BASE:
	case VHOST_USER_GET_VRING_BASE:
	case VHOST_USER_SET_VRING_ENABLE:
		return (uint32_t)u64; /* the first field of each is a u32 index */
	case VHOST_USER_SET_VRING_KICK:
	case VHOST_USER_SET_VRING_CALL:
	case VHOST_USER_SET_VRING_ERR:
		return u64 & VHOST_USER_VRING_MASK;
	default:
		return UINT32_MAX;
	}
}

/* Whether librte_vhost changes memory, features or all vrings for a message. */
static bool
changes_device(uint32_t request)
{
	switch (request) {
	case VHOST_USER_SET_FEATURES:
	case VHOST_USER_SET_OWNER:
	case VHOST_USER_RESET_OWNER:
	case VHOST_USER_RESET_DEVICE:
	case VHOST_USER_SET_MEM_TABLE:
	case VHOST_USER_ADD_MEM_REG:
	case VHOST_USER_REM_MEM_REG:
	case VHOST_USER_SET_LOG_BASE:
	case VHOST_USER_SET_STATUS:
	case VHOST_USER_IOTLB_MSG:
		return true;
	default:
		return false;
	}
}

static bool
changes_memory(uint32_t request)
{
	return request == VHOST_USER_SET_MEM_TABLE || request == VHOST_USER_ADD_MEM_REG ||
		request == VHOST_USER_REM_MEM_REG || request == VHOST_USER_RESET_OWNER;
}

static void
forget_enabled(struct rte_vhost_crypto_device *dev)
{
	memset(dev->enabled, 0, sizeof(dev->enabled));
	memset(dev->enable_said, 0, sizeof(dev->enable_said));
}

/* What the front-end accepts, where that is no valid set: the virtio way is no FEATURES_OK. */
static bool
refuses_features(const struct rte_vhost_crypto_device *dev, uint32_t request,
		 const uint8_t *payload)
{
	char text[VIRTIO_CRYPTO_FEATURES_TEXT_LEN];
	uint64_t features;

	memcpy(&features, payload, sizeof(features));
	if (request != VHOST_USER_SET_FEATURES ||
	    features == virtio_crypto_features_valid(features))
		return false;
	VC_LOG(ERR, "%s: the front-end is refused: it accepts %s, and that takes revision_1",
	       dev->path,
	       virtio_crypto_features_format(features & VIRTIO_CRYPTO_STATELESS_MODES, text));
	return true;
}

/* Nothing may be in flight on memory or a ring that librte_vhost is about to change. */
static enum rte_vhost_msg_result
before_message(int vid, void *message)
{
	struct rte_vhost_crypto_device *dev = vc_device_by_vid(vid);
	const struct vhost_user_header *h = message;
	uint32_t vring = message_vring(h->request, (const uint8_t *)(h + 1));

	if (dev == NULL)
		return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
	if (refuses_features(dev, h->request, (const uint8_t *)(h + 1)))
		return RTE_VHOST_MSG_RESULT_ERR;
	if (changes_device(h->request))
		stop_queues(dev);
	else if (vring <= dev->nb_queues)
		stop_queue(dev, vring);
	/* If this goes wrong there is no memory, and librte_vhost must not be asked for it. */
	if (changes_memory(h->request))
		memset(&dev->mem, 0, sizeof(dev->mem));
	if (h->request == VHOST_USER_RESET_OWNER || h->request == VHOST_USER_RESET_DEVICE)
		forget_enabled(dev);
	return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
}

/*
 * With protocol features a ring is disabled until SET_VRING_ENABLE. But QEMU's cryptodev-vhost-user
 * never sends one, and only relies on its kick eventfd; so this starts a ring in any case, unless
 * the front-end has said of this ring whether it is enabled.
 */
static void
note_enabled(struct rte_vhost_crypto_device *dev, uint32_t request, const uint8_t *payload)
{
	uint32_t vring = message_vring(request, payload);
	struct vhost_user_vring_state state;

	if (vring > dev->nb_queues)
		return;
	if (request == VHOST_USER_SET_VRING_ENABLE) {
		memcpy(&state, payload, sizeof(state));
		dev->enabled[vring] = state.num != 0;
		dev->enable_said[vring] = true;
	} else if (request == VHOST_USER_SET_VRING_KICK && !dev->enable_said[vring]) {
		dev->enabled[vring] = true;
	}
}

void
vc_device_load_memory(struct rte_vhost_crypto_device *dev)
{
	if (vc_mem_load(&dev->mem, dev->vid) != 0)
		VC_LOG(ERR,
		       "%s: the guest's memory has more than %u regions; nothing of it can be "
		       "used",
		       dev->path, VC_MEM_MAX_REGIONS);
}

static enum rte_vhost_msg_result
after_message(int vid, void *message)
{
	struct rte_vhost_crypto_device *dev = vc_device_by_vid(vid);
	const struct vhost_user_header *h = message;
	uint64_t features = 0;

	if (dev == NULL)
		return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
	if (changes_device(h->request)) {
		/* All queues stand still, so what they look at can change here. */
		rte_vhost_get_negotiated_features(vid, &features);
		dev->features = features;
	}
	if (changes_memory(h->request) && h->request != VHOST_USER_RESET_OWNER)
		vc_device_load_memory(dev);
	note_enabled(dev, h->request, (const uint8_t *)(h + 1));
	/* Who has a queue that is not there would wait for its requests for ever. */
	if (vc_device_start_queues(dev) != 0)
		return RTE_VHOST_MSG_RESULT_ERR;
	return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
}

static const struct rte_vhost_user_extern_ops message_ops = {
	.pre_msg_handle = before_message,
	.post_msg_handle = after_message,
};

int
vc_device_attach(struct rte_vhost_crypto_device *dev, int vid)
{
	uint64_t features = 0;

	if (vid < 0 || vid >= RTE_MAX_VHOST_DEVICE || vc_device_attached(dev))
		return -1;
	forget_enabled(dev);
	rte_vhost_get_negotiated_features(vid, &features);
	dev->features = features;
	__atomic_store_n(&dev->vid, vid, __ATOMIC_RELEASE);
	__atomic_store_n(&by_vid[vid], dev, __ATOMIC_RELEASE);
	return rte_vhost_extern_callback_register(vid, &message_ops, NULL);
}

void
vc_device_detach(struct rte_vhost_crypto_device *dev)
{
	uint16_t i;

	stop_queues(dev);
	memset(&dev->mem, 0, sizeof(dev->mem));
	for (i = 0; i < dev->nb_queues; i++)
		vc_queue_wipe(&dev->queues[i]);
	vc_inflight_forget(&dev->inflight);
	vc_thread_lock();
	vc_device_forget_sessions(dev);
	__atomic_store_n(&by_vid[dev->vid], NULL, __ATOMIC_RELEASE);
	__atomic_store_n(&dev->vid, -1, __ATOMIC_RELEASE);
	vc_door_continue(&dev->door);
	vc_thread_unlock();
}

int
vc_device_set_copy(struct rte_vhost_crypto_device *dev, bool copy)
{
	uint16_t i;

	for (i = 0; i < dev->nb_queues; i++)
		if (dev->queues[i].in_flight != 0)
			return -EBUSY;
	stop_queues(dev);
	dev->copy = copy;
	return vc_device_start_queues(dev);
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
		vc_thread_tick();
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
