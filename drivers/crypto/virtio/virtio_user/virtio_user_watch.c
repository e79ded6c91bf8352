/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * A thread for each device, which sleeps until the connection breaks, and then restores it. It is
 * a thread of its own, and not a callback of EAL's for interrupts, because it waits for answers.
 */

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_lcore.h>
#include <rte_version.h>

#include "virtio_crypto_link.h"
#include "virtio_crypto_logs.h"
#include "virtio_user.h"

/* How often a back-end that is gone is looked for, and how often one that will not do is tried. */
#define RETRY_MS 200
#define AGAIN_MS 5000
/* How often queues are looked at whose lcores have not noticed a loss yet. */
#define ATTACH_MS 10

/* Waits until the connection breaks. False when the watch is to end. */
static bool
wait_lost(struct virtio_user *vu, int timeout_ms, bool *lost)
{
	struct pollfd pfds[] = {
		{ .fd = vu->stop_fd, .events = POLLIN },
		{ .fd = vu->vu.fd, .events = POLLRDHUP },
	};
	int n = poll(pfds, RTE_DIM(pfds), timeout_ms);

	*lost = n > 0 && pfds[1].revents != 0;
	return n <= 0 || pfds[0].revents == 0;
}

/* Gives the queues to the device whose lcores have noticed; true if there are more to come. */
static bool
attach(struct virtio_user *vu)
{
	struct virtio_crypto_dev *dev = vu->tr.dev;
	bool more;

	pthread_mutex_lock(&dev->lock);
	if (virtio_crypto_link_attach(dev) != 0)
		vu->tr.ops->fail(&vu->tr);
	more = virtio_crypto_link_waits(dev);
	pthread_mutex_unlock(&dev->lock);
	return more;
}

/* Whether nobody was there, or somebody who left at once. */
static bool
is_absent(int error)
{
	return error == -EAGAIN || error == -ENOENT || error == -ECONNREFUSED ||
		error == -ECONNRESET || error == -EPIPE;
}

/* Restores the connection. False when the watch is to end. */
static bool
restore(struct virtio_user *vu)
{
	struct pollfd pfd = { .fd = vu->stop_fd, .events = POLLIN };
	char reason[VIRTIO_CRYPTO_LINK_REASON_LEN], last[VIRTIO_CRYPTO_LINK_REASON_LEN] = "";
	const char *name = vu->tr.dev->data->name;
	int ret;

	VIRTIO_CRYPTO_LOG(NOTICE, "%s: connection lost", name);
	virtio_crypto_link_lost(vu->tr.dev);
	while ((ret = virtio_crypto_link_restore(vu->tr.dev, reason)) != 0) {
		if (!is_absent(ret) && strcmp(reason, last) != 0) {
			VIRTIO_CRYPTO_LOG(ERR, "%s: not connected again: %s", name, reason);
			strcpy(last, reason);
		}
		if (poll(&pfd, 1, is_absent(ret) ? RETRY_MS : AGAIN_MS) > 0)
			return false;
	}
	VIRTIO_CRYPTO_LOG(NOTICE, "%s: connected again", name);
	return true;
}

static void *
watch(void *arg)
{
	struct virtio_user *vu = arg;
	bool lost, more = false;

	while (wait_lost(vu, more ? ATTACH_MS : -1, &lost)) {
		if (lost && !restore(vu))
			break;
		more = attach(vu);
	}
	return NULL;
}

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
static uint32_t
run_watch(void *arg)
{
	watch(arg);
	return 0;
}

static int
start_thread(struct virtio_user *vu)
{
	rte_thread_t thread;
	int ret = rte_thread_create_internal_control(&thread, "vcrypto", run_watch, vu);

	vu->watcher = (pthread_t)thread.opaque_id;
	return -ret;
}
#else
static int
start_thread(struct virtio_user *vu)
{
	return rte_ctrl_thread_create(&vu->watcher, "virtio_crypto", NULL, watch, vu);
}
#endif

int
virtio_user_watch(struct virtio_crypto_transport *tr)
{
	struct virtio_user *vu = (struct virtio_user *)tr;
	int ret;

	vu->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (vu->stop_fd < 0)
		return -errno;
	ret = start_thread(vu);
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "no thread to watch the connection: %s", strerror(-ret));
		close(vu->stop_fd);
		vu->stop_fd = -1;
	}
	return ret;
}

void
virtio_user_unwatch(struct virtio_crypto_transport *tr)
{
	struct virtio_user *vu = (struct virtio_user *)tr;

	if (vu->stop_fd < 0)
		return;
	eventfd_write(vu->stop_fd, 1);
	pthread_join(vu->watcher, NULL);
	close(vu->stop_fd);
	vu->stop_fd = -1;
}
