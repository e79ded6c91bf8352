/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cryptodev.h>

#include "iova.h"
#include "request.h"
#include "request_aead.h"
#include "request_akcipher.h"
#include "request_mbuf.h"
#include "fast_path.h"
#include "request_read.h"
#include "session_dormant.h"
#include "session_table.h"
#include "virtio_crypto_digest.h"

static bool
is_inside(uint32_t off, uint32_t len, uint32_t size)
{
	return off <= size && len <= size - off;
}

/* Whether a request matches its session. */
static __rte_always_inline int
check_session(const struct vc_session *s, const struct vc_request *r)
{
	/*
	 * HASH Service Operation, D27; MAC Service Operation, D34;
	 * Symmetric algorithms Operation, D46; AEAD Service Operation, D56
	 */
	if (s->service != r->opcode >> 8 || s->op_type != r->op_type)
		return VIRTIO_CRYPTO_ERR;
	/* Encryption, and services without a direction, have operation 0. */
	if ((s->direction == VIRTIO_CRYPTO_OP_DECRYPT) != (r->opcode & 0xff))
		return VIRTIO_CRYPTO_ERR;
	/* Without REVISION_1, drivers leave tag_len 0. */
	if (s->has_aead)
		return r->tag_len == s->digest_len || r->tag_len == 0 ? VIRTIO_CRYPTO_OK :
									VIRTIO_CRYPTO_ERR;
	return s->digest_len == r->digest_len ? VIRTIO_CRYPTO_OK : VIRTIO_CRYPTO_ERR;
}

static bool
whole_blocks(const struct vc_session *s, uint32_t len)
{
	/* Block sizes are powers of 2, which avoids a division. */
	return !s->has_cipher || !s->cipher->whole_blocks ||
		(len & (s->cipher->block_size - 1u)) == 0;
}

/* Checks the lengths of a request against its chain. @p left: readable bytes. */
static __rte_always_inline int
check_lengths(const struct vc_slot *slot, const struct vc_session *s, const struct vc_request *r,
	      uint32_t left, uint32_t max_size)
{
	uint64_t in = (uint64_t)r->iv_len + r->src_len + r->aad_len;
	uint64_t out = (uint64_t)r->dst_len + r->digest_len;

	/*
	 * HASH Service Operation, D27; MAC Service Operation, D34;
	 * Symmetric algorithms Operation, D46; AEAD Service Operation, D56
	 */
	if (in > left || out + 1 > slot->chain.write_len || in + out > max_size)
		return VIRTIO_CRYPTO_ERR;
	if (r->iv_len > VC_MAX_IV || !whole_blocks(s, r->cipher_len))
		return VIRTIO_CRYPTO_ERR;
	if (!is_inside(r->cipher_off, r->cipher_len, r->src_len) ||
	    !is_inside(r->auth_off, r->auth_len, r->src_len))
		return VIRTIO_CRYPTO_ERR;
	return VIRTIO_CRYPTO_OK;
}

static __rte_always_inline void
set_regions(struct rte_crypto_sym_op *sym, const struct vc_session *s, const struct vc_request *r)
{
	if (s->has_cipher) {
		sym->cipher.data.offset = r->cipher_off << (s->cipher_bits ? 3 : 0);
		sym->cipher.data.length = r->cipher_len << (s->cipher_bits ? 3 : 0);
	}
	if (s->has_auth) {
		sym->auth.data.offset = r->auth_off << (s->auth_bits ? 3 : 0);
		sym->auth.data.length = r->auth_len << (s->auth_bits ? 3 : 0);
	}
}

/* Reads the cipher's IV; @p in moves behind it. */
static __rte_always_inline void
read_iv(struct rte_crypto_op *op, const struct vc_request *r, struct vc_cursor *in)
{
	uint8_t *iv = rte_crypto_op_ctod_offset(op, uint8_t *, VC_IV_OFFSET);
	const rte_be32_t counter = RTE_BE32(1);

	/*
	 * Only the 12-byte nonce of counter mode leaves this counter in place; other IVs overwrite
	 * it.
	 */
	memcpy(iv + VC_COUNTER_NONCE, &counter, sizeof(counter));
	if (likely(r->iv_len == 16))
		vc_cursor_read(in, iv, 16);
	else
		vc_cursor_read(in, iv, r->iv_len);
}

/* Reads the parts behind the cipher's IV, the expected digest included, and finds the data. */
static __rte_always_inline int
read_content(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
	     const struct vc_session *s, const struct vc_request *r, struct vc_cursor in,
	     struct vc_data *data)
{
	uint8_t *iv = rte_crypto_op_ctod_offset(op, uint8_t *, VC_IV_OFFSET);
	struct vc_cursor out = vc_chain_writer(&slot->chain);

	if (r->aad_first)
		vc_cursor_read(&in, iv + q->env.sessions->auth_iv_offset, r->aad_len);
	data->src = in;
	data->dst = out;
	data->src_len = r->src_len;
	data->dst_len = r->dst_len;
	data->result_off = 0;
	data->result_len = 0;
	if (s->has_cipher) {
		data->result_off = r->cipher_off;
		data->result_len = r->cipher_len;
		if (!is_inside(r->cipher_off, r->cipher_len, r->dst_len))
			return VIRTIO_CRYPTO_ERR;
	}
	/* Symmetric algorithms Operation, D40, D41 */
	if (r->aad_len > 0 && !r->aad_first) {
		vc_cursor_skip(&in, r->src_len);
		vc_cursor_read(&in, iv + q->env.sessions->auth_iv_offset, r->aad_len);
	}
	if (r->digest_len > 0) {
		vc_cursor_skip(&out, r->dst_len);
		slot->result = out;
		/*
		 * With decryption, the device verifies: the driver has stored the expected digest
		 * here.
		 */
		slot->compare = s->direction == VIRTIO_CRYPTO_OP_DECRYPT && !s->verify;
		if (s->verify)
			vc_cursor_read(&out, slot->digest, r->digest_len);
		else if (slot->compare)
			vc_cursor_read(&out, slot->expected, r->digest_len);
	}
	return VIRTIO_CRYPTO_OK;
}

/*
 * Offset of the digest within the destination data, or -1: it is outside, which is the rule. A
 * digest inside takes part in the cipher operation, because both share the guest's memory.
 */
static int64_t
digest_inside(const struct vc_slot *slot, const struct vc_data *data)
{
	const uint8_t *digest = slot->result.seg->va + slot->result.off;
	uint32_t max = RTE_MIN(data->src_len, data->dst_len), at, n;
	struct vc_cursor cur = data->dst;

	if (slot->result.seg->len - slot->result.off < slot->digest_len)
		return -1;
	for (at = 0; at < max; at += n) {
		const uint8_t *va = vc_cursor_next_segment(&cur, max - at, &n);

		if (unlikely(digest >= va && digest + slot->digest_len <= va + n))
			return at + (digest - va);
	}
	return -1;
}

/* Performs the NULL cipher: copies source to destination. */
static __rte_always_inline int
copy_null_cipher(const struct vc_session *s, const struct vc_request *r, const struct vc_data *data)
{
	struct vc_cursor from = data->src, to = data->dst;

	if (likely(s->has_cipher || r->cipher_len == 0 || r->dst_len == 0))
		return VIRTIO_CRYPTO_OK;
	if (!is_inside(r->cipher_off, r->cipher_len, r->dst_len))
		return VIRTIO_CRYPTO_ERR;
	vc_cursor_skip(&from, r->cipher_off);
	vc_cursor_skip(&to, r->cipher_off);
	vc_cursor_copy(&to, &from, r->cipher_len);
	return VIRTIO_CRYPTO_OK;
}

/* Sets the operation's digest. */
static __rte_always_inline int
set_digest(struct vc_slot *slot, struct rte_crypto_sym_op *sym, const struct vc_session *s,
	   const struct vc_data *data)
{
	int64_t at = s->has_cipher && slot->digest_len > 0 ? digest_inside(slot, data) : -1;

	sym->auth.digest.data = slot->digest;
	sym->auth.digest.phys_addr = slot->digest_iova;
	slot->inside = NULL;
	if (likely(at < 0))
		return VIRTIO_CRYPTO_OK;
	slot->inside = slot->bounce != NULL ? slot->bounce + at :
					      slot->result.seg->va + slot->result.off;
	/* The digest that is computed while decrypting is compared with the decrypted one. */
	if (slot->compare)
		return VIRTIO_CRYPTO_OK;
	sym->auth.digest.data = slot->inside;
	sym->auth.digest.phys_addr = (uintptr_t)slot->inside;
	if (slot->bounce == NULL)
		return VIRTIO_CRYPTO_OK;
	sym->auth.digest.phys_addr = vc_iova_of(slot->inside);
	/* A large private copy may be discontiguous there. */
	return vc_iova_is_contiguous(slot->inside, slot->digest_len) ? VIRTIO_CRYPTO_OK :
								       VIRTIO_CRYPTO_ERR;
}

/* Fills the operation of a cipher, hash, MAC or chain request. */
static __rte_always_inline int
build_chain(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
	    const struct vc_session *s, const struct vc_request *r, struct vc_cursor in)
{
	struct vc_data data;
	int status;

	slot->digest_len = r->digest_len;
	status = read_content(q, slot, op, s, r, in, &data);
	if (unlikely(status != VIRTIO_CRYPTO_OK))
		return status;
	status = copy_null_cipher(s, r, &data);
	if (unlikely(status != VIRTIO_CRYPTO_OK))
		return status;
	set_regions(op->sym, s, r);
	status = vc_request_set_data(q, slot, op, &data);
	if (unlikely(status != VIRTIO_CRYPTO_OK) || !s->has_auth)
		return status;
	status = set_digest(slot, op->sym, s, &data);
	if (unlikely(status != VIRTIO_CRYPTO_OK))
		vc_request_free_memory(q, slot);
	return status;
}

/* Length of data of a request; the source of an AEAD to decrypt includes the tag. */
static __rte_always_inline uint32_t
data_len(const struct vc_session *s, const struct vc_request *r)
{
	if (s->has_aead && s->direction == VIRTIO_CRYPTO_OP_DECRYPT)
		return r->src_len - RTE_MIN(r->src_len, (uint32_t)s->digest_len);
	return r->src_len;
}

/* Whether a cryptodev with these limits processes a request correctly. */
static __rte_always_inline bool
within_limits(const struct vc_limits *limits, const struct vc_session *s,
	      const struct vc_request *r, const uint8_t *iv)
{
	const uint32_t len = s->has_aead ? data_len(s, r) : r->cipher_len;

	if ((s->has_cipher || s->has_aead) &&
	    unlikely(len < limits->min_cipher || len > limits->max_cipher))
		return false;
	if (s->has_auth &&
	    unlikely(r->auth_len < limits->min_auth || r->auth_len > limits->max_auth))
		return false;
	return likely(!limits->counter32) || !vc_counter_wraps(iv, r->cipher_len);
}

/*
 * Finds a cryptodev session for a request with more data than one mbuf describes, or beyond the
 * limits of the session's own cryptodev.
 */
static __rte_noinline void *
choose_other_cdev(struct vc_session_table *table, struct vc_slot *slot, struct vc_session *s,
		  const struct vc_request *r, const uint8_t *iv)
{
	const bool large = data_len(s, r) > UINT16_MAX;
	struct vc_limits limits;
	uint8_t cdev;
	void *cs;

	slot->aead = s->has_aead || (s->has_auth && s->auth->algo == RTE_CRYPTO_AUTH_AES_GMAC);
	if (large && table->large[s->cdev] && within_limits(&s->limits, s, r, iv)) {
		cs = vc_session_variant(table, s, r->iv_len, r->aad_len);
		if (cs != NULL)
			return cs;
	}
	for (cdev = 0; cdev < table->nb_cdevs; cdev++) {
		if (cdev == s->cdev || (large && !table->large[cdev]))
			continue;
		limits = vc_cdev_limits(table->cdev_ids[cdev], s->cipher, s->auth);
		if (!within_limits(&limits, s, r, iv))
			continue;
		cs = vc_session_variant_on(table, s, cdev, r->iv_len, r->aad_len);
		if (cs == NULL)
			continue;
		slot->cdev = cdev;
		return cs;
	}
	return NULL;
}

/* Finds the cryptodev session for a request, and sets slot->cdev. */
static __rte_always_inline void *
choose_session(struct vc_session_table *table, struct vc_slot *slot, struct vc_session *s,
	       const struct vc_request *r, const uint8_t *iv)
{
	void *cs = NULL;

	slot->cdev = s->cdev;
	if (likely(data_len(s, r) <= UINT16_MAX && within_limits(&s->limits, s, r, iv)))
		cs = vc_session_variant(table, s, r->iv_len, r->aad_len);
	return likely(cs != NULL) ? cs : choose_other_cdev(table, slot, s, r, iv);
}

/* Fills the symmetric operation of a valid request. */
static __rte_always_inline int
build_op(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op, struct vc_session *s,
	 const struct vc_request *r, struct vc_cursor in)
{
	struct vc_session_table *table = r->stateless ? &q->cache.table : q->env.sessions;

	op->type = RTE_CRYPTO_OP_TYPE_SYMMETRIC;
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	/*
	 * Cryptodevs read fields that their session does not use, so no field may stem from another
	 * request.
	 */
	memset(op->sym, 0, sizeof(*op->sym));
	if (!s->has_aead)
		read_iv(op, r, &in);
	op->sym->session = choose_session(table, slot, s, r,
					  rte_crypto_op_ctod_offset(op, uint8_t *, VC_IV_OFFSET));
	if (unlikely(op->sym->session == NULL))
		return VIRTIO_CRYPTO_ERR;
	slot->compare = false;
	slot->inside = NULL;
	if (s->has_aead) {
		struct vc_aead aead = {
			.in = in,
			.iv_len = r->iv_len,
			.aad_len = r->aad_len,
			.src_len = r->src_len,
			.dst_len = r->dst_len,
			.tag_len = s->digest_len,
			.seal = s->direction == VIRTIO_CRYPTO_OP_ENCRYPT,
			.ccm = s->cipher->algo == RTE_CRYPTO_AEAD_AES_CCM,
		};

		return vc_request_build_aead(q, slot, op, &aead);
	}
	return build_chain(q, slot, op, s, r, in);
}

/* Finds the session of a request, and its reference count. */
static __rte_always_inline int
find_session(struct vc_queue *q, const struct vc_request *r, const struct vc_session_params *p,
	     struct vc_session **s, struct vc_slot *slot)
{
	int status;

	if (likely(!r->stateless)) {
		*s = vc_session_find(q->env.sessions, r->session_id);
		if (unlikely(*s == NULL))
			*s = vc_session_wake(q->env.sessions, r->session_id);
		/*
		 * HASH Service Operation, D26; MAC Service Operation, D33;
		 * Symmetric algorithms Operation, D45; AEAD Service Operation, D55;
		 * AKCIPHER Service Operation, D63
		 */
		if (unlikely(*s == NULL))
			return VIRTIO_CRYPTO_INVSESS;
		slot->session_refs = &q->session_refs[vc_session_index(r->session_id)];
		return VIRTIO_CRYPTO_OK;
	}
	status = vc_cache_get(&q->cache, p, s);
	if (status == VIRTIO_CRYPTO_NOSPC)
		return VC_REQUEST_DEFERRED;
	if (status == VIRTIO_CRYPTO_OK)
		slot->session_refs = &q->cache.refs[*s - q->cache.table.sessions];
	return status;
}

/* Builds the operation of a request of any service. */
static __rte_always_inline int
build_for_service(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op,
		  struct vc_session *s, const struct vc_request *r, struct vc_cursor in)
{
	int status;

	if (unlikely(r->opcode >> 8 == VIRTIO_CRYPTO_SERVICE_AKCIPHER))
		return vc_request_build_akcipher(q, slot, op, s, r, in);
	status = check_session(s, r);
	if (likely(status == VIRTIO_CRYPTO_OK))
		status = check_lengths(slot, s, r, in.left, q->env.max_size);
	return likely(status == VIRTIO_CRYPTO_OK) ? build_op(q, slot, *op, s, r, in) : status;
}

/* The slow path: builds the operation of any request. */
static __rte_noinline int
parse_slow_path(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op,
		const struct vc_request_header *w, struct vc_cursor in)
{
	struct vc_session_params params; /* set for stateless requests only */
	struct vc_request r;
	struct vc_session *s;
	int status;

	status = vc_request_decode(w, &in, *q->env.features, &r, &params);
	if (likely(status == VIRTIO_CRYPTO_OK))
		status = find_session(q, &r, &params, &s, slot);
	if (unlikely(r.stateless))
		explicit_bzero(&params, vc_params_size(&params));
	if (likely(status == VIRTIO_CRYPTO_OK))
		status = build_for_service(q, slot, op, s, &r, in);
	if (unlikely(status != VIRTIO_CRYPTO_OK))
		return status;
	slot->written = r.dst_len + r.digest_len + 1;
	(*slot->session_refs)++;
	return VIRTIO_CRYPTO_OK;
}

int
vc_request_parse(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op)
{
	struct vc_cursor in = vc_chain_reader(&slot->chain);
	struct vc_request_header w;
	int status;

	/*
	 * HASH Service Operation, D23; MAC Service Operation, D30;
	 * Symmetric algorithms Operation, D42; AEAD Service Operation, D50
	 */
	status = vc_request_copy_header(&in, *q->env.features, &w);
	if (unlikely(status != VIRTIO_CRYPTO_OK))
		return status;
	if (likely(vc_fast_build_from_chain(q, slot, *op, &w, in)))
		return VIRTIO_CRYPTO_OK;
	return parse_slow_path(q, slot, op, &w, in);
}

/*
 * Completes a digest within the data. It is copied back, too: the result of a private copy need not
 * cover it.
 */
static uint8_t
finish_inside(struct vc_slot *slot)
{
	if (slot->compare &&
	    !virtio_crypto_digest_equal(slot->digest, slot->inside, slot->digest_len))
		return VIRTIO_CRYPTO_BADMSG;
	if (slot->bounce != NULL)
		vc_cursor_write(&slot->result, slot->inside, slot->digest_len);
	return VIRTIO_CRYPTO_OK;
}

uint8_t
vc_request_finish_slow(struct vc_slot *slot, const struct rte_crypto_op *op)
{
	/*
	 * HASH Service Operation, D22, D23, D24; MAC Service Operation, D29, D30, D31;
	 * Symmetric algorithms Operation, D39, D41, D42, D43;
	 * AEAD Service Operation, D49, D50, D51, D52, D54
	 */
	if (unlikely(op->status != RTE_CRYPTO_OP_STATUS_SUCCESS))
		return op->status == RTE_CRYPTO_OP_STATUS_AUTH_FAILED ? VIRTIO_CRYPTO_BADMSG :
									VIRTIO_CRYPTO_ERR;
	if (unlikely(slot->bounce != NULL))
		vc_cursor_write(&slot->copy_back, slot->bounce + slot->copy_off, slot->copy_len);
	if (slot->digest_len == 0)
		return VIRTIO_CRYPTO_OK;
	if (unlikely(slot->inside != NULL))
		return finish_inside(slot);
	vc_cursor_write(&slot->result, slot->digest, slot->digest_len);
	/* The digest is always returned, for drivers that compare it themselves. */
	if (slot->compare &&
	    !virtio_crypto_digest_equal(slot->digest, slot->expected, slot->digest_len))
		return VIRTIO_CRYPTO_BADMSG;
	return VIRTIO_CRYPTO_OK;
}

void
vc_request_free_memory(struct vc_queue *q, struct vc_slot *slot)
{
	vc_request_free_mbufs(q, slot);
	if (slot->bounce != NULL)
		vc_bounce_free(q, slot->bounce);
	slot->bounce = NULL;
	if (slot->aad_bounce != NULL)
		vc_bounce_free(q, slot->aad_bounce);
	slot->aad_bounce = NULL;
}
