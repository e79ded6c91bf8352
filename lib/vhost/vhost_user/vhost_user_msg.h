/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * One vhost-user message with its file descriptors: received, and replied to, in as many parts as
 * the socket takes.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_MSG_H
#define VHOST_CRYPTO_VHOST_USER_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "vhost_user_wire.h"

/** A message that is being received or sent, and the file descriptors that it owns. */
struct vc_message {
	struct vhost_user_header header;
	uint8_t payload[VHOST_USER_MAX_PAYLOAD];
	uint32_t have;	/**< bytes received of header and payload */
	uint32_t sent;	/**< bytes sent */
	bool full;	/**< all of it has arrived, or is to be sent */
	uint8_t nb_fds; /**< at most VHOST_USER_MAX_REGIONS, or receiving fails */
	int fds[2 * VHOST_USER_MAX_REGIONS];
};

/**
 * Receives more of a message. Never blocks.
 *
 * @return 1: complete; 0: more has to arrive; -1: the front-end is gone; -EMSGSIZE: its payload is
 *         larger than that of any message; -EMFILE: more descriptors than any message has
 */
int vc_message_receive(int fd, struct vc_message *msg);

/** Sends more of a message. Never blocks. 1: all sent; 0: to be continued; -1: nobody receives. */
int vc_message_send(int fd, struct vc_message *msg);

/** Empties a message: closes its file descriptors and wipes its payload. */
void vc_message_clear(struct vc_message *msg);

/** Takes a file descriptor out of a message, which no longer owns it. */
int vc_message_take_fd(struct vc_message *msg, uint8_t index);

/** Starts the reply to a request. @return its payload: @p size bytes, all 0 */
void *vc_message_start_reply(const struct vc_message *request, struct vc_message *reply,
			     uint32_t size);

/** Acknowledges a request that has no reply of its own, if the front-end asked for that. */
void vc_message_acknowledge(const struct vc_message *request, struct vc_message *reply,
			    bool failed);

/** The name of a request, for the log. */
const char *vc_message_name(uint32_t request);

#endif /* VHOST_CRYPTO_VHOST_USER_MSG_H */
