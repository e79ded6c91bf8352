/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The exported functions of both interfaces. A program of DPDK's interface registers the socket
 * with librte_vhost and owns its callbacks, so rte_vhost_crypto_create() binds a device to its
 * vhost device: in the "new device" callback or, as DPDK's own program from 24.11 on, in "new
 * connection". Sessions that the front-end creates before are created on the first cryptodev that
 * supports them.
 *
 * librte_vhost sees guests through dpdk_guest.h only.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_errno.h>
#include <rte_vhost.h>

#include "device.h"
#include "log.h"
#include "session_table.h"
#include "vhost_user_connection.h"
#include "virtio_crypto_features.h"

struct rte_vhost_crypto_device *
rte_vhost_crypto_device_register(const char *path, const struct rte_vhost_crypto_device_conf *conf)
{
	struct rte_vhost_crypto_device *dev = vc_device_create(path, conf, false);
	int ret;

	if (dev == NULL)
		return NULL;
	ret = vc_device_get_loop();
	if (ret == 0) {
		ret = vc_device_open(dev, -1);
		if (ret == 0)
			return dev;
		vc_loop_put();
	}
	vc_device_destroy(dev);
	rte_errno = -ret;
	return NULL;
}

void
rte_vhost_crypto_device_stop(struct rte_vhost_crypto_device *dev)
{
	enum vc_vhost_user_state state;

	vc_loop_lock();
	vc_vhost_user_disconnect(&dev->vhost_user);
	vc_loop_unlock();
	for (;;) {
		vc_loop_lock();
		state = dev->vhost_user.state;
		vc_loop_unlock();
		if (state == VC_VHOST_USER_IDLE)
			break;
		usleep(1000);
	}
}

void
rte_vhost_crypto_device_unregister(struct rte_vhost_crypto_device *dev)
{
	if (dev == NULL)
		return;
	rte_vhost_crypto_device_stop(dev);
	vc_device_close(dev);
	vc_loop_put();
	vc_device_destroy(dev);
}

int
rte_vhost_crypto_device_set_ready(struct rte_vhost_crypto_device *dev, bool ready)
{
	if (dev == NULL)
		return -EINVAL;
	vc_loop_lock();
	vc_device_set_ready(dev, ready);
	vc_loop_unlock();
	return 0;
}

uint16_t
rte_vhost_crypto_queue_poll(struct rte_vhost_crypto_device *dev, uint16_t queue, uint16_t burst)
{
	if (unlikely(queue >= dev->nb_queues))
		return 0;
	return vc_queue_poll(&dev->queues[queue], burst);
}

int
rte_vhost_crypto_queue_arm(struct rte_vhost_crypto_device *dev, uint16_t queue)
{
	if (dev == NULL || queue >= dev->nb_queues)
		return -EINVAL;
	return vc_queue_arm(&dev->queues[queue]);
}

void
rte_vhost_crypto_queue_disarm(struct rte_vhost_crypto_device *dev, uint16_t queue)
{
	if (dev != NULL && queue < dev->nb_queues)
		vc_queue_disarm(&dev->queues[queue]);
}

int
rte_vhost_crypto_queue_stats_get(struct rte_vhost_crypto_device *dev, uint16_t queue,
				 struct rte_vhost_crypto_queue_stats *stats)
{
	if (dev == NULL || stats == NULL || queue >= dev->nb_queues)
		return -EINVAL;
	vc_queue_stats(&dev->queues[queue], stats);
	return 0;
}

/* IVs have to share VHOST_CRYPTO_MAX_IV_LEN bytes of the caller's operations. */
#define AUTH_IV_OFFSET 16

/* Until rte_vhost_crypto_create() chooses the cryptodev, the first ones of the process are used. */
static struct rte_vhost_crypto_device *
dpdk_api_device(const char *path)
{
	uint8_t cdevs[RTE_VHOST_CRYPTO_MAX_CDEVS];
	uint16_t qp[RTE_VHOST_CRYPTO_MAX_CDEVS] = { 0 }; /* not used: the program enqueues itself */
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.cdev_ids = cdevs,
		.qp_ids = qp,
		.nb_sessions = VHOST_CRYPTO_SESSION_MAP_ENTRIES,
		.socket_id = SOCKET_ID_ANY,
		/* The queues' session caches would need the cryptodev before it is chosen. */
		.disabled_features = VIRTIO_CRYPTO_STATELESS_MODES,
	};
	struct rte_vhost_crypto_device *dev;
	unsigned int id;

	for (id = 0; id < RTE_CRYPTO_MAX_DEVS && conf.nb_cdevs < RTE_DIM(cdevs); id++)
		if (rte_cryptodev_is_valid_dev(id))
			cdevs[conf.nb_cdevs++] = id;
	dev = vc_device_create(path, &conf, true);
	if (dev == NULL)
		return NULL;
	dev->sessions.auth_iv_offset = AUTH_IV_OFFSET;
	vc_device_fill_config(dev, 0);
	return dev;
}

/* librte_vhost has ended its side of a connection. */
static void
handle_guest_gone(void *arg)
{
	struct rte_vhost_crypto_device *dev = arg;

	vc_vhost_user_continue(&dev->vhost_user);
}

/*
 * The program notifies guests by write() itself. It gets an internal eventfd that never blocks and
 * stays open, and the control thread relays the notification.
 */
static void
relay_call(struct vc_source *source, uint32_t events __rte_unused)
{
	struct rte_vhost_crypto_device *dev = source->arg;
	eventfd_t value;
	uint16_t i;

	eventfd_read(source->fd, &value);
	for (i = 0; i < dev->nb_queues; i++)
		if (dev->rings[i].started && dev->rings[i].callfd >= 0)
			vc_call_signal(dev->rings[i].callfd);
}

static int
open_call_relay(struct rte_vhost_crypto_device *dev)
{
	int ret;

	dev->call_relay = (struct vc_source){
		.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.events = EPOLLIN,
		.ready = relay_call,
		.arg = dev,
	};
	if (dev->call_relay.fd < 0)
		return -errno;
	vc_loop_lock();
	ret = vc_source_watch(&dev->call_relay);
	vc_loop_unlock();
	return ret;
}

static void
close_call_relay(struct rte_vhost_crypto_device *dev)
{
	if (dev->call_relay.fd < 0)
		return;
	vc_loop_lock();
	vc_source_unwatch(&dev->call_relay);
	vc_loop_unlock();
	close(dev->call_relay.fd);
}

/* Starts librte_vhost's socket and unlinks it, so that only dpdk_guest.h can connect to it. */
static int
open_inner(const char *path)
{
	int fd;

	if (rte_vhost_driver_set_features(path, 1ULL << VIRTIO_F_VERSION_1) != 0 ||
	    rte_vhost_driver_start(path) != 0) {
		VC_LOG(ERR, "%s: librte_vhost cannot listen on this socket", path);
		return -EADDRINUSE;
	}
	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static int
open_device(struct rte_vhost_crypto_device *dev)
{
	int fd, ret;

	vc_socket_remove_stale(dev->path);
	fd = open_inner(dev->path);
	if (fd < 0)
		return fd;
	dev->dpdk_guest.gone = handle_guest_gone;
	dev->dpdk_guest.arg = dev;
	ret = open_call_relay(dev);
	if (ret == 0)
		ret = vc_device_open(dev, fd);
	if (ret == 0)
		return 0;
	close_call_relay(dev);
	close(fd);
	return ret;
}

int
rte_vhost_crypto_driver_start(const char *path)
{
	struct rte_vhost_crypto_device *dev = dpdk_api_device(path);

	if (dev == NULL)
		return -1;
	if (vc_device_get_loop() != 0) {
		vc_device_destroy(dev);
		return -1;
	}
	if (open_device(dev) != 0) {
		vc_loop_put();
		vc_device_destroy(dev);
		return -1;
	}
	return 0;
}

static struct rte_vhost_crypto_device *by_vid[RTE_MAX_VHOST_DEVICE];

static struct rte_vhost_crypto_device *
find_device(int vid)
{
	if (vid < 0 || vid >= RTE_MAX_VHOST_DEVICE)
		return NULL;
	return __atomic_load_n(&by_vid[vid], __ATOMIC_ACQUIRE);
}

/* Finds the device of a vhost device that is not bound yet. Control lock held. */
static struct rte_vhost_crypto_device *
find_unbound(int vid)
{
	struct rte_vhost_crypto_device *dev;
	char path[PATH_MAX];

	if (vid < 0 || vid >= RTE_MAX_VHOST_DEVICE ||
	    rte_vhost_get_ifname(vid, path, sizeof(path)) != 0)
		return NULL;
	dev = vc_device_by_path(path);
	return dev != NULL && dev->dpdk_api && !dev->served ? dev : NULL;
}

/* Binds a device to its vhost device and cryptodev. Control lock held. */
static int
bind_device(struct rte_vhost_crypto_device *dev, int vid, uint8_t cryptodev_id)
{
	int ret;

	vc_sessions_bind_cdev(&dev->sessions, cryptodev_id);
	vc_device_fill_config(dev, 0);
	vc_device_choose_copies(dev);
	dev->served = true;
	/* At "new connection" no ring is set up yet; messages start the queues later. */
	ret = vc_device_restart_queues(dev);
	if (ret != 0) {
		dev->served = false;
		return ret;
	}
	__atomic_store_n(&by_vid[vid], dev, __ATOMIC_RELEASE);
	return 0;
}

int
rte_vhost_crypto_create(int vid, uint8_t cryptodev_id, struct rte_mempool *sess_pool __rte_unused,
			int socket_id __rte_unused)
{
	struct rte_vhost_crypto_device *dev;
	int ret = -EINVAL;

	vc_loop_lock();
	dev = find_unbound(vid);
	if (dev != NULL && rte_cryptodev_is_valid_dev(cryptodev_id))
		ret = bind_device(dev, vid, cryptodev_id);
	else
		VC_LOG(ERR,
		       "vhost device %d was not started by "
		       "rte_vhost_crypto_driver_start(), or cryptodev %u does not "
		       "exist",
		       vid, cryptodev_id);
	vc_loop_unlock();
	return ret;
}

/* Waits until the queues have stopped, and returns with the control lock held. */
static void
stop_queues(struct rte_vhost_crypto_device *dev)
{
	bool stopped;

	for (;;) {
		vc_loop_lock();
		stopped = vc_device_try_stop_queues(dev);
		if (stopped)
			return; /* with the lock held */
		vc_loop_unlock();
		usleep(50);
	}
}

int
rte_vhost_crypto_free(int vid)
{
	struct rte_vhost_crypto_device *dev = find_device(vid);

	if (dev == NULL)
		return -EINVAL;
	vc_loop_lock();
	dev->served = false; /* queues are not started again */
	vc_loop_unlock();
	stop_queues(dev);
	vc_device_forget_sessions(dev);
	__atomic_store_n(&by_vid[vid], NULL, __ATOMIC_RELEASE);
	vc_vhost_user_continue(&dev->vhost_user);
	vc_loop_unlock();
	return 0;
}

static bool
has_in_flight(const struct rte_vhost_crypto_device *dev)
{
	uint16_t i;

	for (i = 0; i < dev->nb_queues; i++)
		if (dev->queues[i].in_flight != 0)
			return true;
	return false;
}

/* Chooses private copies, with the queues stopped meanwhile. */
static int
set_copy(struct rte_vhost_crypto_device *dev, bool copy)
{
	int ret;

	if (has_in_flight(dev))
		return -EBUSY;
	stop_queues(dev);
	dev->copy = copy;
	vc_device_choose_copies(dev);
	ret = vc_device_restart_queues(dev);
	vc_loop_unlock();
	return ret;
}

int
rte_vhost_crypto_set_zero_copy(int vid, enum rte_vhost_crypto_zero_copy option)
{
	struct rte_vhost_crypto_device *dev = find_device(vid);

	if (dev == NULL ||
	    (option != RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE &&
	     option != RTE_VHOST_CRYPTO_ZERO_COPY_ENABLE))
		return -EINVAL;
	return set_copy(dev, option == RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE);
}

uint16_t
rte_vhost_crypto_fetch_requests(int vid, uint32_t qid, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	struct rte_vhost_crypto_device *dev = find_device(vid);

	if (unlikely(dev == NULL || qid >= dev->nb_queues))
		return 0;
	return vc_queue_fetch(&dev->queues[qid], ops, nb_ops, false);
}

struct callfds {
	int *fds;
	uint16_t count;
};

static void
collect_callfd(void *arg, struct vc_queue *q)
{
	struct callfds *c = arg;

	if (q->vring.callfd >= 0 && c->count < VIRTIO_CRYPTO_MAX_NUM_BURST_VQS)
		c->fds[c->count++] = q->vring.callfd;
}

uint16_t
rte_vhost_crypto_finalize_requests(struct rte_crypto_op **ops, uint16_t nb_ops, int *callfds,
				   uint16_t *nb_callfds)
{
	struct callfds c = { .fds = callfds };

	vc_queue_complete(ops, nb_ops, collect_callfd, &c);
	*nb_callfds = c.count;
	return nb_ops;
}
