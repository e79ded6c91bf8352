/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A virtio-crypto device as a cryptodev: what the parts of the driver share.
 *
 * Threads: data lcores use queue pairs; everything else is control, done by application threads
 * in calls of the cryptodev API and by the transport's own thread, under the lock of the device.
 * DPDK memory is neither allocated nor freed nor walked with the lock held, because that takes
 * EAL's memory lock, under which the transport is told of changes and takes ours.
 */

#ifndef VIRTIO_CRYPTODEV_H
#define VIRTIO_CRYPTODEV_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <virtio_crypto_sdk.h>

#include "virtio_crypto_algs.h"
#include "virtio_crypto_ctrlq.h"
#include "virtio_crypto_transport.h"

/** Feature bits that the driver can use. */
#define VIRTIO_CRYPTO_SUPPORTED_FEATURES                                                           \
	((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VIRTIO_RING_F_INDIRECT_DESC) |                    \
	 (1ULL << VIRTIO_RING_F_EVENT_IDX) | (1ULL << VIRTIO_CRYPTO_F_REVISION_1) |                \
	 VIRTIO_CRYPTO_STATELESS_FEATURES | (1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE))

/** Those of them that make symmetric session-less operations possible. */
#define VIRTIO_CRYPTO_STATELESS_FEATURES                                                           \
	((1ULL << VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE) |                                         \
	 (1ULL << VIRTIO_CRYPTO_F_HASH_STATELESS_MODE) |                                           \
	 (1ULL << VIRTIO_CRYPTO_F_MAC_STATELESS_MODE) |                                            \
	 (1ULL << VIRTIO_CRYPTO_F_AEAD_STATELESS_MODE))

struct virtio_crypto_session;
TAILQ_HEAD(virtio_crypto_session_list, virtio_crypto_session);

/** What looks after a device; see virtio_crypto_monitor.h. */
struct virtio_crypto_monitor {
	bool runs;
	int stop_fd; /**< event that ends it */
	pthread_t thread;
};

/**
 * Private data of the cryptodev, in memory that processes share. What tr leads to is the primary
 * process's own, and so are lock, watch, and what stands behind lock.
 */
struct virtio_crypto_dev {
	struct rte_cryptodev_data *data;
	struct virtio_crypto_transport *tr; /**< NULL once the device was closed */
	uint64_t instance;		    /**< number that no other device has had */
	struct virtio_crypto_monitor watch;
	bool has_ctrlq;			    /**< as the transport found it first */
	uint64_t features;		    /**< what driver and device agreed on */
	struct virtio_crypto_config config; /**< as read first; a later one offers no less */
	uint64_t max_size;		    /**< of config, in the order of bytes of the machine */

	uint16_t max_queues;   /**< data queues that may be used; 0 once it was closed */
	uint32_t max_asym_key; /**< of the transport, as it found the device first */

	/** What the device offers, ranges clipped to what it takes; without names. */
	struct virtio_crypto_alg *algs;
	unsigned int nb_algs;
	struct rte_cryptodev_capabilities *capabilities; /**< of algs */

	pthread_mutex_t lock;		  /**< control side; see above */
	bool online;			  /**< the device is there and its control queue works */
	bool sessions_up;		  /**< the device has all sessions of the list */
	uint64_t last_serial;		  /**< of the heads of requests */
	struct virtio_crypto_ctrlq ctrlq; /**< if the transport has one */
	struct virtio_crypto_session_list sessions; /**< all that live */
};

/** Whether a symmetric service that the device has takes stateless requests. */
static inline bool
virtio_crypto_can_stateless(const struct virtio_crypto_dev *dev)
{
	uint64_t services = rte_le_to_cpu_32(dev->config.crypto_services);

	/* The bits of the modes are in the order of the services. */
	return (dev->features & VIRTIO_CRYPTO_STATELESS_FEATURES &
		(services << VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE)) != 0;
}

/**
 * Reserves memory that the device can be given, contiguous in its address space, filled with 0.
 *
 * @param dev        device
 * @param queue      number of the queue that it is for
 * @param size       bytes
 * @param socket_id  NUMA socket, or SOCKET_ID_ANY
 * @param addr       receives the address as the device is told
 * @return NULL when there is none
 */
const struct rte_memzone *virtio_crypto_mem_reserve(const struct virtio_crypto_dev *dev,
						    uint16_t queue, size_t size, int socket_id,
						    uint64_t *addr);

/**
 * Makes a cryptodev that does nothing yet.
 *
 * @param device     of the bus
 * @param driver     that probes it
 * @param driver_id  of this driver
 * @param queues     queue pairs that it has at most
 * @return NULL, after a line in the log, when that is not possible
 */
struct rte_cryptodev *virtio_cryptodev_create(struct rte_device *device,
					      const struct rte_driver *driver, uint8_t driver_id,
					      uint16_t queues);

/**
 * Connects a cryptodev with its device.
 *
 * @param tr  taken, NULL if there is none
 * @return 0, or a negative errno after a line in the log
 */
int virtio_cryptodev_connect(struct rte_cryptodev *cdev, struct virtio_crypto_transport *tr);

/** Leaves the device and destroys the cryptodev, also one that did not get far. */
int virtio_cryptodev_destroy(struct rte_cryptodev *cdev);

/** Stops and destroys the cryptodev of a name. */
int virtio_cryptodev_remove(const char *name);

/**
 * In a secondary process: makes the cryptodev that the primary process has.
 *
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_cryptodev_attach(struct rte_device *device, uint8_t driver_id);

/** The operations of the cryptodev. */
extern struct rte_cryptodev_ops virtio_crypto_ops;

/** Those of them that a secondary process has. */
extern struct rte_cryptodev_ops virtio_crypto_secondary_ops;

#endif /* VIRTIO_CRYPTODEV_H */
