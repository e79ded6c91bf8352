/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The request that most are where speed counts: a cipher of a session with an IV of 16 bytes, or
 * without one, its data in one piece, and the result in its place. What is not, or not in order, is
 * left to the general way, which also knows what to answer.
 */

#ifndef VHOST_CRYPTO_REQUEST_PLAIN_H
#define VHOST_CRYPTO_REQUEST_PLAIN_H

#include <string.h>

#include <rte_cryptodev.h>

#include "request_mbuf.h"
#include "request_read.h"

#define VC_PLAIN_IV 16 /**< bytes */

/** What a plain request says of itself. */
struct vc_plain {
	struct vc_session *session;
	uint32_t iv_len; /**< VC_PLAIN_IV or 0 */
	uint32_t len;	 /**< of its data */
};

/** Finds the session of a request that is a cipher; false if it is another one. */
static __rte_always_inline bool
vc_plain_read(const struct vc_queue *q, const struct vc_wire *w, struct vc_plain *p)
{
	const struct virtio_crypto_cipher_data_flf_stateless *wide =
		&w->fixed.sym_stateless.u.cipher;
	const struct virtio_crypto_cipher_para *narrow = &w->fixed.sym.u.cipher.para;
	uint32_t opcode = rte_le_to_cpu_32(w->header.opcode), dst_len, op_type;
	struct vc_session *s;

	if (unlikely(opcode > VIRTIO_CRYPTO_CIPHER_DECRYPT ||
		     !(rte_le_to_cpu_32(w->header.flag) & VIRTIO_CRYPTO_FLAG_SESSION_MODE)))
		return false;
	p->iv_len = rte_le_to_cpu_32(w->wide ? wide->iv_len : narrow->iv_len);
	p->len = rte_le_to_cpu_32(w->wide ? wide->src_data_len : narrow->src_data_len);
	dst_len = rte_le_to_cpu_32(w->wide ? wide->dst_data_len : narrow->dst_data_len);
	op_type = rte_le_to_cpu_32(w->wide ? w->fixed.sym_stateless.op_type : w->fixed.sym.op_type);
	s = vc_session_find(q->env.sessions, rte_le_to_cpu_64(w->header.session_id));
	if (unlikely(s == NULL || !s->plain || s->decrypts != opcode))
		return false;
	p->session = s;
	return likely(op_type == VIRTIO_CRYPTO_SYM_OP_CIPHER &&
		      (p->iv_len == VC_PLAIN_IV || p->iv_len == 0) && p->len == dst_len &&
		      p->len - 1 < UINT16_MAX && (p->len & s->block_mask) == 0 &&
		      VC_PLAIN_IV + 2 * p->len <= q->env.max_size);
}

/**
 * Makes an operation of a plain request.
 *
 * @param in  at the IV
 * @return false if it is none; nothing has been done then
 */
static __rte_always_inline bool
vc_request_plain(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
		 const struct vc_wire *w, struct vc_cursor in)
{
	const struct vc_chain *chain = &slot->chain;
	const struct vc_seg *dst = &chain->segs[chain->nb_read];
	const uint8_t *iv;
	struct vc_plain p;
	uint8_t *va;
	void *cs;

	if (unlikely(!vc_plain_read(q, w, &p) || in.left < p.iv_len + p.len ||
		     chain->write_len <= p.len || *q->env.copy))
		return false;
	cs = __atomic_load_n(&p.session->variants[0].cdev_session, __ATOMIC_ACQUIRE);
	if (unlikely(cs == NULL || p.session->variants[0].iv_len != p.iv_len))
		return false;
	iv = vc_cursor_take(&in, p.iv_len);
	if (unlikely(iv == NULL))
		return false;
	va = vc_one_piece(&in, p.len);
	if (unlikely(va == NULL || va != dst->va || dst->len < p.len))
		return false;
	op->type = RTE_CRYPTO_OP_TYPE_SYMMETRIC;
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	memset(op->sym, 0, sizeof(*op->sym));
	op->sym->session = cs;
	op->sym->m_src = &slot->src;
	op->sym->cipher.data.length = p.len;
	if (likely(p.iv_len != 0))
		memcpy(rte_crypto_op_ctod_offset(op, uint8_t *, VC_IV_OFFSET), iv, VC_PLAIN_IV);
	vc_mbuf_set(&slot->src, va, (uintptr_t)va, p.len);
	slot->src.pkt_len = p.len;
	slot->src.nb_segs = 1;
	slot->cdev = p.session->cdev;
	slot->digest_len = 0;
	slot->written = p.len + 1;
	/* Not by the session's own id, which is 0 as soon as the session is destroyed. */
	slot->session_refs =
		&q->session_refs[vc_session_index(rte_le_to_cpu_64(w->header.session_id))];
	(*slot->session_refs)++;
	return true;
}

#endif /* VHOST_CRYPTO_REQUEST_PLAIN_H */
