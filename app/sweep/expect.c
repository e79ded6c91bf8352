/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The right answers: OpenSSL's, or those of the tests' own wireless algorithms. */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_debug.h>

#include "reference.h"
#include "sweep.h"
#include "wireless.h"

static const struct algo *
algo_of(const struct virtio_crypto_alg *alg)
{
	const struct algo *algo;
	unsigned int i;

	for (i = 0; (algo = algo_at(i)) != NULL; i++)
		if ((unsigned int)algo->type == alg->xform && algo->id == alg->algo)
			return algo;
	return NULL;
}

static void
fill(uint8_t *bytes, uint32_t len, uint32_t seed)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = seed >> 24;
	}
}

/* An IV of ZUC-256 ends with 8 bytes of 6 bits each. */
static void
fill_iv(uint8_t *iv, uint32_t len, uint32_t seed)
{
	uint32_t i;

	fill(iv, len, seed);
	for (i = 17; i < len && len == 25; i++)
		iv[i] &= 0x3f;
}

static const uint8_t *
common_aad(void)
{
	static uint8_t *aad;

	if (aad == NULL) {
		aad = malloc(SWEEP_MAX_AAD);
		if (aad == NULL)
			rte_panic("no memory\n");
		fill(aad, SWEEP_MAX_AAD, 77);
	}
	return aad;
}

static bool
cipher(const struct sweep_probe *p, struct sweep_material *m)
{
	const struct algo *algo = algo_of(p->cipher);

	switch (p->cipher->algo) {
	case RTE_CRYPTO_CIPHER_SNOW3G_UEA2:
		wireless_snow3g_uea2(m->key, m->iv, m->plain, m->secret, p->len);
		return true;
	case RTE_CRYPTO_CIPHER_ZUC_EEA3:
		wireless_zuc_eea3(m->key, p->key_len, m->iv, m->plain, m->secret, p->len);
		return true;
	case RTE_CRYPTO_CIPHER_KASUMI_F8:
		wireless_kasumi_f8(m->key, m->iv, m->plain, m->secret, p->len);
		return true;
	default:
		return algo != NULL &&
			reference_cipher(algo, (struct bytes){ m->key, p->key_len },
					 (struct bytes){ m->iv, p->iv_len }, true, m->plain,
					 m->secret, p->len) == 0;
	}
}

static bool
auth(const struct sweep_probe *p, struct sweep_material *m)
{
	const uint8_t *msg = p->auth_first || p->cipher == NULL ? m->plain : m->secret;
	const struct algo *algo = algo_of(p->auth);

	switch (p->auth->algo) {
	case RTE_CRYPTO_AUTH_SNOW3G_UIA2:
		wireless_snow3g_uia2(m->auth_key, m->auth_iv, msg, p->len, m->digest);
		return true;
	case RTE_CRYPTO_AUTH_ZUC_EIA3:
		wireless_zuc_eia3(m->auth_key, p->auth_key_len, m->auth_iv, msg, p->len, m->digest,
				  p->digest_len);
		return true;
	case RTE_CRYPTO_AUTH_KASUMI_F9:
		wireless_kasumi_f9(m->auth_key, msg, p->len, m->digest);
		return true;
	default:
		return algo != NULL && algo->digest_len <= SWEEP_MAX_DIGEST &&
			reference_auth(algo, (struct bytes){ m->auth_key, p->auth_key_len },
				       (struct bytes){ m->auth_iv, p->auth_iv_len },
				       (struct bytes){ msg, p->len }, m->digest) == 0;
	}
}

static bool
answer(const struct sweep_probe *p, struct sweep_material *m)
{
	memcpy(m->secret, m->plain, p->len);
	if (p->cipher != NULL && p->cipher->xform == RTE_CRYPTO_SYM_XFORM_AEAD)
		return reference_aead(algo_of(p->cipher), (struct bytes){ m->key, p->key_len },
				      (struct bytes){ m->iv, p->iv_len },
				      (struct bytes){ m->aad, p->aad_len }, m->plain, m->secret,
				      p->len, m->digest, p->digest_len) == 0;
	return (p->cipher == NULL || cipher(p, m)) && (p->auth == NULL || auth(p, m));
}

bool
sweep_material_make(const struct sweep_probe *p, struct sweep_material *m)
{
	memset(m, 0, sizeof(*m));
	m->aad = common_aad();
	m->plain = malloc((size_t)p->len + 1);
	m->secret = malloc((size_t)p->len + 1);
	if (m->plain == NULL || m->secret == NULL)
		rte_panic("no memory\n");
	fill(m->key, p->key_len, 1);
	fill(m->auth_key, p->auth_key_len, 2);
	fill_iv(m->iv, p->iv_len, 3 + p->len);
	fill_iv(m->auth_iv, p->auth_iv_len, 4 + p->len);
	fill(m->plain, p->len, 5 + p->len);
	if (p->iv != SWEEP_IV_ANY) {
		uint32_t wraps = p->iv == SWEEP_IV_WRAPS_32 ? 4 : p->iv_len;

		memset(m->iv + p->iv_len - wraps, 0xff, wraps);
		m->iv[p->iv_len - 1] = 0xfd;
	}
	if (answer(p, m))
		return true;
	sweep_material_free(m);
	return false;
}

void
sweep_material_free(struct sweep_material *m)
{
	free(m->plain);
	free(m->secret);
	m->plain = m->secret = NULL;
}

const uint8_t *
sweep_input(const struct sweep_trial *t)
{
	return t->probe->decrypt ? t->material->secret : t->material->plain;
}

enum sweep_verdict
sweep_judge(const struct sweep_trial *t, bool ok, const uint8_t *text, const uint8_t *digest)
{
	const struct sweep_probe *p = t->probe;
	const uint8_t *right = p->decrypt ? t->material->plain : t->material->secret;

	if (!ok)
		return SWEEP_REFUSED;
	if (p->cipher != NULL && memcmp(text, right, p->len) != 0)
		return SWEEP_WRONG;
	if (digest != NULL && memcmp(digest, t->material->digest, p->digest_len) != 0)
		return SWEEP_WRONG;
	return SWEEP_RIGHT;
}

bool
sweep_is_chain(const struct sweep_probe *p)
{
	return p->auth != NULL && (p->cipher != NULL || p->auth_iv_len > 0);
}

uint32_t
sweep_piece(uint32_t left, unsigned int pieces_left)
{
	uint32_t n = left / pieces_left;

	/* Odd, and at least a byte. */
	return pieces_left <= 1 || left < pieces_left ?
		(pieces_left <= 1 ? left : RTE_MIN(left, 1u)) :
		(n | 1);
}
