/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What is advertised is what the device takes: sizes of keys, digests, additional data and IVs. */

#include <string.h>

#include <rte_common.h>

#include "mock_device.h"
#include "unit.h"

#define MAC_CMAC_AES 26

static bool
between(uint32_t value, uint32_t min, uint32_t max, uint32_t step)
{
	return value >= min && value <= max && (value - min) % step == 0;
}

/* Status of a session of service MAC, whose digest and key have these lengths. */
static uint32_t
decide_mac(uint32_t algo, uint32_t digest, uint32_t key)
{
	bool taken = true;

	if (algo == MAC_HMAC_SHA1) /* whole digests only, and keys of a block */
		taken = digest == 20 && key <= 64;
	else if (algo == MAC_CMAC_AES)
		taken = between(digest, 4, 16, 4) && key == 16;
	return taken ? OK : NOTSUPP;
}

/* A device that takes less than the algorithms allow. */
static uint32_t
decide(const struct wire_bytes *b)
{
	const uint8_t *p = b->data;

	switch (wire_get32(p, 0)) {
	case MAC_CREATE_SESSION:
		return decide_mac(wire_get32(p, 16), wire_get32(p, 20), wire_get32(p, 24));
	case AEAD_CREATE_SESSION:
		if (wire_get32(p, 16) == AEAD_GCM)
			return wire_get32(p, 24) == 16 && wire_get32(p, 28) <= 1000 ? OK : NOTSUPP;
		return OK;
	case CIPHER_CREATE_SESSION:
		/* ZUC, whose digest of 12 bytes there is not, with keys of both lengths. */
		if (wire_get32(p, 40) == MAC_ZUC_EIA3 && wire_get32(p, 20) == HASH_MODE_AUTH)
			return wire_get32(p, 44) == 12 ? ERR : OK;
		return OK;
	default:
		return OK;
	}
}

static const struct rte_cryptodev_symmetric_capability *
find(enum rte_crypto_sym_xform_type type, int algo)
{
	const struct rte_cryptodev_capabilities *c;

	for (c = mock_dev.capabilities; c->op != RTE_CRYPTO_OP_TYPE_UNDEFINED; c++)
		if (c->op == RTE_CRYPTO_OP_TYPE_SYMMETRIC && c->sym.xform_type == type &&
		    (type == RTE_CRYPTO_SYM_XFORM_AEAD	       ? (int)c->sym.aead.algo == algo :
			     type == RTE_CRYPTO_SYM_XFORM_AUTH ? (int)c->sym.auth.algo == algo :
								 (int)c->sym.cipher.algo == algo))
			return &c->sym;
	return NULL;
}

static bool
is(const struct rte_crypto_param_range *range, uint16_t min, uint16_t max, uint16_t step)
{
	if (range->min == min && range->max == max && range->increment == step)
		return true;
	printf("  %u to %u in steps of %u\n", range->min, range->max, range->increment);
	return false;
}

static void
sizes_that_are_refused_are_not_advertised(void)
{
	const struct rte_cryptodev_symmetric_capability *c;

	mock_reset(MOCK_STATELESS);
	mock_device.decide = decide;
	CHECK(mock_probe() == 0);
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_SHA1_HMAC);
	CHECK(c != NULL && is(&c->auth.digest_size, 20, 20, 0) && is(&c->auth.key_size, 1, 64, 1));
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_SHA256_HMAC);
	CHECK(c != NULL && is(&c->auth.digest_size, 1, 32, 1));
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_AES_CMAC);
	CHECK(c != NULL && is(&c->auth.digest_size, 4, 16, 4) && is(&c->auth.key_size, 16, 16, 0));
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_ZUC_EIA3);
	CHECK(c != NULL && is(&c->auth.digest_size, 4, 8, 4) && is(&c->auth.iv_size, 16, 25, 9));
	c = find(RTE_CRYPTO_SYM_XFORM_AEAD, RTE_CRYPTO_AEAD_AES_GCM);
	CHECK(c != NULL && is(&c->aead.digest_size, 16, 16, 0) &&
	      is(&c->aead.aad_size, 0, 1000, 1));
	mock_close();
}

/* No session tells: what every device does. */
static void
ivs_that_not_every_device_takes_are_not_advertised(void)
{
	const struct rte_cryptodev_symmetric_capability *c;

	mock_open(MOCK_STATELESS);
	c = find(RTE_CRYPTO_SYM_XFORM_AEAD, RTE_CRYPTO_AEAD_AES_GCM);
	CHECK(c != NULL && is(&c->aead.iv_size, 12, 12, 0));
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_AES_GMAC);
	CHECK(c != NULL && is(&c->auth.iv_size, 12, 12, 0));
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_KASUMI_F9);
	CHECK(c != NULL && is(&c->auth.iv_size, 0, 0, 0));
	c = find(RTE_CRYPTO_SYM_XFORM_AEAD, RTE_CRYPTO_AEAD_AES_CCM);
	CHECK(c != NULL && is(&c->aead.iv_size, 7, 13, 1));
	c = find(RTE_CRYPTO_SYM_XFORM_CIPHER, RTE_CRYPTO_CIPHER_AES_CTR);
	CHECK(c != NULL && is(&c->cipher.iv_size, 12, 16, 4));
	mock_close();
}

static uint32_t
refuse(const struct wire_bytes *b)
{
	(void)b;
	return ERR;
}

/* It may have no session left, or be one that knows no size. */
static void
a_device_that_refuses_everything_says_nothing_of_sizes(void)
{
	const struct rte_cryptodev_symmetric_capability *c;

	mock_reset(MOCK_STATELESS);
	mock_device.decide = refuse;
	CHECK(mock_probe() == 0);
	c = find(RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_SHA1_HMAC);
	CHECK(c != NULL && is(&c->auth.digest_size, 1, 20, 1));
	c = find(RTE_CRYPTO_SYM_XFORM_CIPHER, RTE_CRYPTO_CIPHER_AES_CBC);
	CHECK(c != NULL && is(&c->cipher.key_size, 16, 32, 8));
	mock_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(sizes_that_are_refused_are_not_advertised),
		UNIT_TEST(ivs_that_not_every_device_takes_are_not_advertised),
		UNIT_TEST(a_device_that_refuses_everything_says_nothing_of_sizes),
	};

	return mock_main(tests, RTE_DIM(tests));
}
