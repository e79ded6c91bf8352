/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>
#include <time.h>

#include <rte_memzone.h>
#include <rte_pause.h>

#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_ctrlq.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_mem.h"
#include "virtio_crypto_params.h"
#include "virtio_crypto_status.h"

/* One request of two descriptors is in flight at a time; devices expect a ring of a usual size. */
#define CTRLQ_SIZE 64

#define KEYS_MAX    RTE_MAX(2 * VIRTIO_CRYPTO_MAX_KEY, VIRTIO_CRYPTO_AKCIPHER_MAX_KEY)
#define REQUEST_MAX (sizeof(struct virtio_crypto_op_ctrl_req) + KEYS_MAX)
#define ANSWER_MAX  sizeof(struct virtio_crypto_session_input)
#define BUFFER_MAX  (REQUEST_MAX + ANSWER_MAX)

/*
 * A device that exceeds this timeout is lost, with all requests in flight. It is long because a
 * device without a processor may take seconds.
 */
#define TIMEOUT_NS 30000000000LL
#define SPIN_NS	   50000LL /* most devices answer before it would pay to sleep */
#define SLEEP_NS   50000L
#define PAUSE_NS                                                                                   \
	10000000LL /* a longer sleep means that this process, and perhaps the device, did not run */

int
virtio_crypto_ctrlq_init(struct virtio_crypto_dev *dev)
{
	struct virtio_crypto_ctrlq *q = &dev->ctrlq;
	uint16_t size = RTE_MIN(CTRLQ_SIZE, dev->tr->max_ctrlq_size);
	size_t ring = virtqueue_size_in_bytes(size);
	uint64_t addr;

	q->vq.index = rte_le_to_cpu_32(dev->config.max_dataqueues);
	q->zone = virtio_crypto_mem_reserve(dev, q->vq.index, ring + BUFFER_MAX,
					    dev->data->socket_id, &addr);
	if (q->zone == NULL)
		return -ENOMEM;
	virtqueue_init(&q->vq, size, q->zone->addr, addr);
	q->buffer = RTE_PTR_ADD(q->zone->addr, ring);
	q->buffer_addr = addr + ring;
	return 0;
}

void
virtio_crypto_ctrlq_fini(struct virtio_crypto_dev *dev)
{
	rte_memzone_free(dev->ctrlq.zone);
	dev->ctrlq.zone = NULL;
}

int
virtio_crypto_ctrlq_attach(struct virtio_crypto_dev *dev)
{
	virtqueue_reset(&dev->ctrlq.vq, dev->features);
	dev->ctrlq.failed = false;
	/* Device Initialization, R10 */
	return dev->tr->ops->queue_start(dev->tr, &dev->ctrlq.vq);
}

void
virtio_crypto_ctrlq_stop(struct virtio_crypto_dev *dev)
{
	dev->tr->ops->queue_stop(dev->tr, &dev->ctrlq.vq);
}

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Puts the request onto the ring: two descriptors. Returns how the device is to name it. */
static uint16_t
add_request(struct virtio_crypto_ctrlq *q, uint32_t len, uint32_t answer_len)
{
	struct virtqueue *vq = &q->vq;
	/* IN_ORDER uses descriptors in ring order. */
	uint16_t head = vq->in_order ? (vq->avail_idx * 2) & (vq->size - 1) : 0;

	if (vq->packed) {
		virtqueue_packed_add_avail(vq, q->buffer_addr, len, VRING_DESC_F_NEXT, 0);
		virtqueue_packed_add_avail(vq, q->buffer_addr + len, answer_len, VRING_DESC_F_WRITE,
					   0);
		return 0;
	}
	virtqueue_desc_set(vq->desc, head, q->buffer_addr, len, VRING_DESC_F_NEXT, head + 1);
	virtqueue_desc_set(vq->desc, head + 1, q->buffer_addr + len, answer_len, VRING_DESC_F_WRITE,
			   0);
	virtqueue_add_avail(vq, head);
	return head;
}

static bool
is_used(const struct virtqueue *vq)
{
	return vq->packed ? virtqueue_packed_is_used(vq, vq->used_idx) :
			    virtqueue_count_used(vq) != 0;
}

/* How the device names the request that it has used. */
static uint32_t
pop_used(struct virtqueue *vq)
{
	uint32_t written; /* unused: the status tells whether the answer is valid */
	uint32_t id;

	if (!vq->packed)
		return virtqueue_pop_used(vq, &written);
	id = virtqueue_packed_read_used(vq, vq->used_idx, &written);
	vq->used_idx = virtio_packed_next(vq->used_idx, 2, vq->size);
	return id;
}

/* Waits until the device has used the request. */
static int
wait_used(struct virtio_crypto_dev *dev, uint16_t head)
{
	static const struct timespec nap = { .tv_nsec = SLEEP_NS };
	int64_t last = now_ns(), passed = 0, now;

	while (!is_used(&dev->ctrlq.vq)) {
		if (passed > TIMEOUT_NS) {
			VIRTIO_CRYPTO_LOG(ERR, "%s: control queue request timed out after %lld s",
					  dev->data->name, TIMEOUT_NS / 1000000000LL);
			dev->tr->ops->fail(dev->tr);
			return -ETIMEDOUT;
		}
		if (passed < SPIN_NS) {
			rte_pause();
		} else {
			if (!dev->tr->ops->is_alive(dev->tr))
				return -ENOTCONN;
			nanosleep(&nap, NULL);
		}
		now = now_ns();
		passed += RTE_MIN(now - last, PAUSE_NS);
		last = now;
	}
	if (pop_used(&dev->ctrlq.vq) == head)
		return 0;
	VIRTIO_CRYPTO_LOG(ERR, "%s: the control queue returned an unknown descriptor",
			  dev->data->name);
	dev->tr->ops->fail(dev->tr);
	return -ENOTCONN;
}

/* Sends the first @p len bytes of the buffer; the answer follows them. */
static int
send_request(struct virtio_crypto_dev *dev, uint32_t len, uint32_t answer_len)
{
	struct virtio_crypto_ctrlq *q = &dev->ctrlq;
	uint16_t head = add_request(q, len, answer_len);
	int ret;

	virtqueue_publish_avail(&q->vq);
	if (virtqueue_needs_kick(&q->vq))
		dev->tr->ops->notify(&q->vq);
	ret = wait_used(dev, head);
	q->failed = ret != 0;
	return ret;
}

/* Returns the bytes of a request without its keys: padded to one length without REVISION_1. */
static uint32_t
request_len(const struct virtio_crypto_dev *dev, uint32_t opcode)
{
	const struct virtio_crypto_op_ctrl_req *req;

	if (!virtio_crypto_has_feature(dev->features, VIRTIO_CRYPTO_F_REVISION_1))
		return sizeof(*req);
	switch (opcode) {
	case VIRTIO_CRYPTO_CIPHER_CREATE_SESSION:
	case VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION:
		return sizeof(*req);
	case VIRTIO_CRYPTO_HASH_CREATE_SESSION:
		/* The parameters without the padding of Linux's structure. */
		return sizeof(req->header) +
			offsetof(struct virtio_crypto_hash_session_para, padding);
	case VIRTIO_CRYPTO_MAC_CREATE_SESSION:
		return sizeof(req->header) + sizeof(req->u.mac_create_session.para);
	case VIRTIO_CRYPTO_AEAD_CREATE_SESSION:
		return sizeof(req->header) + sizeof(req->u.aead_create_session.para);
	default: /* to destroy one */
		return sizeof(req->header) + sizeof(req->u.destroy_session.session_id);
	}
}

int
virtio_crypto_ctrlq_create(struct virtio_crypto_dev *dev,
			   const struct virtio_crypto_session_params *params, uint64_t *id)
{
	struct virtio_crypto_session_input answer = { .status = rte_cpu_to_le_32(UINT32_MAX) };
	uint32_t len = request_len(dev, rte_le_to_cpu_32(params->req.header.opcode));
	uint32_t keys_len = params->cipher_key_len + params->auth_key_len;
	uint8_t *buffer = dev->ctrlq.buffer;
	int ret;

	if (dev->ctrlq.failed)
		return -ENOTCONN;
	/* Session operation: create session, R14 */
	memcpy(buffer, &params->req, len);
	memcpy(buffer + len, params->keys, keys_len);
	len += keys_len;
	memcpy(buffer + len, &answer, sizeof(answer));
	ret = send_request(dev, len, sizeof(answer));
	memcpy(&answer, buffer + len, sizeof(answer));
	explicit_bzero(buffer, len);
	if (ret != 0)
		return ret;
	*id = rte_le_to_cpu_64(answer.session_id);
	return virtio_crypto_status_to_errno(rte_le_to_cpu_32(answer.status));
}

int
virtio_crypto_ctrlq_destroy(struct virtio_crypto_dev *dev,
			    const struct virtio_crypto_session_params *params, uint64_t id)
{
	struct virtio_crypto_op_ctrl_req req = { 0 };
	/* In each service the opcode to destroy a session follows the one to create it. */
	uint32_t opcode = rte_le_to_cpu_32(params->req.header.opcode) + 1;
	uint32_t len = request_len(dev, opcode);
	uint8_t *buffer = dev->ctrlq.buffer;
	int ret;

	if (dev->ctrlq.failed)
		return -ENOTCONN;
	/* Session operation: destroy session, R16, R17 */
	req.header.opcode = rte_cpu_to_le_32(opcode);
	req.u.destroy_session.session_id = rte_cpu_to_le_64(id);
	memcpy(buffer, &req, len);
	buffer[len] = UINT8_MAX;
	ret = send_request(dev, len, sizeof(uint8_t));
	return ret != 0 ? ret : virtio_crypto_status_to_errno(buffer[len]);
}
