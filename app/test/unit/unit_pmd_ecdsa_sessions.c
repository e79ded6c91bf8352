/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Sessions of ECDSA, where the device is to know the keys, and the capability of the driver. */

#include <string.h>

#include "unit_pmd_ecdsa.h"

/* What the device was asked for last. */
static struct virtio_crypto_op_ctrl_req asked;
static uint8_t asked_key[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY];
static unsigned int nb_asked, refused;

static int
record_request(const struct virtio_crypto_session_params *params)
{
	asked = params->req;
	CHECK(params->auth_key_len == 0 && params->cipher_key_len <= sizeof(asked_key));
	memcpy(asked_key, params->keys, params->cipher_key_len);
	return ++nb_asked == refused ? -EKEYREJECTED : 0;
}

static int
create(const struct virtio_crypto_ecdsa_key *keys)
{
	nb_asked = 0;
	on_create = record_request;
	return virtio_crypto_ecdsa_sessions_create(&dev, keys, reference());
}

static void
check_asked(uint32_t type, unsigned int i)
{
	const struct virtio_crypto_akcipher_session_para *para =
		&asked.u.akcipher_create_session.para;
	const uint32_t ecdsa = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC);
	uint32_t len = rte_le_to_cpu_32(para->keylen);

	CHECK(rte_le_to_cpu_32(asked.header.opcode) == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	CHECK(asked.header.algo == ecdsa && para->algo == ecdsa);
	CHECK(rte_le_to_cpu_32(para->keytype) == type);
	CHECK(rte_le_to_cpu_32(para->u.ecdsa.curve_id) == curve_numbers[i]);
	CHECK(type == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE ? is_private_key(asked_key, len) :
								is_public_key(asked_key, len));
}

/* Keys that a transform has are the device's before the first operation. */
static void
a_device_may_know_the_keys(void)
{
	struct virtio_crypto_ecdsa_key keys;
	unsigned int i;

	for (i = 0; i < nb_ecdsa_curves; i++) {
		open_session(WITHOUT_KEYS, i);
		keys = pair();
		CHECK(create(&keys) == 0 && nb_asked == 2);
		check_asked(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC, i);
		CHECK(reference()->ec_private != NULL && reference()->ec_public != NULL);
		virtio_crypto_asym_session_destroy(&dev, reference());
		CHECK(destroyed == 2);
		reference()->curve = *virtio_crypto_curve_of(curve->id);
		memset(&keys.q, 0, sizeof(keys.q));
		CHECK(create(&keys) == 0 && nb_asked == 1 && reference()->ec_public == NULL);
		check_asked(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE, i);
		close_session();
	}
}

static void
sessions_need_keys(void)
{
	struct virtio_crypto_ecdsa_key keys = { 0 };

	open_session(WITHOUT_KEYS, 0);
	CHECK(create(&keys) == -EINVAL && nb_asked == 0);
	keys = pair();
	keys.pkey.length = curve->size + 1;
	CHECK(create(&keys) == -EINVAL && nb_asked == 0);
	keys = pair();
	keys.q.y.length = curve->size + 1;
	CHECK(create(&keys) == -EINVAL && nb_asked == 1);
	virtio_crypto_asym_session_destroy(&dev, reference());
	reference()->curve = *virtio_crypto_curve_of(curve->id);
	keys = pair();
	for (refused = 1; refused <= 2; refused++) {
		CHECK(create(&keys) == -EKEYREJECTED && nb_asked == refused);
		virtio_crypto_asym_session_destroy(&dev, reference());
		reference()->curve = *virtio_crypto_curve_of(curve->id);
	}
	refused = 0;
	close_session();
}

/* Proves R32. */
static void
requests_of_sessions_have_ids(void)
{
	const uint32_t with_session = VIRTIO_CRYPTO_FLAG_SESSION_MODE;
	const struct virtio_crypto_op_header *h;
	struct virtio_crypto_ecdsa_key keys;
	struct rte_crypto_op *op;
	struct chain c;

	open_session(WITHOUT_KEYS, 2);
	keys = pair();
	CHECK(create(&keys) == 0);
	op = session_operation(RTE_CRYPTO_ASYM_OP_SIGN);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	h = (const void *)c.part[0].data;
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_SIGN, with_session, HEADER + FIXED);
	CHECK(h->session_id == rte_cpu_to_le_64(SESSION));
	CHECK(le32_at(&c, HEADER) == b.digest_len && le32_at(&c, HEADER + 4) == c.part[2].len);
	CHECK(c.part[1].len == b.digest_len);
	check_signature(op, &c);
	rte_crypto_op_free(op);
	op = session_operation(RTE_CRYPTO_ASYM_OP_VERIFY);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	h = (const void *)c.part[0].data;
	check_header(&c, VIRTIO_CRYPTO_AKCIPHER_VERIFY, with_session, HEADER + FIXED);
	CHECK(h->session_id == rte_cpu_to_le_64(SESSION + 1));
	CHECK(le32_at(&c, HEADER) == b.der_len && le32_at(&c, HEADER + 4) == b.digest_len);
	CHECK(c.nb == 3 && c.part[1].len == b.der_len + b.digest_len);
	answer_written(&c, VIRTIO_CRYPTO_KEY_REJECTED, 1);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	rte_crypto_op_free(op);
	reference()->ec_private->ready = false;
	check_refused(session_operation(RTE_CRYPTO_ASYM_OP_SIGN),
		      RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	reference()->ec_private->ready = true;
	close_session();
}

static int
create_session(struct rte_crypto_asym_xform *x)
{
	struct virtio_crypto_asym_session_ref ref;
	int ret = virtio_crypto_asym_session_create(&dev, x, &ref);

	if (ret == 0)
		virtio_crypto_asym_session_destroy(&dev, &ref);
	return ret;
}

/* The transform of a session, with its keys if that is their place. */
static void
transforms_have_to_make_sense(void)
{
	struct rte_crypto_asym_xform next = { .xform_type = RTE_CRYPTO_ASYM_XFORM_NONE };
	struct rte_crypto_asym_xform good;

	open_session(WITH_KEYS, 1);
#if KEYS_IN_TRANSFORM
	xform.ec.pkey = pair().pkey;
	xform.ec.q = pair().q;
#endif
	good = xform;
	CHECK(create_session(&good) == 0 && created == 2 * KEYS_IN_TRANSFORM);
	xform.next = &next;
	CHECK(create_session(&xform) == -ENOTSUP);
	xform = good;
	xform.ec.curve_id = 29; /* X25519 */
	CHECK(create_session(&xform) == -ENOTSUP);
	close_session();
	akciphers = 1u << VIRTIO_CRYPTO_AKCIPHER_RSA;
	open_session(WITH_KEYS, 1);
	CHECK(create_session(&good) == -ENOTSUP);
	check_refused(own_operation(), RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	close_session();
	akciphers = EVERY_AKCIPHER;
}

/* The transform types of the asymmetric capabilities, one bit each. */
static uint32_t
advertised(uint64_t features, uint32_t offered)
{
	const struct rte_cryptodev_capabilities *cap;
	uint32_t types = 0;

	akciphers = offered;
	open_queue(features);
	for (cap = dev.capabilities; cap->op != RTE_CRYPTO_OP_TYPE_UNDEFINED; cap++) {
		if (cap->op != RTE_CRYPTO_OP_TYPE_ASYMMETRIC)
			continue;
		types |= 1u << cap->asym.xform_capa.xform_type;
		CHECK(cap->asym.xform_capa.xform_type != RTE_CRYPTO_ASYM_XFORM_ECDSA ||
		      cap->asym.xform_capa.op_types ==
			      (1u << RTE_CRYPTO_ASYM_OP_SIGN | 1u << RTE_CRYPTO_ASYM_OP_VERIFY));
	}
	CHECK((q->asym != NULL) == (types != 0));
	close_queue();
	akciphers = EVERY_AKCIPHER;
	return types;
}

/* Where operations have the keys, a device that wants them before cannot be used. */
static void
the_capability_is_there_where_it_can_be_used(void)
{
	const uint32_t rsa = 1u << RTE_CRYPTO_ASYM_XFORM_RSA;
	const uint32_t ecdsa = 1u << RTE_CRYPTO_ASYM_XFORM_ECDSA;
	const uint32_t ecdsa_bit = 1u << VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC;

	CHECK(advertised(WITH_KEYS, EVERY_AKCIPHER) == (rsa | ecdsa));
	CHECK(advertised(WITH_KEYS, ecdsa_bit) == ecdsa);
	CHECK(advertised(WITH_KEYS, 1u << VIRTIO_CRYPTO_AKCIPHER_RSA) == rsa);
	/* The number that Linux has for it is none of the specification. */
	CHECK(advertised(WITH_KEYS, 1u << 3) == 0);
	CHECK(advertised(WITHOUT_KEYS, ecdsa_bit) == (KEYS_IN_TRANSFORM ? ecdsa : 0));
	CHECK(advertised(WITHOUT_KEYS, EVERY_AKCIPHER) == (rsa | (KEYS_IN_TRANSFORM ? ecdsa : 0)));
}

/* A device that has ECDSA only. */
static void
rsa_needs_a_device_that_has_it(void)
{
	uint8_t n[64], e = 3;
	struct rte_crypto_op *op;

	akciphers = 1u << VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC;
	open_session(WITH_KEYS, 0);
	memset(n, 0xff, sizeof(n));
	xform = (struct rte_crypto_asym_xform){ .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };
	xform.rsa.n = number(n, sizeof(n));
	xform.rsa.e = number(&e, 1);
	CHECK(create_session(&xform) == -ENOTSUP);
	op = own_operation();
	op->asym->rsa = (struct rte_crypto_rsa_op_param){ .op_type = RTE_CRYPTO_ASYM_OP_ENCRYPT };
	check_refused(op, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	close_session();
	akciphers = EVERY_AKCIPHER;
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_device_may_know_the_keys),
		UNIT_TEST(sessions_need_keys),
		UNIT_TEST(requests_of_sessions_have_ids),
		UNIT_TEST(transforms_have_to_make_sense),
		UNIT_TEST(the_capability_is_there_where_it_can_be_used),
		UNIT_TEST(rsa_needs_a_device_that_has_it),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (!start_asym())
		return EXIT_FAILURE;
	return unit_run(tests, RTE_DIM(tests));
}
