/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The control thread: front-ends and control queues, all by events on file descriptors.
 *
 * Handlers and tasks run one at a time with the control lock held. Other threads take the same lock
 * to change what they look at. Whoever holds it waits for nothing but a queue's lock. The lock is
 * taken in the order in which it was asked for, so that a busy control thread keeps nobody out.
 *
 * A handler that has more to do than VC_THREAD_BUDGET_US allows leaves the rest to a task. The
 * thread alternates between events and tasks, and takes both in turn.
 */

#ifndef VHOST_CRYPTO_THREAD_H
#define VHOST_CRYPTO_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/queue.h>

/** Microseconds after which a handler or a task leaves the rest of its work to a task. */
#define VC_THREAD_BUDGET_US 500

/** Something with a file descriptor to watch. */
struct vc_source {
	int fd;		 /**< -1: not watched */
	uint32_t events; /**< EPOLLIN, EPOLLOUT */
	void (*ready)(struct vc_source *source, uint32_t events);
	void *arg;
};

/**
 * Makes sure that the thread runs; every call needs one vc_thread_put().
 *
 * @return 0 or -errno
 */
int vc_thread_get(void);

/** Ends the thread after the last user. Not from the thread itself. */
void vc_thread_put(void);

void vc_thread_lock(void);

void vc_thread_unlock(void);

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

/** Asks for vc_devices_tick() within some milliseconds. Lock held. */
void vc_thread_tick(void);

#endif /* VHOST_CRYPTO_THREAD_H */
