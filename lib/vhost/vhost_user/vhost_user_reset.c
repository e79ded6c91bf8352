/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Noticing that a guest has reset its device, for which vhost-user has no message here. The ring
 * that sessions belong to then begins at 0, where one that was only stopped goes on from its base.
 * Whether its sessions are still anybody's shows later, see session_dormant.h.
 */

#include "log.h"
#include "session_dormant.h"
#include "vhost_user.h"
#include "virtio_crypto_features.h"

/*
 * The ring to look at is the control queue. QEMU's cryptodev-vhost-user keeps that for itself, and
 * negotiates nothing in its guest's name, not even virtio 1; of its guest the first data queue has
 * to do.
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
		VC_LOG(INFO, "%s: the guest has reset the device", vu->path);
		vc_sessions_make_dormant(vu->env.sessions);
	}
	vu->stopped_at = -1;
}
