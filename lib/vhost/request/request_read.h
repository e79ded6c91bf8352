/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The header of a data request, in all layouts (section "Data Virtqueue"). */

#ifndef VHOST_CRYPTO_REQUEST_READ_H
#define VHOST_CRYPTO_REQUEST_READ_H

#include "chain.h"
#include "session.h"
#include "virtio_crypto_wire.h"

/** A request in host memory and host byte order; no field is checked. */
struct vc_request {
	uint32_t opcode;
	uint64_t session_id;
	uint32_t op_type;
	uint32_t iv_len;
	uint32_t src_len;
	uint32_t dst_len;
	uint32_t aad_len;
	uint32_t digest_len; /**< digest behind the destination data */
	uint32_t tag_len;    /**< AEAD: tag within source or destination data */
	uint32_t cipher_off;
	uint32_t cipher_len;
	uint32_t auth_off;
	uint32_t auth_len;
	bool stateless; /**< described by session parameters, without a session ID */
	bool aad_first; /**< additional data precedes the source data of a chain */
};

/** Number of services. */
#define VC_SERVICES (VIRTIO_CRYPTO_SERVICE_AKCIPHER + 1)

/** The header of a request as received. */
struct vc_request_header {
	struct virtio_crypto_op_header header;
	union virtio_crypto_data_flf fixed; /**< depends on the service */
	bool stateless_layout;		    /**< the service's stateless mode is negotiated */
};

/** Size of the fixed part of a request of any service but CIPHER. */
uint32_t vc_request_header_size(uint32_t service, uint64_t features, bool stateless_layout);

/**
 * Copies the header of a request into host memory.
 *
 * @param cur       at the request; moved behind the header
 * @param features  negotiated features, which determine the layout
 * @param w         filled
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR
 */
static __rte_always_inline int
vc_request_copy_header(struct vc_cursor *cur, uint64_t features, struct vc_request_header *w)
{
	uint32_t service, size = sizeof(w->fixed.sym);

	if (unlikely(cur->left < sizeof(w->header)))
		return VIRTIO_CRYPTO_ERR;
	vc_cursor_read(cur, &w->header, sizeof(w->header));
	service = rte_le_to_cpu_32(w->header.opcode) >> 8;
	if (unlikely(service >= VC_SERVICES))
		return VIRTIO_CRYPTO_NOTSUPP;
	w->stateless_layout = virtio_crypto_has_feature(features,
							virtio_crypto_stateless_feature(service));
	if (service != VIRTIO_CRYPTO_SERVICE_CIPHER)
		size = vc_request_header_size(service, features, w->stateless_layout);
	else if (w->stateless_layout)
		size = sizeof(w->fixed.sym_stateless);
	if (unlikely(cur->left < size))
		return VIRTIO_CRYPTO_ERR;
	/* Constant sizes for the common cases. */
	if (size == sizeof(w->fixed.sym))
		vc_cursor_read(cur, &w->fixed, sizeof(w->fixed.sym));
	else if (size == sizeof(w->fixed.sym_stateless))
		vc_cursor_read(cur, &w->fixed, sizeof(w->fixed.sym_stateless));
	else
		vc_cursor_read(cur, &w->fixed, size);
	return VIRTIO_CRYPTO_OK;
}

/**
 * Decodes the header of a request.
 *
 * @param w         copied by vc_request_copy_header()
 * @param cur       behind the header; moved behind the keys of a stateless request
 * @param features  negotiated features
 * @param r         filled
 * @param params    filled for a stateless request only, including keys
 * @return VIRTIO_CRYPTO_OK, _NOTSUPP or _ERR
 */
int vc_request_decode(const struct vc_request_header *w, struct vc_cursor *cur, uint64_t features,
		      struct vc_request *r, struct vc_session_params *params);

#endif /* VHOST_CRYPTO_REQUEST_READ_H */
