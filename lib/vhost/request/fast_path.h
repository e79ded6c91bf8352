/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The fast path: a cipher request of a session, with an IV of 16 bytes or none, its data
 * contiguous, and the result in place. Any other request, and any invalid one, is left to the slow
 * path, which also chooses the status.
 */

#ifndef VHOST_CRYPTO_FAST_PATH_H
#define VHOST_CRYPTO_FAST_PATH_H

#include <string.h>

#include <rte_cryptodev.h>

#include "chain_walk.h"
#include "request_mbuf.h"
#include "request_read.h"

#define VC_FAST_IV_LEN 16 /**< bytes of an IV, if there is one */

/** Reads a field that the guest may change, in one load. */
#define VC_LOAD(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

/** A request header that is aligned to 4 bytes, but not necessarily to 8. */
typedef struct virtio_crypto_op_header vc_fast_op_header __attribute__((aligned(4)));

/** Header fields of a request, in host byte order. */
struct vc_fast_request {
	uint64_t session_id;
	uint32_t opcode;
	uint32_t flag;
	uint32_t op_type;
	uint32_t iv_len;
	uint32_t len; /**< of the source data */
	uint32_t dst_len;
	const struct vc_session *session; /**< set by vc_fast_find_session() */
	void *cdev_session;
};

/** Reads the header fields of a CIPHER request in place or from a copy, each in one load. */
static __rte_always_inline void
vc_fast_read_header(struct vc_fast_request *p, const void *header, const void *fixed,
		    bool stateless_layout)
{
	const struct virtio_crypto_sym_data_flf_stateless *w = fixed;
	const struct virtio_crypto_sym_data_req *n = fixed;
	const vc_fast_op_header *h = header;
	const __le32 *id = (const __le32 *)header +
		offsetof(struct virtio_crypto_op_header, session_id) / sizeof(*id);

	p->opcode = rte_le_to_cpu_32(VC_LOAD(h->opcode));
	p->flag = rte_le_to_cpu_32(VC_LOAD(h->flag));
	p->session_id = rte_le_to_cpu_32(VC_LOAD(id[0])) |
		(uint64_t)rte_le_to_cpu_32(VC_LOAD(id[1])) << 32;
	if (stateless_layout) {
		p->op_type = rte_le_to_cpu_32(VC_LOAD(w->op_type));
		p->iv_len = rte_le_to_cpu_32(VC_LOAD(w->u.cipher.iv_len));
		p->len = rte_le_to_cpu_32(VC_LOAD(w->u.cipher.src_data_len));
		p->dst_len = rte_le_to_cpu_32(VC_LOAD(w->u.cipher.dst_data_len));
	} else {
		p->op_type = rte_le_to_cpu_32(VC_LOAD(n->op_type));
		p->iv_len = rte_le_to_cpu_32(VC_LOAD(n->u.cipher.para.iv_len));
		p->len = rte_le_to_cpu_32(VC_LOAD(n->u.cipher.para.src_data_len));
		p->dst_len = rte_le_to_cpu_32(VC_LOAD(n->u.cipher.para.dst_data_len));
	}
}

/** Constants of a burst, copied so that no store can alias them. */
struct vc_fast_burst {
	struct vc_mem_region region; /**< first region of guest memory */
	struct vc_session *sessions; /**< sessions of the table */
	uint16_t *session_refs;	     /**< reference counts of the queue */
	uint32_t nb_sessions;
	uint32_t max_len;      /**< maximum length of data; 0: no request is eligible */
	uint32_t header_size;  /**< bytes of the header before the IV */
	bool stateless_layout; /**< stateless mode is negotiated */
};

/** Maximum length of data on the fast path; 0: no request is eligible. */
static __rte_always_inline uint32_t
vc_fast_max_len(const struct vc_queue *q, const struct vc_mem_region *region, uint32_t header_size)
{
	const uint32_t max_size = q->env.max_size;

	if (unlikely(*q->env.copy || region->size < header_size + VC_FAST_IV_LEN ||
		     max_size < VC_FAST_IV_LEN))
		return 0;
	return RTE_MIN((max_size - VC_FAST_IV_LEN) / 2, RTE_MIN(region->size, UINT16_MAX));
}

/** Bytes of a header before the IV. */
static __rte_always_inline uint32_t
vc_fast_header_size(bool stateless_layout)
{
	return sizeof(struct virtio_crypto_op_header) +
		(stateless_layout ? sizeof(struct virtio_crypto_sym_data_flf_stateless) :
				    sizeof(struct virtio_crypto_sym_data_req));
}

/** Begins a burst. */
static __rte_always_inline struct vc_fast_burst
vc_fast_begin_burst(const struct vc_queue *q)
{
	const bool stateless_layout = virtio_crypto_has_feature(
		*q->env.features, virtio_crypto_stateless_feature(VIRTIO_CRYPTO_SERVICE_CIPHER));
	const struct vc_mem_region *region = &q->env.mem->regions[0];
	const uint32_t header_size = vc_fast_header_size(stateless_layout);

	return (struct vc_fast_burst){
		.region = *region,
		.sessions = q->env.sessions->sessions,
		.session_refs = q->session_refs,
		.nb_sessions = q->env.sessions->size,
		.max_len = vc_fast_max_len(q, region, header_size),
		.header_size = header_size,
		.stateless_layout = stateless_layout,
	};
}

/** Checks the header fields and finds the session; false if the request is not eligible. */
static __rte_always_inline bool
vc_fast_find_session(const struct vc_fast_burst *b, struct vc_fast_request *p)
{
	const uint32_t i = vc_session_index(p->session_id);
	const struct vc_session *s = &b->sessions[i];

	if (unlikely(!(p->flag & VIRTIO_CRYPTO_FLAG_SESSION_MODE) ||
		     p->op_type != VIRTIO_CRYPTO_SYM_OP_CIPHER || p->len != p->dst_len ||
		     (p->iv_len & ~VC_FAST_IV_LEN) != 0 || p->len - 1 >= b->max_len))
		return false;
	if (unlikely(i >= b->nb_sessions || !vc_session_has_id(s, p->session_id) ||
		     s->fast_opcode != p->opcode || (p->len & s->block_mask) != 0))
		return false;
	p->session = s;
	p->cdev_session = __atomic_load_n(&s->variants[0].cdev_session, __ATOMIC_ACQUIRE);
	return likely(p->cdev_session != NULL && s->variants[0].iv_len == p->iv_len);
}

/**
 * Builds the operation of a request.
 *
 * @param p   checked by vc_fast_find_session()
 * @param iv  p->iv_len bytes
 * @param va  data, p->len bytes
 * @return false if the session's cryptodev would process it wrongly; nothing was changed then
 */
static __rte_always_inline bool
vc_fast_build_op(const struct vc_fast_burst *b, struct vc_slot *slot, struct rte_crypto_op *op,
		 const struct vc_fast_request *p, const uint8_t *iv, uint8_t *va)
{
	uint8_t *op_iv = rte_crypto_op_ctod_offset(op, uint8_t *, VC_IV_OFFSET);

	if (likely(p->iv_len != 0))
		memcpy(op_iv, iv, VC_FAST_IV_LEN);
	if (unlikely(p->session->limits.counter32 && vc_counter_wraps(op_iv, p->len)))
		return false;
	op->type = RTE_CRYPTO_OP_TYPE_SYMMETRIC;
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	memset(op->sym, 0, sizeof(*op->sym));
	op->sym->session = p->cdev_session;
	op->sym->m_src = &slot->src;
	op->sym->cipher.data.length = p->len;
	vc_mbuf_set_buffer(&slot->src, va, (uintptr_t)va, p->len);
	slot->src.pkt_len = p->len;
	slot->src.nb_segs = 1;
	slot->cdev = p->session->cdev;
	slot->digest_len = 0;
	slot->written = p->len + 1;
	/* Not by the session's own id, which becomes 0 as soon as the session is destroyed. */
	slot->session_refs = &b->session_refs[vc_session_index(p->session_id)];
	(*slot->session_refs)++;
	return true;
}

/**
 * Builds the operation of a request with any chain.
 *
 * @param w   request header of any service
 * @param in  at the IV
 * @return false if the request is not eligible; nothing was changed then
 */
static __rte_always_inline bool
vc_fast_build_from_chain(const struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
			 const struct vc_request_header *w, struct vc_cursor in)
{
	const struct vc_fast_burst b = vc_fast_begin_burst(q);
	const struct vc_chain *chain = &slot->chain;
	const struct vc_seg *dst = &chain->segs[chain->nb_read];
	const uint8_t *iv;
	struct vc_fast_request p;
	uint8_t *va;

	vc_fast_read_header(&p, &w->header, &w->fixed, w->stateless_layout);
	if (unlikely(!vc_fast_find_session(&b, &p) || in.left < p.iv_len + p.len ||
		     chain->write_len <= p.len))
		return false;
	iv = vc_cursor_take_contiguous(&in, p.iv_len);
	if (unlikely(iv == NULL))
		return false;
	va = vc_cursor_contiguous(&in, p.len);
	if (unlikely(va == NULL || va != dst->va || dst->len < p.len))
		return false;
	return vc_fast_build_op(&b, slot, op, &p, iv, va);
}

/**
 * Finds the header of a request of four descriptors: header and IV, source data, destination data
 * in place, status.
 *
 * @param b       with a max_len that is not 0
 * @param d       descriptors
 * @param header  receives the address of the header; header and IV may be read
 * @return false if the request is not eligible; otherwise the status byte may be written, but the
 *         data is not checked yet
 */
static __rte_always_inline bool
vc_fast_find_header(const struct vc_fast_burst *b, const struct vc_desc d[4],
		    const uint8_t **header)
{
	const uint64_t off = d[0].addr - b->region.gpa;

	/* A header without IV is checked as if it had one. */
	if (unlikely(off > b->region.size - b->header_size - VC_FAST_IV_LEN ||
		     d[3].addr - b->region.gpa >= b->region.size || d[2].addr != d[1].addr))
		return false;
	*header = b->region.hva + off;
	return likely(((uintptr_t)*header & 3) == 0);
}

/** Whether the descriptors' lengths match the header, and the data is in the region. */
static __rte_always_inline bool
vc_fast_check_lengths(const struct vc_fast_burst *b, const struct vc_desc d[4], uint32_t iv_len,
		      uint32_t len)
{
	return likely(vc_desc_len(d[0]) == b->header_size + iv_len && vc_desc_len(d[1]) == len &&
		      d[1].addr - b->region.gpa <= b->region.size - len);
}

/** Host address of a descriptor's buffer that was checked. */
static __rte_always_inline uint8_t *
vc_fast_address(const struct vc_fast_burst *b, struct vc_desc d)
{
	return b->region.hva + (d.addr - b->region.gpa);
}

/**
 * Builds the operation of a request in a table of four descriptors.
 *
 * @param b     with a max_len that is not 0
 * @param slot  receives the status address; the chain is not set
 * @param t     indirect table
 * @return bytes of data, or 0 if the request is not eligible; nothing was changed then
 */
static __rte_always_inline uint32_t
vc_fast_build_from_table(const struct vc_fast_burst *b, struct vc_slot *slot,
			 struct rte_crypto_op *op, const struct vc_desc_table *t, const bool packed)
{
	struct vc_desc d[4];
	const uint8_t *header;
	struct vc_fast_request p;

	if (unlikely(!(packed ? vc_desc_table_read_four_packed(t, d) :
				vc_desc_table_read_four(t, d)) ||
		     !vc_fast_find_header(b, d, &header)))
		return 0;
	vc_fast_read_header(&p, header, header + sizeof(struct virtio_crypto_op_header),
			    b->stateless_layout);
	if (unlikely(!vc_fast_find_session(b, &p) || !vc_fast_check_lengths(b, d, p.iv_len, p.len)))
		return 0;
	if (unlikely(!vc_fast_build_op(b, slot, op, &p, header + b->header_size,
				       vc_fast_address(b, d[1]))))
		return 0;
	slot->status = vc_fast_address(b, d[3]);
	return p.len;
}

#endif /* VHOST_CRYPTO_FAST_PATH_H */
