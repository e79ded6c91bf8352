/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What the device states of its limits, and requests beyond them, which a good driver never sends:
 * on crypto_aesni_mb (0), which takes no large data, and crypto_openssl (1), which does.
 */

#include <string.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_errno.h>

#include "device.h"
#include "request.h"
#include "session_table.h"
#include "unit.h"
#include "unit_eal.h"

#define NB_SESSIONS 64
#define MAX_DATA    (1u << 20)
#define RING	    4
#define IV	    16

/* The guest's memory: one request, and its data. */
static struct {
	struct vring_desc desc[RING];
	uint64_t avail[8];
	uint64_t used[8];
	struct virtio_crypto_op_data_req req;
	uint8_t iv[IV];
	uint8_t src[MAX_DATA];
	uint8_t dst[MAX_DATA];
	uint8_t status;
} guest __rte_cache_aligned;

static struct vring_avail *const avail = (struct vring_avail *)guest.avail;
static struct vring_used *const used = (struct vring_used *)guest.used;

static struct rte_vhost_crypto_device *dev;
static struct vc_queue *q;

/* What a queue has when it is started. */
static struct vc_slot slot;
static void *free_slots[1];
static struct rte_mbuf mbufs[64];
static void *free_mbufs[RTE_DIM(mbufs)];
static uint8_t bounce[MAX_DATA];
static uint8_t op_mem[VC_IV_OFFSET + 2 * VC_MAX_IV] __rte_cache_aligned;

static struct rte_vhost_crypto_device *
make(uint8_t first, uint8_t nb_cdevs, uint32_t max_size)
{
	static const uint8_t cdevs[] = { 0, 1 };
	static const uint16_t qps[] = { 0, 0 };
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = nb_cdevs,
		.cdev_ids = cdevs + first,
		.qp_ids = qps,
		.nb_sessions = NB_SESSIONS,
		.max_size = max_size,
		.socket_id = SOCKET_ID_ANY,
	};

	return vc_device_create("/nowhere", &conf, false);
}

static void
open_device(uint8_t first, uint8_t nb_cdevs, uint32_t max_size)
{
	unsigned int i;

	dev = make(first, nb_cdevs, max_size);
	CHECK(dev != NULL);
	dev->features = 1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_CRYPTO_F_REVISION_1;
	dev->mem.nb_regions = 1;
	dev->mem.regions[0] = (struct vc_mem_region){ .gpa = (uintptr_t)&guest,
						      .size = sizeof(guest),
						      .hva = (uint8_t *)&guest };
	q = &dev->queues[0];
	memset(&guest, 0, sizeof(guest));
	memset(&slot, 0, sizeof(slot));
	slot.queue = q;
	slot.own_op = (struct rte_crypto_op *)op_mem;
	free_slots[0] = &slot;
	for (i = 0; i < RTE_DIM(mbufs); i++)
		free_mbufs[i] = &mbufs[i];
	q->slots = (struct vc_pool){ .free = free_slots, .nb_free = 1 };
	q->mbufs = (struct vc_pool){ .free = free_mbufs, .nb_free = RTE_DIM(mbufs) };
	q->large_bounce = bounce;
	q->vring = (struct vc_vring){ .desc = guest.desc,
				      .avail = avail,
				      .used = used,
				      .size = RING,
				      .mask = RING - 1,
				      .callfd = -1 };
	q->state = VC_QUEUE_RUNNING;
}

static void
close_device(void)
{
	q->slots = q->mbufs = (struct vc_pool){ 0 };
	q->large_bounce = NULL;
	vc_device_forget_sessions(dev);
	vc_device_destroy(dev);
}

static struct vc_session_params
aes_ctr(void)
{
	return (struct vc_session_params){
		.service = VIRTIO_CRYPTO_SERVICE_CIPHER,
		.op_type = VIRTIO_CRYPTO_SYM_OP_CIPHER,
		.direction = VIRTIO_CRYPTO_OP_ENCRYPT,
		.cipher_algo = VIRTIO_CRYPTO_CIPHER_AES_CTR,
		.cipher_key_len = 16,
	};
}

static uint64_t
session(void)
{
	struct vc_session_params p = aes_ctr();
	uint64_t id = 0;

	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	return id;
}

static void
put(unsigned int i, void *at, uint32_t len, uint16_t flags)
{
	guest.desc[i] = (struct vring_desc){ .addr = rte_cpu_to_le_64((uintptr_t)at),
					     .len = rte_cpu_to_le_32(len),
					     .flags = rte_cpu_to_le_16(flags),
					     .next = rte_cpu_to_le_16(i + 1) };
}

/*
 * Offers a request that says it has @p said bytes, and has @p len. True: it would be enqueued.
 * False: it was answered, with what is in guest.status.
 */
static bool
offer(uint64_t id, uint32_t len, uint32_t said)
{
	struct virtio_crypto_cipher_para *para = &guest.req.u.sym_req.u.cipher.para;
	struct rte_crypto_op *op;
	uint16_t n;

	guest.req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_ENCRYPT);
	guest.req.header.session_id = rte_cpu_to_le_64(id);
	guest.req.header.flag = rte_cpu_to_le_32(VIRTIO_CRYPTO_FLAG_SESSION_MODE);
	guest.req.u.sym_req.op_type = rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_OP_CIPHER);
	para->iv_len = rte_cpu_to_le_32(IV);
	para->src_data_len = rte_cpu_to_le_32(said);
	para->dst_data_len = rte_cpu_to_le_32(said);
	put(0, &guest.req, sizeof(guest.req) + IV, VRING_DESC_F_NEXT);
	put(1, guest.src, len, VRING_DESC_F_NEXT);
	put(2, guest.dst, len, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	put(3, &guest.status, 1, VRING_DESC_F_WRITE);
	guest.status = 0xee;
	avail->idx++; /* entries of the available ring are all 0 */
	n = vc_queue_fetch(q, &op, 1, true);
	CHECK(n == 1 || used->idx == avail->idx);
	return n == 1;
}

/* Completes an operation that was not enqueued. */
static void
complete_unsent(void)
{
	struct rte_crypto_op *op = slot.own_op;

	op->status = RTE_CRYPTO_OP_STATUS_ERROR;
	vc_queue_complete(&op, 1, NULL, NULL);
	CHECK(q->slots.nb_free == 1 && q->mbufs.nb_free == RTE_DIM(mbufs) &&
	      !q->large_bounce_taken);
}

static void
content_is_max_size_at_most(void)
{
	uint64_t id;

	open_device(0, 2, 4096);
	CHECK(rte_le_to_cpu_64(dev->config.max_size) == 4096);
	id = session();
	CHECK(offer(id, 2040, 2040)); /* twice, and 16 of IV */
	complete_unsent();
	CHECK(!offer(id, 2041, 2041) && guest.status == VIRTIO_CRYPTO_ERR);
	CHECK(!offer(id, MAX_DATA, MAX_DATA) && guest.status == VIRTIO_CRYPTO_ERR);
	CHECK(!offer(id, 64, UINT32_MAX) && guest.status == VIRTIO_CRYPTO_ERR);
	CHECK(!offer(id, 64, INT32_MAX) && guest.status == VIRTIO_CRYPTO_ERR);
	CHECK(offer(id, 2040, 2040));
	complete_unsent();
	CHECK(q->stats.failed == 6 && q->stats.requests == 6);
	close_device();
}

static void
large_requests_go_where_they_are_taken(void)
{
	const struct vc_session *s;
	uint64_t id;

	open_device(0, 2, 0);
	id = session();
	s = vc_session_find(&dev->sessions, id);
	CHECK(s != NULL && s->cdev == 0);
	CHECK(offer(id, UINT16_MAX, UINT16_MAX) && slot.cdev == 0);
	complete_unsent();
	CHECK(offer(id, UINT16_MAX + 1, UINT16_MAX + 1) && slot.cdev == 1);
	complete_unsent();
	CHECK(offer(id, MAX_DATA, MAX_DATA) && slot.cdev == 1);
	complete_unsent();
	CHECK(offer(id, 16, 16) && slot.cdev == 0);
	complete_unsent();
	close_device();
}

static void
without_such_a_cryptodev_large_requests_are_errors(void)
{
	uint64_t id;

	open_device(0, 1, 0);
	id = session();
	CHECK(offer(id, UINT16_MAX, UINT16_MAX));
	complete_unsent();
	CHECK(!offer(id, UINT16_MAX + 1, UINT16_MAX + 1) && guest.status == VIRTIO_CRYPTO_ERR);
	/* Not for their content, which an AEAD may have beside as much data as is possible. */
	CHECK(2 * (UINT16_MAX + 1) + IV < rte_le_to_cpu_64(dev->config.max_size));
	CHECK(offer(id, UINT16_MAX, UINT16_MAX));
	complete_unsent();
	close_device();
}

static void
every_session_can_have_large_requests(void)
{
	uint64_t ids[NB_SESSIONS];
	unsigned int i;

	open_device(0, 2, 0);
	for (i = 0; i < NB_SESSIONS; i++) {
		ids[i] = session();
		CHECK(vc_session_variant_on(&dev->sessions, vc_session_find(&dev->sessions, ids[i]),
					    1, IV, 0) != NULL);
	}
	vc_device_forget_sessions(dev);
	CHECK(rte_mempool_full(dev->sessions.pool));
	close_device();
}

/* Only the first cryptodev has it, so there are no large requests of it. */
static void
a_session_that_no_other_can_do_stays(void)
{
	struct vc_session_params p = {
		.service = VIRTIO_CRYPTO_SERVICE_MAC,
		.auth_algo = VIRTIO_CRYPTO_MAC_XCBC_AES,
		.auth_key_len = 16,
		.digest_len = 12,
	};
	struct vc_session *s;
	uint64_t id;

	open_device(0, 2, 0);
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	s = vc_session_find(&dev->sessions, id);
	CHECK(s != NULL && s->cdev == 0);
	CHECK(vc_session_variant_on(&dev->sessions, s, 0, 0, 0) == s->variants[0].cdev_session);
	CHECK(vc_session_variant_on(&dev->sessions, s, 1, 0, 0) == NULL);
	close_device();
}

static void
max_size_promises_what_is_possible(void)
{
	/* Data in and out, two IVs, a digest, and as much additional data as GCM takes. */
	const uint32_t small = 2 * 65535 + 2 * 32 + 64 + 65535;

	open_device(0, 1, 0);
	CHECK(rte_le_to_cpu_64(dev->config.max_size) == small);
	CHECK(q->env.max_size == small);
	close_device();
	open_device(0, 1, small);
	CHECK(rte_le_to_cpu_64(dev->config.max_size) == small);
	close_device();
	rte_errno = 0;
	CHECK(make(0, 1, small + 1) == NULL && rte_errno == EINVAL);
	open_device(0, 2, 0);
	CHECK(rte_le_to_cpu_64(dev->config.max_size) == RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE);
	close_device();
	open_device(1, 1, 256 << 20);
	CHECK(rte_le_to_cpu_64(dev->config.max_size) == 256 << 20);
	close_device();
	rte_errno = 0;
	CHECK(make(1, 1, (256 << 20) + 1) == NULL && rte_errno == EINVAL);
}

static void
keys_are_as_long_as_their_maximum(void)
{
	struct vc_session_params p = {
		.service = VIRTIO_CRYPTO_SERVICE_MAC,
		.auth_algo = VIRTIO_CRYPTO_MAC_HMAC_SHA_512,
		.digest_len = 64,
	};
	uint64_t id;

	open_device(0, 2, 0);
	CHECK(rte_le_to_cpu_32(dev->config.max_cipher_key_len) == 32);
	CHECK(rte_le_to_cpu_32(dev->config.max_auth_key_len) == 512);
	p.auth_key_len = 512;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	p.auth_key_len = 513;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	p = aes_ctr();
	p.cipher_key_len = 32;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	p.cipher_key_len = 33;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	close_device();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(content_is_max_size_at_most),
		UNIT_TEST(large_requests_go_where_they_are_taken),
		UNIT_TEST(without_such_a_cryptodev_large_requests_are_errors),
		UNIT_TEST(every_session_can_have_large_requests),
		UNIT_TEST(a_session_that_no_other_can_do_stays),
		UNIT_TEST(max_size_promises_what_is_possible),
		UNIT_TEST(keys_are_as_long_as_their_maximum),
	};
	int status;

	/* crypto_aesni_mb makes no session before it is set up. */
	if (!UNIT_EAL_INIT_DEVICE("--vdev", "crypto_aesni_mb", "--vdev", "crypto_openssl") ||
	    !unit_cryptodev_start(0) || !unit_cryptodev_start(1))
		return EXIT_FAILURE;
	status = unit_run(tests, RTE_DIM(tests));
	rte_cryptodev_stop(0);
	rte_cryptodev_stop(1);
	rte_eal_cleanup();
	return status;
}
