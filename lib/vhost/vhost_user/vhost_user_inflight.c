/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Requests about the in-flight region. */

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "log.h"
#include "vhost_user.h"

/* Reads the payload; false: the region cannot belong to this device. */
static bool
read_payload(const struct vc_vhost_user *vu, struct vhost_user_inflight *payload)
{
	memset(payload, 0, sizeof(*payload));
	memcpy(payload, vu->request.payload, vu->request.header.size);
	return payload->num_queues > 0 && payload->num_queues <= vu->env.nb_queues + 1 &&
		payload->queue_size > 0 && payload->queue_size <= VC_RING_MAX_SIZE;
}

enum vc_vhost_user_result
vc_handle_get_inflight_fd(struct vc_vhost_user *vu)
{
	uint32_t size = vu->request.header.size;
	struct vhost_user_inflight payload;
	int fd, unread;

	/*
	 * Each reply carries a memory file, which exists until the reply is read: bound their
	 * number.
	 */
	if (ioctl(vu->front.fd, SIOCOUTQ, &unread) == 0 && unread > 0)
		return vc_vhost_user_reject(
			vu, "a previous reply is unread; the front-end must read it before");
	if (!read_payload(vu, &payload))
		return vc_vhost_user_reject(
			vu,
			"a region for %u queues of %u entries; 1 to %u queues of "
			"1 to %u entries are possible",
			payload.num_queues, payload.queue_size, vu->env.nb_queues + 1,
			VC_RING_MAX_SIZE);
	payload.mmap_offset = 0;
	payload.mmap_size = vc_inflight_region_size(payload.num_queues, payload.queue_size);
	fd = vc_inflight_create_region(payload.mmap_size);
	if (fd < 0) {
		VC_LOG(ERR, "%s: cannot create an in-flight region: %s", vu->path, strerror(-fd));
		payload.mmap_size = 0;
	}
	memcpy(vc_message_start_reply(&vu->request, &vu->reply, size), &payload, size);
	if (fd >= 0)
		vu->reply.fds[vu->reply.nb_fds++] = fd;
	return VC_VHOST_USER_DONE;
}

enum vc_vhost_user_result
vc_handle_set_inflight_fd(struct vc_vhost_user *vu)
{
	struct vhost_user_inflight payload;
	int ret = -EINVAL;

	if (vc_vhost_user_has_started_ring(vu))
		return vc_vhost_user_reject(vu,
					    "rings are started; it must precede SET_VRING_KICK");
	if (read_payload(vu, &payload))
		ret = vc_inflight_set_region(vu->env.inflight, vu->request.fds[0],
					     payload.mmap_offset, payload.mmap_size,
					     payload.num_queues, payload.queue_size);
	if (ret != 0) {
		vc_vhost_user_reject(vu,
				     "the in-flight region is unusable (%s); it must come from "
				     "GET_INFLIGHT_FD, or requests in flight are lost when this "
				     "program ends",
				     strerror(-ret));
		return vc_vhost_user_reply_failure(vu);
	}
	return vc_vhost_user_accept(vu);
}
