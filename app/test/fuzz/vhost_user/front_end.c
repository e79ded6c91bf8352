/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "front_end.h"
#include "fuzz_input.h"
#include "host.h"
#include "oracles.h"

void
fuzz_front_end_connect(struct fuzz_front_end *f, const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memset(f, 0, sizeof(*f));
	f->path = path;
	f->inflight_fd = -1;
	f->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	FUZZ_MUST(f->fd >= 0 && connect(f->fd, (struct sockaddr *)&un, sizeof(un)) == 0);
}

void
fuzz_front_end_close(struct fuzz_front_end *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->inflight_fd >= 0)
		close(f->inflight_fd);
	f->fd = -1;
	f->inflight_fd = -1;
}

/* Follows the stream of messages. */
static void
track(struct fuzz_front_end *f, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t n = f->to_come;

		if (f->to_come == 0) {
			n = sizeof(f->header) - f->have;
			if (n > len)
				n = len;
			memcpy((uint8_t *)&f->header + f->have, bytes, n);
			f->have += n;
			if (f->have == sizeof(f->header)) {
				f->to_come = f->header.size;
				f->have = 0;
				f->nb_asked += f->header.request == VHOST_USER_GET_FEATURES;
			}
		} else {
			if (n > len)
				n = len;
			f->to_come -= n;
		}
		bytes += n;
		len -= n;
	}
}

bool
fuzz_front_end_is_between(const struct fuzz_front_end *f)
{
	return f->have == 0 && f->to_come == 0;
}

size_t
fuzz_front_end_send(struct fuzz_front_end *f, const void *bytes, size_t len, const int *fds,
		    unsigned int nb_fds)
{
	union {
		struct cmsghdr header;
		uint8_t bytes[CMSG_SPACE(FUZZ_MAX_FDS * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, len };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (f->fd < 0 || len == 0)
		return 0;
	if (nb_fds > 0) {
		hdr.msg_control = &control;
		hdr.msg_controllen = CMSG_SPACE(nb_fds * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(nb_fds * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, nb_fds * sizeof(int));
	}
	n = sendmsg(f->fd, &hdr, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n <= 0)
		return 0;
	track(f, bytes, n);
	return n;
}

void
fuzz_front_end_say(struct fuzz_front_end *f, uint32_t request, const void *payload, uint32_t size,
		   const int *fds, unsigned int nb_fds)
{
	struct fuzz_message m = { .header = { request, VHOST_USER_VERSION, size } };

	if (size > 0)
		memcpy(m.payload, payload, size);
	fuzz_front_end_send(f, &m, sizeof(m.header) + size, fds, nb_fds);
}

/* Receives, and keeps at most one descriptor. */
static ssize_t
receive(struct fuzz_front_end *f, void *to, size_t len, int flags)
{
	union {
		struct cmsghdr header;
		uint8_t bytes[CMSG_SPACE(8 * sizeof(int))];
	} control;
	struct iovec iov = { to, len };
	struct msghdr hdr = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(f->fd, &hdr, flags | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;
	unsigned int i;

	for (c = n < 0 ? NULL : CMSG_FIRSTHDR(&hdr); c != NULL; c = CMSG_NXTHDR(&hdr, c))
		for (i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
			if (f->inflight_fd >= 0)
				close(f->inflight_fd);
			memcpy(&f->inflight_fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		}
	return n;
}

static void
record_reply(struct fuzz_front_end *f)
{
	const struct fuzz_message *r = &f->reply;
	uint32_t request = r->header.request % 64;

	f->nb_replies[request]++;
	if (request == VHOST_USER_GET_INFLIGHT_FD && r->header.size == sizeof(f->inflight))
		memcpy(&f->inflight, r->payload, sizeof(f->inflight));
	if (request == VHOST_USER_GET_FEATURES && r->header.size == sizeof(f->offered))
		memcpy(&f->offered, r->payload, sizeof(f->offered));
	if (request == VHOST_USER_GET_PROTOCOL_FEATURES && r->header.size == sizeof(f->offered))
		memcpy(&f->offered_protocol, r->payload, sizeof(f->offered));
	if (request != VHOST_USER_CREATE_CRYPTO_SESSION)
		return;
	if (r->header.size == sizeof(struct vhost_user_crypto_session))
		memcpy(&f->session,
		       r->payload + offsetof(struct vhost_user_crypto_session, session_id),
		       sizeof(f->session));
	else if (r->header.size == sizeof(struct vhost_user_crypto_session_old))
		memcpy(&f->session, r->payload, sizeof(f->session));
}

bool
fuzz_front_end_receive(struct fuzz_front_end *f)
{
	struct fuzz_message *r = &f->reply;
	ssize_t n;

	if (f->fd < 0)
		return false;
	n = receive(f, &r->header, sizeof(r->header), MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n == sizeof(r->header)) {
		FUZZ_MUST(r->header.size <= sizeof(r->payload));
		n = r->header.size == 0 ? 1 : receive(f, r->payload, r->header.size, MSG_WAITALL);
	}
	if (n <= 0) {
		close(f->fd);
		f->fd = -1;
		return true;
	}
	record_reply(f);
	return true;
}

bool
fuzz_front_end_settle(struct fuzz_front_end *f, unsigned int ms)
{
	const struct vhost_user_header h = { VHOST_USER_GET_FEATURES, VHOST_USER_VERSION, 0 };
	const struct fuzz_deadline deadline = fuzz_deadline_in(ms);
	bool sent = false;

	if (!fuzz_front_end_is_between(f))
		return false;
	while (f->fd >= 0 && f->nb_replies[VHOST_USER_GET_FEATURES] < f->nb_asked + !sent) {
		fuzz_host_poll();
		/* Where the socket is full, some of it has to be answered first. */
		if (!sent)
			sent = fuzz_front_end_send(f, &h, sizeof(h), NULL, 0) > 0;
		if (fuzz_front_end_receive(f))
			continue;
		if (fuzz_deadline_is_over(&deadline))
			return false;
		fuzz_yield();
	}
	return true;
}
