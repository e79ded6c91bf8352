/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The back-end channel (VHOST_USER_PROTOCOL_F_BACKEND_REQ). */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "vhost_user.h"

static void
replace_channel(struct vc_vhost_user *vu, int fd)
{
	if (vu->channel_fd >= 0)
		vc_fd_close_socket(&vu->closer, vu->channel_fd);
	vu->channel_fd = fd;
}

void
vc_vhost_user_close_channel(struct vc_vhost_user *vu)
{
	replace_channel(vu, -1);
	vu->change_pending = false;
}

enum vc_vhost_user_result
vc_handle_set_backend_req_fd(struct vc_vhost_user *vu)
{
	if (!vc_fd_is_unix_stream(vu->request.fds[0]))
		return vc_vhost_user_reject(
			vu,
			"the file descriptor is not a UNIX stream socket, which is "
			"required");
	replace_channel(vu, vc_message_take_fd(&vu->request, 0));
	return vc_vhost_user_accept(vu);
}

/*
 * A driver that does not use the device yet reads the config space before it does, so no
 * notification is required. QEMU 11.1 crashes on this message while its guest has no such driver.
 */
void
vc_vhost_user_send_config_change(struct vc_vhost_user *vu)
{
	const struct vhost_user_header header = {
		.request = VHOST_USER_BACKEND_CONFIG_CHANGE_MSG,
		.flags = VHOST_USER_VERSION,
	};

	vu->change_pending = !*vu->env.ctrlq_running;
	if (vu->change_pending || vu->channel_fd < 0 ||
	    !vc_vhost_user_has(vu, VHOST_USER_PROTOCOL_F_CONFIG) ||
	    !vc_vhost_user_has(vu, VHOST_USER_PROTOCOL_F_BACKEND_REQ))
		return;
	/*
	 * If the socket is full, earlier notifications are still unread, and make the front-end
	 * read the config space.
	 */
	if (send(vu->channel_fd, &header, sizeof(header), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
	    errno != EAGAIN)
		VC_LOG(WARNING, "%s: cannot notify the front-end of a config change: %s", vu->path,
		       strerror(errno));
}

void
vc_vhost_user_send_pending_change(struct vc_vhost_user *vu)
{
	if (vu->change_pending)
		vc_vhost_user_send_config_change(vu);
}
