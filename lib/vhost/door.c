/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_common.h>

#include "device.h"
#include "door.h"
#include "log.h"

/* Requests that librte_vhost replies to whether or not the sender asked for it. */
static bool
always_replies(uint32_t request)
{
	switch (request) {
	case VHOST_USER_GET_FEATURES:
	case VHOST_USER_GET_PROTOCOL_FEATURES:
	case VHOST_USER_GET_VRING_BASE:
	case VHOST_USER_SET_LOG_BASE:
	case VHOST_USER_GET_STATUS:
		return true;
	default:
		return false;
	}
}

static void
source_close(struct vc_source *source)
{
	if (source->fd < 0)
		return;
	vc_source_unwatch(source);
	close(source->fd);
	source->fd = -1;
}

static int
source_set(struct vc_source *source, uint32_t events)
{
	source->events = events;
	return vc_source_watch(source);
}

/* A socket that listens on a path, with a mode or 0, or is connected to who does; or -errno. */
static int
socket_open(const char *path, bool listens, mode_t mode)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const struct sockaddr *address = (const struct sockaddr *)&un;
	int fd, ret;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	ret = listens ? bind(fd, address, sizeof(un)) : connect(fd, address, sizeof(un));
	/* Until it listens nobody can connect, whatever the mode is that it was made with. */
	if (ret == 0 && listens && mode != 0)
		ret = chmod(path, mode);
	if (ret == 0 && listens)
		ret = listen(fd, 16);
	if (ret == 0)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/*
 * The front-end is gone, or is to go: librte_vhost is told by the end of its stream. The front-end
 * learns it by the end of its own, when nothing is in flight on its memory any more.
 */
static void
front_lost(struct vc_door *door)
{
	vc_source_unwatch(&door->front);
	vc_door_reset_channel(door);
	vc_message_clear(&door->request);
	vc_message_clear(&door->reply);
	door->awaits_reply = false;
	if (door->state == VC_DOOR_CONNECTED) {
		door->state = VC_DOOR_CLOSING;
		if (door->back.fd >= 0) {
			shutdown(door->back.fd, SHUT_WR);
			source_set(&door->back, EPOLLIN);
		}
	}
	vc_door_continue(door);
}

/* One step of a request from front to back. 1: done something; 0: nothing to do; -1: lost. */
static int
relay_request(struct vc_door *door)
{
	struct vc_message *msg = &door->request;
	bool reply_idle = door->reply.have == 0 && !door->reply.full;
	int ret;

	if (!msg->full)
		return door->awaits_reply ? 0 : vc_message_receive(door->front.fd, msg);
	if (vc_door_answers(msg->header.request)) {
		if (!reply_idle)
			return 0;
		ret = vc_door_answer(door->dev, msg, &door->reply);
		vc_message_clear(msg);
		return ret;
	}
	if (msg->sent == 0) {
		if (!vc_door_allows(door, msg))
			return -1;
		vc_door_note_request(door, msg);
		vc_door_note_channel(door, msg);
	}
	ret = vc_message_send(door->back.fd, msg);
	if (ret > 0) {
		door->awaits_reply = always_replies(msg->header.request) ||
			(msg->header.flags & VHOST_USER_NEED_REPLY);
		vc_message_clear(msg);
	}
	return ret;
}

/* One step of a reply to the front-end. */
static int
relay_reply(struct vc_door *door)
{
	struct vc_message *msg = &door->reply;
	int ret;

	if (!msg->full)
		return vc_message_receive(door->back.fd, msg);
	if (msg->sent == 0)
		vc_door_note_reply(door, msg);
	ret = vc_message_send(door->front.fd, msg);
	if (ret > 0) {
		vc_message_clear(msg);
		door->awaits_reply = false;
	}
	return ret;
}

static int
watch_both(struct vc_door *door)
{
	uint32_t front = 0, back = 0;

	if (!door->request.full && !door->awaits_reply)
		front |= EPOLLIN;
	if (door->reply.full)
		front |= EPOLLOUT;
	else
		back |= EPOLLIN;
	if (door->request.full && !vc_door_answers(door->request.header.request))
		back |= EPOLLOUT;
	return source_set(&door->front, front) == 0 && source_set(&door->back, back) == 0 ? 0 : -1;
}

static void
relay(struct vc_door *door)
{
	int a, b;

	do {
		a = relay_request(door);
		b = a < 0 ? -1 : relay_reply(door);
	} while (a > 0 || b > 0);
	if (a < 0 || b < 0 || watch_both(door) != 0)
		front_lost(door);
}

static void
front_ready(struct vc_source *source, uint32_t events)
{
	struct vc_door *door = source->arg;

	if ((events & (EPOLLHUP | EPOLLERR)) && !(events & EPOLLIN))
		front_lost(door);
	else
		relay(door);
}

static void
back_ready(struct vc_source *source, uint32_t events __rte_unused)
{
	struct vc_door *door = source->arg;
	char rest[256];
	ssize_t n;

	if (door->state == VC_DOOR_CONNECTED) {
		relay(door);
		return;
	}
	n = recv(source->fd, rest, sizeof(rest), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		source_close(&door->back);
		vc_door_continue(door);
	}
}

/* Connects to librte_vhost for a front-end that has come. */
static int
back_connect(struct vc_door *door)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", door->inner_fd);
	door->back.fd = socket_open(path, false, 0);
	if (door->back.fd >= 0)
		return 0;
	VC_LOG(ERR, "%s: librte_vhost does not listen (any more): %s", door->path,
	       strerror(-door->back.fd));
	return -1;
}

static void
front_come(struct vc_door *door, int fd)
{
	if (back_connect(door) != 0) {
		close(fd);
		return;
	}
	door->front.fd = fd;
	door->session_ring = 0;
	door->stopped_at = -1;
	door->state = VC_DOOR_CONNECTED;
	vc_source_unwatch(&door->listen);
	VC_LOG(INFO, "%s: a front-end has connected", door->path);
	if (watch_both(door) != 0)
		front_lost(door);
}

static void
listen_ready(struct vc_source *source, uint32_t events __rte_unused)
{
	int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		front_come(source->arg, fd);
	else if (errno == EMFILE || errno == ENFILE) {
		/* The connection stays in the queue: look again later instead of spinning. */
		VC_LOG(ERR, "no file descriptor left for a front-end; raise ulimit -n");
		vc_source_unwatch(source);
		vc_thread_tick();
	}
}

void
vc_door_continue(struct vc_door *door)
{
	int fd;

	if (door->state == VC_DOOR_CLOSING && door->back.fd < 0 && !vc_device_attached(door->dev)) {
		door->state = VC_DOOR_IDLE;
		source_close(&door->front);
		vc_device_forget_sessions(door->dev);
		VC_LOG(INFO, "%s: the front-end is gone", door->path);
	}
	if (door->state != VC_DOOR_IDLE || door->shut)
		return;
	if (!door->client) {
		source_set(&door->listen, EPOLLIN);
		return;
	}
	fd = socket_open(door->path, false, 0);
	if (fd >= 0)
		front_come(door, fd);
	else
		vc_thread_tick();
}

int
vc_door_open(struct vc_door *door, int inner_fd)
{
	int fd = -1;

	if (!door->client) {
		fd = socket_open(door->path, true, door->mode);
		if (fd < 0)
			return fd;
	}
	door->inner_fd = inner_fd;
	door->listen = (struct vc_source){ .fd = fd, .ready = listen_ready, .arg = door };
	door->front = (struct vc_source){ .fd = -1, .ready = front_ready, .arg = door };
	door->back = (struct vc_source){ .fd = -1, .ready = back_ready, .arg = door };
	door->state = VC_DOOR_IDLE;
	vc_door_continue(door);
	return 0;
}

void
vc_door_disconnect(struct vc_door *door)
{
	door->shut = true;
	source_close(&door->listen);
	if (door->state == VC_DOOR_CONNECTED)
		front_lost(door);
}

void
vc_door_close(struct vc_door *door)
{
	source_close(&door->listen);
	source_close(&door->front);
	source_close(&door->back);
	close(door->inner_fd);
}
