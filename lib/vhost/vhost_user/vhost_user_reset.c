/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Detection of a device reset, for which vhost-user has no message here. After a reset, the ring
 * that sessions belong to begins at 0; a ring that was only stopped resumes at its base. Sessions
 * become dormant, see session_dormant.h.
 */

#include "log.h"
#include "session_dormant.h"
#include "vhost_user.h"
#include "virtio_crypto_features.h"

/*
 * The ring is the control queue. QEMU's cryptodev-vhost-user handles the control queue itself, and
 * does not pass on the guest's features, not even VIRTIO_F_VERSION_1; there, the first data queue
 * is used instead.
 */
void
vc_vhost_user_choose_session_ring(struct vc_vhost_user *vu, uint64_t features)
{
	vu->session_ring = virtio_crypto_has_feature(features, VIRTIO_F_VERSION_1) ?
		vu->env.nb_queues :
		0;
}

void
vc_vhost_user_save_base(struct vc_vhost_user *vu, uint32_t index, uint16_t base)
{
	if (index == vu->session_ring)
		vu->stopped_at = base;
}

void
vc_vhost_user_check_base(struct vc_vhost_user *vu, uint32_t index, uint16_t base)
{
	if (vu->stopped_at < 0 || index != vu->session_ring)
		return;
	if (base != vu->stopped_at) {
		VC_LOG(INFO, "%s: device reset by the guest", vu->path);
		vc_sessions_make_dormant(vu->env.sessions);
	}
	vu->stopped_at = -1;
}
