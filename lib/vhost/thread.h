/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The control thread: doors and control queues, all by events on file descriptors.
 *
 * Handlers run one at a time with the control lock held. Other threads take the same lock to
 * change what handlers look at. Whoever holds it waits for nothing but a queue's lock.
 */

#ifndef VHOST_CRYPTO_THREAD_H
#define VHOST_CRYPTO_THREAD_H

#include <stdint.h>
#include <sys/epoll.h>

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

/** Asks for vc_devices_tick() within some milliseconds. Lock held. */
void vc_thread_tick(void);

#endif /* VHOST_CRYPTO_THREAD_H */
