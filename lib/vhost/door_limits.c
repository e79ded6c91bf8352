/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What a front-end may say to librte_vhost, which knows messages that this device has nothing to do
 * with, and takes some of them whether or not their feature was negotiated: one asks for memory of
 * the host, as much as the front-end says.
 */

#include <inttypes.h>
#include <string.h>

#include "device.h"
#include "log.h"

/* The messages of which librte_vhost is told. */
static bool
is_known(uint32_t request)
{
	switch (request) {
	case VHOST_USER_GET_FEATURES:
	case VHOST_USER_SET_FEATURES:
	case VHOST_USER_SET_OWNER:
	case VHOST_USER_RESET_OWNER:
	case VHOST_USER_SET_MEM_TABLE:
	case VHOST_USER_SET_LOG_BASE:
	case VHOST_USER_SET_LOG_FD:
	case VHOST_USER_SET_VRING_NUM:
	case VHOST_USER_SET_VRING_ADDR:
	case VHOST_USER_SET_VRING_BASE:
	case VHOST_USER_GET_VRING_BASE:
	case VHOST_USER_SET_VRING_KICK:
	case VHOST_USER_SET_VRING_CALL:
	case VHOST_USER_SET_VRING_ERR:
	case VHOST_USER_GET_PROTOCOL_FEATURES:
	case VHOST_USER_SET_PROTOCOL_FEATURES:
	case VHOST_USER_SET_VRING_ENABLE:
	case VHOST_USER_SET_BACKEND_REQ_FD:
		return true;
	default:
		return false;
	}
}

/* Bytes of a table of regions, or UINT64_MAX if they are more than can be. */
static uint64_t
memory_size(const struct vc_message *request)
{
	struct vhost_user_memory table;
	uint64_t size = 0;
	uint32_t i;

	memcpy(&table, request->payload, sizeof(table));
	for (i = 0; i < table.nregions && i < VHOST_USER_MAX_REGIONS; i++)
		if (__builtin_add_overflow(size, table.regions[i].memory_size, &size))
			return UINT64_MAX;
	return size;
}

bool
vc_door_allows(const struct vc_door *door, const struct vc_message *request)
{
	const struct rte_vhost_crypto_device *dev = door->dev;

	if (!is_known(request->header.request)) {
		VC_LOG(ERR, "%s: message %u belongs to nothing that the device offers", dev->path,
		       request->header.request);
		return false;
	}
	if (request->header.request == VHOST_USER_SET_MEM_TABLE && dev->max_memory != 0 &&
	    memory_size(request) > dev->max_memory) {
		VC_LOG(ERR,
		       "%s: the guest has %" PRIu64 " MiB of memory; at most %" PRIu64
		       " are allowed",
		       dev->path, memory_size(request) >> 20, dev->max_memory >> 20);
		return false;
	}
	return true;
}
