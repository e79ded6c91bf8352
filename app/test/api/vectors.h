/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include "message.h"

/**
 * @file
 * Known answers from publications. Numbers are hexadecimal text, two digits a byte.
 *
 * Labels say where an answer was published: sp800-38a-f.2.1 is NIST SP 800-38A, F.2.1;
 * rfc3711 the RFC; ieee1619-4 vector 4 of IEEE Std 1619-2007, annex B; ts35.217-253 the
 * 3GPP TS 35.217 test set of 253 bits. Sets of 3GPP whose length is no whole number of bytes
 * are cut to whole bytes, which leaves the bytes of a key stream's text as they are.
 */

/** A cipher's answer. */
struct cipher_vector {
	const char *algo;
	const char *label;
	const char *key;
	const char *iv;
	const char *plain;
	const char *secret;
};

/** A hash's or a message authentication code's answer; the digest may be shortened. */
struct auth_vector {
	const char *algo;
	const char *label;
	const char *key;
	const char *iv;
	const char *msg;
	const char *digest;
};

/** An AEAD's answer. */
struct aead_vector {
	const char *algo;
	const char *label;
	const char *key;
	const char *iv;
	const char *aad;
	const char *plain;
	const char *secret;
	const char *tag;
};

/** An RSA signature with padding PKCS #1 v1.5, or without a hash a ciphertext; d may be NULL. */
struct rsa_vector {
	const char *label;
	const char *n;
	const char *e;
	const char *d;
	const char *p;
	const char *q;
	const char *dp;
	const char *dq;
	const char *qinv;
	const char *hash;
	const char *msg;
	const char *answer;
};

/** The tables, and how many rows they have. */
extern const struct cipher_vector cipher_vectors[];
extern const unsigned int nb_cipher_vectors;
extern const struct cipher_vector wireless_cipher_vectors[];
extern const unsigned int nb_wireless_cipher_vectors;
extern const struct auth_vector auth_vectors[];
extern const unsigned int nb_auth_vectors;
extern const struct auth_vector wireless_auth_vectors[];
extern const unsigned int nb_wireless_auth_vectors;
extern const struct cipher_vector more_cipher_vectors[];
extern const unsigned int nb_more_cipher_vectors;
extern const struct auth_vector more_auth_vectors[];
extern const unsigned int nb_more_auth_vectors;
extern const struct cipher_vector zuc256_cipher_vectors[];
extern const unsigned int nb_zuc256_cipher_vectors;
extern const struct auth_vector zuc256_auth_vectors[];
extern const unsigned int nb_zuc256_auth_vectors;
extern const struct aead_vector aead_vectors[];
extern const unsigned int nb_aead_vectors;
extern const struct rsa_vector rsa_vectors[];
extern const unsigned int nb_rsa_vectors;

/** Bytes of a hexadecimal text. */
uint32_t hex_len(const char *hex);

/** Write the bytes of a hexadecimal text. @return how many. */
uint32_t hex_bytes(const char *hex, uint8_t *data);

/** Transform and message of a struct cipher_vector; the message must be freed. */
void vector_cipher(const void *vector, struct transform *t, struct message *m);

/** Transform and message of a struct auth_vector; the message must be freed. */
void vector_auth(const void *vector, struct transform *t, struct message *m);

/** Transform and message of a struct aead_vector; the message must be freed. */
void vector_aead(const void *vector, struct transform *t, struct message *m);

#endif /* TEST_VECTORS_H */
