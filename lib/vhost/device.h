/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A device: config space, sessions, queues, and the vhost device of the guest that has it.
 */

#ifndef VHOST_CRYPTO_DEVICE_H
#define VHOST_CRYPTO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/un.h>

#include "ctrlq.h"
#include "dirty.h"
#include "door.h"
#include "guest_mem.h"
#include "inflight.h"
#include "queue.h"
#include "rte_vhost_crypto.h"
#include "session.h"
#include "virtio_crypto_features.h"

/** Virtio feature bits that the device can offer. */
#define VC_FEATURES                                                                                \
	((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VIRTIO_RING_F_INDIRECT_DESC) |                    \
	 (1ULL << VIRTIO_RING_F_EVENT_IDX) | (1ULL << VIRTIO_F_RING_PACKED) |                      \
	 (1ULL << VIRTIO_F_IN_ORDER) | (1ULL << VHOST_USER_F_PROTOCOL_FEATURES) |                  \
	 (1ULL << VHOST_F_LOG_ALL) | (1ULL << VIRTIO_CRYPTO_F_REVISION_1) |                        \
	 VIRTIO_CRYPTO_STATELESS_MODES)

/** Protocol features that it needs of librte_vhost; the last four are the door's. */
#define VC_PROTOCOL_FEATURES                                                                       \
	((1ULL << VHOST_USER_PROTOCOL_F_MQ) | (1ULL << VHOST_USER_PROTOCOL_F_LOG_SHMFD) |          \
	 (1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK) | (1ULL << VHOST_USER_PROTOCOL_F_BACKEND_REQ) | \
	 (1ULL << VHOST_USER_PROTOCOL_F_CRYPTO_SESSION) | (1ULL << VHOST_USER_PROTOCOL_F_CONFIG) | \
	 (1ULL << VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD))

struct rte_vhost_crypto_device {
	TAILQ_ENTRY(rte_vhost_crypto_device) next;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];	      /**< the front-end's socket */
	char inner_path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /**< librte_vhost's */
	bool dpdk_api;	    /**< driven through DPDK's interface: no control queue */
	bool copy;	    /**< private copies wanted */
	int vid;	    /**< of the guest's vhost device, -1: none */
	uint64_t features;  /**< negotiated */
	uint64_t offered;   /**< features offered */
	uint16_t nb_queues; /**< data queues; the control queue comes behind them */
	struct virtio_crypto_config config; /**< little endian */
	bool refusal_said;		    /**< that sessions are refused, since it is not ready */
	uint64_t cdev_features[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< that can be relied on */
	uint64_t max_memory;  /**< bytes that a guest may have, 0: any */
	uint32_t useful_size; /**< max_size that promises no more than the cryptodevs can do */
	struct vc_session_table sessions;
	struct vc_mem mem;
	bool enabled[RTE_VHOST_CRYPTO_MAX_QUEUES + 1];	   /**< may run, see note_enabled() */
	bool enable_said[RTE_VHOST_CRYPTO_MAX_QUEUES + 1]; /**< SET_VRING_ENABLE has come */
	struct vc_inflight_keeper inflight;
	struct vc_ctrlq ctrlq;
	struct vc_door door;
	struct vc_queue queues[]; /**< nb_queues of them */
};

/**
 * Allocates a device and all that does not depend on a guest. Any thread.
 *
 * @param dpdk_api  driven through DPDK's interface, which has symmetric operations only
 * @return the device, or NULL with rte_errno set and a line in the log
 */
struct rte_vhost_crypto_device *
vc_device_create(const char *path, const struct rte_vhost_crypto_device_conf *conf, bool dpdk_api);

/** Frees a device that no guest has and whose door is closed. */
void vc_device_destroy(struct rte_vhost_crypto_device *dev);

/**
 * Fills the config space with what the cryptodevs can do, and reads their feature flags.
 * (Section "Device configuration layout".)
 *
 * @param max_size  0: as much as the cryptodevs can do, RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE at most
 */
void vc_device_fill_config(struct rte_vhost_crypto_device *dev, uint32_t max_size);

/** Starts librte_vhost's socket dev->inner_path and opens the door to it. 0 or -errno. */
int vc_device_open(struct rte_vhost_crypto_device *dev);

/** The device of a path, or NULL. Control lock held. */
struct rte_vhost_crypto_device *vc_device_by_path(const char *path);

/** The device that has vhost device @p vid, or NULL. */
struct rte_vhost_crypto_device *vc_device_by_vid(int vid);

/**
 * Gives a device to a vhost device; from now on it sees each message before and after
 * librte_vhost. librte_vhost's thread.
 *
 * @return 0 or -1
 */
int vc_device_attach(struct rte_vhost_crypto_device *dev, int vid);

/** Stops everything and takes the device back. librte_vhost's thread. */
void vc_device_detach(struct rte_vhost_crypto_device *dev);

/** Reads the guest's memory table, which librte_vhost must have. librte_vhost's thread. */
void vc_device_load_memory(struct rte_vhost_crypto_device *dev);

/**
 * Starts the queues that are set up and enabled. librte_vhost's thread.
 *
 * @return 0, or a negative errno when one of them cannot be started; it is disabled then
 */
int vc_device_start_queues(struct rte_vhost_crypto_device *dev);

/**
 * Switches private copies on or off, with the queues stopped meanwhile. librte_vhost's thread.
 *
 * @return 0; -EBUSY when requests are in flight; or as vc_device_start_queues()
 */
int vc_device_set_copy(struct rte_vhost_crypto_device *dev, bool copy);

static inline bool
vc_device_attached(const struct rte_vhost_crypto_device *dev)
{
	return __atomic_load_n(&dev->vid, __ATOMIC_ACQUIRE) >= 0;
}

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

/** Looks after sessions and doors that wait. Control lock held. True: to be called again. */
bool vc_devices_tick(void);

#endif /* VHOST_CRYPTO_DEVICE_H */
