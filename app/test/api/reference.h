/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_REFERENCE_H
#define TEST_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "algo.h"

/**
 * @file
 * Expected answers from another implementation: OpenSSL's libcrypto.
 *
 * All functions return 0, or -1 when OpenSSL cannot do it (REF_NONE, or a provider that is not
 * installed). Lengths are bytes. Any thread.
 */

/** Make OpenSSL's legacy provider (RC4, single DES) available. Call once, first. */
void reference_init(void);

/** Give back what reference_init() took. Call once, last. */
void reference_fini(void);

/** A key or IV. */
struct bytes {
	const uint8_t *data;
	uint32_t len;
};

/** Encrypt or decrypt @p len bytes from @p in to @p out, which may be the same. */
int reference_cipher(const struct algo *algo, struct bytes key, struct bytes iv, bool encrypt,
		     const uint8_t *in, uint8_t *out, uint32_t len);

/** Compute the whole digest (algo::digest_len bytes) of @p msg. */
int reference_auth(const struct algo *algo, struct bytes key, struct bytes iv, struct bytes msg,
		   uint8_t *digest);

/** Encrypt @p len bytes and compute @p tag_len bytes of tag. */
int reference_aead(const struct algo *algo, struct bytes key, struct bytes iv, struct bytes aad,
		   const uint8_t *in, uint8_t *out, uint32_t len, uint8_t *tag, uint32_t tag_len);

#endif /* TEST_REFERENCE_H */
