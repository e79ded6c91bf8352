/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Builds a request of each kind from the parts of virtio_crypto_request_parts.h. For the code that
 * enqueues alone.
 */

#ifndef VIRTIO_CRYPTO_REQUEST_BUILD_H
#define VIRTIO_CRYPTO_REQUEST_BUILD_H

#include "virtio_crypto_request_parts.h"

static __rte_always_inline int
build_cipher(struct request *r)
{
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span span;
	int ret;

	if (unlikely(!convert_to_bytes(&span, sym->cipher.data.offset, sym->cipher.data.length,
				       r->s->cipher_shift) ||
		     !is_within_limits(r, r->s->iv_len + 2ULL * span.len, NULL)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, span.len);
	set_length(r, DST_DATA_LEN, span.len);
	add_header(r);
	ret = add_span(r, sym->m_src, span, 0, DESC_SRC);
	if (likely(ret == 0))
		ret = add_span(r, destination_mbuf(sym), span, VRING_DESC_F_WRITE, DESC_DST);
	if (likely(ret == 0))
		add_result(r, 0);
	return ret;
}

/* Returns the smallest range with both ranges; an empty one moves to the start of the other. */
static __rte_always_inline bool
span_union(struct span *all, struct span *a, struct span *b)
{
	uint64_t end;

	if (a->len == 0)
		a->offset = b->offset;
	else if (b->len == 0)
		b->offset = a->offset;
	all->offset = RTE_MIN(a->offset, b->offset);
	end = RTE_MAX((uint64_t)a->offset + a->len, (uint64_t)b->offset + b->len);
	all->len = end - all->offset;
	return end - all->offset <= UINT32_MAX;
}

static __rte_always_inline bool
chain_spans(const struct request *r, struct span *all, struct span *cipher, struct span *auth)
{
	const struct rte_crypto_sym_op *sym = r->op->sym;

	*cipher = (struct span){ 0, 0 };
	if (r->s->has_cipher &&
	    !convert_to_bytes(cipher, sym->cipher.data.offset, sym->cipher.data.length,
			      r->s->cipher_shift))
		return false;
	return convert_to_bytes(auth, sym->auth.data.offset, sym->auth.data.length,
				r->s->auth_shift) &&
		span_union(all, cipher, auth);
}

/*
 * Presets the digest. Some devices compare it with theirs, and report the result of a decryption. A
 * digest to generate is preset to 0, so that a change shows that the device has written it.
 */
static __rte_always_inline void
preset_digest(struct request *r)
{
	uint8_t *digest = result_at(r, r->s->digest_len);

	if (r->s->digest == VIRTIO_CRYPTO_DIGEST_VERIFY)
		memcpy(digest, r->op->sym->auth.digest.data, r->s->digest_len);
	else if (unlikely(r->s->digest == VIRTIO_CRYPTO_DIGEST_GENERATE_DECRYPT))
		memset(digest, 0, r->s->digest_len);
}

/* Returns the offset of an address in a chain of mbufs, or -1 outside of the span. */
static int64_t
find_offset(const struct rte_mbuf *m, struct span span, const uint8_t *place)
{
	uint32_t at = 0;

	for (; m != NULL && span.len > 0; at += m->data_len, m = m->next) {
		uint32_t skip = RTE_MIN(span.offset, m->data_len);
		uint32_t n = RTE_MIN(span.len, m->data_len - skip);
		const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);

		if (place >= data + skip && place < data + skip + n)
			return at + (place - data);
		span.offset -= skip;
		span.len -= n;
	}
	return -1;
}

/*
 * Whether the digest is in the ciphered data, and so ciphered too: then its address in the data is
 * given to the device, as part of the data.
 */
static bool
digest_among_data(const struct request *r, struct span cipher, struct span *digest)
{
	const struct rte_crypto_sym_op *sym = r->op->sym;
	int64_t at = find_offset(sym->m_src, cipher, sym->auth.digest.data);

	if (at < 0 && sym->m_dst != NULL)
		at = find_offset(sym->m_dst, cipher, sym->auth.digest.data);
	if (at < 0)
		return false;
	*digest = (struct span){ at, r->s->digest_len };
	return true;
}

/* Copies a range of one chain of mbufs to the same offsets of another, as far as both have it. */
static void
copy_span(const struct rte_mbuf *from, const struct rte_mbuf *to, struct span span)
{
	uint32_t in = span.offset, out = span.offset, n;

	while (span.len > 0) {
		for (; from != NULL && in >= from->data_len; from = from->next)
			in -= from->data_len;
		for (; to != NULL && out >= to->data_len; to = to->next)
			out -= to->data_len;
		if (from == NULL || to == NULL)
			return;
		n = RTE_MIN(RTE_MIN(from->data_len - in, to->data_len - out), span.len);
		memcpy(rte_pktmbuf_mtod_offset(to, uint8_t *, out),
		       rte_pktmbuf_mtod_offset(from, const uint8_t *, in), n);
		in += n;
		out += n;
		span.len -= n;
	}
}

/*
 * Returns the source of a chain. A digest generated inside the data is in the destination, and has
 * to be ciphered there: then the source is copied to the destination first, and the operation is in
 * place.
 */
static __rte_always_inline const struct rte_mbuf *
chain_source(const struct request *r, struct span all)
{
	const struct rte_crypto_sym_op *sym = r->op->sym;

	if (likely(!r->digest_inside || sym->m_dst == NULL || sym->m_dst == sym->m_src ||
		   r->s->digest != VIRTIO_CRYPTO_DIGEST_GENERATE))
		return sym->m_src;
	copy_span(sym->m_src, sym->m_dst, all);
	return sym->m_dst;
}

static __rte_always_inline int
build_chain(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span all, cipher, auth, dst, digest;
	int ret;

	if (unlikely(!chain_spans(r, &all, &cipher, &auth)))
		return BAD_ARGS;
	r->digest_inside = unlikely(s->ciphers_digest) && digest_among_data(r, cipher, &digest);
	if (unlikely(r->digest_inside) && !span_union(&all, &all, &digest))
		return BAD_ARGS;
	dst.offset = all.offset;
	dst.len = s->has_cipher ? all.len : 0;
	if (unlikely(!is_within_limits(
		    r, (uint64_t)all.len + dst.len + s->iv_len + s->auth_iv_len + s->digest_len,
		    sym->auth.digest.data)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, all.len);
	set_length(r, DST_DATA_LEN, dst.len);
	set_length(r, CIPHER_START_SRC_OFFSET, cipher.offset - all.offset);
	set_length(r, LEN_TO_CIPHER, cipher.len);
	set_length(r, HASH_START_SRC_OFFSET, auth.offset - all.offset);
	set_length(r, LEN_TO_HASH, auth.len);
	if (likely(!r->digest_inside))
		preset_digest(r);
	add_header(r);
	ret = add_span(r, chain_source(r, all), all, 0, DESC_SRC);
	if (unlikely(ret != 0))
		return ret;
	add_auth_iv(r);
	ret = add_span(r, destination_mbuf(sym), dst, VRING_DESC_F_WRITE, DESC_DST);
	if (unlikely(ret == 0 && r->digest_inside))
		ret = add_span(r, destination_mbuf(sym), digest, VRING_DESC_F_WRITE, DESC_MORE);
	if (likely(ret == 0))
		add_result(r, r->digest_inside ? 0 : s->digest_len);
	return ret;
}

static __rte_always_inline int
build_hash(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span span;
	int ret;

	if (unlikely(!convert_to_bytes(&span, sym->auth.data.offset, sym->auth.data.length,
				       s->auth_shift) ||
		     !is_within_limits(r, (uint64_t)span.len + s->digest_len,
				       sym->auth.digest.data)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, span.len);
	add_header(r);
	ret = add_span(r, sym->m_src, span, 0, DESC_SRC);
	if (likely(ret == 0))
		add_result(r, s->digest_len);
	return ret;
}

/*
 * The tag follows its data: the device writes it after the destination, or reads it after the
 * source.
 */
static __rte_always_inline int
build_aead(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span span = { sym->aead.data.offset, sym->aead.data.length };
	uint32_t tag_in = s->digest == VIRTIO_CRYPTO_DIGEST_OPEN ? s->digest_len : 0;
	uint32_t tag_out = s->digest_len - tag_in;
	int ret;

	if (unlikely(!is_within_limits(r, 2ULL * span.len + s->iv_len + s->aad_len + s->digest_len,
				       sym->aead.digest.data) ||
		     (s->aad_len > 0 && sym->aead.aad.data == NULL)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, span.len + tag_in);
	set_length(r, DST_DATA_LEN, span.len + tag_out);
	add_header(r);
	ret = add_span(r, sym->m_src, span, 0, DESC_SRC);
	if (unlikely(ret != 0))
		return ret;
	if (tag_in > 0) {
		memcpy(result_at(r, tag_in), sym->aead.digest.data, tag_in);
		add_desc(r, r->addr + r->status - tag_in, tag_in, 0, DESC_MORE);
	}
	if (s->aad_len > 0)
		add_desc(r, aad_addr(r->q, sym) + s->aad_skip, s->aad_len, 0, DESC_MORE);
	ret = add_span(r, destination_mbuf(sym), span, VRING_DESC_F_WRITE, DESC_DST);
	if (likely(ret == 0))
		add_result(r, tag_out);
	return ret;
}

/* Copies the session's header into the slot, unless it is there; lengths are set later. */
static __rte_always_inline void
copy_header(struct request *r)
{
	if (likely(r->inflight->header_serial == r->s->serial && r->s->serial != 0))
		return;
	memcpy((uint8_t *)r->slot + header_offset(r), &r->s->req, r->s->header_len);
	r->inflight->header_serial = r->s->serial;
}

static __rte_always_inline int
build(struct request *r)
{
	r->nb = 0;
	r->nb_more = 0;
	copy_header(r);
	switch (r->s->kind) {
	case VIRTIO_CRYPTO_KIND_CIPHER:
		return build_cipher(r);
	case VIRTIO_CRYPTO_KIND_CHAIN:
		return build_chain(r);
	case VIRTIO_CRYPTO_KIND_HASH:
		return build_hash(r);
	default:
		return build_aead(r);
	}
}

/* Builds a rare kind of request without inlining, to limit the size of the code. */
static __rte_noinline int
build_noinline(struct request *r)
{
	return build(r);
}

#endif /* VIRTIO_CRYPTO_REQUEST_BUILD_H */
