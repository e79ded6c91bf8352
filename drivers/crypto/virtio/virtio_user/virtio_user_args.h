/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Device arguments:
 * path=SOCKET[,queues=N][,queue_size=N][,server=1][,session_msg=auto|new|old]
 * [,disable_features=NAME[+NAME]...][,packed=1][,in_order=1]
 */

#ifndef VIRTIO_USER_ARGS_H
#define VIRTIO_USER_ARGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

/** The form of the message that creates a session of a back-end without a control queue. */
enum virtio_user_session_msg {
	VIRTIO_USER_SESSION_MSG_AUTO, /**< probed */
	VIRTIO_USER_SESSION_MSG_NEW,  /**< struct vhost_user_crypto_session */
	VIRTIO_USER_SESSION_MSG_OLD,  /**< struct vhost_user_crypto_session_old */
};

/** The arguments of a device. */
struct virtio_user_args {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /**< of the socket */
	uint16_t queues;					/**< data queues, 1 and up */
	uint16_t queue_size; /**< entries of a ring at most, a power of two */
	bool server;	     /**< listen, and wait for the back-end to connect */
	enum virtio_user_session_msg session_msg;
	uint64_t disabled_features; /**< feature bits that are not accepted */
	uint64_t
		requested_features; /**< feature bits that are requested besides the default ones */
};

/**
 * Parses arguments.
 *
 * @param text  KEY=VALUE[,KEY=VALUE]...
 * @param args  receives them, with defaults for missing ones
 * @return 0, or -EINVAL after a line in the log with the valid values
 */
int virtio_user_args_parse(const char *text, struct virtio_user_args *args);

#endif /* VIRTIO_USER_ARGS_H */
