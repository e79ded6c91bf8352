/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "reference.h"

#define AES_BLOCK 16
#define DES_BLOCK 8

/* Without the second one, RC4 and single DES have no reference. */
static OSSL_PROVIDER *providers[2];

void
reference_init(void)
{
	/* Loading any provider by hand keeps the default one from loading by itself. */
	providers[0] = OSSL_PROVIDER_load(NULL, "default");
	providers[1] = OSSL_PROVIDER_load(NULL, "legacy");
}

void
reference_fini(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(providers); i++) {
		if (providers[i] != NULL)
			OSSL_PROVIDER_unload(providers[i]);
	}
}

static const char *
evp_name(const struct algo *algo, uint32_t key_len, char *name, size_t size)
{
	const char *mark = strstr(algo->evp, "%u");
	uint32_t bits = key_len * 8;

	/* An XTS key is two keys, an F8 key is a key and a mask. */
	if (algo->type == RTE_CRYPTO_SYM_XFORM_CIPHER &&
	    (algo->id == RTE_CRYPTO_CIPHER_AES_XTS || algo->ref == REF_AES_F8))
		bits /= 2;
	if (mark == NULL)
		return algo->evp;
	snprintf(name, size, "%.*s%u%s", (int)(mark - algo->evp), algo->evp, bits, mark + 2);
	return name;
}

/* One pass of an EVP cipher over whole data, no padding. */
static int
evp_cipher(const char *name, struct bytes key, const uint8_t *iv, bool encrypt, const uint8_t *in,
	   uint8_t *out, uint32_t len)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int done = 0;
	int ok;

	ok = cipher != NULL && ctx != NULL &&
		EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, encrypt, NULL) == 1 &&
		EVP_CIPHER_CTX_set_key_length(ctx, key.len) == 1 &&
		EVP_CipherInit_ex2(ctx, NULL, key.data, iv, encrypt, NULL) == 1 &&
		EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		(len == 0 || EVP_CipherUpdate(ctx, out, &done, in, len) == 1) && done == (int)len;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok ? 0 : -1;
}

/* SP800-38A counter mode over a block cipher of 64 bits. */
static int
ctr64(const char *ecb, struct bytes key, const uint8_t *iv, const uint8_t *in, uint8_t *out,
      uint32_t len)
{
	uint8_t counter[DES_BLOCK], stream[DES_BLOCK];
	uint32_t i;
	int j;

	memcpy(counter, iv, sizeof(counter));
	for (i = 0; i < len; i++) {
		if (i % DES_BLOCK == 0) {
			if (evp_cipher(ecb, key, NULL, true, counter, stream, DES_BLOCK) != 0)
				return -1;
			for (j = DES_BLOCK - 1; j >= 0 && ++counter[j] == 0; j--)
				;
		}
		out[i] = in[i] ^ stream[i % DES_BLOCK];
	}
	return 0;
}

/* RFC 3711, 4.1.2: the key is the AES key, then the mask that makes the key of the IV. */
static int
aes_f8(const char *ecb, struct bytes keys, const uint8_t *iv, const uint8_t *in, uint8_t *out,
       uint32_t len)
{
	uint8_t first[AES_BLOCK], stream[AES_BLOCK] = { 0 }, masked[2 * AES_BLOCK];
	struct bytes key = { keys.data, keys.len / 2 };
	struct bytes iv_key = { masked, key.len };
	uint32_t i, j, block;

	for (j = 0; j < key.len; j++)
		masked[j] = keys.data[j] ^ keys.data[key.len + j];
	if (evp_cipher(ecb, iv_key, NULL, true, iv, first, AES_BLOCK) != 0)
		return -1;
	for (i = 0; i < len; i++) {
		if (i % AES_BLOCK == 0) {
			block = i / AES_BLOCK;
			for (j = 0; j < AES_BLOCK; j++)
				stream[j] ^= first[j];
			for (j = 0; j < 4; j++)
				stream[AES_BLOCK - 1 - j] ^= block >> (8 * j);
			if (evp_cipher(ecb, key, NULL, true, stream, stream, AES_BLOCK) != 0)
				return -1;
		}
		out[i] = in[i] ^ stream[i % AES_BLOCK];
	}
	return 0;
}

int
reference_cipher(const struct algo *algo, struct bytes key, struct bytes iv, bool encrypt,
		 const uint8_t *in, uint8_t *out, uint32_t len)
{
	uint8_t three_keys[3 * DES_BLOCK], block[AES_BLOCK] = { [AES_BLOCK - 1] = 1 };
	char name[32];

	/* Triple DES with fewer keys: those that lack are the first again (SP800-67). */
	if (algo->evp != NULL && strncmp(algo->evp, "DES-EDE3", 8) == 0) {
		memcpy(three_keys, key.data, key.len);
		for (; key.len < sizeof(three_keys); key.len += DES_BLOCK)
			memcpy(three_keys + key.len, key.data, DES_BLOCK);
		key.data = three_keys;
	}
	/* A nonce for AES in counter mode: the counter behind it begins at 1 (RFC 3686). */
	if (iv.len == AES_BLOCK - sizeof(uint32_t)) {
		memcpy(block, iv.data, iv.len);
		iv = (struct bytes){ block, sizeof(block) };
	}
	switch (algo->ref) {
	case REF_NOTHING:
		memmove(out, in, len);
		return 0;
	case REF_CIPHER:
		return evp_cipher(evp_name(algo, key.len, name, sizeof(name)), key,
				  iv.len == 0 ? NULL : iv.data, encrypt, in, out, len);
	case REF_3DES_CTR:
		return ctr64(algo->evp, key, iv.data, in, out, len);
	case REF_AES_F8:
		return aes_f8(evp_name(algo, key.len, name, sizeof(name)), key, iv.data, in, out,
			      len);
	default:
		return -1;
	}
}

static int
evp_digest(const char *name, struct bytes msg, uint8_t *digest)
{
	size_t len;

	return EVP_Q_digest(NULL, name, NULL, msg.data, msg.len, digest, &len) == 1 ? 0 : -1;
}

/* A function whose digest may have any length. */
static int
evp_xof(const char *name, struct bytes msg, uint8_t *digest, size_t size)
{
	EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	ok = ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1 &&
		EVP_DigestUpdate(ctx, msg.data, msg.len) == 1 &&
		EVP_DigestFinalXOF(ctx, digest, size) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return ok ? 0 : -1;
}

/* @param what name of the parameter that chooses @p sub: the digest or the cipher of the MAC. */
static int
evp_mac(const char *name, const char *what, const char *sub, struct bytes key, struct bytes iv,
	struct bytes msg, uint8_t *digest, size_t size)
{
	OSSL_PARAM params[3];
	EVP_MAC *mac = EVP_MAC_fetch(NULL, name, NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	char subname[32];
	size_t len;
	int n = 0;
	int ok;

	snprintf(subname, sizeof(subname), "%s", sub);
	params[n++] = OSSL_PARAM_construct_utf8_string(what, subname, 0);
	if (iv.len > 0)
		params[n++] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV,
								(void *)(uintptr_t)iv.data, iv.len);
	params[n] = OSSL_PARAM_construct_end();
	ok = ctx != NULL && EVP_MAC_init(ctx, key.data, key.len, params) == 1 &&
		EVP_MAC_update(ctx, msg.data, msg.len) == 1 &&
		EVP_MAC_final(ctx, digest, &len, size) == 1;
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return ok ? 0 : -1;
}

/* Message authentication by chaining blocks of AES, the last block masked with @p last. */
static int
chain_blocks(struct bytes key, struct bytes msg, const uint8_t *last, uint8_t *digest)
{
	char name[24];
	uint32_t i, n;

	snprintf(name, sizeof(name), "AES-%u-ECB", key.len * 8);
	memset(digest, 0, AES_BLOCK);
	n = RTE_MAX(RTE_ALIGN_CEIL(msg.len, (uint32_t)AES_BLOCK), (uint32_t)AES_BLOCK);
	for (i = 0; i < n; i++) {
		if (i < msg.len)
			digest[i % AES_BLOCK] ^= msg.data[i];
		else if (i == msg.len && last != NULL)
			digest[i % AES_BLOCK] ^= 0x80;
		if (last != NULL && i >= n - AES_BLOCK)
			digest[i % AES_BLOCK] ^= last[i % AES_BLOCK];
		if (i % AES_BLOCK == AES_BLOCK - 1 &&
		    evp_cipher(name, key, NULL, true, digest, digest, AES_BLOCK) != 0)
			return -1;
	}
	return 0;
}

/* RFC 3566 */
static int
aes_xcbc(struct bytes key, struct bytes msg, uint8_t *digest)
{
	uint8_t keys[3][AES_BLOCK];
	struct bytes k1 = { keys[0], AES_BLOCK };
	bool whole = msg.len > 0 && msg.len % AES_BLOCK == 0;
	int i;

	for (i = 0; i < 3; i++) {
		memset(keys[i], i + 1, AES_BLOCK);
		if (evp_cipher("AES-128-ECB", key, NULL, true, keys[i], keys[i], AES_BLOCK) != 0)
			return -1;
	}
	return chain_blocks(k1, msg, keys[whole ? 1 : 2], digest);
}

int
reference_auth(const struct algo *algo, struct bytes key, struct bytes iv, struct bytes msg,
	       uint8_t *digest)
{
	const struct bytes none = { NULL, 0 };
	char name[32];

	switch (algo->ref) {
	case REF_NOTHING:
		return 0;
	case REF_DIGEST:
		return evp_digest(algo->evp, msg, digest);
	case REF_XOF:
		return evp_xof(algo->evp, msg, digest, algo->digest_len);
	case REF_HMAC:
		return evp_mac("HMAC", OSSL_MAC_PARAM_DIGEST, algo->evp, key, none, msg, digest,
			       algo->digest_len);
	case REF_CMAC:
		return evp_mac("CMAC", OSSL_MAC_PARAM_CIPHER,
			       evp_name(algo, key.len, name, sizeof(name)), key, none, msg, digest,
			       algo->digest_len);
	case REF_GMAC:
		return evp_mac("GMAC", OSSL_MAC_PARAM_CIPHER,
			       evp_name(algo, key.len, name, sizeof(name)), key, iv, msg, digest,
			       algo->digest_len);
	case REF_XCBC:
		return aes_xcbc(key, msg, digest);
	case REF_CBC_MAC:
		return chain_blocks(key, msg, NULL, digest);
	default:
		return -1;
	}
}

int
reference_aead(const struct algo *algo, struct bytes key, struct bytes iv, struct bytes aad,
	       const uint8_t *in, uint8_t *out, uint32_t len, uint8_t *tag, uint32_t tag_len)
{
	bool ccm = algo->id == RTE_CRYPTO_AEAD_AES_CCM;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher;
	uint8_t empty;
	char name[32];
	int done = 0;
	int n, ok;

	cipher = EVP_CIPHER_fetch(NULL, evp_name(algo, key.len, name, sizeof(name)), NULL);
	ok = cipher != NULL && ctx != NULL &&
		EVP_EncryptInit_ex2(ctx, cipher, NULL, NULL, NULL) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, iv.len, NULL) == 1 &&
		(!ccm || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, tag_len, NULL) == 1) &&
		EVP_EncryptInit_ex2(ctx, NULL, key.data, iv.data, NULL) == 1 &&
		(!ccm || EVP_EncryptUpdate(ctx, NULL, &n, NULL, len) == 1) &&
		(aad.len == 0 || EVP_EncryptUpdate(ctx, NULL, &n, aad.data, aad.len) == 1) &&
		/* CCM makes its tag in the update, of no data too. */
		((len == 0 && !ccm) ||
		 EVP_EncryptUpdate(ctx, len == 0 ? &empty : out, &done, len == 0 ? &empty : in,
				   len) == 1) &&
		EVP_EncryptFinal_ex(ctx, len == 0 ? &empty : out + done, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, tag_len, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok ? 0 : -1;
}
