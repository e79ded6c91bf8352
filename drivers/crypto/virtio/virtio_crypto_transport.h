/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A transport: how the driver accesses a device. Each transport is a table of functions.
 *
 * All functions but notify() are called by the control side with the lock of the device held, or
 * before other threads know the device. Unless specified otherwise they return 0 or a negative
 * errno; -ENOTCONN, -ECONNRESET, -EPIPE and -ETIMEDOUT mean that the device is lost.
 */

#ifndef VIRTIO_CRYPTO_TRANSPORT_H
#define VIRTIO_CRYPTO_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_crypto_wire.h"
#include "virtqueue.h"

struct pollfd;
struct virtio_crypto_dev;
struct virtio_crypto_session_params;
struct virtio_crypto_transport;

/** The functions of a transport. */
struct virtio_crypto_transport_ops {
	/**
	 * Resets the device and negotiates features. -EBUSY: the device is connected but not ready.
	 *
	 * @param wanted    feature bits that the driver supports
	 * @param features  receives the negotiated features, without those that require a missing
	 *                  one
	 */
	int (*open)(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features);

	/** Reads the configuration space. */
	int (*read_config)(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config);

	/** Sets up an empty virtqueue on the device, which may use it from run() on. */
	int (*queue_start)(struct virtio_crypto_transport *tr, struct virtqueue *vq);

	/** Lets the device use its virtqueues; NULL if queue_start() does. */
	int (*run)(struct virtio_crypto_transport *tr);

	/**
	 * Stops a virtqueue, if it is attached. The device then uses neither the ring nor the
	 * memory of its requests.
	 */
	void (*queue_stop)(struct virtio_crypto_transport *tr, struct virtqueue *vq);

	/** Notifies the device of available buffers. By the thread that uses the virtqueue. */
	void (*notify)(struct virtqueue *vq);

	/**
	 * Returns the event of notify() for a data queue, for other processes; it stays the same
	 * until close(). NULL if notify() writes a register, at the same address in all processes.
	 */
	int (*kick_fd)(struct virtio_crypto_transport *tr, uint16_t queue);

	/**
	 * Creates a session of a device that has no control queue.
	 *
	 * @param id  receives the session's id
	 */
	int (*session_create)(struct virtio_crypto_transport *tr,
			      const struct virtio_crypto_session_params *params, uint64_t *id);

	/** Destroys a session of a device that has no control queue. */
	int (*session_destroy)(struct virtio_crypto_transport *tr, uint64_t id);

	/**
	 * Whether the device is connected and ready, by the last refresh_state() if there is one.
	 */
	bool (*is_alive)(struct virtio_crypto_transport *tr);

	/**
	 * Reads the state of a device that has changed, for is_alive(). By the monitor. NULL if the
	 * device does not report changes.
	 */
	void (*refresh_state)(struct virtio_crypto_transport *tr);

	/**
	 * Gives up a misbehaving device, which is then lost. By any thread, without the lock, data
	 * lcores included.
	 */
	void (*fail)(struct virtio_crypto_transport *tr);

	/** Keeps a lost device from accessing memory of the driver. NULL if it cannot any more. */
	void (*halt)(struct virtio_crypto_transport *tr);

	/**
	 * Fills in the event of the loss of the device, for poll(), and then that on which
	 * refresh_state() is due, if any. By the monitor, without the lock.
	 */
	void (*get_pollfds)(struct virtio_crypto_transport *tr, struct pollfd *pfds);

	/** Disconnects from the device and frees the transport. Without the lock. */
	void (*close)(struct virtio_crypto_transport *tr);
};

/** Common part of all transports; each has it first in its own structure. */
struct virtio_crypto_transport {
	const struct virtio_crypto_transport_ops *ops;
	struct virtio_crypto_dev *dev;
	const char *location;	     /**< address of the device, for log lines */
	uint16_t max_queues;	     /**< data queues that may be used, 1 and up */
	uint16_t max_queue_size;     /**< entries of a ring, a power of two */
	uint16_t max_ctrlq_size;     /**< the same of the control queue */
	int check_interval_ms;	     /**< interval of is_alive(), -1: get_pollfds() suffices */
	uint64_t disabled_features;  /**< feature bits that the user disables */
	uint64_t requested_features; /**< bits that the user adds to the default ones */
	bool all_at_once;	     /**< queues are started and stopped together, by open() */
	bool virtual_addresses;	     /**< the device uses virtual addresses, not IOVA */
	bool has_ctrlq;	       /**< else session_create() and session_destroy(); set by open() */
	uint32_t max_asym_key; /**< maximum bytes of an asymmetric key for session_create() */
};

#endif /* VIRTIO_CRYPTO_TRANSPORT_H */
