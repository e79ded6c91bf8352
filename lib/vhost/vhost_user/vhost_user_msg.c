/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>

#include "vhost_user_msg.h"

static_assert(offsetof(struct vc_message, payload) == sizeof(struct vhost_user_header),
	      "payload follows header");

void
vc_message_clear(struct vc_message *msg)
{
	uint8_t i;

	for (i = 0; i < msg->nb_fds; i++)
		close(msg->fds[i]);
	/* The payload may have contained keys. */
	explicit_bzero(msg, offsetof(struct vc_message, have));
	msg->have = 0;
	msg->sent = 0;
	msg->full = false;
	msg->nb_fds = 0;
}

/*
 * Stores the received file descriptors. -EMFILE: more than a message may have; they are stored,
 * too, because close() may block.
 */
static int
keep_fds(struct vc_message *msg, struct msghdr *hdr)
{
	struct cmsghdr *c;
	int ret = hdr->msg_flags & MSG_CTRUNC ? -EMFILE : 0;

	for (c = CMSG_FIRSTHDR(hdr); c != NULL; c = CMSG_NXTHDR(hdr, c)) {
		unsigned int n, i;
		int fd;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n && msg->nb_fds < RTE_DIM(msg->fds); i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			msg->fds[msg->nb_fds++] = fd;
		}
	}
	return msg->nb_fds > VHOST_USER_MAX_REGIONS ? -EMFILE : ret;
}

static int
receive_part(int fd, struct vc_message *msg, uint32_t want)
{
	char control[CMSG_SPACE(VHOST_USER_MAX_REGIONS * sizeof(int))];
	struct iovec iov = { .iov_base = (char *)msg + msg->have, .iov_len = want };
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	int ret;

	do
		n = recvmsg(fd, &hdr, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	ret = keep_fds(msg, &hdr);
	if (ret != 0)
		return ret;
	if (n == 0)
		return -1;
	msg->have += n;
	return n;
}

int
vc_message_receive(int fd, struct vc_message *msg)
{
	int n;

	while (!msg->full) {
		uint32_t want = sizeof(msg->header);

		if (msg->have >= want)
			want += msg->header.size;
		n = receive_part(fd, msg, want - msg->have);
		if (n <= 0)
			return n;
		if (msg->have < sizeof(msg->header))
			continue;
		if (msg->header.size > sizeof(msg->payload))
			return -EMSGSIZE;
		msg->full = msg->have == sizeof(msg->header) + msg->header.size;
	}
	return 1;
}

int
vc_message_send(int fd, struct vc_message *msg)
{
	uint32_t total = sizeof(msg->header) + msg->header.size;
	char control[CMSG_SPACE(sizeof(msg->fds))] = { 0 };

	while (msg->sent < total) {
		struct iovec iov = { .iov_base = (char *)msg + msg->sent,
				     .iov_len = total - msg->sent };
		struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
		ssize_t n;

		if (msg->sent == 0 && msg->nb_fds > 0) {
			struct cmsghdr *c;

			hdr.msg_control = control;
			hdr.msg_controllen = CMSG_SPACE(msg->nb_fds * sizeof(int));
			c = CMSG_FIRSTHDR(&hdr);
			c->cmsg_level = SOL_SOCKET;
			c->cmsg_type = SCM_RIGHTS;
			c->cmsg_len = CMSG_LEN(msg->nb_fds * sizeof(int));
			memcpy(CMSG_DATA(c), msg->fds, msg->nb_fds * sizeof(int));
		}
		n = sendmsg(fd, &hdr, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		msg->sent += n;
	}
	return 1;
}

int
vc_message_take_fd(struct vc_message *msg, uint8_t index)
{
	int fd = msg->fds[index];

	msg->fds[index] = msg->fds[--msg->nb_fds];
	return fd;
}

void *
vc_message_start_reply(const struct vc_message *request, struct vc_message *reply, uint32_t size)
{
	reply->header = (struct vhost_user_header){
		.request = request->header.request,
		.flags = VHOST_USER_VERSION | VHOST_USER_REPLY,
		.size = size,
	};
	memset(reply->payload, 0, size);
	reply->full = true;
	return reply->payload;
}

void
vc_message_acknowledge(const struct vc_message *request, struct vc_message *reply, bool failed)
{
	uint64_t value = failed;

	if (request->header.flags & VHOST_USER_NEED_REPLY)
		memcpy(vc_message_start_reply(request, reply, sizeof(value)), &value,
		       sizeof(value));
}

static const char *const names[] = {
	[VHOST_USER_RESET_OWNER] = "RESET_OWNER",
	[VHOST_USER_IOTLB_MSG] = "IOTLB_MSG",
	[VHOST_USER_RESET_DEVICE] = "RESET_DEVICE",
	[VHOST_USER_GET_MAX_MEM_SLOTS] = "GET_MAX_MEM_SLOTS",
	[VHOST_USER_ADD_MEM_REG] = "ADD_MEM_REG",
	[VHOST_USER_REM_MEM_REG] = "REM_MEM_REG",
	[VHOST_USER_SET_STATUS] = "SET_STATUS",
	[VHOST_USER_GET_STATUS] = "GET_STATUS",
	[VHOST_USER_GET_FEATURES] = "GET_FEATURES",
	[VHOST_USER_SET_FEATURES] = "SET_FEATURES",
	[VHOST_USER_SET_OWNER] = "SET_OWNER",
	[VHOST_USER_SET_MEM_TABLE] = "SET_MEM_TABLE",
	[VHOST_USER_SET_LOG_BASE] = "SET_LOG_BASE",
	[VHOST_USER_SET_LOG_FD] = "SET_LOG_FD",
	[VHOST_USER_SET_VRING_NUM] = "SET_VRING_NUM",
	[VHOST_USER_SET_VRING_ADDR] = "SET_VRING_ADDR",
	[VHOST_USER_SET_VRING_BASE] = "SET_VRING_BASE",
	[VHOST_USER_GET_VRING_BASE] = "GET_VRING_BASE",
	[VHOST_USER_SET_VRING_KICK] = "SET_VRING_KICK",
	[VHOST_USER_SET_VRING_CALL] = "SET_VRING_CALL",
	[VHOST_USER_SET_VRING_ERR] = "SET_VRING_ERR",
	[VHOST_USER_GET_PROTOCOL_FEATURES] = "GET_PROTOCOL_FEATURES",
	[VHOST_USER_SET_PROTOCOL_FEATURES] = "SET_PROTOCOL_FEATURES",
	[VHOST_USER_GET_QUEUE_NUM] = "GET_QUEUE_NUM",
	[VHOST_USER_SET_VRING_ENABLE] = "SET_VRING_ENABLE",
	[VHOST_USER_SET_BACKEND_REQ_FD] = "SET_BACKEND_REQ_FD",
	[VHOST_USER_GET_CONFIG] = "GET_CONFIG",
	[VHOST_USER_SET_CONFIG] = "SET_CONFIG",
	[VHOST_USER_CREATE_CRYPTO_SESSION] = "CREATE_CRYPTO_SESSION",
	[VHOST_USER_CLOSE_CRYPTO_SESSION] = "CLOSE_CRYPTO_SESSION",
	[VHOST_USER_GET_INFLIGHT_FD] = "GET_INFLIGHT_FD",
	[VHOST_USER_SET_INFLIGHT_FD] = "SET_INFLIGHT_FD",
};

const char *
vc_message_name(uint32_t request)
{
	return request < RTE_DIM(names) && names[request] != NULL ? names[request] : "unknown";
}
