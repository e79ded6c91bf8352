/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_cryptodev.h>

#include "iova.h"
#include "request_mbuf.h"

static void
free_tail(struct vc_queue *q, struct rte_mbuf *first)
{
	struct rte_mbuf *m, *next;

	for (m = first->next; m != NULL; m = next) {
		next = m->next;
		vc_pool_put(&q->mbufs, m);
	}
	first->next = NULL;
}

void
vc_request_free_mbufs(struct vc_queue *q, struct vc_slot *slot)
{
	if (unlikely(slot->src.next != NULL))
		free_tail(q, &slot->src);
	if (unlikely(slot->dst.next != NULL))
		free_tail(q, &slot->dst);
}

/* Maximum length of an mbuf: all data if it fits, else whole blocks. */
static inline uint32_t
mbuf_max(uint32_t left)
{
	return left <= UINT16_MAX ? left : VC_MBUF_MAX_LEN;
}

/* A valid address for empty data, which some cryptodevs read all the same. */
static uint8_t nothing[RTE_CACHE_LINE_SIZE];

/* Builds an mbuf chain over @p len bytes of guest memory. False: out of mbufs. */
static bool
mbuf_chain(struct vc_queue *q, struct rte_mbuf *first, struct vc_cursor cur, uint32_t len)
{
	struct rte_mbuf *last = first;
	uint16_t nb_segs = 1;
	uint32_t left = len, n;
	uint8_t *va;

	first->pkt_len = len;
	if (unlikely(len == 0)) {
		vc_mbuf_set_last(first, nothing, 0, 0);
		first->nb_segs = 1;
		return true;
	}
	va = vc_cursor_next_segment(&cur, mbuf_max(left), &n);
	vc_mbuf_set_last(first, va, (uintptr_t)va, n);
	for (left -= n; unlikely(left > 0); left -= n) {
		struct rte_mbuf *m;

		m = vc_pool_get(&q->mbufs);
		if (m == NULL)
			return false;
		va = vc_cursor_next_segment(&cur, mbuf_max(left), &n);
		vc_mbuf_set_last(m, va, (uintptr_t)va, n);
		last->next = m;
		last = m;
		nb_segs++;
	}
	first->nb_segs = nb_segs;
	return true;
}

/* Whether two streams cover the same memory, however it is segmented. */
static bool
same_memory(struct vc_cursor a, struct vc_cursor b, uint32_t len)
{
	uint32_t na, nb;

	for (; len > 0; len -= na) {
		const uint8_t *va = vc_cursor_next_segment(&a, len, &na);
		uint32_t left;

		for (left = na; left > 0; left -= nb) {
			if (vc_cursor_next_segment(&b, left, &nb) != va)
				return false;
			va += nb;
		}
	}
	return true;
}

static bool
cdev_takes_shape(uint64_t flags, const struct rte_crypto_sym_op *sym)
{
	bool src_sgl = sym->m_src->nb_segs > 1;

	if (sym->m_dst == NULL)
		return !src_sgl || (flags & RTE_CRYPTODEV_FF_IN_PLACE_SGL);
	if (sym->m_dst->nb_segs > 1)
		return flags &
			(src_sgl ? RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT :
				   RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT);
	return flags &
		(src_sgl ? RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT : RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT);
}

int
vc_bounce_alloc(struct vc_queue *q, bool large, uint8_t **bounce)
{
	if (large) {
		if (q->large_bounce_taken)
			return VC_REQUEST_DEFERRED;
		q->large_bounce_taken = true;
		*bounce = q->large_bounce;
		return VIRTIO_CRYPTO_OK;
	}
	*bounce = vc_pool_get(&q->bounces);
	return *bounce != NULL ? VIRTIO_CRYPTO_OK : VC_REQUEST_DEFERRED;
}

void
vc_bounce_free(struct vc_queue *q, uint8_t *bounce)
{
	if (bounce == q->large_bounce)
		q->large_bounce_taken = false;
	else
		vc_pool_put(&q->bounces, bounce);
}

/* Builds an mbuf chain over a private copy, split where it is not contiguous for hardware. */
static bool
bounce_chain(struct vc_queue *q, struct rte_mbuf *first, uint8_t *va, uint32_t len)
{
	struct rte_mbuf *m = first;
	uint32_t left = len, n;
	rte_iova_t iova;

	first->pkt_len = len;
	first->nb_segs = 1;
	for (;;) {
		n = mbuf_max(left);
		iova = vc_iova_find(va, &n);
		vc_mbuf_set_last(m, va, iova, n);
		left -= n;
		if (likely(left == 0))
			return true;
		m->next = vc_pool_get(&q->mbufs);
		if (m->next == NULL)
			return false;
		va += n;
		m = m->next;
		first->nb_segs++;
	}
}

/* Copies the source data; the cryptodev then works in place on the private copy. */
static int
set_bounce(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_sym_op *sym,
	   const struct vc_data *data)
{
	struct vc_cursor src = data->src;
	const bool large = data->src_len > UINT16_MAX;
	int status;

	vc_request_free_mbufs(q, slot);
	if (large && !q->env.sessions->large[slot->cdev])
		return VIRTIO_CRYPTO_ERR;
	status = vc_bounce_alloc(q, large, &slot->bounce);
	if (status != VIRTIO_CRYPTO_OK)
		return status;
	vc_cursor_read(&src, slot->bounce, data->src_len);
	if (!bounce_chain(q, &slot->src, slot->bounce, data->src_len)) {
		vc_request_free_mbufs(q, slot);
		vc_bounce_free(q, slot->bounce);
		slot->bounce = NULL;
		return VC_REQUEST_DEFERRED;
	}
	sym->m_dst = NULL;
	if (large && slot->aead && q->env.sessions->large[slot->cdev] == VC_LARGE_AEAD_TO_ADDRESS) {
		vc_mbuf_set_last(&slot->dst, slot->bounce, vc_iova_of(slot->bounce), UINT16_MAX);
		slot->dst.nb_segs = 1;
		sym->m_dst = &slot->dst;
	}
	slot->copy_off = data->result_off;
	slot->copy_len = data->result_len;
	slot->copy_back = data->dst;
	if (data->result_len > 0)
		vc_cursor_skip(&slot->copy_back, data->result_off);
	return VIRTIO_CRYPTO_OK;
}

int
vc_request_set_data_slow(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
			 const struct vc_data *data)
{
	struct rte_crypto_sym_op *sym = op->sym;
	bool in_place = data->result_len == 0 ||
		same_memory(data->src, data->dst, RTE_MIN(data->src_len, data->dst_len));

	sym->m_src = &slot->src;
	sym->m_dst = in_place ? NULL : &slot->dst;
	if (unlikely(q->env.copies[slot->cdev]))
		return set_bounce(q, slot, sym, data);
	if (!mbuf_chain(q, &slot->src, data->src, data->src_len) ||
	    (!in_place && !mbuf_chain(q, &slot->dst, data->dst, data->dst_len))) {
		vc_request_free_mbufs(q, slot);
		return VC_REQUEST_DEFERRED;
	}
	if (unlikely(!cdev_takes_shape(q->env.cdev_features[slot->cdev], sym)))
		return set_bounce(q, slot, sym, data);
	return VIRTIO_CRYPTO_OK;
}
