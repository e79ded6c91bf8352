/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Asymmetric operations of the driver: the requests on the ring, and what it makes of the answers.
 */

#include <string.h>

#include "unit_pmd_rsa.h"
#include "virtio_crypto_retire.h"

/* Proves R32, R33 and R34. */
static void
requests_have_the_negotiated_format(void)
{
	static const struct {
		uint64_t features;
		uint32_t fixed;
		uint32_t lengths;
	} formats[] = {
		{ REVISION_1, FIXED, 0 },
		{ 0, VIRTIO_CRYPTO_DATAQ_OP_SPEC_HDR_LEGACY, 0 },
		{ REVISION_1 | 1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE, STATELESS, 20 },
		{ 1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE,
		  VIRTIO_CRYPTO_DATAQ_OP_SPEC_HDR_LEGACY, 20 },
	};
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	for (i = 0; i < RTE_DIM(formats); i++) {
		open_session(BASE | formats[i].features);
		op = operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, 20);
		CHECK(enqueue(op) == 1 && kicks == 1 && pop_avail(&c));
		check_parts(&c, HEADER + formats[i].fixed, 20, MODULUS);
		check_header(&c, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, SESSION + 1,
			     HEADER + formats[i].lengths, 20, MODULUS);
		CHECK(filled(c.part[1].data, 0x3e, 20));
		check_result(op, &c, MODULUS);
		CHECK(op->asym->rsa.cipher.length == MODULUS);
		CHECK(filled(cipher, 0xda, MODULUS) && cipher[MODULUS] == 0xc1);
		rte_crypto_op_free(op);
		close_session();
	}
}

static void
results_are_as_long_as_the_device_says(void)
{
	static const uint32_t good[] = { 0, 1, 20, MODULUS },
			      bad[] = { 0, MODULUS + 2, UINT32_MAX };
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	open_session(BASE | REVISION_1);
	op = operation(RTE_CRYPTO_ASYM_OP_DECRYPT, 0);
	for (i = 0; i < RTE_DIM(good); i++) {
		memset(message, 0x3e, sizeof(message));
		CHECK(enqueue(op) == 1 && pop_avail(&c));
		check_parts(&c, HEADER + FIXED, MODULUS, MODULUS);
		check_header(&c, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, SESSION + 1, HEADER, MODULUS,
			     MODULUS);
		CHECK(filled(c.part[1].data, 0xc1, MODULUS));
		check_result(op, &c, good[i]);
		CHECK(op->asym->rsa.message.length == good[i]);
		CHECK(filled(message, 0xda, good[i]) && message[good[i]] == 0x3e);
	}
	memset(message, 0x3e, sizeof(message));
	for (i = 0; i < RTE_DIM(bad); i++) {
		CHECK(enqueue(op) == 1 && pop_avail(&c));
		answer_written(&c, VIRTIO_CRYPTO_OK, bad[i]);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
		CHECK(filled(message, 0x3e, sizeof(message)));
	}
	rte_crypto_op_free(op);
	close_session();
}

static void
what_is_signed_says_its_hash(void)
{
	struct rte_crypto_op *op;
	struct chain c;

	open_session(BASE | REVISION_1);
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN, 32);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_parts(&c, HEADER + FIXED, 32, MODULUS);
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, SESSION + 1, HEADER, 32, MODULUS);
	check_result(op, &c, MODULUS);
	CHECK(op->asym->rsa.sign.length == MODULUS && filled(sign, 0xda, MODULUS));
	set_padding(op, RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_NULL);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_parts(&c, HEADER + FIXED, 32, MODULUS);
	check_result(op, &c, MODULUS);
	set_padding(op, RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA256);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_parts(&c, HEADER + FIXED, 51, MODULUS);
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, SESSION + 1, HEADER, 51, MODULUS);
	CHECK(memcmp(c.part[1].data, sha256_info, sizeof(sha256_info)) == 0);
	CHECK(filled(c.part[1].data + sizeof(sha256_info), 0x3e, 32));
	check_result(op, &c, MODULUS);
	rte_crypto_op_free(op);
	close_session();
}

static void
a_signature_stands_before_what_was_signed(void)
{
	struct rte_crypto_op *op;
	struct chain c;

	open_session(BASE | REVISION_1);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY, 32);
	set_padding(op, RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA256);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_parts(&c, HEADER + FIXED, MODULUS + 51, 0);
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_VERIFY, SESSION + 1, HEADER, MODULUS, 51);
	CHECK(filled(c.part[1].data, 0x51, MODULUS));
	CHECK(memcmp(c.part[1].data + MODULUS, sha256_info, sizeof(sha256_info)) == 0);
	CHECK(filled(c.part[1].data + MODULUS + sizeof(sha256_info), 0x3e, 32));
	answer_written(&c, VIRTIO_CRYPTO_OK, 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
	/* Without a control queue a device looks for each part in a descriptor of its own. */
	q->any_layout = false;
	CHECK(enqueue(op) == 1 && pop_avail(&c) && c.nb == 4);
	CHECK(c.part[1].len == MODULUS && filled(c.part[1].data, 0x51, MODULUS));
	CHECK(c.part[2].len == 51 && !c.part[2].write && c.part[2].data[50] == 0x3e);
	answer_written(&c, VIRTIO_CRYPTO_OK, 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
	CHECK(filled(cipher, 0xc1, sizeof(cipher)) && op->asym->rsa.cipher.length == 0);
	rte_crypto_op_free(op);
	close_session();
}

static void
statuses_become_those_of_operations(void)
{
	static const uint8_t status[][2] = {
		{ VIRTIO_CRYPTO_ERR, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_BADMSG, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_KEY_REJECTED, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_NOTSUPP, RTE_CRYPTO_OP_STATUS_INVALID_ARGS },
		{ VIRTIO_CRYPTO_INVSESS, RTE_CRYPTO_OP_STATUS_INVALID_SESSION },
		{ 0xee, RTE_CRYPTO_OP_STATUS_ERROR },
	};
	enum rte_crypto_asym_op_type type;
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	open_session(BASE | REVISION_1);
	for (type = RTE_CRYPTO_ASYM_OP_ENCRYPT; type <= RTE_CRYPTO_ASYM_OP_VERIFY; type++) {
		op = operation(type, 20);
		for (i = 0; i < RTE_DIM(status); i++) {
			CHECK(enqueue(op) == 1 && pop_avail(&c));
			answer_written(&c, status[i][0], MODULUS + 1);
			CHECK(dequeue() == op && op->status == status[i][1]);
		}
		/* A device that says nothing has failed. */
		CHECK(enqueue(op) == 1 && pop_avail(&c));
		add_used_len(c.head, MODULUS + 1);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
		rte_crypto_op_free(op);
	}
	CHECK(filled(message, 0x3e, sizeof(message)) && filled(cipher, 0xc1, sizeof(cipher)));
	CHECK(filled(sign, 0x51, sizeof(sign)) &&
	      virtio_crypto_id_pool_count(&q->asym->free) == VIRTIO_CRYPTO_ASYM_BUFFERS);
	close_session();
}

/* Without padding, source and result are as long as the modulus. Proves D68. */
static void
numbers_are_filled_with_zeros(void)
{
	static const struct {
		enum rte_crypto_asym_op_type type;
		uint32_t opcode;
		uint8_t with;
	} kinds[] = {
		{ RTE_CRYPTO_ASYM_OP_ENCRYPT, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, 0x3e },
		{ RTE_CRYPTO_ASYM_OP_DECRYPT, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, 0xc1 },
		{ RTE_CRYPTO_ASYM_OP_SIGN, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, 0x3e },
		{ RTE_CRYPTO_ASYM_OP_VERIFY, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, 0x51 },
	};
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	for (i = 0; i < RTE_DIM(kinds); i++) {
		open_session(BASE | REVISION_1);
		op = operation(kinds[i].type, 100);
		set_padding(op, RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_SHA256);
		if (kinds[i].type == RTE_CRYPTO_ASYM_OP_DECRYPT)
			op->asym->rsa.cipher.length = 100;
		if (kinds[i].type == RTE_CRYPTO_ASYM_OP_VERIFY)
			op->asym->rsa.sign.length = 100;
		CHECK(enqueue(op) == 1 && pop_avail(&c));
		check_parts(&c, HEADER + FIXED, MODULUS, MODULUS);
		check_header(&c, kinds[i].opcode, SESSION, HEADER, MODULUS, MODULUS);
		CHECK(filled(c.part[1].data, 0, 28));
		CHECK(filled(c.part[1].data + 28, kinds[i].with, 100));
		answer(&c, VIRTIO_CRYPTO_ERR);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
		rte_crypto_op_free(op);
		close_session();
	}
}

/* The number that a signature was made of goes to the application, and is compared. */
static void
numbers_are_verified_by_the_driver(void)
{
	static const struct {
		uint32_t zeros;	  /* that the device has in front of the message */
		uint32_t written; /* bytes of the number, by the device */
		uint32_t message; /* bytes of the operation's message */
		bool same;
	} cases[] = {
		{ 28, MODULUS, 100, true },    { 28, MODULUS, 99, false },
		{ 29, MODULUS, 100, false },   { 0, 100, 100, true },
		{ 0, MODULUS, MODULUS, true }, { 0, 99, 100, false },
		{ 0, 0, 100, false },	       { 0, 100, 0, true },
	};
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	open_session(BASE | REVISION_1);
	for (i = 0; i < RTE_DIM(cases); i++) {
		op = operation(RTE_CRYPTO_ASYM_OP_VERIFY, cases[i].message);
		set_padding(op, RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_NULL);
		if (i % 2 == 0)
			op->asym->rsa.cipher.data = NULL;
		if (cases[i].message == 0)
			op->asym->rsa.message.data = NULL;
		memset(cipher, 0xc1, sizeof(cipher));
		CHECK(enqueue(op) == 1 && pop_avail(&c));
		memset(c.part[2].data, 0, cases[i].zeros);
		memset(c.part[2].data + cases[i].zeros, 0x3e, MODULUS - cases[i].zeros);
		answer_written(&c, VIRTIO_CRYPTO_OK, cases[i].written + 1);
		CHECK(dequeue() == op);
		CHECK(op->status ==
		      (cases[i].same ? RTE_CRYPTO_OP_STATUS_SUCCESS : RTE_CRYPTO_OP_STATUS_ERROR));
		CHECK(i % 2 == 0 ||
		      (op->asym->rsa.cipher.length == cases[i].written &&
		       filled(cipher, 0, cases[i].zeros)));
		CHECK(i % 2 == 0 || cipher[cases[i].written] == 0xc1);
		rte_crypto_op_free(op);
	}
	close_session();
}

static int
needs_hash(const struct virtio_crypto_session_params *params)
{
	const struct virtio_crypto_rsa_session_para *rsa =
		&params->req.u.akcipher_create_session.para.u.rsa;

	return rsa->hash_algo == rte_cpu_to_le_32(VIRTIO_CRYPTO_RSA_SHA256) ? 0 : -ENOTSUP;
}

static void
a_device_may_want_a_session_for_each_hash(void)
{
	struct rte_crypto_asym_xform x = rsa_key_xform(&key, RSA_EXPONENT);
	struct rte_crypto_op *op;
	struct chain c;

	open_session(BASE | REVISION_1);
	virtio_crypto_asym_session_destroy(&dev, reference());
	on_create = needs_hash;
	CHECK(virtio_crypto_asym_session_create(&dev, &x, reference()) == 0);
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN, 32);
	set_padding(op, RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA256);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, SESSION + 2, HEADER, 32, MODULUS);
	CHECK(filled(c.part[1].data, 0x3e, 32));
	check_result(op, &c, MODULUS);
	rte_crypto_op_free(op);
	op = operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, 20);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, SESSION + 2, HEADER, 20, MODULUS);
	check_result(op, &c, MODULUS);
	rte_crypto_op_free(op);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_SIGN, 20), RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY, 20);
	set_padding(op, RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA1);
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	op = operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, 20);
	set_padding(op, RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_NULL);
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	close_session();
}

/* A stateless request has those numbers of the key that the transform has, and 0 for the others. */
static void
check_stateless_key(const uint8_t *der, uint32_t len, enum rsa_part part)
{
	static const uint8_t present[] = {
		[RSA_PUBLIC] = 0x03,
		[RSA_EXPONENT] = 0x07,
		[RSA_QUINTUPLE] = 0xfb,
	};
	struct virtio_crypto_rsa_key k;
	unsigned int i;
	int ret;

	if (part == RSA_PUBLIC)
		ret = virtio_crypto_der_rsa_public(der, len, &k);
	else
		ret = virtio_crypto_der_rsa_private(der, len, &k);
	CHECK(ret == 0);
	for (i = 0; ret == 0 && i < VIRTIO_CRYPTO_RSA_NUMBERS; i++) {
		size_t expected = present[part] & 1 << i ? key.len[i] : 0;

		CHECK(k.number[i].len == expected);
		CHECK(expected == 0 || memcmp(k.number[i].data, key.bytes[i], expected) == 0);
	}
}

static void
check_stateless(const struct chain *c, enum rsa_part part, uint32_t padding, uint32_t fixed)
{
	const struct virtio_crypto_op_header *h = (const void *)c->part[0].data;
	uint32_t key_len = le32_at(c, HEADER + 8);

	CHECK(c->part[0].len == HEADER + fixed && h->flag == 0);
	CHECK(h->opcode == rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_ENCRYPT));
	CHECK(le32_at(c, HEADER) == VIRTIO_CRYPTO_AKCIPHER_RSA);
	CHECK(le32_at(c, HEADER + 4) ==
	      (part == RSA_PUBLIC ? VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC :
				    VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE));
	CHECK(le32_at(c, HEADER + 12) == padding);
	CHECK(le32_at(c, HEADER + 16) == VIRTIO_CRYPTO_RSA_NO_HASH);
	CHECK(le32_at(c, HEADER + 20) == MODULUS - 11 && le32_at(c, HEADER + 24) == MODULUS);
	CHECK(c->nb == 4 && c->part[1].len == key_len + MODULUS - 11);
	check_stateless_key(c->part[1].data, key_len, part);
	CHECK(filled(c->part[1].data + key_len, 0x3e, MODULUS - 11));
}

/* Proves R33. */
static void
stateless_requests_bring_their_key(void)
{
	struct rte_crypto_asym_xform x;
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		open_session(BASE | (i == 0 ? REVISION_1 : 0) |
			     1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE);
		for (int part = RSA_PUBLIC; part <= RSA_QUINTUPLE; part++) {
			op = operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, MODULUS - 11);
			op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
			x = rsa_key_xform(&key, part);
			op->asym->xform = &x;
			CHECK(enqueue(op) == 1 && pop_avail(&c));
			check_stateless(&c, part, VIRTIO_CRYPTO_RSA_PKCS1_PADDING,
					i == 0 ? STATELESS : 48);
			check_result(op, &c, MODULUS);
			rte_crypto_op_free(op);
		}
		close_session();
	}
}

/* All buffers in use, in an order that is not that of the slots; then the device is lost. */
static void
buffers_are_used_again(void)
{
	struct rte_crypto_op *op[VIRTIO_CRYPTO_ASYM_BUFFERS + 1];
	struct chain c[VIRTIO_CRYPTO_ASYM_BUFFERS + 1];
	unsigned int i;

	open_session(BASE | REVISION_1);
	for (i = 0; i < RTE_DIM(op); i++)
		op[i] = operation(RTE_CRYPTO_ASYM_OP_DECRYPT, 0);
	CHECK(virtio_crypto_enqueue_burst(q, op, RTE_DIM(op)) == VIRTIO_CRYPTO_ASYM_BUFFERS);
	for (i = 0; i < VIRTIO_CRYPTO_ASYM_BUFFERS; i++)
		CHECK(pop_avail(&c[i]) && (i == 0 || c[i].part[2].data != c[i - 1].part[2].data));
	CHECK(enqueue(op[i]) == 0);
	check_result(op[17], &c[17], 5);
	CHECK(enqueue(op[i]) == 1 && pop_avail(&c[i]) && c[i].part[2].data == c[17].part[2].data);
	check_result(op[3], &c[3], 6);
	CHECK(op[17]->asym->rsa.message.length == 5 && op[3]->asym->rsa.message.length == 6);
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LOST);
	for (i = 0; i < VIRTIO_CRYPTO_ASYM_BUFFERS - 1; i++) {
		struct rte_crypto_op *back = dequeue();

		CHECK(back != NULL && back->status == RTE_CRYPTO_OP_STATUS_ERROR);
	}
	CHECK(dequeue() == NULL);
	virtio_crypto_queue_reset(q);
	seen = 0;
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LIVE);
	CHECK(virtio_crypto_enqueue_burst(q, op, RTE_DIM(op)) == VIRTIO_CRYPTO_ASYM_BUFFERS);
	virtio_crypto_retire_queue(q);
	for (i = 0; i < VIRTIO_CRYPTO_ASYM_BUFFERS; i++)
		CHECK(dequeue() != NULL);
	for (i = 0; i < RTE_DIM(op); i++)
		rte_crypto_op_free(op[i]);
	close_session();
}

static void
requests_can_be_on_the_ring_itself(void)
{
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	open_session(1ULL << VIRTIO_F_VERSION_1 | REVISION_1);
	for (i = 0; i < 3 * RING; i++) {
		op = operation(i % 2 == 0 ? RTE_CRYPTO_ASYM_OP_SIGN : RTE_CRYPTO_ASYM_OP_VERIFY,
			       20);
		q->any_layout = i % 3 != 0;
		CHECK(enqueue(op) == 1 && pop_avail(&c));
		CHECK(c.head == i * VIRTIO_CRYPTO_DIRECT_DESCS % RING);
		if (i % 2 == 0)
			check_parts(&c, HEADER + FIXED, 20, MODULUS);
		answer_written(&c, VIRTIO_CRYPTO_OK, i % 2 == 0 ? MODULUS + 1 : 1);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		rte_crypto_op_free(op);
	}
	close_session();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(requests_have_the_negotiated_format),
		UNIT_TEST(results_are_as_long_as_the_device_says),
		UNIT_TEST(what_is_signed_says_its_hash),
		UNIT_TEST(a_signature_stands_before_what_was_signed),
		UNIT_TEST(statuses_become_those_of_operations),
		UNIT_TEST(numbers_are_filled_with_zeros),
		UNIT_TEST(numbers_are_verified_by_the_driver),
		UNIT_TEST(a_device_may_want_a_session_for_each_hash),
		UNIT_TEST(stateless_requests_bring_their_key),
		UNIT_TEST(buffers_are_used_again),
		UNIT_TEST(requests_can_be_on_the_ring_itself),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (!start_asym())
		return EXIT_FAILURE;
	rsa_key_make(&key, 8 * MODULUS, 2);
	return unit_run(tests, RTE_DIM(tests));
}
