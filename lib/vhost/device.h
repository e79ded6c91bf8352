/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A device: config space, sessions, queues, and its guest.
 *
 * The front-end's messages set memory, rings and log, after vhost_user.h has checked them. They
 * change with the control lock held, and only while the queues that use them are stopped.
 *
 * Thread: with the control lock held, unless specified otherwise.
 */

#ifndef VHOST_CRYPTO_DEVICE_H
#define VHOST_CRYPTO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/un.h>

#include "ctrlq.h"
#include "dirty.h"
#include "dpdk_guest.h"
#include "guest_mem.h"
#include "inflight.h"
#include "queue.h"
#include "ring.h"
#include "rte_vhost_crypto.h"
#include "session.h"
#include "vhost_user.h"
#include "virtio_crypto_features.h"

/** Feature bits that the device can offer. */
#define VC_FEATURES                                                                                \
	(VIRTIO_CRYPTO_SUPPORTED_FEATURES | (1ULL << VIRTIO_F_RING_PACKED) |                       \
	 (1ULL << VIRTIO_F_IN_ORDER) | (1ULL << VHOST_USER_F_PROTOCOL_FEATURES) |                  \
	 (1ULL << VHOST_F_LOG_ALL))

struct rte_vhost_crypto_device {
	TAILQ_ENTRY(rte_vhost_crypto_device) next;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /**< path of the socket */
	bool dpdk_api;	    /**< used through DPDK's interface: no control queue */
	bool served;	    /**< queues may run; DPDK API: from create() to free() */
	bool copy;	    /**< private copies for all cryptodevs */
	uint64_t features;  /**< negotiated */
	uint64_t offered;   /**< features offered */
	uint16_t nb_queues; /**< data queues; the control queue follows them */
	struct virtio_crypto_config config; /**< little endian */
	bool refusal_logged; /**< a rejected session was logged since the device became not ready */
	uint64_t cdev_features[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< reliable feature flags */
	bool copies[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< for each cryptodev: works on private copies */
	uint32_t useful_size; /**< largest max_size that the cryptodevs can process */
	struct vc_session_table sessions;
	struct vc_mem mem;
	struct vc_dirty_log log; /**< dirty log; disabled if bits is NULL */
	struct vc_file_map log_map;
	struct vc_ring rings[RTE_VHOST_CRYPTO_MAX_QUEUES + 1]; /**< control queue at nb_queues */
	struct vc_inflight_dev inflight;
	struct vc_ctrlq ctrlq;
	struct vc_vhost_user vhost_user;
	struct vc_dpdk_guest dpdk_guest; /**< DPDK's interface only */
	struct vc_source
		call_relay; /**< DPDK's interface only: eventfd by which the program notifies */
	struct vc_queue queues[]; /**< nb_queues of them */
};

/**
 * Starts the control thread for its first user; each call requires one vc_loop_put(). 0 or -errno.
 */
int vc_device_get_loop(void);

/**
 * Allocates a device and all that does not depend on a guest. Any thread.
 *
 * @param dpdk_api  used through DPDK's interface, which has symmetric operations only
 * @return the device, or NULL with rte_errno set and an error in the log
 */
struct rte_vhost_crypto_device *
vc_device_create(const char *path, const struct rte_vhost_crypto_device_conf *conf, bool dpdk_api);

/** Frees a device without a guest whose socket is closed. */
void vc_device_destroy(struct rte_vhost_crypto_device *dev);

/**
 * Fills the config space by the cryptodevs' capabilities (section "Device configuration layout"),
 * and reads their feature flags.
 *
 * @param max_size  0: the largest that the cryptodevs support, at most
 *                  RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE
 */
void vc_device_fill_config(struct rte_vhost_crypto_device *dev, uint32_t max_size);

/** Chooses which cryptodevs work on private copies. No queue runs. */
void vc_device_choose_copies(struct rte_vhost_crypto_device *dev);

/**
 * Opens the device's socket. @param inner_fd  socket of librte_vhost, or -1. @return 0 or -errno
 */
int vc_device_open(struct rte_vhost_crypto_device *dev, int inner_fd);

/** Closes the socket of vc_device_open(); no front-end is connected. */
void vc_device_close(struct rte_vhost_crypto_device *dev);

/** Finds a device by the path of its socket, or NULL. Control lock held. */
struct rte_vhost_crypto_device *vc_device_by_path(const char *path);

/** @name Guest: device.c */
/**@{*/
/** A front-end has connected. 0 or -errno. */
int vc_device_begin_guest(struct rte_vhost_crypto_device *dev);

/** Whether the guest's requests are served; with DPDK's interface, librte_vhost decides. */
bool vc_device_guest_is_served(const struct rte_vhost_crypto_device *dev);

/** The front-end has disconnected: drains the queues. */
void vc_device_begin_release(struct rte_vhost_crypto_device *dev);

/**
 * Releases all that the front-end has handed over, if it is no longer in use.
 *
 * @return false: in use, call again
 */
bool vc_device_release(struct rte_vhost_crypto_device *dev);

/**
 * Drains a queue. Guest memory is not accessed for it until it is started again.
 *
 * @return false: requests are in flight, call again
 */
bool vc_device_try_stop_queue(struct rte_vhost_crypto_device *dev, uint32_t index);

/** Drains all queues. */
bool vc_device_try_stop_queues(struct rte_vhost_crypto_device *dev);

/**
 * Starts a queue if its ring is started and enabled; does nothing if it runs.
 *
 * @param fault  receives what is wrong with the ring if this returns -EINVAL, else NULL
 * @return 0 or a negative errno
 */
int vc_device_start_queue(struct rte_vhost_crypto_device *dev, uint32_t index, const char **fault);

/** Starts all queues that may run; disables those that cannot be started, and logs that. */
int vc_device_restart_queues(struct rte_vhost_crypto_device *dev);

/** Notifies librte_vhost that the guest's ring was started or stopped, with DPDK's interface. */
void vc_device_update_running(struct rte_vhost_crypto_device *dev);
/**@}*/

/**
 * Sets whether a device is ready; one that is not creates no sessions. The specification forbids
 * its driver to send requests, but not those that were sent before the driver could know. They are
 * served.
 */
void vc_device_set_ready(struct rte_vhost_crypto_device *dev, bool ready);

/** vc_session_create() for the guest; fails while the device is not ready. Control lock held. */
int vc_device_create_session(struct rte_vhost_crypto_device *dev,
			     const struct vc_session_params *params, uint64_t *id);

/** Destroys all sessions of the previous guest; no queue runs. Control lock held. */
void vc_device_forget_sessions(struct rte_vhost_crypto_device *dev);

/** Frees destroyed sessions that no request references. Control lock held. */
void vc_device_reap_sessions(struct rte_vhost_crypto_device *dev);

/** Frees destroyed sessions now, or as soon as no request references them. Control lock held. */
void vc_device_reap_sessions_soon(struct rte_vhost_crypto_device *dev);

#endif /* VHOST_CRYPTO_DEVICE_H */
