/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions across a reset of their device.
 *
 * The specification does not say that a reset destroys sessions. Linux's driver resets the device
 * when the machine suspends, and uses its sessions again when it resumes; QEMU's own device has
 * them all the time. But a guest that boots again resets the device, too, and never destroys what
 * it has left. So a reset makes sessions dormant. The first request that names one wakes it up; and
 * where a new session needs room, dormant ones make it.
 *
 * Thread: the control side, except vc_session_wake().
 */

#ifndef VHOST_CRYPTO_SESSION_DORMANT_H
#define VHOST_CRYPTO_SESSION_DORMANT_H

#include "session.h"

/** Makes all sessions dormant: the device was reset. */
void vc_sessions_make_dormant(struct vc_session_table *table);

/** Wakes a dormant session that vc_session_find() did not find. NULL: no such session either. */
struct vc_session *vc_session_wake(struct vc_session_table *table, uint64_t id);

/** Whether a new session of a service lacks room that a dormant one would make. */
bool vc_session_lacks_room(const struct vc_session_table *table, uint8_t service);

/**
 * Destroys the session that has been dormant for the most resets, as vc_session_destroy() does.
 *
 * @return false if none is dormant
 */
bool vc_session_destroy_dormant(struct vc_session_table *table);

#endif /* VHOST_CRYPTO_SESSION_DORMANT_H */
