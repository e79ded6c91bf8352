/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * A counter block of AES-CTR whose low 32 bits end within the data: crypto_aesni_mb counts no more
 * of them. Requests of every form get the right result of another cryptodev of the set, or an
 * error.
 */

#include <string.h>

#include <rte_common.h>

#include "../api/reference.h"
#include "device.h"
#include "mock_guest.h"
#include "tables.h"
#include "unit.h"

#define KEY  16
#define IV   16
#define SHA1 20
#define MAX  4096

static const uint8_t key[KEY] = { 0x2b, 0xd6, 0x45, 0x9f, 0x82, 0xc5, 0xb3, 0x00,
				  0x95, 0x2c, 0x49, 0x10, 0x48, 0x81, 0xff, 0x48 };
static const uint8_t iv[IV] = { 0x72, 0xa4, 0xf2, 0x0f, 0x64 };
/* A counter block whose low 32 bits end with the third block, and one that ends altogether. */
static const uint8_t wraps[2][IV] = {
	{ 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xff, 0xff, 0xff, 0xff,
	  0xfd },
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xfd },
};
/* Lengths before, at and behind their ends, which are three blocks away. */
#define LEFT 48
static const uint32_t lens[] = { 1, 16, LEFT - 1, LEFT, LEFT + 1, 64, 1000, MAX };

/* How a request is sent. */
static const struct form {
	uint64_t features;
	bool chain;	/* with a digest of what the cipher has made */
	bool stateless; /* it carries its keys */
} forms[] = {
	{ GUEST_REVISION_1, false, false },	 { GUEST_STATELESS_CIPHER, false, false },
	{ GUEST_STATELESS_CIPHER, false, true }, { GUEST_REVISION_1, true, false },
	{ GUEST_STATELESS_CIPHER, true, false }, { GUEST_STATELESS_CIPHER, true, true },
};

static struct rte_vhost_crypto_device *dev;
static uint8_t text[MAX], expected[MAX + SHA1], result[MAX + SHA1];
static struct wire_bytes request;

static void
open_device(const struct form *f, uint8_t nb_cdevs)
{
	unsigned int i;

	guest_nb_cdevs = nb_cdevs;
	dev = guest_open(f->features);
	for (i = 0; i < sizeof(text); i++)
		text[i] = i * 7 + (i >> 8);
}

static uint64_t
create_session(const struct form *f)
{
	struct wire_bytes *b = &request;
	uint64_t id = 0;

	wire_control_header(b, CIPHER_CREATE_SESSION);
	if (f->chain) {
		WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CTR, KEY, OP_ENCRYPT, 0,
			    MAC_HMAC_SHA1, SHA1, KEY, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
		wire_put(b, key, KEY);
	} else {
		WIRE_FIELDS(b, CIPHER_AES_CTR, KEY, OP_ENCRYPT, 0);
		wire_zero(b, 32);
		WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	}
	wire_put(b, key, KEY);
	CHECK(guest_create(b, &id) == OK);
	return id;
}

/* The fixed part of a request. */
static void
put_lengths(struct wire_bytes *b, const struct form *f, uint32_t len)
{
	const bool stateless_layout = f->features != GUEST_REVISION_1;

	if (stateless_layout && f->chain)
		WIRE_FIELDS(b, CIPHER_THEN_HASH, 0, CIPHER_AES_CTR, KEY, OP_ENCRYPT, MAC_HMAC_SHA1,
			    KEY, HASH_MODE_AUTH);
	else if (stateless_layout)
		WIRE_FIELDS(b, CIPHER_AES_CTR, KEY, OP_ENCRYPT);
	if (f->chain) {
		WIRE_FIELDS(b, IV, len, len, 0, len, 0, len, 0, SHA1, 0, SYM_OP_ALGORITHM_CHAINING);
	} else {
		WIRE_FIELDS(b, IV, len, len);
		wire_zero(b, stateless_layout ? 48 : 28);
		WIRE_FIELDS(b, SYM_OP_CIPHER);
	}
	if (!stateless_layout)
		WIRE_FIELDS(b, 0);
}

static uint8_t
encrypt(const struct form *f, uint64_t id, const uint8_t *with_iv, uint32_t len)
{
	struct wire_bytes *b = &request;

	wire_data_header(b, CIPHER_ENCRYPT, id, f->stateless ? 0 : FLAG_SESSION_MODE);
	put_lengths(b, f, len);
	if (f->stateless)
		wire_put(b, key, KEY);
	if (f->stateless && f->chain)
		wire_put(b, key, KEY);
	wire_put(b, with_iv, IV);
	wire_put(b, text, len);
	memset(result, 0xa5, sizeof(result));
	return guest_send(b, result, len + (f->chain ? SHA1 : 0));
}

static void
expect_text(const uint8_t *with_iv, uint32_t len)
{
	CHECK(reference_cipher(algo_find("aes-ctr"), (struct bytes){ key, KEY },
			       (struct bytes){ with_iv, IV }, true, text, expected, len) == 0);
}

static void
check_request(const struct form *f, uint64_t id, const uint8_t *with_iv, uint32_t len, bool refused)
{
	uint8_t status = encrypt(f, id, with_iv, len);

	expect_text(with_iv, len);
	if (f->chain)
		CHECK(reference_auth(algo_find("hmac-sha1"), (struct bytes){ key, KEY },
				     (struct bytes){ NULL, 0 }, (struct bytes){ expected, len },
				     expected + len) == 0);
	if (refused)
		CHECK(status == ERR);
	else
		CHECK(status == OK && memcmp(result, expected, len + (f->chain ? SHA1 : 0)) == 0);
}

static void
check_forms(unsigned int nb_cdevs)
{
	unsigned int i, w, n;
	uint64_t id;

	for (i = 0; i < RTE_DIM(forms); i++) {
		open_device(&forms[i], nb_cdevs);
		id = forms[i].stateless ? 0 : create_session(&forms[i]);
		for (n = 0; n < RTE_DIM(lens); n++) {
			check_request(&forms[i], id, iv, lens[n], false);
			for (w = 0; w < RTE_DIM(wraps); w++)
				check_request(&forms[i], id, wraps[w], lens[n],
					      nb_cdevs == 1 && lens[n] > LEFT);
		}
		guest_close();
	}
}

static void
check_table(unsigned int i, const uint8_t *with_iv, uint32_t len, bool refused)
{
	uint8_t status = area[AT_STATUS + i * STEP];

	expect_text(with_iv, len);
	if (refused)
		CHECK(status == ERR);
	else
		CHECK(status == OK && memcmp(area + AT_DATA + i * STEP, expected, len) == 0);
}

/* Bursts of requests, of which those with an odd number wrap. */
static void
check_bursts(uint64_t id, uint32_t len, bool refused)
{
	struct vring_desc burst[GUEST_RING];
	uint32_t written[GUEST_RING];
	unsigned int nb, i;

	for (nb = 1; nb <= GUEST_RING && nb <= 16; nb++) {
		for (i = 0; i < nb; i++)
			burst[i] = put_table(i, id, i & 1 ? wraps[i / 2 & 1] : iv, IV, text, len);
		guest_put_burst(burst, nb);
		guest_wait_burst(nb, written);
		for (i = 0; i < nb; i++)
			check_table(i, i & 1 ? wraps[i / 2 & 1] : iv, len, (i & 1) && refused);
	}
}

/* In place and in one piece, which the fast path takes. */
static void
check_fast(unsigned int nb_cdevs)
{
	unsigned int i;
	uint64_t id;

	open_device(&forms[0], nb_cdevs);
	id = create_session(&forms[0]);
	dev->mem.regions[0] = (struct vc_mem_region){ AREA, AREA_SIZE, area };
	for (i = 0; i < RTE_DIM(lens); i++)
		if (lens[i] < STEP)
			check_bursts(id, lens[i], nb_cdevs == 1 && lens[i] > LEFT);
	guest_close();
}

static void
a_counter_that_ends_is_an_error(void)
{
	check_forms(1);
	check_fast(1);
}

static void
a_counter_that_ends_is_another_cryptodevs(void)
{
	check_forms(2);
	check_fast(2);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_counter_that_ends_is_an_error),
		UNIT_TEST(a_counter_that_ends_is_another_cryptodevs),
	};

	guest_max_size = 2 * MAX + 128;
	return guest_main(tests, RTE_DIM(tests));
}
