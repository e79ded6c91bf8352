/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The control thread's event loop: file descriptors, tasks and a timer. It knows no device.
 *
 * Handlers, tasks and the timer's tick run one at a time with the control lock held. Other threads
 * take the same lock to change what those work on. Its holder may wait for the lock of a queue and
 * for nothing else. The lock is granted in the order of the requests, so that a busy control thread
 * starves nobody.
 *
 * A handler with more work than VC_LOOP_BUDGET_US leaves the rest to a task. The loop alternates
 * between events and tasks, and serves the members of both in turn.
 */

#ifndef VHOST_CRYPTO_EVENT_LOOP_H
#define VHOST_CRYPTO_EVENT_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/queue.h>

/** Microseconds after which a handler or a task leaves the rest of its work to a task. */
#define VC_LOOP_BUDGET_US 500

/** Something with a file descriptor to watch. */
struct vc_source {
	int fd;		 /**< -1: none */
	uint32_t events; /**< EPOLLIN, EPOLLOUT */
	void (*ready)(struct vc_source *source, uint32_t events);
	void *arg;
};

/** Milliseconds within which vc_loop_request_tick() has the tick run. */
#define VC_LOOP_TICK_MS 1

/** What the users of the loop register; the same for all of them. */
struct vc_loop_hooks {
	/**
	 * Called before the thread starts.
	 *
	 * @param wake_fd  an eventfd: a write to it, from a signal handler, too, runs the tick
	 * @return 0 or -errno
	 */
	int (*start)(int wake_fd);
	/** Called after the thread has ended. */
	void (*stop)(void);
	/**
	 * Timer callback, with the lock held.
	 *
	 * @return milliseconds until the next one, -1: when vc_loop_request_tick() is called
	 */
	int (*tick)(void);
};

/**
 * Starts the thread for its first user; every call needs one vc_loop_put().
 *
 * @return 0 or -errno
 */
int vc_loop_get(const struct vc_loop_hooks *hooks);

/** Ends the thread after its last user. Not from the thread itself. */
void vc_loop_put(void);

void vc_loop_lock(void);

void vc_loop_unlock(void);

/** Watches source->fd for source->events, or for changed events. Lock held. 0 or -errno. */
int vc_source_watch(struct vc_source *source);

/** Stops watching; the fd stays open. Lock held. */
void vc_source_unwatch(struct vc_source *source);

/** Work that is left for later; all zero but for run and arg when it is new. */
struct vc_task {
	STAILQ_ENTRY(vc_task) next;
	bool queued;
	void (*run)(struct vc_task *task);
	void *arg;
};

/** Has a task run once, after all that are queued; nothing if it is queued. Lock held. */
void vc_task_queue(struct vc_task *task);

/** Takes a task back; nothing if it is not queued. Lock held. */
void vc_task_cancel(struct vc_task *task);

/** Runs the task that was queued first, if any. Lock held. @return whether there was one */
bool vc_task_run_first(void);

/** Has the tick run within VC_LOOP_TICK_MS. Lock held. */
void vc_loop_request_tick(void);

#endif /* VHOST_CRYPTO_EVENT_LOOP_H */
