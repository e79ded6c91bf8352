/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Noticing that a guest has reset its device, which no message says. The ring that sessions come
 * by then begins at 0, where one that was only stopped goes on from its position; and its sessions
 * are no longer anybody's.
 */

#include <string.h>

#include "device.h"
#include "log.h"

/*
 * The ring to look at: the control queue. QEMU's cryptodev-vhost-user keeps that for itself, and
 * negotiates nothing in its guest's name, not even virtio 1; of its guest the first data queue has
 * to do.
 */
static uint32_t
session_ring(const struct rte_vhost_crypto_device *dev, const struct vc_message *request)
{
	uint64_t features;

	memcpy(&features, request->payload, sizeof(features));
	return virtio_crypto_has_feature(features, VIRTIO_F_VERSION_1) ? dev->nb_queues : 0;
}

static void
forget_sessions(struct rte_vhost_crypto_device *dev)
{
	VC_LOG(INFO, "%s: the guest has reset the device", dev->path);
	vc_sessions_destroy_all(&dev->sessions);
	vc_device_reap_sessions_soon(dev);
}

void
vc_door_note_request(struct vc_door *door, const struct vc_message *request)
{
	struct vhost_user_vring_state state;

	if (request->header.request == VHOST_USER_SET_FEATURES)
		door->session_ring = session_ring(door->dev, request);
	if (request->header.request != VHOST_USER_SET_VRING_BASE || door->stopped_at < 0)
		return;
	memcpy(&state, request->payload, sizeof(state));
	if (state.index != door->session_ring)
		return;
	/* Of a packed ring QEMU says in the upper half where the device goes on to use. */
	if ((uint16_t)state.num != door->stopped_at)
		forget_sessions(door->dev);
	door->stopped_at = -1;
}

void
vc_door_note_reply(struct vc_door *door, const struct vc_message *reply)
{
	struct vhost_user_vring_state state;

	if (reply->header.request != VHOST_USER_GET_VRING_BASE)
		return;
	memcpy(&state, reply->payload, sizeof(state));
	if (state.index == door->session_ring)
		door->stopped_at = (uint16_t)state.num;
}
