/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The data path, one way: operations become requests on the ring (section "Data Virtqueue").
 * Runs on the lcore that enqueues; nothing here waits, allocates or takes a lock.
 */

#include <errno.h>
#include <string.h>

#include <rte_atomic.h>
#include <rte_prefetch.h>

#include "virtio_crypto_logs.h"
#include "virtio_crypto_process.h"
#include "virtio_crypto_sequence.h"
#include "virtio_crypto_shared.h"
#include "virtio_crypto_sides.h"

/* Descriptors that may come behind the data: additional data, digest, status. */
#define TAIL_DESCS 3

/* How many slots ahead memory is fetched. */
#define PREFETCH_AHEAD 8

/* Results of making a request, besides 0. */
#define BAD_ARGS  (-1) /* the operation cannot be said */
#define TOO_LARGE (-2) /* it does not fit into the table */
#define NO_ROOM	  (-3) /* it fits into a large table, but all are in use */

/* A request in the making. */
struct request {
	const struct virtio_crypto_queue *q;
	const struct virtio_crypto_session *s;
	struct rte_crypto_op *op;
	struct virtio_crypto_slot *slot;
	struct virtio_crypto_inflight *inflight; /* of the slot */
	uint64_t addr;				 /* of the slot, as the device is told */
	struct vring_desc *table;
	uint16_t first;	    /* index of the first descriptor */
	uint16_t mask;	    /* of an index in the table */
	uint16_t max;	    /* descriptors that there may be */
	uint16_t nb;	    /* descriptors of the request */
	uint16_t nb_more;   /* of those, the ones that have no place of their own */
	uint16_t status;    /* where in the slot the status stands */
	bool digest_inside; /* the digest is among the data, not in the slot */
	bool scattered;	    /* the table is the slot, with a place for each kind of descriptor */
	struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags;
		uint16_t at; /* index */
	} last;		     /* descriptor, to be written when the index of the next one is known */
};

/* Kinds of descriptors: indexes in a slot for all that a short chain has once. */
enum place {
	PLACE_FIRST = 0,
	PLACE_SRC = offsetof(struct virtio_crypto_slot, src) / sizeof(struct vring_desc),
	PLACE_DST = offsetof(struct virtio_crypto_slot, dst) / sizeof(struct vring_desc),
	PLACE_MORE = offsetof(struct virtio_crypto_slot, more) / sizeof(struct vring_desc),
	PLACE_TABLE = offsetof(struct virtio_crypto_slot, table) / sizeof(struct vring_desc),
};

/* Bytes of a chain of mbufs. */
struct span {
	uint32_t offset;
	uint32_t len;
};

/* Where the next descriptor goes. */
static __rte_always_inline uint16_t
place(struct request *r, enum place where)
{
	uint16_t n;

	if (!r->scattered)
		return (r->first + r->nb) & r->mask;
	if (where != PLACE_MORE)
		return where;
	n = r->nb_more++;
	if (likely(n < RTE_DIM(r->slot->more)))
		return PLACE_MORE + n;
	return PLACE_TABLE + n - RTE_DIM(r->slot->more);
}

/* Writes the last descriptor, which the one at @p next follows. */
static __rte_always_inline void
put_last(struct request *r, uint16_t next)
{
	struct vring_desc *d = &r->table[r->last.at];

	if (r->scattered && r->last.at != PLACE_SRC && r->last.at != PLACE_DST &&
	    likely(virtqueue_desc_is(d, r->last.addr, r->last.len, r->last.flags, next)))
		return;
	virtqueue_table_set(&r->q->vq, r->table, r->last.at, r->last.addr, r->last.len,
			    r->last.flags, next);
}

/* Adds a descriptor to the request. */
static __rte_always_inline void
put(struct request *r, uint64_t addr, uint32_t len, uint16_t flags, enum place where)
{
	uint16_t at = place(r, where);

	if (r->nb++ > 0)
		put_last(r, at);
	r->last.addr = addr;
	r->last.len = len;
	r->last.flags = flags | VRING_DESC_F_NEXT;
	r->last.at = at;
}

/* The address of the mbuf's data as the device is told: virtual or IOVA, by the offset alone. */
static __rte_always_inline uint64_t
data_addr(const struct virtio_crypto_queue *q, const struct rte_mbuf *m)
{
	return *(const uintptr_t *)((const char *)m + q->mbuf_addr_offset) + m->data_off;
}

/* The same of an operation's additional data. */
static __rte_always_inline uint64_t
aad_addr(const struct virtio_crypto_queue *q, const struct rte_crypto_sym_op *sym)
{
	return *(const uint64_t *)((const char *)sym + q->aad_addr_offset);
}

static __rte_always_inline int
put_span(struct request *r, const struct rte_mbuf *m, struct span span, uint16_t flags,
	 enum place where)
{
	uint32_t off = span.offset, left = span.len, n;

	if (likely(left > 0 && (uint64_t)off + left <= m->data_len &&
		   r->nb + TAIL_DESCS < r->max)) {
		put(r, data_addr(r->q, m) + off, left, flags, where);
		return 0;
	}
	while (left > 0 && off >= m->data_len) {
		off -= m->data_len;
		m = m->next;
		if (m == NULL)
			return BAD_ARGS;
	}
	/* Without data there is still what comes behind. */
	if (unlikely(r->nb + TAIL_DESCS > r->max))
		return TOO_LARGE;
	for (; left > 0 && m != NULL; m = m->next, off = 0) {
		n = RTE_MIN(left, m->data_len - off);
		if (n == 0)
			continue;
		if (r->nb + TAIL_DESCS >= r->max)
			return TOO_LARGE;
		put(r, data_addr(r->q, m) + off, n, flags, where);
		where = PLACE_MORE;
		left -= n;
	}
	return left == 0 ? 0 : BAD_ARGS;
}

static __rte_always_inline const struct rte_mbuf *
destination(const struct rte_crypto_sym_op *sym)
{
	return sym->m_dst != NULL ? sym->m_dst : sym->m_src;
}

/* Copies what an operation has at an offset, mostly 16 bytes. */
static __rte_always_inline void
copy_iv(uint8_t *to, struct rte_crypto_op *op, uint16_t offset, uint8_t len)
{
	const uint8_t *from = rte_crypto_op_ctod_offset(op, const uint8_t *, offset);

	if (len == 16)
		memcpy(to, from, 16);
	else
		memcpy(to, from, len);
}

/* Where the head of a request begins, so that it ends where the IVs begin. */
static __rte_always_inline uint32_t
head_offset(const struct request *r)
{
	return offsetof(struct virtio_crypto_slot, ivs) - r->s->header_len;
}

static __rte_always_inline uint64_t
head_addr(const struct request *r)
{
	return r->addr + head_offset(r);
}

/* Keys, which a stateless request has before its IV; both stand in the slot's piece for them. */
static void
put_keys(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	uint32_t len = s->params->cipher_key_len + s->params->auth_key_len;
	uint32_t at = (r->slot - r->q->slots) * r->q->keys_size;
	uint8_t *to = r->q->keys + at;

	put(r, head_addr(r), s->header_len, 0, PLACE_FIRST);
	memcpy(to, s->params->keys, len);
	copy_iv(to + len, r->op, s->iv_offset, s->iv_len);
	len += s->iv_len;
	if (s->aad_first) {
		copy_iv(to + len, r->op, s->auth_iv_offset, s->auth_iv_len);
		len += s->auth_iv_len;
	}
	if (len > 0)
		put(r, r->q->keys_addr + at, len, 0, PLACE_MORE);
}

/* The bytes of IVs that stand behind the head. */
static __rte_always_inline uint32_t
ivs_behind_head(const struct virtio_crypto_session *s)
{
	return s->iv_len + (s->aad_first ? s->auth_iv_len : 0);
}

/* Where IVs of so many bytes stand in the slot. */
static __rte_always_inline uint32_t
ivs_offset(uint32_t len)
{
	return likely(len <= VIRTIO_CRYPTO_SLOT_IVS) ?
		offsetof(struct virtio_crypto_slot, ivs) :
		offsetof(struct virtio_crypto_slot, long_ivs);
}

static __rte_always_inline void
put_header(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	uint32_t len = ivs_behind_head(s), at = ivs_offset(len);
	uint8_t *iv = (uint8_t *)r->slot + at;

	if (unlikely(s->stateless)) {
		put_keys(r);
		return;
	}
	copy_iv(iv, r->op, s->iv_offset, s->iv_len);
	if (s->aad_first)
		copy_iv(iv + s->iv_len, r->op, s->auth_iv_offset, s->auth_iv_len);
	if (likely(len == 0 || (r->q->streams && len <= VIRTIO_CRYPTO_SLOT_IVS))) {
		put(r, head_addr(r), s->header_len + len, 0, PLACE_FIRST);
	} else {
		put(r, head_addr(r), s->header_len, 0, PLACE_FIRST);
		put(r, r->addr + at, len, 0, PLACE_MORE);
	}
}

/* The authentication IV, which the wire has as additional data. */
static __rte_always_inline void
put_auth_iv(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	uint32_t at = offsetof(struct virtio_crypto_slot, long_ivs) + VIRTIO_CRYPTO_MAX_IV;

	if (s->auth_iv_len == 0 || s->aad_first)
		return;
	copy_iv((uint8_t *)r->slot + at, r->op, s->auth_iv_offset, s->auth_iv_len);
	put(r, r->addr + at, s->auth_iv_len, 0, PLACE_MORE);
}

/* The place so many bytes in front of the status. */
static __rte_always_inline uint8_t *
slot_at(const struct request *r, uint32_t before)
{
	return (uint8_t *)r->slot + r->status - before;
}

/* What the device writes besides data; the request ends with it. */
static __rte_always_inline void
put_result(struct request *r, uint32_t digest_len)
{
	/* A digest stands right before the status. */
	uint64_t addr = r->addr + r->status - digest_len;

	/* A device that completes without saying how must not be taken for one that succeeded. */
	*slot_at(r, 0) = VIRTIO_CRYPTO_ERR;
	if (unlikely(digest_len > 0 && !r->q->streams)) {
		put(r, addr, digest_len, VRING_DESC_F_WRITE, PLACE_MORE);
		addr += digest_len;
		digest_len = 0;
	}
	put(r, addr, digest_len + 1, VRING_DESC_F_WRITE, PLACE_MORE);
	r->last.flags = VRING_DESC_F_WRITE;
	put_last(r, 0);
}

/* From what DPDK counts to bytes; false if that is no whole number of them. */
static __rte_always_inline bool
to_bytes(struct span *span, uint32_t offset, uint32_t len, uint8_t shift)
{
	span->offset = offset >> shift;
	span->len = len >> shift;
	return ((offset | len) & ((1u << shift) - 1)) == 0;
}

/* Whether a request with so many bytes of content, and this place for its digest, can be made. */
static __rte_always_inline bool
fits(const struct request *r, uint64_t content, const uint8_t *digest)
{
	return content <= r->q->max_size && (digest != NULL || r->s->digest_len == 0);
}

/* Lengths that differ from request to request, as they follow one another in every format. */
enum {
	SRC_DATA_LEN,
	DST_DATA_LEN,
	CIPHER_START_SRC_OFFSET, /* and the rest for chains only */
	LEN_TO_CIPHER,
	HASH_START_SRC_OFFSET,
	LEN_TO_HASH,
};

static __rte_always_inline void
set_length(const struct request *r, unsigned int which, uint32_t value)
{
	__le32 *length = (__le32 *)((uint8_t *)r->slot + head_offset(r) + r->s->lengths) + which;

	if (unlikely(*length != rte_cpu_to_le_32(value)))
		*length = rte_cpu_to_le_32(value);
}

static __rte_always_inline int
build_cipher(struct request *r)
{
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span span;
	int ret;

	if (unlikely(!to_bytes(&span, sym->cipher.data.offset, sym->cipher.data.length,
			       r->s->cipher_shift) ||
		     !fits(r, r->s->iv_len + 2ULL * span.len, NULL)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, span.len);
	set_length(r, DST_DATA_LEN, span.len);
	put_header(r);
	ret = put_span(r, sym->m_src, span, 0, PLACE_SRC);
	if (likely(ret == 0))
		ret = put_span(r, destination(sym), span, VRING_DESC_F_WRITE, PLACE_DST);
	if (likely(ret == 0))
		put_result(r, 0);
	return ret;
}

/* The smallest span that has both, of which one may be empty and is then nowhere. */
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
	    !to_bytes(cipher, sym->cipher.data.offset, sym->cipher.data.length, r->s->cipher_shift))
		return false;
	return to_bytes(auth, sym->auth.data.offset, sym->auth.data.length, r->s->auth_shift) &&
		span_union(all, cipher, auth);
}

/*
 * Some devices want to see the digest that they are to come to, and with decryption say whether
 * they do. One that is to be generated then shows by not being 0 that the device has written it.
 */
static __rte_always_inline void
show_digest(struct request *r)
{
	uint8_t *digest = slot_at(r, r->s->digest_len);

	if (r->s->digest == VIRTIO_CRYPTO_DIGEST_VERIFY)
		memcpy(digest, r->op->sym->auth.digest.data, r->s->digest_len);
	else if (unlikely(r->s->digest == VIRTIO_CRYPTO_DIGEST_GENERATE_DECRYPT))
		memset(digest, 0, r->s->digest_len);
}

/* Where in a chain of mbufs a place is, or -1 if it is not among the span's data. */
static int64_t
place_in(const struct rte_mbuf *m, struct span span, const uint8_t *place)
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
 * A digest among the ciphered data takes part in the cipher: then the device is given that place
 * for it, as part of the data, instead of one of its own.
 */
static bool
digest_among_data(const struct request *r, struct span cipher, struct span *digest)
{
	const struct rte_crypto_sym_op *sym = r->op->sym;
	int64_t at = place_in(sym->m_src, cipher, sym->auth.digest.data);

	if (at < 0 && sym->m_dst != NULL)
		at = place_in(sym->m_dst, cipher, sym->auth.digest.data);
	if (at < 0)
		return false;
	*digest = (struct span){ at, r->s->digest_len };
	return true;
}

/* Copies bytes of one chain of mbufs to the same places of another, as far as both have them. */
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
 * The source of a chain. A digest that is made among the data stands in the destination, and is to
 * be ciphered there: then the data is taken there first, and all is done in place.
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
	if (unlikely(!fits(r,
			   (uint64_t)all.len + dst.len + s->iv_len + s->auth_iv_len + s->digest_len,
			   sym->auth.digest.data)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, all.len);
	set_length(r, DST_DATA_LEN, dst.len);
	set_length(r, CIPHER_START_SRC_OFFSET, cipher.offset - all.offset);
	set_length(r, LEN_TO_CIPHER, cipher.len);
	set_length(r, HASH_START_SRC_OFFSET, auth.offset - all.offset);
	set_length(r, LEN_TO_HASH, auth.len);
	if (likely(!r->digest_inside))
		show_digest(r);
	put_header(r);
	ret = put_span(r, chain_source(r, all), all, 0, PLACE_SRC);
	if (unlikely(ret != 0))
		return ret;
	put_auth_iv(r);
	ret = put_span(r, destination(sym), dst, VRING_DESC_F_WRITE, PLACE_DST);
	if (unlikely(ret == 0 && r->digest_inside))
		ret = put_span(r, destination(sym), digest, VRING_DESC_F_WRITE, PLACE_MORE);
	if (likely(ret == 0))
		put_result(r, r->digest_inside ? 0 : s->digest_len);
	return ret;
}

static __rte_always_inline int
build_hash(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span span;
	int ret;

	if (unlikely(
		    !to_bytes(&span, sym->auth.data.offset, sym->auth.data.length, s->auth_shift) ||
		    !fits(r, (uint64_t)span.len + s->digest_len, sym->auth.digest.data)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, span.len);
	put_header(r);
	ret = put_span(r, sym->m_src, span, 0, PLACE_SRC);
	if (likely(ret == 0))
		put_result(r, s->digest_len);
	return ret;
}

/* The tag follows the data that it belongs to: the device writes it there, or reads it. */
static __rte_always_inline int
build_aead(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	const struct rte_crypto_sym_op *sym = r->op->sym;
	struct span span = { sym->aead.data.offset, sym->aead.data.length };
	uint32_t tag_in = s->digest == VIRTIO_CRYPTO_DIGEST_OPEN ? s->digest_len : 0;
	uint32_t tag_out = s->digest_len - tag_in;
	int ret;

	if (unlikely(!fits(r, 2ULL * span.len + s->iv_len + s->aad_len + s->digest_len,
			   sym->aead.digest.data) ||
		     (s->aad_len > 0 && sym->aead.aad.data == NULL)))
		return BAD_ARGS;
	set_length(r, SRC_DATA_LEN, span.len + tag_in);
	set_length(r, DST_DATA_LEN, span.len + tag_out);
	put_header(r);
	ret = put_span(r, sym->m_src, span, 0, PLACE_SRC);
	if (unlikely(ret != 0))
		return ret;
	if (tag_in > 0) {
		memcpy(slot_at(r, tag_in), sym->aead.digest.data, tag_in);
		put(r, r->addr + r->status - tag_in, tag_in, 0, PLACE_MORE);
	}
	if (s->aad_len > 0)
		put(r, aad_addr(r->q, sym) + s->aad_skip, s->aad_len, 0, PLACE_MORE);
	ret = put_span(r, destination(sym), span, VRING_DESC_F_WRITE, PLACE_DST);
	if (likely(ret == 0))
		put_result(r, tag_out);
	return ret;
}

/* Has the session's head in the slot, whose lengths are set later. */
static __rte_always_inline void
start_head(struct request *r)
{
	if (likely(r->inflight->head == r->s->serial && r->s->serial != 0))
		return;
	memcpy((uint8_t *)r->slot + head_offset(r), &r->s->req, r->s->header_len);
	r->inflight->head = r->s->serial;
}

static __rte_always_inline int
build(struct request *r)
{
	r->nb = 0;
	r->nb_more = 0;
	start_head(r);
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

/* The same for requests that are rare, of which the code need not be there many times. */
static __rte_noinline int
build_rare(struct request *r)
{
	return build(r);
}

/* Puts a request that is complete in its table onto the ring. */
static __rte_always_inline int
put_table(struct virtio_crypto_queue *q, const struct request *r, uint16_t pos, uint64_t table_addr,
	  uint8_t *large)
{
	if (likely(!q->sequential)) {
		virtqueue_indirect_set(&q->vq, pos, table_addr,
				       r->scattered ? VIRTIO_CRYPTO_SLOT_TABLE : r->nb);
		virtqueue_put(&q->vq, pos);
		return 0;
	}
	if (virtio_crypto_sequence_put(q, pos, r->table, table_addr, r->nb) != 0)
		return NO_ROOM;
	if (!q->indirect) /* the ring has a copy */
		*large = VIRTIO_CRYPTO_LARGE_TABLES;
	return 0;
}

/*
 * Makes the request in a table of its own: that of its slot, or else a large one, which has room
 * for as much as a request may be.
 */
static __rte_always_inline int
build_table(struct virtio_crypto_queue *q, struct request *r, uint16_t pos, uint8_t *large)
{
	uint64_t table_addr = r->addr;
	int ret;

	r->first = 0;
	r->mask = UINT16_MAX;
	r->max = VIRTIO_CRYPTO_SLOT_DESCS;
	if (likely(q->scattered)) {
		r->table = &r->slot->first;
		r->scattered = true;
		ret = build(r);
	} else {
		r->table = r->slot->table;
		r->scattered = false;
		table_addr += offsetof(struct virtio_crypto_slot, table);
		ret = build_rare(r);
	}
	if (unlikely(ret == TOO_LARGE)) {
		if (virtio_crypto_free_count(&q->free_large) == 0)
			return NO_ROOM;
		*large = virtio_crypto_free_next(&q->free_large);
		r->table = q->large[*large].desc;
		r->scattered = false;
		r->max = q->max_descs;
		table_addr = q->large[*large].addr;
		ret = build_rare(r);
	}
	if (likely(ret == 0))
		ret = put_table(q, r, pos, table_addr, large);
	if (unlikely(*large != VIRTIO_CRYPTO_LARGE_TABLES && ret == 0))
		virtio_crypto_free_take(&q->free_large);
	return ret;
}

/* Makes the request on the ring itself, from its slot on. */
static int
build_direct(struct virtio_crypto_queue *q, struct request *r, uint16_t pos)
{
	uint16_t nb_free = q->enq.free_end - q->enq.head;
	uint16_t n = RTE_MIN(nb_free, 2); /* enough for all that is in one piece */
	int ret;

	/* The operations of a burst take more slots than one each. */
	if (n == 0)
		return NO_ROOM;
	r->table = q->vq.desc;
	r->scattered = false;
	r->first = pos << q->desc_shift;
	r->mask = q->vq.size - 1;
	r->max = n << q->desc_shift;
	ret = build_rare(r);
	if (ret == TOO_LARGE) {
		r->max = RTE_MIN(nb_free << q->desc_shift, q->max_descs);
		ret = build_rare(r);
		if (ret == TOO_LARGE && nb_free < q->nb_slots)
			return NO_ROOM;
	}
	if (likely(ret == 0))
		virtqueue_put(&q->vq, pos << q->desc_shift);
	return ret;
}

/* What a session-less operation says itself, as far as the device can be told so. */
static const struct virtio_crypto_session *
stateless_session(const struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	if (q->enq.stateless != NULL && op->sym->xform != NULL &&
	    virtio_crypto_session_stateless(q->dev, op->sym->xform, q->enq.stateless) == 0)
		return q->enq.stateless;
	op->status = RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	return NULL;
}

uint8_t
virtio_crypto_unusable_status(const struct virtio_crypto_queue *q)
{
	rte_atomic_thread_fence(__ATOMIC_ACQUIRE);
	return virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LIVE ?
		RTE_CRYPTO_OP_STATUS_INVALID_SESSION :
		RTE_CRYPTO_OP_STATUS_ERROR;
}

/* A session that another device has made, or this one before it was closed, as this one has it. */
static __rte_noinline const struct virtio_crypto_session *
shared_session(const struct virtio_crypto_queue *q, const struct virtio_crypto_session_ref *ref)
{
	const struct virtio_crypto_on_device *on = virtio_crypto_shared_on(ref->shared, q->dev_id,
									   q->instance);

	if (on == NULL || !__atomic_load_n(&on->sym.session->ready, __ATOMIC_RELAXED))
		return NULL;
	return on->sym.session;
}

/* The session of an operation, if it is one that this queue's device has; else sets the status. */
static __rte_always_inline const struct virtio_crypto_session *
session_of(const struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	const struct virtio_crypto_session_ref *ref;
	const struct virtio_crypto_session *s;

	if (unlikely(op->type != RTE_CRYPTO_OP_TYPE_SYMMETRIC || op->sym->m_src == NULL)) {
		op->status = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
		return NULL;
	}
	if (likely(op->sess_type == RTE_CRYPTO_OP_WITH_SESSION && op->sym->session != NULL)) {
		ref = CRYPTODEV_GET_SYM_SESS_PRIV(op->sym->session);
		if (likely(ref->dev == q->dev &&
			   __atomic_load_n(&ref->session->ready, __ATOMIC_RELAXED)))
			return ref->session;
		s = shared_session(q, ref);
		if (likely(s != NULL))
			return s;
	}
	if (op->sess_type == RTE_CRYPTO_OP_SESSIONLESS)
		return stateless_session(q, op);
	op->status = virtio_crypto_unusable_status(q);
	return NULL;
}

/* Notes that a request is in flight, in its slot and in those behind it that it takes too. */
static __rte_always_inline void
note_inflight(struct virtio_crypto_queue *q, const struct request *r, uint16_t pos, uint8_t large)
{
	uint16_t n = (r->nb + (1u << q->desc_shift) - 1) >> q->desc_shift, i;
	struct virtio_crypto_inflight *f = &q->inflight[pos];

	if (likely(q->indirect || q->sequential))
		n = 1;
	f->nb_slots = n;
	f->digest = unlikely(r->digest_inside) ? VIRTIO_CRYPTO_DIGEST_INSIDE : r->s->digest;
	f->digest_len = r->s->digest_len;
	f->large = large;
	f->status = r->status;
	virtio_crypto_inflight_set_op(f, r->op);
	for (i = 1; unlikely(i < n); i++) {
		f = &q->inflight[(pos + i) & (q->nb_slots - 1)];
		f->nb_slots = 0;
		virtio_crypto_inflight_set_op(f, r->op);
	}
	q->enq.head += n;
}

/* Puts the operation onto the ring, into the next slot, which is free. */
static __rte_always_inline int
submit(struct virtio_crypto_queue *q, struct rte_crypto_op *op,
       const struct virtio_crypto_session *s)
{
	uint16_t pos = q->enq.head & (q->nb_slots - 1);
	uint8_t large = VIRTIO_CRYPTO_LARGE_TABLES;
	struct request r = {
		.q = q,
		.s = s,
		.op = op,
		.slot = &q->slots[pos],
		.inflight = &q->inflight[pos],
		.status = virtio_crypto_slot_status(s),
		.addr = q->slots_addr + pos * sizeof(struct virtio_crypto_slot),
	};
	int ret;

	if (likely(q->indirect || q->sequential))
		ret = build_table(q, &r, pos, &large);
	else
		ret = build_direct(q, &r, pos);
	if (unlikely(ret != 0))
		return ret;
	note_inflight(q, &r, pos, large);
	return 0;
}

/* Learns how many finished operations the lcore that dequeues has taken. */
static __rte_always_inline void
look_for_finished(struct virtio_crypto_queue *q)
{
	q->enq.finished_end = __atomic_load_n(&q->deq.finished_tail, __ATOMIC_ACQUIRE) +
		q->nb_slots;
}

/* The same of the slots that it has freed. */
static __rte_always_inline void
look_for_slots(struct virtio_crypto_queue *q)
{
	q->enq.free_end = __atomic_load_n(&q->deq.freed, __ATOMIC_ACQUIRE) + q->nb_slots;
}

/* Takes an operation whose status is set; it comes back without having been on the ring. */
static void
finish(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	virtio_crypto_count(&q->enq.error_count, 1);
	virtio_crypto_queue_finish(q, op);
}

/* Without a device operations are taken, and come back at once as failed. */
static uint16_t
enqueue_offline(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint32_t state;
	uint16_t i;

	virtio_crypto_sides_notice_loss(q, &q->deq.inside);
	state = virtio_crypto_queue_state(q);
	/* The lcore that dequeues has it, or is just leaving. */
	if (state == VIRTIO_CRYPTO_QUEUE_LOST || state == VIRTIO_CRYPTO_QUEUE_RETIRE)
		return 0;
	look_for_finished(q);
	for (i = 0; i < nb_ops && q->enq.finished_head != q->enq.finished_end; i++) {
		ops[i]->status = RTE_CRYPTO_OP_STATUS_ERROR;
		finish(q, ops[i]);
	}
	return i;
}

static __rte_always_inline void
prefetch_slot(const struct virtio_crypto_queue *q, uint16_t pos)
{
	struct virtio_crypto_slot *slot = &q->slots[pos & (q->nb_slots - 1)];

	rte_prefetch0(slot);
	rte_prefetch0(&slot->head[RTE_CACHE_LINE_SIZE]);
	rte_prefetch0_write(slot->ivs);
	rte_prefetch0(slot->more);
}

/*
 * Takes one operation: onto the ring, or with an error. False if there is no room for it now; but a
 * slot and a place for one that comes back are left.
 */
static __rte_always_inline bool
enqueue_one(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	const struct virtio_crypto_session *s;
	int ret;

	s = session_of(q, op);
	if (likely(s != NULL)) {
		ret = submit(q, op, s);
		if (likely(ret == 0))
			return true;
		if (ret == NO_ROOM)
			return false;
		op->status = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	} else if (op->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC && q->asym != NULL) {
		ret = virtio_crypto_asym_submit(q, op);
		if (ret != -EINVAL)
			return ret == 0;
	}
	finish(q, op);
	return true;
}

/* Lets the device, and the lcore that dequeues, see what was put onto the ring. */
static __rte_always_inline void
offer(struct virtio_crypto_queue *q)
{
	__atomic_store_n(&q->enq.offered, q->enq.head, __ATOMIC_RELEASE);
	virtqueue_offer(&q->vq);
	if (unlikely(virtqueue_needs_kick(&q->vq)))
		virtio_crypto_queue_kick(q);
}

static __rte_always_inline uint16_t
enqueue_live(struct virtio_crypto_queue *q, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint16_t head = q->enq.head, i;

	look_for_slots(q);
	look_for_finished(q);
	nb_ops = RTE_MIN(nb_ops, (uint16_t)(q->enq.free_end - head));
	nb_ops = RTE_MIN(nb_ops, q->enq.finished_end - q->enq.finished_head);
	for (i = 0; i < nb_ops; i++) {
		prefetch_slot(q, q->enq.head + PREFETCH_AHEAD);
		if (unlikely(!enqueue_one(q, ops[i])))
			break;
	}
	if (likely(q->enq.head != head))
		offer(q);
	return i;
}

uint16_t
virtio_crypto_enqueue_burst(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	struct virtio_crypto_queue *q = qp;
	uint16_t n;

	if (likely(virtio_crypto_side_enter(q, &q->enq.inside)))
		n = enqueue_live(q, ops, nb_ops);
	else
		n = enqueue_offline(q, ops, nb_ops);
	virtio_crypto_count(&q->enq.count, n);
	virtio_crypto_side_leave(&q->enq.inside);
	return n;
}
