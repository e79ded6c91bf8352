/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * RSA keys: the numbers of a transform become the DER for the device (section "Session operation:
 * AKCIPHER session").
 *
 * Both functions write an RSAPrivateKey if the transform has a private exponent or a quintuple,
 * else an RSAPublicKey.
 */

#ifndef VIRTIO_CRYPTO_RSA_KEY_H
#define VIRTIO_CRYPTO_RSA_KEY_H

#include <stddef.h>
#include <stdint.h>

#include <rte_crypto_asym.h>

/**
 * Returns the bytes of the modulus without leading zeros; 0 if driver or device do not support it.
 */
uint32_t virtio_crypto_rsa_modulus_len(const struct rte_crypto_rsa_xform *rsa);

/** VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE or _PUBLIC, by what the transform has. */
uint32_t virtio_crypto_rsa_key_type(const struct rte_crypto_rsa_xform *rsa);

/**
 * Writes the key with all its numbers: missing numbers of a private key are computed. Control side;
 * allocates, and takes milliseconds.
 *
 * @param rsa   transform with a valid modulus
 * @param der   receives the key; to be wiped
 * @param room  bytes in @p der
 * @return bytes of the key; -EINVAL if the numbers are not those of an RSA key with two primes, or
 *         -ENOMEM
 */
int virtio_crypto_rsa_key_write_complete(const struct rte_crypto_rsa_xform *rsa, uint8_t *der,
					 size_t room);

/**
 * Writes the key with the numbers of the transform, and 0 for missing ones. Any thread; neither
 * allocates nor computes.
 *
 * @return bytes of the key, or -EINVAL if it does not fit
 */
int virtio_crypto_rsa_key_write_given(const struct rte_crypto_rsa_xform *rsa, uint8_t *der,
				      size_t room);

#endif /* VIRTIO_CRYPTO_RSA_KEY_H */
