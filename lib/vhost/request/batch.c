/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_prefetch.h>

#include "batch.h"

void
vc_batch_init(struct vc_batch *batch)
{
	unsigned int i;

	batch->vec = (struct rte_crypto_sym_vec){
		.src_sgl = batch->sgls,
		.iv = batch->iv_ptrs,
		/* Ciphers use neither; drivers copy as many bytes of them as the session has, 0. */
		.digest = batch->iv_ptrs,
		.aad = batch->iv_ptrs,
		.status = batch->results,
	};
	for (i = 0; i < RTE_VHOST_CRYPTO_MAX_BURST; i++) {
		batch->sgls[i].vec = &batch->data[i];
		batch->sgls[i].num = 1;
		batch->iv_ptrs[i].va = batch->ivs[i];
	}
}

void
vc_batch_wipe(struct vc_batch *batch)
{
	memset(batch->ivs, 0, sizeof(batch->ivs));
}

/* Reads the first request of a batch in place; false if it cannot be in a batch. */
static __rte_always_inline bool
read_first(const struct vc_fast_burst *b, const uint8_t *header, struct vc_fast_request *first)
{
	vc_fast_read_header(first, header, header + sizeof(struct virtio_crypto_op_header),
			    b->stateless_layout);
	return vc_fast_find_session(b, first) && first->session->synchronous &&
		first->iv_len == VC_FAST_IV_LEN;
}

/* Compares a field of a request in guest memory with a value, in one load. */
#define FIELD_IS(field, value) (VC_LOAD(field) == rte_cpu_to_le_32((uint32_t)(value)))

/*
 * Reads another request, each field once; false if it cannot be in a batch with the first one.
 *
 * @param len  receives its length of data
 */
static __rte_always_inline bool
read_next(const struct vc_fast_burst *b, const uint8_t *header, const struct vc_fast_request *first,
	  uint32_t *len)
{
	const void *fixed = header + sizeof(struct virtio_crypto_op_header);
	const struct virtio_crypto_sym_data_flf_stateless *w = fixed;
	const struct virtio_crypto_sym_data_req *n = fixed;
	/* Lengths of IV, source and destination, consecutive in both layouts. */
	const __le32 *lens = b->stateless_layout ? &w->u.cipher.iv_len : &n->u.cipher.para.iv_len;
	const __le32 *type = b->stateless_layout ? &w->op_type : &n->op_type;
	const __le32 *id = (const __le32 *)header +
		offsetof(struct virtio_crypto_op_header, session_id) / sizeof(*id);
	const vc_fast_op_header *h = (const vc_fast_op_header *)header;

	*len = rte_le_to_cpu_32(VC_LOAD(lens[1]));
	return likely(FIELD_IS(id[0], first->session_id) &&
		      FIELD_IS(id[1], first->session_id >> 32) &&
		      FIELD_IS(h->opcode, first->opcode) && FIELD_IS(h->flag, first->flag) &&
		      FIELD_IS(*type, VIRTIO_CRYPTO_SYM_OP_CIPHER) &&
		      FIELD_IS(lens[0], VC_FAST_IV_LEN) && FIELD_IS(lens[2], *len) &&
		      *len - 1 < b->max_len && (*len & first->session->block_mask) == 0);
}

/* Adds a request to the batch. */
static __rte_always_inline void
add_request(struct vc_batch *batch, uint32_t i, const struct vc_fast_burst *b,
	    const struct vc_desc d[4], const uint8_t *iv)
{
	uint8_t *data = vc_fast_address(b, d[1]);

	batch->statuses[i] = vc_fast_address(b, d[3]);
	batch->data[i].base = data;
	batch->data[i].len = vc_desc_len(d[1]);
	memcpy(batch->ivs[i], iv, VC_FAST_IV_LEN);
	/* The cache line may be in the cache of the guest's core. */
	rte_prefetch0_write(data);
}

/* Adds requests to the batch until one cannot be in it; returns their number. */
static __rte_always_inline uint32_t
fill_layout(struct vc_batch *batch, struct vc_fast_request *first, const struct vc_fast_burst *b,
	    const struct vc_desc_table *tables, uint32_t nb, int64_t *left, const bool packed)
{
	int64_t bytes = *left;
	bool counter32 = false;
	struct vc_desc d[4];
	const uint8_t *header;
	uint32_t i, len;

	for (i = 0; i < nb && likely(bytes > 0); i++) {
		if (unlikely(!(packed ? vc_desc_table_read_four_packed(&tables[i], d) :
					vc_desc_table_read_four(&tables[i], d)) ||
			     !vc_fast_find_header(b, d, &header)))
			break;
		if (likely(i > 0)) {
			if (unlikely(!read_next(b, header, first, &len)))
				break;
		} else {
			if (!read_first(b, header, first))
				break;
			len = first->len;
			counter32 = first->session->limits.counter32;
		}
		if (unlikely(!vc_fast_check_lengths(b, d, VC_FAST_IV_LEN, len)))
			break;
		add_request(batch, i, b, d, header + b->header_size);
		if (unlikely(counter32 && vc_counter_wraps(batch->ivs[i], len)))
			break;
		bytes -= 2 * len; /* in and out */
	}
	*left = bytes;
	return i;
}

/* fill_layout() for each layout and ring format. */
static uint32_t
fill_format(struct vc_batch *batch, struct vc_fast_request *first, const struct vc_fast_burst *b,
	    const struct vc_desc_table *tables, uint32_t nb, int64_t *left, bool packed)
{
	struct vc_fast_burst burst = *b;

	if (burst.stateless_layout) {
		burst.stateless_layout =
			true; /* a constant for the compiler, which removes the other branch */
		burst.header_size = vc_fast_header_size(true);
		return likely(!packed) ?
			fill_layout(batch, first, &burst, tables, nb, left, false) :
			fill_layout(batch, first, &burst, tables, nb, left, true);
	}
	burst.stateless_layout = false;
	burst.header_size = vc_fast_header_size(false);
	return likely(!packed) ? fill_layout(batch, first, &burst, tables, nb, left, false) :
				 fill_layout(batch, first, &burst, tables, nb, left, true);
}

/*
 * Chooses how many of @p nb leading requests form the batch. Requests that would leave lanes of the
 * cryptodev empty stay in the ring until more arrive. If other requests follow a few, all of them
 * go through the queue pair, and fill its lanes together.
 */
static uint16_t
choose_size(uint32_t nb, bool others)
{
	if (nb < VC_BATCH_LANES)
		return others ? 0 : nb;
	return nb - nb % VC_BATCH_LANES;
}

uint16_t
vc_batch_fill(struct vc_batch *batch, const struct vc_fast_burst *b, const struct vc_vring *vr,
	      const struct vc_chain_head *heads, const struct vc_desc_table *tables, uint16_t nb,
	      int64_t *left)
{
	struct vc_fast_request first = { .session = NULL };
	int64_t rest = *left;
	uint32_t n = fill_format(batch, &first, b, tables, nb, &rest, vr->packed), i;

	batch->nb = choose_size(n, rest > 0 && n < nb);
	if (unlikely(batch->nb == 0))
		return 0;
	*left = rest;
	for (i = 0; i < batch->nb; i++)
		batch->ids[i] = vc_vring_used_id(vr, heads[i]);
	batch->cdev = first.session->cdev;
	batch->cdev_session = first.cdev_session;
	batch->session_refs = &b->session_refs[vc_session_index(first.session_id)];
	*batch->session_refs += batch->nb;
	return batch->nb;
}

void
vc_batch_process(struct vc_batch *batch, uint8_t dev_id)
{
	const union rte_crypto_sym_ofs all = { .raw = 0 };

	/* A driver that processes nothing leaves them as they are, so not 0. */
	memset(batch->results, 0xff, batch->nb * sizeof(*batch->results));
	batch->vec.num = batch->nb;
	rte_cryptodev_sym_cpu_crypto_process(dev_id, batch->cdev_session, all, &batch->vec);
}
