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

/** Where the back-end sends requests of its own. */
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
	bool met;			    /**< the device was there once */
	int64_t failed_ms;		    /**< when this connection was let go, or 0 */
	bool follows_memory;		    /**< EAL tells of changes of memory */
	int kick_fds[UINT8_MAX + 1];	    /**< of the data queues, then of the control queue */
	uint16_t nb_kick_fds;
	int listen_fd; /**< server: where the back-end connects; else -1 */
	enum virtio_user_session_msg session_msg; /**< once found out, not AUTO any more */
	struct vhost_user_memory_table
		memory; /**< as it is now, whether the back-end knows or not */
};

/** Listens on the path. Removes a socket on which nobody listens any more. @return 0 or -errno */
int virtio_user_listen(struct virtio_user *vu);

/**
 * Connects to the path, or waits for who connects there.
 *
 * @param wait_ms  server: how long, -1 for ever
 * @return 0 or a negative errno
 */
int virtio_user_connect(struct virtio_user *vu, int wait_ms);

/** The process at the other end of the connection, 0 if it cannot be seen from here. */
int virtio_user_get_peer_pid(const struct virtio_user *vu);

/** Closes the connection, if there is one. */
void virtio_user_disconnect(struct virtio_user *vu);

/** Closes and removes the socket of a server. */
void virtio_user_unlisten(struct virtio_user *vu);

/**
 * Opens the channel, if the two agreed on one. A back-end that then refuses it does without.
 *
 * @return 0 or a negative errno
 */
int virtio_user_channel_open(struct virtio_user *vu);

/** Closes it, if it is open. */
void virtio_user_channel_close(struct virtio_user *vu);

/**
 * Receives what the back-end has sent on it.
 *
 * @return whether the back-end says that the configuration space has changed
 */
bool virtio_user_channel_receive(struct virtio_user *vu);

/**
 * Finds the form of session messages out that a back-end takes, by creating one session.
 *
 * @return 0; -ECONNRESET if it dropped the connection over the new form, and was not asked for the
 *         old one yet; or another negative errno
 */
int virtio_user_session_probe(struct virtio_user *vu);

/**
 * Collects the memory that the back-end is shown, and follows its changes. Without the lock.
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
