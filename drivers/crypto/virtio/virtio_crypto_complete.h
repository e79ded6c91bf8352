/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Completes requests: a used request becomes an operation again. For the files that pop used
 * requests alone, and inlined there.
 */

#ifndef VIRTIO_CRYPTO_COMPLETE_H
#define VIRTIO_CRYPTO_COMPLETE_H

#include <string.h>

#include "virtio_crypto_asym.h"
#include "virtio_crypto_digest.h"
#include "virtio_crypto_queue.h"
#include "virtio_crypto_status.h"

/* Status of an operation that has a digest, which is delivered or compared on the way. */
static uint8_t
digest_status(const struct virtio_crypto_inflight *f, const uint8_t *digest, uint8_t status)
{
	static const uint8_t shown[VIRTIO_CRYPTO_MAX_DIGEST];
	struct rte_crypto_sym_op *sym = f->op->sym;

	switch (f->digest) {
	case VIRTIO_CRYPTO_DIGEST_VERIFY:
		if (status == VIRTIO_CRYPTO_OK &&
		    !virtio_crypto_digest_equal(sym->auth.digest.data, digest, f->digest_len))
			status = VIRTIO_CRYPTO_BADMSG;
		/* fall through */
	case VIRTIO_CRYPTO_DIGEST_INSIDE:
	case VIRTIO_CRYPTO_DIGEST_OPEN:
		return status == VIRTIO_CRYPTO_BADMSG ? RTE_CRYPTO_OP_STATUS_AUTH_FAILED :
							virtio_crypto_status_to_op(status);
	case VIRTIO_CRYPTO_DIGEST_SEAL:
		if (status == VIRTIO_CRYPTO_OK)
			memcpy(sym->aead.digest.data, digest, f->digest_len);
		return virtio_crypto_status_to_op(status);
	case VIRTIO_CRYPTO_DIGEST_GENERATE_DECRYPT:
		if (status == VIRTIO_CRYPTO_BADMSG && memcmp(digest, shown, f->digest_len) != 0)
			status = VIRTIO_CRYPTO_OK;
		/* fall through */
	default:
		if (status == VIRTIO_CRYPTO_OK)
			memcpy(sym->auth.digest.data, digest, f->digest_len);
		return virtio_crypto_status_to_op(status);
	}
}

/* Frees the slots of a request, and its large table. */
static __rte_always_inline void
release(struct virtio_crypto_queue *q, uint16_t pos)
{
	struct virtio_crypto_inflight *f = &q->inflight[pos];
	uint16_t i;

	if (unlikely(f->large != VIRTIO_CRYPTO_LARGE_TABLES))
		virtio_crypto_id_pool_put(&q->free_large, f->large);
	for (i = 1; unlikely(i < f->nb_slots); i++)
		__atomic_store_n(&q->inflight[(pos + i) & (q->nb_slots - 1)].op, NULL,
				 __ATOMIC_RELAXED);
	__atomic_store_n(&f->op, NULL, __ATOMIC_RELAXED);
}

/*
 * Completes the request of a used chain: sets the status of its operation and frees its slot.
 * @return the operation, or NULL if the device returned a head that is not in flight
 */
static __rte_always_inline struct rte_crypto_op *
complete(struct virtio_crypto_queue *q, uint32_t head, uint32_t written)
{
	uint32_t pos = head >> q->desc_shift;
	const struct virtio_crypto_inflight *f;
	const uint8_t *status;
	struct rte_crypto_op *op;

	if (unlikely(pos >= q->nb_slots || pos << q->desc_shift != head))
		return NULL;
	f = &q->inflight[pos];
	op = virtio_crypto_inflight_op(f);
	if (unlikely(op == NULL || f->nb_slots == 0))
		return NULL;
	status = (const uint8_t *)&q->slots[pos] + f->status;
	if (f->digest == VIRTIO_CRYPTO_DIGEST_NONE)
		op->status = virtio_crypto_status_to_op(*status);
	else if (unlikely(f->digest == VIRTIO_CRYPTO_DIGEST_ASYM))
		op->status = virtio_crypto_asym_complete(q, f, written);
	else
		op->status = digest_status(f, status - f->digest_len, *status);
	release(q, pos);
	return op;
}

#endif /* VIRTIO_CRYPTO_COMPLETE_H */
