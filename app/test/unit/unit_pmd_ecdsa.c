/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * ECDSA operations of the driver that bring their key: requests on the ring, and what the driver
 * makes of the answers.
 */

#include <string.h>

#include "unit_pmd_ecdsa.h"

/* Proves R33. */
static void
to_sign_is_to_bring_the_private_key(void)
{
	unsigned int i, exact;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		for (exact = 0; exact < 2; exact++) {
			open_session(exact ? WITH_KEYS : WITH_KEYS & ~REVISION_1, i);
			check_sign(operation(RTE_CRYPTO_ASYM_OP_SIGN), i,
				   exact ? STATELESS : PADDED);
			CHECK(created == 0);
			close_session();
		}
	}
}

static void
to_verify_is_to_bring_the_public_key(void)
{
	struct rte_crypto_op *op;
	unsigned int i;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		open_session(WITH_KEYS, i);
		op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
		/* What only signing needs may be there still, and is not looked at. */
		op->asym->ecdsa.k = number(b.d, curve->size);
		check_verify(op, i);
		q->any_layout = false;
		check_verify(operation(RTE_CRYPTO_ASYM_OP_VERIFY), i);
		close_session();
	}
}

/* Leading zeros more or less are the same number, in keys and in signatures. */
static void
numbers_have_the_size_of_the_curve(void)
{
	struct virtio_crypto_ecdsa_key keys;
	struct rte_crypto_op *op;

	open_session(WITH_KEYS, 2);
	b.d[0] = b.x[0] = b.y[0] = 0;
	b.want_r[0] = b.want_s[0] = b.want_s[1] = 0;
	encode(b.want_r, curve->size, b.want_s, curve->size);
	keys = pair();
	keys.pkey = number(b.d + 1, curve->size - 1);
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN);
	give_keys(op, &keys);
	check_sign(op, 2, STATELESS);
	keys.q.x = number(b.x + 1, curve->size - 1);
	keys.q.y = number(b.y + 1, curve->size - 1);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	give_keys(op, &keys);
	op->asym->ecdsa.r = number(b.r + 1, curve->size - 1);
	op->asym->ecdsa.s = number(b.s + 1, curve->size - 1);
	check_verify(op, 2);
	/* One byte more than the curve has, which is 0. */
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	memmove(b.r + 1, b.want_r, curve->size);
	b.r[0] = 0;
	op->asym->ecdsa.r = number(b.r, curve->size + 1);
	check_verify(op, 2);
	/* Numbers that have no bytes but zeros. */
	memset(b.want_r, 0, sizeof(b.want_r));
	encode(b.want_r, curve->size, b.want_s, curve->size);
	check_verify(operation(RTE_CRYPTO_ASYM_OP_VERIFY), 2);
	check_sign(operation(RTE_CRYPTO_ASYM_OP_SIGN), 2, STATELESS);
	close_session();
}

static void
refuse_keys(enum rte_crypto_asym_op_type type, const struct virtio_crypto_ecdsa_key *keys)
{
	struct rte_crypto_op *op = operation(type);

	give_keys(op, keys);
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
}

static void
keys_have_to_be_there_and_to_fit(void)
{
	struct virtio_crypto_ecdsa_key keys;

	open_session(WITH_KEYS, 0);
	keys = pair();
	keys.pkey.data = NULL;
	refuse_keys(RTE_CRYPTO_ASYM_OP_SIGN, &keys);
	keys.pkey = number(b.d, 0);
	refuse_keys(RTE_CRYPTO_ASYM_OP_SIGN, &keys);
	keys.pkey = number(b.d, curve->size + 1);
	refuse_keys(RTE_CRYPTO_ASYM_OP_SIGN, &keys);
	keys = pair();
	keys.q.x.length = curve->size + 1;
	refuse_keys(RTE_CRYPTO_ASYM_OP_VERIFY, &keys);
	keys = pair();
	keys.q.y.length = curve->size + 1;
	refuse_keys(RTE_CRYPTO_ASYM_OP_VERIFY, &keys);
	memset(&keys.q, 0, sizeof(keys.q));
	refuse_keys(RTE_CRYPTO_ASYM_OP_VERIFY, &keys);
	close_session();
}

static void
bad_operations_come_back(void)
{
	const uint8_t invalid = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	enum rte_crypto_asym_op_type type;
	struct rte_crypto_op *op;

	open_session(WITH_KEYS, 0);
	/* There is no field for the number k of an application. */
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN);
	op->asym->ecdsa.k = number(b.d, curve->size);
	check_refused(op, invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_ENCRYPT), invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_DECRYPT), invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_LIST_END), invalid);
	for (type = RTE_CRYPTO_ASYM_OP_SIGN; type <= RTE_CRYPTO_ASYM_OP_VERIFY; type++) {
		op = operation(type);
		op->asym->ecdsa.message.length = 0;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.message.data = NULL;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.message.length = 1025;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.r.data = NULL;
		check_refused(op, invalid);
		op = operation(type);
		op->asym->ecdsa.s.data = NULL;
		check_refused(op, invalid);
	}
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	op->asym->ecdsa.r.length = curve->size + 1;
	check_refused(op, invalid);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	op->asym->ecdsa.s.length = curve->size + 1;
	check_refused(op, invalid);
	q->max_size = 7 + curve->size + b.digest_len;
	check_refused(operation(RTE_CRYPTO_ASYM_OP_SIGN), invalid);
	close_session();
}

/* The largest that there is room for. */
static void
a_message_may_be_long(void)
{
	open_session(WITH_KEYS, 4);
	memset(b.digest, 0x3e, sizeof(b.digest));
	b.digest_len = 1024;
	check_verify(operation(RTE_CRYPTO_ASYM_OP_VERIFY), 4);
	check_sign(operation(RTE_CRYPTO_ASYM_OP_SIGN), 4, STATELESS);
	close_session();
}

/* The device answers with what is in b.der and says to have written so many bytes. */
static void
check_bad_answer(uint32_t written)
{
	struct rte_crypto_op *op = operation(RTE_CRYPTO_ASYM_OP_SIGN);
	struct chain c;

	CHECK(enqueue(op) == 1 && pop_avail(&c));
	memcpy(c.part[2].data, b.der, b.der_len);
	answer_written(&c, VIRTIO_CRYPTO_OK, written);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR && untouched());
	CHECK(op->asym->ecdsa.r.length == 0 && op->asym->ecdsa.s.length == 0);
	rte_crypto_op_free(op);
}

/* Proves D69. */
static void
answers_have_to_be_signatures_of_the_curve(void)
{
	static const uint8_t three_numbers[] = { 0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1 };
	uint8_t large[ECDSA_MAX_SIZE];

	open_session(WITH_KEYS, 0);
	memset(large, 0x7f, sizeof(large));
	check_bad_answer(0);
	check_bad_answer(1);
	check_bad_answer(b.der_len);
	check_bad_answer(b.der_len + 2);
	check_bad_answer(MAX_DER);
	check_bad_answer(UINT32_MAX);
	b.der[0] ^= 1;
	check_bad_answer(b.der_len + 1);
	memcpy(b.der, three_numbers, sizeof(three_numbers));
	check_bad_answer(sizeof(three_numbers) + 1);
	encode(large, curve->size + 1, b.want_s, curve->size);
	check_bad_answer(b.der_len + 1);
	encode(b.want_r, curve->size, large, curve->size + 1);
	check_bad_answer(b.der_len + 1);
	close_session();
}

static void
statuses_become_those_of_operations(void)
{
	static const uint8_t status[][2] = {
		{ VIRTIO_CRYPTO_ERR, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_KEY_REJECTED, RTE_CRYPTO_OP_STATUS_ERROR },
		{ VIRTIO_CRYPTO_NOTSUPP, RTE_CRYPTO_OP_STATUS_INVALID_ARGS },
		{ VIRTIO_CRYPTO_INVSESS, RTE_CRYPTO_OP_STATUS_INVALID_SESSION },
	};
	enum rte_crypto_asym_op_type type;
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;

	open_session(WITH_KEYS, 0);
	for (type = RTE_CRYPTO_ASYM_OP_SIGN; type <= RTE_CRYPTO_ASYM_OP_VERIFY; type++) {
		for (i = 0; i < RTE_DIM(status); i++) {
			op = operation(type);
			CHECK(enqueue(op) == 1 && pop_avail(&c));
			answer_written(&c, status[i][0], 1);
			CHECK(dequeue() == op && op->status == status[i][1]);
			CHECK(type == RTE_CRYPTO_ASYM_OP_VERIFY || untouched());
			rte_crypto_op_free(op);
		}
	}
	close_session();
}

static void
operations_without_a_session_have_to_make_sense(void)
{
	const uint8_t invalid = RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	struct rte_crypto_asym_xform next = { .xform_type = RTE_CRYPTO_ASYM_XFORM_NONE };
	struct rte_crypto_op *op;

	open_session(WITH_KEYS, 3);
	check_sign(own_operation(), 3, STATELESS);
	xform.next = &next;
	check_refused(own_operation(), invalid);
	take_answer(3);
	xform.ec.curve_id = 29; /* X25519 */
	check_refused(own_operation(), invalid);
	take_answer(3);
	xform.xform_type = RTE_CRYPTO_ASYM_XFORM_DSA;
	check_refused(own_operation(), invalid);
	op = own_operation();
	op->asym->xform = NULL;
	check_refused(op, invalid);
	close_session();
	/* A device without stateless mode. */
	open_session(WITHOUT_KEYS, 3);
	check_refused(own_operation(), invalid);
	close_session();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(to_sign_is_to_bring_the_private_key),
		UNIT_TEST(to_verify_is_to_bring_the_public_key),
		UNIT_TEST(numbers_have_the_size_of_the_curve),
		UNIT_TEST(keys_have_to_be_there_and_to_fit),
		UNIT_TEST(bad_operations_come_back),
		UNIT_TEST(a_message_may_be_long),
		UNIT_TEST(answers_have_to_be_signatures_of_the_curve),
		UNIT_TEST(statuses_become_those_of_operations),
		UNIT_TEST(operations_without_a_session_have_to_make_sense),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (!start_asym())
		return EXIT_FAILURE;
	return unit_run(tests, RTE_DIM(tests));
}
