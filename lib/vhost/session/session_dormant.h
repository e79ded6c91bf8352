/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions across a reset of their device.
 *
 * The specification does not define whether a reset destroys sessions. Linux's driver resets the
 * device when the machine suspends, and uses its sessions when it resumes; QEMU's own device keeps
 * them. But a guest that reboots resets the device, too, and never destroys the sessions that it
 * leaves. A reset therefore makes sessions dormant. The first request that uses one activates it
 * again, and a new session that lacks room replaces the oldest dormant ones.
 *
 * Thread: the control side, except vc_session_wake().
 */

#ifndef VHOST_CRYPTO_SESSION_DORMANT_H
#define VHOST_CRYPTO_SESSION_DORMANT_H

#include "session.h"

/** Makes all sessions dormant after a reset of the device. */
void vc_sessions_make_dormant(struct vc_session_table *table);

/** Activates a dormant session that vc_session_find() did not find. NULL: no such session. */
struct vc_session *vc_session_wake(struct vc_session_table *table, uint64_t id);

/** Whether a new session of a service requires that a dormant one is destroyed. */
bool vc_session_lacks_room(const struct vc_session_table *table, uint8_t service);

/**
 * Destroys the oldest dormant session, see vc_session_destroy().
 *
 * @return false: none is dormant
 */
bool vc_session_destroy_dormant(struct vc_session_table *table);

#endif /* VHOST_CRYPTO_SESSION_DORMANT_H */
