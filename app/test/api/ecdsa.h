/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_ECDSA_H
#define TEST_ECDSA_H

#include <stdint.h>

#include <rte_crypto_asym.h>

/**
 * @file
 * What the cases of ECDSA need: the curves, published answers, and OpenSSL's.
 */

/** Bytes of a number on the largest curve. */
#define ECDSA_MAX_SIZE 66

/** A curve. */
struct ecdsa_curve {
	const char *name;
	enum rte_crypto_curve_id id;
	/** OpenSSL's name. */
	const char *group;
	/** Bytes of a coordinate, a key, and each half of a signature. */
	uint16_t size;
	/** A published answer in hexadecimal text: key, k, point, digest, signature. */
	const char *d, *k, *x, *y, *digest, *r, *s;
};

/** All curves of the virtio-crypto specification. */
extern const struct ecdsa_curve ecdsa_curves[];
extern const unsigned int nb_ecdsa_curves;

/** A pair of keys; its numbers have the size of the curve. */
struct ecdsa_key {
	const struct ecdsa_curve *curve;
	uint8_t d[ECDSA_MAX_SIZE];
	uint8_t x[ECDSA_MAX_SIZE];
	uint8_t y[ECDSA_MAX_SIZE];
};

/** A signature; its numbers have the size of the curve. */
struct ecdsa_signature {
	uint8_t r[ECDSA_MAX_SIZE];
	uint8_t s[ECDSA_MAX_SIZE];
};

/** Let OpenSSL make a pair of keys. @return 0, or -1 when it cannot. */
int ecdsa_reference_key(const struct ecdsa_curve *curve, struct ecdsa_key *key);

/** Let OpenSSL sign a digest. @return 0, or -1 when it cannot. */
int ecdsa_reference_sign(const struct ecdsa_key *key, const uint8_t *digest, size_t len,
			 struct ecdsa_signature *signature);

/** Let OpenSSL verify a signature. @return 1 if it is right, 0 if not, -1 when OpenSSL cannot. */
int ecdsa_reference_verify(const struct ecdsa_key *key, const uint8_t *digest, size_t len,
			   const struct ecdsa_signature *signature);

#endif /* TEST_ECDSA_H */
