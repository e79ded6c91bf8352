/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests that are right, of every service, in every format: what the targets spoil.
 */

#ifndef FUZZ_REQUESTS_H
#define FUZZ_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz_input.h"
#include "wire_bytes.h"

/** Kinds of requests, and of the sessions that they are for. */
enum fuzz_kind {
	FUZZ_CBC_ENCRYPT,
	FUZZ_CBC_DECRYPT,
	FUZZ_CTR,
	FUZZ_NO_CIPHER,
	FUZZ_CHAIN_ENCRYPT,
	FUZZ_CHAIN_DECRYPT,
	FUZZ_CHAIN_HASH,
	FUZZ_CHAIN_GMAC,
	FUZZ_HASH,
	FUZZ_MAC,
	FUZZ_GCM_ENCRYPT,
	FUZZ_GCM_DECRYPT,
	FUZZ_CCM_ENCRYPT,
	FUZZ_RSA_ENCRYPT,
	FUZZ_RSA_DECRYPT,
	FUZZ_RSA_SIGN,
	FUZZ_RSA_VERIFY,
	FUZZ_ECDSA_SIGN,
	FUZZ_ECDSA_VERIFY,
	FUZZ_KINDS
};

/** What a request has behind its head. */
struct fuzz_content {
	uint32_t data_len; /**< bytes of data that the device reads; their values mean nothing */
	uint32_t tail_len; /**< bytes behind them, of additional data or of a tag */
	uint32_t room;	   /**< bytes that the device writes before the status */
};

/** The request that creates a session. */
void fuzz_create(struct wire_bytes *b, enum fuzz_kind kind, uint64_t features);

/** The request that destroys it. */
void fuzz_destroy(struct wire_bytes *b, enum fuzz_kind kind, uint64_t id, uint64_t features);

/**
 * A request for data.
 *
 * @param b        its header and all that is in front of the data
 * @param len      bytes of data wanted, where the service takes any
 * @param session  whether it is for session @p id, or brings its own parameters
 */
void fuzz_request(struct wire_bytes *b, struct fuzz_content *content, enum fuzz_kind kind,
		  uint32_t len, uint64_t features, bool session, uint64_t id);

/** Spoils some fields of a request. */
void fuzz_spoil(struct fuzz_input *in, struct wire_bytes *b);

#endif /* FUZZ_REQUESTS_H */
