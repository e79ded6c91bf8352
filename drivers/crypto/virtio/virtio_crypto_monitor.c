/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * It is a thread of its own, and not a callback of EAL's for interrupts, because it waits for
 * answers, and because not every device can interrupt.
 */

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_lcore.h>
#include <rte_version.h>

#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_shared.h"
#include "virtio_crypto_monitor.h"

/* How often a device that is gone is looked for, and how often one that will not do is tried. */
#define RETRY_MS 200
#define AGAIN_MS 5000
/* How often queues are looked at whose lcores have not noticed a loss yet. */
#define ATTACH_MS 10
/* How long they are waited for by a device that takes all queues at once. */
#define SETTLE_MS 1000

/* Sleeps; false when the watch is to end. */
static bool
rest(const struct virtio_crypto_dev *dev, int ms)
{
	struct pollfd pfd = { .fd = dev->watch.stop_fd, .events = POLLIN };

	return poll(&pfd, 1, ms) <= 0;
}

static bool
is_lost(struct virtio_crypto_dev *dev)
{
	bool lost;

	pthread_mutex_lock(&dev->lock);
	lost = !dev->tr->ops->alive(dev->tr);
	pthread_mutex_unlock(&dev->lock);
	return lost;
}

static void
look(struct virtio_crypto_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	dev->tr->ops->look(dev->tr);
	pthread_mutex_unlock(&dev->lock);
}

/* Waits until the device is lost, or for so long. False when the watch is to end. */
static bool
wait_lost(struct virtio_crypto_dev *dev, int timeout_ms, bool *lost)
{
	struct pollfd pfds[3] = { { .fd = dev->watch.stop_fd, .events = POLLIN },
				  { .fd = -1 },
				  { .fd = -1 } };

	dev->tr->ops->poll_for(dev->tr, &pfds[1]);
	*lost = is_lost(dev);
	if (*lost || poll(pfds, RTE_DIM(pfds), timeout_ms) <= 0)
		return true;
	*lost = pfds[1].revents != 0;
	if (!*lost && pfds[2].revents != 0)
		look(dev);
	return pfds[0].revents == 0;
}

/* Gives the queues to the device whose lcores have noticed; true if there are more to come. */
static bool
attach(struct virtio_crypto_dev *dev)
{
	bool more;

	pthread_mutex_lock(&dev->lock);
	if (dev->online && virtio_crypto_lifecycle_attach_queues(dev) != 0)
		dev->tr->ops->fail(dev->tr);
	more = virtio_crypto_lifecycle_has_unnoticed_loss(dev);
	pthread_mutex_unlock(&dev->lock);
	return more;
}

/* Gives all lcores the time to notice a loss. False when the watch is to end. */
static bool
settle(struct virtio_crypto_dev *dev)
{
	bool waits = dev->tr->all_at_once;
	unsigned int ms;

	for (ms = 0; waits && ms < SETTLE_MS; ms += ATTACH_MS) {
		pthread_mutex_lock(&dev->lock);
		waits = virtio_crypto_lifecycle_has_unnoticed_loss(dev);
		pthread_mutex_unlock(&dev->lock);
		if (waits && !rest(dev, ATTACH_MS))
			return false;
	}
	return true;
}

/* Whether nobody was there, or somebody who left at once. */
static bool
is_absent(int error)
{
	return error == -EAGAIN || error == -ENOENT || error == -ECONNREFUSED ||
		error == -ECONNRESET || error == -EPIPE || error == -ENODEV;
}

/* Restores the device. False when the watch is to end. */
static bool
restore(struct virtio_crypto_dev *dev)
{
	char reason[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN],
		last[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN] = "";
	const char *name = dev->data->name;
	int ret;

	VIRTIO_CRYPTO_LOG(NOTICE, "%s: device lost", name);
	virtio_crypto_lifecycle_handle_loss(dev);
	if (!settle(dev))
		return false;
	while ((ret = virtio_crypto_lifecycle_restore(dev, reason)) != 0) {
		if (!is_absent(ret) && strcmp(reason, last) != 0) {
			VIRTIO_CRYPTO_LOG(ERR, "%s: device not taken back: %s", name, reason);
			strcpy(last, reason);
		}
		/* One that is busy says when it is ready. */
		if (!rest(dev, is_absent(ret) || ret == -EBUSY ? RETRY_MS : AGAIN_MS))
			return false;
	}
	virtio_crypto_shared_complete(dev);
	VIRTIO_CRYPTO_LOG(NOTICE, "%s: device is back", name);
	return true;
}

static void *
watch(void *arg)
{
	struct virtio_crypto_dev *dev = arg;
	bool lost, more = false;

	while (wait_lost(dev, more ? ATTACH_MS : dev->tr->look_ms, &lost)) {
		if (lost && !restore(dev))
			break;
		more = attach(dev);
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
start_thread(struct virtio_crypto_dev *dev)
{
	rte_thread_t thread;
	int ret = rte_thread_create_internal_control(&thread, "vcrypto", run_watch, dev);

	dev->watch.thread = (pthread_t)thread.opaque_id;
	return -ret;
}
#else
static int
start_thread(struct virtio_crypto_dev *dev)
{
	return rte_ctrl_thread_create(&dev->watch.thread, "virtio_crypto", NULL, watch, dev);
}
#endif

int
virtio_crypto_monitor_start(struct virtio_crypto_dev *dev)
{
	int ret;

	dev->watch.stop_fd = eventfd(0, EFD_CLOEXEC);
	if (dev->watch.stop_fd < 0)
		return -errno;
	ret = start_thread(dev);
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "no thread to watch the device: %s", strerror(-ret));
		close(dev->watch.stop_fd);
		return ret;
	}
	dev->watch.runs = true;
	return 0;
}

void
virtio_crypto_monitor_stop(struct virtio_crypto_dev *dev)
{
	if (!dev->watch.runs)
		return;
	eventfd_write(dev->watch.stop_fd, 1);
	pthread_join(dev->watch.thread, NULL);
	close(dev->watch.stop_fd);
	dev->watch.runs = false;
}
