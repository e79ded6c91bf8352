/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The monitor is a thread, not a callback for EAL's interrupts: it waits for answers, and not every
 * device can interrupt.
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

/* Intervals of attempts to restore an absent device, and one that was refused. */
#define RETRY_MS	 200
#define REFUSED_RETRY_MS 5000
/* Interval of checks whether lcores have noticed a loss. */
#define LCORE_CHECK_MS 10
/* Timeout for that with a device whose queues are started together. */
#define LCORE_TIMEOUT_MS 1000

/* Sleeps. @return false when the monitor is to stop */
static bool
sleep_unless_stopped(const struct virtio_crypto_dev *dev, int ms)
{
	struct pollfd pfd = { .fd = dev->monitor.stop_fd, .events = POLLIN };

	return poll(&pfd, 1, ms) <= 0;
}

static bool
is_lost(struct virtio_crypto_dev *dev)
{
	bool lost;

	pthread_mutex_lock(&dev->lock);
	lost = !dev->tr->ops->is_alive(dev->tr);
	pthread_mutex_unlock(&dev->lock);
	return lost;
}

static void
refresh_state(struct virtio_crypto_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	dev->tr->ops->refresh_state(dev->tr);
	pthread_mutex_unlock(&dev->lock);
}

/* Waits until the device is lost, or for a timeout. @return false when the monitor is to stop */
static bool
wait_lost(struct virtio_crypto_dev *dev, int timeout_ms, bool *lost)
{
	struct pollfd pfds[3] = { { .fd = dev->monitor.stop_fd, .events = POLLIN },
				  { .fd = -1 },
				  { .fd = -1 } };

	dev->tr->ops->get_pollfds(dev->tr, &pfds[1]);
	*lost = is_lost(dev);
	if (*lost || poll(pfds, RTE_DIM(pfds), timeout_ms) <= 0)
		return true;
	*lost = pfds[1].revents != 0;
	if (!*lost && pfds[2].revents != 0)
		refresh_state(dev);
	return pfds[0].revents == 0;
}

/* Attaches the queues whose lcores have noticed the loss. @return whether others remain */
static bool
attach_queues(struct virtio_crypto_dev *dev)
{
	bool more;

	pthread_mutex_lock(&dev->lock);
	if (dev->online && virtio_crypto_lifecycle_attach_queues(dev) != 0)
		dev->tr->ops->fail(dev->tr);
	more = virtio_crypto_lifecycle_has_unnoticed_loss(dev);
	pthread_mutex_unlock(&dev->lock);
	return more;
}

/* Waits for all lcores to notice a loss. @return false when the monitor is to stop */
static bool
wait_for_lcores(struct virtio_crypto_dev *dev)
{
	bool waits = dev->tr->all_at_once;
	unsigned int ms;

	for (ms = 0; waits && ms < LCORE_TIMEOUT_MS; ms += LCORE_CHECK_MS) {
		pthread_mutex_lock(&dev->lock);
		waits = virtio_crypto_lifecycle_has_unnoticed_loss(dev);
		pthread_mutex_unlock(&dev->lock);
		if (waits && !sleep_unless_stopped(dev, LCORE_CHECK_MS))
			return false;
	}
	return true;
}

/* Whether an error means that there was no device, or that it disconnected at once. */
static bool
is_absent(int error)
{
	return error == -EAGAIN || error == -ENOENT || error == -ECONNREFUSED ||
		error == -ECONNRESET || error == -EPIPE || error == -ENODEV;
}

/* Restores the device. @return false when the monitor is to stop */
static bool
restore(struct virtio_crypto_dev *dev)
{
	char reason[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN],
		last[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN] = "";
	const char *name = dev->data->name;
	int ret;

	VIRTIO_CRYPTO_LOG(NOTICE, "%s: device lost", name);
	virtio_crypto_lifecycle_handle_loss(dev);
	if (!wait_for_lcores(dev))
		return false;
	while ((ret = virtio_crypto_lifecycle_restore(dev, reason)) != 0) {
		if (!is_absent(ret) && strcmp(reason, last) != 0) {
			VIRTIO_CRYPTO_LOG(ERR, "%s: cannot restore device: %s", name, reason);
			strcpy(last, reason);
		}
		/* A busy device is retried soon. */
		if (!sleep_unless_stopped(
			    dev, is_absent(ret) || ret == -EBUSY ? RETRY_MS : REFUSED_RETRY_MS))
			return false;
	}
	virtio_crypto_shared_complete(dev);
	VIRTIO_CRYPTO_LOG(NOTICE, "%s: device restored", name);
	return true;
}

static void *
monitor_device(void *arg)
{
	struct virtio_crypto_dev *dev = arg;
	bool lost, more = false;

	while (wait_lost(dev, more ? LCORE_CHECK_MS : dev->tr->check_interval_ms, &lost)) {
		if (lost && !restore(dev))
			break;
		more = attach_queues(dev);
	}
	return NULL;
}

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
static uint32_t
run_monitor(void *arg)
{
	monitor_device(arg);
	return 0;
}

static int
start_thread(struct virtio_crypto_dev *dev)
{
	rte_thread_t thread;
	int ret = rte_thread_create_internal_control(&thread, "vcrypto", run_monitor, dev);

	dev->monitor.thread = (pthread_t)thread.opaque_id;
	return -ret;
}
#else
static int
start_thread(struct virtio_crypto_dev *dev)
{
	return rte_ctrl_thread_create(&dev->monitor.thread, "virtio_crypto", NULL, monitor_device,
				      dev);
}
#endif

int
virtio_crypto_monitor_start(struct virtio_crypto_dev *dev)
{
	int ret;

	dev->monitor.stop_fd = eventfd(0, EFD_CLOEXEC);
	if (dev->monitor.stop_fd < 0)
		return -errno;
	ret = start_thread(dev);
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "cannot create monitor thread: %s", strerror(-ret));
		close(dev->monitor.stop_fd);
		return ret;
	}
	dev->monitor.runs = true;
	return 0;
}

void
virtio_crypto_monitor_stop(struct virtio_crypto_dev *dev)
{
	if (!dev->monitor.runs)
		return;
	eventfd_write(dev->monitor.stop_fd, 1);
	pthread_join(dev->monitor.thread, NULL);
	close(dev->monitor.stop_fd);
	dev->monitor.runs = false;
}
