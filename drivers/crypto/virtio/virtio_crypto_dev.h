/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A virtio-crypto device, as all parts of the driver know it.
 *
 * Threads: data lcores use queue pairs. Everything else is the control side: application threads in
 * calls of the cryptodev API, and the transport's own thread, under the lock of the device. DPDK
 * memory must not be allocated, freed or walked while that lock is held: EAL takes its memory lock
 * for that, and notifies the transport of changes under it, which takes the lock of the device.
 */

#ifndef VIRTIO_CRYPTO_DEV_H
#define VIRTIO_CRYPTO_DEV_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <virtio_crypto_sdk.h>

#include "virtio_crypto_algs.h"
#include "virtio_crypto_features.h"
#include "virtio_crypto_transport.h"

/** A control virtqueue. */
struct virtio_crypto_ctrlq {
	struct virtqueue vq;
	const struct rte_memzone *zone; /**< memory of ring and buffer; NULL before set-up */
	uint8_t *buffer;		/**< request, followed by the answer */
	uint64_t buffer_addr;
	bool failed; /**< a request was not answered in time, and may still be; until a start */
};

struct virtio_crypto_queue;
struct virtio_crypto_session;
TAILQ_HEAD(virtio_crypto_session_list, virtio_crypto_session);

/** The monitor of a device; see virtio_crypto_monitor.h. */
struct virtio_crypto_monitor {
	bool runs;
	int stop_fd; /**< event that ends it */
	pthread_t thread;
};

/**
 * Private data of the cryptodev, in memory that processes share. The transport, the lock, the
 * monitor and the fields after the lock belong to the primary process alone.
 */
struct virtio_crypto_dev {
	struct rte_cryptodev_data *data;
	struct virtio_crypto_transport *tr; /**< NULL once the device was closed */
	uint64_t instance;		    /**< number that no other device has had */
	struct virtio_crypto_monitor monitor;
	bool has_ctrlq;			    /**< as the transport found it first */
	uint64_t features;		    /**< negotiated features */
	struct virtio_crypto_config config; /**< as read first; a later one offers no less */
	uint64_t max_size;		    /**< of config, in the order of bytes of the machine */

	uint16_t max_queues;   /**< data queues that may be used; 0 once it was closed */
	uint32_t max_asym_key; /**< of the transport, as it found the device first */

	/** Algorithms that the device offers, ranges limited to what it supports; without names. */
	struct virtio_crypto_alg *algs;
	unsigned int nb_algs;
	struct rte_cryptodev_capabilities *capabilities; /**< of algs */

	/**
	 * Taken last, and for no longer than an instant: changes of the queue pairs, for those who
	 * count what went through them, and what is left of earlier ones.
	 */
	pthread_mutex_t queues_lock;
	struct virtio_crypto_queue *left;

	pthread_mutex_t lock;		  /**< control side; see above */
	bool online;			  /**< the device is there and its control queue works */
	bool sessions_up;		  /**< the device has all sessions of the list */
	uint64_t last_serial;		  /**< of the heads of requests */
	struct virtio_crypto_ctrlq ctrlq; /**< if the transport has one */
	struct virtio_crypto_session_list sessions; /**< all that live */
};

/** Whether the device accepts stateless requests of a symmetric service. */
static inline bool
virtio_crypto_can_stateless(const struct virtio_crypto_dev *dev)
{
	const uint64_t sym_modes = VIRTIO_CRYPTO_STATELESS_MODES &
		~(1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE);
	uint64_t services = rte_le_to_cpu_32(dev->config.crypto_services);

	/* The bits of the modes are in the order of the services. */
	return (dev->features & sym_modes & (services << VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE)) !=
		0;
}

#endif /* VIRTIO_CRYPTO_DEV_H */
