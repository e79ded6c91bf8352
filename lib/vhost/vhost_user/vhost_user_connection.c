/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "log.h"
#include "vhost_user_connection.h"

static void
close_front(struct vc_vhost_user *vu)
{
	if (vu->front.fd < 0)
		return;
	vc_source_unwatch(&vu->front);
	vc_fd_close_socket(&vu->closer, vu->front.fd);
	vu->front.fd = -1;
}

/* Its backlog holds connections that were not accepted, and messages that they have sent. */
static void
close_listener(struct vc_vhost_user *vu)
{
	int fd;

	if (vu->listen.fd < 0)
		return;
	/* No connection is added after this. */
	shutdown(vu->listen.fd, SHUT_RDWR);
	while ((fd = accept4(vu->listen.fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		vc_fd_close_socket(&vu->closer, fd);
	vc_source_unwatch(&vu->listen);
	close(vu->listen.fd);
	vu->listen.fd = -1;
}

static int
watch(struct vc_source *source, uint32_t events)
{
	source->events = events;
	return vc_source_watch(source);
}

/*
 * Drops the front-end: it has disconnected, or is rejected. Its socket is closed when no request is
 * in flight on its memory.
 */
static void
drop_front_end(struct vc_vhost_user *vu)
{
	vc_source_unwatch(&vu->front);
	vc_vhost_user_close_channel(vu);
	vc_fd_close_all(&vu->closer, &vu->request);
	vc_message_clear(&vu->request);
	vc_message_clear(&vu->reply);
	vu->deferred = false;
	vu->protocol = 0;
	if (vu->state == VC_VHOST_USER_CONNECTED) {
		vu->state = VC_VHOST_USER_CLOSING;
		vu->env.ops->begin_release(vu->env.dev);
	}
	vc_vhost_user_continue(vu);
}

/* Logs an error of a message that is not complete. */
static int
report_receive_error(const struct vc_vhost_user *vu, int error)
{
	if (error == -EMSGSIZE)
		vc_vhost_user_reject(vu, "payload of %u bytes; at most %u are possible",
				     vu->request.header.size, VHOST_USER_MAX_PAYLOAD);
	else if (error == -EMFILE)
		vc_vhost_user_reject(vu,
				     "more than %u file descriptors; that is the maximum of any "
				     "request",
				     VHOST_USER_MAX_REGIONS);
	return -1;
}

/* Sends a reply or handles a request. 1: done; 0: wait for an event; -1: close the connection. */
static int
step(struct vc_vhost_user *vu)
{
	int ret;

	if (vu->reply.full) {
		ret = vc_message_send(vu->front.fd, &vu->reply);
		if (ret > 0)
			vc_message_clear(&vu->reply);
		return ret;
	}
	/*
	 * A front-end must not start rings that are not served. Descriptors whose close() may block
	 * must not accumulate, so the next message waits until those of the last one are closed.
	 */
	if (!vu->env.ops->is_served(vu->env.dev) || vc_fd_closer_is_busy(&vu->closer)) {
		vu->deferred = true;
		vc_loop_request_tick();
		return 0;
	}
	if (!vu->request.full) {
		ret = vc_message_receive(vu->front.fd, &vu->request);
		if (ret <= 0)
			return ret < 0 ? report_receive_error(vu, ret) : 0;
	}
	switch (vc_vhost_user_handle(vu)) {
	case VC_VHOST_USER_DONE:
		/* Descriptors that the handler did not take. */
		vc_fd_close_all(&vu->closer, &vu->request);
		vc_message_clear(&vu->request);
		return 1;
	case VC_VHOST_USER_DEFER:
		vu->deferred = true;
		vc_loop_request_tick();
		return 0;
	default:
		return -1;
	}
}

static int
watch_front(struct vc_vhost_user *vu)
{
	uint32_t events = vu->reply.full ? EPOLLOUT : EPOLLIN;

	return watch(&vu->front, vu->deferred ? 0 : events);
}

/* Handles the messages that have arrived, for a bounded time; the rest raises another event. */
static void
serve(struct vc_vhost_user *vu)
{
	uint64_t end = rte_get_timer_cycles() + VC_LOOP_BUDGET_US * rte_get_timer_hz() / 1000000;
	int ret;

	do
		ret = step(vu);
	while (ret > 0 && rte_get_timer_cycles() < end);
	if (ret < 0 || watch_front(vu) != 0)
		drop_front_end(vu);
}

static void
handle_front_event(struct vc_source *source, uint32_t events)
{
	struct vc_vhost_user *vu = source->arg;

	if ((events & (EPOLLHUP | EPOLLERR)) && !(events & EPOLLIN))
		drop_front_end(vu);
	else
		serve(vu);
}

static void
accept_front_end(struct vc_vhost_user *vu, int fd)
{
	if (vu->env.ops->begin_guest(vu->env.dev) != 0) {
		vc_fd_close_socket(&vu->closer, fd);
		return;
	}
	vu->front.fd = fd;
	vu->session_ring = 0;
	vu->stopped_at = -1;
	vu->features_logged = false;
	vu->nb_failures = 0;
	vu->state = VC_VHOST_USER_CONNECTED;
	vc_source_unwatch(&vu->listen);
	VC_LOG(NOTICE, "%s: front-end connected", vu->path);
	if (watch_front(vu) != 0)
		drop_front_end(vu);
}

/* Postpones accept(); connections stay in the backlog. */
static void
postpone_front_end(struct vc_vhost_user *vu)
{
	vc_source_unwatch(&vu->listen);
	vu->postponed = true;
	vc_loop_request_tick();
}

static void
handle_listen_event(struct vc_source *source, uint32_t events __rte_unused)
{
	struct vc_vhost_user *vu = source->arg;
	int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		accept_front_end(vu, fd);
	else if (errno == EMFILE || errno == ENFILE) {
		VC_LOG(ERR,
		       "cannot accept a front-end: out of file descriptors; raise "
		       "ulimit -n");
		vu->pause = 2;
		postpone_front_end(vu);
	}
}

/* Accepts the next front-end, or connects to it. */
static void
await_front_end(struct vc_vhost_user *vu)
{
	int fd;

	if (vu->shut)
		return;
	if (vu->pause > 0)
		vu->pause--;
	/* Descriptors of the last front-end must not accumulate. */
	if (vc_fd_closer_is_busy(&vu->closer) || vu->pause > 0) {
		postpone_front_end(vu);
		return;
	}
	vu->postponed = false;
	if (!vu->client) {
		watch(&vu->listen, EPOLLIN);
		return;
	}
	fd = vc_socket_connect(vu->path);
	if (fd >= 0)
		accept_front_end(vu, fd);
	else
		vc_loop_request_tick();
}

/* Whether an access to the front-end's memory has failed, see sigbus.h. */
static bool
memory_is_lost(const struct vc_vhost_user_env *env)
{
	return vc_mem_lost(env->mem) || vc_file_lost(env->log_map) ||
		vc_inflight_region_is_lost(env->inflight);
}

void
vc_vhost_user_continue(struct vc_vhost_user *vu)
{
	if (vu->state == VC_VHOST_USER_CONNECTED && memory_is_lost(&vu->env)) {
		VC_LOG(ERR,
		       "%s: guest memory lost (SIGBUS): its file was truncated, or "
		       "the system is out of hugepages; closing the connection",
		       vu->path);
		drop_front_end(vu);
		return;
	}
	if (vu->state == VC_VHOST_USER_CONNECTED && vu->deferred) {
		vu->deferred = false;
		serve(vu);
		return;
	}
	if (vu->state == VC_VHOST_USER_CLOSING && vu->env.ops->release(vu->env.dev)) {
		vu->state = VC_VHOST_USER_IDLE;
		close_front(vu);
		VC_LOG(NOTICE, "%s: front-end disconnected", vu->path);
	}
	if (vu->state == VC_VHOST_USER_IDLE)
		await_front_end(vu);
	else if (vu->state == VC_VHOST_USER_CLOSING)
		vc_loop_request_tick();
}

bool
vc_vhost_user_is_waiting(const struct vc_vhost_user *vu)
{
	switch (vu->state) {
	case VC_VHOST_USER_IDLE:
		/* The closer may have finished since the next front-end was postponed. */
		return !vu->shut && (vu->client || vu->postponed);
	case VC_VHOST_USER_CONNECTED:
		return vu->deferred;
	default:
		return true;
	}
}

int
vc_vhost_user_open(struct vc_vhost_user *vu)
{
	int fd = -1;

	if (!vu->client) {
		fd = vc_socket_listen(vu->path, vu->mode, vu->group, &vu->file);
		if (fd < 0)
			return fd;
	}
	vu->channel_fd = -1;
	vu->listen = (struct vc_source){ .fd = fd, .ready = handle_listen_event, .arg = vu };
	vu->front = (struct vc_source){ .fd = -1, .ready = handle_front_event, .arg = vu };
	vu->state = VC_VHOST_USER_IDLE;
	vc_vhost_user_continue(vu);
	return 0;
}

void
vc_vhost_user_disconnect(struct vc_vhost_user *vu)
{
	if (!vu->shut && vu->listen.fd >= 0)
		vc_socket_remove(vu->path, &vu->file);
	vu->shut = true;
	close_listener(vu);
	if (vu->state == VC_VHOST_USER_CONNECTED)
		drop_front_end(vu);
}

void
vc_vhost_user_close(struct vc_vhost_user *vu)
{
	close_listener(vu);
	close_front(vu);
	vc_fd_closer_detach(&vu->closer);
}
