/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include "session_cache.h"
#include "session_table.h"

int
vc_cache_init(struct vc_session_cache *cache, const struct vc_session_table *like, int socket_id)
{
	memset(cache, 0, sizeof(*cache));
	cache->table.nb_users = 1;
	cache->table.nb_cdevs = like->nb_cdevs;
	memcpy(cache->table.cdev_ids, like->cdev_ids, sizeof(like->cdev_ids));
	memcpy(cache->table.large, like->large, sizeof(like->large));
	cache->table.auth_iv_offset = like->auth_iv_offset;
	return vc_sessions_init(&cache->table, VC_CACHE_SIZE, socket_id);
}

static bool
entry_held(void *arg, uint32_t index)
{
	const struct vc_session_cache *cache = arg;

	return cache->refs[index] != 0;
}

void
vc_cache_clear(struct vc_session_cache *cache)
{
	if (cache->table.sessions == NULL)
		return;
	vc_sessions_destroy_all(&cache->table);
	vc_sessions_reap(&cache->table, entry_held, cache);
}

void
vc_cache_fini(struct vc_session_cache *cache)
{
	vc_sessions_fini(&cache->table);
}

/* Hashes whole words only; the rest of a key rarely distinguishes keys. */
static uint64_t
hash_bytes(uint64_t h, const uint8_t *bytes, size_t len)
{
	uint64_t word;
	size_t i;

	for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15;
		h ^= h >> 32;
	}
	return h;
}

/* The hash only narrows the search; all bytes are compared. */
static uint64_t
hash_params(const struct vc_session_params *p)
{
	uint64_t h = hash_bytes(0xcbf29ce484222325, (const uint8_t *)p, VC_PARAMS_FIXED);

	if (p->service == VIRTIO_CRYPTO_SERVICE_AKCIPHER)
		return hash_bytes(h, p->akcipher_key, vc_params_size(p) - VC_PARAMS_FIXED);
	h = hash_bytes(h, p->cipher_key, RTE_MIN(p->cipher_key_len, sizeof(p->cipher_key)));
	return hash_bytes(h, p->auth_key, RTE_MIN(p->auth_key_len, sizeof(p->auth_key)));
}

/* The fixed parameters include the lengths of the keys. */
static bool
same_params(const struct vc_session_params *a, const struct vc_session_params *b)
{
	return memcmp(a, b, VC_PARAMS_FIXED) == 0 && memcmp(a, b, vc_params_size(a)) == 0;
}

static struct vc_session *
cache_find(struct vc_session_cache *cache, const struct vc_session_params *p, uint64_t hash)
{
	uint32_t i;

	for (i = 0; i < VC_CACHE_SIZE; i++) {
		struct vc_session *s = &cache->table.sessions[i];

		if (cache->hash[i] == hash && s->id != 0 && same_params(s->params, p))
			return s;
	}
	return NULL;
}

/* Destroys the least recently used session that is not in use. False: all are in use. */
static bool
cache_evict(struct vc_session_cache *cache)
{
	uint32_t i, oldest = VC_CACHE_SIZE;

	for (i = 0; i < VC_CACHE_SIZE; i++)
		if (cache->refs[i] == 0 &&
		    (oldest == VC_CACHE_SIZE || cache->last_used[i] < cache->last_used[oldest]))
			oldest = i;
	if (oldest == VC_CACHE_SIZE)
		return false;
	vc_session_destroy(&cache->table, cache->table.sessions[oldest].id);
	vc_sessions_reap(&cache->table, entry_held, cache);
	return true;
}

int
vc_cache_get(struct vc_session_cache *cache, const struct vc_session_params *params,
	     struct vc_session **session)
{
	uint64_t hash = hash_params(params), id;
	struct vc_session *s = cache_find(cache, params, hash);
	int status;

	if (s == NULL) {
		if (cache->table.nb_used == VC_CACHE_SIZE && !cache_evict(cache))
			return VIRTIO_CRYPTO_NOSPC;
		/*
		 * HASH Service Operation, D25; MAC Service Operation, D32;
		 * Symmetric algorithms Operation, D44; AEAD Service Operation, D53
		 */
		status = vc_session_create(&cache->table, params, &id);
		if (status != VIRTIO_CRYPTO_OK)
			return status;
		s = &cache->table.sessions[vc_session_index(id)];
		cache->hash[s - cache->table.sessions] = hash;
	}
	cache->last_used[s - cache->table.sessions] = ++cache->clock;
	*session = s;
	return VIRTIO_CRYPTO_OK;
}
