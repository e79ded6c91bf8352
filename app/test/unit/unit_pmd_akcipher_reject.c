/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Asymmetric operations that the driver rejects: they come back, and the device sees nothing. */

#include <string.h>

#include "unit_pmd_rsa.h"
#include "virtio_crypto_asym.h"

static void
refuse_padding(enum rte_crypto_rsa_padding_type padding, enum rte_crypto_auth_algorithm hash,
	       size_t len)
{
	struct rte_crypto_op *op = operation(RTE_CRYPTO_ASYM_OP_SIGN, len);

	set_padding(op, padding, hash);
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
}

static void
bad_operations_come_back(void)
{
	const uint8_t invalid = RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	struct rte_crypto_op *op;

	open_session(BASE | REVISION_1);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_OAEP, RTE_CRYPTO_AUTH_SHA1, 20);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_PSS, RTE_CRYPTO_AUTH_SHA1, 20);
	refuse_padding(NO_PADDING_AT_ALL, RTE_CRYPTO_AUTH_NULL, 20);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA256, 31);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA3_256, 32);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_NULL, MODULUS - 10);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_NULL, MODULUS + 1);
	refuse_padding(RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_NULL, 0);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_LIST_END, 20), invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, MODULUS - 10), invalid);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_VERIFY, MODULUS - 10), invalid);
	op = operation(RTE_CRYPTO_ASYM_OP_DECRYPT, 0);
	op->asym->rsa.cipher.length = MODULUS + 1;
	check_refused(op, invalid);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY, 20);
	op->asym->rsa.sign.length = MODULUS + 1;
	check_refused(op, invalid);
	op = operation(RTE_CRYPTO_ASYM_OP_VERIFY, 0);
	set_padding(op, RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_NULL);
	op->asym->rsa.cipher.data = NULL;
	check_refused(op, invalid);
	for (int i = 0; i < 2; i++) {
		op = operation(RTE_CRYPTO_ASYM_OP_VERIFY, i == 0 ? MODULUS + 1 : 20);
		set_padding(op, RTE_CRYPTO_RSA_PADDING_NONE, RTE_CRYPTO_AUTH_NULL);
		if (i == 1)
			op->asym->rsa.message.data = NULL;
		check_refused(op, invalid);
	}
	q->max_size = MODULUS + 19;
	check_refused(operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, 20), invalid);
	close_session();
}

static void
a_modulus_may_be_too_small_for_a_hash(void)
{
	open_session(BASE | REVISION_1);
	reference()->modulus_len = 20;
	refuse_padding(RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA1, 20);
	reference()->modulus_len = VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD + 35 - 1;
	refuse_padding(RTE_CRYPTO_RSA_PADDING_PKCS1_5, RTE_CRYPTO_AUTH_SHA1, 20);
	close_session();
}

/* Pointers that are missing. */
static void
data_has_to_be_there(void)
{
	enum rte_crypto_asym_op_type type;
	struct rte_crypto_op *op;

	open_session(BASE | REVISION_1);
	for (type = RTE_CRYPTO_ASYM_OP_ENCRYPT; type <= RTE_CRYPTO_ASYM_OP_VERIFY; type++) {
		op = operation(type, 20);
		op->asym->rsa.message.data = NULL;
		check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
		op = operation(type, 20);
		if (type == RTE_CRYPTO_ASYM_OP_ENCRYPT || type == RTE_CRYPTO_ASYM_OP_DECRYPT)
			op->asym->rsa.cipher.data = NULL;
		else
			op->asym->rsa.sign.data = NULL;
		check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	}
	close_session();
}

static void
sessions_have_to_be_the_devices(void)
{
	const uint8_t invalid = RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	struct rte_crypto_asym_xform x = rsa_key_xform(&key, RSA_EXPONENT);
	static struct virtio_crypto_dev other;
	struct rte_crypto_op *op;

	open_session(BASE | REVISION_1);
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN, 20);
	op->asym->session = NULL;
	check_refused(op, invalid);
	reference()->dev = &other;
	check_refused(operation(RTE_CRYPTO_ASYM_OP_SIGN, 20), invalid);
	reference()->dev = &dev;
	reference()->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH]->ready = false;
	check_refused(operation(RTE_CRYPTO_ASYM_OP_SIGN, 20), invalid);
	reference()->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH]->ready = true;
	op = operation(RTE_CRYPTO_ASYM_OP_SIGN, 20);
	op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	op->asym->xform = &x;
	check_refused(op, invalid);
	close_session();
	/* A device without the service has nothing for such an operation. */
	open_session(BASE | REVISION_1);
	virtio_crypto_asym_fini(q);
	check_refused(operation(RTE_CRYPTO_ASYM_OP_SIGN, 20), RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	close_session();
}

static void
refuse_stateless(const struct rte_crypto_asym_xform *x)
{
	struct rte_crypto_op *op = operation(RTE_CRYPTO_ASYM_OP_ENCRYPT, 20);
	struct rte_crypto_asym_xform copy;

	op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	op->asym->xform = NULL;
	if (x != NULL) {
		copy = *x;
		op->asym->xform = &copy;
	}
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
}

static void
stateless_requests_have_to_make_sense(void)
{
	static uint8_t large[2 * VIRTIO_CRYPTO_AKCIPHER_MAX_KEY];
	struct rte_crypto_asym_xform x = rsa_key_xform(&key, RSA_EXPONENT);

	open_session(BASE | REVISION_1 | 1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE);
	memset(large, 0xff, sizeof(large));
	refuse_stateless(NULL);
	x.xform_type = RTE_CRYPTO_ASYM_XFORM_MODEX;
	refuse_stateless(&x);
	x = rsa_key_xform(&key, RSA_EXPONENT);
	x.rsa.n.length = 11;
	refuse_stateless(&x);
	x.rsa.n = (rte_crypto_uint){ .data = large, .length = VIRTIO_CRYPTO_RSA_MAX_MODULUS + 1 };
	refuse_stateless(&x);
	x = rsa_key_xform(&key, RSA_EXPONENT);
	x.rsa.d = (rte_crypto_uint){ .data = large, .length = sizeof(large) };
	refuse_stateless(&x);
	close_session();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(bad_operations_come_back),
		UNIT_TEST(a_modulus_may_be_too_small_for_a_hash),
		UNIT_TEST(data_has_to_be_there),
		UNIT_TEST(sessions_have_to_be_the_devices),
		UNIT_TEST(stateless_requests_have_to_make_sense),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (!start_asym())
		return EXIT_FAILURE;
	rsa_key_make(&key, 8 * MODULUS, 2);
	return unit_run(tests, RTE_DIM(tests));
}
