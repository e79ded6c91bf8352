/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "virtio_crypto_logs.h"
#include "virtio_user.h"

static int
make_socket(const struct virtio_user *vu, struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, vu->args.path, sizeof(addr->sun_path));
	return fd >= 0 ? fd : -errno;
}

static int
connect_path(const struct virtio_user *vu)
{
	struct sockaddr_un addr;
	int fd = make_socket(vu, &addr);
	int ret;

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Removes a stale socket of an earlier server; nothing that is in use, and no other file. */
static void
remove_stale(const struct virtio_user *vu)
{
	struct stat st;
	int fd;

	if (lstat(vu->args.path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = connect_path(vu);
	if (fd >= 0)
		close(fd);
	else if (fd == -ECONNREFUSED)
		unlink(vu->args.path);
}

int
virtio_user_listen(struct virtio_user *vu)
{
	struct sockaddr_un addr;
	int fd, ret;

	remove_stale(vu);
	fd = make_socket(vu, &addr);
	if (fd < 0)
		return fd;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0) {
		ret = -errno;
		close(fd);
		return ret;
	}
	if (listen(fd, 1) != 0) {
		ret = -errno;
		close(fd);
		unlink(vu->args.path);
		return ret;
	}
	vu->listen_fd = fd;
	return 0;
}

void
virtio_user_unlisten(struct virtio_user *vu)
{
	if (vu->listen_fd < 0)
		return;
	close(vu->listen_fd);
	unlink(vu->args.path);
	vu->listen_fd = -1;
}

static int
accept_path(const struct virtio_user *vu, int wait_ms)
{
	struct pollfd pfd = { .fd = vu->listen_fd, .events = POLLIN };
	int n = poll(&pfd, 1, wait_ms);
	int fd;

	if (n == 0)
		return -EAGAIN;
	fd = n > 0 ? accept4(vu->listen_fd, NULL, NULL, SOCK_CLOEXEC) : -1;
	return fd >= 0 ? fd : -errno;
}

int
virtio_user_connect(struct virtio_user *vu, int wait_ms)
{
	int fd = vu->args.server ? accept_path(vu, wait_ms) : connect_path(vu);

	if (fd < 0)
		return fd;
	vu->vu.fd = fd;
	vu->vu.protocol_features = 0;
	__atomic_store_n(&vu->failed_ms, 0, __ATOMIC_RELAXED);
	return 0;
}

int
virtio_user_get_peer_pid(const struct virtio_user *vu)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	getsockopt(vu->vu.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	return peer.pid;
}

void
virtio_user_disconnect(struct virtio_user *vu)
{
	virtio_user_channel_close(vu);
	if (vu->vu.fd >= 0)
		close(vu->vu.fd);
	vu->vu.fd = -1;
}
