/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_mempool.h>

#include "session_dormant.h"
#include "session_table.h"

void
vc_sessions_make_dormant(struct vc_session_table *table)
{
	uint32_t i;

	rte_spinlock_lock(&table->lock);
	table->nb_resets++;
	for (i = 0; i < table->size; i++) {
		struct vc_session *s = &table->sessions[i];

		if (s->id == 0)
			continue;
		s->dormant_since = table->nb_resets;
		__atomic_store_n(&s->dormant_id, s->id, __ATOMIC_RELEASE);
		__atomic_store_n(&s->id, 0, __ATOMIC_RELEASE);
		table->nb_dormant++;
	}
	rte_spinlock_unlock(&table->lock);
}

struct vc_session *
vc_session_wake(struct vc_session_table *table, uint64_t id)
{
	const uint32_t i = vc_session_index(id);
	struct vc_session *s = &table->sessions[i], *found = NULL;

	/* Checked without the lock first, because requests may carry any ID. */
	if (id == 0 || i >= table->size || __atomic_load_n(&s->dormant_id, __ATOMIC_ACQUIRE) != id)
		return vc_session_find(table, id);
	rte_spinlock_lock(&table->lock);
	if (s->dormant_id == id) {
		/* In this order, so that the entry never looks destroyed to vc_sessions_reap(). */
		__atomic_store_n(&s->id, id, __ATOMIC_RELEASE);
		__atomic_store_n(&s->dormant_id, 0, __ATOMIC_RELEASE);
		table->nb_dormant--;
	}
	found = vc_session_find(table, id);
	rte_spinlock_unlock(&table->lock);
	return found;
}

bool
vc_session_lacks_room(const struct vc_session_table *table, uint8_t service)
{
	return table->nb_used == table->size ||
		rte_mempool_avail_count(table->pool) < table->share ||
		(service == VIRTIO_CRYPTO_SERVICE_AKCIPHER &&
		 table->nb_akciphers == VC_MAX_AKCIPHERS);
}

bool
vc_session_destroy_dormant(struct vc_session_table *table)
{
	struct vc_session *oldest = NULL;
	uint32_t i;

	rte_spinlock_lock(&table->lock);
	for (i = 0; i < table->size && table->nb_dormant > 0; i++) {
		struct vc_session *s = &table->sessions[i];

		if (s->dormant_id != 0 &&
		    (oldest == NULL || s->dormant_since < oldest->dormant_since))
			oldest = s;
	}
	if (oldest != NULL)
		vc_session_invalidate_locked(table, oldest);
	rte_spinlock_unlock(&table->lock);
	return oldest != NULL;
}
