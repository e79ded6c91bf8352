/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Requests of service AEAD, section "AEAD Service Operation" of the specification. */

#include <string.h>

#include <rte_common.h>

#include "mock_guest.h"
#include "unit.h"

#define ONE_OF (1u << OK | 1u << NOTSUPP | 1u << BADMSG | 1u << INVSESS | 1u << ERR)
#define KEY    16
#define IV     12
#define TEXT   60
#define AAD    20
#define TAG    16

/* "The Galois/Counter Mode of Operation", McGrew and Viega, test case 4. */
static const uint8_t key[KEY] = {
	0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c,
	0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08,
};
static const uint8_t iv[IV] = {
	0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88,
};
static const uint8_t aad[AAD] = {
	0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
	0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2,
};
static const uint8_t plain[TEXT] = {
	0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26,
	0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31,
	0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49,
	0xa6, 0xb5, 0x25, 0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39,
};
static const uint8_t sealed[TEXT + TAG] = {
	0x42,
	0x83,
	0x1e,
	0xc2,
	0x21,
	0x77,
	0x74,
	0x24,
	0x4b,
	0x72,
	0x21,
	0xb7,
	0x84,
	0xd0,
	0xd4,
	0x9c,
	0xe3,
	0xaa,
	0x21,
	0x2f,
	0x2c,
	0x02,
	0xa4,
	0xe0,
	0x35,
	0xc1,
	0x7e,
	0x23,
	0x29,
	0xac,
	0xa1,
	0x2e,
	0x21,
	0xd5,
	0x14,
	0xb2,
	0x54,
	0x66,
	0x93,
	0x1c,
	0x7d,
	0x8f,
	0x6a,
	0x5a,
	0xac,
	0x84,
	0xaa,
	0x05,
	0x1b,
	0xa3,
	0x0b,
	0x39,
	0x6a,
	0x0a,
	0xac,
	0x97,
	0x3d,
	0x58,
	0xe0,
	0x91,
	/* tag */
	0x5b,
	0xc9,
	0x4f,
	0xbc,
	0x32,
	0x21,
	0xa5,
	0xdb,
	0x94,
	0xfa,
	0xe9,
	0x5a,
	0xe7,
	0x12,
	0x1a,
	0x47,
};

static uint64_t
session(uint32_t op, bool revision_1)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, AEAD_CREATE_SESSION);
	WIRE_FIELDS(&b, AEAD_GCM, KEY, TAG, AAD, op, 0);
	if (!revision_1)
		wire_zero(&b, 16 + 56 - b.len);
	wire_put(&b, key, KEY);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

/* What is read behind the header, and the keys that stateless mode has before it. */
static void
content(struct wire_bytes *b, bool seal)
{
	wire_put(b, iv, IV);
	if (seal)
		wire_put(b, plain, TEXT);
	else
		wire_put(b, sealed, TEXT + TAG);
	wire_put(b, aad, AAD);
}

static void
request(struct wire_bytes *b, bool seal, uint64_t id, bool revision_1)
{
	wire_data_header(b, seal ? AEAD_ENCRYPT : AEAD_DECRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, IV, AAD, seal ? TEXT : TEXT + TAG, TEXT + TAG, TAG, 0);
	if (!revision_1)
		wire_zero(b, 24 + 48 - b->len);
	content(b, seal);
}

/* The same where stateless mode is negotiated. */
static void
stateless_request(struct wire_bytes *b, bool seal, uint64_t id, uint32_t flag, uint32_t algo)
{
	wire_data_header(b, seal ? AEAD_ENCRYPT : AEAD_DECRYPT, id, flag);
	WIRE_FIELDS(b, algo, KEY, seal ? OP_ENCRYPT : OP_DECRYPT, IV, TAG, AAD,
		    seal ? TEXT : TEXT + TAG, TEXT + TAG);
	if (flag != FLAG_SESSION_MODE)
		wire_put(b, key, KEY);
	content(b, seal);
}

static uint8_t
status(const struct wire_bytes *b)
{
	uint8_t result[TEXT + TAG] = { 0 };

	return guest_send(b, result, sizeof(result));
}

static bool
answers(const struct wire_bytes *b, bool seal)
{
	uint8_t result[TEXT + TAG] = { 0 };

	return guest_send(b, result, sizeof(result)) == OK &&
		memcmp(result, seal ? sealed : plain, seal ? TEXT + TAG : TEXT) == 0;
}

/* Proves D48, D49 and D52. */
static void
texts_and_tags_are_as_published(void)
{
	struct wire_bytes b;
	int revision_1, seal;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		guest_open(revision_1 ? GUEST_REVISION_1 : 0);
		for (seal = 0; seal < 2; seal++) {
			request(&b, seal, session(seal ? OP_ENCRYPT : OP_DECRYPT, revision_1),
				revision_1);
			CHECK(answers(&b, seal));
		}
		guest_close();
	}
}

/* Proves D47. */
static void
stateless_requests_bring_their_key(void)
{
	struct wire_bytes b;
	uint64_t id;
	int seal;

	guest_open(GUEST_STATELESS_AEAD);
	for (seal = 0; seal < 2; seal++) {
		id = session(seal ? OP_ENCRYPT : OP_DECRYPT, true);
		stateless_request(&b, seal, id, FLAG_SESSION_MODE, 99);
		CHECK(answers(&b, seal));
		stateless_request(&b, seal, 0, 0, AEAD_GCM);
		CHECK(answers(&b, seal));
		/* The opcode and the direction among the parameters have to agree. */
		b.data[0] ^= 1;
		CHECK(status(&b) == ERR);
	}
	guest_close();
}

/* Proves D51 and D54. */
static void
what_does_not_verify_is_a_bad_message(void)
{
	static const uint32_t spoilt[] = { 24 + 24,
					   24 + 24 + IV,
					   24 + 24 + IV + TEXT - 1,
					   24 + 24 + IV + TEXT,
					   24 + 24 + IV + TEXT + TAG - 1,
					   24 + 24 + IV + TEXT + TAG,
					   24 + 24 + IV + TEXT + TAG + AAD - 1 };
	struct wire_bytes b;
	unsigned int i;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = session(OP_DECRYPT, true);
	for (i = 0; i < RTE_DIM(spoilt); i++) {
		request(&b, false, id, true);
		b.data[spoilt[i]] ^= 0x80;
		CHECK(status(&b) == BADMSG);
	}
	request(&b, false, id, true);
	CHECK(status(&b) == OK);
	guest_close();
	guest_open(GUEST_STATELESS_AEAD);
	stateless_request(&b, false, 0, 0, AEAD_GCM);
	b.data[b.len - 1] ^= 1;
	CHECK(status(&b) == BADMSG);
	guest_close();
}

/* Proves D53 and D67. */
static void
unknown_algorithms_and_operations_are_not_supported(void)
{
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = session(OP_ENCRYPT, true);
	request(&b, true, id, true);
	b.data[0] = 2; /* no such operation of the service */
	CHECK(status(&b) == NOTSUPP);
	request(&b, true, id, true);
	b.data[16] = 0; /* stateless, which was not negotiated */
	CHECK(status(&b) == NOTSUPP);
	guest_close();
	guest_open(GUEST_STATELESS_AEAD);
	stateless_request(&b, true, 0, 0, 99);
	CHECK(status(&b) == NOTSUPP);
	guest_close();
}

/* Proves D55. */
static void
a_request_without_its_session_gets_invsess(void)
{
	struct wire_bytes b;
	uint64_t id;
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		guest_open(stateless ? GUEST_STATELESS_AEAD : GUEST_REVISION_1);
		id = session(OP_ENCRYPT, true);
		if (stateless)
			stateless_request(&b, true, id, FLAG_SESSION_MODE, AEAD_GCM);
		else
			request(&b, true, id, true);
		CHECK(answers(&b, true));
		CHECK(guest_destroy(AEAD_DESTROY_SESSION, id) == OK);
		CHECK(status(&b) == INVSESS);
		guest_close();
	}
}

/* Proves D56. */
static void
other_failures_are_errors(void)
{
	uint8_t result[TEXT + TAG];
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = session(OP_ENCRYPT, true);
	request(&b, true, id, true);
	b.len--; /* less additional data than the length says */
	CHECK(status(&b) == ERR);
	request(&b, true, id, true);
	b.data[24 + 12]--; /* the destination has no room for the tag */
	CHECK(status(&b) == ERR);
	request(&b, true, id, true);
	CHECK(guest_send(&b, result, TEXT + TAG - 1) == ERR);
	request(&b, true, id, true);
	b.data[24 + 16]--; /* not the length of tag that the session has */
	CHECK(status(&b) == ERR);
	request(&b, false, id, true); /* not the direction that the session has */
	CHECK(status(&b) == ERR);
	request(&b, false, session(OP_DECRYPT, true), true);
	b.data[24 + 8] = TAG - 1; /* no whole tag */
	CHECK(status(&b) == ERR);
	guest_close();
}

/* Proves D50 and D66. */
static void
no_request_has_another_status(void)
{
	struct wire_bytes b;
	uint32_t seen = 0;
	int seal;

	for (seal = 0; seal < 2; seal++) {
		guest_open(GUEST_REVISION_1);
		request(&b, seal, session(seal ? OP_ENCRYPT : OP_DECRYPT, true), true);
		seen |= guest_sweep(&b, TEXT + TAG, false,
				    seal ? ONE_OF & ~(1u << BADMSG) : ONE_OF);
		guest_close();
		guest_open(GUEST_STATELESS_AEAD);
		stateless_request(&b, seal, 0, 0, AEAD_GCM);
		seen |= guest_sweep(&b, TEXT + TAG, false, ONE_OF);
		guest_close();
	}
	CHECK(seen == ONE_OF);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(texts_and_tags_are_as_published),
		UNIT_TEST(stateless_requests_bring_their_key),
		UNIT_TEST(what_does_not_verify_is_a_bad_message),
		UNIT_TEST(unknown_algorithms_and_operations_are_not_supported),
		UNIT_TEST(a_request_without_its_session_gets_invsess),
		UNIT_TEST(other_failures_are_errors),
		UNIT_TEST(no_request_has_another_status),
	};

	return guest_main(tests, RTE_DIM(tests));
}
