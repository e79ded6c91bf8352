/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file A front-end's connection: messages there and back. */

#ifndef FUZZ_FRONT_END_H
#define FUZZ_FRONT_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vhost_user_wire.h"

#define FUZZ_MAX_FDS 12

struct fuzz_message {
	struct vhost_user_header header;
	uint8_t payload[VHOST_USER_MAX_PAYLOAD];
};

struct fuzz_front_end {
	const char *path;
	int fd; /**< -1: not connected */
	/* Where it is in its own stream of messages. */
	struct vhost_user_header header;
	uint32_t have;	   /**< bytes of the header */
	uint64_t to_come;  /**< bytes of the payload */
	uint32_t nb_asked; /**< times that it has sent GET_FEATURES */
	/* What it was told. */
	uint32_t nb_replies[64];   /**< of each message */
	struct fuzz_message reply; /**< the last one */
	int inflight_fd;	   /**< -1: none */
	struct vhost_user_inflight inflight;
	int64_t session;
	uint64_t offered;	   /**< features */
	uint64_t offered_protocol; /**< protocol features */
};

/** Connects; the back-end need not know yet. */
void fuzz_front_end_connect(struct fuzz_front_end *f, const char *path);

void fuzz_front_end_close(struct fuzz_front_end *f);

/** Sends bytes without waiting; returns how many went. */
size_t fuzz_front_end_send(struct fuzz_front_end *f, const void *bytes, size_t len, const int *fds,
			   unsigned int nb_fds);

/** Sends a message of so many bytes of payload. */
void fuzz_front_end_say(struct fuzz_front_end *f, uint32_t request, const void *payload,
			uint32_t size, const int *fds, unsigned int nb_fds);

/** Takes a reply, if there is one. The end of the connection closes it. */
bool fuzz_front_end_receive(struct fuzz_front_end *f);

/** Whether what it has sent ends with the end of a message. */
bool fuzz_front_end_is_between(const struct fuzz_front_end *f);

/**
 * Sends GET_FEATURES and waits until it is answered, and with it all that was sent before, or until
 * the connection ends; meanwhile lcores poll.
 *
 * @return whether one of them came within so many milliseconds
 */
bool fuzz_front_end_settle(struct fuzz_front_end *f, unsigned int ms);

#endif /* FUZZ_FRONT_END_H */
