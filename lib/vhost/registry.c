/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Making, finding and unmaking devices: the interface for new programs. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_vhost.h>

#include "device.h"
#include "virtio_crypto_features.h"
#include "log.h"

int vc_logtype;

RTE_INIT(vhost_crypto_log_init)
{
	vc_logtype = rte_log_register("lib.vhost.crypto");
	if (vc_logtype >= 0)
		rte_log_set_level(vc_logtype, RTE_LOG_NOTICE);
}

TAILQ_HEAD(device_list, rte_vhost_crypto_device);

/* Protected by the control lock. */
static struct device_list devices = TAILQ_HEAD_INITIALIZER(devices);

/* A request's length fields are 32 bits wide, and some cryptodevs count bits in them. */
#define MAX_MAX_SIZE (256u << 20)

#define ALL_FLAGS                                                                                  \
	(RTE_VHOST_CRYPTO_F_CLIENT | RTE_VHOST_CRYPTO_F_COPY | RTE_VHOST_CRYPTO_F_GUEST_POLLING |  \
	 RTE_VHOST_CRYPTO_F_NO_AKCIPHER)

/* Without these there is no device that a front-end could use. */
#define NEEDED_FEATURES ((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VHOST_USER_F_PROTOCOL_FEATURES))

static int
conf_check(const char *path, const struct rte_vhost_crypto_device_conf *conf)
{
	struct sockaddr_un un;
	uint8_t i;

	if (path == NULL || conf == NULL || path[0] == '\0' ||
	    strlen(path) >= sizeof(un.sun_path)) {
		VC_LOG(ERR, "the socket's path must have 1 to %zu characters",
		       sizeof(un.sun_path) - 1);
		return -EINVAL;
	}
	if (conf->nb_queues == 0 || conf->nb_queues > RTE_VHOST_CRYPTO_MAX_QUEUES ||
	    conf->nb_cdevs == 0 || conf->nb_cdevs > RTE_VHOST_CRYPTO_MAX_CDEVS ||
	    conf->cdev_ids == NULL || conf->qp_ids == NULL) {
		VC_LOG(ERR,
		       "%s: %u data queues and %u cryptodevs; 1 to %u and 1 to %u are "
		       "possible",
		       path, conf->nb_queues, conf->nb_cdevs, RTE_VHOST_CRYPTO_MAX_QUEUES,
		       RTE_VHOST_CRYPTO_MAX_CDEVS);
		return -EINVAL;
	}
	if (conf->flags & ~ALL_FLAGS) {
		VC_LOG(ERR, "%s: flags 0x%x; 0x%x are all that there are", path, conf->flags,
		       ALL_FLAGS);
		return -EINVAL;
	}
	if (conf->disabled_features & NEEDED_FEATURES) {
		VC_LOG(ERR,
		       "%s: VIRTIO_F_VERSION_1 and VHOST_USER_F_PROTOCOL_FEATURES cannot be "
		       "disabled",
		       path);
		return -EINVAL;
	}
	if (conf->nb_sessions > VC_MAX_SESSIONS || conf->max_size > MAX_MAX_SIZE) {
		VC_LOG(ERR,
		       "%s: %u sessions and requests of %u bytes; at most %u and %u are "
		       "possible",
		       path, conf->nb_sessions, conf->max_size, VC_MAX_SESSIONS, MAX_MAX_SIZE);
		return -EINVAL;
	}
	if (conf->socket_mode & ~0777u) {
		VC_LOG(ERR, "%s: socket mode 0%o; 0777 are all bits that there are", path,
		       conf->socket_mode);
		return -EINVAL;
	}
	for (i = 0; i < conf->nb_cdevs; i++)
		if (!rte_cryptodev_is_valid_dev(conf->cdev_ids[i])) {
			VC_LOG(ERR, "%s: there is no cryptodev %u", path, conf->cdev_ids[i]);
			return -ENODEV;
		}
	return 0;
}

/* The config space must not promise what no cryptodev does. */
static int
check_max_size(const struct rte_vhost_crypto_device *dev, uint32_t max_size)
{
	if (max_size <= dev->useful_size)
		return 0;
	VC_LOG(ERR,
	       "%s: max_size %u, but no cryptodev of the set takes more than %u bytes of data, for "
	       "which %u is enough; ask for that at most, or add one that does, such as "
	       "crypto_openssl",
	       dev->path, max_size, UINT16_MAX, dev->useful_size);
	return -EINVAL;
}

static int
init_queues(struct rte_vhost_crypto_device *dev, const struct rte_vhost_crypto_device_conf *conf)
{
	struct vc_queue_env env = {
		.mem = &dev->mem,
		.sessions = &dev->sessions,
		.features = &dev->features,
		.cdev_features = dev->cdev_features,
		.copy = &dev->copy,
		.inflight = &dev->inflight,
		.max_size = rte_le_to_cpu_64(dev->config.max_size),
		.socket_id = conf->socket_id,
		.guest_polling = conf->flags & RTE_VHOST_CRYPTO_F_GUEST_POLLING,
		.aead = dev->config.aead_algo != 0,
		.akcipher = dev->config.akcipher_algo != 0,
	};
	uint16_t i;
	int ret;

	for (i = 0; i < conf->nb_queues; i++) {
		ret = vc_queue_init(&dev->queues[i], i, conf->qp_ids + i * conf->nb_cdevs, &env);
		if (ret != 0)
			return ret;
		dev->nb_queues++;
		if (conf->epoll_fds == NULL)
			continue;
		ret = vc_queue_events_init(&dev->queues[i], conf->epoll_fds[i], dev);
		if (ret != 0) {
			VC_LOG(ERR,
			       "%s: epoll instance %d does not take the events of queue %u: %s",
			       dev->path, conf->epoll_fds[i], i, strerror(-ret));
			return ret;
		}
	}
	return 0;
}

static void
init_fields(struct rte_vhost_crypto_device *dev, const char *path,
	    const struct rte_vhost_crypto_device_conf *conf)
{
	strcpy(dev->path, path);
	dev->vid = -1;
	dev->copy = conf->flags & RTE_VHOST_CRYPTO_F_COPY;
	dev->offered = virtio_crypto_features_valid(VC_FEATURES & ~conf->disabled_features);
	dev->max_memory = conf->max_memory;
	dev->sessions.nb_cdevs = conf->nb_cdevs;
	memcpy(dev->sessions.cdev_ids, conf->cdev_ids, conf->nb_cdevs);
	dev->sessions.auth_iv_offset = VC_MAX_IV;
	dev->ctrlq.dev = dev;
	dev->ctrlq.index = conf->nb_queues;
	dev->door.dev = dev;
	dev->door.path = dev->path;
	/* Programs for DPDK's interface rely on their umask. */
	if (!dev->dpdk_api)
		dev->door.mode = conf->socket_mode != 0 ? conf->socket_mode : 0600;
	dev->door.client = conf->flags & RTE_VHOST_CRYPTO_F_CLIENT;
	dev->door.inner_fd = -1;
	dev->door.channel_fd = -1;
}

struct rte_vhost_crypto_device *
vc_device_create(const char *path, const struct rte_vhost_crypto_device_conf *conf, bool dpdk_api)
{
	uint32_t nb_sessions;
	struct rte_vhost_crypto_device *dev;
	int ret = conf_check(path, conf);

	if (ret != 0) {
		rte_errno = -ret;
		return NULL;
	}
	nb_sessions = conf->nb_sessions ? conf->nb_sessions : RTE_VHOST_CRYPTO_DEFAULT_SESSIONS;
	dev = rte_zmalloc_socket("vhost_crypto",
				 sizeof(*dev) + conf->nb_queues * sizeof(dev->queues[0]),
				 RTE_CACHE_LINE_SIZE, conf->socket_id);
	if (dev == NULL) {
		rte_errno = ENOMEM;
		return NULL;
	}
	dev->dpdk_api = dpdk_api;
	init_fields(dev, path, conf);
	if (!dpdk_api && !(conf->flags & RTE_VHOST_CRYPTO_F_NO_AKCIPHER))
		dev->sessions.nb_users = conf->nb_queues;
	vc_device_fill_config(dev, conf->max_size);
	ret = check_max_size(dev, conf->max_size);
	if (ret != 0) {
		rte_free(dev);
		rte_errno = -ret;
		return NULL;
	}
	ret = vc_sessions_init(&dev->sessions, nb_sessions, conf->socket_id) == 0 ?
		init_queues(dev, conf) :
		-ENOMEM;
	if (ret == -ENOMEM)
		VC_LOG(ERR, "%s: not enough memory for %u sessions and %u queues", path,
		       nb_sessions, conf->nb_queues);
	if (ret != 0) {
		vc_device_destroy(dev);
		rte_errno = -ret;
		return NULL;
	}
	return dev;
}

void
vc_device_destroy(struct rte_vhost_crypto_device *dev)
{
	uint16_t i;

	for (i = 0; i < dev->nb_queues; i++)
		vc_queue_fini(&dev->queues[i]);
	vc_sessions_fini(&dev->sessions);
	vc_inflight_forget(&dev->inflight);
	rte_free(dev);
}

struct rte_vhost_crypto_device *
vc_device_by_path(const char *path)
{
	struct rte_vhost_crypto_device *dev;

	TAILQ_FOREACH(dev, &devices, next)
		if (strcmp(dev->inner_path, path) == 0)
			return dev;
	return NULL;
}

bool
vc_devices_tick(void)
{
	struct rte_vhost_crypto_device *dev;
	bool again = false;

	TAILQ_FOREACH(dev, &devices, next) {
		if (dev->sessions.nb_zombies > 0)
			vc_device_reap_sessions(dev);
		vc_door_continue(&dev->door);
		vc_ctrlq_continue(&dev->ctrlq);
		again |= dev->sessions.nb_zombies > 0 || dev->ctrlq.more ||
			(dev->door.client && dev->door.state == VC_DOOR_IDLE && !dev->door.shut);
	}
	return again;
}

/* A socket that nobody listens on was left behind by a program that ended badly. */
static void
remove_stale_socket(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(un.sun_path, path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) != 0 &&
	    errno == ECONNREFUSED) {
		VC_LOG(NOTICE, "%s: nobody listens on this socket any more; it is replaced", path);
		unlink(path);
	}
	close(fd);
}

/* Starts librte_vhost's socket and takes its name away, so that only the door finds it. */
static int
inner_open(struct rte_vhost_crypto_device *dev)
{
	int fd;

	if (rte_vhost_driver_set_features(dev->inner_path, dev->offered) != 0 ||
	    rte_vhost_driver_set_protocol_features(dev->inner_path, VC_PROTOCOL_FEATURES) != 0 ||
	    rte_vhost_driver_start(dev->inner_path) != 0) {
		VC_LOG(ERR, "%s: librte_vhost cannot listen on %s", dev->path, dev->inner_path);
		return -EADDRINUSE;
	}
	fd = open(dev->inner_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(dev->inner_path);
	return fd;
}

int
vc_device_open(struct rte_vhost_crypto_device *dev)
{
	int fd, ret;

	if (!dev->door.client)
		remove_stale_socket(dev->path);
	fd = inner_open(dev);
	if (fd < 0)
		return fd;
	vc_thread_lock();
	ret = vc_door_open(&dev->door, fd);
	if (ret == 0)
		TAILQ_INSERT_TAIL(&devices, dev, next);
	vc_thread_unlock();
	if (ret != 0) {
		VC_LOG(ERR, "%s: cannot listen: %s", dev->path, strerror(-ret));
		close(fd);
	}
	return ret;
}

static int
new_connection(int vid)
{
	struct rte_vhost_crypto_device *dev;
	char path[PATH_MAX];
	int ret = -1;

	if (rte_vhost_get_ifname(vid, path, sizeof(path)) != 0)
		return -1;
	vc_thread_lock();
	dev = vc_device_by_path(path);
	if (dev != NULL)
		ret = vc_device_attach(dev, vid);
	vc_thread_unlock();
	return ret;
}

static void
destroy_connection(int vid)
{
	struct rte_vhost_crypto_device *dev = vc_device_by_vid(vid);

	if (dev != NULL)
		vc_device_detach(dev);
}

static const struct rte_vhost_device_ops device_ops = {
	.new_connection = new_connection,
	.destroy_connection = destroy_connection,
};

/* Registers an inner socket in a directory of our own, which is gone before this returns. */
static int
register_open(struct rte_vhost_crypto_device *dev)
{
	char dir[] = "/tmp/vhost_crypto.XXXXXX";
	int ret;

	if (mkdtemp(dir) == NULL) {
		VC_LOG(ERR, "%s: cannot make a directory in /tmp: %s", dev->path, strerror(errno));
		return -errno;
	}
	snprintf(dev->inner_path, sizeof(dev->inner_path), "%s/inner", dir);
	ret = -ENOMEM;
	if (rte_vhost_driver_register(dev->inner_path, 0) == 0) {
		rte_vhost_driver_callback_register(dev->inner_path, &device_ops);
		ret = vc_device_open(dev);
		if (ret != 0)
			rte_vhost_driver_unregister(dev->inner_path);
	}
	rmdir(dir);
	return ret;
}

struct rte_vhost_crypto_device *
rte_vhost_crypto_device_register(const char *path, const struct rte_vhost_crypto_device_conf *conf)
{
	struct rte_vhost_crypto_device *dev = vc_device_create(path, conf, false);
	int ret;

	if (dev == NULL)
		return NULL;
	ret = vc_thread_get();
	if (ret == 0) {
		ret = register_open(dev);
		if (ret == 0)
			return dev;
		vc_thread_put();
	}
	vc_device_destroy(dev);
	rte_errno = -ret;
	return NULL;
}

void
rte_vhost_crypto_device_stop(struct rte_vhost_crypto_device *dev)
{
	enum vc_door_state state;

	vc_thread_lock();
	if (!dev->door.shut && !dev->door.client)
		unlink(dev->path);
	vc_door_disconnect(&dev->door);
	vc_thread_unlock();
	for (;;) {
		vc_thread_lock();
		state = dev->door.state;
		vc_thread_unlock();
		if (state == VC_DOOR_IDLE)
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
	vc_thread_lock();
	TAILQ_REMOVE(&devices, dev, next);
	vc_door_close(&dev->door);
	vc_thread_unlock();
	rte_vhost_driver_unregister(dev->inner_path);
	vc_thread_put();
	vc_device_destroy(dev);
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
