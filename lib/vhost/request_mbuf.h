/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The data of a request as mbufs: the guest's memory itself, or a private copy where the
 * cryptodev cannot do with pieces or the program asked for copies.
 */

#ifndef VHOST_CRYPTO_REQUEST_MBUF_H
#define VHOST_CRYPTO_REQUEST_MBUF_H

#include "queue.h"

/** Data of a request. */
struct vc_data {
	struct vc_cursor src; /**< at the first byte of the source data */
	struct vc_cursor dst; /**< at the first byte of the destination data */
	uint32_t src_len;
	uint32_t dst_len;    /**< 0: there is no destination */
	uint32_t result_off; /**< first byte that the cipher writes */
	uint32_t result_len;
};

/**
 * Sets m_src and m_dst of an operation.
 *
 * @return VIRTIO_CRYPTO_OK, VIRTIO_CRYPTO_ERR when the cryptodev cannot take data of that size,
 *         or VC_REQUEST_WAIT
 */
int vc_request_set_data(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op *op,
			const struct vc_data *data);

/** Gives the mbufs beside the slot's own back. */
void vc_request_free_mbufs(struct vc_queue *q, struct vc_slot *slot);

/**
 * Takes a private copy of at least @p len bytes.
 *
 * @param large  whether several mbufs may lie on it
 * @return VIRTIO_CRYPTO_OK, VIRTIO_CRYPTO_ERR or VC_REQUEST_WAIT
 */
int vc_bounce_take(struct vc_queue *q, uint32_t len, bool large, uint8_t **bounce);

/** Gives a private copy back. */
void vc_bounce_give(struct vc_queue *q, uint8_t *bounce);

#endif /* VHOST_CRYPTO_REQUEST_MBUF_H */
