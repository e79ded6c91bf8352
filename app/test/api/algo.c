/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_debug.h>
#include <rte_version.h>

#include "algo.h"

#define CIPHER(_name, _id, _ref, _evp, _iv, _block, _bits, ...)                                    \
	{                                                                                          \
		.name = _name, .type = RTE_CRYPTO_SYM_XFORM_CIPHER, .id = RTE_CRYPTO_CIPHER_##_id, \
		.ref = _ref, .evp = _evp, .iv_len = _iv, .block = _block, .bits = _bits,           \
		.key_len = {                                                                       \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

#define AUTH(_name, _id, _ref, _evp, _iv, _digest, _short, _bits, ...)                             \
	{                                                                                          \
		.name = _name, .type = RTE_CRYPTO_SYM_XFORM_AUTH, .id = RTE_CRYPTO_AUTH_##_id,     \
		.ref = _ref, .evp = _evp, .iv_len = _iv, .digest_len = _digest,                    \
		.short_digest = _short, .block = 1, .bits = _bits, .key_len = {                    \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

#define AEAD(_name, _id, _evp, _iv, ...)                                                           \
	{                                                                                          \
		.name = _name, .type = RTE_CRYPTO_SYM_XFORM_AEAD, .id = RTE_CRYPTO_AEAD_##_id,     \
		.ref = REF_AEAD, .evp = _evp, .iv_len = _iv, .digest_len = 16, .short_digest = 8,  \
		.block = 1, .key_len = {                                                           \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct algo algos[] = {
	CIPHER("no-cipher", NULL, REF_NOTHING, NULL, 0, 1, false, 0),
	CIPHER("arc4", ARC4, REF_CIPHER, "RC4", 0, 1, false, 5, 16, 32),
	CIPHER("aes-ecb", AES_ECB, REF_CIPHER, "AES-%u-ECB", 0, 16, false, 16, 24, 32),
	CIPHER("aes-cbc", AES_CBC, REF_CIPHER, "AES-%u-CBC", 16, 16, false, 16, 24, 32),
	CIPHER("aes-ctr", AES_CTR, REF_CIPHER, "AES-%u-CTR", 16, 1, false, 16, 24, 32),
	CIPHER("aes-f8", AES_F8, REF_AES_F8, "AES-%u-ECB", 16, 1, false, 32, 48, 64),
	CIPHER("aes-xts", AES_XTS, REF_CIPHER, "AES-%u-XTS", 16, 16, false, 32, 64),
	CIPHER("des-cbc", DES_CBC, REF_CIPHER, "DES-CBC", 8, 8, false, 8),
	CIPHER("3des-ecb", 3DES_ECB, REF_CIPHER, "DES-EDE3", 0, 8, false, 24, 16, 8),
	CIPHER("3des-cbc", 3DES_CBC, REF_CIPHER, "DES-EDE3-CBC", 8, 8, false, 16, 24),
	CIPHER("3des-ctr", 3DES_CTR, REF_3DES_CTR, "DES-EDE3", 8, 1, false, 16, 24),
	CIPHER("kasumi-f8", KASUMI_F8, REF_NONE, NULL, 8, 1, true, 16),
	CIPHER("snow3g-uea2", SNOW3G_UEA2, REF_NONE, NULL, 16, 1, true, 16),
	CIPHER("zuc-eea3", ZUC_EEA3, REF_NONE, NULL, 16, 1, true, 16),

	AUTH("md5", MD5, REF_DIGEST, "MD5", 0, 16, 12, false, 0),
	AUTH("sha1", SHA1, REF_DIGEST, "SHA1", 0, 20, 12, false, 0),
	AUTH("sha224", SHA224, REF_DIGEST, "SHA224", 0, 28, 14, false, 0),
	AUTH("sha256", SHA256, REF_DIGEST, "SHA256", 0, 32, 16, false, 0),
	AUTH("sha384", SHA384, REF_DIGEST, "SHA384", 0, 48, 24, false, 0),
	AUTH("sha512", SHA512, REF_DIGEST, "SHA512", 0, 64, 32, false, 0),
	AUTH("sha3-224", SHA3_224, REF_DIGEST, "SHA3-224", 0, 28, 14, false, 0),
	AUTH("sha3-256", SHA3_256, REF_DIGEST, "SHA3-256", 0, 32, 16, false, 0),
	AUTH("sha3-384", SHA3_384, REF_DIGEST, "SHA3-384", 0, 48, 24, false, 0),
	AUTH("sha3-512", SHA3_512, REF_DIGEST, "SHA3-512", 0, 64, 32, false, 0),
#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
	AUTH("shake-128", SHAKE_128, REF_XOF, "SHAKE128", 0, 16, 0, false, 0),
	AUTH("shake-256", SHAKE_256, REF_XOF, "SHAKE256", 0, 32, 0, false, 0),
#endif
	AUTH("no-mac", NULL, REF_NOTHING, NULL, 0, 0, 0, false, 0),
	AUTH("hmac-md5", MD5_HMAC, REF_HMAC, "MD5", 0, 16, 12, false, 16, 64, 131),
	AUTH("hmac-sha1", SHA1_HMAC, REF_HMAC, "SHA1", 0, 20, 12, false, 20, 64, 131),
	AUTH("hmac-sha224", SHA224_HMAC, REF_HMAC, "SHA224", 0, 28, 14, false, 28, 64, 131),
	AUTH("hmac-sha256", SHA256_HMAC, REF_HMAC, "SHA256", 0, 32, 16, false, 32, 64, 131),
	AUTH("hmac-sha384", SHA384_HMAC, REF_HMAC, "SHA384", 0, 48, 24, false, 48, 128, 131),
	AUTH("hmac-sha512", SHA512_HMAC, REF_HMAC, "SHA512", 0, 64, 32, false, 64, 128, 131),
	AUTH("aes-cmac", AES_CMAC, REF_CMAC, "AES-%u-CBC", 0, 16, 12, false, 16, 24, 32),
	AUTH("aes-xcbc-mac", AES_XCBC_MAC, REF_XCBC, "AES-128-ECB", 0, 16, 12, false, 16),
	AUTH("aes-cbc-mac", AES_CBC_MAC, REF_CBC_MAC, "AES-%u-CBC", 0, 16, 12, false, 16, 24, 32),
	AUTH("aes-gmac", AES_GMAC, REF_GMAC, "AES-%u-GCM", 12, 16, 12, false, 16, 24, 32),
	AUTH("kasumi-f9", KASUMI_F9, REF_NONE, NULL, 0, 4, 0, true, 16),
	AUTH("snow3g-uia2", SNOW3G_UIA2, REF_NONE, NULL, 16, 4, 0, true, 16),
	AUTH("zuc-eia3", ZUC_EIA3, REF_NONE, NULL, 16, 4, 0, true, 16),

	AEAD("aes-gcm", AES_GCM, "AES-%u-GCM", 12, 16, 24, 32),
	AEAD("aes-ccm", AES_CCM, "AES-%u-CCM", 12, 16, 24, 32),
	AEAD("chacha20-poly1305", CHACHA20_POLY1305, "ChaCha20-Poly1305", 12, 32),
};

const struct algo *
algo_at(unsigned int i)
{
	return i < RTE_DIM(algos) ? &algos[i] : NULL;
}

const struct algo *
algo_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(algos); i++) {
		if (strcmp(algos[i].name, name) == 0)
			return &algos[i];
	}
	rte_panic("no algorithm is called %s\n", name);
}

bool
algo_advertised(const struct env *env, const struct algo *algo, uint16_t key_len, uint16_t iv_len,
		uint16_t digest_len, uint16_t aad_len)
{
	const struct rte_cryptodev_symmetric_capability *cap;
	struct rte_cryptodev_sym_capability_idx idx = { .type = algo->type };

	switch (algo->type) {
	case RTE_CRYPTO_SYM_XFORM_CIPHER:
		idx.algo.cipher = algo->id;
		break;
	case RTE_CRYPTO_SYM_XFORM_AUTH:
		idx.algo.auth = algo->id;
		break;
	default:
		idx.algo.aead = algo->id;
		break;
	}
	cap = rte_cryptodev_sym_capability_get(env->dev_id, &idx);
	if (cap == NULL)
		return false;
	switch (algo->type) {
	case RTE_CRYPTO_SYM_XFORM_CIPHER:
		return rte_cryptodev_sym_capability_check_cipher(cap, key_len, iv_len) == 0;
	case RTE_CRYPTO_SYM_XFORM_AUTH:
		return rte_cryptodev_sym_capability_check_auth(cap, key_len, digest_len, iv_len) ==
			0;
	default:
		return rte_cryptodev_sym_capability_check_aead(cap, key_len, digest_len, aad_len,
							       iv_len) == 0;
	}
}
