/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A front-end of a test: hands messages to a device without a socket.
 */

#ifndef UNIT_VHOST_USER_H
#define UNIT_VHOST_USER_H

#include <string.h>

#include "device.h"

/** Hands a message to a device of a front-end that has negotiated all protocol features. */
static inline enum vc_vhost_user_result
unit_handle(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	    struct vc_message *reply)
{
	struct vc_vhost_user *vu = &dev->vhost_user;
	enum vc_vhost_user_result ret;

	vu->protocol = VC_PROTOCOL_FEATURES;
	vu->request = *request;
	ret = vc_vhost_user_handle(vu);
	*reply = vu->reply;
	memset(&vu->request, 0, sizeof(vu->request));
	memset(&vu->reply, 0, sizeof(vu->reply));
	return ret;
}

#endif /* UNIT_VHOST_USER_H */
