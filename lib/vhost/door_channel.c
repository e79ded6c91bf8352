/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The channel by which a front-end takes requests itself. librte_vhost has it, too, and would send
 * the same message; but it waits where a front-end does not read, and that with the control lock
 * held.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device.h"
#include "log.h"

/* Without these a front-end knows nothing of the config space, or of changes. */
#define NEEDED                                                                                     \
	((1ULL << VHOST_USER_PROTOCOL_F_CONFIG) | (1ULL << VHOST_USER_PROTOCOL_F_BACKEND_REQ))

static void
channel_close(struct vc_door *door)
{
	if (door->channel_fd >= 0)
		close(door->channel_fd);
	door->channel_fd = -1;
}

void
vc_door_reset_channel(struct vc_door *door)
{
	channel_close(door);
	door->agreed = 0;
	door->untold = false;
}

void
vc_door_note_channel(struct vc_door *door, const struct vc_message *request)
{
	switch (request->header.request) {
	case VHOST_USER_SET_PROTOCOL_FEATURES:
		memcpy(&door->agreed, request->payload, sizeof(door->agreed));
		break;
	case VHOST_USER_SET_BACKEND_REQ_FD:
		channel_close(door);
		if (request->nb_fds > 0)
			door->channel_fd = fcntl(request->fds[0], F_DUPFD_CLOEXEC, 0);
		break;
	default:
		break;
	}
}

/*
 * A driver that does not use the device reads the config space before it does, so there is nothing
 * to notify it of. And QEMU 11.1 does not survive this message while its guest is such a one.
 */
void
vc_door_tell_change(struct vc_door *door)
{
	const struct vhost_user_header header = {
		.request = VHOST_USER_BACKEND_CONFIG_CHANGE_MSG,
		.flags = VHOST_USER_VERSION,
	};

	door->untold = !door->dev->ctrlq.running;
	if (door->untold || door->channel_fd < 0 || (door->agreed & NEEDED) != NEEDED)
		return;
	/* One that has not read so many has yet to look at the config space anyway. */
	if (send(door->channel_fd, &header, sizeof(header), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
	    errno != EAGAIN)
		VC_LOG(WARNING, "%s: the front-end cannot be told of a change: %s", door->path,
		       strerror(errno));
}
