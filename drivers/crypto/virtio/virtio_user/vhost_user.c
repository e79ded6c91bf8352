/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "virtio_crypto_logs.h"
#include "vhost_user.h"

/* Timeout of replies; a back-end that exceeds it is lost. */
#define TIMEOUT_MS 5000

int64_t
vhost_user_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Waits until the socket is ready for an event. */
static int
wait_for(const struct vhost_user *vu, short event, int64_t deadline)
{
	struct pollfd pfd = { .fd = vu->fd, .events = event };
	int64_t left = deadline - vhost_user_now_ms();
	int n = left > 0 ? poll(&pfd, 1, left) : 0;

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

static int
send_message(struct vhost_user *vu, const struct vhost_user_header *header, const void *payload,
	     const int *fds, unsigned int nb_fds)
{
	struct iovec iov[2] = {
		{ .iov_base = (void *)(uintptr_t)header, .iov_len = sizeof(*header) },
		{ .iov_base = (void *)(uintptr_t)payload, .iov_len = header->size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = header->size > 0 ? 2 : 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(VHOST_USER_MAX_REGIONS * sizeof(int))];
	} control = { 0 };
	ssize_t n;

	if (nb_fds > 0) {
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(nb_fds * sizeof(int));
		CMSG_FIRSTHDR(&msg)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&msg)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&msg)->cmsg_len = CMSG_LEN(nb_fds * sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), fds, nb_fds * sizeof(int));
	}
	/* The socket buffer holds more than can be outstanding. */
	n = sendmsg(vu->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return (size_t)n == sizeof(*header) + header->size ? 0 : -EPIPE;
}

static int
receive(struct vhost_user *vu, void *to, size_t len, int64_t deadline)
{
	uint8_t *at = to;
	ssize_t n;
	int ret;

	while (len > 0) {
		ret = wait_for(vu, POLLIN, deadline);
		if (ret != 0)
			return ret;
		n = recv(vu->fd, at, len, MSG_DONTWAIT);
		if (n == 0)
			return -ECONNRESET;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0) {
			at += n;
			len -= n;
		}
	}
	return 0;
}

/* Receives the reply to a request. @return its length or a negative errno */
static int
receive_answer(struct vhost_user *vu, uint32_t request, void *payload, uint32_t room)
{
	int64_t deadline = vhost_user_now_ms() + TIMEOUT_MS;
	struct vhost_user_header header;
	int ret = receive(vu, &header, sizeof(header), deadline);

	if (ret != 0)
		return ret;
	if (header.request != request || header.size > room ||
	    (header.flags & VHOST_USER_VERSION_MASK) != VHOST_USER_VERSION ||
	    !(header.flags & VHOST_USER_REPLY)) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "unexpected reply to vhost-user message %u: message %u, flags "
				  "0x%x, %u bytes",
				  request, header.request, header.flags, header.size);
		return -EPROTO;
	}
	ret = receive(vu, payload, header.size, deadline);
	return ret != 0 ? ret : (int)header.size;
}

/* Handles a REPLY_ACK. */
static int
refused(uint32_t request, uint64_t error)
{
	if (error == 0)
		return 0;
	VIRTIO_CRYPTO_LOG(DEBUG, "vhost-user message %u rejected: %" PRIu64, request, error);
	return -EREMOTEIO;
}

int
vhost_user_set(struct vhost_user *vu, enum vhost_user_request request, const void *payload,
	       uint32_t len, const int *fds, unsigned int nb_fds)
{
	struct vhost_user_header header = { request, VHOST_USER_VERSION, len };
	uint64_t error = 0;
	int ret;

	if (vhost_user_has(vu, VHOST_USER_PROTOCOL_F_REPLY_ACK))
		header.flags |= VHOST_USER_NEED_REPLY;
	ret = send_message(vu, &header, payload, fds, nb_fds);
	if (ret != 0 || !(header.flags & VHOST_USER_NEED_REPLY))
		return ret;
	ret = receive_answer(vu, request, &error, sizeof(error));
	if (ret < 0)
		return ret;
	return ret == sizeof(error) ? refused(request, error) : -EPROTO;
}

int
vhost_user_set_u64(struct vhost_user *vu, enum vhost_user_request request, uint64_t value, int fd)
{
	return vhost_user_set(vu, request, &value, sizeof(value), &fd, fd >= 0);
}

int
vhost_user_get(struct vhost_user *vu, enum vhost_user_request request, void *payload, uint32_t len,
	       uint32_t room)
{
	struct vhost_user_header header = { request, VHOST_USER_VERSION, len };
	uint64_t error;
	int ret;

	/*
	 * With REPLY_ACK, a back-end without a reply can report an error instead of disconnecting.
	 */
	if (vhost_user_has(vu, VHOST_USER_PROTOCOL_F_REPLY_ACK))
		header.flags |= VHOST_USER_NEED_REPLY;
	ret = send_message(vu, &header, payload, NULL, 0);
	if (ret == 0)
		ret = receive_answer(vu, request, payload, room);
	if (ret == sizeof(error) && len > sizeof(error)) {
		memcpy(&error, payload, sizeof(error));
		return refused(request, error) != 0 ? -EREMOTEIO : -EPROTO;
	}
	return ret;
}

int
vhost_user_get_u64(struct vhost_user *vu, enum vhost_user_request request, uint64_t *value)
{
	int ret = vhost_user_get(vu, request, value, 0, sizeof(*value));

	if (ret < 0)
		return ret;
	return ret == sizeof(*value) ? 0 : -EPROTO;
}
