/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <assert.h>

#include "iova.h"
#include "request_aead.h"
#include "request_mbuf.h"

/* DPDK's CCM requires room before nonce and additional data, for blocks of the driver. */
#define CCM_IV_ROOM  1
#define CCM_AAD_ROOM 18
/* CCM pads additional data to whole blocks, in place. */
#define CCM_PAD 16

static_assert(CCM_AAD_ROOM + UINT16_MAX + CCM_PAD <= VC_BOUNCE_SIZE,
	      "the longest additional data fits into a private copy");

/* Copies the additional data: it must be contiguous, and must not change under CCM. */
static int
read_aad(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_sym_op *sym,
	 const struct vc_aead *a, struct vc_cursor *in)
{
	uint32_t room = a->ccm ? CCM_AAD_ROOM : 0;
	uint32_t size = room + a->aad_len + (a->ccm ? CCM_PAD : 0);
	int status;

	if (likely(size <= sizeof(slot->aad))) {
		sym->aead.aad.data = slot->aad;
		sym->aead.aad.phys_addr = slot->aad_iova;
	} else {
		status = vc_bounce_alloc(q, false, &slot->aad_bounce);
		if (status != VIRTIO_CRYPTO_OK)
			return status;
		sym->aead.aad.data = slot->aad_bounce;
		sym->aead.aad.phys_addr = vc_iova_of(slot->aad_bounce);
	}
	vc_cursor_read(in, sym->aead.aad.data + room, a->aad_len);
	return VIRTIO_CRYPTO_OK;
}

int
vc_request_build_aead(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
		      const struct vc_aead *a)
{
	uint8_t *iv = rte_crypto_op_ctod_offset(op, uint8_t *, VC_IV_OFFSET);
	uint32_t len = a->seal ? a->src_len : a->src_len - a->tag_len;
	struct vc_cursor in = vc_cursor_load(&a->in), out = vc_chain_writer(&slot->chain);
	struct rte_crypto_sym_op *sym = op->sym;
	struct vc_data data;
	int status;

	/* AEAD Service Operation, D48, D49, D51, D56 */
	if ((!a->seal && a->src_len < a->tag_len) ||
	    (uint64_t)len + (a->seal ? a->tag_len : 0) > a->dst_len)
		return VIRTIO_CRYPTO_ERR;
	vc_cursor_read(&in, iv + (a->ccm ? CCM_IV_ROOM : 0), a->iv_len);
	data = (struct vc_data){
		.src = in, .dst = out, .src_len = len, .dst_len = len, .result_len = len
	};
	vc_cursor_skip(&in, len);
	vc_cursor_skip(&out, len);
	slot->result = out;
	slot->digest_len = a->seal ? a->tag_len : 0;
	if (!a->seal)
		vc_cursor_read(&in, slot->digest, a->tag_len);
	status = read_aad(q, slot, sym, a, &in);
	if (unlikely(status != VIRTIO_CRYPTO_OK))
		return status;
	sym->aead.data.offset = 0;
	sym->aead.data.length = len;
	sym->aead.digest.data = slot->digest;
	sym->aead.digest.phys_addr = slot->digest_iova;
	status = vc_request_set_data(q, slot, op, &data);
	if (unlikely(status != VIRTIO_CRYPTO_OK) && slot->aad_bounce != NULL) {
		vc_bounce_free(q, slot->aad_bounce);
		slot->aad_bounce = NULL;
	}
	return status;
}
