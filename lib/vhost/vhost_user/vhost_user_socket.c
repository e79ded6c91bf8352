/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The socket file. Other users may write to its directory and replace it at any moment, so changes
 * are made through a file descriptor of the file itself.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "vhost_user_socket.h"

/* Opens a socket that is bound or connected to a path; or -errno. */
static int
open_socket(const char *path, int (*join)(int fd, const struct sockaddr *address, socklen_t len))
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, ret;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (join(fd, (const struct sockaddr *)&un, sizeof(un)) == 0)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Opens the file of a socket that was just bound, with O_PATH; or -errno. */
static int
open_file(const char *path, struct vc_socket_file *file)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret = 0;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0)
		ret = -errno;
	else if (!S_ISSOCK(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid())
		ret = -EEXIST;
	*file = (struct vc_socket_file){ st.st_dev, st.st_ino };
	if (ret == 0)
		return fd;
	VC_LOG(ERR,
	       "%s: the socket was replaced while it was created; use a directory that only this "
	       "user can write to",
	       path);
	close(fd);
	return ret;
}

static int
set_owner(int fd, mode_t mode, gid_t group)
{
	char link[32];

	/* fchmod() fails on an O_PATH descriptor; this link leads to the same file. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if ((group != (gid_t)-1 && fchownat(fd, "", -1, group, AT_EMPTY_PATH) != 0) ||
	    (mode != 0 && chmod(link, mode) != 0))
		return -errno;
	return 0;
}

int
vc_socket_listen(const char *path, mode_t mode, gid_t group, struct vc_socket_file *file)
{
	int fd = open_socket(path, bind), ret;
	int file_fd;

	if (fd < 0)
		return fd;
	file_fd = ret = open_file(path, file);
	/* Connections are refused until listen(), so the initial mode does not matter. */
	if (file_fd >= 0) {
		ret = set_owner(file_fd, mode, group);
		close(file_fd);
		if (ret == 0 && listen(fd, 16) != 0)
			ret = -errno;
		if (ret == 0)
			return fd;
		vc_socket_remove(path, file);
	}
	close(fd);
	return ret;
}

void
vc_socket_remove(const char *path, const struct vc_socket_file *file)
{
	struct stat st;

	if (lstat(path, &st) == 0 && st.st_dev == file->dev && st.st_ino == file->ino)
		unlink(path);
}

int
vc_socket_connect(const char *path)
{
	return open_socket(path, connect);
}

void
vc_socket_remove_stale(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = vc_socket_connect(path);
	if (fd == -ECONNREFUSED) {
		VC_LOG(NOTICE, "%s: replacing a stale socket, on which no process listens", path);
		unlink(path);
	}
	if (fd >= 0)
		close(fd);
}
