/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Requests of service CIPHER, section "Symmetric algorithms Operation" of the specification. */

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <rte_common.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define ONE_OF	 (1u << OK | 1u << NOTSUPP | 1u << INVSESS | 1u << ERR)
#define KEY	 16
#define AUTH_KEY 20
#define IV	 16
#define TEXT	 64
#define SHA1	 20
#define GMAC	 16
#define GMAC_IV	 12
/* Of a chain: where its text starts, and bytes of source and destination. */
#define START 8
#define DATA  (START + TEXT + 4)

/* NIST SP 800-38A, F.2.1 and F.2.2: AES-128-CBC. */
static const uint8_t key[KEY] = {
	0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
	0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c,
};
static const uint8_t iv[IV] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t plain[TEXT] = {
	0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73,
	0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7,
	0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51, 0x30, 0xc8, 0x1c, 0x46, 0xa3, 0x5c, 0xe4,
	0x11, 0xe5, 0xfb, 0xc1, 0x19, 0x1a, 0x0a, 0x52, 0xef, 0xf6, 0x9f, 0x24, 0x45,
	0xdf, 0x4f, 0x9b, 0x17, 0xad, 0x2b, 0x41, 0x7b, 0xe6, 0x6c, 0x37, 0x10,
};
static const uint8_t secret[TEXT] = {
	0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9, 0x8e, 0x9b, 0x12,
	0xe9, 0x19, 0x7d, 0x50, 0x86, 0xcb, 0x9b, 0x50, 0x72, 0x19, 0xee, 0x95, 0xdb,
	0x11, 0x3a, 0x91, 0x76, 0x78, 0xb2, 0x73, 0xbe, 0xd6, 0xb8, 0xe3, 0xc1, 0x74,
	0x3b, 0x71, 0x16, 0xe6, 0x9e, 0x22, 0x22, 0x95, 0x16, 0x3f, 0xf1, 0xca, 0xa1,
	0x68, 0x1f, 0xac, 0x09, 0x12, 0x0e, 0xca, 0x30, 0x75, 0x86, 0xe1, 0xa7,
};
static const uint8_t auth_key[AUTH_KEY] = "twenty bytes of key";
static const uint8_t around[START] = { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7 };

/* What a chain may write: the destination, and the digest behind it. */
struct chain_result {
	uint8_t data[DATA];
	uint8_t digest[SHA1];
};

static uint64_t
cipher_session(uint32_t op)
{
	return guest_create_cipher(CIPHER_AES_CBC, op, key, KEY);
}

/* AES-CBC and HMAC-SHA1 in an order. */
static uint64_t
chain_session(uint32_t op, uint32_t order)
{
	return guest_create_chain(order, op, key, KEY, auth_key, AUTH_KEY);
}

static void
cipher_request(struct wire_bytes *b, bool encrypt, uint64_t id, bool revision_1)
{
	wire_data_header(b, encrypt ? CIPHER_ENCRYPT : CIPHER_DECRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, IV, TEXT, TEXT, 0);
	wire_zero(b, 24);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	if (!revision_1)
		wire_zero(b, 24 + 48 - b->len);
	wire_put(b, iv, IV);
	wire_put(b, encrypt ? plain : secret, TEXT);
}

/* The source data of a chain: the text with some bytes before and behind it. */
static void
put_source(struct wire_bytes *b, bool encrypt)
{
	wire_put(b, around, START);
	wire_put(b, encrypt ? plain : secret, TEXT);
	wire_put(b, around, DATA - START - TEXT);
}

/* The digest is over the text and what is before it. */
static void
chain_request(struct wire_bytes *b, bool encrypt, uint64_t id)
{
	wire_data_header(b, encrypt ? CIPHER_ENCRYPT : CIPHER_DECRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, IV, DATA, DATA, START, TEXT, 0, START + TEXT, 0, SHA1, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(b, iv, IV);
	put_source(b, encrypt);
}

/* The two where stateless mode is negotiated, with keys if they have no session. */
static void
stateless_cipher_request(struct wire_bytes *b, bool encrypt, uint64_t id, uint32_t flag,
			 uint32_t algo)
{
	wire_data_header(b, encrypt ? CIPHER_ENCRYPT : CIPHER_DECRYPT, id, flag);
	WIRE_FIELDS(b, algo, KEY, encrypt ? OP_ENCRYPT : OP_DECRYPT, IV, TEXT, TEXT);
	wire_zero(b, 48);
	WIRE_FIELDS(b, SYM_OP_CIPHER);
	if (flag != FLAG_SESSION_MODE)
		wire_put(b, key, KEY);
	wire_put(b, iv, IV);
	wire_put(b, encrypt ? plain : secret, TEXT);
}

static void
stateless_chain_request(struct wire_bytes *b, bool encrypt, uint64_t id, uint32_t flag,
			uint32_t order)
{
	wire_data_header(b, encrypt ? CIPHER_ENCRYPT : CIPHER_DECRYPT, id, flag);
	WIRE_FIELDS(b, order, 0, CIPHER_AES_CBC, KEY, encrypt ? OP_ENCRYPT : OP_DECRYPT,
		    MAC_HMAC_SHA1, AUTH_KEY, HASH_MODE_AUTH);
	WIRE_FIELDS(b, IV, DATA, DATA, START, TEXT, 0, START + TEXT, 0, SHA1, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING);
	if (flag != FLAG_SESSION_MODE) {
		wire_put(b, key, KEY);
		wire_put(b, auth_key, AUTH_KEY);
	}
	wire_put(b, iv, IV);
	put_source(b, encrypt);
}

static uint8_t
status(const struct wire_bytes *b, uint32_t room)
{
	uint8_t result[256] = { 0 };

	return guest_send(b, result, room);
}

static bool
cipher_answers(const struct wire_bytes *b, bool encrypt)
{
	uint8_t result[TEXT] = { 0 };

	return guest_send(b, result, TEXT) == OK &&
		memcmp(result, encrypt ? secret : plain, TEXT) == 0;
}

/* The digest of a chain, over its plain or its encrypted text. */
static void
expect_digest(bool of_plain, uint8_t digest[SHA1])
{
	uint8_t text[START + TEXT];

	memcpy(text, around, START);
	memcpy(text + START, of_plain ? plain : secret, TEXT);
	HMAC(EVP_sha1(), auth_key, AUTH_KEY, text, sizeof(text), digest, NULL);
}

/* The device wrote the ciphered text, in its place, and the digest behind the destination. */
static bool
chain_right(const struct chain_result *r, bool encrypt, bool digest_of_plain)
{
	static const uint8_t zero[START];
	uint8_t digest[SHA1];

	expect_digest(digest_of_plain, digest);
	return memcmp(r->data, zero, START) == 0 &&
		memcmp(r->data + START, encrypt ? secret : plain, TEXT) == 0 &&
		memcmp(r->data + START + TEXT, zero, DATA - START - TEXT) == 0 &&
		memcmp(r->digest, digest, SHA1) == 0;
}

static bool
chain_answers(const struct wire_bytes *b, bool encrypt, bool digest_of_plain)
{
	struct chain_result r;

	memset(&r, 0, sizeof(r));
	/* A device that compares is shown the digest that it is to come to. */
	if (!encrypt)
		expect_digest(digest_of_plain, r.digest);
	return guest_send(b, &r, sizeof(r)) == OK && chain_right(&r, encrypt, digest_of_plain);
}

/* Proves D37, D39 and D43. */
static void
texts_are_as_published(void)
{
	struct wire_bytes b;
	int revision_1, encrypt;

	for (revision_1 = 0; revision_1 < 2; revision_1++) {
		guest_open(revision_1 ? GUEST_REVISION_1 : 0);
		for (encrypt = 0; encrypt < 2; encrypt++) {
			cipher_request(&b, encrypt,
				       cipher_session(encrypt ? OP_ENCRYPT : OP_DECRYPT),
				       revision_1);
			CHECK(cipher_answers(&b, encrypt));
		}
		guest_close();
	}
}

/* Proves D38, D39, D41 and D43. */
static void
chains_give_text_and_digest(void)
{
	struct wire_bytes b;
	uint32_t order;
	int encrypt;

	guest_open(GUEST_REVISION_1);
	for (encrypt = 0; encrypt < 2; encrypt++)
		for (order = HASH_THEN_CIPHER; order <= CIPHER_THEN_HASH; order++) {
			uint64_t id = chain_session(encrypt ? OP_ENCRYPT : OP_DECRYPT, order);

			chain_request(&b, encrypt, id);
			CHECK(chain_answers(&b, encrypt, encrypt == (order == HASH_THEN_CIPHER)));
		}
	guest_close();
}

/* Proves D42: beside the statuses of the service, the one that says how a comparison ended. */
static void
a_chain_that_decrypts_compares_the_digest_handed_in(void)
{
	struct chain_result r;
	struct wire_bytes b;

	guest_open(GUEST_REVISION_1);
	chain_request(&b, false, chain_session(OP_DECRYPT, HASH_THEN_CIPHER));
	memset(&r, 0, sizeof(r));
	CHECK(guest_send(&b, &r, sizeof(r)) == BADMSG);
	CHECK(chain_right(&r, false, false)); /* and has its results nevertheless */
	CHECK(guest_send(&b, &r, sizeof(r)) == OK);
	/* With encryption there is nothing to compare. */
	chain_request(&b, true, chain_session(OP_ENCRYPT, CIPHER_THEN_HASH));
	memset(&r, 0xff, sizeof(r));
	CHECK(guest_send(&b, &r, sizeof(r)) == OK);
	guest_close();
}

/* Proves D35. */
static void
the_flag_says_whether_there_is_a_session(void)
{
	struct wire_bytes b;
	uint64_t id;
	int encrypt;

	guest_open(GUEST_STATELESS_CIPHER);
	for (encrypt = 0; encrypt < 2; encrypt++) {
		id = cipher_session(encrypt ? OP_ENCRYPT : OP_DECRYPT);
		stateless_cipher_request(&b, encrypt, id, FLAG_SESSION_MODE, 99);
		CHECK(cipher_answers(&b, encrypt));
		stateless_cipher_request(&b, encrypt, UINT64_MAX, 0, CIPHER_AES_CBC);
		CHECK(cipher_answers(&b, encrypt));
		stateless_cipher_request(&b, encrypt, UINT64_MAX, FLAG_SESSION_MODE,
					 CIPHER_AES_CBC);
		CHECK(status(&b, TEXT) == INVSESS);
		id = chain_session(encrypt ? OP_ENCRYPT : OP_DECRYPT, HASH_THEN_CIPHER);
		stateless_chain_request(&b, encrypt, id, FLAG_SESSION_MODE, 99);
		CHECK(chain_answers(&b, encrypt, encrypt));
		stateless_chain_request(&b, encrypt, UINT64_MAX, 0, HASH_THEN_CIPHER);
		CHECK(chain_answers(&b, encrypt, encrypt));
	}
	guest_close();
}

/* Proves D36. */
static void
opcode_and_type_say_what_the_request_is(void)
{
	struct wire_bytes b;
	uint64_t cipher, chain;

	guest_open(GUEST_REVISION_1);
	cipher = cipher_session(OP_ENCRYPT);
	chain = chain_session(OP_ENCRYPT, CIPHER_THEN_HASH);
	cipher_request(&b, true, cipher, true);
	CHECK(cipher_answers(&b, true));
	b.data[0] = CIPHER_DECRYPT; /* the session encrypts */
	CHECK(status(&b, TEXT) == ERR);
	chain_request(&b, true, chain);
	CHECK(chain_answers(&b, true, false));
	memcpy(b.data + 8, &cipher, sizeof(cipher)); /* the session is none of a chain */
	CHECK(status(&b, sizeof(struct chain_result)) == ERR);
	cipher_request(&b, true, chain, true);
	CHECK(status(&b, TEXT) == ERR);
	guest_close();
}

/* GMAC without a cipher: its IV is the additional data. */
static uint64_t
gmac_session(void)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_THEN_HASH, HASH_MODE_AUTH, NO_CIPHER, 0, OP_ENCRYPT, 0, MAC_GMAC_AES,
		    GMAC, KEY, 0, GMAC_IV, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(&b, key, KEY);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

static void
expect_gmac(uint8_t tag[GMAC])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len;

	CHECK(EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, iv) == 1);
	CHECK(EVP_EncryptUpdate(ctx, NULL, &len, plain, TEXT) == 1);
	CHECK(EVP_EncryptFinal_ex(ctx, tag, &len) == 1);
	CHECK(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, GMAC, tag) == 1);
	EVP_CIPHER_CTX_free(ctx);
}

static void
gmac_request(struct wire_bytes *b, uint64_t id, uint32_t aad_len)
{
	wire_data_header(b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(b, 0, TEXT, 0, 0, 0, 0, TEXT, aad_len, GMAC, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(b, plain, TEXT);
}

/* Proves D40. */
static void
additional_data_is_there_if_its_length_says_so(void)
{
	uint8_t tag[GMAC], right[GMAC];
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = gmac_session();
	gmac_request(&b, id, GMAC_IV);
	wire_put(&b, iv, GMAC_IV);
	expect_gmac(right);
	memset(tag, 0, GMAC);
	CHECK(guest_send(&b, tag, GMAC) == OK && memcmp(tag, right, GMAC) == 0);
	/* It is neither looked for where there is none, ... */
	gmac_request(&b, id, 0);
	CHECK(status(&b, GMAC) == ERR);
	/* ... nor made of what follows the request, nor given to who has no use for it. */
	gmac_request(&b, id, GMAC_IV);
	CHECK(status(&b, GMAC) == ERR);
	chain_request(&b, true, chain_session(OP_ENCRYPT, CIPHER_THEN_HASH));
	CHECK(chain_answers(&b, true, false)); /* with a length of 0 */
	b.data[24 + 28] = GMAC_IV;
	wire_put(&b, iv, GMAC_IV);
	CHECK(status(&b, sizeof(struct chain_result)) == ERR);
	guest_close();
}

/* Proves D44 and D67. */
static void
unknown_algorithms_and_operations_are_not_supported(void)
{
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = cipher_session(OP_ENCRYPT);
	cipher_request(&b, true, id, true);
	b.data[0] = 7; /* no such operation of the service */
	CHECK(status(&b, TEXT) == NOTSUPP);
	cipher_request(&b, true, id, true);
	b.data[24 + 40] = 0; /* no such type of operation */
	CHECK(status(&b, TEXT) == NOTSUPP);
	cipher_request(&b, true, id, true);
	b.data[16] = 0; /* stateless, which was not negotiated */
	CHECK(status(&b, TEXT) == NOTSUPP);
	guest_close();
	guest_open(GUEST_STATELESS_CIPHER);
	stateless_cipher_request(&b, true, 0, 0, 99);
	CHECK(status(&b, TEXT) == NOTSUPP);
	stateless_cipher_request(&b, true, 0, 0, CIPHER_KASUMI_F8); /* no cryptodev has it */
	CHECK(status(&b, TEXT) == NOTSUPP);
	stateless_chain_request(&b, true, 0, 0, CIPHER_THEN_HASH);
	b.data[24 + 28] = HASH_MODE_NESTED;
	CHECK(status(&b, sizeof(struct chain_result)) == NOTSUPP);
	guest_close();
}

/* Proves D45. */
static void
a_request_without_its_session_gets_invsess(void)
{
	struct wire_bytes b;
	uint64_t id;
	int stateless;

	for (stateless = 0; stateless < 2; stateless++) {
		guest_open(stateless ? GUEST_STATELESS_CIPHER : GUEST_REVISION_1);
		id = cipher_session(OP_ENCRYPT);
		if (stateless)
			stateless_cipher_request(&b, true, id, FLAG_SESSION_MODE, CIPHER_AES_CBC);
		else
			cipher_request(&b, true, id, true);
		CHECK(cipher_answers(&b, true));
		CHECK(guest_destroy(CIPHER_DESTROY_SESSION, id) == OK);
		CHECK(status(&b, TEXT) == INVSESS);
		cipher_session(OP_ENCRYPT); /* a new one in its place is another one */
		CHECK(status(&b, TEXT) == INVSESS);
		guest_close();
	}
}

/* A chain's request with one field of its fixed part changed. */
static uint8_t
chain_with(uint64_t id, uint32_t field, uint8_t value)
{
	struct wire_bytes b;

	chain_request(&b, true, id);
	b.data[24 + field] = value;
	return status(&b, sizeof(struct chain_result));
}

/* Proves D46. */
static void
other_failures_are_errors(void)
{
	struct wire_bytes b;
	uint64_t id;

	guest_open(GUEST_REVISION_1);
	id = cipher_session(OP_ENCRYPT);
	cipher_request(&b, true, id, true);
	b.len--; /* less source data than the length says */
	CHECK(status(&b, TEXT) == ERR);
	cipher_request(&b, true, id, true);
	CHECK(status(&b, TEXT - 1) == ERR); /* no room for the destination */
	b.data[24 + 4]--;		    /* no whole blocks */
	CHECK(status(&b, TEXT) == ERR);
	cipher_request(&b, true, id, true);
	b.data[24]--; /* an IV too short for the algorithm */
	CHECK(status(&b, TEXT) == ERR);
	id = chain_session(OP_ENCRYPT, CIPHER_THEN_HASH);
	CHECK(chain_with(id, 8, START + TEXT - 1) == ERR); /* destination too short */
	CHECK(chain_with(id, 12, DATA - TEXT + 1) == ERR); /* cipher begins too late */
	CHECK(chain_with(id, 16, TEXT - 1) == ERR);	   /* no whole blocks */
	CHECK(chain_with(id, 20, DATA + 1) == ERR);	   /* hash begins behind the end */
	CHECK(chain_with(id, 24, DATA + 1) == ERR);	   /* hash ends behind the end */
	CHECK(chain_with(id, 32, SHA1 - 1) == ERR);	   /* not the session's digest */
	guest_close();
}

/* Proves D42 and D66. */
static void
no_request_has_another_status(void)
{
	struct wire_bytes b;
	uint32_t seen;

	guest_open(GUEST_REVISION_1);
	cipher_request(&b, false, cipher_session(OP_DECRYPT), true);
	seen = guest_sweep(&b, TEXT, false, ONE_OF);
	chain_request(&b, true, chain_session(OP_ENCRYPT, CIPHER_THEN_HASH));
	seen |= guest_sweep(&b, sizeof(struct chain_result), false, ONE_OF);
	guest_close();
	guest_open(GUEST_STATELESS_CIPHER);
	stateless_cipher_request(&b, false, 0, 0, CIPHER_AES_CBC);
	seen |= guest_sweep(&b, TEXT, false, ONE_OF);
	stateless_chain_request(&b, true, 0, 0, CIPHER_THEN_HASH);
	seen |= guest_sweep(&b, sizeof(struct chain_result), false, ONE_OF);
	CHECK(seen == ONE_OF);
	guest_close();
}

/* What lcores of other queues read while a queue works: a copy of it. */
struct shared {
	uint8_t device[offsetof(struct rte_vhost_crypto_device, queues)];
	struct vc_session sessions[GUEST_SESSIONS];
	struct vc_queue other;
};

static void
copy_shared(const struct rte_vhost_crypto_device *dev, struct shared *s)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->device, dev, sizeof(s->device));
	memcpy(s->sessions, dev->sessions.sessions, sizeof(s->sessions));
	memcpy(&s->other, &dev->queues[1], sizeof(s->other));
}

static void
a_queue_writes_nothing_that_others_use(void)
{
	struct rte_vhost_crypto_device *dev = guest_open(GUEST_REVISION_1);
	static struct shared before, after;
	struct wire_bytes cipher, chain;
	unsigned int i;

	cipher_request(&cipher, true, cipher_session(OP_ENCRYPT), true);
	chain_request(&chain, true, chain_session(OP_ENCRYPT, CIPHER_THEN_HASH));
	/* The first request with a session makes the cryptodev's. */
	CHECK(cipher_answers(&cipher, true));
	CHECK(chain_answers(&chain, true, false));
	copy_shared(dev, &before);
	for (i = 0; i < 10; i++) {
		CHECK(cipher_answers(&cipher, true));
		CHECK(chain_answers(&chain, true, false));
		chain.data[16] ^= 1; /* an answer that is an error, too */
		status(&chain, sizeof(struct chain_result));
		chain.data[16] ^= 1;
	}
	copy_shared(dev, &after);
	CHECK(memcmp(&before, &after, sizeof(before)) == 0);
	/* Nor does any part of a queue share a cache line with one of another. */
	CHECK((uintptr_t)&dev->queues[1] % RTE_CACHE_LINE_SIZE == 0);
	CHECK(sizeof(struct vc_queue) % RTE_CACHE_LINE_SIZE == 0);
	guest_close();
}

/* Answering them takes time, too, and other queues wait for the lcore. */
static void
bad_requests_are_of_the_burst(void)
{
	struct rte_vhost_crypto_device *dev = guest_open(GUEST_REVISION_1);
	struct rte_vhost_crypto_queue_stats stats;
	struct wire_bytes b;
	unsigned int i;

	cipher_request(&b, true, 12345, true);
	CHECK(status(&b, TEXT) == INVSESS);
	guest_repeat(8);
	for (i = 1; i <= 3; i++) {
		rte_vhost_crypto_queue_poll(dev, 0, 3);
		CHECK(rte_vhost_crypto_queue_stats_get(dev, 0, &stats) == 0);
		CHECK(stats.requests == RTE_MIN(1 + 3 * i, 9u) && stats.failed == stats.requests);
	}
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(texts_are_as_published),
		UNIT_TEST(chains_give_text_and_digest),
		UNIT_TEST(a_chain_that_decrypts_compares_the_digest_handed_in),
		UNIT_TEST(the_flag_says_whether_there_is_a_session),
		UNIT_TEST(opcode_and_type_say_what_the_request_is),
		UNIT_TEST(additional_data_is_there_if_its_length_says_so),
		UNIT_TEST(unknown_algorithms_and_operations_are_not_supported),
		UNIT_TEST(a_request_without_its_session_gets_invsess),
		UNIT_TEST(other_failures_are_errors),
		UNIT_TEST(no_request_has_another_status),
		UNIT_TEST(a_queue_writes_nothing_that_others_use),
		UNIT_TEST(bad_requests_are_of_the_burst),
	};

	return guest_main(tests, RTE_DIM(tests));
}
