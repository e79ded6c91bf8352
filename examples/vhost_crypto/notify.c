/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

/* The address of the manager's socket; its length, or 0 if there is none that can be used. */
static socklen_t
manager_address(struct sockaddr_un *address)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path != NULL ? strlen(path) : 0;

	if (len == 0)
		return 0;
	if ((path[0] != '/' && path[0] != '@') || len >= sizeof(address->sun_path)) {
		fprintf(stderr,
			"NOTIFY_SOCKET=%s: a path or @NAME of less than %zu bytes is due; the "
			"service manager is told nothing\n",
			path, sizeof(address->sun_path));
		return 0;
	}
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, len);
	if (path[0] == '@')
		address->sun_path[0] = '\0';
	return offsetof(struct sockaddr_un, sun_path) + len;
}

void
notify_manager(const char *state)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = manager_address(&address);
	int fd;

	if (len == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, len) < 0)
		fprintf(stderr, "the service manager cannot be told %s: %s\n", state,
			strerror(errno));
	if (fd >= 0)
		close(fd);
}
