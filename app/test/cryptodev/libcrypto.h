/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef LIBCRYPTO_H
#define LIBCRYPTO_H

/**
 * @file
 * The parts of crypto_libcrypto, a cryptodev for tests: it does with OpenSSL's libcrypto what
 * DPDK's own software cryptodevs do not. Plain and slow: an operation is worked on, in a copy of
 * its data, when it is enqueued. Any thread, unless a function says otherwise.
 */

#include <stdbool.h>
#include <stdint.h>

#include <openssl/crypto.h>
#include <rte_crypto.h>
#include <rte_cryptodev.h>

/** Bytes of a key at most: ARC4's. */
#define LIBCRYPTO_MAX_KEY 256
/** Bytes of a digest at most. */
#define LIBCRYPTO_MAX_DIGEST 64

/** A key. */
struct libcrypto_key {
	uint16_t len;
	uint8_t data[LIBCRYPTO_MAX_KEY];
};

/** One transform of a session: a cipher, or the making or checking of a digest. */
struct libcrypto_step {
	enum rte_crypto_sym_xform_type type;
	int algo;     /**< rte_crypto_cipher_ or rte_crypto_auth_algorithm */
	bool forward; /**< encrypt, generate; else decrypt, verify */
	uint16_t iv_offset;
	uint16_t digest_len;
	struct libcrypto_key key;
};

/** A symmetric session. */
struct libcrypto_sym_session {
	unsigned int nb_steps;
	struct libcrypto_step steps[2]; /**< in the order in which they are done */
};

/** An asymmetric session: ECDSA on one curve. */
struct libcrypto_asym_session;

/**
 * What the device can do, ended as the cryptodev API wants it. The first one is AES-CBC, which is
 * for faults: it would be no help where DPDK's own have it.
 */
extern const struct rte_cryptodev_capabilities libcrypto_capabilities[];

/** The capability for a transform, or NULL. */
const struct rte_cryptodev_symmetric_capability *
libcrypto_capability(const struct rte_crypto_sym_xform *xform);

/**
 * Encrypt or decrypt in place.
 *
 * @param iv of the length that the algorithm has; ignored where it has none.
 * @return 0; -EINVAL for a length that the algorithm does not take; -EIO if libcrypto fails.
 */
int libcrypto_cipher(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const uint8_t *iv,
		     uint8_t *data, uint32_t len);

/** Compute the first libcrypto_step::digest_len bytes of a digest. @return 0 or -EIO. */
int libcrypto_auth(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const uint8_t *data,
		   uint32_t len, uint8_t digest[LIBCRYPTO_MAX_DIGEST]);

/**
 * Make a session of transforms.
 *
 * @return 0; -ENOTSUP for what the device does not do; -EINVAL for a key that is no good.
 */
int libcrypto_sym_configure(OSSL_LIB_CTX *lib, const struct rte_crypto_sym_xform *xform,
			    struct libcrypto_sym_session *session);

/** Do a symmetric operation. @return its status. */
enum rte_crypto_op_status libcrypto_sym(OSSL_LIB_CTX *lib,
					const struct libcrypto_sym_session *session,
					struct rte_crypto_op *op);

/** Bytes of a struct libcrypto_asym_session. */
unsigned int libcrypto_asym_session_size(void);

/** Make an asymmetric session. @return 0, -ENOTSUP or -EINVAL as above. */
int libcrypto_asym_configure(const struct rte_crypto_asym_xform *xform,
			     struct libcrypto_asym_session *session);

/** Do an asymmetric operation. @return its status. */
enum rte_crypto_op_status libcrypto_asym(OSSL_LIB_CTX *lib,
					 const struct libcrypto_asym_session *session,
					 struct rte_crypto_op *op);

#endif /* LIBCRYPTO_H */
