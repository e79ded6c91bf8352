/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_malloc.h>
#include <rte_random.h>

#include "akcipher.h"
#include "log.h"
#include "session_table.h"
#include "session_xform.h"

int
vc_sessions_init(struct vc_session_table *table, uint32_t size, int socket_id)
{
	static uint32_t serial;
	char name[RTE_MEMPOOL_NAMESIZE];
	unsigned int priv = 0;
	uint8_t i;

	table->objects = 1;
	for (i = 0; i < table->nb_cdevs; i++) {
		table->verifies[i] = vc_cdev_only_verifies(table->cdev_ids[i]);
		priv = RTE_MAX(priv, vc_cdev_session_size(table->cdev_ids[i]));
		table->objects = RTE_MAX(table->objects,
					 vc_cdev_session_objects(table->cdev_ids[i]));
	}
	/*
	 * Each session has two variants: for the default lengths, and for those of its requests.
	 * With several cryptodevs, some of its requests may need another one.
	 */
	table->share = (table->nb_cdevs > 1 ? 3 : 2) * table->objects;
	rte_spinlock_init(&table->lock);
	table->size = size;
	table->first_generation = rte_rand() & INT32_MAX;
	table->sessions = rte_zmalloc_socket("vc_sessions", size * sizeof(*table->sessions),
					     RTE_CACHE_LINE_SIZE, socket_id);
	if (table->sessions == NULL)
		return -ENOMEM;
	snprintf(name, sizeof(name), "vc_sess_%u",
		 __atomic_fetch_add(&serial, 1, __ATOMIC_RELAXED));
	table->pool = rte_cryptodev_sym_session_pool_create(name, size * table->share, priv, 0, 0,
							    socket_id);
	if (table->pool == NULL || vc_akciphers_init(table, name, socket_id) != 0) {
		vc_sessions_fini(table);
		return -ENOMEM;
	}
	return 0;
}

static uint8_t
cdev_driver(uint8_t cdev_id)
{
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(cdev_id, &info);
	return info.driver_id;
}

static void
variants_free(const struct vc_session_table *table, struct vc_variant variants[VC_SESSION_VARIANTS])
{
	unsigned int i;

	for (i = 0; i < VC_SESSION_VARIANTS; i++) {
		if (variants[i].cdev_session != NULL)
			rte_cryptodev_sym_session_free(table->cdev_ids[variants[i].cdev],
						       variants[i].cdev_session);
		variants[i].cdev_session = NULL;
	}
}

static void
session_free(struct vc_session_table *table, struct vc_session *s)
{
	variants_free(table, s->variants);
	variants_free(table, s->others);
	vc_akcipher_free(table, s);
	explicit_bzero(s->params, vc_params_size(s->params));
	rte_free(s->params);
	s->params = NULL;
	table->nb_used--;
}

void
vc_sessions_fini(struct vc_session_table *table)
{
	uint32_t i;

	for (i = 0; table->sessions != NULL && i < table->size; i++)
		if (table->sessions[i].params != NULL)
			session_free(table, &table->sessions[i]);
	rte_free(table->sessions);
	rte_mempool_free(table->pool);
	rte_mempool_free(table->akcipher_pool);
	table->sessions = NULL;
	table->pool = NULL;
	table->akcipher_pool = NULL;
}

static struct vc_session *
session_alloc_entry(struct vc_session_table *table)
{
	uint32_t i;

	if (table->nb_used == table->size)
		return NULL;
	for (i = table->next; table->sessions[i].params != NULL;)
		i = i + 1 == table->size ? 0 : i + 1;
	table->next = i + 1 == table->size ? 0 : i + 1;
	return &table->sessions[i];
}

/* Checked beforehand, because cryptodevs log an error when the pool is empty. */
static bool
pool_has_session(const struct vc_session_table *table)
{
	return rte_mempool_avail_count(table->pool) >= table->objects;
}

/* Creates a cryptodev session for given lengths. */
static void *
session_create_on(const struct vc_session_table *table, const struct vc_session *s, uint8_t cdev,
		  uint32_t iv_len, uint32_t aad_len)
{
	struct rte_crypto_sym_xform xforms[2];

	vc_session_xforms(s, iv_len, aad_len, table->auth_iv_offset, xforms);
	if (!vc_xforms_supported(table->cdev_ids[cdev], xforms)) {
		/*
		 * Operations hold the counter behind the nonce, for cryptodevs that require a whole
		 * block.
		 */
		if (s->has_cipher && s->cipher->algo == RTE_CRYPTO_CIPHER_AES_CTR &&
		    iv_len == VC_COUNTER_NONCE)
			return session_create_on(table, s, cdev, VC_COUNTER_BLOCK, aad_len);
		return NULL;
	}
	if (!pool_has_session(table))
		return NULL;
	return rte_cryptodev_sym_session_create(table->cdev_ids[cdev], xforms, table->pool);
}

/* Two IVs have auth_iv_offset bytes each; a single one may use both parts. */
static bool
ivs_fit(const struct vc_session_table *table, const struct vc_session *s, uint32_t iv_len,
	uint32_t aad_len)
{
	return aad_len == 0 || s->has_aead ||
		(iv_len <= table->auth_iv_offset && aad_len <= table->auth_iv_offset);
}

/*
 * session_create_on() for a session that decides how its digest is checked: a cryptodev that
 * decrypts can compute the digest, so that the guest gets it, or only compare it.
 */
static void *
session_create_or_verify(struct vc_session_table *table, struct vc_session *s, uint8_t cdev,
			 uint32_t iv_len, uint32_t aad_len)
{
	bool opens = s->has_cipher && s->has_auth && s->direction == VIRTIO_CRYPTO_OP_DECRYPT;
	void *cs;

	s->verify = opens && table->verifies[cdev];
	cs = session_create_on(table, s, cdev, iv_len, aad_len);
	if (cs != NULL || !opens || s->verify)
		return cs;
	s->verify = true;
	cs = session_create_on(table, s, cdev, iv_len, aad_len);
	/* Remembered, because cryptodevs log an error for each session that they reject. */
	table->verifies[cdev] = cs != NULL;
	return cs;
}

static int
session_bind(struct vc_session_table *table, struct vc_session *s)
{
	uint32_t iv_len = vc_default_iv_len(s->cipher, s->params->cipher_key_len);
	uint32_t aad_len = s->has_aead ? s->params->aad_len :
					 vc_default_iv_len(s->auth, s->params->auth_key_len);
	uint8_t cdev;

	if (!ivs_fit(table, s, iv_len, aad_len))
		return VIRTIO_CRYPTO_NOTSUPP;
	for (cdev = 0; cdev < table->nb_cdevs; cdev++) {
		void *cs = session_create_or_verify(table, s, cdev, iv_len, aad_len);

		if (cs == NULL)
			continue;
		s->cdev = cdev;
		s->limits = vc_cdev_limits(table->cdev_ids[cdev], s->cipher, s->auth);
		s->variants[0] = (struct vc_variant){
			.cdev_session = cs, .iv_len = iv_len, .aad_len = aad_len, .cdev = cdev
		};
		/* The fast path lets cryptodevs access guest memory. */
		if (vc_cdev_find_copy_reason(table->cdev_ids[cdev]) != NULL)
			s->fast_opcode = VC_NO_FAST_PATH;
		s->synchronous = s->fast_opcode != VC_NO_FAST_PATH &&
			vc_cdev_synchronous(table->cdev_ids[cdev], s->cipher->algo);
		return VIRTIO_CRYPTO_OK;
	}
	/* Session operation: create session, D13 */
	return VIRTIO_CRYPTO_NOTSUPP;
}

/* Whether no cryptodev supports one of the session's algorithms, with any lengths. */
static bool
lacks_alg(const struct vc_session_table *table, const struct vc_session *s)
{
	bool cipher = false, auth = false;
	uint8_t i;

	for (i = 0; i < table->nb_cdevs; i++) {
		cipher |= s->cipher == NULL ||
			virtio_crypto_alg_of_cryptodev(table->cdev_ids[i], s->cipher) != NULL;
		auth |= s->auth == NULL ||
			virtio_crypto_alg_of_cryptodev(table->cdev_ids[i], s->auth) != NULL;
	}
	/* Session operation: create session, D13 */
	return !cipher || !auth;
}

static int
session_create_locked(struct vc_session_table *table, const struct vc_session_params *params,
		      uint64_t *id)
{
	struct vc_session *s = session_alloc_entry(table);
	uint32_t generation;
	int status;

	if (s == NULL)
		return VIRTIO_CRYPTO_NOSPC;
	/* 31 bits, never 0: IDs fit in an int64_t, as messages require, and are never 0. */
	generation = (s->generation != 0 ? s->generation : table->first_generation) + 1;
	generation &= INT32_MAX;
	memset(s, 0, sizeof(*s));
	s->generation = generation != 0 ? generation : 1;
	status = vc_session_describe(s, params);
	/* An algorithm that is not offered is reported as unsupported, whatever its parameters. */
	if (status == VIRTIO_CRYPTO_ERR && lacks_alg(table, s))
		return VIRTIO_CRYPTO_NOTSUPP;
	/* Session operation: create session, D11, D12, D14, D15, D16 */
	if (status != VIRTIO_CRYPTO_OK)
		return status;
	s->params = rte_malloc("vc_session_params", vc_params_size(params), 0);
	if (s->params == NULL)
		return VIRTIO_CRYPTO_ERR;
	memcpy(s->params, params, vc_params_size(params));
	table->nb_used++;
	if (s->service == VIRTIO_CRYPTO_SERVICE_AKCIPHER)
		status = vc_akcipher_bind(table, s);
	else
		status = session_bind(table, s);
	if (status != VIRTIO_CRYPTO_OK) {
		session_free(table, s);
		return status;
	}
	*id = (uint64_t)s->generation << 16 | (uint32_t)(s - table->sessions);
	__atomic_store_n(&s->id, *id, __ATOMIC_RELEASE);
	return VIRTIO_CRYPTO_OK;
}

int
vc_session_create(struct vc_session_table *table, const struct vc_session_params *params,
		  uint64_t *id)
{
	int status;

	rte_spinlock_lock(&table->lock);
	status = session_create_locked(table, params, id);
	rte_spinlock_unlock(&table->lock);
	return status;
}

void
vc_session_invalidate_locked(struct vc_session_table *table, struct vc_session *s)
{
	table->nb_dormant -= s->dormant_id != 0;
	__atomic_store_n(&s->dormant_id, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&s->id, 0, __ATOMIC_RELEASE);
	table->nb_zombies++;
}

int
vc_session_destroy(struct vc_session_table *table, uint64_t id)
{
	struct vc_session *s = &table->sessions[vc_session_index(id)];
	int status = VIRTIO_CRYPTO_ERR;

	rte_spinlock_lock(&table->lock);
	/* Session operation: destroy session, D18 */
	if (id != 0 && vc_session_index(id) < table->size && (s->id == id || s->dormant_id == id)) {
		vc_session_invalidate_locked(table, s);
		status = VIRTIO_CRYPTO_OK;
	}
	rte_spinlock_unlock(&table->lock);
	return status;
}

void
vc_sessions_destroy_all(struct vc_session_table *table)
{
	uint32_t i;

	rte_spinlock_lock(&table->lock);
	for (i = 0; i < table->size; i++) {
		struct vc_session *s = &table->sessions[i];

		if (s->id != 0 || s->dormant_id != 0)
			vc_session_invalidate_locked(table, s);
	}
	rte_spinlock_unlock(&table->lock);
}

static bool
is_not_held(void *arg __rte_unused, uint32_t index __rte_unused)
{
	return false;
}

/* Whether sessions of one cryptodev are valid on the other. */
static bool
is_alike(uint8_t cdev_id, uint8_t other)
{
	return cdev_driver(cdev_id) == cdev_driver(other) &&
		!vc_cdev_find_copy_reason(cdev_id) == !vc_cdev_find_copy_reason(other);
}

void
vc_sessions_bind_cdev(struct vc_session_table *table, uint8_t cdev_id)
{
	uint32_t i, lost = 0;

	for (i = 0; i < table->size; i++) {
		struct vc_session *s = &table->sessions[i];

		if ((s->id != 0 || s->dormant_id != 0) &&
		    !is_alike(table->cdev_ids[s->cdev], cdev_id)) {
			vc_session_destroy(table, s->id | s->dormant_id);
			lost++;
		}
	}
	vc_sessions_reap(table, is_not_held, NULL);
	for (i = 0; i < table->size; i++) {
		struct vc_session *s = &table->sessions[i];
		unsigned int v;

		variants_free(table, s->others);
		for (v = 0; v < VC_SESSION_VARIANTS; v++)
			s->variants[v].cdev = 0;
		s->cdev = 0;
	}
	table->nb_cdevs = 1;
	table->cdev_ids[0] = cdev_id;
	table->verifies[0] = vc_cdev_only_verifies(cdev_id);
	if (lost > 0)
		VC_LOG(WARNING, "%u sessions destroyed: cryptodev %u does not support them", lost,
		       cdev_id);
}

void
vc_sessions_reap(struct vc_session_table *table, bool (*held)(void *arg, uint32_t index), void *arg)
{
	uint32_t i;

	for (i = 0; i < table->size && table->nb_zombies > 0; i++) {
		struct vc_session *s = &table->sessions[i];

		/*
		 * held() is called without the table's lock: it takes the locks of queues, whose
		 * lcores take the table's lock. A destroyed session is not referenced again.
		 */
		if (s->params == NULL || __atomic_load_n(&s->dormant_id, __ATOMIC_ACQUIRE) != 0 ||
		    s->id != 0 || held(arg, i))
			continue;
		rte_spinlock_lock(&table->lock);
		session_free(table, s);
		table->nb_zombies--;
		rte_spinlock_unlock(&table->lock);
	}
}

/* Creates a variant of a session on a cryptodev. */
static void *
add_variant(struct vc_session_table *table, struct vc_session *s, uint8_t cdev,
	    struct vc_variant variants[VC_SESSION_VARIANTS], uint32_t iv_len, uint32_t aad_len)
{
	struct vc_variant *v;
	unsigned int i;
	void *cs = NULL;

	if (!vc_iv_len_valid(s->cipher, s->params->cipher_key_len, iv_len) ||
	    !vc_aad_len_valid(s, aad_len) || !ivs_fit(table, s, iv_len, aad_len))
		return NULL;
	rte_spinlock_lock(&table->lock);
	for (i = 0; i < VC_SESSION_VARIANTS; i++) {
		v = &variants[i];
		if (v->cdev_session == NULL)
			break;
		if (v->iv_len == iv_len && v->aad_len == aad_len && v->cdev == cdev) {
			cs = v->cdev_session; /* created by another queue meanwhile */
			goto out;
		}
	}
	if (i == VC_SESSION_VARIANTS)
		goto out;
	cs = session_create_on(table, s, cdev, iv_len, aad_len);
	v->iv_len = iv_len;
	v->aad_len = aad_len;
	v->cdev = cdev;
	__atomic_store_n(&v->cdev_session, cs, __ATOMIC_RELEASE);
out:
	rte_spinlock_unlock(&table->lock);
	return cs;
}

void *
vc_session_add_variant(struct vc_session_table *table, struct vc_session *s, uint32_t iv_len,
		       uint32_t aad_len)
{
	return add_variant(table, s, s->cdev, s->variants, iv_len, aad_len);
}

void *
vc_session_variant_on(struct vc_session_table *table, struct vc_session *s, uint8_t cdev,
		      uint32_t iv_len, uint32_t aad_len)
{
	void *cs;

	if (cdev == s->cdev)
		return vc_session_variant(table, s, iv_len, aad_len);
	cs = vc_variant_find(s->others, cdev, iv_len, aad_len);
	return cs != NULL ? cs : add_variant(table, s, cdev, s->others, iv_len, aad_len);
}
