/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_mbuf.h>

#include "mock_device.h"
#include "unit.h"
#include "unit_eal.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_sym_session.h"

#define RING	      MOCK_RING
#define BASE_FEATURES (1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC)

struct mock_device mock_device;
struct virtio_crypto_dev mock_dev;

static struct rte_mempool *mbufs, *operations, *sessions;
static void *queue_pairs[1];
static struct rte_cryptodev_data data = {
	.dev_id = 61, .name = "mock", .queue_pairs = queue_pairs, .dev_started = 1
};
/* Where the status of each request that was taken is to go, and the heads of their chains. */
static uint8_t *statuses[RING];
static uint16_t heads[RING];
static unsigned int nb_taken;

static int
tr_open(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features)
{
	(void)tr;
	*features = wanted & (BASE_FEATURES | mock_device.features);
	return 0;
}

static int
tr_read_config(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config)
{
	(void)tr;
	*config = mock_device.config;
	mock_device.config_reads++;
	return 0;
}

static int
tr_queue_start(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	(void)tr;
	if (mock_device.nb_started < RTE_DIM(mock_device.started))
		mock_device.started[mock_device.nb_started++] = vq->index;
	vq->attached = true;
	return 0;
}

/* Follows a chain: what can be read goes to @p b; the one part that can be written is returned. */
static uint8_t *
follow(const struct virtqueue *vq, uint16_t head, struct wire_bytes *b, uint32_t *room)
{
	const struct vring_desc *table = vq->desc;
	static uint8_t *writable;
	uint16_t i = head;

	b->len = 0;
	*room = 0;
	writable = NULL;
	if (table[i].flags & VRING_DESC_F_INDIRECT) {
		table = (const struct vring_desc *)(uintptr_t)table[i].addr;
		i = 0;
	}
	for (;; i = table[i].next) {
		uint8_t *at = (uint8_t *)(uintptr_t)table[i].addr;

		if (table[i].flags & VRING_DESC_F_WRITE) {
			*room += table[i].len;
			writable = at + table[i].len;
		} else {
			CHECK(*room == 0); /* what is written comes behind what is read */
			CHECK(b->len + table[i].len <= sizeof(b->data));
			wire_put(b, at, table[i].len);
		}
		if (!(table[i].flags & VRING_DESC_F_NEXT))
			return writable;
	}
}

static void
add_used(struct virtqueue *vq, uint32_t head)
{
	vq->used->ring[vq->used->idx & (vq->size - 1)].id = rte_cpu_to_le_32(head);
	__atomic_store_n(&vq->used->idx, vq->used->idx + 1, __ATOMIC_RELEASE);
}

/* With a session, or its end. */
void
mock_answer(void)
{
	struct virtqueue *vq = &mock_dev.ctrlq.vq;
	uint16_t head = vq->avail->ring[(vq->avail->idx - 1) & (vq->size - 1)];
	uint8_t *end = follow(vq, head, &mock_device.request, &mock_device.request_room);
	struct wire_bytes answer = { 0 };

	mock_device.requests++;
	if (mock_device.request_room == 16) {
		wire_le64(&answer, MOCK_SESSION);
		wire_le64(&answer,
			  mock_device.decide != NULL ? mock_device.decide(&mock_device.request) :
						       mock_device.status);
	} else {
		wire_zero(&answer, 1);
	}
	CHECK(answer.len == mock_device.request_room);
	memcpy(end - answer.len, answer.data, answer.len);
	add_used(vq, head + mock_device.astray);
}

static void
tr_notify(struct virtqueue *vq)
{
	if (vq != &mock_dev.ctrlq.vq)
		mock_device.kicks++;
	else if (!mock_device.busy)
		mock_answer();
}

static bool
tr_alive(struct virtio_crypto_transport *tr)
{
	(void)tr;
	return true;
}

static void
tr_fail(struct virtio_crypto_transport *tr)
{
	(void)tr;
	mock_device.failures++;
}

static const struct virtio_crypto_transport_ops ops = {
	.open = tr_open,
	.read_config = tr_read_config,
	.queue_start = tr_queue_start,
	.queue_stop = mock_transport_queue_stop,
	.notify = tr_notify,
	.is_alive = tr_alive,
	.fail = tr_fail,
	.close = mock_transport_close,
};

static struct virtio_crypto_transport transport;

static struct virtio_crypto_queue *
queue(void)
{
	return queue_pairs[0];
}

void
mock_reset(uint64_t features)
{
	const struct virtio_crypto_alg *algs;
	unsigned int count, i;

	memset(&mock_device, 0, sizeof(mock_device));
	mock_device.features = features;
	algs = virtio_crypto_algs(&count);
	for (i = 0; i < count; i++)
		virtio_crypto_config_offer(&mock_device.config, &algs[i]);
	mock_device.config.status = rte_cpu_to_le_32(1);
	mock_device.config.max_dataqueues = rte_cpu_to_le_32(MOCK_QUEUES);
	mock_device.config.max_cipher_key_len = rte_cpu_to_le_32(64);
	mock_device.config.max_auth_key_len = rte_cpu_to_le_32(512);
	mock_device.config.max_size = rte_cpu_to_le_64(100000);
	transport = mock_transport_make(&ops, &mock_dev);
	mock_transport_probe(&transport, &data);
	nb_taken = 0;
}

int
mock_probe(void)
{
	return virtio_crypto_lifecycle_init(&mock_dev);
}

void
mock_start(void)
{
	queue_pairs[0] = virtio_crypto_queue_create(&mock_dev, 0, RING, SOCKET_ID_ANY);
	CHECK(queue() != NULL);
	virtio_crypto_queue_set_state(queue(), VIRTIO_CRYPTO_QUEUE_OFFLINE);
	CHECK(virtio_crypto_lifecycle_attach_queues(&mock_dev) == 0);
	CHECK(virtio_crypto_queue_state(queue()) == VIRTIO_CRYPTO_QUEUE_LIVE);
}

void
mock_open(uint64_t features)
{
	mock_reset(features);
	CHECK(mock_probe() == 0);
	mock_start();
}

void
mock_close(void)
{
	CHECK(mock_device.failures == 0);
	if (queue() != NULL)
		virtio_crypto_queue_free(&mock_dev, queue());
	queue_pairs[0] = NULL;
	virtio_crypto_lifecycle_fini(&mock_dev);
	virtio_crypto_caps_fini(&mock_dev);
	pthread_mutex_destroy(&mock_dev.lock);
}

void *
mock_session_create(struct rte_crypto_sym_xform *xform)
{
	struct rte_cryptodev_sym_session *s = NULL;

	CHECK(rte_mempool_get(sessions, (void **)&s) == 0);
	if (virtio_crypto_sym_session_create(&mock_dev, xform, CRYPTODEV_GET_SYM_SESS_PRIV(s)) == 0)
		return s;
	rte_mempool_put(sessions, s);
	return NULL;
}

void
mock_session_destroy(void *session)
{
	virtio_crypto_sym_session_destroy(&mock_dev, CRYPTODEV_GET_SYM_SESS_PRIV(session));
	rte_mempool_put(sessions, session);
}

struct rte_crypto_op *
mock_op(void *session, uint32_t len)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(operations, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	struct rte_mbuf *m = rte_pktmbuf_alloc(mbufs);

	memset(rte_pktmbuf_append(m, len), 0xda, len);
	if (session != NULL)
		rte_crypto_op_attach_sym_session(op, session);
	op->sym->m_src = m;
	op->sym->cipher.data.length = len;
	op->sym->auth.data.length = len;
	memset(rte_crypto_op_ctod_offset(op, void *, MOCK_IV_OFFSET), 0x1f, 16);
	return op;
}

void
mock_op_free(struct rte_crypto_op *op)
{
	rte_pktmbuf_free(op->sym->m_src);
	rte_crypto_op_free(op);
}

bool
mock_enqueue(struct rte_crypto_op *op)
{
	uint16_t before = queue()->vq.avail->idx;

	CHECK(virtio_crypto_enqueue_burst(queue(), &op, 1) == 1);
	if (queue()->vq.avail->idx != before)
		return true;
	CHECK(virtio_crypto_dequeue_burst(queue(), &op, 1) == 1); /* it came back at once */
	return false;
}

uint32_t
mock_pop(struct wire_bytes *b)
{
	struct virtqueue *vq = &queue()->vq;
	uint32_t room;
	uint8_t *end;

	CHECK(mock_device.taken != vq->avail->idx);
	heads[nb_taken] = vq->avail->ring[mock_device.taken++ & (vq->size - 1)];
	end = follow(vq, heads[nb_taken], b, &room);
	statuses[nb_taken++] = end - 1;
	return room;
}

unsigned int
mock_complete(void)
{
	struct rte_crypto_op *done[RING];
	unsigned int i;

	for (i = 0; i < nb_taken; i++) {
		*statuses[i] = OK;
		add_used(&queue()->vq, heads[i]);
	}
	nb_taken = 0;
	return virtio_crypto_dequeue_burst(queue(), done, RING);
}

static bool
start_eal(void)
{
	if (!UNIT_EAL_INIT())
		return false;
	rte_log_set_level_pattern("pmd.crypto.virtio", RTE_LOG_EMERG);
	mbufs = rte_pktmbuf_pool_create("mbufs", 63, 0, 0, 2048, SOCKET_ID_ANY);
	operations = rte_crypto_op_pool_create("operations", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 63, 0,
					       64, SOCKET_ID_ANY);
	sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", 15, sizeof(struct virtio_crypto_session_ref), 0, 0, SOCKET_ID_ANY);
	return mbufs != NULL && operations != NULL && sessions != NULL;
}

int
mock_main(const struct unit_test *tests, unsigned int count)
{
	int status;

	if (!start_eal()) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	status = unit_run(tests, count);
	if (rte_mempool_full(mbufs) && rte_mempool_full(operations) && rte_mempool_full(sessions))
		return status;
	printf("not ok: mbufs, operations or sessions are left behind\n");
	return EXIT_FAILURE;
}
