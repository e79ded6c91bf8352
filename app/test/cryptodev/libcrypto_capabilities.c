/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_version.h>

#include "libcrypto.h"

#define RANGE(low, high, step)                                                                     \
	{                                                                                          \
		.min = (low), .max = (high), .increment = (step)                                   \
	}
#define NONE RANGE(0, 0, 0)

#define CIPHER(algo_, block, key, iv)                                                              \
	{                                                                                          \
		.op = RTE_CRYPTO_OP_TYPE_SYMMETRIC,                                                \
		.sym = {.xform_type = RTE_CRYPTO_SYM_XFORM_CIPHER,                                 \
			.cipher = { .algo = RTE_CRYPTO_CIPHER_##algo_,                             \
				    .block_size = (block),                                         \
				    .key_size = key,                                               \
				    .iv_size = iv },                                               \
		}                                                                                  \
	}

#define AUTH(algo_, block, key, digest)                                                            \
	{                                                                                          \
		.op = RTE_CRYPTO_OP_TYPE_SYMMETRIC,                                                \
		.sym = {.xform_type = RTE_CRYPTO_SYM_XFORM_AUTH,                                   \
			.auth = { .algo = RTE_CRYPTO_AUTH_##algo_,                                 \
				  .block_size = (block),                                           \
				  .key_size = key,                                                 \
				  .digest_size = digest },                                         \
		}                                                                                  \
	}

const struct rte_cryptodev_capabilities libcrypto_capabilities[] = {
	CIPHER(AES_CBC, 16, RANGE(16, 32, 8), RANGE(16, 16, 0)),
	CIPHER(ARC4, 1, RANGE(1, 256, 1), NONE),
	CIPHER(3DES_ECB, 8, RANGE(8, 24, 8), NONE),
	/* The key, and the mask that is as long. */
	CIPHER(AES_F8, 16, RANGE(32, 64, 16), RANGE(16, 16, 0)),
	CIPHER(AES_XTS, 16, RANGE(32, 64, 32), RANGE(16, 16, 0)),
	AUTH(SHA3_224, 144, NONE, RANGE(1, 28, 1)),
	AUTH(SHA3_256, 136, NONE, RANGE(1, 32, 1)),
	AUTH(SHA3_384, 104, NONE, RANGE(1, 48, 1)),
	AUTH(SHA3_512, 72, NONE, RANGE(1, 64, 1)),
#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
	AUTH(SHAKE_128, 168, NONE, RANGE(1, LIBCRYPTO_MAX_DIGEST, 1)),
	AUTH(SHAKE_256, 136, NONE, RANGE(1, LIBCRYPTO_MAX_DIGEST, 1)),
#endif
	AUTH(AES_CBC_MAC, 16, RANGE(16, 32, 8), RANGE(1, 16, 1)),
	{
		.op = RTE_CRYPTO_OP_TYPE_ASYMMETRIC,
		.asym = { .xform_capa = { .xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA,
					  .op_types = 1 << RTE_CRYPTO_ASYM_OP_SIGN |
						  1 << RTE_CRYPTO_ASYM_OP_VERIFY } },
	},
	RTE_CRYPTODEV_END_OF_CAPABILITIES_LIST(),
};

static bool
fits(const struct rte_cryptodev_symmetric_capability *cap, const struct rte_crypto_sym_xform *xform)
{
	if (cap->xform_type != xform->type)
		return false;
	if (xform->type == RTE_CRYPTO_SYM_XFORM_CIPHER)
		return cap->cipher.algo == xform->cipher.algo;
	return cap->auth.algo == xform->auth.algo;
}

const struct rte_cryptodev_symmetric_capability *
libcrypto_capability(const struct rte_crypto_sym_xform *xform)
{
	const struct rte_cryptodev_capabilities *cap = libcrypto_capabilities;

	for (; cap->op == RTE_CRYPTO_OP_TYPE_SYMMETRIC; cap++)
		if (fits(&cap->sym, xform))
			return &cap->sym;
	return NULL;
}
