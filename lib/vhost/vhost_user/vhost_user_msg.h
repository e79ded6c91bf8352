/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A vhost-user message with its file descriptors, received or sent in any number of parts.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_MSG_H
#define VHOST_CRYPTO_VHOST_USER_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "vhost_user_wire.h"

/** A message being received or sent; owns its file descriptors. */
struct vc_message {
	struct vhost_user_header header;
	uint8_t payload[VHOST_USER_MAX_PAYLOAD];
	uint32_t have;	/**< bytes received of header and payload */
	uint32_t sent;	/**< bytes sent */
	bool full;	/**< complete, or to be sent */
	uint8_t nb_fds; /**< at most VHOST_USER_MAX_REGIONS if receiving succeeds */
	int fds[2 * VHOST_USER_MAX_REGIONS];
};

/**
 * Receives a part of a message. Never blocks.
 *
 * @return 1: complete; 0: incomplete; -1: disconnected; -EMSGSIZE: payload too large; -EMFILE: too
 *         many file descriptors
 */
int vc_message_receive(int fd, struct vc_message *msg);

/** Sends a part of a message. Never blocks. 1: complete; 0: incomplete; -1: disconnected. */
int vc_message_send(int fd, struct vc_message *msg);

/** Clears a message: closes its file descriptors and wipes its payload. */
void vc_message_clear(struct vc_message *msg);

/** Takes a file descriptor out of a message; the caller owns it. */
int vc_message_take_fd(struct vc_message *msg, uint8_t index);

/** Starts the reply to a request. @return its payload: @p size zeroed bytes */
void *vc_message_start_reply(const struct vc_message *request, struct vc_message *reply,
			     uint32_t size);

/** Acknowledges a request without a reply of its own, if the front-end requests that. */
void vc_message_acknowledge(const struct vc_message *request, struct vc_message *reply,
			    bool failed);

/** Name of a request, for the log. */
const char *vc_message_name(uint32_t request);

#endif /* VHOST_CRYPTO_VHOST_USER_MSG_H */
