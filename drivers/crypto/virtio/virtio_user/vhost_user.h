/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Messages of a vhost-user front-end: one request at a time, synchronous.
 *
 * Control side, with the lock of the device held. All functions return a negative errno on failure:
 * -EREMOTEIO when the back-end rejects the message, and the connection stays usable. After any
 * other failure its state is unknown and it has to be closed.
 */

#ifndef VHOST_USER_H
#define VHOST_USER_H

#include <stddef.h>
#include <stdint.h>

#include "vhost_user_wire.h"

/** A connection. */
struct vhost_user {
	int fd;			    /**< socket, -1 without one */
	uint64_t protocol_features; /**< agreed on */
};

/** Returns monotonic milliseconds; never 0. */
int64_t vhost_user_now_ms(void);

/** Whether a protocol feature, VHOST_USER_PROTOCOL_F_*, was agreed on. */
static inline int
vhost_user_has(const struct vhost_user *vu, unsigned int feature)
{
	return (vu->protocol_features >> feature) & 1;
}

/**
 * Sends a request without a reply, except for REPLY_ACK if that was negotiated.
 *
 * @param payload  @p len bytes
 * @param fds      @p nb_fds file descriptors to pass, at most VHOST_USER_MAX_REGIONS
 * @return 0 or a negative errno
 */
int vhost_user_set(struct vhost_user *vu, enum vhost_user_request request, const void *payload,
		   uint32_t len, const int *fds, unsigned int nb_fds);

/** vhost_user_set() of a number, with a file descriptor if @p fd is not negative. */
int vhost_user_set_u64(struct vhost_user *vu, enum vhost_user_request request, uint64_t value,
		       int fd);

/**
 * Sends a request and receives its answer.
 *
 * @param payload  @p len bytes of request; receives up to @p room bytes of answer
 * @return bytes of answer, or a negative errno
 */
int vhost_user_get(struct vhost_user *vu, enum vhost_user_request request, void *payload,
		   uint32_t len, uint32_t room);

/** vhost_user_get() of a number. @return 0 or a negative errno */
int vhost_user_get_u64(struct vhost_user *vu, enum vhost_user_request request, uint64_t *value);

#endif /* VHOST_USER_H */
