/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * AEAD requests (section "AEAD Service Operation").
 *
 * The tag follows its data: in the source to decrypt, and in the destination to encrypt.
 */

#ifndef VHOST_CRYPTO_REQUEST_AEAD_H
#define VHOST_CRYPTO_REQUEST_AEAD_H

#include "queue.h"

/** An AEAD request; the chain has the bytes that the lengths declare. */
struct vc_aead {
	struct vc_cursor in; /**< at the IV */
	uint32_t iv_len;
	uint32_t aad_len;
	uint32_t src_len; /**< with the tag to decrypt */
	uint32_t dst_len; /**< with the tag to encrypt */
	uint32_t tag_len;
	bool seal;
	bool ccm;
};

/**
 * Fills the AEAD part of an operation, and its data.
 *
 * @return as vc_request_set_data()
 */
int vc_request_build_aead(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
			  const struct vc_aead *aead);

#endif /* VHOST_CRYPTO_REQUEST_AEAD_H */
