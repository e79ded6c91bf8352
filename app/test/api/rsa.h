/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_RSA_H
#define TEST_RSA_H

#include <openssl/evp.h>

#include <rte_crypto_asym.h>
#include <rte_version.h>

#include "test.h"

/**
 * @file
 * RSA: keys, operations, and what OpenSSL makes of the same. Main thread.
 */

/** Bytes of a modulus at most. */
#define RSA_MAX 1024

/** Numbers of a key. */
enum {
	RSA_N,
	RSA_E,
	RSA_D,
	RSA_P,
	RSA_Q,
	RSA_DP,
	RSA_DQ,
	RSA_QINV,
	RSA_NUMBERS,
};

/** What of a key a transform has. */
enum rsa_form {
	RSA_FORM_PUBLIC,
	RSA_FORM_EXP,
	RSA_FORM_QT,
};

/** A key; one without private numbers has lengths of 0 for them. */
struct rsa_key {
	EVP_PKEY *pkey; /**< NULL: OpenSSL is not asked about this key */
	struct {
		uint8_t bytes[RSA_MAX];
		uint32_t len;
	} number[RSA_NUMBERS];
};

/** A piece of data, with room for any result. */
struct rsa_data {
	uint8_t bytes[RSA_MAX];
	size_t len;
};

/** An operation; what the device writes replaces what is there. */
struct rsa_op {
	enum rte_crypto_asym_op_type type;
	enum rte_crypto_rsa_padding_type padding;
	enum rte_crypto_auth_algorithm hash; /**< 0: none */
	void *session;
	struct rte_crypto_asym_xform *xform; /**< of an operation without a session */
	struct rsa_data message;
	struct rsa_data cipher;
	struct rsa_data sign;
	uint8_t status; /**< how it came back, or was refused */
};

/** The key of so many bits, made when it is first asked for. */
struct rsa_key *rsa_key(unsigned int bits);

/** Frees the keys that were made. */
void rsa_keys_free(void);

/** A transform with the key. */
struct rte_crypto_asym_xform rsa_xform(struct rsa_key *key, enum rsa_form form,
				       enum rte_crypto_rsa_padding_type padding,
				       enum rte_crypto_auth_algorithm hash);

/**
 * Create a session that the device, by its capabilities and flags, has to have. Since DPDK 24.11
 * it is for this padding and hash only.
 *
 * @param session set on PASS only.
 * @return PASS; SKIP when the device does not do it; else FAIL.
 */
enum verdict rsa_session(struct env *env, struct rsa_key *key, enum rsa_form form,
			 enum rte_crypto_rsa_padding_type padding,
			 enum rte_crypto_auth_algorithm hash, void **session);

/** Whether the device does RSA at all, with keys in this form. @return PASS or SKIP */
enum verdict rsa_supported(struct env *env, const struct rsa_key *key, enum rsa_form form);

/** Free a session. @return PASS or FAIL */
enum verdict rsa_session_free(struct env *env, void *session);

/** Run one operation; how it ends is in its status. @return PASS if it ended; else FAIL. */
enum verdict rsa_run(struct env *env, struct rsa_op *op);

/** Run one operation, which has to succeed. @return PASS or FAIL */
enum verdict rsa_run_good(struct env *env, struct rsa_op *op);

/** Run one operation, which must not succeed. @return PASS or FAIL */
enum verdict rsa_run_bad(struct env *env, struct rsa_op *op);

/** A DPDK operation for @p op, or NULL: for those that run many at a time. */
struct rte_crypto_op *rsa_build(struct env *env, struct rsa_op *op);

/** Take the outcome over from a DPDK operation, and free that. */
void rsa_finish(struct rsa_op *op, struct rte_crypto_op *dpdk_op);

/**
 * Have OpenSSL do the same: what @p op reads is read, and the result is written to @p out. To
 * verify is to recover what was signed.
 *
 * @return 0, or -1 when OpenSSL cannot do it
 */
int rsa_reference(const struct rsa_key *key, const struct rsa_op *op, struct rsa_data *out);

#endif /* TEST_RSA_H */
