/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A pool of small ids: the lcore that enqueues gets ids, the lcore that dequeues puts them back.
 * Each writes an index of its own, so that neither waits for the other.
 */

#ifndef VIRTIO_CRYPTO_ID_POOL_H
#define VIRTIO_CRYPTO_ID_POOL_H

#include <stdint.h>

#include <rte_common.h>

/** Maximum number of ids; a power of two, so that the indexes wrap where the ring does. */
#define VIRTIO_CRYPTO_ID_POOL_MAX 32

/** A pool of ids. */
struct virtio_crypto_id_pool {
	uint8_t taken;				 /**< free running; the lcore's that enqueues */
	uint8_t given __rte_cache_aligned;	 /**< free running, atomic; the other lcore's */
	uint8_t ring[VIRTIO_CRYPTO_ID_POOL_MAX]; /**< free ids, from get to put index */
};

/** Makes ids 0 to @p nb - 1 free, while no lcore uses the pool. */
static inline void
virtio_crypto_id_pool_reset(struct virtio_crypto_id_pool *f, uint8_t nb)
{
	uint8_t i;

	for (i = 0; i < nb; i++)
		f->ring[i] = i;
	f->taken = 0;
	__atomic_store_n(&f->given, nb, __ATOMIC_RELEASE);
}

/** Returns how many ids are free. By the lcore that enqueues, or while no lcore does. */
static inline uint8_t
virtio_crypto_id_pool_count(const struct virtio_crypto_id_pool *f)
{
	return __atomic_load_n(&f->given, __ATOMIC_ACQUIRE) - f->taken;
}

/** Returns the id that is next, of a pool that is not empty. By the lcore that enqueues. */
static inline uint8_t
virtio_crypto_id_pool_peek(const struct virtio_crypto_id_pool *f)
{
	return f->ring[f->taken % VIRTIO_CRYPTO_ID_POOL_MAX];
}

/** Gets that id. By the lcore that enqueues. */
static inline void
virtio_crypto_id_pool_get(struct virtio_crypto_id_pool *f)
{
	f->taken++;
}

/** Puts an id back that is not used any more. By the lcore that dequeues. */
static inline void
virtio_crypto_id_pool_put(struct virtio_crypto_id_pool *f, uint8_t number)
{
	uint8_t given = f->given;

	f->ring[given % VIRTIO_CRYPTO_ID_POOL_MAX] = number;
	__atomic_store_n(&f->given, given + 1, __ATOMIC_RELEASE);
}

#endif /* VIRTIO_CRYPTO_ID_POOL_H */
