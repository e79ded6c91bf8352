/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A device: config space, sessions, queues, and the guest that has it.
 *
 * Memory, rings and log are what the front-end's messages have specified and vhost_user.h has
 * checked. They change with the control lock held, and only while the queues that use them stand
 * still.
 *
 * Thread: with the control lock held, where not specified.
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

/** Virtio feature bits that the device can offer. */
#define VC_FEATURES                                                                                \
	((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VIRTIO_RING_F_INDIRECT_DESC) |                    \
	 (1ULL << VIRTIO_RING_F_EVENT_IDX) | (1ULL << VIRTIO_F_RING_PACKED) |                      \
	 (1ULL << VIRTIO_F_IN_ORDER) | (1ULL << VHOST_USER_F_PROTOCOL_FEATURES) |                  \
	 (1ULL << VHOST_F_LOG_ALL) | (1ULL << VIRTIO_CRYPTO_F_REVISION_1) |                        \
	 VIRTIO_CRYPTO_STATELESS_MODES)

struct rte_vhost_crypto_device {
	TAILQ_ENTRY(rte_vhost_crypto_device) next;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /**< the front-end's socket */
	bool dpdk_api;	    /**< driven through DPDK's interface: no control queue */
	bool served;	    /**< queues may run: always, or from create to free through DPDK's */
	bool copy;	    /**< private copies wanted, whatever the cryptodev */
	uint64_t features;  /**< negotiated */
	uint64_t offered;   /**< features offered */
	uint16_t nb_queues; /**< data queues; the control queue comes behind them */
	struct virtio_crypto_config config; /**< little endian */
	bool refusal_logged;		    /**< that sessions are refused, since it is not ready */
	uint64_t cdev_features[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< that can be relied on */
	bool copies[RTE_VHOST_CRYPTO_MAX_CDEVS];	    /**< works on private copies */
	uint32_t useful_size; /**< max_size that promises no more than the cryptodevs can do */
	struct vc_session_table sessions;
	struct vc_mem mem;
	struct vc_dirty_log log; /**< of writes; without bits: none */
	struct vc_file_map log_map;
	struct vc_ring rings[RTE_VHOST_CRYPTO_MAX_QUEUES + 1]; /**< control queue at nb_queues */
	struct vc_inflight_dev inflight;
	struct vc_ctrlq ctrlq;
	struct vc_vhost_user vhost_user;
	struct vc_dpdk_guest dpdk_guest; /**< DPDK's interface only */
	struct vc_source call_relay;	 /**< DPDK's interface only: its program notifies by it */
	struct vc_queue queues[];	 /**< nb_queues of them */
};

/** Starts the control thread for its first user; each call needs one vc_loop_put(). 0 or -errno. */
int vc_device_get_loop(void);

/**
 * Allocates a device and all that does not depend on a guest. Any thread.
 *
 * @param dpdk_api  driven through DPDK's interface, which has symmetric operations only
 * @return the device, or NULL with rte_errno set and a line in the log
 */
struct rte_vhost_crypto_device *
vc_device_create(const char *path, const struct rte_vhost_crypto_device_conf *conf, bool dpdk_api);

/** Frees a device that no guest has and whose socket is closed. */
void vc_device_destroy(struct rte_vhost_crypto_device *dev);

/**
 * Fills the config space with what the cryptodevs can do, and reads their feature flags.
 * (Section "Device configuration layout".)
 *
 * @param max_size  0: as much as the cryptodevs can do, RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE at most
 */
void vc_device_fill_config(struct rte_vhost_crypto_device *dev, uint32_t max_size);

/** Chooses which cryptodevs work on private copies. No queue runs. */
void vc_device_choose_copies(struct rte_vhost_crypto_device *dev);

/** Opens the device's socket. @param inner_fd  librte_vhost's, or -1. @return 0 or -errno */
int vc_device_open(struct rte_vhost_crypto_device *dev, int inner_fd);

/** Closes the socket of a device that vc_device_open() has opened; no front-end is connected. */
void vc_device_close(struct rte_vhost_crypto_device *dev);

/** The device of a path, or NULL. Control lock held. */
struct rte_vhost_crypto_device *vc_device_by_path(const char *path);

/** @name Of the guest: device.c */
/**@{*/
/** A front-end has connected. 0 or -errno. */
int vc_device_begin_guest(struct rte_vhost_crypto_device *dev);

/** Whether requests of the guest would be served: with DPDK's interface, librte_vhost knows it. */
bool vc_device_guest_is_served(const struct rte_vhost_crypto_device *dev);

/** The front-end is gone: has the queues come to rest. */
void vc_device_begin_release(struct rte_vhost_crypto_device *dev);

/**
 * Gives back all that the front-end has handed over, if nothing uses it any more.
 *
 * @return false if something does: to be called again
 */
bool vc_device_release(struct rte_vhost_crypto_device *dev);

/**
 * Has a queue come to rest. Nothing of the guest's is touched for it from then on, until it is
 * started again.
 *
 * @return false if requests are in flight: to be called again
 */
bool vc_device_try_stop_queue(struct rte_vhost_crypto_device *dev, uint32_t index);

/** The same for all queues. */
bool vc_device_try_stop_queues(struct rte_vhost_crypto_device *dev);

/**
 * Starts a queue if its ring is started and enabled; nothing if it runs.
 *
 * @param fault  receives what is wrong with the ring if this returns -EINVAL, or NULL
 * @return 0 or a negative errno
 */
int vc_device_start_queue(struct rte_vhost_crypto_device *dev, uint32_t index, const char **fault);

/** Starts all queues that may run; one that cannot be started is disabled, and logged. */
int vc_device_restart_queues(struct rte_vhost_crypto_device *dev);

/** Tells librte_vhost whether the guest works, for a program of DPDK's interface. */
void vc_device_update_running(struct rte_vhost_crypto_device *dev);
/**@}*/

/**
 * Makes a device ready, or not: a device that is not ready creates no sessions. The specification
 * forbids its driver to send requests, and leaves open what becomes of those that the driver has
 * sent before it could know. They are served, so that none is lost.
 */
void vc_device_set_ready(struct rte_vhost_crypto_device *dev, bool ready);

/**
 * vc_session_create() for the guest, which the device refuses while it is not ready. Control lock
 * held.
 */
int vc_device_create_session(struct rte_vhost_crypto_device *dev,
			     const struct vc_session_params *params, uint64_t *id);

/** Destroys all sessions of the guest that was; no queue runs. Control lock held. */
void vc_device_forget_sessions(struct rte_vhost_crypto_device *dev);

/** Frees destroyed sessions that no request holds any more. Control lock held. */
void vc_device_reap_sessions(struct rte_vhost_crypto_device *dev);

/** Frees them now, or as soon as no request holds them. Control lock held. */
void vc_device_reap_sessions_soon(struct rte_vhost_crypto_device *dev);

#endif /* VHOST_CRYPTO_DEVICE_H */
