/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "virtio_crypto_caps.h"
#include "virtio_crypto_ctrlq.h"
#include "virtio_crypto_features.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_owner.h"
#include "virtio_crypto_probe.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_session.h"
#include "virtio_crypto_shared.h"

/* Timeout for operations in flight when queues are stopped. */
#define DRAIN_MS 1000

static struct virtio_crypto_queue *
get_queue(const struct virtio_crypto_dev *dev, unsigned int i)
{
	return dev->data->queue_pairs[i];
}

static int set_reason(int error, char *reason, const char *format, ...) __rte_format_printf(3, 4);

/* Sets the reason for which a device is refused. */
static int
set_reason(int error, char *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN, format, args);
	va_end(args);
	return error;
}

/* Negotiates features and reads the configuration of a device that must be ready and modern. */
static int
negotiate(struct virtio_crypto_dev *dev, uint64_t *features, struct virtio_crypto_config *config,
	  char *reason)
{
	uint64_t wanted = (VIRTIO_CRYPTO_SUPPORTED_FEATURES | dev->tr->requested_features) &
		~dev->tr->disabled_features;
	int ret = dev->tr->ops->open(dev->tr, virtio_crypto_features_valid(wanted), features);

	if (ret == 0)
		ret = dev->tr->ops->read_config(dev->tr, config);
	if (ret != 0 && ret != -EBUSY)
		return set_reason(ret, reason, "%s", strerror(-ret));
	if (ret == 0 && !virtio_crypto_has_feature(*features, VIRTIO_F_VERSION_1))
		return set_reason(-ENOTSUP, reason, "legacy device without VIRTIO_F_VERSION_1");
	/* Device configuration layout, R1, R2 */
	if (ret != 0 || !(rte_le_to_cpu_32(config->status) & VIRTIO_CRYPTO_S_HW_READY))
		return set_reason(-EBUSY, reason, "HW_READY is not set");
	return 0;
}

/* Starts the device with the queues that it knows. */
static int
run(struct virtio_crypto_dev *dev)
{
	return dev->tr->ops->run != NULL ? dev->tr->ops->run(dev->tr) : 0;
}

static int
init(struct virtio_crypto_dev *dev, char *reason)
{
	int ret = negotiate(dev, &dev->features, &dev->config, reason);
	uint32_t max_queues = rte_le_to_cpu_32(dev->config.max_dataqueues);

	if (ret != 0)
		return ret;
	/* Device configuration layout, R3 */
	if (dev->tr->max_queues > max_queues)
		return set_reason(-EINVAL, reason,
				  "%u data queues requested, the device has %" PRIu32,
				  dev->tr->max_queues, max_queues);
	dev->max_size = rte_le_to_cpu_64(dev->config.max_size);
	dev->has_ctrlq = dev->tr->has_ctrlq;
	dev->max_queues = dev->tr->max_queues;
	ret = virtio_crypto_caps_init(dev);
	if (ret == 0 && dev->has_ctrlq)
		ret = virtio_crypto_ctrlq_init(dev);
	if (ret == 0 && dev->has_ctrlq)
		ret = virtio_crypto_ctrlq_attach(dev);
	if (ret == 0)
		ret = run(dev);
	if (ret == 0 && dev->has_ctrlq)
		ret = virtio_crypto_probe_sizes(dev);
	if (ret != 0)
		return set_reason(ret, reason, "set-up failed: %s", strerror(-ret));
	dev->sessions_up = dev->has_ctrlq;
	dev->online = true;
	return 0;
}

int
virtio_crypto_lifecycle_init(struct virtio_crypto_dev *dev)
{
	char features[VIRTIO_CRYPTO_FEATURES_TEXT_LEN];
	char reason[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN];
	int ret = init(dev, reason);

	if (ret != 0)
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot initialize device at %s: %s", dev->data->name,
				  dev->tr->location, reason);
	else
		VIRTIO_CRYPTO_LOG(INFO, "%s: features: %s", dev->data->name,
				  virtio_crypto_features_format(dev->features, features));
	return ret;
}

void
virtio_crypto_lifecycle_fini(struct virtio_crypto_dev *dev)
{
	virtio_crypto_shared_close(dev);
	pthread_mutex_lock(&dev->lock);
	if (dev->ctrlq.zone != NULL)
		virtio_crypto_ctrlq_stop(dev);
	dev->online = false;
	pthread_mutex_unlock(&dev->lock);
	dev->tr->ops->close(dev->tr);
	dev->tr = NULL;
	dev->max_queues = 0;
	virtio_crypto_ctrlq_fini(dev);
}

void
virtio_crypto_lifecycle_handle_loss(struct virtio_crypto_dev *dev)
{
	unsigned int i;

	pthread_mutex_lock(&dev->lock);
	/* Device configuration layout, R2 */
	dev->online = false;
	if (dev->tr->ops->halt != NULL)
		dev->tr->ops->halt(dev->tr);
	dev->tr->ops->queue_stop(dev->tr, &dev->ctrlq.vq);
	for (i = 0; i < dev->data->nb_queue_pairs; i++) {
		if (get_queue(dev, i) == NULL)
			continue;
		/* A device that is connected but not ready completes what is in flight. */
		dev->tr->ops->queue_stop(dev->tr, &get_queue(dev, i)->vq);
		virtio_crypto_queue_change_state(get_queue(dev, i), VIRTIO_CRYPTO_QUEUE_LIVE,
						 VIRTIO_CRYPTO_QUEUE_LOST);
		virtio_crypto_owner_reclaim_queue(get_queue(dev, i));
	}
	virtio_crypto_sessions_suspend(dev, false);
	pthread_mutex_unlock(&dev->lock);
}

/* Checks that a restored device offers no less than before. */
static int
check_restored(const struct virtio_crypto_dev *dev, uint64_t features,
	       const struct virtio_crypto_config *config, char *reason)
{
	const char *lacks = virtio_crypto_caps_find_lacking(config, &dev->config);

	if (features != dev->features)
		return set_reason(-ENOTSUP, reason,
				  "features changed to 0x%" PRIx64 " from 0x%" PRIx64, features,
				  dev->features);
	if (dev->tr->has_ctrlq != dev->has_ctrlq)
		return set_reason(-ENOTSUP, reason, "the control queue %s",
				  dev->tr->has_ctrlq ? "appeared" : "disappeared");
	if (lacks != NULL)
		return set_reason(-ENOTSUP, reason, "%s offers less than before", lacks);
	return 0;
}

static int
restore(struct virtio_crypto_dev *dev, char *reason)
{
	struct virtio_crypto_config config;
	uint64_t features;
	int ret = negotiate(dev, &features, &config, reason);

	if (ret == 0)
		ret = check_restored(dev, features, &config, reason);
	if (ret != 0)
		return ret;
	if (dev->has_ctrlq) {
		dev->ctrlq.vq.index = rte_le_to_cpu_32(config.max_dataqueues);
		ret = virtio_crypto_ctrlq_attach(dev);
	}
	if (ret == 0)
		ret = virtio_crypto_lifecycle_attach_queues(dev);
	if (ret != 0)
		return set_reason(ret, reason, "set-up failed: %s", strerror(-ret));
	dev->online = true;
	return 0;
}

int
virtio_crypto_lifecycle_restore(struct virtio_crypto_dev *dev, char *reason)
{
	int ret;

	pthread_mutex_lock(&dev->lock);
	ret = restore(dev, reason);
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

/* Starts the rings of offline queues. @return their number, or a negative errno */
static int
start_rings(struct virtio_crypto_dev *dev)
{
	unsigned int i;
	int ret, n = 0;

	for (i = 0; i < dev->data->nb_queue_pairs; i++) {
		struct virtio_crypto_queue *q = get_queue(dev, i);

		if (q == NULL)
			continue;
		virtio_crypto_owner_reclaim_queue(q);
		if (virtio_crypto_queue_state(q) != VIRTIO_CRYPTO_QUEUE_OFFLINE)
			continue;
		virtio_crypto_queue_reset(q);
		ret = dev->tr->ops->queue_start(dev->tr, &q->vq);
		if (ret != 0)
			return ret;
		n++;
	}
	return n;
}

static bool
is_idle(const struct virtio_crypto_dev *dev)
{
	unsigned int i;

	for (i = 0; i < dev->data->nb_queue_pairs; i++)
		if (get_queue(dev, i) != NULL && get_queue(dev, i)->vq.attached &&
		    !virtio_crypto_ordered_ring_is_idle(get_queue(dev, i)))
			return false;
	return true;
}

void
virtio_crypto_lifecycle_drain(struct virtio_crypto_dev *dev)
{
	static const struct timespec nap = { .tv_nsec = 1000000 };
	unsigned int ms;

	for (ms = 0; ms < DRAIN_MS && !is_idle(dev) && dev->tr->ops->is_alive(dev->tr); ms++)
		nanosleep(&nap, NULL);
}

int
virtio_crypto_lifecycle_restart(struct virtio_crypto_dev *dev)
{
	char reason[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN];
	int ret;

	/* Some devices keep their sessions over a reset. */
	virtio_crypto_sessions_suspend(dev, dev->online);
	dev->online = false;
	ret = restore(dev, reason);
	if (ret != 0)
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot restart device: %s", dev->data->name, reason);
	return ret;
}

int
virtio_crypto_lifecycle_attach_queues(struct virtio_crypto_dev *dev)
{
	int started = start_rings(dev);
	unsigned int i;
	int ret = started < 0 ? started : run(dev);

	/* Device Initialization, R10 */
	/* Without a control queue the device accepts sessions once it has a ring. */
	if (ret == 0 && !dev->sessions_up && (started > 0 || dev->has_ctrlq))
		ret = virtio_crypto_sessions_restore(dev);
	if (ret < 0)
		return ret;
	/* A queue that went offline after start_rings() waits for the next call. */
	for (i = 0; i < dev->data->nb_queue_pairs; i++)
		if (get_queue(dev, i) != NULL && get_queue(dev, i)->vq.attached)
			virtio_crypto_queue_change_state(get_queue(dev, i),
							 VIRTIO_CRYPTO_QUEUE_OFFLINE,
							 VIRTIO_CRYPTO_QUEUE_LIVE);
	return 0;
}

bool
virtio_crypto_lifecycle_has_unnoticed_loss(struct virtio_crypto_dev *dev)
{
	unsigned int i;

	for (i = 0; i < dev->data->nb_queue_pairs; i++) {
		uint32_t state;

		if (get_queue(dev, i) == NULL)
			continue;
		/* A process may end a little after its device was lost. */
		virtio_crypto_owner_reclaim_queue(get_queue(dev, i));
		state = virtio_crypto_queue_state(get_queue(dev, i));
		if (state == VIRTIO_CRYPTO_QUEUE_LOST || state == VIRTIO_CRYPTO_QUEUE_RETIRE)
			return true;
	}
	return false;
}
