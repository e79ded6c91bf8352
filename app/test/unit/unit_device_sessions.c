/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Sessions by the control queue, section "Session operation" of the specification. */

#include <string.h>

#include <rte_common.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define ONE_OF_CREATE  (1u << OK | 1u << ERR | 1u << NOTSUPP | 1u << NOSPC)
#define ONE_OF_DESTROY (1u << OK | 1u << ERR)
#define NB_CREATES     5

static struct rte_vhost_crypto_device *dev;
static uint8_t key[32];

/* Without REVISION_1 what comes before the keys is padded to 56 bytes. */
static void
pad(struct wire_bytes *b, bool revision_1)
{
	if (!revision_1)
		wire_zero(b, 16 + 56 - b->len);
}

static void
create_cipher(struct wire_bytes *b, bool revision_1)
{
	wire_control_header(b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(b, CIPHER_AES_CBC, 24, OP_DECRYPT, 0);
	wire_zero(b, 32);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	pad(b, revision_1);
	wire_put(b, key, 24);
}

static void
create_chain(struct wire_bytes *b, bool revision_1)
{
	wire_control_header(b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CBC, 16, OP_ENCRYPT, 0,
		    MAC_HMAC_SHA1, 12, 9, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	pad(b, revision_1);
	wire_put(b, key, 16 + 9);
}

static void
create_hash(struct wire_bytes *b, bool revision_1)
{
	wire_control_header(b, HASH_CREATE_SESSION);
	WIRE_FIELDS(b, HASH_SHA_256, 32);
	pad(b, revision_1);
}

static void
create_mac(struct wire_bytes *b, bool revision_1)
{
	wire_control_header(b, MAC_CREATE_SESSION);
	WIRE_FIELDS(b, MAC_HMAC_SHA_256, 16, 20, 0);
	pad(b, revision_1);
	wire_put(b, key, 20);
}

static void
create_aead(struct wire_bytes *b, bool revision_1)
{
	wire_control_header(b, AEAD_CREATE_SESSION);
	WIRE_FIELDS(b, AEAD_GCM, 32, 16, 8, OP_ENCRYPT, 0);
	pad(b, revision_1);
	wire_put(b, key, 32);
}

/* One of each kind, and what the device is to have understood. */
static const struct {
	void (*fill)(struct wire_bytes *b, bool revision_1);
	uint32_t destroy;
	uint32_t service, cipher_algo, cipher_key_len, direction, auth_algo, auth_key_len;
	uint32_t digest_len, aad_len;
} creates[NB_CREATES] = {
	{ create_cipher, CIPHER_DESTROY_SESSION, 0, CIPHER_AES_CBC, 24, OP_DECRYPT, 0, 0, 0, 0 },
	{ create_chain, CIPHER_DESTROY_SESSION, 0, CIPHER_AES_CBC, 16, OP_ENCRYPT, MAC_HMAC_SHA1, 9,
	  12, 0 },
	{ create_hash, HASH_DESTROY_SESSION, 1, 0, 0, 0, HASH_SHA_256, 0, 32, 0 },
	{ create_mac, MAC_DESTROY_SESSION, 2, 0, 0, 0, MAC_HMAC_SHA_256, 20, 16, 0 },
	{ create_aead, AEAD_DESTROY_SESSION, 3, AEAD_GCM, 32, OP_ENCRYPT, 0, 0, 16, 8 },
};

static void
open_device(uint64_t features)
{
	unsigned int i;

	dev = guest_open(features);
	for (i = 0; i < sizeof(key); i++)
		key[i] = 0x40 + i;
}

static void
check_session(unsigned int i, uint64_t id)
{
	const struct vc_session *s = vc_session_find(&dev->sessions, id);

	CHECK(s != NULL);
	if (s == NULL)
		return;
	CHECK(s->params->service == creates[i].service);
	CHECK(s->params->cipher_algo == creates[i].cipher_algo);
	CHECK(s->params->cipher_key_len == creates[i].cipher_key_len);
	CHECK(s->params->direction == creates[i].direction);
	CHECK(s->params->auth_algo == creates[i].auth_algo);
	CHECK(s->params->auth_key_len == creates[i].auth_key_len);
	CHECK(s->params->digest_len == creates[i].digest_len);
	CHECK(s->params->aad_len == creates[i].aad_len);
	CHECK(memcmp(s->params->cipher_key, key, creates[i].cipher_key_len) == 0);
	CHECK(memcmp(s->params->auth_key, key + creates[i].cipher_key_len,
		     creates[i].auth_key_len) == 0);
}

/* Proves D9, D10, D12 and D18. */
static void
each_opcode_has_its_structure_and_its_keys(void)
{
	struct wire_bytes b;
	unsigned int i;
	uint64_t id;
	int revision_1;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		open_device(revision_1 ? GUEST_REVISION_1 : 0);
		for (i = 0; i < NB_CREATES; i++) {
			creates[i].fill(&b, revision_1);
			CHECK(guest_create(&b, &id) == OK);
			check_session(i, id);
			CHECK(guest_destroy(creates[i].destroy, id) == OK);
			CHECK(vc_session_find(&dev->sessions, id) == NULL);
			/* One byte of the last parameter is missing. */
			b.len--;
			CHECK(guest_create(&b, &id) == ERR);
		}
		guest_close();
	}
}

/* Proves D11 and D66. */
static void
no_creation_has_another_status(void)
{
	struct wire_bytes b;
	uint32_t seen = 0;
	unsigned int i;

	open_device(GUEST_REVISION_1);
	for (i = 0; i < NB_CREATES; i++) {
		creates[i].fill(&b, true);
		seen |= guest_sweep(&b, 16, true, ONE_OF_CREATE);
	}
	CHECK((seen & (1u << OK | 1u << ERR | 1u << NOTSUPP)) ==
	      (1u << OK | 1u << ERR | 1u << NOTSUPP));
	guest_close();
}

/* The status of a creation with one field of 32 bits changed. */
static uint32_t
create_with(unsigned int i, uint32_t at, uint32_t value)
{
	struct wire_bytes b;
	uint64_t id;
	uint32_t len;

	creates[i].fill(&b, true);
	len = b.len;
	b.len = at;
	wire_le32(&b, value);
	b.len = len;
	return guest_create(&b, &id);
}

/* Proves D13. */
static void
unknown_algorithms_and_operations_are_not_supported(void)
{
	enum { CIPHER, CHAIN, HASHED, MACED, SEALED };

	open_device(GUEST_REVISION_1);
	CHECK(create_with(CIPHER, 16, 99) == NOTSUPP);		     /* no such algorithm */
	CHECK(create_with(CIPHER, 16, CIPHER_KASUMI_F8) == NOTSUPP); /* no cryptodev has it */
	CHECK(create_with(CIPHER, 64, 0) == NOTSUPP);		     /* SYM_OP_NONE */
	CHECK(create_with(CIPHER, 64, 3) == NOTSUPP);
	CHECK(create_with(CHAIN, 20, HASH_MODE_NESTED) == NOTSUPP);
	CHECK(create_with(CHAIN, 24, CIPHER_KASUMI_F8) == NOTSUPP);
	CHECK(create_with(CHAIN, 40, MAC_KASUMI_F9) == NOTSUPP);
	CHECK(create_with(HASHED, 16, 99) == NOTSUPP);
	CHECK(create_with(MACED, 16, 99) == NOTSUPP);
	CHECK(create_with(SEALED, 16, 99) == NOTSUPP);
	CHECK(create_with(CIPHER, 0, IPSEC_OUTBOUND | CIPHER_CREATE_SESSION) == NOTSUPP);
	CHECK(create_with(CIPHER, 0, 0x7702) == NOTSUPP);
	guest_close();
}

/* Proves D15. */
static void
other_failures_of_a_creation_are_errors(void)
{
	enum { CIPHER, CHAIN, HASHED, MACED, SEALED };
	uint8_t answer[15];
	struct wire_bytes b;

	open_device(GUEST_REVISION_1);
	CHECK(create_with(CIPHER, 20, 17) == ERR); /* length of the key */
	CHECK(create_with(CIPHER, 20, UINT32_MAX) == ERR);
	CHECK(create_with(CIPHER, 24, 3) == ERR);	  /* neither encrypt nor decrypt */
	CHECK(create_with(CHAIN, 16, 3) == ERR);	  /* no such order */
	CHECK(create_with(CHAIN, 20, 4) == ERR);	  /* no such mode */
	CHECK(create_with(HASHED, 20, 33) == ERR);	  /* length of the digest */
	CHECK(create_with(MACED, 24, UINT32_MAX) == ERR); /* length of the key */
	CHECK(create_with(SEALED, 24, 17) == ERR);	  /* length of the tag */
	/* No room for the whole answer: what there is room for is the status. */
	create_cipher(&b, true);
	CHECK(guest_control(&b, answer, sizeof(answer)) == 1 && answer[0] == ERR);
	guest_close();
}

/* Proves D14. */
static void
no_space_is_a_status_with_revision_1_only(void)
{
	struct wire_bytes b;
	uint64_t id, last;
	int revision_1, i;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		open_device(revision_1 ? GUEST_REVISION_1 : 0);
		create_hash(&b, revision_1);
		for (i = 0; i < GUEST_SESSIONS; i++)
			CHECK(guest_create(&b, &last) == OK);
		CHECK(guest_create(&b, &id) == (revision_1 ? NOSPC : ERR));
		CHECK(guest_destroy(HASH_DESTROY_SESSION, last) == OK);
		CHECK(guest_create(&b, &id) == OK);
		guest_close();
	}
}

/* Proves D16. */
static void
an_id_is_unique_and_comes_with_success_only(void)
{
	uint64_t ids[3 * GUEST_SESSIONS], id;
	struct wire_bytes b, bad;
	unsigned int i, j, nb = 0;

	open_device(GUEST_REVISION_1);
	create_hash(&b, true);
	bad = b;
	bad.data[16] = 99;
	for (i = 0; i < RTE_DIM(ids); i++) {
		CHECK(guest_create(&b, &ids[nb++]) == OK);
		/* An id that is not one of a session is none. */
		CHECK(guest_create(&bad, &id) == NOTSUPP && id == UINT64_MAX);
		CHECK(vc_session_find(&dev->sessions, id) == NULL);
		if (i % 4 != 0)
			CHECK(guest_destroy(HASH_DESTROY_SESSION, ids[nb - 1]) == OK);
	}
	for (i = 0; i < nb; i++)
		for (j = 0; j < i; j++)
			CHECK(ids[i] != ids[j]);
	guest_close();
}

/* Proves D17 and D19. */
static void
what_cannot_be_destroyed_is_an_error(void)
{
	static const uint32_t opcodes[] = { CIPHER_DESTROY_SESSION, HASH_DESTROY_SESSION,
					    MAC_DESTROY_SESSION, AEAD_DESTROY_SESSION };
	uint32_t seen = 0;
	struct wire_bytes b;
	unsigned int i;
	uint8_t status;
	uint64_t id;

	open_device(GUEST_REVISION_1);
	create_mac(&b, true);
	CHECK(guest_create(&b, &id) == OK);
	for (i = 0; i < RTE_DIM(opcodes); i++) {
		CHECK(guest_destroy(opcodes[i], 0) == ERR);
		CHECK(guest_destroy(opcodes[i], id + 1) == ERR);
		CHECK(guest_destroy(opcodes[i], UINT64_MAX) == ERR);
		/* The session of another service stays. */
		if (opcodes[i] != MAC_DESTROY_SESSION)
			CHECK(guest_destroy(opcodes[i], id) == ERR);
		wire_control_header(&b, opcodes[i]);
		wire_le32(&b, id);
		CHECK(guest_control(&b, &status, 1) == 1 && status == ERR); /* half an id */
		seen |= 1u << status;
	}
	status = guest_destroy(MAC_DESTROY_SESSION, id);
	CHECK(status == OK);
	seen |= 1u << status;
	CHECK(guest_destroy(MAC_DESTROY_SESSION, id) == ERR);
	CHECK(seen == ONE_OF_DESTROY);
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(each_opcode_has_its_structure_and_its_keys),
		UNIT_TEST(no_creation_has_another_status),
		UNIT_TEST(unknown_algorithms_and_operations_are_not_supported),
		UNIT_TEST(other_failures_of_a_creation_are_errors),
		UNIT_TEST(no_space_is_a_status_with_revision_1_only),
		UNIT_TEST(an_id_is_unique_and_comes_with_success_only),
		UNIT_TEST(what_cannot_be_destroyed_is_an_error),
	};

	return guest_main(tests, RTE_DIM(tests));
}
