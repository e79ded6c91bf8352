/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <inttypes.h>

#include <rte_eal.h>
#include <rte_version.h>

#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_monitor.h"
#include "virtio_crypto_owner.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_session.h"
#include "virtio_crypto_shared.h"
#include "virtio_cryptodev_ops.h"

/*
 * The device, or NULL: it is just being plugged in, or was unplugged. A scheduler calls the
 * functions of its workers directly, whatever has become of them.
 */
static struct virtio_crypto_dev *
get_plugged(const struct rte_cryptodev *cdev)
{
	return cdev->data != NULL ? cdev->data->dev_private : NULL;
}

static struct virtio_crypto_queue *
get_queue(const struct virtio_crypto_dev *dev, unsigned int i)
{
	return dev->data->queue_pairs[i];
}

/* Fails once the device is closed. */
static int
check_open(const struct virtio_crypto_dev *dev)
{
	if (dev->tr != NULL)
		return 0;
	VIRTIO_CRYPTO_LOG(ERR, "%s: device is closed", dev->data->name);
	return -ENODEV;
}

static int
dev_configure(struct rte_cryptodev *cdev, struct rte_cryptodev_config *config)
{
	(void)config; /* nothing depends on it */
	return check_open(cdev->data->dev_private);
}

/* Stops the queues on the device, and finishes their operations. */
static void
stop_queues(struct virtio_crypto_dev *dev)
{
	unsigned int i;

	/* A device that is reset has to forget its sessions before. */
	if (!dev->has_ctrlq || dev->tr->all_at_once)
		virtio_crypto_sessions_suspend(dev, dev->online);
	for (i = 0; i < dev->data->nb_queue_pairs; i++) {
		struct virtio_crypto_queue *q = get_queue(dev, i);

		if (q == NULL || virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_STOPPED)
			continue;
		dev->tr->ops->queue_stop(dev->tr, &q->vq);
		virtio_crypto_owner_stop_queue(q);
		virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_STOPPED);
	}
}

/* Without a device queues start offline, and are attached when it is restored. */
static int
dev_start(struct rte_cryptodev *cdev)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;
	int ret = check_open(dev);
	unsigned int i;

	if (ret != 0)
		return ret;
	virtio_crypto_shared_complete(dev);
	pthread_mutex_lock(&dev->lock);
	for (i = 0; i < dev->data->nb_queue_pairs; i++)
		if (get_queue(dev, i) != NULL)
			virtio_crypto_queue_set_state(get_queue(dev, i),
						      VIRTIO_CRYPTO_QUEUE_OFFLINE);
	if (dev->online)
		ret = dev->tr->all_at_once ? virtio_crypto_lifecycle_restart(dev) :
					     virtio_crypto_lifecycle_attach_queues(dev);
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot start queues: %s", dev->data->name,
				  strerror(-ret));
		stop_queues(dev);
	}
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

static void
dev_stop(struct rte_cryptodev *cdev)
{
	struct virtio_crypto_dev *dev = get_plugged(cdev);

	if (dev == NULL)
		return;
	pthread_mutex_lock(&dev->lock);
	/* A reset, unlike a stop, does not complete what is in flight. */
	if (dev->online && dev->tr->all_at_once)
		virtio_crypto_lifecycle_drain(dev);
	stop_queues(dev);
	/* Restarted, as sessions can be created while queues are stopped. */
	if (dev->online && dev->tr->all_at_once && virtio_crypto_lifecycle_restart(dev) != 0)
		dev->tr->ops->fail(dev->tr);
	pthread_mutex_unlock(&dev->lock);
}

/* Puts a queue pair, or NULL, into its place; returns what was there. */
static struct virtio_crypto_queue *
set_queue(struct virtio_crypto_dev *dev, uint16_t qp_id, struct virtio_crypto_queue *q)
{
	struct virtio_crypto_queue *before;

	pthread_mutex_lock(&dev->lock);
	pthread_mutex_lock(&dev->queues_lock);
	before = dev->data->queue_pairs[qp_id];
	__atomic_store_n(&dev->data->queue_pairs[qp_id], q, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&dev->queues_lock);
	pthread_mutex_unlock(&dev->lock);
	return before;
}

static int
queue_pair_release(struct rte_cryptodev *cdev, uint16_t qp_id)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;
	struct virtio_crypto_queue *q;

	q = set_queue(dev, qp_id, NULL);
	if (q != NULL)
		virtio_crypto_queue_free(dev, q);
	return 0;
}

static int
queue_pair_setup(struct rte_cryptodev *cdev, uint16_t qp_id,
		 const struct rte_cryptodev_qp_conf *conf, int socket_id)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;
	struct virtio_crypto_queue *q;
	int ret = check_open(dev);

	if (ret != 0)
		return ret;
	queue_pair_release(cdev, qp_id);
	q = virtio_crypto_queue_create(dev, qp_id, conf->nb_descriptors, socket_id);
	if (q == NULL)
		return -ENOMEM;
	if (q->nb_slots < conf->nb_descriptors)
		VIRTIO_CRYPTO_LOG(INFO, "%s: queue %u holds %u operations, %" PRIu32 " requested",
				  dev->data->name, qp_id, q->nb_slots, conf->nb_descriptors);
	set_queue(dev, qp_id, q);
	return 0;
}

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
/*
 * Resets one queue pair that no lcore uses, while others are in use; operations in flight on it are
 * discarded. Not supported by devices whose queues are started together.
 */
static int
queue_pair_reset(struct rte_cryptodev *cdev, uint16_t qp_id,
		 const struct rte_cryptodev_qp_conf *conf, int socket_id)
{
	struct virtio_crypto_dev *dev = cdev->data->dev_private;
	struct rte_cryptodev_qp_conf same = { 0 };
	uint32_t state;
	int ret = check_open(dev);

	if (ret != 0)
		return ret;
	if (dev->tr->all_at_once)
		return -ENOTSUP;
	pthread_mutex_lock(&dev->lock);
	if (get_queue(dev, qp_id) == NULL) {
		pthread_mutex_unlock(&dev->lock);
		return -EINVAL;
	}
	same.nb_descriptors = get_queue(dev, qp_id)->nb_slots;
	state = virtio_crypto_queue_state(get_queue(dev, qp_id));
	dev->tr->ops->queue_stop(dev->tr, &get_queue(dev, qp_id)->vq);
	virtio_crypto_queue_set_state(get_queue(dev, qp_id), VIRTIO_CRYPTO_QUEUE_STOPPED);
	pthread_mutex_unlock(&dev->lock);
	ret = queue_pair_setup(cdev, qp_id, conf != NULL ? conf : &same, socket_id);
	if (ret != 0 || state == VIRTIO_CRYPTO_QUEUE_STOPPED)
		return ret;
	pthread_mutex_lock(&dev->lock);
	virtio_crypto_queue_set_state(get_queue(dev, qp_id), VIRTIO_CRYPTO_QUEUE_OFFLINE);
	if (dev->online)
		ret = virtio_crypto_lifecycle_attach_queues(dev);
	pthread_mutex_unlock(&dev->lock);
	return ret;
}
#endif

static int
dev_close(struct rte_cryptodev *cdev)
{
	struct virtio_crypto_dev *dev = get_plugged(cdev);
	uint16_t i;

	if (dev == NULL || dev->tr == NULL)
		return 0;
	for (i = 0; i < dev->data->nb_queue_pairs; i++)
		queue_pair_release(cdev, i);
	virtio_crypto_monitor_stop(dev);
	virtio_crypto_lifecycle_fini(dev);
	return 0;
}

static void
dev_infos_get(struct rte_cryptodev *cdev, struct rte_cryptodev_info *info)
{
	static const struct rte_cryptodev_capabilities none[] = {
		RTE_CRYPTODEV_END_OF_CAPABILITIES_LIST(),
	};
	const struct virtio_crypto_dev *dev = get_plugged(cdev);

	info->driver_id = cdev->driver_id;
	info->feature_flags = cdev->feature_flags;
	/* Telemetry asks while the device is being plugged in, too. */
	info->capabilities = dev != NULL && dev->capabilities != NULL ? dev->capabilities : none;
	info->max_nb_queue_pairs = dev != NULL ? dev->max_queues : 0;
	info->sym.max_nb_sessions = 0; /* no limit is known */
}

/* Adds the counters of a queue since their reset. */
static void
add_counts(const struct virtio_crypto_queue *q, struct rte_cryptodev_stats *stats)
{
	const struct rte_cryptodev_stats now = virtio_crypto_queue_get_counts(q);
	const struct rte_cryptodev_stats *start = &q->stats_start;

	stats->enqueued_count += now.enqueued_count - start->enqueued_count;
	stats->dequeued_count += now.dequeued_count - start->dequeued_count;
	stats->enqueue_err_count += now.enqueue_err_count - start->enqueue_err_count;
	stats->dequeue_err_count += now.dequeue_err_count - start->dequeue_err_count;
}

/*
 * Any thread may read statistics, such as telemetry's, also while queue pairs are set up or a call
 * waits for the device. Other processes cannot use the lock; the structure of a queue pair that
 * they may still read is kept when it is freed, see virtio_crypto_queue_free().
 */
static void
lock_queues(struct virtio_crypto_dev *dev)
{
	if (rte_eal_process_type() != RTE_PROC_SECONDARY)
		pthread_mutex_lock(&dev->queues_lock);
}

static void
unlock_queues(struct virtio_crypto_dev *dev)
{
	if (rte_eal_process_type() != RTE_PROC_SECONDARY)
		pthread_mutex_unlock(&dev->queues_lock);
}

/* A queue pair as it is now; NULL: there is none, or the device was never configured. */
static struct virtio_crypto_queue *
current_queue(const struct rte_cryptodev_data *data, unsigned int i)
{
	return data->queue_pairs == NULL ? NULL :
					   __atomic_load_n(&data->queue_pairs[i], __ATOMIC_ACQUIRE);
}

static void
stats_get(struct rte_cryptodev *cdev, struct rte_cryptodev_stats *stats)
{
	struct virtio_crypto_dev *dev = get_plugged(cdev);
	const struct virtio_crypto_queue *q;
	unsigned int i;

	if (dev == NULL)
		return;
	lock_queues(dev);
	for (i = 0; i < cdev->data->nb_queue_pairs; i++) {
		q = current_queue(cdev->data, i);
		if (q != NULL)
			add_counts(q, stats);
	}
	unlock_queues(dev);
}

/* Only lcores write the counters: a reset saves their values, to be subtracted. */
static void
stats_reset(struct rte_cryptodev *cdev)
{
	struct virtio_crypto_dev *dev = get_plugged(cdev);
	struct virtio_crypto_queue *q;
	unsigned int i;

	if (dev == NULL)
		return;
	lock_queues(dev);
	for (i = 0; i < cdev->data->nb_queue_pairs; i++) {
		q = current_queue(cdev->data, i);
		if (q != NULL)
			q->stats_start = virtio_crypto_queue_get_counts(q);
	}
	unlock_queues(dev);
}

/*
 * A scheduler takes for its own sessions what its workers say that theirs need. It has a counter
 * there, and a pointer for each worker, of which it takes 8.
 */
#define SCHEDULER_SESSION_SIZE ((1 + 8) * sizeof(void *))

static unsigned int
sym_session_get_size(struct rte_cryptodev *cdev)
{
	(void)cdev;
	return RTE_MAX(sizeof(struct virtio_crypto_session_ref), SCHEDULER_SESSION_SIZE);
}

static int
sym_session_configure(struct rte_cryptodev *cdev, struct rte_crypto_sym_xform *xform,
		      struct rte_cryptodev_sym_session *session)
{
	return virtio_crypto_shared_create_sym(cdev->data->dev_private, xform,
					       CRYPTODEV_GET_SYM_SESS_PRIV(session));
}

static void
sym_session_clear(struct rte_cryptodev *cdev, struct rte_cryptodev_sym_session *session)
{
	(void)cdev; /* a session can be freed through any device */
	virtio_crypto_shared_destroy_sym(CRYPTODEV_GET_SYM_SESS_PRIV(session));
}

static unsigned int
asym_session_get_size(struct rte_cryptodev *cdev)
{
	(void)cdev;
	return sizeof(struct virtio_crypto_asym_session_ref);
}

static int
asym_session_configure(struct rte_cryptodev *cdev, struct rte_crypto_asym_xform *xform,
		       struct rte_cryptodev_asym_session *session)
{
	return virtio_crypto_shared_create_asym(cdev->data->dev_private, xform,
						(void *)session->sess_private_data);
}

static void
asym_session_clear(struct rte_cryptodev *cdev, struct rte_cryptodev_asym_session *session)
{
	(void)cdev;
	virtio_crypto_shared_destroy_asym((void *)session->sess_private_data);
}

struct rte_cryptodev_ops virtio_crypto_ops = {
	.dev_configure = dev_configure,
	.dev_start = dev_start,
	.dev_stop = dev_stop,
	.dev_close = dev_close,
	.dev_infos_get = dev_infos_get,
	.stats_get = stats_get,
	.stats_reset = stats_reset,
	.queue_pair_setup = queue_pair_setup,
	.queue_pair_release = queue_pair_release,
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	.queue_pair_reset = queue_pair_reset,
#endif
	.sym_session_get_size = sym_session_get_size,
	.asym_session_get_size = asym_session_get_size,
	.sym_session_configure = sym_session_configure,
	.asym_session_configure = asym_session_configure,
	.sym_session_clear = sym_session_clear,
	.asym_session_clear = asym_session_clear,
};

/*
 * Operations of a secondary process. DPDK refuses what is not here before it changes anything: only
 * the primary process configures, starts, stops and closes the device.
 */
struct rte_cryptodev_ops virtio_crypto_secondary_ops = {
	.dev_infos_get = dev_infos_get,
	.stats_get = stats_get,
	.stats_reset = stats_reset,
	.sym_session_get_size = sym_session_get_size,
	.asym_session_get_size = asym_session_get_size,
	.sym_session_configure = sym_session_configure,
	.asym_session_configure = asym_session_configure,
	.sym_session_clear = sym_session_clear,
	.asym_session_clear = asym_session_clear,
};
