/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The parts of a request: descriptors, request header, IVs, result. For
 * virtio_crypto_request_build.h alone, and inlined in the code that enqueues.
 */

#ifndef VIRTIO_CRYPTO_REQUEST_PARTS_H
#define VIRTIO_CRYPTO_REQUEST_PARTS_H

#include <string.h>

#include "virtio_crypto_queue.h"

/* Descriptors that may follow the data: additional data, digest, status. */
#define TAIL_DESCS 3

/* Results of building a request, besides 0. */
#define BAD_ARGS  (-1) /* the operation is invalid */
#define TOO_LARGE (-2) /* too many descriptors for the table */
#define NO_ROOM	  (-3) /* a large table or the ring has no room now */

/* A request being built. */
struct request {
	const struct virtio_crypto_queue *q;
	const struct virtio_crypto_session *s;
	struct rte_crypto_op *op;
	struct virtio_crypto_slot *slot;
	struct virtio_crypto_inflight *inflight; /* of the slot */
	uint64_t addr;				 /* of the slot, for the device */
	struct vring_desc *table;
	uint16_t first;	    /* index of the first descriptor */
	uint16_t mask;	    /* mask of an index in the table */
	uint16_t max;	    /* maximum number of descriptors */
	uint16_t nb;	    /* number of descriptors */
	uint16_t nb_more;   /* descriptors of kind DESC_MORE */
	uint16_t status;    /* offset of the status in the slot */
	bool digest_inside; /* the digest is in the data, not in the slot */
	bool scattered;	    /* the table is the slot, with an entry for each kind of descriptor */
	struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags;
		uint16_t at; /* index */
	} last;		     /* last descriptor, written when the index of the next one is known */
};

/* Kinds of descriptors: the index in the slot of each that a short chain has once. */
enum desc_kind {
	DESC_HEADER = 0,
	DESC_SRC = offsetof(struct virtio_crypto_slot, src) / sizeof(struct vring_desc),
	DESC_DST = offsetof(struct virtio_crypto_slot, dst) / sizeof(struct vring_desc),
	DESC_MORE = offsetof(struct virtio_crypto_slot, more) / sizeof(struct vring_desc),
	DESC_TABLE = offsetof(struct virtio_crypto_slot, table) / sizeof(struct vring_desc),
};

/* A range of bytes in a chain of mbufs. */
struct span {
	uint32_t offset;
	uint32_t len;
};

/* Returns the index of the next descriptor. */
static __rte_always_inline uint16_t
next_index(struct request *r, enum desc_kind where)
{
	uint16_t n;

	if (!r->scattered)
		return (r->first + r->nb) & r->mask;
	if (where != DESC_MORE)
		return where;
	n = r->nb_more++;
	if (likely(n < RTE_DIM(r->slot->more)))
		return DESC_MORE + n;
	return DESC_TABLE + n - RTE_DIM(r->slot->more);
}

/* Writes the last descriptor, now that the index of the next one is known. */
static __rte_always_inline void
write_last_desc(struct request *r, uint16_t next)
{
	struct vring_desc *d = &r->table[r->last.at];

	if (r->scattered && r->last.at != DESC_SRC && r->last.at != DESC_DST &&
	    likely(virtqueue_desc_is(d, r->last.addr, r->last.len, r->last.flags, next)))
		return;
	virtqueue_table_set(&r->q->vq, r->table, r->last.at, r->last.addr, r->last.len,
			    r->last.flags, next);
}

/* Adds a descriptor to the request. */
static __rte_always_inline void
add_desc(struct request *r, uint64_t addr, uint32_t len, uint16_t flags, enum desc_kind where)
{
	uint16_t at = next_index(r, where);

	if (r->nb++ > 0)
		write_last_desc(r, at);
	r->last.addr = addr;
	r->last.len = len;
	r->last.flags = flags | VRING_DESC_F_NEXT;
	r->last.at = at;
}

/*
 * Returns the address of an mbuf's data for the device, virtual or IOVA: only the offset differs.
 */
static __rte_always_inline uint64_t
data_addr(const struct virtio_crypto_queue *q, const struct rte_mbuf *m)
{
	return *(const uintptr_t *)((const char *)m + q->mbuf_addr_offset) + m->data_off;
}

/* Returns the same of the AAD of an operation. */
static __rte_always_inline uint64_t
aad_addr(const struct virtio_crypto_queue *q, const struct rte_crypto_sym_op *sym)
{
	return *(const uint64_t *)((const char *)sym + q->aad_addr_offset);
}

static __rte_always_inline int
add_span(struct request *r, const struct rte_mbuf *m, struct span span, uint16_t flags,
	 enum desc_kind where)
{
	uint32_t off = span.offset, left = span.len, n;

	if (likely(left > 0 && (uint64_t)off + left <= m->data_len &&
		   r->nb + TAIL_DESCS < r->max)) {
		add_desc(r, data_addr(r->q, m) + off, left, flags, where);
		return 0;
	}
	while (left > 0 && off >= m->data_len) {
		off -= m->data_len;
		m = m->next;
		if (m == NULL)
			return BAD_ARGS;
	}
	/* Without data there is still the tail. */
	if (unlikely(r->nb + TAIL_DESCS > r->max))
		return TOO_LARGE;
	for (; left > 0 && m != NULL; m = m->next, off = 0) {
		n = RTE_MIN(left, m->data_len - off);
		if (n == 0)
			continue;
		if (r->nb + TAIL_DESCS >= r->max)
			return TOO_LARGE;
		add_desc(r, data_addr(r->q, m) + off, n, flags, where);
		where = DESC_MORE;
		left -= n;
	}
	return left == 0 ? 0 : BAD_ARGS;
}

static __rte_always_inline const struct rte_mbuf *
destination_mbuf(const struct rte_crypto_sym_op *sym)
{
	return sym->m_dst != NULL ? sym->m_dst : sym->m_src;
}

/* Copies an IV of an operation, of 16 bytes in most cases. */
static __rte_always_inline void
copy_iv(uint8_t *to, struct rte_crypto_op *op, uint16_t offset, uint8_t len)
{
	const uint8_t *from = rte_crypto_op_ctod_offset(op, const uint8_t *, offset);

	if (len == 16)
		memcpy(to, from, 16);
	else
		memcpy(to, from, len);
}

/* Returns the offset of the request header, which ends where the IVs begin. */
static __rte_always_inline uint32_t
header_offset(const struct request *r)
{
	return offsetof(struct virtio_crypto_slot, ivs) - r->s->header_len;
}

static __rte_always_inline uint64_t
header_addr(const struct request *r)
{
	return r->addr + header_offset(r);
}

/* Adds the keys and IVs of a stateless request, in the memory for them. */
static void
add_keys(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	uint32_t len = s->params->cipher_key_len + s->params->auth_key_len;
	uint32_t at = (r->slot - r->q->slots) * r->q->keys_size;
	uint8_t *to = r->q->keys + at;

	add_desc(r, header_addr(r), s->header_len, 0, DESC_HEADER);
	memcpy(to, s->params->keys, len);
	copy_iv(to + len, r->op, s->iv_offset, s->iv_len);
	len += s->iv_len;
	if (s->aad_first) {
		copy_iv(to + len, r->op, s->auth_iv_offset, s->auth_iv_len);
		len += s->auth_iv_len;
	}
	if (len > 0)
		add_desc(r, r->q->keys_addr + at, len, 0, DESC_MORE);
}

/* Returns the bytes of IVs that follow the header. */
static __rte_always_inline uint32_t
ivs_after_header(const struct virtio_crypto_session *s)
{
	return s->iv_len + (s->aad_first ? s->auth_iv_len : 0);
}

/* Returns the offset in the slot of IVs of @p len bytes. */
static __rte_always_inline uint32_t
ivs_offset(uint32_t len)
{
	return likely(len <= VIRTIO_CRYPTO_SLOT_IVS) ?
		offsetof(struct virtio_crypto_slot, ivs) :
		offsetof(struct virtio_crypto_slot, long_ivs);
}

static __rte_always_inline void
add_header(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	uint32_t len = ivs_after_header(s), at = ivs_offset(len);
	uint8_t *iv = (uint8_t *)r->slot + at;

	if (unlikely(s->stateless)) {
		add_keys(r);
		return;
	}
	copy_iv(iv, r->op, s->iv_offset, s->iv_len);
	if (s->aad_first)
		copy_iv(iv + s->iv_len, r->op, s->auth_iv_offset, s->auth_iv_len);
	if (likely(len == 0 || (r->q->any_layout && len <= VIRTIO_CRYPTO_SLOT_IVS))) {
		add_desc(r, header_addr(r), s->header_len + len, 0, DESC_HEADER);
	} else {
		add_desc(r, header_addr(r), s->header_len, 0, DESC_HEADER);
		add_desc(r, r->addr + at, len, 0, DESC_MORE);
	}
}

/* Adds the authentication IV, which is sent as additional data. */
static __rte_always_inline void
add_auth_iv(struct request *r)
{
	const struct virtio_crypto_session *s = r->s;
	uint32_t at = offsetof(struct virtio_crypto_slot, long_ivs) + VIRTIO_CRYPTO_MAX_IV;

	if (s->auth_iv_len == 0 || s->aad_first)
		return;
	copy_iv((uint8_t *)r->slot + at, r->op, s->auth_iv_offset, s->auth_iv_len);
	add_desc(r, r->addr + at, s->auth_iv_len, 0, DESC_MORE);
}

/* Returns the address @p before bytes in front of the status. */
static __rte_always_inline uint8_t *
result_at(const struct request *r, uint32_t before)
{
	return (uint8_t *)r->slot + r->status - before;
}

/* Adds digest and status, which the device writes; they end the request. */
static __rte_always_inline void
add_result(struct request *r, uint32_t digest_len)
{
	/* The digest directly precedes the status. */
	uint64_t addr = r->addr + r->status - digest_len;

	/*
	 * A device may complete a request without writing a status: that must not look like
	 * success.
	 */
	*result_at(r, 0) = VIRTIO_CRYPTO_ERR;
	if (unlikely(digest_len > 0 && !r->q->any_layout)) {
		add_desc(r, addr, digest_len, VRING_DESC_F_WRITE, DESC_MORE);
		addr += digest_len;
		digest_len = 0;
	}
	add_desc(r, addr, digest_len + 1, VRING_DESC_F_WRITE, DESC_MORE);
	r->last.flags = VRING_DESC_F_WRITE;
	write_last_desc(r, 0);
}

/* Converts a range to bytes; false if it is not a whole number of them. */
static __rte_always_inline bool
convert_to_bytes(struct span *span, uint32_t offset, uint32_t len, uint8_t shift)
{
	span->offset = offset >> shift;
	span->len = len >> shift;
	return ((offset | len) & ((1u << shift) - 1)) == 0;
}

/*
 * Whether the device accepts this many bytes of content, and the operation has the digest that it
 * needs.
 */
static __rte_always_inline bool
is_within_limits(const struct request *r, uint64_t content, const uint8_t *digest)
{
	/* Device configuration layout, R7 */
	return content <= r->q->max_size && (digest != NULL || r->s->digest_len == 0);
}

/* Lengths that differ between requests, in their order in every layout. */
enum {
	SRC_DATA_LEN,
	DST_DATA_LEN,
	CIPHER_START_SRC_OFFSET, /* from here on for chains only */
	LEN_TO_CIPHER,
	HASH_START_SRC_OFFSET,
	LEN_TO_HASH,
};

static __rte_always_inline void
set_length(const struct request *r, unsigned int which, uint32_t value)
{
	__le32 *length = (__le32 *)((uint8_t *)r->slot + header_offset(r) + r->s->lengths_offset) +
		which;

	if (unlikely(*length != rte_cpu_to_le_32(value)))
		*length = rte_cpu_to_le_32(value);
}

#endif /* VIRTIO_CRYPTO_REQUEST_PARTS_H */
