/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What a cryptodev gets wrong without a word: the guest gets the right result of another cryptodev
 * of the set, or an error, and never a wrong result with a good status.
 *
 * The first cryptodev is the one that the program was built for; what it does not have is not
 * looked at. The second one, crypto_openssl, is in the set where a test wants it.
 */

#include <string.h>

#include <rte_common.h>

#include "../api/reference.h"
#include "../api/wireless.h"
#include "device.h"
#include "mock_guest.h"
#include "tables.h"
#include "unit.h"

#define KEY 16
#define IV  16
#define MAX 65535

static const uint8_t key[32] = { 0x2b, 0xd6, 0x45, 0x9f, 0x82, 0xc5, 0xb3, 0x00, 0x95, 0x2c, 0x49,
				 0x10, 0x48, 0x81, 0xff, 0x48, 0x72, 0xa4, 0xf2, 0x0f, 0x64, 0x01,
				 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b };
static const uint8_t iv[25] = { 0x72, 0xa4, 0xf2, 0x0f, 0x64, 0,    0,	 0,    0x72,
				0xa4, 0xf2, 0x0f, 0x64, 0,    0,    0,	 0x11, 0x12,
				0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19 };

static struct rte_vhost_crypto_device *dev;
static uint8_t text[MAX], expected[MAX + 64], result[MAX + 64];
static struct wire_bytes request;

static void
open_device(uint8_t nb_cdevs)
{
	unsigned int i;

	guest_nb_cdevs = nb_cdevs;
	dev = guest_open(GUEST_REVISION_1);
	for (i = 0; i < sizeof(text); i++)
		text[i] = i * 7 + (i >> 8);
}

/* Creates a session of a cipher; false if no cryptodev has it. */
static bool
cipher_session(uint32_t algo, uint32_t key_len, uint64_t *id)
{
	struct wire_bytes *b = &request;
	uint32_t status;

	wire_control_header(b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(b, algo, key_len, OP_ENCRYPT, 0);
	wire_zero(b, 32);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	wire_put(b, key, key_len);
	status = guest_create(b, id);
	CHECK(status == OK || status == NOTSUPP);
	return status == OK;
}

/* The same of a MAC in a chain, where it may have an IV; returns the status. */
static uint32_t
try_mac_session(uint32_t algo, uint32_t key_len, uint32_t mac_len, uint64_t *id)
{
	struct wire_bytes *b = &request;

	wire_control_header(b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_AUTH, NO_CIPHER, 0, OP_ENCRYPT, 0, algo, mac_len,
		    key_len, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(b, key, key_len);
	return guest_create(b, id);
}

static bool
mac_session(uint32_t algo, uint32_t key_len, uint32_t mac_len, uint64_t *id)
{
	uint32_t status = try_mac_session(algo, key_len, mac_len, id);

	CHECK(status == OK || status == NOTSUPP);
	return status == OK;
}

static uint8_t
encrypt(uint64_t id, const uint8_t *with_iv, uint32_t iv_len, uint32_t len)
{
	struct wire_bytes *b = &request;

	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, iv_len, len, len, 0);
	wire_zero(b, 24);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	wire_put(b, with_iv, iv_len);
	wire_put(b, text, len);
	memset(result, 0xa5, len);
	return guest_send(b, result, len);
}

static uint8_t
authenticate(uint64_t id, uint32_t iv_len, uint32_t len, uint32_t mac_len)
{
	struct wire_bytes *b = &request;

	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, 0, len, 0, 0, 0, 0, len, iv_len, mac_len, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(b, text, len);
	wire_put(b, iv, iv_len);
	memset(result, 0xa5, mac_len);
	return guest_send(b, result, mac_len);
}

/* Whether a result is the expected one up to a limit, and an error from there on. */
static void
check_limit(uint8_t status, uint32_t len, uint32_t limit, uint32_t nb)
{
	bool right = status == OK && memcmp(result, expected, nb) == 0;

	if (len <= limit ? !right : status != ERR)
		printf("  %u bytes: status %u, result %s\n", len, status,
		       right ? "right" : "wrong");
	CHECK(len <= limit ? right : status == ERR);
}

/* Lengths around a limit, and far from it. */
static const int around[] = { -4000, -8, -1, 0, 1, 2, 8, 1000, 60000 };

static uint32_t
length(uint32_t limit, unsigned int i)
{
	int64_t len = (int64_t)limit + around[i];

	return len < 1 ? 8 : RTE_MIN(len, MAX);
}

static void
kasumi_ends_at_20000_bits(void)
{
	const uint32_t limit = 2500;
	uint64_t f8, f9;
	unsigned int i;

	open_device(1);
	if (!cipher_session(CIPHER_KASUMI_F8, KEY, &f8) ||
	    !mac_session(MAC_KASUMI_F9, KEY, 4, &f9)) {
		guest_close();
		return;
	}
	for (i = 0; i < RTE_DIM(around); i++) {
		uint32_t len = length(limit, i);

		wireless_kasumi_f8(key, iv, text, expected, len);
		check_limit(encrypt(f8, iv, 8, len), len, limit, len);
		wireless_kasumi_f9(key, text, len, expected);
		check_limit(authenticate(f9, 0, len, 4), len, limit, 4);
	}
	guest_close();
}

static void
check_zuc(uint32_t key_len, uint32_t iv_len, uint32_t mac_len)
{
	const uint32_t limit = 8188;
	uint64_t eea3, eia3;
	unsigned int i;

	open_device(1);
	if (!cipher_session(CIPHER_ZUC_EEA3, key_len, &eea3) ||
	    !mac_session(MAC_ZUC_EIA3, key_len, mac_len, &eia3)) {
		guest_close();
		return;
	}
	for (i = 0; i < RTE_DIM(around); i++) {
		uint32_t len = length(limit, i);

		wireless_zuc_eea3(key, key_len, iv, text, expected, len);
		check_limit(encrypt(eea3, iv, iv_len, len), len, limit, len);
		wireless_zuc_eia3(key, key_len, iv, text, len, expected, mac_len);
		check_limit(authenticate(eia3, iv_len, len, mac_len), len, limit, mac_len);
	}
	guest_close();
}

static void
zuc_ends_at_65504_bits(void)
{
	check_zuc(16, 16, 4);
	check_zuc(32, 25, 4);
}

static void
snow3g_has_no_end(void)
{
	static const uint32_t lens[] = { 1, 15, 16, 2500, 2501, 8188, 8189, 32768, MAX };
	uint64_t uea2, uia2;
	unsigned int i;

	open_device(1);
	if (!cipher_session(CIPHER_SNOW3G_UEA2, KEY, &uea2) ||
	    !mac_session(MAC_SNOW3G_UIA2, KEY, 4, &uia2)) {
		guest_close();
		return;
	}
	for (i = 0; i < RTE_DIM(lens); i++) {
		wireless_snow3g_uea2(key, iv, text, expected, lens[i]);
		check_limit(encrypt(uea2, iv, IV, lens[i]), lens[i], MAX, lens[i]);
		wireless_snow3g_uia2(key, iv, text, lens[i], expected);
		check_limit(authenticate(uia2, IV, lens[i], 4), lens[i], MAX, 4);
	}
	guest_close();
}

/* The wireless ciphers. */
static const struct wireless {
	uint32_t algo;
	uint32_t iv_len;
	uint32_t mac;
	uint32_t mac_iv_len;
} wireless[] = {
	{ CIPHER_KASUMI_F8, 8, MAC_KASUMI_F9, 0 },
	{ CIPHER_SNOW3G_UEA2, IV, MAC_SNOW3G_UIA2, IV },
	{ CIPHER_ZUC_EEA3, IV, MAC_ZUC_EIA3, IV },
};

static void
expect_wireless(const struct wireless *w, uint32_t len)
{
	if (w->algo == CIPHER_KASUMI_F8)
		wireless_kasumi_f8(key, iv, text, expected, len);
	else if (w->algo == CIPHER_SNOW3G_UEA2)
		wireless_snow3g_uea2(key, iv, text, expected, len);
	else
		wireless_zuc_eea3(key, KEY, iv, text, expected, len);
}

static void
expect_wireless_mac(const struct wireless *w, const uint8_t *msg, uint32_t len, uint8_t *mac)
{
	if (w->algo == CIPHER_KASUMI_F8)
		wireless_kasumi_f9(key, msg, len, mac);
	else if (w->algo == CIPHER_SNOW3G_UEA2)
		wireless_snow3g_uia2(key, iv, msg, len, mac);
	else
		wireless_zuc_eia3(key, KEY, iv, msg, len, mac, 4);
}

/* Cryptodevs that do several requests together do none of them if one has no data. */
static void
a_request_of_no_data_spoils_no_other(void)
{
	static const uint32_t lens[] = { 0, 8, 100, 0, 33, 1, 0, 1000 };
	struct vring_desc burst[RTE_DIM(lens)];
	uint32_t written[RTE_DIM(lens)];
	unsigned int w, i;
	uint64_t id;

	for (w = 0; w < RTE_DIM(wireless); w++) {
		open_device(1);
		dev->mem.regions[1] = dev->mem.regions[0];
		dev->mem.nb_regions = 2;
		if (!cipher_session(wireless[w].algo, KEY, &id)) {
			guest_close();
			continue;
		}
		dev->mem.regions[0] = (struct vc_mem_region){ AREA, AREA_SIZE, area };
		for (i = 0; i < RTE_DIM(lens); i++)
			burst[i] = put_table(i, id, iv, wireless[w].iv_len, text, lens[i]);
		guest_put_burst(burst, RTE_DIM(lens));
		guest_wait_burst(RTE_DIM(lens), written);
		for (i = 0; i < RTE_DIM(lens); i++) {
			uint8_t status = area[AT_STATUS + i * STEP];

			expect_wireless(&wireless[w], lens[i]);
			CHECK(status == OK || (status == ERR && lens[i] == 0));
			CHECK(memcmp(area + AT_DATA + i * STEP, expected, lens[i]) == 0);
		}
		guest_close();
	}
}

static void
a_wireless_mac_of_no_data_is_right_or_an_error(void)
{
	unsigned int w;
	uint8_t status;
	uint64_t id;

	for (w = 0; w < RTE_DIM(wireless); w++) {
		open_device(1);
		if (mac_session(wireless[w].mac, KEY, 4, &id)) {
			status = authenticate(id, wireless[w].mac_iv_len, 0, 4);
			expect_wireless_mac(&wireless[w], text, 0, expected);
			CHECK(status == ERR || (status == OK && memcmp(result, expected, 4) == 0));
		}
		guest_close();
	}
}

/* Out of place: the MAC is of what the cipher has made, and not of what was there. */
static void
a_chain_authenticates_its_result(void)
{
	struct wire_bytes *b = &request;
	unsigned int w;
	uint64_t id;

	for (w = 0; w < RTE_DIM(wireless); w++) {
		open_device(1);
		wire_control_header(b, CIPHER_CREATE_SESSION);
		WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_AUTH, wireless[w].algo, KEY, OP_ENCRYPT,
			    0, wireless[w].mac, 4, KEY, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
		wire_put(b, key, KEY);
		wire_put(b, key, KEY);
		if (guest_create(b, &id) == OK) {
			wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
			WIRE_FIELDS(b, wireless[w].iv_len, 64, 64, 0, 64, 0, 64,
				    wireless[w].mac_iv_len, 4, 0);
			WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING, 0);
			wire_put(b, iv, wireless[w].iv_len);
			wire_put(b, text, 64);
			wire_put(b, iv, wireless[w].mac_iv_len);
			memset(result, 0xa5, 64 + 4);
			CHECK(guest_send(b, result, 64 + 4) == OK);
			expect_wireless(&wireless[w], 64);
			expect_wireless_mac(&wireless[w], expected, 64, expected + 64);
			CHECK(memcmp(result, expected, 64 + 4) == 0);
		}
		guest_close();
	}
}

/* An IV belongs to a key, and so does a MAC. */
static void
zuc_has_the_lengths_of_its_key(void)
{
	static const struct {
		uint32_t key_len;
		uint32_t iv_len;
		uint32_t mac_len;
		bool right;
	} lengths[] = {
		{ 16, 16, 4, true },  { 16, 25, 4, false }, { 32, 16, 4, false },
		{ 32, 25, 4, true },  { 32, 25, 8, true },  { 32, 25, 12, false },
		{ 32, 25, 16, true }, { 16, 16, 8, false }, { 16, 16, 16, false },
	};
	uint32_t key_len, iv_len, mac_len;
	unsigned int i;
	uint8_t status;
	uint64_t id;

	for (i = 0; i < RTE_DIM(lengths); i++) {
		key_len = lengths[i].key_len;
		iv_len = lengths[i].iv_len;
		mac_len = lengths[i].mac_len;
		open_device(1);
		if (cipher_session(CIPHER_ZUC_EEA3, key_len, &id)) {
			status = encrypt(id, iv, iv_len, 100);
			wireless_zuc_eea3(key, key_len, iv, text, expected, 100);
			if ((iv_len == 25) == (key_len == 32))
				CHECK(status == OK && memcmp(result, expected, 100) == 0);
			else
				CHECK(status == ERR);
		}
		if (try_mac_session(MAC_ZUC_EIA3, key_len, mac_len, &id) == OK) {
			CHECK(mac_len == 4 || (key_len == 32 && mac_len != 12));
			status = authenticate(id, iv_len, 100, mac_len);
			wireless_zuc_eia3(key, key_len, iv, text, 100, expected, mac_len);
			if (lengths[i].right)
				CHECK(status == OK && memcmp(result, expected, mac_len) == 0);
			else
				CHECK(status == ERR);
		}
		guest_close();
	}
}

/* A session of AES-GCM or AES-CCM. */
static bool
aead_session(uint32_t algo, uint32_t tag_len, uint32_t aad_len, uint64_t *id)
{
	struct wire_bytes *b = &request;
	uint32_t status;

	wire_control_header(b, AEAD_CREATE_SESSION);
	WIRE_FIELDS(b, algo, KEY, tag_len, aad_len, OP_ENCRYPT, 0);
	wire_put(b, key, KEY);
	status = guest_create(b, id);
	CHECK(status == OK || status == NOTSUPP);
	return status == OK;
}

static uint8_t
seal(uint64_t id, uint32_t iv_len, uint32_t aad_len, uint32_t len, uint32_t tag_len)
{
	struct wire_bytes *b = &request;

	wire_data_header(b, AEAD_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, iv_len, aad_len, len, len + tag_len, tag_len, 0);
	wire_put(b, iv, iv_len);
	wire_put(b, text, len);
	wire_put(b, text, aad_len);
	memset(result, 0xa5, len + tag_len);
	return guest_send(b, result, len + tag_len);
}

static bool
is_sealed(const char *algo, uint32_t iv_len, uint32_t aad_len, uint32_t len, uint32_t tag_len)
{
	CHECK(reference_aead(algo_find(algo), (struct bytes){ key, KEY },
			     (struct bytes){ iv, iv_len }, (struct bytes){ text, aad_len }, text,
			     expected, len, expected + len, tag_len) == 0);
	return memcmp(result, expected, len + tag_len) == 0;
}

static void
a_gcm_nonce_of_16_bytes_is_another_cryptodevs(void)
{
	uint64_t id;

	open_device(2);
	if (aead_session(AEAD_GCM, 16, 20, &id)) {
		CHECK(seal(id, 12, 20, 100, 16) == OK && is_sealed("aes-gcm", 12, 20, 100, 16));
		CHECK(seal(id, 16, 20, 100, 16) == OK && is_sealed("aes-gcm", 16, 20, 100, 16));
		CHECK(seal(id, 12, 20, 100, 16) == OK && is_sealed("aes-gcm", 12, 20, 100, 16));
	}
	guest_close();
}

static void
ccm_has_additional_data_of_any_length(void)
{
	static const uint32_t lens[] = { 0,	1,     13,    14,    15,    46,	   47,	 128,
					 65279, 65280, 65501, 65502, 65519, 65520, 65535 };
	unsigned int i;
	uint64_t id;

	for (i = 0; i < RTE_DIM(lens); i++) {
		open_device(2);
		if (aead_session(AEAD_CCM, 16, lens[i], &id)) {
			uint8_t status = seal(id, 12, lens[i], 100, 16);

			if (status != OK)
				printf("  %u bytes: status %u\n", lens[i], status);
			CHECK(status == OK && is_sealed("aes-ccm", 12, lens[i], 100, 16));
		}
		guest_close();
	}
}

/* An HMAC of no data is another cryptodev's, too. */
static void
an_hmac_of_no_data_is_right_or_an_error(void)
{
	unsigned int nb_cdevs;
	uint8_t status;
	uint64_t id;

	for (nb_cdevs = 1; nb_cdevs <= 2; nb_cdevs++) {
		open_device(nb_cdevs);
		if (mac_session(MAC_HMAC_SHA1, KEY, 20, &id)) {
			status = authenticate(id, 0, 0, 20);
			CHECK(reference_auth(algo_find("hmac-sha1"), (struct bytes){ key, KEY },
					     (struct bytes){ NULL, 0 }, (struct bytes){ text, 0 },
					     expected) == 0);
			if (nb_cdevs == 2)
				CHECK(status == OK && memcmp(result, expected, 20) == 0);
			else
				CHECK(status == ERR);
		}
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(kasumi_ends_at_20000_bits),
		UNIT_TEST(zuc_ends_at_65504_bits),
		UNIT_TEST(snow3g_has_no_end),
		UNIT_TEST(a_request_of_no_data_spoils_no_other),
		UNIT_TEST(a_wireless_mac_of_no_data_is_right_or_an_error),
		UNIT_TEST(a_chain_authenticates_its_result),
		UNIT_TEST(zuc_has_the_lengths_of_its_key),
		UNIT_TEST(a_gcm_nonce_of_16_bytes_is_another_cryptodevs),
		UNIT_TEST(ccm_has_additional_data_of_any_length),
		UNIT_TEST(an_hmac_of_no_data_is_right_or_an_error),
	};

	guest_max_size = 2 * MAX + 128;
	return guest_main(tests, RTE_DIM(tests));
}
