/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * RSA operations as requests of the device.
 */

#include "virtio_crypto_asym_op.h"
#include "virtio_crypto_digest.h"

struct rsa_request {
	struct virtio_crypto_asym_op *c; /* common part of all algorithms */
	const struct rte_crypto_rsa_padding *padding;
	const struct virtio_crypto_rsa_hash *hash; /* prefix of the signed message */
	uint32_t modulus_len;			   /* bytes */
};

/* Finds the hash that an operation with padding names; false if it is unknown. */
static bool
find_hash(struct rsa_request *r)
{
	const struct rte_crypto_rsa_op_param *rsa = &r->c->op->asym->rsa;

	r->hash = NULL;
	if (r->padding->type != RTE_CRYPTO_RSA_PADDING_PKCS1_5 ||
	    rsa->op_type == RTE_CRYPTO_ASYM_OP_ENCRYPT ||
	    rsa->op_type == RTE_CRYPTO_ASYM_OP_DECRYPT)
		return true;
	/*
	 * An operation that was reset names no hash, and 0 need not be the number of an algorithm.
	 */
	r->hash = virtio_crypto_rsa_hash_of(r->padding->hash != 0 ? r->padding->hash :
								    RTE_CRYPTO_AUTH_NULL);
	return r->hash != NULL &&
		(r->hash->info_len == 0 || rsa->message.length == r->hash->digest_len);
}

/* Finds the session with padding that serves an operation. */
static const struct virtio_crypto_session *
pkcs1_session(struct rsa_request *r, const struct virtio_crypto_asym_session_ref *ref)
{
	const struct virtio_crypto_session *s = ref->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH];
	unsigned int i;

	if (s == NULL && r->hash != NULL) {
		/* The device adds the prefix that names the hash. */
		s = ref->pkcs1[r->hash->number];
		r->hash = NULL;
	}
	/* To encrypt and to decrypt, any will do. */
	for (i = 0; s == NULL && i < RTE_DIM(ref->pkcs1); i++)
		if (r->c->opcode == VIRTIO_CRYPTO_AKCIPHER_ENCRYPT ||
		    r->c->opcode == VIRTIO_CRYPTO_AKCIPHER_DECRYPT)
			s = ref->pkcs1[i];
	return s;
}

/* The request's session, of those that the cryptodev session has. */
static int
find_session(struct rsa_request *r)
{
	const struct virtio_crypto_asym_session_ref *ref = r->c->ref;

	r->padding = virtio_crypto_rsa_op_padding(&r->c->op->asym->rsa, &ref->padding);
	r->modulus_len = ref->modulus_len;
	if (!find_hash(r))
		return virtio_crypto_asym_set_error(r->c, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	return virtio_crypto_asym_use_session(
		r->c,
		r->padding->type == RTE_CRYPTO_RSA_PADDING_NONE ? ref->raw : pkcs1_session(r, ref));
}

/* Fills the session of a session-less operation. */
static int
make_session(struct rsa_request *r)
{
	const struct virtio_crypto_asym *a = r->c->q->asym;
	const struct rte_crypto_asym_xform *xform = r->c->op->asym->xform;
	bool raw;

	r->padding = virtio_crypto_rsa_op_padding(&r->c->op->asym->rsa,
						  virtio_crypto_rsa_xform_padding(&xform->rsa));
	raw = r->padding->type == RTE_CRYPTO_RSA_PADDING_NONE;
	r->modulus_len = virtio_crypto_rsa_session_fill_stateless(
		r->c->q->dev, xform,
		raw ? VIRTIO_CRYPTO_RSA_RAW_PADDING : VIRTIO_CRYPTO_RSA_PKCS1_PADDING, a->stateless,
		r->c->buffer->input, a->key_room);
	if (r->modulus_len == 0)
		return virtio_crypto_asym_set_error(r->c, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	if (!find_hash(r))
		return virtio_crypto_asym_set_error(r->c, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	virtio_crypto_asym_use_stateless(r->c);
	return 0;
}

static int
choose_opcode(struct rsa_request *r)
{
	/* AKCIPHER Service Operation, R34 */
	switch (r->c->op->asym->rsa.op_type) {
	case RTE_CRYPTO_ASYM_OP_ENCRYPT:
		r->c->opcode = VIRTIO_CRYPTO_AKCIPHER_ENCRYPT;
		return 0;
	case RTE_CRYPTO_ASYM_OP_DECRYPT:
		r->c->opcode = VIRTIO_CRYPTO_AKCIPHER_DECRYPT;
		return 0;
	case RTE_CRYPTO_ASYM_OP_SIGN:
		r->c->opcode = VIRTIO_CRYPTO_AKCIPHER_SIGN;
		return 0;
	case RTE_CRYPTO_ASYM_OP_VERIFY:
		r->c->opcode = VIRTIO_CRYPTO_AKCIPHER_VERIFY;
		return 0;
	default:
		return virtio_crypto_asym_set_error(r->c, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	}
}

static void
put_zeros(struct rsa_request *r, size_t len)
{
	memset(r->c->buffer->input + r->c->input_len, 0, len);
	r->c->input_len += len;
}

/* Adds the message to sign, with the prefix that names its hash. */
static bool
put_signed(struct rsa_request *r)
{
	const rte_crypto_param *message = &r->c->op->asym->rsa.message;
	uint32_t info = r->hash != NULL ? r->hash->info_len : 0;
	uint32_t taken = VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD + info;

	if (r->modulus_len < taken ||
	    !virtio_crypto_asym_is_within(message, r->modulus_len - taken))
		return false;
	if (info > 0)
		virtio_crypto_asym_add_input(r->c, r->hash->info, info);
	virtio_crypto_asym_add_input(r->c, message->data, message->length);
	return true;
}

/* Adds a source whose padding the device adds or removes. */
static bool
put_pkcs1(struct rsa_request *r)
{
	const struct rte_crypto_rsa_op_param *rsa = &r->c->op->asym->rsa;
	uint32_t start = r->c->input_len;

	switch (r->c->opcode) {
	case VIRTIO_CRYPTO_AKCIPHER_ENCRYPT:
		if (!virtio_crypto_asym_is_within(
			    &rsa->message, r->modulus_len - VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD))
			return false;
		virtio_crypto_asym_add_input(r->c, rsa->message.data, rsa->message.length);
		break;
	case VIRTIO_CRYPTO_AKCIPHER_DECRYPT:
		if (!virtio_crypto_asym_is_within(&rsa->cipher, r->modulus_len))
			return false;
		virtio_crypto_asym_add_input(r->c, rsa->cipher.data, rsa->cipher.length);
		break;
	case VIRTIO_CRYPTO_AKCIPHER_SIGN:
		if (!put_signed(r))
			return false;
		break;
	default:
		if (!virtio_crypto_asym_is_within(&rsa->sign, r->modulus_len))
			return false;
		virtio_crypto_asym_add_input(r->c, rsa->sign.data, rsa->sign.length);
		r->c->src_len = r->c->input_len - start;
		start = r->c->input_len;
		if (!put_signed(r))
			return false;
		r->c->signed_len = r->c->input_len - start;
		return true;
	}
	r->c->src_len = r->c->input_len - start;
	return true;
}

/*
 * Source without padding, which is as long as the modulus. To sign is to decrypt then, and to
 * verify is to encrypt: the specification has neither of them without padding.
 */
static bool
put_raw(struct rsa_request *r)
{
	const struct rte_crypto_rsa_op_param *rsa = &r->c->op->asym->rsa;
	const rte_crypto_param *from = &rsa->message;

	if (r->c->opcode == VIRTIO_CRYPTO_AKCIPHER_SIGN) {
		r->c->opcode = VIRTIO_CRYPTO_AKCIPHER_DECRYPT;
	} else if (r->c->opcode == VIRTIO_CRYPTO_AKCIPHER_DECRYPT) {
		from = &rsa->cipher;
	} else if (r->c->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY) {
		r->c->opcode = VIRTIO_CRYPTO_AKCIPHER_ENCRYPT;
		from = &rsa->sign;
		if (!virtio_crypto_asym_is_within(&rsa->message, r->modulus_len))
			return false;
	}
	if (!virtio_crypto_asym_is_within(from, r->modulus_len) || from->length == 0)
		return false;
	/* AKCIPHER session parameters, D68 */
	put_zeros(r, r->modulus_len - from->length);
	virtio_crypto_asym_add_input(r->c, from->data, from->length);
	r->c->src_len = r->modulus_len;
	return true;
}

/* What is to become of the result; false if it has nowhere to go. */
static bool
plan_result(struct rsa_request *r, struct virtio_crypto_asym_request *a)
{
	struct rte_crypto_rsa_op_param *rsa = &r->c->op->asym->rsa;

	*a = (struct virtio_crypto_asym_request){ .room = r->modulus_len };
	switch (rsa->op_type) {
	case RTE_CRYPTO_ASYM_OP_ENCRYPT:
		a->result = &rsa->cipher;
		break;
	case RTE_CRYPTO_ASYM_OP_DECRYPT:
		a->result = &rsa->message;
		break;
	case RTE_CRYPTO_ASYM_OP_SIGN:
		a->result = &rsa->sign;
		break;
	default:
		if (r->c->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY) {
			a->room = 0;
			return true;
		}
		/* The number of which the signature was made, for the application or the driver. */
		a->result = rsa->cipher.data != NULL ? &rsa->cipher : NULL;
		a->compare = rsa->message.length > 0;
		return a->result != NULL || a->compare;
	}
	return a->result->data != NULL;
}

int
virtio_crypto_asym_rsa_fill(struct virtio_crypto_asym_op *c)
{
	struct rsa_request r = { .c = c };
	int ret = choose_opcode(&r);
	bool raw;

	if (ret == 0)
		ret = c->ref != NULL ? find_session(&r) : make_session(&r);
	if (ret != 0)
		return ret;
	raw = r.padding->type == RTE_CRYPTO_RSA_PADDING_NONE;
	if ((!raw && r.padding->type != RTE_CRYPTO_RSA_PADDING_PKCS1_5) ||
	    !(raw ? put_raw(&r) : put_pkcs1(&r)) || !plan_result(&r, c->request))
		return virtio_crypto_asym_set_error(c, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	return 0;
}

/* Whether a result is the number that the operation has as its message. */
static bool
same_number(const uint8_t *result, uint32_t len, const rte_crypto_param *message)
{
	uint32_t common = RTE_MIN((size_t)len, message->length), i;
	const uint8_t *data = message->data;
	uint8_t rest = 0;

	for (i = 0; i < len - common; i++)
		rest |= result[i];
	for (i = 0; i < message->length - common; i++)
		rest |= data[i];
	return rest == 0 &&
		virtio_crypto_digest_equal(result + len - common, data + message->length - common,
					   common);
}

uint8_t
virtio_crypto_asym_rsa_finish(const struct virtio_crypto_asym_request *request,
			      struct rte_crypto_op *op, const uint8_t *result, uint32_t len)
{
	if (request->result != NULL) {
		memcpy(request->result->data, result, len);
		request->result->length = len;
	}
	return !request->compare || same_number(result, len, &op->asym->rsa.message) ?
		RTE_CRYPTO_OP_STATUS_SUCCESS :
		RTE_CRYPTO_OP_STATUS_ERROR;
}
