/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Service AKCIPHER of the device, request by request as a driver would write them: what the unit
 * tests of it share. The process has one cryptodev.
 */

#ifndef UNIT_AKCIPHER_H
#define UNIT_AKCIPHER_H

#include <string.h>

#include <rte_cryptodev.h>

#include "device.h"
#include "request.h"
#include "request_akcipher.h"
#include "unit.h"

static struct rte_vhost_crypto_device *dev;

static inline void
make_device(void)
{
	static const uint16_t qp;
	static const uint8_t cdev;
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = 1,
		.cdev_ids = &cdev,
		.qp_ids = &qp,
		.nb_sessions = 16,
		.socket_id = SOCKET_ID_ANY,
	};

	dev = vc_device_create("/nowhere", &conf, false);
	CHECK(dev != NULL);
	dev->features = VC_FEATURES & ~(1ULL << VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE);
	CHECK(vc_queue_reserve(&dev->queues[0], 64) == 0);
}

static inline void
drop_device(void)
{
	CHECK(dev->queues[0].jobs.nb_free == VC_QUEUE_AKCIPHERS);
	vc_device_forget_sessions(dev);
	CHECK(dev->sessions.nb_used == 0 && dev->sessions.nb_akciphers == 0);
	CHECK(rte_mempool_in_use_count(dev->sessions.akcipher_pool) == 0);
	vc_device_destroy(dev);
}

/* What a session is created with. */
struct wish {
	uint32_t algo;
	uint32_t key_type;
	uint32_t padding;
	uint32_t hash;
	const uint8_t *key;
	uint32_t key_len;
};

/* Creates a session through the control queue. @return its status */
static inline uint32_t
create(const struct wish *w, uint64_t *id)
{
	static uint8_t in[sizeof(struct virtio_crypto_op_ctrl_req) + 16384];
	struct virtio_crypto_op_ctrl_req req = { 0 };
	struct virtio_crypto_akcipher_session_para *para = &req.u.akcipher_create_session.para;
	struct virtio_crypto_session_input answer;
	struct vc_seg segs[2] = {
		{ in, sizeof(req) + w->key_len },
		{ (uint8_t *)&answer, sizeof(answer) },
	};
	struct vc_chain chain = {
		.segs = segs,
		.nb_read = 1,
		.nb_write = 1,
		.read_len = segs[0].len,
		.write_len = segs[1].len,
	};

	req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	para->algo = rte_cpu_to_le_32(w->algo);
	para->keytype = rte_cpu_to_le_32(w->key_type);
	para->keylen = rte_cpu_to_le_32(w->key_len);
	para->u.rsa.padding_algo = rte_cpu_to_le_32(w->padding);
	para->u.rsa.hash_algo = rte_cpu_to_le_32(w->hash);
	memcpy(in, &req, sizeof(req));
	if (w->key_len > 0)
		memcpy(in + sizeof(req), w->key, w->key_len);
	CHECK(vc_ctrl_answer_request(&dev->ctrlq.env, &chain) == sizeof(answer));
	*id = rte_le_to_cpu_64(answer.session_id);
	return rte_le_to_cpu_32(answer.status);
}

/* A data request as it is on the wire, and what came of it. */
struct data {
	uint8_t in[8192];
	uint32_t in_len;
	uint8_t out[2048];
	uint32_t out_len; /* room for the result, without the status */
	uint32_t written;
	uint8_t status;
};

static inline void
add(struct data *d, const void *bytes, uint32_t len)
{
	memcpy(d->in + d->in_len, bytes, len);
	d->in_len += len;
}

static inline void
start(struct data *d, uint32_t opcode, uint64_t id, uint32_t src_len, uint32_t dst_len)
{
	struct virtio_crypto_op_header h = {
		.opcode = rte_cpu_to_le_32(opcode),
		.session_id = rte_cpu_to_le_64(id),
		.flag = rte_cpu_to_le_32(VIRTIO_CRYPTO_FLAG_SESSION_MODE),
	};
	struct virtio_crypto_akcipher_data_req flf = {
		.para.src_data_len = rte_cpu_to_le_32(src_len),
		.para.dst_data_len = rte_cpu_to_le_32(dst_len),
	};
	bool exact = virtio_crypto_has_feature(dev->features, VIRTIO_CRYPTO_F_REVISION_1);

	memset(d, 0, sizeof(*d));
	add(d, &h, sizeof(h));
	add(d, &flf, exact ? sizeof(flf.para) : sizeof(flf));
}

/* Takes a request through the queue and the cryptodev. */
static inline uint8_t
run(struct data *d)
{
	struct vc_queue *q = &dev->queues[0];
	struct vc_slot *slot = q->slots.free[0];
	struct vc_seg segs[4] = { { d->in, 5 },
				  { d->in + 5, d->in_len - 5 },
				  { d->out, d->out_len },
				  { &d->status, 1 } };
	struct rte_crypto_op *op = slot->own_op;
	int status;

	slot->chain = (struct vc_chain){
		.segs = segs,
		.nb_read = 2,
		.nb_write = 2,
		.read_len = d->in_len,
		.write_len = d->out_len + 1,
	};
	if (d->out_len == 0) {
		segs[2] = segs[3];
		slot->chain.nb_write = 1;
	}
	status = vc_request_parse(q, slot, &op);
	if (status == VIRTIO_CRYPTO_OK) {
		/* What it refuses at once has its status and does not come back. */
		if (rte_cryptodev_enqueue_burst(0, 0, &op, 1) == 1)
			CHECK(rte_cryptodev_dequeue_burst(0, 0, &op, 1) == 1);
		status = vc_request_finish_akcipher(q, op);
		d->written = slot->written;
		(*slot->session_refs)--;
	}
	CHECK(status >= 0);
	d->status = status;
	return status;
}

static inline uint8_t
request(struct data *d, uint32_t opcode, uint64_t id, const void *src, uint32_t src_len,
	uint32_t room)
{
	start(d, opcode, id, src_len, room);
	add(d, src, src_len);
	d->out_len = room;
	return run(d);
}

static inline uint8_t
verify(struct data *d, uint64_t id, const void *signature, uint32_t signature_len,
       const void *digest, uint32_t digest_len)
{
	start(d, VIRTIO_CRYPTO_AKCIPHER_VERIFY, id, signature_len, digest_len);
	add(d, signature, signature_len);
	add(d, digest, digest_len);
	return run(d);
}

#endif /* UNIT_AKCIPHER_H */
