/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Requests of services HASH and MAC, sections "HASH Service Operation" and "MAC ...". */

#include <string.h>

#include <rte_common.h>

#include "mock_guest.h"
#include "unit.h"

#define ONE_OF (1u << OK | 1u << NOTSUPP | 1u << INVSESS | 1u << ERR)
#define DIGEST 32
/* A session that there is not. */
#define NOBODY 0x7ffffff

/* FIPS 180-2, appendix B.1: SHA-256 of "abc". */
static const uint8_t sha256_abc[DIGEST] = {
	0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
	0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
	0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};

/* RFC 4231, test case 2: HMAC-SHA-256 with key "Jefe". */
static const char mac_key[] = "Jefe", mac_text[] = "what do ya want for nothing?";
static const uint8_t mac_jefe[DIGEST] = {
	0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
	0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
	0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
};

/* What is common to tests of both services. */
struct service {
	uint32_t opcode;
	uint32_t algo;
	uint32_t key_len;
	const char *text;
	const uint8_t *digest;
	uint64_t stateless;
};

static const struct service hash = {
	HASH, HASH_SHA_256, 0, "abc", sha256_abc, GUEST_STATELESS_HASH,
};
static const struct service mac = {
	MAC, MAC_HMAC_SHA_256, sizeof(mac_key) - 1, mac_text, mac_jefe, GUEST_STATELESS_MAC,
};

/* A session of the service. */
static uint64_t
session(const struct service *s, bool revision_1)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, s->opcode + 2);
	WIRE_FIELDS(&b, s->algo, DIGEST);
	if (s->opcode == MAC)
		WIRE_FIELDS(&b, s->key_len, 0);
	if (!revision_1)
		wire_zero(&b, 16 + 56 - b.len);
	wire_put(&b, mac_key, s->key_len);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

/* A request where stateless mode is not negotiated. */
static void
request(struct wire_bytes *b, const struct service *s, uint64_t id, bool revision_1)
{
	wire_data_header(b, s->opcode, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, strlen(s->text), DIGEST);
	if (!revision_1)
		wire_zero(b, 24 + 48 - b->len);
	wire_put(b, s->text, strlen(s->text));
}

/* A request where it is, in either mode, which brings its key in one of them. */
static void
stateless_request(struct wire_bytes *b, const struct service *s, uint64_t id, uint32_t flag,
		  uint32_t algo)
{
	wire_data_header(b, s->opcode, id, flag);
	if (s->opcode == HASH)
		WIRE_FIELDS(b, algo, strlen(s->text), DIGEST, 0);
	else
		WIRE_FIELDS(b, algo, s->key_len, strlen(s->text), DIGEST);
	if (flag != FLAG_SESSION_MODE)
		wire_put(b, mac_key, s->key_len);
	wire_put(b, s->text, strlen(s->text));
}

static bool
answers(const struct wire_bytes *b, const struct service *s)
{
	uint8_t digest[DIGEST] = { 0 };

	return guest_send(b, digest, DIGEST) == OK && memcmp(digest, s->digest, DIGEST) == 0;
}

static uint8_t
status(const struct wire_bytes *b)
{
	uint8_t digest[DIGEST] = { 0 };

	return guest_send(b, digest, DIGEST);
}

static void
check_answers(const struct service *s)
{
	struct wire_bytes b;
	int revision_1;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		guest_open(revision_1 ? GUEST_REVISION_1 : 0);
		request(&b, s, session(s, revision_1), revision_1);
		CHECK(answers(&b, s));
		/* The digest is not the one of a byte less. */
		WIRE_FIELDS(&b, 0);
		b.data[24]--;
		CHECK(!answers(&b, s) && status(&b) == OK);
		guest_close();
	}
}

/* Proves D20, D22 and D24. */
static void
hashes_are_as_published(void)
{
	check_answers(&hash);
}

/* Proves D29 and D31. */
static void
macs_are_as_published(void)
{
	check_answers(&mac);
}

/* Of either mode only what belongs to it is looked at. */
static void
check_flag(const struct service *s)
{
	struct wire_bytes b;
	uint64_t id;

	guest_open(s->stateless);
	id = session(s, true);
	stateless_request(&b, s, id, FLAG_SESSION_MODE, 99);
	CHECK(answers(&b, s));
	stateless_request(&b, s, NOBODY, 0, s->algo);
	CHECK(answers(&b, s));
	stateless_request(&b, s, NOBODY, FLAG_SESSION_MODE, s->algo);
	CHECK(status(&b) == INVSESS);
	stateless_request(&b, s, id, 0, 99);
	CHECK(status(&b) == NOTSUPP);
	guest_close();
}

/* Proves D21. */
static void
the_flag_says_whether_a_hash_has_a_session(void)
{
	check_flag(&hash);
}

/* Proves D28. */
static void
the_flag_says_whether_a_mac_has_a_session(void)
{
	check_flag(&mac);
}

static void
check_not_supported(const struct service *s, uint32_t known)
{
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = session(s, true);
	request(&b, s, id, true);
	b.data[0] = 2; /* no such operation of the service */
	CHECK(status(&b) == NOTSUPP);
	request(&b, s, id, true);
	b.data[16] = 0; /* stateless, which was not negotiated */
	CHECK(status(&b) == NOTSUPP);
	request(&b, s, id, true);
	b.data[1] = IPSEC_OUTBOUND >> 8;
	CHECK(status(&b) == NOTSUPP);
	guest_close();
	guest_open(s->stateless);
	stateless_request(&b, s, 0, 0, 99);
	CHECK(status(&b) == NOTSUPP);
	stateless_request(&b, s, 0, 0, known); /* but no cryptodev has it */
	CHECK(status(&b) == NOTSUPP);
	guest_close();
}

/* Proves D25 and D67. */
static void
unknown_hashes_are_not_supported(void)
{
	check_not_supported(&hash, 11); /* SHAKE128 */
}

/* Proves D32 and D67. */
static void
unknown_macs_are_not_supported(void)
{
	check_not_supported(&mac, MAC_KASUMI_F9);
}

static void
check_invalid_session(const struct service *s)
{
	struct wire_bytes b;
	uint64_t id;
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		guest_open(stateless ? s->stateless : GUEST_REVISION_1);
		id = session(s, true);
		if (stateless)
			stateless_request(&b, s, id, FLAG_SESSION_MODE, s->algo);
		else
			request(&b, s, id, true);
		CHECK(answers(&b, s));
		CHECK(guest_destroy(s->opcode + 3, id) == OK);
		CHECK(status(&b) == INVSESS);
		session(s, true); /* a new one in the same place is another one */
		CHECK(status(&b) == INVSESS);
		memset(b.data + 8, 0, 8);
		CHECK(status(&b) == INVSESS);
		memset(b.data + 8, 0xff, 8);
		CHECK(status(&b) == INVSESS);
		guest_close();
	}
}

/* Proves D26. */
static void
a_hash_without_its_session_gets_invsess(void)
{
	check_invalid_session(&hash);
}

/* Proves D33. */
static void
a_mac_without_its_session_gets_invsess(void)
{
	check_invalid_session(&mac);
}

static void
check_errors(const struct service *s, const struct service *other)
{
	uint8_t digest[DIGEST];
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = session(s, true);
	request(&b, s, id, true);
	b.len--; /* less source data than the length says */
	CHECK(status(&b) == ERR);
	request(&b, s, id, true);
	b.data[28] = DIGEST - 1; /* not the length that the session says */
	CHECK(status(&b) == ERR);
	request(&b, s, id, true);
	CHECK(guest_send(&b, digest, DIGEST - 1) == ERR); /* no room for the digest */
	request(&b, s, session(other, true), true);	  /* a session of another service */
	CHECK(status(&b) == ERR);
	for (b.len = 1; b.len < 32; b.len++)
		CHECK(status(&b) == ERR); /* no whole header */
	guest_close();
}

/* Proves D27. */
static void
other_failures_of_a_hash_are_errors(void)
{
	check_errors(&hash, &mac);
}

/* Proves D34. */
static void
other_failures_of_a_mac_are_errors(void)
{
	check_errors(&mac, &hash);
}

/* Every status that the service knows comes, and no other. */
static void
check_statuses(const struct service *s)
{
	struct wire_bytes b;
	uint32_t seen;

	guest_open(GUEST_REVISION_1);
	request(&b, s, session(s, true), true);
	seen = guest_sweep(&b, DIGEST, false, ONE_OF);
	guest_close();
	guest_open(s->stateless);
	stateless_request(&b, s, session(s, true), FLAG_SESSION_MODE, s->algo);
	seen |= guest_sweep(&b, DIGEST, false, ONE_OF);
	stateless_request(&b, s, 0, 0, s->algo);
	seen |= guest_sweep(&b, DIGEST, false, ONE_OF);
	CHECK(seen == ONE_OF);
	guest_close();
}

/* Proves D23 and D66. */
static void
no_hash_has_another_status(void)
{
	check_statuses(&hash);
}

/* Proves D30 and D66. */
static void
no_mac_has_another_status(void)
{
	check_statuses(&mac);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(hashes_are_as_published),
		UNIT_TEST(macs_are_as_published),
		UNIT_TEST(the_flag_says_whether_a_hash_has_a_session),
		UNIT_TEST(the_flag_says_whether_a_mac_has_a_session),
		UNIT_TEST(unknown_hashes_are_not_supported),
		UNIT_TEST(unknown_macs_are_not_supported),
		UNIT_TEST(a_hash_without_its_session_gets_invsess),
		UNIT_TEST(a_mac_without_its_session_gets_invsess),
		UNIT_TEST(other_failures_of_a_hash_are_errors),
		UNIT_TEST(other_failures_of_a_mac_are_errors),
		UNIT_TEST(no_hash_has_another_status),
		UNIT_TEST(no_mac_has_another_status),
	};

	return guest_main(tests, RTE_DIM(tests));
}
