/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * ECDSA operations as requests of the device.
 */

#include "virtio_crypto_asym_op.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_number.h"

/* Maximum bytes of a message. It is a digest, of which ECDSA uses the first bits only. */
#define MAX_MESSAGE VIRTIO_CRYPTO_RSA_MAX_MODULUS

#define MAX_SIGNATURE VIRTIO_CRYPTO_ECDSA_SIGNATURE_MAX(VIRTIO_CRYPTO_CURVE_MAX_SIZE)

static_assert(MAX_SIGNATURE + MAX_MESSAGE <= 2 * VIRTIO_CRYPTO_RSA_MAX_MODULUS &&
		      MAX_SIGNATURE <= VIRTIO_CRYPTO_RSA_MAX_MODULUS &&
		      VIRTIO_CRYPTO_ECDSA_MAX_KEY <= VIRTIO_CRYPTO_ASYM_KEY_ROOM,
	      "what has room for RSA has room for ECDSA");

static uint32_t
needed_key(const struct virtio_crypto_asym_op *r)
{
	return r->opcode == VIRTIO_CRYPTO_AKCIPHER_SIGN ? VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE :
							  VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC;
}

/* The session for a request that brings its key, which is the operation's or its transform's. */
static int
make_session(struct virtio_crypto_asym_op *r, const struct virtio_crypto_curve *curve,
	     const struct rte_crypto_ec_xform *xform)
{
	struct virtio_crypto_ecdsa_key pair = virtio_crypto_ecdsa_key_of(xform,
									 &r->op->asym->ecdsa);
	const struct virtio_crypto_asym *a = r->q->asym;

	if (virtio_crypto_ecdsa_session_fill_stateless(r->q->dev, curve, &pair, needed_key(r),
						       a->stateless, r->buffer->input,
						       a->key_room) != 0)
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	virtio_crypto_asym_use_stateless(r);
	return 0;
}

/* The session of an operation without one of the cryptodev. */
static int
make_own_session(struct virtio_crypto_asym_op *r, const struct virtio_crypto_curve **curve)
{
	const struct rte_crypto_asym_xform *xform = r->op->asym->xform;

	*curve = virtio_crypto_curve_of(xform->ec.curve_id);
	if (xform->next != NULL || *curve == NULL || !virtio_crypto_caps_has_ecdsa(r->q->dev))
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	return make_session(r, *curve, &xform->ec);
}

/* Finds the session and its curve. */
static int
find_session(struct virtio_crypto_asym_op *r, const struct virtio_crypto_curve **curve)
{
	const struct virtio_crypto_asym_session_ref *ref = r->ref;
	const struct virtio_crypto_session *s;

	if (ref == NULL)
		return make_own_session(r, curve);
	*curve = &ref->curve;
	s = r->opcode == VIRTIO_CRYPTO_AKCIPHER_SIGN ? ref->ec_private : ref->ec_public;
	/* Where each operation specifies its key, the device has no session. */
	if (s == NULL && VIRTIO_CRYPTO_ECDSA_OP_HAS_KEY)
		return make_session(r, *curve, NULL);
	return virtio_crypto_asym_use_session(r, s);
}

static int
choose_opcode(struct virtio_crypto_asym_op *r)
{
	const struct rte_crypto_ecdsa_op_param *ecdsa = &r->op->asym->ecdsa;

	/* AKCIPHER Service Operation, R34 */
	if (ecdsa->op_type == RTE_CRYPTO_ASYM_OP_VERIFY) {
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_VERIFY;
		return 0;
	}
	/* The device chooses the number k itself: it cannot be passed in. */
	if (ecdsa->op_type != RTE_CRYPTO_ASYM_OP_SIGN || ecdsa->k.data != NULL)
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	r->opcode = VIRTIO_CRYPTO_AKCIPHER_SIGN;
	return 0;
}

/* The signature that is verified; false if it has no numbers of this curve. */
static bool
put_signature(struct virtio_crypto_asym_op *r, const struct virtio_crypto_curve *curve)
{
	const struct rte_crypto_ecdsa_op_param *ecdsa = &r->op->asym->ecdsa;
	struct virtio_crypto_bytes rn = virtio_crypto_number(&ecdsa->r);
	struct virtio_crypto_bytes sn = virtio_crypto_number(&ecdsa->s);

	if (ecdsa->r.data == NULL || ecdsa->s.data == NULL || rn.len > curve->size ||
	    sn.len > curve->size)
		return false;
	r->src_len = virtio_crypto_der_write_ecdsa_signature(
		&rn, &sn, r->buffer->input + r->input_len, MAX_SIGNATURE);
	r->input_len += r->src_len;
	return true;
}

int
virtio_crypto_asym_ecdsa_fill(struct virtio_crypto_asym_op *r)
{
	const struct rte_crypto_ecdsa_op_param *ecdsa = &r->op->asym->ecdsa;
	const struct virtio_crypto_curve *curve = NULL;
	int ret = choose_opcode(r);
	bool sign;

	if (ret == 0)
		ret = find_session(r, &curve);
	if (ret != 0)
		return ret;
	sign = r->opcode == VIRTIO_CRYPTO_AKCIPHER_SIGN;
	if (ecdsa->message.length == 0 ||
	    !virtio_crypto_asym_is_within(&ecdsa->message, MAX_MESSAGE) ||
	    (sign ? ecdsa->r.data == NULL || ecdsa->s.data == NULL : !put_signature(r, curve)))
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	virtio_crypto_asym_add_input(r, ecdsa->message.data, ecdsa->message.length);
	if (sign)
		r->src_len = ecdsa->message.length;
	else
		r->signed_len = ecdsa->message.length;
	*r->request = (struct virtio_crypto_asym_request){
		.room = sign ? VIRTIO_CRYPTO_ECDSA_SIGNATURE_MAX(curve->size) : 0,
		.curve = *curve,
	};
	return 0;
}

/* Pads both numbers to the size of the curve, as applications expect. */
uint8_t
virtio_crypto_asym_ecdsa_finish(const struct virtio_crypto_asym_request *request,
				struct rte_crypto_op *op, const uint8_t *result, uint32_t len)
{
	struct rte_crypto_ecdsa_op_param *ecdsa = &op->asym->ecdsa;
	const uint8_t size = request->curve.size;
	struct virtio_crypto_bytes rn, sn;
	uint8_t der[MAX_SIGNATURE];

	/* What is read twice must not change in between; len is no more than was room for. */
	memcpy(der, result, len);
	if (virtio_crypto_der_ecdsa_signature(der, len, &rn, &sn) != 0 || sn.len > size ||
	    !virtio_crypto_number_fill(&rn, ecdsa->r.data, size))
		return RTE_CRYPTO_OP_STATUS_ERROR;
	virtio_crypto_number_fill(&sn, ecdsa->s.data, size);
	ecdsa->r.length = size;
	ecdsa->s.length = size;
	return RTE_CRYPTO_OP_STATUS_SUCCESS;
}
