/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Replies to requests. */

#include <stdarg.h>
#include <stdio.h>

#include "log.h"
#include "vhost_user.h"

/* Maximum number of requests of a connection that are answered with a failure. */
#define MAX_FAILURES 16

enum vc_vhost_user_result
vc_vhost_user_accept(struct vc_vhost_user *vu)
{
	vc_message_acknowledge(&vu->request, &vu->reply, false);
	return VC_VHOST_USER_DONE;
}

enum vc_vhost_user_result
vc_vhost_user_reject(const struct vc_vhost_user *vu, const char *format, ...)
{
	uint32_t request = vu->request.header.request;
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	VC_LOG(ERR, "%s: rejected vhost-user request %s (%u): %s", vu->path,
	       vc_message_name(request), request, text);
	return VC_VHOST_USER_REJECT;
}

enum vc_vhost_user_result
vc_vhost_user_reply_failure(struct vc_vhost_user *vu)
{
	if (!(vu->request.header.flags & VHOST_USER_NEED_REPLY) || ++vu->nb_failures > MAX_FAILURES)
		return VC_VHOST_USER_REJECT;
	vc_message_acknowledge(&vu->request, &vu->reply, true);
	return VC_VHOST_USER_DONE;
}
