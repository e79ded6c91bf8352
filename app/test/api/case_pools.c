/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "job_private.h"
#include "traffic.h"

/**
 * @file
 * Pools whose lcores keep any number of objects, which come to the device in any order then: of
 * operations, of sessions, and of mbufs.
 */

#define POOL_OBJECTS 2048u

static const unsigned int caches[] = { 0, 1, 7, 32, 128, RTE_MEMPOOL_CACHE_MAX_SIZE };

/* Makes pools with this cache; those that cannot be made are NULL. */
static void
make(struct env *env, unsigned int cache)
{
	env->ops = rte_crypto_op_pool_create("test_ops_cache", RTE_CRYPTO_OP_TYPE_SYMMETRIC,
					     POOL_OBJECTS, cache, sizeof(struct op_extra),
					     SOCKET_ID_ANY);
	env->sessions = rte_cryptodev_sym_session_pool_create(
		"test_sess_cache", POOL_OBJECTS,
		rte_cryptodev_sym_get_private_session_size(env->dev_id), cache, SESSION_USER_DATA,
		SOCKET_ID_ANY);
	env->small = rte_pktmbuf_pool_create("test_small_cache", POOL_OBJECTS, cache, 0, SMALL_ROOM,
					     SOCKET_ID_ANY);
}

static bool
is_full(const struct rte_mempool *pool)
{
	return rte_mempool_avail_count(pool) == POOL_OBJECTS;
}

/* A few bursts of traffic, larger and smaller than the cache. */
static enum verdict
run(struct env *env)
{
	static const unsigned int bursts[] = { 1, 32, 300 };
	static struct traffic traffic;
	enum verdict v = traffic_open(env, &traffic);
	unsigned int i;

	if (v != PASS)
		return v;
	for (i = 0; i < 2 * RTE_DIM(bursts) && v == PASS; i++) {
		traffic.scattered = i & 1;
		v = traffic_run(env, &traffic, 0, 600, bursts[i / 2]);
	}
	traffic_close(env, &traffic);
	return v;
}

static enum verdict
cache_of(struct env *env, const void *arg)
{
	struct rte_mempool *ops = env->ops, *sessions = env->sessions, *small = env->small;
	const unsigned int *cache = arg;
	enum verdict v;

	make(env, *cache);
	if (env->ops == NULL || env->sessions == NULL || env->small == NULL)
		v = test_skip(env, "no memory for more pools: %s", rte_strerror(rte_errno));
	else
		v = run(env);
	if (v == PASS && !(is_full(env->ops) && is_full(env->sessions) && is_full(env->small)))
		v = test_fail(env, "operations, sessions or mbufs were not given back");
	if (!env->stuck) {
		rte_mempool_free(env->ops);
		rte_mempool_free(env->sessions);
		rte_mempool_free(env->small);
	}
	env->ops = ops;
	env->sessions = sessions;
	env->small = small;
	return v;
}

void
register_pools(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(caches); i++)
		test_register(cache_of, &caches[i], "pools/cache_of_%u", caches[i]);
}
