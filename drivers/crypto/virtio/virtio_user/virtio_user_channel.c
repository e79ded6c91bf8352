/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The back-end channel, on which a back-end reports changes of its configuration space. No other
 * request is negotiated.
 */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "virtio_crypto_logs.h"
#include "virtio_user.h"

/* Maximum messages at a time, so that a back-end cannot keep the caller. */
#define MAX_MESSAGES 16

int
virtio_user_channel_open(struct virtio_user *vu)
{
	int fds[2], ret;

	if (!vhost_user_has(&vu->vu, VHOST_USER_PROTOCOL_F_BACKEND_REQ))
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return -errno;
	ret = vhost_user_set(&vu->vu, VHOST_USER_SET_BACKEND_REQ_FD, NULL, 0, &fds[1], 1);
	close(fds[1]);
	vu->channel = (struct virtio_user_channel){ .fd = fds[0] };
	if (ret != 0)
		virtio_user_channel_close(vu);
	return ret == -EREMOTEIO ? 0 : ret;
}

void
virtio_user_channel_close(struct virtio_user *vu)
{
	if (vu->channel.fd >= 0)
		close(vu->channel.fd);
	vu->channel.fd = -1;
}

/* Receives a message without payload. @return 1: complete; 0: incomplete; or a negative errno */
static int
receive(struct virtio_user_channel *channel)
{
	ssize_t n;

	while (channel->have < sizeof(channel->header)) {
		n = recv(channel->fd, (uint8_t *)&channel->header + channel->have,
			 sizeof(channel->header) - channel->have, MSG_DONTWAIT);
		if (n == 0)
			return -ECONNRESET;
		if (n < 0 && errno != EINTR)
			return errno == EAGAIN ? 0 : -errno;
		if (n > 0)
			channel->have += n;
	}
	channel->have = 0;
	return 1;
}

static void
reply(const struct virtio_user_channel *channel)
{
	const struct {
		struct vhost_user_header header;
		uint64_t error;
	} __attribute__((packed)) message = {
		.header = { channel->header.request, VHOST_USER_VERSION | VHOST_USER_REPLY,
			    sizeof(message.error) },
	};

	if (channel->header.flags & VHOST_USER_NEED_REPLY)
		(void)send(channel->fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool
virtio_user_channel_receive(struct virtio_user *vu)
{
	struct virtio_user_channel *channel = &vu->channel;
	bool changed = false;
	int n, ret = 0;

	for (n = 0; n < MAX_MESSAGES && channel->fd >= 0; n++) {
		ret = receive(channel);
		if (ret <= 0)
			break;
		if (channel->header.request != VHOST_USER_BACKEND_CONFIG_CHANGE_MSG ||
		    channel->header.size != 0) {
			VIRTIO_CRYPTO_LOG(ERR,
					  "%s: unexpected back-end request %u of %u bytes: "
					  "closing the back-end channel",
					  vu->args.path, channel->header.request,
					  channel->header.size);
			ret = -EPROTO;
			break;
		}
		changed = true;
		reply(channel);
	}
	if (ret < 0)
		virtio_user_channel_close(vu);
	return changed;
}
