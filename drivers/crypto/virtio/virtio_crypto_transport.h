/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * How the driver reaches a device: a table of functions, of which each way has its own.
 *
 * All functions but notify() are for the control side and are called with the lock of the device
 * held, or before other threads know the device. Unless said otherwise they return 0 or a negative
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
	 * Starts over with the device: reset, and agreement on features. -EBUSY means that it is
	 * there, but not ready.
	 *
	 * @param wanted    feature bits that the driver can use
	 * @param features  receives those that were accepted: what the device has of them, without
	 *                  what requires a bit that it has not
	 */
	int (*open)(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features);

	/** Reads the configuration space. */
	int (*read_config)(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config);

	/** Makes an empty virtqueue known to the device, which may use it from run() on. */
	int (*queue_start)(struct virtio_crypto_transport *tr, struct virtqueue *vq);

	/** Lets the device use the virtqueues that it knows; NULL if it did at once. */
	int (*run)(struct virtio_crypto_transport *tr);

	/**
	 * Takes a virtqueue away, if it is attached, and forgets it. The device uses neither it
	 * nor anything that was on it any more.
	 */
	void (*queue_stop)(struct virtio_crypto_transport *tr, struct virtqueue *vq);

	/** Tells the device that something is on the virtqueue. By the thread that uses it. */
	void (*notify)(struct virtqueue *vq);

	/**
	 * The event by which notify() tells of a data queue, for other processes; it stays the same
	 * until close(). NULL if a register does, which all processes have at one address.
	 */
	int (*kick_fd)(struct virtio_crypto_transport *tr, uint16_t queue);

	/**
	 * Creates a session of a device that has no control queue.
	 *
	 * @param id  receives the session's id
	 */
	int (*session_create)(struct virtio_crypto_transport *tr,
			      const struct virtio_crypto_session_params *params, uint64_t *id);

	/** Destroys one. */
	int (*session_destroy)(struct virtio_crypto_transport *tr, uint64_t id);

	/** Whether the device is there and ready, as far as is known from look(), if that is. */
	bool (*is_alive)(struct virtio_crypto_transport *tr);

	/** The device has changed: asks how it is, for alive(). By the watch. NULL if none says. */
	void (*refresh_state)(struct virtio_crypto_transport *tr);

	/**
	 * The device does not behave: lets it go, as if it were lost. By any thread, without the
	 * lock, data lcores included.
	 */
	void (*fail)(struct virtio_crypto_transport *tr);

	/**
	 * The device is lost: keeps it from using memory of the driver's, if it still could. NULL
	 * if it cannot.
	 */
	void (*halt)(struct virtio_crypto_transport *tr);

	/**
	 * What happens when the device is lost, for poll(), and behind it what happens when look()
	 * is due, if there is that. By the watch, without the lock.
	 */
	void (*get_pollfds)(struct virtio_crypto_transport *tr, struct pollfd *pfds);

	/** Leaves the device and frees the transport. Without the lock. */
	void (*close)(struct virtio_crypto_transport *tr);
};

/** What is common to all transports; each puts it first in its own structure. */
struct virtio_crypto_transport {
	const struct virtio_crypto_transport_ops *ops;
	struct virtio_crypto_dev *dev;
	const char *location;	     /**< the device is, for messages */
	uint16_t max_queues;	     /**< data queues that may be used, 1 and up */
	uint16_t max_queue_size;     /**< entries of a ring, a power of two */
	uint16_t max_ctrlq_size;     /**< the same of the control queue */
	int check_interval_ms;	     /**< how often alive() is asked, -1: poll_for() will do */
	uint64_t disabled_features;  /**< feature bits that the user does not want accepted */
	uint64_t requested_features; /**< those that the user does want, besides the usual ones */
	bool all_at_once;	     /**< queues are started and stopped together, by open() */
	bool virtual_addresses;	     /**< the device is given virtual addresses, not IOVA */
	bool has_ctrlq;	       /**< else session_create() and session_destroy(); set by open() */
	uint32_t max_asym_key; /**< bytes of an asymmetric key that session_create() takes */
};

#endif /* VIRTIO_CRYPTO_TRANSPORT_H */
