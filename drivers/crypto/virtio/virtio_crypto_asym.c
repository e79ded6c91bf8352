/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "virtio_crypto_asym.h"
#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_digest.h"
#include "virtio_crypto_queue.h"

/* A request has a header, input in one piece or two, a result and the status. */
static_assert(VIRTIO_CRYPTO_DIRECT_DESCS >= 4, "an asymmetric request fits into its slot");
static_assert(VIRTIO_CRYPTO_ASYM_KEY_ROOM <= VIRTIO_CRYPTO_AKCIPHER_MAX_KEY,
	      "the device takes what fits");

/* A request in the making. */
struct request {
	struct virtio_crypto_queue *q;
	struct rte_crypto_op *op;
	const struct rte_crypto_rsa_padding *padding;
	const struct virtio_crypto_session *s;
	const struct virtio_crypto_rsa_hash *hash; /* that stands in front of what is signed */
	struct virtio_crypto_asym_buffer *buffer;
	uint8_t number;	      /* of the buffer */
	uint32_t opcode;      /* VIRTIO_CRYPTO_AKCIPHER_* */
	uint32_t modulus_len; /* bytes */
	uint32_t input_len;   /* bytes written */
	uint32_t src_len;     /* of them without the key, and without the data that is verified */
	uint32_t signed_len;  /* bytes of the data that is verified */
};

int
virtio_crypto_asym_init(struct virtio_crypto_queue *q, int socket_id)
{
	struct virtio_crypto_asym *a;
	bool stateless = virtio_crypto_has_feature(q->dev->features,
						   VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE);

	if (!virtio_crypto_caps_rsa(q->dev))
		return 0;
	a = rte_zmalloc_socket("virtio_crypto", sizeof(*a), RTE_CACHE_LINE_SIZE, socket_id);
	if (a == NULL)
		return -ENOMEM;
	q->asym = a;
	a->key_room = stateless ? VIRTIO_CRYPTO_ASYM_KEY_ROOM : 0;
	a->buffer_size = RTE_ALIGN_CEIL(sizeof(struct virtio_crypto_asym_buffer) + a->key_room +
						2 * VIRTIO_CRYPTO_RSA_MAX_MODULUS,
					RTE_CACHE_LINE_SIZE);
	if (!stateless)
		return 0;
	a->stateless = virtio_crypto_session_alloc(q->dev);
	if (a->stateless == NULL)
		return -ENOMEM;
	a->stateless->params = virtio_crypto_params_alloc(0);
	return a->stateless->params != NULL ? 0 : -ENOMEM;
}

size_t
virtio_crypto_asym_bytes(const struct virtio_crypto_queue *q)
{
	return q->asym == NULL ? 0 : (size_t)q->asym->buffer_size * VIRTIO_CRYPTO_ASYM_BUFFERS;
}

void
virtio_crypto_asym_set_memory(struct virtio_crypto_queue *q, uint8_t *mem, uint64_t addr)
{
	if (q->asym == NULL)
		return;
	q->asym->buffers = mem;
	q->asym->buffers_addr = addr;
}

void
virtio_crypto_asym_fini(struct virtio_crypto_queue *q)
{
	struct virtio_crypto_asym *a = q->asym;

	if (a == NULL)
		return;
	if (a->buffers != NULL)
		explicit_bzero(a->buffers, virtio_crypto_asym_bytes(q));
	if (a->stateless != NULL) {
		virtio_crypto_params_free(a->stateless->params, 0);
		rte_free(a->stateless);
	}
	rte_free(a);
	q->asym = NULL;
}

void
virtio_crypto_asym_reset(struct virtio_crypto_queue *q)
{
	unsigned int i;

	if (q->asym == NULL)
		return;
	q->asym->nb_free = VIRTIO_CRYPTO_ASYM_BUFFERS;
	for (i = 0; i < VIRTIO_CRYPTO_ASYM_BUFFERS; i++)
		q->asym->free[i] = i;
}

static struct virtio_crypto_asym_buffer *
buffer_of(const struct virtio_crypto_asym *a, uint8_t number)
{
	return (void *)(a->buffers + (size_t)number * a->buffer_size);
}

static int
fail(struct request *r, uint8_t status)
{
	r->op->status = status;
	return -EINVAL;
}

/* The hash that an operation with padding names; false if there is no such one. */
static bool
find_hash(struct request *r)
{
	const struct rte_crypto_rsa_op_param *rsa = &r->op->asym->rsa;

	r->hash = NULL;
	if (r->padding->type != RTE_CRYPTO_RSA_PADDING_PKCS1_5 ||
	    rsa->op_type == RTE_CRYPTO_ASYM_OP_ENCRYPT ||
	    rsa->op_type == RTE_CRYPTO_ASYM_OP_DECRYPT)
		return true;
	/* An operation that was reset says nothing, and 0 need not be the name of an algorithm. */
	r->hash = virtio_crypto_rsa_hash_of(r->padding->hash != 0 ? r->padding->hash :
								    RTE_CRYPTO_AUTH_NULL);
	return r->hash != NULL &&
		(r->hash->info_len == 0 || rsa->message.length == r->hash->digest_len);
}

/* The session with padding that serves an operation, of those that the device has. */
static const struct virtio_crypto_session *
pkcs1_session(struct request *r, const struct virtio_crypto_asym_session_ref *ref)
{
	const struct virtio_crypto_session *s = ref->pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH];
	unsigned int i;

	if (s == NULL && r->hash != NULL) {
		/* The device itself puts in front of a digest what tells the hash. */
		s = ref->pkcs1[r->hash->number];
		r->hash = NULL;
	}
	/* To encrypt and to decrypt, any will do. */
	for (i = 0; s == NULL && i < RTE_DIM(ref->pkcs1); i++)
		if (r->opcode == VIRTIO_CRYPTO_AKCIPHER_ENCRYPT ||
		    r->opcode == VIRTIO_CRYPTO_AKCIPHER_DECRYPT)
			s = ref->pkcs1[i];
	return s;
}

/* The request's session, if it is one that this queue's device has. */
static int
find_session(struct request *r)
{
	const struct virtio_crypto_asym_session_ref *ref =
		(const void *)r->op->asym->session->sess_private_data;

	if (ref->dev != r->q->dev)
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	r->padding = virtio_crypto_rsa_op_padding(&r->op->asym->rsa, &ref->padding);
	r->modulus_len = ref->modulus_len;
	if (!find_hash(r))
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	r->s = r->padding->type == RTE_CRYPTO_RSA_PADDING_NONE ? ref->raw : pkcs1_session(r, ref);
	if (r->s == NULL)
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	if (!__atomic_load_n(&r->s->ready, __ATOMIC_RELAXED))
		return fail(r, virtio_crypto_unusable_status(r->q));
	return 0;
}

/* What a session-less operation says itself, as far as the device can be told so. */
static int
make_session(struct request *r)
{
	const struct virtio_crypto_asym *a = r->q->asym;
	const struct rte_crypto_asym_xform *xform = r->op->asym->xform;
	bool raw;

	if (a->stateless == NULL || xform == NULL)
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	r->padding = virtio_crypto_rsa_op_padding(&r->op->asym->rsa,
						  virtio_crypto_rsa_xform_padding(&xform->rsa));
	raw = r->padding->type == RTE_CRYPTO_RSA_PADDING_NONE;
	r->modulus_len = virtio_crypto_asym_session_stateless(
		r->q->dev, xform,
		raw ? VIRTIO_CRYPTO_RSA_RAW_PADDING : VIRTIO_CRYPTO_RSA_PKCS1_PADDING, a->stateless,
		r->buffer->input, a->key_room);
	if (r->modulus_len == 0)
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	if (!find_hash(r))
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	r->s = a->stateless;
	r->input_len = r->s->params->cipher_key_len;
	return 0;
}

static int
choose_opcode(struct request *r)
{
	switch (r->op->asym->rsa.op_type) {
	case RTE_CRYPTO_ASYM_OP_ENCRYPT:
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_ENCRYPT;
		return 0;
	case RTE_CRYPTO_ASYM_OP_DECRYPT:
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_DECRYPT;
		return 0;
	case RTE_CRYPTO_ASYM_OP_SIGN:
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_SIGN;
		return 0;
	case RTE_CRYPTO_ASYM_OP_VERIFY:
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_VERIFY;
		return 0;
	default:
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	}
}

static void
put_bytes(struct request *r, const void *bytes, size_t len)
{
	if (len > 0)
		memcpy(r->buffer->input + r->input_len, bytes, len);
	r->input_len += len;
}

static void
put_zeros(struct request *r, size_t len)
{
	memset(r->buffer->input + r->input_len, 0, len);
	r->input_len += len;
}

/* Whether a piece of data is there, and has no more bytes than it may. */
static bool
has(const rte_crypto_param *data, size_t max)
{
	return data->length <= max && (data->data != NULL || data->length == 0);
}

/* Data that is signed, with what tells its hash. */
static bool
put_signed(struct request *r)
{
	const rte_crypto_param *message = &r->op->asym->rsa.message;
	uint32_t info = r->hash != NULL ? r->hash->info_len : 0;
	uint32_t taken = VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD + info;

	if (r->modulus_len < taken || !has(message, r->modulus_len - taken))
		return false;
	if (info > 0)
		put_bytes(r, r->hash->info, info);
	put_bytes(r, message->data, message->length);
	return true;
}

/* Source with padding that the device makes, or takes off. */
static bool
put_pkcs1(struct request *r)
{
	const struct rte_crypto_rsa_op_param *rsa = &r->op->asym->rsa;
	uint32_t start = r->input_len;

	switch (r->opcode) {
	case VIRTIO_CRYPTO_AKCIPHER_ENCRYPT:
		if (!has(&rsa->message, r->modulus_len - VIRTIO_CRYPTO_RSA_PKCS1_OVERHEAD))
			return false;
		put_bytes(r, rsa->message.data, rsa->message.length);
		break;
	case VIRTIO_CRYPTO_AKCIPHER_DECRYPT:
		if (!has(&rsa->cipher, r->modulus_len))
			return false;
		put_bytes(r, rsa->cipher.data, rsa->cipher.length);
		break;
	case VIRTIO_CRYPTO_AKCIPHER_SIGN:
		if (!put_signed(r))
			return false;
		break;
	default:
		if (!has(&rsa->sign, r->modulus_len))
			return false;
		put_bytes(r, rsa->sign.data, rsa->sign.length);
		r->src_len = r->input_len - start;
		start = r->input_len;
		if (!put_signed(r))
			return false;
		r->signed_len = r->input_len - start;
		return true;
	}
	r->src_len = r->input_len - start;
	return true;
}

/*
 * Source without padding, which is as long as the modulus. To sign is to decrypt then, and to
 * verify is to encrypt: the specification has neither of them without padding.
 */
static bool
put_raw(struct request *r)
{
	const struct rte_crypto_rsa_op_param *rsa = &r->op->asym->rsa;
	const rte_crypto_param *from = &rsa->message;

	if (r->opcode == VIRTIO_CRYPTO_AKCIPHER_SIGN) {
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_DECRYPT;
	} else if (r->opcode == VIRTIO_CRYPTO_AKCIPHER_DECRYPT) {
		from = &rsa->cipher;
	} else if (r->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY) {
		r->opcode = VIRTIO_CRYPTO_AKCIPHER_ENCRYPT;
		from = &rsa->sign;
		if (!has(&rsa->message, r->modulus_len))
			return false;
	}
	if (!has(from, r->modulus_len) || from->length == 0)
		return false;
	put_zeros(r, r->modulus_len - from->length);
	put_bytes(r, from->data, from->length);
	r->src_len = r->modulus_len;
	return true;
}

/* What is to become of the result; false if it has nowhere to go. */
static bool
plan_result(struct request *r, struct virtio_crypto_asym_request *a)
{
	struct rte_crypto_rsa_op_param *rsa = &r->op->asym->rsa;

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
		if (r->opcode == VIRTIO_CRYPTO_AKCIPHER_VERIFY) {
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

static int
fill(struct request *r)
{
	struct virtio_crypto_asym_request *a = &r->q->asym->requests[r->number];
	struct virtio_crypto_request_head *head = &r->buffer->req;
	bool raw = r->padding->type == RTE_CRYPTO_RSA_PADDING_NONE;
	__le32 *lengths;

	if (!raw && r->padding->type != RTE_CRYPTO_RSA_PADDING_PKCS1_5)
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	if (!(raw ? put_raw(r) : put_pkcs1(r)) || !plan_result(r, a) ||
	    (uint64_t)r->input_len + a->room > r->q->max_size)
		return fail(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	*head = r->s->req;
	head->header.opcode = rte_cpu_to_le_32(r->opcode);
	lengths = (void *)((uint8_t *)head + r->s->lengths);
	lengths[0] = rte_cpu_to_le_32(r->src_len);
	lengths[1] = rte_cpu_to_le_32(a->room > 0 ? a->room : r->signed_len);
	/* A device that completes without saying how must not be taken for one that succeeded. */
	r->buffer->status = VIRTIO_CRYPTO_ERR;
	return 0;
}

/* Describes the request to the device: in the table of the slot, or in its part of the ring. */
static void
put_descs(struct request *r, uint16_t pos)
{
	struct virtio_crypto_queue *q = r->q;
	struct vring_desc *table = q->indirect ? q->slots[pos].table : q->vq.desc;
	uint16_t first = q->indirect ? 0 : pos << q->desc_shift, i = first;
	uint64_t addr = q->asym->buffers_addr + (size_t)r->number * q->asym->buffer_size;
	uint64_t input = addr + offsetof(struct virtio_crypto_asym_buffer, input);
	uint32_t room = q->asym->requests[r->number].room;
	uint32_t second = q->streams ? 0 : r->signed_len;

	virtqueue_desc_set(table, i, addr, r->s->header_len, VRING_DESC_F_NEXT, i + 1);
	i++;
	if (r->input_len > second) {
		virtqueue_desc_set(table, i, input, r->input_len - second, VRING_DESC_F_NEXT,
				   i + 1);
		i++;
	}
	if (second > 0) {
		virtqueue_desc_set(table, i, input + r->input_len - second, second,
				   VRING_DESC_F_NEXT, i + 1);
		i++;
	}
	if (room > 0) {
		virtqueue_desc_set(table, i,
				   addr + offsetof(struct virtio_crypto_asym_buffer, result), room,
				   VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, i + 1);
		i++;
	}
	virtqueue_desc_set(table, i, addr + offsetof(struct virtio_crypto_asym_buffer, status), 1,
			   VRING_DESC_F_WRITE, 0);
	if (q->indirect)
		virtqueue_indirect_set(&q->vq, pos,
				       q->slots_addr + pos * sizeof(struct virtio_crypto_slot) +
					       offsetof(struct virtio_crypto_slot, table),
				       i + 1);
}

int
virtio_crypto_asym_submit(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	uint16_t pos = q->head & (q->nb_slots - 1);
	struct virtio_crypto_asym *a = q->asym;
	struct request r = { .q = q, .op = op };
	int ret;

	if (a->nb_free == 0)
		return -EAGAIN;
	r.number = a->free[a->nb_free - 1];
	r.buffer = buffer_of(a, r.number);
	ret = choose_opcode(&r);
	if (ret == 0 && op->sess_type == RTE_CRYPTO_OP_SESSIONLESS)
		ret = make_session(&r);
	else if (ret == 0 && op->asym->session != NULL)
		ret = find_session(&r);
	else if (ret == 0)
		ret = fail(&r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	if (ret == 0)
		ret = fill(&r);
	if (ret != 0)
		return ret;
	put_descs(&r, pos);
	a->nb_free--;
	q->inflight[pos] = (struct virtio_crypto_inflight){
		.op = op,
		.nb_slots = 1,
		.digest = VIRTIO_CRYPTO_DIGEST_ASYM,
		.asym = r.number,
		.large = VIRTIO_CRYPTO_LARGE_TABLES,
	};
	q->head++;
	virtqueue_put(&q->vq, pos << q->desc_shift);
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
		virtio_crypto_same_digest(result + len - common, data + message->length - common,
					  common);
}

/* Delivers a result of so many bytes, and compares it. */
static uint8_t
take_result(const struct virtio_crypto_asym_request *a, const uint8_t *result, uint32_t len,
	    const rte_crypto_param *message)
{
	if (a->result != NULL) {
		memcpy(a->result->data, result, len);
		a->result->length = len;
	}
	return !a->compare || same_number(result, len, message) ? RTE_CRYPTO_OP_STATUS_SUCCESS :
								  RTE_CRYPTO_OP_STATUS_ERROR;
}

uint8_t
virtio_crypto_asym_complete(struct virtio_crypto_queue *q, const struct virtio_crypto_inflight *f,
			    uint32_t used)
{
	const struct virtio_crypto_asym_request *a = &q->asym->requests[f->asym];
	const struct virtio_crypto_asym_buffer *buffer = buffer_of(q->asym, f->asym);
	uint8_t status = buffer->status;

	q->asym->free[q->asym->nb_free++] = f->asym;
	if (status != VIRTIO_CRYPTO_OK)
		return virtio_crypto_op_status(status);
	if (a->room == 0)
		return RTE_CRYPTO_OP_STATUS_SUCCESS;
	/* The status is the last byte that the device writes. */
	if (used == 0 || used - 1 > a->room)
		return RTE_CRYPTO_OP_STATUS_ERROR;
	return take_result(a, buffer->result, used - 1, &f->op->asym->rsa.message);
}
