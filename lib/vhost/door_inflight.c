/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The messages about the memory in which requests in flight are noted. */

#include <string.h>
#include <unistd.h>

#include "device.h"
#include "log.h"

/* The largest ring that there is. */
#define MAX_QUEUE_SIZE 32768

/* Reads the payload; false if that cannot be of this device. */
static bool
read_payload(const struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	     struct vhost_user_inflight *payload)
{
	memset(payload, 0, sizeof(*payload));
	/* Some senders count the padding behind the last field. */
	if (request->header.size < offsetof(struct vhost_user_inflight, queue_size) +
			    sizeof(payload->queue_size) ||
	    request->header.size > sizeof(*payload))
		return false;
	memcpy(payload, request->payload, request->header.size);
	return payload->num_queues > 0 && payload->num_queues <= dev->nb_queues + 1 &&
		payload->queue_size > 0 && payload->queue_size <= MAX_QUEUE_SIZE;
}

int
vc_door_get_inflight(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
		     struct vc_message *reply)
{
	struct vhost_user_inflight payload;
	int fd;

	if (!read_payload(dev, request, &payload)) {
		VC_LOG(ERR,
		       "%s: GET_INFLIGHT_FD with %u bytes, for %u queues of %u entries; 1 to %u "
		       "queues of 1 to %u entries are possible",
		       dev->path, request->header.size, payload.num_queues, payload.queue_size,
		       dev->nb_queues + 1, MAX_QUEUE_SIZE);
		return -1;
	}
	payload.mmap_offset = 0;
	payload.mmap_size = vc_inflight_bytes(payload.num_queues, payload.queue_size);
	fd = vc_inflight_create(payload.mmap_size);
	if (fd < 0) {
		VC_LOG(ERR, "%s: no memory to note requests in flight: %s", dev->path,
		       strerror(-fd));
		payload.mmap_size = 0;
	}
	memcpy(vc_reply_start(request, reply, request->header.size), &payload,
	       request->header.size);
	if (fd >= 0)
		reply->fds[reply->nb_fds++] = fd;
	return 1;
}

int
vc_door_set_inflight(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
		     struct vc_message *reply)
{
	struct vhost_user_inflight payload;
	int ret = -EINVAL;

	if (read_payload(dev, request, &payload) && request->nb_fds == 1)
		ret = vc_inflight_set(&dev->inflight, request->fds[0], payload.mmap_offset,
				      payload.mmap_size, payload.num_queues, payload.queue_size);
	if (ret != 0)
		VC_LOG(ERR,
		       "%s: SET_INFLIGHT_FD brings no memory as GET_INFLIGHT_FD gives it: %s; "
		       "requests in flight will be lost with this program",
		       dev->path, strerror(-ret));
	vc_reply_ack(request, reply, ret != 0);
	return 1;
}
