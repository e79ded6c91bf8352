/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "vhost_user_fd.h"
#include "vhost_user_msg.h"

/* Size of a memory file whose pages are freed quickly. */
#define SMALL_MEMORY (4u << 20)

/* Reference count of a closer and its threads. */
struct vc_fd_work {
	unsigned int refs;
};

/* File descriptors to close, and memory to unmap, in a thread. */
struct batch {
	struct vc_fd_work *work;
	unsigned int nb_maps;
	struct iovec maps[VHOST_USER_MAX_REGIONS];
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

/*
 * Whether close() returns quickly: for eventfds, and for small memory files, the only files with
 * seals. Closing the last reference to a large one frees its pages; closing a UNIX socket closes
 * the file descriptors of any kind that are in transit in it.
 */
static bool
closes_quickly(int fd)
{
	struct stat st;

	if (fcntl(fd, F_GET_SEALS) < 0)
		return vc_fd_is_eventfd(fd);
	return fstat(fd, &st) == 0 && st.st_blocks <= SMALL_MEMORY / 512;
}

static void
put_work(struct vc_fd_work *work)
{
	if (__atomic_sub_fetch(&work->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free(work);
}

static void *
close_batch(void *arg)
{
	struct batch *batch = arg;
	unsigned int i;

	for (i = 0; i < batch->nb_fds; i++)
		close(batch->fds[i]);
	for (i = 0; i < batch->nb_maps; i++)
		munmap(batch->maps[i].iov_base, batch->maps[i].iov_len);
	put_work(batch->work);
	free(batch);
	return NULL;
}

bool
vc_fd_closer_is_busy(struct vc_fd_closer *closer)
{
	if (closer->work == NULL)
		return false;
	if (__atomic_load_n(&closer->work->refs, __ATOMIC_ACQUIRE) > 1)
		return true;
	vc_fd_closer_detach(closer);
	return false;
}

void
vc_fd_closer_detach(struct vc_fd_closer *closer)
{
	if (closer->work != NULL)
		put_work(closer->work);
	closer->work = NULL;
}

/* Starts a thread with all signals blocked; if that fails, does its work here. */
static void
start_thread(struct batch *batch)
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
	else
		close_batch(batch);
}

/* Creates an empty batch; NULL: out of memory. */
static struct batch *
create_batch(struct vc_fd_closer *closer)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (batch == NULL)
		return NULL;
	if (closer->work == NULL) {
		closer->work = calloc(1, sizeof(*closer->work));
		if (closer->work == NULL) {
			free(batch);
			return NULL;
		}
		closer->work->refs = 1;
	}
	batch->work = closer->work;
	__atomic_add_fetch(&batch->work->refs, 1, __ATOMIC_RELAXED);
	return batch;
}

static void
close_in_thread(struct vc_fd_closer *closer, const int *fds, unsigned int nb_fds)
{
	struct batch *batch = nb_fds > 0 ? create_batch(closer) : NULL;
	unsigned int i;

	if (batch == NULL) {
		for (i = 0; i < nb_fds; i++)
			close(fds[i]);
		return;
	}
	memcpy(batch->fds, fds, nb_fds * sizeof(*fds));
	batch->nb_fds = nb_fds;
	start_thread(batch);
}

void
vc_fd_close_all(struct vc_fd_closer *closer, struct vc_message *msg)
{
	int fds[RTE_DIM(msg->fds)], fd;
	unsigned int nb_fds = 0;

	while (msg->nb_fds > 0) {
		fd = vc_message_take_fd(msg, msg->nb_fds - 1);
		if (closes_quickly(fd))
			close(fd);
		else
			fds[nb_fds++] = fd;
	}
	close_in_thread(closer, fds, nb_fds);
}

void
vc_fd_close_socket(struct vc_fd_closer *closer, int fd)
{
	int unread;

	/*
	 * Nothing is received after this. Unread messages may carry file descriptors, which are
	 * closed, too.
	 */
	if (shutdown(fd, SHUT_RDWR) == 0 && ioctl(fd, FIONREAD, &unread) == 0 && unread == 0)
		close(fd);
	else
		close_in_thread(closer, &fd, 1);
}

void
vc_fd_unmap(struct vc_fd_closer *closer, const struct iovec *maps, unsigned int nb_maps)
{
	struct batch *batch = NULL;
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < nb_maps; i++)
		size += maps[i].iov_len;
	if (size > SMALL_MEMORY)
		batch = create_batch(closer);
	if (batch == NULL) {
		for (i = 0; i < nb_maps; i++)
			munmap(maps[i].iov_base, maps[i].iov_len);
		return;
	}
	memcpy(batch->maps, maps, nb_maps * sizeof(*maps));
	batch->nb_maps = nb_maps;
	start_thread(batch);
}
