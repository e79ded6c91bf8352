/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Attacks that the vhost-crypto library of DPDK once allowed to guests, replayed on this one. Each
 * test with a number follows the public description of one vulnerability, and names the checks
 * without which it fails; the others test what only this library has to check.
 * unit_device_racing.c has the one that needs memory that changes. The vulnerabilities of
 * librte_vhost are replayed on the host program, in two_process_hostile.py.
 */

#include <string.h>

#include <openssl/evp.h>

#include <rte_common.h>

#include "unit_device_cve.h"
#include "unit_vhost_user.h"

/*
 * Data was copied into a buffer of the host by the lengths of the descriptors, which the guest can
 * choose, where the request says how long it is.
 *
 * Check: the bytes that vc_cursor_next_segment() gives at most.
 */
static void
cve_2020_14374_descriptors_longer_than_the_data(void)
{
	const struct segment segments[] = {
		{ AT_HEADER, 72, false },   { AT_IV, IV, false },
		{ AT_DATA, 16, false },	    { AT_DATA + 16, 0xd000, false },
		{ AT_DATA, 0xd000, false }, { AT_DATA, 0xd000, false },
		{ AT_OUT, TEXT + 1, true },
	};
	struct wire_bytes b;

	open_device(true);
	cipher_header(&b, cipher_session(), IV, TEXT, TEXT);
	fill_copies();
	CHECK(send(&b, segments, RTE_DIM(segments)) == OK);
	CHECK(out_is_ciphered(TEXT));
	CHECK(copies_end_after(TEXT));
	device_serves();
	guest_close();
}

/*
 * An IV was copied into the host's operation with whatever length the request had.
 *
 * Checks: the length in check_lengths(), and that of the algorithm in vc_session_variant(); either
 * of them would do.
 */
static void
cve_2020_14376_ivs_longer_than_their_field(void)
{
	static const uint32_t lens[] = { IV + 1, VC_MAX_IV + 1, 64,	    128,       256,
					 1024,	 1900,		UINT16_MAX, INT32_MAX, UINT32_MAX };
	const size_t op_size = sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op) +
		2 * VC_MAX_IV;
	struct wire_bytes b;
	unsigned int i;
	uint64_t id;
	int copy;

	for (copy = 0; copy < 2; copy++) {
		struct vc_queue *q;
		struct vc_slot *slot;
		uint8_t *behind;

		open_device(copy);
		q = &dev->queues[0];
		slot = q->slots.free[q->slots.nb_free - 1]; /* the one that is taken next */
		behind = (uint8_t *)slot->own_op + op_size;
		id = cipher_session();
		for (i = 0; i < RTE_DIM(lens); i++) {
			uint8_t before[64];

			memcpy(before, behind, sizeof(before));
			cipher_header(&b, id, lens[i], TEXT, TEXT);
			CHECK(send_separate(&b, RTE_MIN(lens[i], 0x1000u), TEXT, TEXT) == ERR);
			CHECK(memcmp(before, behind, sizeof(before)) == 0);
		}
		device_serves();
		guest_close();
	}
}

/* A chain with a field that is wrong: refused, and nothing but the status written to the guest. */
static void
refused_without_a_byte(uint64_t id, unsigned int field, uint32_t value, uint32_t dst_len)
{
	uint32_t fields[CHAIN_FIELDS], room = dst_len + SHA1;
	struct wire_bytes b;

	memcpy(fields, chain_right, sizeof(fields));
	fields[DST_LEN] = dst_len;
	fields[field] = value;
	chain_header(&b, id, fields);
	memset(area + AT_OUT, UNTOUCHED, OUT_SIZE);
	CHECK(send_separate(&b, IV, TEXT, room) == ERR);
	CHECK(is_filled(area + AT_OUT, room, UNTOUCHED));
	CHECK(is_filled(area + AT_OUT + room + 1, OUT_SIZE - room - 1, UNTOUCHED));
}

/*
 * Lengths and offsets were not checked at all, so that the guest was given what lies behind its
 * data in the memory of the host.
 *
 * Checks: those of check_lengths(), and of the cipher's region in take_content().
 */
static void
cve_2020_14377_lengths_and_offsets_behind_the_data(void)
{
	static const uint32_t values[] = { TEXT + 1,  2 * TEXT,		 4096,	    UINT16_MAX,
					   INT32_MAX, UINT32_MAX - TEXT, UINT32_MAX };
	static const uint8_t wrong[] = { SRC_LEN,  DST_LEN,  CIPHER_OFF, CIPHER_LEN,
					 HASH_OFF, HASH_LEN, AAD_LEN,	 DIGEST_LEN };
	unsigned int i, j;
	struct wire_bytes b;
	uint64_t id;
	int copy;

	for (copy = 0; copy < 2; copy++) {
		open_device(copy);
		id = chain_session();
		fill_copies();
		for (i = 0; i < RTE_DIM(wrong); i++)
			for (j = 0; j < RTE_DIM(values); j++)
				refused_without_a_byte(id, wrong[i], values[j], TEXT);
		/* The result does not fit; or it does, and there is no data for it. */
		refused_without_a_byte(id, DST_LEN, TEXT - 16, TEXT);
		refused_without_a_byte(id, CIPHER_OFF, TEXT, 2 * TEXT);
		refused_without_a_byte(id, CIPHER_LEN, 2 * TEXT, 2 * TEXT);
		/* There are no parts of blocks, also not behind whole ones. */
		refused_without_a_byte(id, CIPHER_LEN, TEXT - 1, TEXT);
		/* A destination that is longer than the data gets nothing but the result. */
		cipher_header(&b, cipher_session(), IV, TEXT, TEXT + 1024);
		memset(area + AT_OUT, 0x11, OUT_SIZE);
		CHECK(send_separate(&b, IV, TEXT, TEXT + 1024) == OK);
		CHECK(out_is_ciphered(TEXT));
		CHECK(is_filled(area + AT_OUT + TEXT, 1024, 0x11));
		guest_close();
	}
}

/* What most requests are, in place, is looked at by itself, and has to be as true. */
static void
lengths_of_requests_in_place_are_those_of_their_data(void)
{
	const struct segment no_data[] = { { AT_HEADER, 72, false },
					   { AT_IV, IV, false },
					   { AT_OUT, TEXT + 1, true } };
	const struct segment no_status[] = { { AT_HEADER, 72, false },
					     { AT_IV, IV, false },
					     { AT_OUT, TEXT, false },
					     { AT_OUT, TEXT, true } };
	const struct segment elsewhere[] = { { AT_HEADER, 72, false },
					     { AT_IV, IV, false },
					     { AT_OUT, TEXT, false },
					     { AT_OUT, 16, true },
					     { AT_DATA, TEXT - 16 + 1, true } };
	struct wire_bytes b;
	uint64_t id;

	open_device(false);
	id = cipher_session();
	cipher_header(&b, id, IV, TEXT, TEXT);
	CHECK(send(&b, no_data, RTE_DIM(no_data)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT, UNTOUCHED));
	CHECK(send(&b, no_status, RTE_DIM(no_status)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT - 1, UNTOUCHED));
	memset(area + AT_OUT, UNTOUCHED, TEXT);
	CHECK(send(&b, elsewhere, RTE_DIM(elsewhere)) == OK);
	CHECK(!is_filled(area + AT_OUT, 16, UNTOUCHED));
	CHECK(is_filled(area + AT_OUT + 16, TEXT - 16, UNTOUCHED));
	CHECK(!is_filled(area + AT_DATA, TEXT - 16, UNTOUCHED));
	guest_close();
}

/* A session that encrypts does not decrypt, and one of blocks takes no parts of them. */
static void
requests_in_place_are_as_their_session_is(void)
{
	const struct segment segments[] = { { AT_HEADER, 72, false },
					    { AT_IV, IV, false },
					    { AT_OUT, TEXT, false },
					    { AT_OUT, TEXT + 1, true } };
	struct wire_bytes b;

	open_device(false);
	cipher_header(&b, cipher_session(), IV, TEXT, TEXT);
	b.data[0] ^= CIPHER_ENCRYPT ^ CIPHER_DECRYPT;
	CHECK(send(&b, segments, RTE_DIM(segments)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT, UNTOUCHED));
	cipher_header(&b, cipher_session(), IV, TEXT - 1, TEXT - 1);
	CHECK(send(&b, segments, RTE_DIM(segments)) == ERR);
	CHECK(is_filled(area + AT_OUT, TEXT, UNTOUCHED));
	guest_close();
}

/* A table whose last descriptor leads back. */
static void
fill_loop(struct vring_desc *table, unsigned int nb, unsigned int back)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		table[i] = (struct vring_desc){ .addr = AREA + AT_DATA,
						.len = 1,
						.flags = VRING_DESC_F_NEXT,
						.next = i + 1 < nb ? i + 1 : back };
}

/*
 * A chain could be made that took the host four thousand million steps to follow.
 *
 * Check: the count in follow_chain(), of chain_split.c; that of the room for segments is a second
 * one.
 */
static void
cve_2020_14378_chains_without_an_end(void)
{
	static struct vc_seg segs[VC_CHAIN_MAX_SEGS];
	struct vc_chain chain = { .segs = segs, .max_segs = RTE_DIM(segs) };
	struct vring_desc table[GUEST_RING], indirect;
	unsigned int back;

	open_device(false);
	indirect = (struct vring_desc){ .addr = AREA + AT_TABLE,
					.len = sizeof(table),
					.flags = VRING_DESC_F_INDIRECT };
	for (back = 0; back < GUEST_RING; back++) {
		fill_loop(table, GUEST_RING, back);
		CHECK(vc_chain_walk(table, GUEST_RING, vc_desc_load(table), &dev->mem, &chain) ==
		      -EINVAL);
		CHECK(chain.nb_read <= GUEST_RING); /* no step more than there are descriptors */
		guest_stop_at_chain(table, GUEST_RING);
		memcpy(area + AT_TABLE, table, sizeof(table));
		CHECK(vc_chain_walk(&indirect, 1, vc_desc_load(&indirect), &dev->mem, &chain) ==
		      -EINVAL);
		CHECK(chain.nb_read <= GUEST_RING);
		guest_stop_at_chain(&indirect, 1);
	}
	device_serves();
	guest_close();
}

/* CREATE_CRYPTO_SESSION of QEMU 8 and later for a chain, and of what came before. */
static int64_t
create_by_message(uint32_t key_len, uint32_t auth_key_len, bool old)
{
	static struct vc_message request, reply;
	struct wire_bytes b = { 0 };
	int64_t id;

	if (old)
		wire_le64(&b, 0);
	WIRE_FIELDS(&b, CIPHER_CREATE_SESSION);
	if (!old)
		wire_zero(&b, 4);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, key_len, MAC_HMAC_SHA1, SHA1, auth_key_len, 0);
	wire_put(&b,
		 ((uint8_t[]){ SYM_OP_ALGORITHM_CHAINING, OP_ENCRYPT, HASH_MODE_AUTH,
			       CIPHER_THEN_HASH }),
		 4);
	wire_zero(&b, (old ? 0 : 4) + 2 * 8 + VC_MAX_CIPHER_KEY + VC_MAX_AUTH_KEY);
	if (!old)
		wire_zero(&b, 1072 - b.len);
	request.header = (struct vhost_user_header){ 26, VHOST_USER_VERSION, b.len };
	memcpy(request.payload, b.data, b.len);
	CHECK(unit_handle(dev, &request, &reply) == 1);
	memcpy(&id, reply.payload + (old ? 0 : 1064), sizeof(id));
	vc_message_clear(&request);
	vc_message_clear(&reply);
	return id;
}

/* The same by the control queue, with so many bytes of keys. */
static uint32_t
ask_queue(const struct wire_bytes *b, uint32_t keys_len)
{
	struct vc_seg segs[2] = { { area, b->len + keys_len }, { area + AT_OUT, 16 } };
	struct vc_chain chain = { .segs = segs,
				  .nb_read = 1,
				  .read_len = b->len + keys_len,
				  .nb_write = 1,
				  .write_len = 16 };

	memcpy(area, b->data, b->len);
	vc_ctrl_answer_request(&dev->ctrlq.env, &chain);
	return wire_get32(area + AT_OUT, 8);
}

static uint32_t
create_by_queue(uint32_t key_len, uint32_t auth_key_len)
{
	struct wire_bytes b;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_THEN_HASH, HASH_MODE_AUTH, CIPHER_AES_CBC, key_len, OP_ENCRYPT, 0,
		    MAC_HMAC_SHA1, SHA1, auth_key_len, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	return ask_queue(&b, (uint16_t)key_len + (uint16_t)auth_key_len);
}

static uint32_t
create_asymmetric_by_queue(uint32_t key_len)
{
	struct wire_bytes b;

	wire_control_header(&b, AKCIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, AKCIPHER_RSA, KEY_TYPE_PUBLIC, key_len, RSA_PKCS1, RSA_OF_SHA256);
	wire_zero(&b, 16 + 56 - b.len);
	return ask_queue(&b, (uint16_t)key_len);
}

/*
 * The lengths of keys in the message that creates a session were not compared with the places that
 * the message has for keys.
 *
 * Checks: the lengths in describe_cipher() and describe_auth(), and in vc_params_read_keys().
 */
static void
cve_2020_10724_keys_longer_than_their_field(void)
{
	static const uint32_t lens[] = { VC_MAX_AUTH_KEY + 1, 1024,	 20000,
					 UINT16_MAX,	      INT32_MAX, UINT32_MAX };
	unsigned int i;
	int old;

	open_device(false);
	for (old = 0; old < 2; old++) {
		CHECK(create_by_message(KEY, AUTH_KEY, old) > 0);
		CHECK(create_by_message(VC_MAX_CIPHER_KEY + 1, AUTH_KEY, old) == -ERR);
		for (i = 0; i < RTE_DIM(lens); i++) {
			CHECK(create_by_message(lens[i], AUTH_KEY, old) == -ERR);
			CHECK(create_by_message(KEY, lens[i], old) == -ERR);
		}
	}
	CHECK(create_by_queue(KEY, AUTH_KEY) == OK);
	CHECK(create_by_queue(VC_MAX_CIPHER_KEY + 1, AUTH_KEY) == ERR);
	for (i = 0; i < RTE_DIM(lens); i++) {
		CHECK(create_by_queue(lens[i], AUTH_KEY) == ERR);
		CHECK(create_by_queue(KEY, lens[i]) == ERR);
		CHECK(create_by_queue(lens[i], lens[i]) == ERR);
		CHECK(create_asymmetric_by_queue(lens[i]) != OK);
	}
	CHECK(dev->sessions.nb_used == 3);
	device_serves();
	guest_close();
}

/*
 * A descriptor with no length and an address that is no memory was taken for a good one, in code
 * of librte_vhost for network devices. This library has its own for descriptors.
 *
 * Check: a length of 0 and what is not mapped, in vc_walk_add_desc().
 */
static void
cve_2020_10725_empty_descriptors_outside_of_memory(void)
{
	static const uint64_t addrs[] = { 0, OUTSIDE, AREA - 1, AREA + AREA_SIZE, UINT64_MAX };
	struct vring_desc table[GUEST_RING], spoilt[GUEST_RING];
	unsigned int nb, i, j, len;
	struct wire_bytes head;

	open_device(false);
	chain_header(&head, chain_session(), chain_right);
	memcpy(area + AT_HEADER, head.data, head.len);
	nb = make_table(table, AT_HEADER, head.len, AT_DATA);
	CHECK(guest_send_chain(table, nb) == TEXT + SHA1 + 1);
	for (i = 0; i < nb; i++)
		for (j = 0; j < RTE_DIM(addrs); j++)
			for (len = 0; len < 2; len++) {
				memcpy(spoilt, table, sizeof(spoilt));
				spoilt[i].addr = addrs[j];
				spoilt[i].len = len;
				area[AT_OUT + TEXT + SHA1] = UNTOUCHED;
				/* The last one is where the status is, and that alone. */
				if (i == nb - 1) {
					guest_stop_at_chain(spoilt, nb);
					continue;
				}
				CHECK(guest_send_chain(spoilt, nb) == TEXT + SHA1 + 1);
				CHECK(area[AT_OUT + TEXT + SHA1] == ERR);
			}
	device_serves();
	guest_close();
}

/* A head that is no descriptor of the ring leads to none, also not to one that it is cut to. */
static void
chain_heads_outside_of_the_ring_are_refused(void)
{
	static const uint16_t heads[] = { GUEST_RING, 2 * GUEST_RING, 0x8000 };
	struct vring_desc table[GUEST_RING], indirect;
	struct wire_bytes head;
	unsigned int nb, i;

	open_device(false);
	add_region(AREA, AREA_SIZE, area, true);
	cipher_header(&head, cipher_session(), IV, TEXT, TEXT);
	memcpy(area + AT_HEADER, head.data, head.len);
	nb = make_table(table, AT_HEADER, head.len, AT_DATA);
	memcpy(area + AT_TABLE, table, nb * sizeof(table[0]));
	indirect = (struct vring_desc){ .addr = AREA + AT_TABLE,
					.len = nb * sizeof(table[0]),
					.flags = VRING_DESC_F_INDIRECT };
	CHECK(guest_send_chain(&indirect, 1) == TEXT + 1);
	for (i = 0; i < RTE_DIM(heads); i++)
		guest_stop_at_head(heads[i]);
	CHECK(guest_send_chain(table, nb) == TEXT + 1);
	for (i = 0; i < RTE_DIM(heads); i++)
		guest_stop_at_head(heads[i]);
	device_serves();
	guest_close();
}

/*
 * Not one of those: for an HMAC of no data crypto_aesni_mb reads a byte that is not there, and what
 * it comes to is wrong. So it is not asked.
 */
static void
chains_without_data(void)
{
	static const uint32_t fields[CHAIN_FIELDS] = { IV, 0, 0, 0, 0, 0, 0, 0, SHA1 };
	uint8_t expected[SHA1];
	struct wire_bytes b;
	unsigned int copy, i;
	size_t len = 0;
	uint64_t id;

	CHECK(EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, auth_key, AUTH_KEY, NULL, 0, expected,
			sizeof(expected), &len) != NULL);
	for (copy = 0; copy < 2; copy++) {
		open_device(copy);
		id = chain_session();
		chain_header(&b, id, fields);
		for (i = 0; i < 3; i++) {
			const struct segment segments[] = {
				{ AT_HEADER, b.len, false },
				{ AT_IV, IV, false },
				{ AT_OUT, SHA1 + 1, true },
			};

			memset(area + AT_OUT, UNTOUCHED, OUT_SIZE);
			CHECK(send(&b, segments, RTE_DIM(segments)) == OK);
			CHECK(memcmp(area + AT_OUT, expected, SHA1) == 0);
		}
		device_serves();
		guest_close();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(cve_2020_14374_descriptors_longer_than_the_data),
		UNIT_TEST(cve_2020_14376_ivs_longer_than_their_field),
		UNIT_TEST(cve_2020_14377_lengths_and_offsets_behind_the_data),
		UNIT_TEST(cve_2020_14378_chains_without_an_end),
		UNIT_TEST(cve_2020_10724_keys_longer_than_their_field),
		UNIT_TEST(cve_2020_10725_empty_descriptors_outside_of_memory),
		UNIT_TEST(lengths_of_requests_in_place_are_those_of_their_data),
		UNIT_TEST(requests_in_place_are_as_their_session_is),
		UNIT_TEST(chain_heads_outside_of_the_ring_are_refused),
		UNIT_TEST(chains_without_data),
	};

	area = guest_map_area(AREA_SIZE);
	if (area == NULL)
		return EXIT_FAILURE;
	return guest_main(tests, RTE_DIM(tests));
}
