/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_version.h>
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#include <rte_thread.h>
#endif

#include "event_loop.h"
#include "log.h"

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
typedef rte_thread_t control_thread;
#else
typedef pthread_t control_thread;
#endif

/* A mutex that is granted in the order of the requests. */
struct fair_lock {
	pthread_mutex_t mutex;
	pthread_cond_t released;
	unsigned int next; /* ticket of the next request */
	unsigned int now;  /* ticket of the holder or, if free, of the next request */
};

static struct {
	struct fair_lock lock;
	pthread_mutex_t users_lock;
	unsigned int users;
	const struct vc_loop_hooks *hooks;
	control_thread thread;
	int epoll_fd;
	struct vc_source wake;
	STAILQ_HEAD(, vc_task) tasks;
	uint64_t tick_at; /* TSC */
	bool awake;	  /* the control thread holds the lock */
	bool stop;
	bool tick;    /* hooks->tick() is due at tick_at */
	bool ticking; /* hooks->tick() runs */
} ctl = {
	.lock = { .mutex = PTHREAD_MUTEX_INITIALIZER, .released = PTHREAD_COND_INITIALIZER },
	.users_lock = PTHREAD_MUTEX_INITIALIZER,
	.tasks = STAILQ_HEAD_INITIALIZER(ctl.tasks),
};

void
vc_loop_lock(void)
{
	struct fair_lock *l = &ctl.lock;
	unsigned int ticket;

	pthread_mutex_lock(&l->mutex);
	ticket = l->next++;
	while (ticket != l->now)
		pthread_cond_wait(&l->released, &l->mutex);
	pthread_mutex_unlock(&l->mutex);
}

void
vc_loop_unlock(void)
{
	struct fair_lock *l = &ctl.lock;

	pthread_mutex_lock(&l->mutex);
	l->now++;
	pthread_cond_broadcast(&l->released);
	pthread_mutex_unlock(&l->mutex);
}

int
vc_source_watch(struct vc_source *source)
{
	struct epoll_event ev = { .events = source->events, .data.ptr = source };

	if (epoll_ctl(ctl.epoll_fd, EPOLL_CTL_MOD, source->fd, &ev) == 0)
		return 0;
	if (errno == ENOENT && epoll_ctl(ctl.epoll_fd, EPOLL_CTL_ADD, source->fd, &ev) == 0)
		return 0;
	VC_LOG(ERR, "cannot watch fd %d: %s", source->fd, strerror(errno));
	return -errno;
}

void
vc_source_unwatch(struct vc_source *source)
{
	if (source->fd >= 0)
		epoll_ctl(ctl.epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
}

/* Schedules the next tick within @p ms. */
static void
tick_within(unsigned int ms)
{
	uint64_t at = rte_get_timer_cycles() + rte_get_timer_hz() / 1000 * ms;

	if (!ctl.tick || (int64_t)(ctl.tick_at - at) > 0)
		ctl.tick_at = at;
	ctl.tick = true;
}

static void
wake_ready(struct vc_source *source, uint32_t events __rte_unused)
{
	eventfd_t value;

	eventfd_read(source->fd, &value);
	/* The users of the loop may have written to it because a tick is due. */
	tick_within(0);
}

void
vc_task_queue(struct vc_task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	if (!ctl.awake)
		eventfd_write(ctl.wake.fd, 1);
	STAILQ_INSERT_TAIL(&ctl.tasks, task, next);
}

void
vc_task_cancel(struct vc_task *task)
{
	if (!task->queued)
		return;
	task->queued = false;
	STAILQ_REMOVE(&ctl.tasks, task, vc_task, next);
}

bool
vc_task_run_first(void)
{
	struct vc_task *task = STAILQ_FIRST(&ctl.tasks);

	if (task == NULL)
		return false;
	vc_task_cancel(task);
	task->run(task);
	return true;
}

void
vc_loop_request_tick(void)
{
	/* A running tick returns the time of the next one. */
	if (ctl.ticking)
		return;
	tick_within(VC_LOOP_TICK_MS);
	if (!ctl.awake)
		eventfd_write(ctl.wake.fd, 1);
}

/* Runs the tick if it is due, not at each event: events may be frequent, and a tick takes time. */
static void
run_tick(void)
{
	int ms;

	if (!ctl.tick || (int64_t)(rte_get_timer_cycles() - ctl.tick_at) < 0)
		return;
	ctl.tick = false;
	ctl.ticking = true;
	ms = ctl.hooks->tick();
	ctl.ticking = false;
	if (ms >= 0)
		tick_within(ms);
}

/* Milliseconds to wait for events; -1: for ever. */
static int
idle_time(void)
{
	int64_t left = ctl.tick_at - rte_get_timer_cycles();

	if (!STAILQ_EMPTY(&ctl.tasks))
		return 0;
	if (!ctl.tick)
		return -1;
	return left <= 0 ? 0 : left * 1000 / (int64_t)rte_get_timer_hz() + 1;
}

static uint32_t
control_loop(void *arg __rte_unused)
{
	struct pollfd any = { .fd = ctl.epoll_fd, .events = POLLIN };
	struct epoll_event ev;
	int timeout = -1;

	for (;;) {
		/*
		 * Waits without the lock; an event counts only if it is still pending with the lock
		 * held. poll() does not consume events: epoll_wait() returns sources in turn, and a
		 * source consumed here each time would starve beside one that is always ready.
		 */
		int n = poll(&any, 1, timeout);

		vc_loop_lock();
		if (ctl.stop)
			break;
		ctl.awake = true;
		if (n > 0 && epoll_wait(ctl.epoll_fd, &ev, 1, 0) > 0) {
			struct vc_source *source = ev.data.ptr;

			source->ready(source, ev.events);
		}
		vc_task_run_first();
		run_tick();
		timeout = idle_time();
		ctl.awake = false;
		vc_loop_unlock();
	}
	vc_loop_unlock();
	return 0;
}

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
static int
thread_create(void)
{
	return -rte_thread_create_control(&ctl.thread, "vhost-crypto", control_loop, NULL);
}

static void
thread_join(void)
{
	rte_thread_join(ctl.thread, NULL);
}
#else
static void *
control_thread_main(void *arg)
{
	control_loop(arg);
	return NULL;
}

static int
thread_create(void)
{
	return rte_ctrl_thread_create(&ctl.thread, "vhost-crypto", NULL, control_thread_main, NULL);
}

static void
thread_join(void)
{
	pthread_join(ctl.thread, NULL);
}
#endif

static int
thread_start(const struct vc_loop_hooks *hooks)
{
	int ret;

	ctl.hooks = hooks;
	ctl.stop = false;
	ctl.tick = false;
	ctl.wake = (struct vc_source){ .events = EPOLLIN, .ready = wake_ready };
	ctl.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	ctl.wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ctl.epoll_fd < 0 || ctl.wake.fd < 0)
		ret = -errno;
	else
		ret = vc_source_watch(&ctl.wake);
	if (ret == 0)
		ret = hooks->start(ctl.wake.fd);
	if (ret == 0) {
		ret = thread_create();
		if (ret != 0)
			hooks->stop();
	}
	if (ret != 0) {
		close(ctl.epoll_fd);
		close(ctl.wake.fd);
	}
	return ret;
}

int
vc_loop_get(const struct vc_loop_hooks *hooks)
{
	int ret = 0;

	pthread_mutex_lock(&ctl.users_lock);
	if (ctl.users == 0)
		ret = thread_start(hooks);
	if (ret == 0)
		ctl.users++;
	pthread_mutex_unlock(&ctl.users_lock);
	return ret;
}

void
vc_loop_put(void)
{
	pthread_mutex_lock(&ctl.users_lock);
	if (--ctl.users == 0) {
		vc_loop_lock();
		ctl.stop = true;
		eventfd_write(ctl.wake.fd, 1);
		vc_loop_unlock();
		thread_join();
		ctl.hooks->stop();
		close(ctl.epoll_fd);
		close(ctl.wake.fd);
	}
	pthread_mutex_unlock(&ctl.users_lock);
}
