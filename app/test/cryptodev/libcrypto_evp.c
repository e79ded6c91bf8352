/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The algorithms, made of libcrypto's EVP. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <rte_version.h>

#include "libcrypto.h"

#define AES_BLOCK 16
#define DES_BLOCK 8

/* A cipher with its key, and its IV if it has one, or NULL. */
static EVP_CIPHER_CTX *
evp_open(OSSL_LIB_CTX *lib, const char *name, const struct libcrypto_key *key, const uint8_t *iv,
	 bool encrypt)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(lib, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (cipher == NULL || ctx == NULL ||
	    EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_key_length(ctx, key->len) != 1 ||
	    EVP_CipherInit_ex2(ctx, NULL, key->data, iv, encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_CIPHER_free(cipher);
	return ctx;
}

static int
evp_update(EVP_CIPHER_CTX *ctx, const uint8_t *in, uint8_t *out, uint32_t len)
{
	int done;

	return EVP_CipherUpdate(ctx, out, &done, in, len) == 1 && done == (int)len ? 0 : -EIO;
}

static int
evp_cipher(OSSL_LIB_CTX *lib, const char *name, const struct libcrypto_key *key, const uint8_t *iv,
	   bool encrypt, uint8_t *data, uint32_t len)
{
	EVP_CIPHER_CTX *ctx = evp_open(lib, name, key, iv, encrypt);
	int ret = ctx != NULL ? evp_update(ctx, data, data, len) : -EIO;

	EVP_CIPHER_CTX_free(ctx);
	return ret;
}

static const char *
aes_name(char name[16], unsigned int key_len, const char *mode)
{
	snprintf(name, 16, "AES-%u-%s", key_len * 8, mode);
	return name;
}

/* Keys of triple DES that are not given are the first again (SP 800-67, keying options 2 and 3). */
static int
des3_ecb(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, uint8_t *data, uint32_t len)
{
	struct libcrypto_key keys = step->key;

	if (len % DES_BLOCK != 0)
		return -EINVAL;
	for (; keys.len < 3 * DES_BLOCK; keys.len += DES_BLOCK)
		memcpy(keys.data + keys.len, keys.data, DES_BLOCK);
	return evp_cipher(lib, "DES-EDE3", &keys, NULL, step->forward, data, len);
}

/* RFC 3711, 4.1.2.2: the key stream, from the context of the key and the block IV'. */
static int
f8_stream(EVP_CIPHER_CTX *ctx, const uint8_t first[AES_BLOCK], uint8_t *data, uint32_t len)
{
	uint8_t s[AES_BLOCK] = { 0 };
	uint32_t block, i;
	int ret = 0;

	for (block = 0; ret == 0 && block * AES_BLOCK < len; block++) {
		for (i = 0; i < AES_BLOCK; i++)
			s[i] ^= first[i];
		for (i = 0; i < sizeof(block); i++)
			s[AES_BLOCK - 1 - i] ^= block >> (8 * i);
		ret = evp_update(ctx, s, s, AES_BLOCK);
		for (i = 0; i < AES_BLOCK && block * AES_BLOCK + i < len; i++)
			data[block * AES_BLOCK + i] ^= s[i];
	}
	return ret;
}

/* The second half of the key is the mask that makes the key of IV' from the first. */
static int
aes_f8(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const uint8_t *iv, uint8_t *data,
       uint32_t len)
{
	struct libcrypto_key key = { .len = step->key.len / 2 }, masked = key;
	uint8_t first[AES_BLOCK];
	EVP_CIPHER_CTX *ctx;
	char name[16];
	unsigned int i;
	int ret;

	for (i = 0; i < key.len; i++) {
		key.data[i] = step->key.data[i];
		masked.data[i] = step->key.data[i] ^ step->key.data[key.len + i];
	}
	aes_name(name, key.len, "ECB");
	memcpy(first, iv, sizeof(first));
	ret = evp_cipher(lib, name, &masked, NULL, true, first, sizeof(first));
	ctx = ret == 0 ? evp_open(lib, name, &key, NULL, true) : NULL;
	ret = ctx != NULL ? f8_stream(ctx, first, data, len) : -EIO;
	EVP_CIPHER_CTX_free(ctx);
	return ret;
}

int
libcrypto_cipher(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const uint8_t *iv,
		 uint8_t *data, uint32_t len)
{
	char name[16];

	switch (step->algo) {
	case RTE_CRYPTO_CIPHER_AES_CBC:
		if (len % AES_BLOCK != 0)
			return -EINVAL;
		return evp_cipher(lib, aes_name(name, step->key.len, "CBC"), &step->key, iv,
				  step->forward, data, len);
	case RTE_CRYPTO_CIPHER_ARC4:
		return evp_cipher(lib, "RC4", &step->key, NULL, step->forward, data, len);
	case RTE_CRYPTO_CIPHER_3DES_ECB:
		return des3_ecb(lib, step, data, len);
	case RTE_CRYPTO_CIPHER_AES_F8:
		return aes_f8(lib, step, iv, data, len);
	case RTE_CRYPTO_CIPHER_AES_XTS:
		if (len < AES_BLOCK)
			return -EINVAL;
		return evp_cipher(lib, aes_name(name, step->key.len / 2, "XTS"), &step->key, iv,
				  step->forward, data, len);
	default:
		return -EINVAL;
	}
}

/* The last block of CBC with an IV of zeros; zeros fill the last block of the data, too. */
static int
aes_cbc_mac(OSSL_LIB_CTX *lib, const struct libcrypto_key *key, const uint8_t *data, uint32_t len,
	    uint8_t digest[AES_BLOCK])
{
	const uint8_t iv[AES_BLOCK] = { 0 };
	EVP_CIPHER_CTX *ctx;
	uint8_t block[AES_BLOCK];
	uint32_t at = 0, n;
	char name[16];
	int ret;

	ctx = evp_open(lib, aes_name(name, key->len, "CBC"), key, iv, true);
	if (ctx == NULL)
		return -EIO;
	do {
		n = RTE_MIN(len - at, (uint32_t)AES_BLOCK);
		memset(block, 0, sizeof(block));
		memcpy(block, data + at, n);
		ret = evp_update(ctx, block, digest, sizeof(block));
		at += n;
	} while (ret == 0 && at < len);
	EVP_CIPHER_CTX_free(ctx);
	return ret;
}

static int
evp_digest(OSSL_LIB_CTX *lib, const char *name, const uint8_t *data, uint32_t len, uint8_t *digest)
{
	return EVP_Q_digest(lib, name, NULL, data, len, digest, NULL) == 1 ? 0 : -EIO;
}

#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
static int
evp_shake(OSSL_LIB_CTX *lib, const char *name, const uint8_t *data, uint32_t len, uint8_t *digest,
	  uint16_t digest_len)
{
	EVP_MD *md = EVP_MD_fetch(lib, name, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	ok = md != NULL && ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1 &&
		EVP_DigestUpdate(ctx, data, len) == 1 &&
		EVP_DigestFinalXOF(ctx, digest, digest_len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return ok ? 0 : -EIO;
}
#endif

int
libcrypto_auth(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const uint8_t *data,
	       uint32_t len, uint8_t digest[LIBCRYPTO_MAX_DIGEST])
{
	switch (step->algo) {
	case RTE_CRYPTO_AUTH_SHA3_224:
		return evp_digest(lib, "SHA3-224", data, len, digest);
	case RTE_CRYPTO_AUTH_SHA3_256:
		return evp_digest(lib, "SHA3-256", data, len, digest);
	case RTE_CRYPTO_AUTH_SHA3_384:
		return evp_digest(lib, "SHA3-384", data, len, digest);
	case RTE_CRYPTO_AUTH_SHA3_512:
		return evp_digest(lib, "SHA3-512", data, len, digest);
#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
	case RTE_CRYPTO_AUTH_SHAKE_128:
		return evp_shake(lib, "SHAKE128", data, len, digest, step->digest_len);
	case RTE_CRYPTO_AUTH_SHAKE_256:
		return evp_shake(lib, "SHAKE256", data, len, digest, step->digest_len);
#endif
	case RTE_CRYPTO_AUTH_AES_CBC_MAC:
		return aes_cbc_mac(lib, &step->key, data, len, digest);
	default:
		return -EIO;
	}
}
