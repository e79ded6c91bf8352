/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "virtio_crypto_asym.h"
#include "virtio_crypto_asym_op.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_shared.h"
#include "virtio_crypto_status.h"

/* A request has a header, one or two input segments, a result and the status. */
static_assert(VIRTIO_CRYPTO_DIRECT_DESCS >= 4, "an asymmetric request fits into its slot");
static_assert(VIRTIO_CRYPTO_ASYM_KEY_ROOM <= VIRTIO_CRYPTO_AKCIPHER_MAX_KEY,
	      "the device takes what fits");

int
virtio_crypto_asym_init(struct virtio_crypto_queue *q, int socket_id)
{
	struct virtio_crypto_asym *a;
	bool stateless = virtio_crypto_has_feature(q->dev->features,
						   VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE);

	if (!virtio_crypto_caps_has_rsa(q->dev) && !virtio_crypto_caps_has_ecdsa(q->dev))
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
	if (q->asym != NULL)
		virtio_crypto_id_pool_reset(&q->asym->free, VIRTIO_CRYPTO_ASYM_BUFFERS);
}

static struct virtio_crypto_asym_buffer *
buffer_of(const struct virtio_crypto_asym *a, uint8_t number)
{
	return (void *)(a->buffers + (size_t)number * a->buffer_size);
}

/* What the operation has, a session or a transform; -EINVAL, with its status, if it has none. */
static int
find_ref(struct virtio_crypto_asym_op *r)
{
	const struct rte_crypto_asym_op *asym = r->op->asym;
	const struct virtio_crypto_shared_entry *on;

	if (r->op->sess_type == RTE_CRYPTO_OP_SESSIONLESS) {
		if (r->q->asym->stateless == NULL || asym->xform == NULL)
			return virtio_crypto_asym_set_error(r,
							    RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
		return 0;
	}
	if (asym->session == NULL)
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	r->ref = (const void *)asym->session->sess_private_data;
	if (r->ref->dev == r->q->dev &&
	    (r->ref->shared == NULL || r->ref->shared->maker == r->q->instance))
		return 0;
	on = virtio_crypto_shared_find(r->ref->shared, r->q->dev_id, r->q->instance);
	if (on == NULL)
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	r->ref = &on->asym;
	return 0;
}

static bool
is_ecdsa(const struct virtio_crypto_asym_op *r)
{
	return r->ref != NULL ? r->ref->curve.number != 0 :
				r->op->asym->xform->xform_type == RTE_CRYPTO_ASYM_XFORM_ECDSA;
}

static int
fill(struct virtio_crypto_asym_op *r)
{
	struct virtio_crypto_request_header *head = &r->buffer->req;
	int ret = find_ref(r);
	__le32 *lengths;

	if (ret == 0)
		ret = is_ecdsa(r) ? virtio_crypto_asym_ecdsa_fill(r) :
				    virtio_crypto_asym_rsa_fill(r);
	if (ret != 0)
		return ret;
	/* Device configuration layout, R7 */
	if ((uint64_t)r->input_len + r->request->room > r->q->max_size)
		return virtio_crypto_asym_set_error(r, RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	*head = r->s->req;
	head->header.opcode = rte_cpu_to_le_32(r->opcode);
	lengths = (void *)((uint8_t *)head + r->s->lengths_offset);
	lengths[0] = rte_cpu_to_le_32(r->src_len);
	lengths[1] = rte_cpu_to_le_32(r->request->room > 0 ? r->request->room : r->signed_len);
	/*
	 * A device may complete a request without writing a status: that must not look like
	 * success.
	 */
	r->buffer->status = VIRTIO_CRYPTO_ERR;
	return 0;
}

/*
 * Adds the descriptors of a request, in the table of its slot or in its part of the ring.
 * @return 0, or -EAGAIN if the ring is too full
 */
static int
add_descs(const struct virtio_crypto_asym_op *r, uint8_t number, uint16_t pos)
{
	struct virtio_crypto_queue *q = r->q;
	const bool apart = q->indirect || q->ordered;
	struct vring_desc *table = apart ? q->slots[pos].table : q->vq.desc;
	uint64_t table_addr = q->slots_addr + pos * sizeof(struct virtio_crypto_slot) +
		offsetof(struct virtio_crypto_slot, table);
	uint16_t i = apart ? 0 : pos << q->desc_shift;
	uint64_t addr = q->asym->buffers_addr + (size_t)number * q->asym->buffer_size;
	uint64_t input = addr + offsetof(struct virtio_crypto_asym_buffer, input);
	uint32_t room = r->request->room;
	uint32_t second = q->any_layout ? 0 : r->signed_len;

	virtqueue_table_set(&q->vq, table, i, addr, r->s->header_len, VRING_DESC_F_NEXT, i + 1);
	i++;
	if (r->input_len > second) {
		virtqueue_table_set(&q->vq, table, i, input, r->input_len - second,
				    VRING_DESC_F_NEXT, i + 1);
		i++;
	}
	if (second > 0) {
		virtqueue_table_set(&q->vq, table, i, input + r->input_len - second, second,
				    VRING_DESC_F_NEXT, i + 1);
		i++;
	}
	if (room > 0) {
		virtqueue_table_set(&q->vq, table, i,
				    addr + offsetof(struct virtio_crypto_asym_buffer, result), room,
				    VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, i + 1);
		i++;
	}
	virtqueue_table_set(&q->vq, table, i,
			    addr + offsetof(struct virtio_crypto_asym_buffer, status), 1,
			    VRING_DESC_F_WRITE, 0);
	if (q->ordered)
		return virtio_crypto_ordered_ring_add(q, pos, table, table_addr, i + 1);
	if (q->indirect)
		virtqueue_indirect_set(&q->vq, pos, table_addr, i + 1);
	virtqueue_add_avail(&q->vq, pos << q->desc_shift);
	return 0;
}

int
virtio_crypto_asym_submit(struct virtio_crypto_queue *q, struct rte_crypto_op *op)
{
	uint16_t pos = q->enq.next_slot & (q->nb_slots - 1);
	struct virtio_crypto_asym_op r = { .q = q, .op = op };
	struct virtio_crypto_asym *a = q->asym;
	uint8_t number;
	int ret;

	if (virtio_crypto_id_pool_count(&a->free) == 0)
		return -EAGAIN;
	number = virtio_crypto_id_pool_peek(&a->free);
	r.buffer = buffer_of(a, number);
	r.request = &a->requests[number];
	ret = fill(&r);
	if (ret != 0)
		return ret;
	ret = add_descs(&r, number, pos);
	if (ret != 0)
		return ret;
	virtio_crypto_id_pool_get(&a->free);
	q->inflight[pos] = (struct virtio_crypto_inflight){
		.nb_slots = 1,
		.digest = VIRTIO_CRYPTO_DIGEST_ASYM,
		.asym = number,
		.large = VIRTIO_CRYPTO_LARGE_TABLES,
	};
	virtio_crypto_inflight_set_op(&q->inflight[pos], op);
	q->enq.next_slot++;
	return 0;
}

static uint8_t
read_result(const struct virtio_crypto_queue *q, const struct virtio_crypto_inflight *f,
	    uint32_t used)
{
	const struct virtio_crypto_asym_request *a = &q->asym->requests[f->asym];
	const struct virtio_crypto_asym_buffer *buffer = buffer_of(q->asym, f->asym);
	uint8_t status = buffer->status;

	if (status != VIRTIO_CRYPTO_OK)
		return virtio_crypto_status_to_op(status);
	if (a->room == 0)
		return RTE_CRYPTO_OP_STATUS_SUCCESS;
	if (q->vq.in_order && used == VIRTQUEUE_ALL_WRITTEN)
		used = a->room + 1;
	/* The status is the last byte that the device writes. */
	if (used == 0 || used - 1 > a->room)
		return RTE_CRYPTO_OP_STATUS_ERROR;
	return a->curve.number != 0 ?
		virtio_crypto_asym_ecdsa_finish(a, f->op, buffer->result, used - 1) :
		virtio_crypto_asym_rsa_finish(a, f->op, buffer->result, used - 1);
}

uint8_t
virtio_crypto_asym_complete(struct virtio_crypto_queue *q, const struct virtio_crypto_inflight *f,
			    uint32_t used)
{
	uint8_t status = read_result(q, f, used);

	virtio_crypto_id_pool_put(&q->asym->free, f->asym);
	return status;
}
