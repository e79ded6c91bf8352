/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The fixed part of a data request, in all its formats (section "Data Virtqueue").
 */

#ifndef VHOST_CRYPTO_REQUEST_READ_H
#define VHOST_CRYPTO_REQUEST_READ_H

#include "chain.h"
#include "session.h"

/** A request in host memory and host byte order; every field is the guest's, none is checked. */
struct vc_request {
	uint32_t opcode;
	uint64_t session_id;
	uint32_t op_type;
	uint32_t iv_len;
	uint32_t src_len;
	uint32_t dst_len;
	uint32_t aad_len;
	uint32_t digest_len; /**< of the result behind the destination data */
	uint32_t tag_len;    /**< AEAD: part of source or destination data */
	uint32_t cipher_off;
	uint32_t cipher_len;
	uint32_t auth_off;
	uint32_t auth_len;
	bool stateless; /**< params describe the session, which has no id */
	bool aad_first; /**< additional data stands before the source data of a chain */
};

/**
 * Takes the fixed part of a request.
 *
 * @param cur       at the request; then behind what was taken
 * @param features  negotiated virtio features, which decide about the format
 * @param r         filled
 * @param params    filled, keys included, only for a stateless request
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR
 */
int vc_request_read(struct vc_cursor *cur, uint64_t features, struct vc_request *r,
		    struct vc_session_params *params);

#endif /* VHOST_CRYPTO_REQUEST_READ_H */
