/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * From session parameters to cryptodev transforms. Thread: control side, and data lcores that need
 * a new variant.
 */

#ifndef VHOST_CRYPTO_SESSION_XFORM_H
#define VHOST_CRYPTO_SESSION_XFORM_H

#include "session.h"

/**
 * Checks the parameters and sets algorithms, direction and lengths of a session.
 *
 * @return VIRTIO_CRYPTO_OK; _NOTSUPP: not in the table of algorithms; _ERR: invalid length or value
 */
int vc_session_describe(struct vc_session *s, const struct vc_session_params *p);

/**
 * Builds the transforms of a session; keys are referenced, not copied.
 *
 * @param s               described, with params
 * @param auth_iv_offset  offset of the authentication IV from VC_IV_OFFSET
 * @param xforms          filled; the first one is the head of the chain
 */
void vc_session_xforms(const struct vc_session *s, uint32_t iv_len, uint32_t aad_len,
		       uint8_t auth_iv_offset, struct rte_crypto_sym_xform xforms[2]);

/** Whether a cryptodev supports all transforms of a chain with their sizes. */
bool vc_xforms_supported(uint8_t dev_id, const struct rte_crypto_sym_xform *xform);

/** IV length to expect of an algorithm before the first request. */
uint32_t vc_default_iv_len(const struct virtio_crypto_alg *alg, uint32_t key_len);

/** Whether an algorithm, or NULL, takes an IV of @p len bytes with a key of @p key_len bytes. */
bool vc_iv_len_valid(const struct virtio_crypto_alg *alg, uint32_t key_len, uint32_t len);

/** Whether a session takes additional data, or an authentication IV, of this length. */
bool vc_aad_len_valid(const struct vc_session *s, uint32_t len);

#endif /* VHOST_CRYPTO_SESSION_XFORM_H */
