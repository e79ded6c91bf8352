/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Data of a request as mbufs: the guest's memory itself, or a private copy where the cryptodev does
 * not take its segments, only accesses DPDK memory, or the program requires copies.
 */

#ifndef VHOST_CRYPTO_REQUEST_MBUF_H
#define VHOST_CRYPTO_REQUEST_MBUF_H

#include "queue.h"

/** Data of a request. */
struct vc_data {
	struct vc_cursor src; /**< at the first byte of the source data */
	struct vc_cursor dst; /**< at the first byte of the destination data */
	uint32_t src_len;
	uint32_t dst_len;    /**< 0: no destination */
	uint32_t result_off; /**< offset of the cipher's result */
	uint32_t result_len;
};

/** Sets the buffer of an mbuf that is the last one of its chain. */
static inline void
vc_mbuf_set_buffer(struct rte_mbuf *m, uint8_t *va, rte_iova_t iova, uint16_t len)
{
	m->buf_addr = va;
	rte_mbuf_iova_set(m, iova);
	m->buf_len = len;
	m->data_len = len;
}

/** Sets the buffer of an mbuf and makes it the last one of its chain. */
static inline void
vc_mbuf_set_last(struct rte_mbuf *m, uint8_t *va, rte_iova_t iova, uint16_t len)
{
	vc_mbuf_set_buffer(m, va, iova, len);
	m->next = NULL;
}

/** vc_request_set_data() for data of any shape. */
int vc_request_set_data_slow(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
			     const struct vc_data *data);

/** Address of the next @p len bytes of a stream if they are contiguous, else NULL. */
static inline uint8_t *
vc_cursor_contiguous(const struct vc_cursor *cur, uint32_t len)
{
	return likely(cur->seg->len - cur->off >= len) ? cur->seg->va + cur->off : NULL;
}

/**
 * Sets m_src and m_dst of an operation.
 *
 * @return VIRTIO_CRYPTO_OK; VIRTIO_CRYPTO_ERR: the cryptodev does not take this length; or
 *         VC_REQUEST_DEFERRED
 */
static inline int
vc_request_set_data(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
		    const struct vc_data *data)
{
	uint32_t len = data->src_len;
	uint8_t *va;

	/* The common case: contiguous data, result in place. */
	if (unlikely(len == 0 || len > UINT16_MAX || data->dst_len != len ||
		     q->env.copies[slot->cdev]))
		return vc_request_set_data_slow(q, slot, op, data);
	va = vc_cursor_contiguous(&data->src, len);
	if (unlikely(va == NULL || va != vc_cursor_contiguous(&data->dst, len)))
		return vc_request_set_data_slow(q, slot, op, data);
	/* Symmetric algorithms Operation, D39; AEAD Service Operation, D48 */
	vc_mbuf_set_last(&slot->src, va, (uintptr_t)va, len);
	slot->src.pkt_len = len;
	slot->src.nb_segs = 1;
	op->sym->m_src = &slot->src;
	op->sym->m_dst = NULL;
	return VIRTIO_CRYPTO_OK;
}

/** Frees the mbufs other than the slot's own. */
void vc_request_free_mbufs(struct vc_queue *q, struct vc_slot *slot);

/**
 * Allocates a private copy.
 *
 * @param large  of the size of the largest request instead of VC_BOUNCE_SIZE
 * @return VIRTIO_CRYPTO_OK or VC_REQUEST_DEFERRED
 */
int vc_bounce_alloc(struct vc_queue *q, bool large, uint8_t **bounce);

/** Frees a private copy. */
void vc_bounce_free(struct vc_queue *q, uint8_t *bounce);

#endif /* VHOST_CRYPTO_REQUEST_MBUF_H */
