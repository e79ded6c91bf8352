/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The kernel signals an eventfd when an asynchronous I/O operation completes (IOCB_FLAG_RESFD), and
 * never waits for its reader. The operation submitted here polls an eventfd that is always
 * readable, so it completes at once. On a system without such operations, poll() precedes write(),
 * which leaves a window in which the front-end can fill the counter. Any process can exhaust the
 * system's operations (fs.aio-max-nr), so the contexts for the lcores are allocated before a
 * front-end connects.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/aio_abi.h>

#include "call.h"

/* Operations that can complete before their results are reaped. */
#define NB_EVENTS 64

/* Maximum number of contexts allocated in advance. */
#define MAX_RESERVED 256

struct caller {
	aio_context_t ctx; /* 0: not allocated */
	int ready_fd;	   /* always readable */
	unsigned int completed;
};

/* Allocated contexts that no thread uses. */
static struct {
	pthread_mutex_t lock;
	unsigned int nb;
	unsigned int made;
	aio_context_t contexts[MAX_RESERVED];
} reserve = { .lock = PTHREAD_MUTEX_INITIALIZER };

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
reap_completed(struct caller *c)
{
	struct io_event events[NB_EVENTS];

	syscall(SYS_io_getevents, c->ctx, 0, NB_EVENTS, events, NULL);
	c->completed = 0;
}

static aio_context_t
create_context(void)
{
	aio_context_t ctx = 0;

	return syscall(SYS_io_setup, NB_EVENTS, &ctx) == 0 ? ctx : 0;
}

int
vc_call_reserve(unsigned int nb_threads)
{
	int ret = 0;

	pthread_mutex_lock(&reserve.lock);
	while (ret == 0 && reserve.made < nb_threads && reserve.made < MAX_RESERVED) {
		aio_context_t ctx = create_context();

		if (ctx == 0)
			ret = -errno;
		else
			reserve.contexts[reserve.nb++] = ctx;
		reserve.made += ctx != 0;
	}
	pthread_mutex_unlock(&reserve.lock);
	return ret;
}

static aio_context_t
get_context(void)
{
	aio_context_t ctx = 0;

	pthread_mutex_lock(&reserve.lock);
	if (reserve.nb > 0)
		ctx = reserve.contexts[--reserve.nb];
	pthread_mutex_unlock(&reserve.lock);
	return ctx != 0 ? ctx : create_context();
}

static void
put_context(aio_context_t ctx)
{
	bool kept;

	pthread_mutex_lock(&reserve.lock);
	kept = reserve.nb < reserve.made;
	if (kept)
		reserve.contexts[reserve.nb++] = ctx;
	pthread_mutex_unlock(&reserve.lock);
	if (!kept)
		syscall(SYS_io_destroy, ctx);
}

static void
free_caller(void *arg)
{
	struct caller *c = arg;

	if (c->ctx != 0) {
		reap_completed(c);
		put_context(c->ctx);
	}
	if (c->ready_fd >= 0)
		close(c->ready_fd);
	free(c);
}

static void
create_key(void)
{
	(void)pthread_key_create(&key, free_caller);
}

/* The caller of this thread; NULL: out of memory. */
static struct caller *
get_caller(void)
{
	struct caller *c;

	pthread_once(&once, create_key);
	c = pthread_getspecific(key);
	if (c != NULL)
		return c;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->ready_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->ready_fd >= 0)
		c->ctx = get_context();
	if (pthread_setspecific(key, c) == 0)
		return c;
	free_caller(c);
	return NULL;
}

static bool
signal_by_completion(struct caller *c, int callfd)
{
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_POLL,
		.aio_fildes = c->ready_fd,
		.aio_buf = POLLIN,
		.aio_flags = IOCB_FLAG_RESFD,
		.aio_resfd = callfd,
	};
	struct iocb *list = &iocb;

	if (++c->completed == NB_EVENTS / 2)
		reap_completed(c);
	return syscall(SYS_io_submit, c->ctx, 1, &list) == 1;
}

static void
signal_if_writable(int callfd)
{
	struct pollfd pfd = { .fd = callfd, .events = POLLOUT };

	/* A full counter is a notification that has not been read yet. */
	if (poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLOUT))
		eventfd_write(callfd, 1);
}

void
vc_call_signal(int callfd)
{
	struct caller *c = get_caller();

	if (c == NULL || c->ctx == 0 || !signal_by_completion(c, callfd))
		signal_if_writable(callfd);
}
