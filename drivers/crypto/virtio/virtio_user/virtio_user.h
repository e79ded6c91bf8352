/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Private to the transport over vhost-user.
 */

#ifndef VIRTIO_USER_H
#define VIRTIO_USER_H

#include "vhost_user.h"
#include "vhost_user_memory.h"
#include "virtio_user_args.h"
#include "virtio_crypto_dev.h"

/** The back-end channel, for requests of the back-end. */
struct virtio_user_channel {
	int fd;	       /**< socket, -1 without one */
	uint32_t have; /**< bytes received of header */
	struct vhost_user_header header;
};

/** A device behind a socket. */
struct virtio_user {
	struct virtio_crypto_transport tr;
	struct virtio_user_args args;
	struct vhost_user vu;
	struct virtio_user_channel channel;
	struct virtio_crypto_config config; /**< of the device, or assumed */
	bool met;			    /**< the device was connected once */
	int64_t failed_ms;		    /**< when this connection was given up, or 0 */
	bool follows_memory;		    /**< EAL notifies of memory changes */
	int kick_fds[UINT8_MAX + 1];	    /**< of the data queues, then of the control queue */
	uint16_t nb_kick_fds;
	int listen_fd; /**< server: where the back-end connects; else -1 */
	enum virtio_user_session_msg session_msg; /**< AUTO until it is probed */
	struct vhost_user_memory_table
		memory; /**< current memory, whether sent to the back-end or not */
};

/** Listens on the path. Removes a stale socket. @return 0 or a negative errno */
int virtio_user_listen(struct virtio_user *vu);

/**
 * Connects to the path, or accepts a connection on it.
 *
 * @param wait_ms  server: timeout, -1 for none
 * @return 0 or a negative errno
 */
int virtio_user_connect(struct virtio_user *vu, int wait_ms);

/** Returns the PID of the back-end, 0 if it is not visible in this PID namespace. */
int virtio_user_get_peer_pid(const struct virtio_user *vu);

/** Closes the connection, if there is one. */
void virtio_user_disconnect(struct virtio_user *vu);

/** Closes and removes the socket of a server. */
void virtio_user_unlisten(struct virtio_user *vu);

/**
 * Opens the back-end channel, if it was negotiated. A back-end that rejects it works without.
 *
 * @return 0 or a negative errno
 */
int virtio_user_channel_open(struct virtio_user *vu);

/** Closes it, if it is open. */
void virtio_user_channel_close(struct virtio_user *vu);

/**
 * Receives the requests on the back-end channel.
 *
 * @return whether the configuration space has changed
 */
bool virtio_user_channel_receive(struct virtio_user *vu);

/**
 * Probes which form of session messages a back-end supports, by creating one session.
 *
 * @return 0; -ECONNRESET if it disconnected on the new form, and the old form is yet to be tried;
 *         or another negative errno
 */
int virtio_user_session_probe(struct virtio_user *vu);

/**
 * Collects the memory to share, and follows its changes. Without the lock.
 *
 * @return 0 or a negative errno
 */
int virtio_user_memory_follow(struct virtio_user *vu);

/** Ends that. Without the lock. */
void virtio_user_memory_unfollow(struct virtio_user *vu);

/** See struct virtio_crypto_transport_ops. */
int virtio_user_session_create(struct virtio_crypto_transport *tr,
			       const struct virtio_crypto_session_params *params, uint64_t *id);

/** See struct virtio_crypto_transport_ops. */
int virtio_user_session_destroy(struct virtio_crypto_transport *tr, uint64_t id);

#endif /* VIRTIO_USER_H */
