/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Keys and signatures of the AKCIPHER service in DER (section "Session operation: AKCIPHER
 * session"): RSAPrivateKey and RSAPublicKey of RFC 8017, ECPrivateKey of RFC 5915, and
 * Ecdsa-Sig-Value of RFC 3279.
 *
 * The readers accept these structures in distinguished encoding only, with no bytes behind them.
 * They neither copy nor allocate: results point into the input. Any thread.
 */

#ifndef VIRTIO_CRYPTO_DER_H
#define VIRTIO_CRYPTO_DER_H

#include <stddef.h>
#include <stdint.h>

/** A byte string. As a number: unsigned, big endian, no leading zeros, 0 has no bytes. */
struct virtio_crypto_bytes {
	const uint8_t *data;
	size_t len;
};

/** Numbers of an RSA key, in the order of RSAPrivateKey. */
enum virtio_crypto_rsa_number {
	VIRTIO_CRYPTO_RSA_N,	/**< modulus */
	VIRTIO_CRYPTO_RSA_E,	/**< public exponent */
	VIRTIO_CRYPTO_RSA_D,	/**< private exponent */
	VIRTIO_CRYPTO_RSA_P,	/**< first factor */
	VIRTIO_CRYPTO_RSA_Q,	/**< second factor */
	VIRTIO_CRYPTO_RSA_DP,	/**< d mod (p - 1) */
	VIRTIO_CRYPTO_RSA_DQ,	/**< d mod (q - 1) */
	VIRTIO_CRYPTO_RSA_QINV, /**< q^-1 mod p */
	VIRTIO_CRYPTO_RSA_NUMBERS
};

/** Numbers of a public key: the first ones. */
#define VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS 2

/** An RSA key. Missing numbers are 0: private ones, or those of the Chinese remainder theorem. */
struct virtio_crypto_rsa_key {
	struct virtio_crypto_bytes number[VIRTIO_CRYPTO_RSA_NUMBERS];
};

/**
 * Reads an RSAPrivateKey of two primes, which may be 0. Numbers are never negative: a missing
 * leading zero byte is tolerated.
 *
 * @return 0 or -EINVAL
 */
int virtio_crypto_der_rsa_private(const uint8_t *der, size_t len,
				  struct virtio_crypto_rsa_key *key);

/** Reads an RSAPublicKey; see virtio_crypto_der_rsa_private(). @return 0 or -EINVAL */
int virtio_crypto_der_rsa_public(const uint8_t *der, size_t len, struct virtio_crypto_rsa_key *key);

/**
 * Reads an ECPrivateKey, with or without its optional parts.
 *
 * @param d  receives the private number as encoded, including leading zeros
 * @return 0 or -EINVAL
 */
int virtio_crypto_der_ec_private(const uint8_t *der, size_t len, struct virtio_crypto_bytes *d);

/** Reads an Ecdsa-Sig-Value. @return 0 or -EINVAL */
int virtio_crypto_der_ecdsa_signature(const uint8_t *der, size_t len, struct virtio_crypto_bytes *r,
				      struct virtio_crypto_bytes *s);

/**
 * Writes an RSAPrivateKey or, with @p nb VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS, an RSAPublicKey.
 *
 * @param key   numbers; leading zeros are not written
 * @param nb    VIRTIO_CRYPTO_RSA_NUMBERS or VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS
 * @param der   receives the structure, or NULL to determine its size
 * @param room  bytes in @p der
 * @return size of the structure; if it exceeds @p room, nothing was written
 */
size_t virtio_crypto_der_write_rsa(const struct virtio_crypto_rsa_key *key, unsigned int nb,
				   uint8_t *der, size_t room);

/** Writes an ECPrivateKey without its optional parts; see virtio_crypto_der_write_rsa(). */
size_t virtio_crypto_der_write_ec_private(const struct virtio_crypto_bytes *d, uint8_t *der,
					  size_t room);

/** Writes an Ecdsa-Sig-Value; see virtio_crypto_der_write_rsa(). */
size_t virtio_crypto_der_write_ecdsa_signature(const struct virtio_crypto_bytes *r,
					       const struct virtio_crypto_bytes *s, uint8_t *der,
					       size_t room);

#endif /* VIRTIO_CRYPTO_DER_H */
