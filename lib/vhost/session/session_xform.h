/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * From the parameters of a virtio session to cryptodev transforms. Thread: control side, and a
 * data lcore that needs a new variant.
 */

#ifndef VHOST_CRYPTO_SESSION_XFORM_H
#define VHOST_CRYPTO_SESSION_XFORM_H

#include "session.h"

/**
 * Checks the parameters and fills what a session is: algorithms, direction, lengths.
 *
 * @return VIRTIO_CRYPTO_OK; _NOTSUPP for what the table of algorithms does not have; _ERR for
 *         lengths and values that are not possible
 */
int vc_session_describe(struct vc_session *s, const struct vc_session_params *p);

/**
 * Builds the transforms of a session, whose keys stay the session's.
 *
 * @param s               described, with params
 * @param auth_iv_offset  of the authentication IV behind VC_IV_OFFSET
 * @param xforms          filled; the first one is the head of the chain
 */
void vc_session_xforms(const struct vc_session *s, uint32_t iv_len, uint32_t aad_len,
		       uint8_t auth_iv_offset, struct rte_crypto_sym_xform xforms[2]);

/** Whether a cryptodev has every transform of the chain in these sizes. */
bool vc_xforms_supported(uint8_t dev_id, const struct rte_crypto_sym_xform *xform);

/** The IV length to expect of an algorithm, before a request has said it. */
uint32_t vc_default_iv_len(const struct virtio_crypto_alg *alg, uint32_t key_len);

/** Whether an algorithm, NULL for none, takes an IV of this length with a key of that length. */
bool vc_iv_len_valid(const struct virtio_crypto_alg *alg, uint32_t key_len, uint32_t len);

/** Whether a session takes additional data, or an authentication IV, of this length. */
bool vc_aad_len_valid(const struct vc_session *s, uint32_t len);

#endif /* VHOST_CRYPTO_SESSION_XFORM_H */
