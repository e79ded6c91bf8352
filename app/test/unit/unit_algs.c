/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The table of algorithms. */

#include <string.h>

#include <rte_common.h>

#include "unit.h"
#include "virtio_crypto_algs.h"

static void
every_row_is_found_by_its_number(void)
{
	unsigned int nb, i;
	const struct virtio_crypto_alg *algs = virtio_crypto_algs(&nb);

	for (i = 0; i < nb; i++)
		CHECK(virtio_crypto_alg_find(algs[i].service, algs[i].number) == &algs[i]);
	CHECK(virtio_crypto_alg_find(VIRTIO_CRYPTO_SERVICE_CIPHER, 15) == NULL);
	CHECK(virtio_crypto_alg_find(VIRTIO_CRYPTO_SERVICE_CIPHER, UINT32_MAX) == NULL);
	CHECK(virtio_crypto_alg_find(77, 3) == NULL);
}

static void
every_row_is_found_by_its_transform(void)
{
	unsigned int nb, i;
	const struct virtio_crypto_alg *algs = virtio_crypto_algs(&nb);

	for (i = 0; i < nb; i++) {
		struct rte_crypto_sym_xform x = { .type = algs[i].xform };

		if (x.type == RTE_CRYPTO_SYM_XFORM_CIPHER)
			x.cipher.algo = algs[i].algo;
		else if (x.type == RTE_CRYPTO_SYM_XFORM_AUTH)
			x.auth.algo = algs[i].algo;
		else
			x.aead.algo = algs[i].algo;
		CHECK(virtio_crypto_alg_of_xform(&x) == &algs[i]);
	}
}

static void
numbers_are_those_of_the_specification(void)
{
	static const struct {
		uint32_t service, number, algo;
	} known[] = {
		{ 0, 3, RTE_CRYPTO_CIPHER_AES_CBC },
		{ 0, 8, RTE_CRYPTO_CIPHER_3DES_CBC },
		{ 0, 13, RTE_CRYPTO_CIPHER_AES_XTS },
		{ 0, 14, RTE_CRYPTO_CIPHER_ZUC_EEA3 },
		{ 1, 2, RTE_CRYPTO_AUTH_SHA1 },
		{ 1, 7, RTE_CRYPTO_AUTH_SHA3_224 },
		{ 2, 2, RTE_CRYPTO_AUTH_SHA1_HMAC },
		{ 2, 26, RTE_CRYPTO_AUTH_AES_CMAC },
		{ 2, 41, RTE_CRYPTO_AUTH_AES_GMAC },
		{ 2, 53, RTE_CRYPTO_AUTH_AES_XCBC_MAC },
		{ 2, 54, RTE_CRYPTO_AUTH_ZUC_EIA3 },
		{ 3, 1, RTE_CRYPTO_AEAD_AES_GCM },
		{ 3, 3, RTE_CRYPTO_AEAD_CHACHA20_POLY1305 },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(known); i++) {
		const struct virtio_crypto_alg *alg = virtio_crypto_alg_find(known[i].service,
									     known[i].number);

		CHECK(alg != NULL && alg->algo == known[i].algo);
	}
}

static void
an_offer_sets_one_bit_and_its_service(void)
{
	unsigned int nb, i, j;
	const struct virtio_crypto_alg *algs = virtio_crypto_algs(&nb);

	for (i = 0; i < nb; i++) {
		struct virtio_crypto_config config = { 0 };

		virtio_crypto_config_offer(&config, &algs[i]);
		for (j = 0; j < nb; j++)
			CHECK(virtio_crypto_config_offers(&config, &algs[j]) == (i == j));
		config.crypto_services = 0;
		CHECK(!virtio_crypto_config_offers(&config, &algs[i]));
	}
}

static void
high_numbers_go_to_the_second_mask(void)
{
	struct virtio_crypto_config config = { 0 };

	virtio_crypto_config_offer(
		&config,
		virtio_crypto_alg_find(VIRTIO_CRYPTO_SERVICE_MAC, VIRTIO_CRYPTO_MAC_ZUC_EIA3));
	CHECK(config.mac_algo_l == 0);
	CHECK(rte_le_to_cpu_32(config.mac_algo_h) == 1u << (54 - 32));
}

static void
ranges_hold_what_they_say(void)
{
	static const struct rte_crypto_param_range aes = { 16, 32, 8 }, one = { 20, 20, 0 },
						   none = { 0, 0, 0 }, two = { 16, 25, 9 };

	CHECK(virtio_crypto_range_has(&aes, 16) && virtio_crypto_range_has(&aes, 24) &&
	      virtio_crypto_range_has(&aes, 32));
	CHECK(!virtio_crypto_range_has(&aes, 0) && !virtio_crypto_range_has(&aes, 17) &&
	      !virtio_crypto_range_has(&aes, 40));
	CHECK(virtio_crypto_range_has(&one, 20) && !virtio_crypto_range_has(&one, 19));
	CHECK(virtio_crypto_range_has(&none, 0) && !virtio_crypto_range_has(&none, 1));
	CHECK(virtio_crypto_range_has(&two, 25) && !virtio_crypto_range_has(&two, 17));
	CHECK(!virtio_crypto_range_has(&aes, UINT32_MAX));
}

static void
capabilities_repeat_the_row(void)
{
	const struct virtio_crypto_alg *alg = virtio_crypto_alg_find(VIRTIO_CRYPTO_SERVICE_CIPHER,
								     VIRTIO_CRYPTO_CIPHER_AES_CBC);
	struct rte_cryptodev_capabilities cap;

	virtio_crypto_alg_capability(alg, &cap);
	CHECK(cap.op == RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	CHECK(cap.sym.xform_type == RTE_CRYPTO_SYM_XFORM_CIPHER);
	CHECK(cap.sym.cipher.algo == RTE_CRYPTO_CIPHER_AES_CBC);
	CHECK(cap.sym.cipher.block_size == 16 && cap.sym.cipher.iv_size.max == 16);
	CHECK(cap.sym.cipher.key_size.min == 16 && cap.sym.cipher.key_size.max == 32);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(every_row_is_found_by_its_number),
		UNIT_TEST(every_row_is_found_by_its_transform),
		UNIT_TEST(numbers_are_those_of_the_specification),
		UNIT_TEST(an_offer_sets_one_bit_and_its_service),
		UNIT_TEST(high_numbers_go_to_the_second_mask),
		UNIT_TEST(ranges_hold_what_they_say),
		UNIT_TEST(capabilities_repeat_the_row),
	};

	return unit_run(tests, RTE_DIM(tests));
}
