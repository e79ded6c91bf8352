/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The session table: creation, use and destruction of sessions; session.h has threads and locks.
 */

#ifndef VHOST_CRYPTO_SESSION_TABLE_H
#define VHOST_CRYPTO_SESSION_TABLE_H

#include "session.h"

/**
 * Initializes a table.
 *
 * @param table  nb_users, nb_cdevs, cdev_ids, large and auth_iv_offset set, the rest zeroed
 * @param size   number of sessions, 1 to VC_MAX_SESSIONS
 * @return 0 or -ENOMEM
 */
int vc_sessions_init(struct vc_session_table *table, uint32_t size, int socket_id);

/** Destroys all sessions, even referenced ones, and frees the table. */
void vc_sessions_fini(struct vc_session_table *table);

/**
 * Creates a session on the first cryptodev that supports it.
 *
 * @param table   table
 * @param params  parameters in host memory, not yet checked
 * @param id      receives the session ID, 1 to INT64_MAX
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP, _NOSPC or _ERR
 */
int vc_session_create(struct vc_session_table *table, const struct vc_session_params *params,
		      uint64_t *id);

/**
 * Destroys a session: its ID becomes invalid for new requests. vc_sessions_reap() frees the entry
 * when no request references it.
 *
 * @return VIRTIO_CRYPTO_OK, or _ERR: no such session
 */
int vc_session_destroy(struct vc_session_table *table, uint64_t id);

/** vc_session_destroy() for an entry in use, dormant or not. The table's lock is held. */
void vc_session_invalidate_locked(struct vc_session_table *table, struct vc_session *s);

/** Destroys all sessions, see vc_session_destroy(). */
void vc_sessions_destroy_all(struct vc_session_table *table);

/**
 * Replaces the cryptodevs of a table by one. Destroys sessions of another driver. No session may be
 * referenced.
 */
void vc_sessions_bind_cdev(struct vc_session_table *table, uint8_t cdev_id);

/**
 * Frees destroyed sessions that are not referenced, and wipes their keys.
 *
 * @param held  whether requests reference the session with this index
 * @param arg   argument of @p held
 */
void vc_sessions_reap(struct vc_session_table *table, bool (*held)(void *arg, uint32_t index),
		      void *arg);

/** Creates a variant that vc_session_variant() did not find; NULL on failure. */
void *vc_session_add_variant(struct vc_session_table *table, struct vc_session *s, uint32_t iv_len,
			     uint32_t aad_len);

/**
 * Returns the cryptodev session for the lengths of a request.
 *
 * @return NULL if the algorithm does not support them
 */
static inline void *
vc_session_variant(struct vc_session_table *table, struct vc_session *s, uint32_t iv_len,
		   uint32_t aad_len)
{
	void *cs = vc_variant_find(s->variants, s->cdev, iv_len, aad_len);

	return likely(cs != NULL) ? cs : vc_session_add_variant(table, s, iv_len, aad_len);
}

/**
 * vc_session_variant() on any cryptodev of the table.
 *
 * @param cdev  index of the cryptodev
 * @return NULL if the cryptodev does not support it
 */
void *vc_session_variant_on(struct vc_session_table *table, struct vc_session *s, uint8_t cdev,
			    uint32_t iv_len, uint32_t aad_len);

#endif /* VHOST_CRYPTO_SESSION_TABLE_H */
