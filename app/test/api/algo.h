/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_ALGO_H
#define TEST_ALGO_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_cryptodev.h>

#include "test.h"

/**
 * @file
 * The algorithms that the tests know: one row each.
 */

/** How the reference (OpenSSL) computes an algorithm. */
enum reference {
	REF_NONE,     /**< it cannot: published answers only */
	REF_NOTHING,  /**< nothing is done to the text, and the digest is empty */
	REF_CIPHER,   /**< EVP_CIPHER called algo::evp */
	REF_3DES_CTR, /**< counter mode made of EVP's DES-EDE3 */
	REF_AES_F8,   /**< RFC 3711 made of EVP's AES-ECB */
	REF_DIGEST,   /**< EVP_MD called algo::evp */
	REF_XOF,      /**< the same, of any length */
	REF_HMAC,     /**< EVP_MAC HMAC with the digest algo::evp */
	REF_CMAC,     /**< EVP_MAC CMAC */
	REF_GMAC,     /**< EVP_MAC GMAC */
	REF_XCBC,     /**< RFC 3566 made of EVP's AES-ECB */
	REF_CBC_MAC,  /**< last block of EVP's AES-CBC with an IV of zeros */
	REF_AEAD,     /**< EVP_CIPHER called algo::evp with a tag */
};

/** One algorithm. All lengths are bytes. */
struct algo {
	/** Name in the names of cases, such as "aes-cbc". */
	const char *name;
	enum rte_crypto_sym_xform_type type;
	/** The rte_crypto_cipher_, _auth_ or _aead_algorithm. */
	int id;
	enum reference ref;
	/** OpenSSL's name; a "%u" in it stands for the bits of the key. */
	const char *evp;
	/** Key lengths to test, ended by 0; the first is 0 where there is no key. */
	uint8_t key_len[5];
	uint8_t iv_len;
	/** Length of the whole digest; 0 for a cipher. */
	uint8_t digest_len;
	/** The usual shortened digest, 0 where there is none. */
	uint8_t short_digest;
	/** Messages must be multiples of this. */
	uint8_t block;
	/** Offsets and lengths are given to cryptodev in bits. */
	bool bits;
};

/** The row called @p name; a name that is not in the table ends the program. */
const struct algo *algo_find(const char *name);

/** Row number @p i, NULL after the last: for going through the table. */
const struct algo *algo_at(unsigned int i);

/**
 * Does the device advertise an algorithm with these lengths?
 *
 * @param digest_len, aad_len ignored where the type of @p algo has none.
 */
bool algo_advertised(const struct env *env, const struct algo *algo, uint16_t key_len,
		     uint16_t iv_len, uint16_t digest_len, uint16_t aad_len);

#endif /* TEST_ALGO_H */
