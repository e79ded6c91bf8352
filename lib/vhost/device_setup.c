/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Creation and destruction of devices, their config space, and the list of them. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "akcipher.h"
#include "call.h"
#include "device.h"
#include "event_loop.h"
#include "log.h"
#include "session_table.h"
#include "sigbus.h"
#include "vhost_user_connection.h"
#include "virtio_crypto_features.h"

TAILQ_HEAD(device_list, rte_vhost_crypto_device);

/* Milliseconds until the next tick. */
#define TICK_SOON  VC_LOOP_TICK_MS
#define TICK_LATER 20

/* Protected by the control lock. */
static struct device_list devices = TAILQ_HEAD_INITIALIZER(devices);

/* Length fields of requests have 32 bits, and some cryptodevs count bits in them. */
#define MAX_MAX_SIZE (256u << 20)

#define ALL_FLAGS                                                                                  \
	(RTE_VHOST_CRYPTO_F_CLIENT | RTE_VHOST_CRYPTO_F_COPY | RTE_VHOST_CRYPTO_F_GUEST_POLLING |  \
	 RTE_VHOST_CRYPTO_F_NO_AKCIPHER | RTE_VHOST_CRYPTO_F_SOCKET_GROUP)

/* Required by all front-ends. */
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
		VC_LOG(ERR, "%s: flags 0x%x; supported flags are 0x%x", path, conf->flags,
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
		VC_LOG(ERR, "%s: socket mode 0%o; permission bits up to 0777 are possible", path,
		       conf->socket_mode);
		return -EINVAL;
	}
	for (i = 0; i < conf->nb_cdevs; i++)
		if (!rte_cryptodev_is_valid_dev(conf->cdev_ids[i])) {
			VC_LOG(ERR, "%s: no such cryptodev %u", path, conf->cdev_ids[i]);
			return -ENODEV;
		}
	return 0;
}

/* Whether a cryptodev supports an algorithm; raises the maximum lengths. */
static bool
alg_offered(const struct rte_vhost_crypto_device *dev, const struct virtio_crypto_alg *alg,
	    uint32_t *max_key, uint32_t *max_aad)
{
	bool offered = false;
	uint8_t i;

	for (i = 0; i < dev->sessions.nb_cdevs; i++)
		offered |= vc_cdev_has_alg(dev->sessions.cdev_ids[i], alg, max_key, max_aad);
	return offered;
}

static const uint32_t akciphers[] = {
	VIRTIO_CRYPTO_AKCIPHER_RSA,
	VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC,
};

/*
 * Maximum useful max_size. If no cryptodev takes more data than one mbuf, that is one mbuf of data
 * in and out, and all that can accompany it.
 */
static uint32_t
useful_size(const struct rte_vhost_crypto_device *dev, uint32_t max_aad)
{
	uint8_t i;

	for (i = 0; i < dev->sessions.nb_cdevs; i++)
		if (dev->sessions.large[i])
			return UINT32_MAX;
	/* Device configuration layout, D6 */
	return 2 * UINT16_MAX + 2 * VC_MAX_IV + VC_MAX_DIGEST + RTE_MIN(max_aad, UINT16_MAX);
}

void
vc_device_choose_copies(struct rte_vhost_crypto_device *dev)
{
	struct rte_cryptodev_info info;
	const char *reason;
	uint8_t i, id;

	for (i = 0; i < dev->sessions.nb_cdevs; i++) {
		id = dev->sessions.cdev_ids[i];
		reason = vc_cdev_find_copy_reason(id);
		/* Log once: with DPDK's interface, this runs for each guest. */
		if (reason != NULL && !dev->copies[i]) {
			rte_cryptodev_info_get(id, &info);
			VC_LOG(NOTICE,
			       "%s: cryptodev %u (%s) gets copies of guest data, because %s",
			       dev->path, id, info.driver_name, reason);
		}
		dev->copies[i] = dev->copy || reason != NULL;
	}
}

void
vc_device_fill_config(struct rte_vhost_crypto_device *dev, uint32_t max_size)
{
	struct virtio_crypto_config *config = &dev->config;
	uint32_t cipher_key = 0, auth_key = 0, aad = 0;
	const struct virtio_crypto_alg *algs;
	unsigned int nb, i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < dev->sessions.nb_cdevs; i++) {
		dev->cdev_features[i] = vc_cdev_features(dev->sessions.cdev_ids[i]);
		dev->sessions.large[i] = vc_cdev_large(dev->sessions.cdev_ids[i]);
	}
	algs = virtio_crypto_algs(&nb);
	for (i = 0; i < nb; i++) {
		bool auth = algs[i].xform == RTE_CRYPTO_SYM_XFORM_AUTH;

		if (alg_offered(dev, &algs[i], auth ? &auth_key : &cipher_key, &aad))
			virtio_crypto_config_offer(config, &algs[i]);
	}
	for (i = 0; i < RTE_DIM(akciphers); i++)
		if (vc_akcipher_offered(&dev->sessions, akciphers[i]))
			virtio_crypto_config_offer_akcipher(config, akciphers[i]);
	/*
	 * Front-ends take a device that is not ready for one without control queue, and create
	 * sessions by messages.
	 */
	/* Device configuration layout, D1, D2, D3, D6, D7, D8 */
	config->status = rte_cpu_to_le_32(dev->dpdk_api ? 0 : VIRTIO_CRYPTO_S_HW_READY);
	config->max_dataqueues = rte_cpu_to_le_32(dev->ctrlq.index);
	config->max_cipher_key_len = rte_cpu_to_le_32(RTE_MIN(cipher_key, VC_MAX_CIPHER_KEY));
	config->max_auth_key_len = rte_cpu_to_le_32(RTE_MIN(auth_key, VC_MAX_AUTH_KEY));
	dev->useful_size = useful_size(dev, aad);
	if (max_size == 0)
		max_size = RTE_MIN(RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE, dev->useful_size);
	config->max_size = rte_cpu_to_le_64(max_size);
}

/* Rejects a max_size that no cryptodev supports. */
static int
check_max_size(const struct rte_vhost_crypto_device *dev, uint32_t max_size)
{
	if (max_size <= dev->useful_size)
		return 0;
	VC_LOG(ERR,
	       "%s: max_size %u, but no cryptodev of the device supports more "
	       "than %u bytes of data; use a max_size of at most %u, or add a "
	       "cryptodev that does, such as crypto_openssl",
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
		.copies = dev->copies,
		.rings = dev->rings,
		.call_relay = &dev->call_relay.fd,
		.log = &dev->log,
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
			       "%s: cannot add the events of queue %u to epoll instance %d: %s",
			       dev->path, i, conf->epoll_fds[i], strerror(-ret));
			return ret;
		}
	}
	return 0;
}

static void
handle_ctrlq_start(struct rte_vhost_crypto_device *dev)
{
	vc_vhost_user_send_pending_change(&dev->vhost_user);
}

static const struct vc_ctrlq_ops ctrlq_ops = {
	.create_session = vc_device_create_session,
	.reap_sessions = vc_device_reap_sessions,
	.handle_start = handle_ctrlq_start,
};

static const struct vc_vhost_user_ops vhost_user_ops = {
	.begin_guest = vc_device_begin_guest,
	.is_served = vc_device_guest_is_served,
	.begin_release = vc_device_begin_release,
	.release = vc_device_release,
	.try_stop_queue = vc_device_try_stop_queue,
	.try_stop_queues = vc_device_try_stop_queues,
	.start_queue = vc_device_start_queue,
	.restart_queues = vc_device_restart_queues,
	.update_running = vc_device_update_running,
	.create_session = vc_device_create_session,
	.reap_sessions = vc_device_reap_sessions_soon,
};

static void
init_fields(struct rte_vhost_crypto_device *dev, const char *path,
	    const struct rte_vhost_crypto_device_conf *conf)
{
	unsigned int i;

	strcpy(dev->path, path);
	dev->copy = conf->flags & RTE_VHOST_CRYPTO_F_COPY;
	dev->offered = virtio_crypto_features_valid(VC_FEATURES & ~conf->disabled_features);
	dev->sessions.nb_cdevs = conf->nb_cdevs;
	memcpy(dev->sessions.cdev_ids, conf->cdev_ids, conf->nb_cdevs);
	dev->sessions.auth_iv_offset = VC_MAX_IV;
	dev->ctrlq.index = conf->nb_queues;
	dev->ctrlq.env = (struct vc_ctrlq_env){
		.path = dev->path,
		.mem = &dev->mem,
		.features = &dev->features,
		.ring = &dev->rings[conf->nb_queues],
		.log = &dev->log,
		.sessions = &dev->sessions,
		.ops = &ctrlq_ops,
		.dev = dev,
	};
	dev->served = !dev->dpdk_api;
	dev->vhost_user.env = (struct vc_vhost_user_env){
		.mem = &dev->mem,
		.log = &dev->log,
		.log_map = &dev->log_map,
		.rings = dev->rings,
		.inflight = &dev->inflight,
		.sessions = &dev->sessions,
		.config = &dev->config,
		.features = &dev->features,
		.offered = dev->offered,
		.max_memory = conf->max_memory,
		.nb_queues = conf->nb_queues,
		/* A device of DPDK's interface has no control queue. */
		.nb_rings = conf->nb_queues + !dev->dpdk_api,
		.ctrlq_running = &dev->ctrlq.running,
		.ops = &vhost_user_ops,
		.dev = dev,
	};
	dev->vhost_user.path = dev->path;
	/* Programs for DPDK's interface rely on their umask. */
	if (!dev->dpdk_api)
		dev->vhost_user.mode = conf->socket_mode != 0 ? conf->socket_mode : 0600;
	dev->vhost_user.group = conf->flags & RTE_VHOST_CRYPTO_F_SOCKET_GROUP ? conf->socket_group :
										(gid_t)-1;
	dev->vhost_user.client = conf->flags & RTE_VHOST_CRYPTO_F_CLIENT;
	dev->vhost_user.channel_fd = -1;
	dev->dpdk_guest.path = dev->path;
	dev->dpdk_guest.inner_fd = -1;
	dev->dpdk_guest.back.fd = -1;
	dev->call_relay.fd = -1;
	for (i = 0; i < RTE_DIM(dev->rings); i++)
		dev->rings[i].kickfd = dev->rings[i].callfd = VC_RING_FD_UNSET;
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
	if (!dpdk_api)
		vc_device_choose_copies(dev);
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
	vc_inflight_drop_region(&dev->inflight);
	vc_mem_unmap(&dev->mem);
	rte_free(dev);
}

struct rte_vhost_crypto_device *
vc_device_by_path(const char *path)
{
	struct rte_vhost_crypto_device *dev;

	TAILQ_FOREACH(dev, &devices, next)
		if (strcmp(dev->path, path) == 0)
			return dev;
	return NULL;
}

/* Continues deferred work of a device. Returns milliseconds until it is due again, or -1. */
static int
device_tick(struct rte_vhost_crypto_device *dev)
{
	if (dev->sessions.nb_zombies > 0)
		vc_device_reap_sessions(dev);
	vc_vhost_user_continue(&dev->vhost_user);
	if (dev->vhost_user.deferred || dev->vhost_user.state == VC_VHOST_USER_CLOSING ||
	    (vc_vhost_user_is_waiting(&dev->vhost_user) &&
	     vc_fd_closer_is_busy(&dev->vhost_user.closer)))
		return TICK_SOON;
	if (dev->sessions.nb_zombies > 0 || vc_vhost_user_is_waiting(&dev->vhost_user))
		return TICK_LATER;
	return -1;
}

/* Timer callback: continues all deferred work. */
static int
tick(void)
{
	struct rte_vhost_crypto_device *dev;
	int next = -1, ms;

	TAILQ_FOREACH(dev, &devices, next) {
		ms = device_tick(dev);
		if (ms >= 0 && (next < 0 || ms < next))
			next = ms;
	}
	return next;
}

static int
start_control(int wake_fd)
{
	/* For each lcore and the control thread. */
	int ret = vc_call_reserve(rte_lcore_count() + 1);

	if (ret != 0)
		VC_LOG(WARNING,
		       "cannot set up asynchronous I/O for notifications (%s): a "
		       "malicious front-end can block an lcore; raise fs.aio-max-nr",
		       strerror(-ret));
	/* The tick detects lost guest memory. */
	return vc_sigbus_install(wake_fd);
}

int
vc_device_get_loop(void)
{
	static const struct vc_loop_hooks hooks = {
		.start = start_control,
		.stop = vc_sigbus_uninstall,
		.tick = tick,
	};

	return vc_loop_get(&hooks);
}

int
vc_device_open(struct rte_vhost_crypto_device *dev, int inner_fd)
{
	int ret;

	if (!dev->vhost_user.client)
		vc_socket_remove_stale(dev->path);
	vc_loop_lock();
	dev->dpdk_guest.inner_fd = inner_fd;
	ret = vc_vhost_user_open(&dev->vhost_user);
	if (ret == 0)
		TAILQ_INSERT_TAIL(&devices, dev, next);
	vc_loop_unlock();
	if (ret != 0)
		VC_LOG(ERR, "%s: cannot listen: %s", dev->path, strerror(-ret));
	return ret;
}

void
vc_device_close(struct rte_vhost_crypto_device *dev)
{
	vc_loop_lock();
	TAILQ_REMOVE(&devices, dev, next);
	vc_vhost_user_close(&dev->vhost_user);
	vc_loop_unlock();
}
