/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vhost_user_fd.h"
#include "vhost_user_msg.h"

/* Descriptors that a thread of their own closes; two parties hold it: thread and closer. */
struct vc_fd_batch {
	unsigned int refs;
	unsigned int nb_fds;
	int fds[2 * VHOST_USER_MAX_REGIONS];
};

bool
vc_fd_is_eventfd(int fd)
{
	static const char kind[] = "anon_inode:[eventfd]";
	char link[32], target[sizeof(kind)];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, target, sizeof(target)) == sizeof(kind) - 1 &&
		memcmp(target, kind, sizeof(kind) - 1) == 0;
}

static bool
has_socket_option(int fd, int option, int value)
{
	socklen_t len = sizeof(int);
	int is;

	return getsockopt(fd, SOL_SOCKET, option, &is, &len) == 0 && is == value;
}

bool
vc_fd_is_unix_stream(int fd)
{
	return has_socket_option(fd, SO_DOMAIN, AF_UNIX) &&
		has_socket_option(fd, SO_TYPE, SOCK_STREAM);
}

/* Files in memory, eventfds and UNIX sockets; only the first of them have seals. */
static bool
closes_at_once(int fd)
{
	return fcntl(fd, F_GET_SEALS) >= 0 || vc_fd_is_eventfd(fd) ||
		has_socket_option(fd, SO_DOMAIN, AF_UNIX);
}

static void
put_batch(struct vc_fd_batch *batch)
{
	if (__atomic_sub_fetch(&batch->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free(batch);
}

static void *
close_batch(void *arg)
{
	struct vc_fd_batch *batch = arg;
	unsigned int i;

	for (i = 0; i < batch->nb_fds; i++)
		close(batch->fds[i]);
	put_batch(batch);
	return NULL;
}

bool
vc_fd_closer_is_busy(struct vc_fd_closer *closer)
{
	if (closer->batch == NULL)
		return false;
	if (__atomic_load_n(&closer->batch->refs, __ATOMIC_ACQUIRE) > 1)
		return true;
	vc_fd_closer_detach(closer);
	return false;
}

void
vc_fd_closer_detach(struct vc_fd_closer *closer)
{
	if (closer->batch != NULL)
		put_batch(closer->batch);
	closer->batch = NULL;
}

/* Starts a thread that takes no signals of the program's. False: there can be none. */
static bool
start_thread(struct vc_fd_batch *batch)
{
	sigset_t all, before;
	pthread_t thread;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	started = pthread_create(&thread, NULL, close_batch, batch) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (started)
		pthread_detach(thread);
	return started;
}

void
vc_fd_close_all(struct vc_fd_closer *closer, struct vc_message *msg)
{
	struct vc_fd_batch *batch = closer->batch == NULL ? calloc(1, sizeof(*batch)) : NULL;
	int fd;

	while (msg->nb_fds > 0) {
		fd = vc_message_take_fd(msg, msg->nb_fds - 1);
		if (batch == NULL || closes_at_once(fd))
			close(fd);
		else
			batch->fds[batch->nb_fds++] = fd;
	}
	if (batch == NULL || batch->nb_fds == 0) {
		free(batch);
		return;
	}
	batch->refs = 2;
	closer->batch = batch;
	if (!start_thread(batch))
		close_batch(batch);
}
