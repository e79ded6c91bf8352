/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The driver's data path against a device that is played by unit_pmd.h. */

#include <dlfcn.h>
#include <string.h>

#include <rte_mbuf.h>

#include "unit.h"
#include "unit_pmd.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_retire.h"

#define IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

static struct rte_mempool *mbufs, *operations, *sessions;

static void *
session(struct rte_crypto_sym_xform *xform)
{
	struct rte_cryptodev_sym_session *s = NULL;

	CHECK(rte_mempool_get(sessions, (void **)&s) == 0);
	CHECK(virtio_crypto_sym_session_create(&dev, xform, CRYPTODEV_GET_SYM_SESS_PRIV(s)) == 0);
	return s;
}

static void
end_session(void *s)
{
	virtio_crypto_sym_session_destroy(&dev, CRYPTODEV_GET_SYM_SESS_PRIV(s));
	rte_mempool_put(sessions, s);
}

static void *
cipher_session(void)
{
	static const uint8_t key[16];
	struct rte_crypto_sym_xform x = {
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = { .op = RTE_CRYPTO_CIPHER_OP_DECRYPT,
			    .algo = RTE_CRYPTO_CIPHER_AES_CBC,
			    .key = { .data = key, .length = sizeof(key) },
			    .iv = { .offset = IV_OFFSET, .length = 16 } },
	};

	return session(&x);
}

/* Cipher, then authentication with a digest of 12 bytes. */
static void *
chain_session(bool verify)
{
	static const uint8_t key[20];
	struct rte_crypto_sym_xform x[2] = {
		{ .type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		  .cipher = { .op = verify ? RTE_CRYPTO_CIPHER_OP_DECRYPT :
					     RTE_CRYPTO_CIPHER_OP_ENCRYPT,
			      .algo = RTE_CRYPTO_CIPHER_AES_CBC,
			      .key = { .data = key, .length = 16 },
			      .iv = { .offset = IV_OFFSET, .length = 16 } } },
		{ .type = RTE_CRYPTO_SYM_XFORM_AUTH,
		  .auth = { .op = verify ? RTE_CRYPTO_AUTH_OP_VERIFY : RTE_CRYPTO_AUTH_OP_GENERATE,
			    .algo = RTE_CRYPTO_AUTH_SHA1_HMAC,
			    .key = { .data = key, .length = sizeof(key) },
			    .digest_length = 12 } },
	};

	x[verify].next = &x[!verify];
	return session(&x[verify]);
}

/* An operation over bytes 8 to 40 of a chain of so many mbufs of 100 bytes, or over all of it. */
static struct rte_crypto_op *
operation(void *s, unsigned int segs)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(operations, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	struct rte_mbuf *m = rte_pktmbuf_alloc(mbufs);
	unsigned int i;

	rte_pktmbuf_append(m, 100);
	for (i = 1; i < segs; i++) {
		struct rte_mbuf *next = rte_pktmbuf_alloc(mbufs);

		rte_pktmbuf_append(next, 100);
		rte_pktmbuf_chain(m, next);
	}
	rte_crypto_op_attach_sym_session(op, s);
	op->sym->m_src = m;
	op->sym->cipher.data.offset = segs == 1 ? 8 : 0;
	op->sym->cipher.data.length = segs == 1 ? 32 : segs * 100;
	memset(rte_crypto_op_ctod_offset(op, void *, IV_OFFSET), 0x1f, 16);
	return op;
}

static void
free_operation(struct rte_crypto_op *op)
{
	rte_pktmbuf_free(op->sym->m_src);
	rte_crypto_op_free(op);
}

static void
a_cipher_request_is_as_specified(void)
{
	const struct virtio_crypto_op_data_req *req;
	struct rte_crypto_op *op;
	struct chain c;
	void *s;

	open_indirect();
	s = cipher_session();
	op = operation(s, 1);
	CHECK(enqueue(op) == 1 && kicks == 1);
	CHECK(take(&c) && c.nb == 4 && !take(&(struct chain){ 0 }));
	req = (const void *)c.part[0].data;
	CHECK(c.part[0].len == 72 + 16 && c.part[0].data[72] == 0x1f && !c.part[0].write);
	CHECK(req->header.opcode == rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_DECRYPT));
	CHECK(req->header.session_id == rte_cpu_to_le_64(SESSION));
	CHECK(req->header.flag == rte_cpu_to_le_32(VIRTIO_CRYPTO_FLAG_SESSION_MODE));
	CHECK(req->u.sym_req.op_type == rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_OP_CIPHER));
	CHECK(req->u.sym_req.u.cipher.para.iv_len == rte_cpu_to_le_32(16));
	CHECK(req->u.sym_req.u.cipher.para.src_data_len == rte_cpu_to_le_32(32));
	CHECK(req->u.sym_req.u.cipher.para.dst_data_len == rte_cpu_to_le_32(32));
	CHECK(c.part[1].data == rte_pktmbuf_mtod_offset(op->sym->m_src, uint8_t *, 8));
	CHECK(c.part[1].len == 32 && !c.part[1].write);
	CHECK(c.part[2].data == c.part[1].data && c.part[2].len == 32 && c.part[2].write);
	CHECK(c.part[3].len == 1 && c.part[3].write);
	CHECK(dequeue() == NULL);
	answer(&c, VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
	CHECK(dequeue() == NULL);
	free_operation(op);
	end_session(s);
	close_queue();
}

/*
 * While a ring is lost, a session gets another id. Its lcore may have been at work with it then, so
 * what was noted of its head is not relied on any more.
 */
static void
a_ring_that_starts_over_has_new_heads(void)
{
	const struct virtio_crypto_op_data_req *req;
	struct virtio_crypto_session *session;
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;
	void *s;

	open_indirect();
	s = cipher_session();
	session = ((struct virtio_crypto_session_ref *)CRYPTODEV_GET_SYM_SESS_PRIV(s))->session;
	op = operation(s, 1);
	for (i = 0; i < 2; i++) {
		session->req.header.session_id = rte_cpu_to_le_64(SESSION + i);
		virtio_crypto_queue_reset(q);
		seen = 0;
		CHECK(enqueue(op) == 1 && take(&c));
		req = (const void *)c.part[0].data;
		CHECK(req->header.session_id == rte_cpu_to_le_64(SESSION + i));
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op);
	}
	session->req.header.session_id = rte_cpu_to_le_64(SESSION);
	free_operation(op);
	end_session(s);
	close_queue();
}

/* Over a bus: of data, and of additional data, which the operation has in two ways. */
static void
iovas_are_told_where_they_are_wanted(void)
{
	static const uint8_t key[16];
	static uint8_t aad[8], tag[16];
	struct rte_crypto_sym_xform x = {
		.type = RTE_CRYPTO_SYM_XFORM_AEAD,
		.aead = { .op = RTE_CRYPTO_AEAD_OP_ENCRYPT,
			  .algo = RTE_CRYPTO_AEAD_AES_GCM,
			  .key = { .data = key, .length = sizeof(key) },
			  .iv = { .offset = IV_OFFSET, .length = 12 },
			  .digest_length = sizeof(tag),
			  .aad_length = sizeof(aad) },
	};
	struct rte_crypto_op *op;
	struct chain c;
	bool iova;
	void *s;

	for (iova = false;; iova = true) {
		transport.virtual_addresses = !iova;
		open_indirect();
		s = session(&x);
		op = operation(s, 1);
		op->sym->aead.data.offset = 8;
		op->sym->aead.data.length = 32;
		op->sym->aead.aad.data = aad;
		op->sym->aead.aad.phys_addr = 0xa0a0a0a000;
		op->sym->aead.digest.data = tag;
		op->sym->m_src->buf_iova = 0xd0d0d0d000;
		CHECK(enqueue(op) == 1 && take(&c) && c.nb == 5);
		if (iova) {
			uint64_t data_iova = 0xd0d0d0d000 + op->sym->m_src->data_off + 8;

			CHECK((uintptr_t)c.part[1].data == data_iova);
			CHECK((uintptr_t)c.part[2].data == 0xa0a0a0a000);
			CHECK((uintptr_t)c.part[3].data == data_iova && c.part[3].write);
		} else {
			CHECK(c.part[1].data ==
			      rte_pktmbuf_mtod_offset(op->sym->m_src, uint8_t *, 8));
			CHECK(c.part[2].data == aad && c.part[3].data == c.part[1].data);
		}
		CHECK(c.part[2].len == sizeof(aad) && !c.part[2].write);
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		free_operation(op);
		end_session(s);
		close_queue();
		if (iova)
			break;
	}
	transport.virtual_addresses = true;
}

static void
event_indexes_say_when_to_kick(void)
{
	struct rte_crypto_op *op[4];
	__virtio16 *avail_event;
	unsigned int i;
	void *s;

	open_queue(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC |
		   1ULL << VIRTIO_RING_F_EVENT_IDX | 1ULL << VIRTIO_CRYPTO_F_REVISION_1);
	avail_event = (__virtio16 *)&q->vq.used->ring[q->vq.size];
	s = cipher_session();
	for (i = 0; i < RTE_DIM(op); i++)
		op[i] = operation(s, 1);
	/* The flag is not used then, and the index is as far away as can be. */
	CHECK(q->vq.avail->flags == 0);
	CHECK(rte_le_to_cpu_16(q->vq.avail->ring[q->vq.size]) == UINT16_MAX);
	q->vq.used->flags = rte_cpu_to_le_16(VRING_USED_F_NO_NOTIFY);
	CHECK(enqueue(op[0]) == 1 && kicks == 1);
	CHECK(enqueue(op[1]) == 1 && kicks == 1);
	*avail_event = rte_cpu_to_le_16(3);
	CHECK(enqueue(op[2]) == 1 && kicks == 1);
	CHECK(enqueue(op[3]) == 1 && kicks == 2);
	virtio_crypto_retire_queue(q);
	for (i = 0; i < RTE_DIM(op); i++)
		free_operation(op[i]);
	end_session(s);
	close_queue();
}

static void
a_device_that_says_nothing_has_failed(void)
{
	struct rte_crypto_op *op;
	struct chain c;
	void *s;

	open_indirect();
	s = cipher_session();
	op = operation(s, 1);
	CHECK(enqueue(op) == 1 && take(&c));
	give(c.head);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	CHECK(enqueue(op) == 1 && take(&c));
	answer(&c, VIRTIO_CRYPTO_INVSESS);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	CHECK(enqueue(op) == 1 && take(&c));
	answer(&c, 0xee);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	CHECK(failures == 0);
	free_operation(op);
	end_session(s);
	close_queue();
}

static void
requests_complete_in_any_order(void)
{
	static const unsigned int order[] = { 2, 0, 3, 1 };
	struct rte_crypto_op *op[RING + 1];
	struct chain c[RING];
	unsigned int i;
	void *s;

	open_indirect();
	s = cipher_session();
	for (i = 0; i <= RING; i++)
		op[i] = operation(s, 1);
	CHECK(virtio_crypto_enqueue_burst(q, op, RING + 1) == RING);
	for (i = 0; i < RING; i++)
		CHECK(take(&c[i]));
	for (i = 0; i < RTE_DIM(order); i++) {
		answer(&c[order[i]], VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op[order[i]]);
		/* The first slot is the next one: until it is free there is no room. */
		if (i < 2)
			CHECK(enqueue(op[RING]) == i);
	}
	CHECK(take(&c[0]) && !take(&c[1]));
	answer(&c[0], VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == op[RING]);
	virtio_crypto_retire_queue(q);
	for (i = 4; i < RING; i++)
		CHECK(dequeue() != NULL);
	CHECK(dequeue() == NULL);
	for (i = 0; i <= RING; i++)
		free_operation(op[i]);
	end_session(s);
	close_queue();
}

/* All that is in flight comes back exactly once when the device is lost. */
static void
check_lost(struct rte_crypto_op *op, struct chain *c)
{
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LOST);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_OFFLINE);
	CHECK(dequeue() == NULL);
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	CHECK(enqueue(op) == 1 && dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	virtio_crypto_queue_reset(q);
	seen = 0;
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LIVE);
	CHECK(enqueue(op) == 1 && take(c));
	answer(c, VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
}

static void
what_was_not_given_is_not_taken_back(void)
{
	static const uint32_t bad[] = { 1, RING, 0x10000, UINT32_MAX };
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;
	void *s;

	for (i = 0; i <= RTE_DIM(bad); i++) {
		open_indirect();
		s = cipher_session();
		op = operation(s, 1);
		CHECK(enqueue(op) == 1);
		if (i < RTE_DIM(bad))
			give(bad[i]);
		else
			q->vq.used->idx = rte_cpu_to_le_16(RING + 1);
		CHECK(dequeue() == NULL && failures == 1);
		CHECK(dequeue() == NULL && failures == 1);
		check_lost(op, &c);
		/* Neither is what was taken back before. */
		give(c.head);
		CHECK(dequeue() == NULL && failures == 2);
		free_operation(op);
		end_session(s);
		close_queue();
	}
}

/* The device says to have used so many requests, of which the last has an ID. */
static void
use_in_sequence(uint32_t id, uint16_t nb)
{
	struct vring_packed_desc *d = &q->vq.packed_desc[virtio_packed_index(q->vq.used_idx)];

	if (q->vq.packed) {
		d->id = rte_cpu_to_le_16(id);
		d->flags = rte_cpu_to_le_16(virtio_packed_used_flags(q->vq.used_idx));
	} else {
		q->vq.used->ring[0].id = rte_cpu_to_le_32(id);
		q->vq.used->idx = rte_cpu_to_le_16(nb);
	}
}

/* The same of rings whose descriptors are used one behind the other. */
static void
what_was_not_given_is_not_taken_back_in_sequence(void)
{
	static const uint64_t rings[] = { 1ULL << VIRTIO_F_IN_ORDER, 1ULL << VIRTIO_F_RING_PACKED,
					  1ULL << VIRTIO_F_IN_ORDER |
						  1ULL << VIRTIO_F_RING_PACKED };
	static const struct {
		uint32_t id;
		uint16_t nb;
	} bad[] = { { 2, 1 }, { RING, 1 }, { UINT16_MAX, 1 }, { 0, 3 }, { 1, RING + 1 } };
	struct rte_crypto_op *op[2];
	unsigned int i, j;
	void *s;

	for (i = 0; i < RTE_DIM(rings) * RTE_DIM(bad); i++) {
		uint64_t ring = rings[i / RTE_DIM(bad)];

		/* A packed ring has no index that could be wrong. */
		if (bad[i % RTE_DIM(bad)].nb > 1 && (ring & 1ULL << VIRTIO_F_RING_PACKED))
			continue;
		open_queue(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC | ring);
		s = cipher_session();
		for (j = 0; j < RTE_DIM(op); j++) {
			op[j] = operation(s, 1);
			CHECK(enqueue(op[j]) == 1);
		}
		CHECK(!virtio_crypto_ordered_ring_is_idle(q));
		use_in_sequence(bad[i % RTE_DIM(bad)].id, bad[i % RTE_DIM(bad)].nb);
		virtio_crypto_ordered_ring_is_idle(q); /* says either, but says it */
		CHECK(dequeue() == NULL && failures == 1);
		CHECK(dequeue() == NULL && failures == 1);
		virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LOST);
		for (j = 0; j < RTE_DIM(op); j++) {
			CHECK(dequeue() == op[j] && op[j]->status == RTE_CRYPTO_OP_STATUS_ERROR);
			free_operation(op[j]);
		}
		CHECK(dequeue() == NULL);
		end_session(s);
		close_queue();
	}
}

static void
bad_operations_come_back(void)
{
	static struct virtio_crypto_dev other;
	struct virtio_crypto_session_ref *ref;
	struct rte_crypto_op *op;
	struct chain c;
	void *s;

	open_indirect();
	s = cipher_session();
	op = operation(s, 1);
	op->sym->cipher.data.length = 93; /* one byte more than there is */
	CHECK(enqueue(op) == 1 && !take(&c));
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	op->sym->cipher.data.offset = UINT32_MAX;
	CHECK(enqueue(op) == 1 && dequeue() == op);
	CHECK(op->status == RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	ref = CRYPTODEV_GET_SYM_SESS_PRIV(s);
	ref->dev = &other;
	CHECK(enqueue(op) == 1 && dequeue() == op);
	CHECK(op->status == RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	ref->dev = &dev;
	op->sess_type = RTE_CRYPTO_OP_SESSIONLESS;
	CHECK(enqueue(op) == 1 && dequeue() == op);
	CHECK(op->status == RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	CHECK(q->enq.error_count == 4 && q->enq.count == 4 && !take(&c));
	free_operation(op);
	end_session(s);
	close_queue();
}

static void
digests_are_delivered_or_compared(void)
{
	uint8_t digest[12], status[] = { VIRTIO_CRYPTO_OK, VIRTIO_CRYPTO_OK, VIRTIO_CRYPTO_BADMSG };
	struct rte_crypto_op *op;
	struct chain c;
	unsigned int i;
	void *s;

	open_indirect();
	for (i = 0; i < 4; i++) {
		s = chain_session(i > 0);
		op = operation(s, 1);
		op->sym->auth.data.length = 40;
		op->sym->auth.digest.data = digest;
		memset(digest, 0xd0, sizeof(digest));
		CHECK(enqueue(op) == 1 && take(&c) && c.nb == 4);
		CHECK(c.part[1].len == 40 && c.part[3].len == sizeof(digest) + 1);
		CHECK(i == 0 || memcmp(c.part[3].data, digest, sizeof(digest)) == 0);
		if (i == 0 || i == 2)
			memset(c.part[3].data, 0xd1, sizeof(digest));
		answer(&c, i < 3 ? status[i == 2] : status[2]);
		CHECK(dequeue() == op);
		CHECK(op->status ==
		      (i < 2 ? RTE_CRYPTO_OP_STATUS_SUCCESS : RTE_CRYPTO_OP_STATUS_AUTH_FAILED));
		CHECK(digest[11] == (i == 0 ? 0xd1 : 0xd0));
		free_operation(op);
		end_session(s);
	}
	close_queue();
}

static void
long_chains_take_large_tables(void)
{
	struct rte_crypto_op *op[VIRTIO_CRYPTO_LARGE_TABLES + 1];
	struct chain c;
	unsigned int i;
	void *s;

	open_indirect();
	s = cipher_session();
	for (i = 0; i < RTE_DIM(op); i++)
		op[i] = operation(s, 28);
	CHECK(virtio_crypto_enqueue_burst(q, op, RTE_DIM(op)) == VIRTIO_CRYPTO_LARGE_TABLES);
	for (i = 0; i < VIRTIO_CRYPTO_LARGE_TABLES; i++) {
		CHECK(take(&c) && c.nb == 1 + 2 * 28 + 1);
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op[i]);
	}
	CHECK(enqueue(op[i]) == 1 && take(&c));
	answer(&c, VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == op[i] && op[i]->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
	for (i = 0; i < RTE_DIM(op); i++)
		free_operation(op[i]);
	/* No request may have more descriptors than the ring. */
	op[0] = operation(s, 40);
	CHECK(enqueue(op[0]) == 1 && dequeue() == op[0]);
	CHECK(op[0]->status == RTE_CRYPTO_OP_STATUS_INVALID_ARGS);
	free_operation(op[0]);
	end_session(s);
	close_queue();
}

/* A device without REVISION_1 may look for the IV in a descriptor of its own. */
static void
older_devices_get_the_iv_by_itself(void)
{
	static const uint64_t features[] = { 0, 1ULL << VIRTIO_CRYPTO_F_REVISION_1 };
	struct rte_crypto_op *op;
	unsigned int i;
	struct chain c;
	void *s;

	for (i = 0; i < RTE_DIM(features); i++) {
		open_queue(1ULL << VIRTIO_F_VERSION_1 | features[i]);
		s = cipher_session();
		op = operation(s, 1);
		CHECK(enqueue(op) == 1 && take(&c) && c.nb == 5 - i);
		CHECK(c.part[1].len == 16 || i == 1);
		CHECK(c.part[1].write == 0 && c.part[c.nb - 1].write && c.part[c.nb - 2].write);
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		free_operation(op);
		end_session(s);
		close_queue();
	}
}

/* Without indirect descriptors a request takes as many slots as it needs, around the end too. */
static void
chains_can_be_on_the_ring_itself(void)
{
	static const unsigned int segs[] = { 1, 5, 1, 9, 2, 20 };
	struct rte_crypto_op *op, *short_op;
	unsigned int i, part;
	struct chain c, d;
	void *s;

	open_queue(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_CRYPTO_F_REVISION_1);
	s = cipher_session();
	short_op = operation(s, 1);
	for (i = 0; i < 60; i++) {
		op = operation(s, segs[i % RTE_DIM(segs)]);
		CHECK(enqueue(op) == 1 && enqueue(short_op) == 1 && take(&c) && take(&d));
		CHECK(c.nb == 2 + 2 * segs[i % RTE_DIM(segs)] && d.nb == 4);
		for (part = 0; part < c.nb; part++)
			CHECK(c.part[part].write == (part > (c.nb - 2) / 2));
		answer(&d, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == short_op);
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		free_operation(op);
	}
	/* Not now, but when the other one is gone. */
	op = operation(s, 29);
	CHECK(enqueue(short_op) == 1 && enqueue(op) == 0 && take(&c));
	answer(&c, VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == short_op && enqueue(op) == 1 && take(&c));
	/* A slot in the middle of a request is none, nor is one of its other descriptors. */
	give((c.head + VIRTIO_CRYPTO_DIRECT_DESCS) & (RING - 1));
	CHECK(dequeue() == NULL && failures == 1);
	check_lost(op, &c);
	CHECK(enqueue(op) == 1 && take(&c));
	give(c.head + 1);
	CHECK(dequeue() == NULL && failures == 2);
	check_lost(op, &c);
	free_operation(op);
	free_operation(short_op);
	end_session(s);
	close_queue();
}

static unsigned int reserved_flags;

/* Instead of EAL's, which it calls. */
const struct rte_memzone *
rte_memzone_reserve_aligned(const char *name, size_t len, int socket_id, unsigned int flags,
			    unsigned int align)
{
	static const struct rte_memzone *(*reserve)(const char *name, size_t len, int socket_id,
						    unsigned int flags, unsigned int align);

	if (reserve == NULL)
		*(void **)&reserve = dlsym(RTLD_NEXT, __func__);
	reserved_flags = flags;
	return reserve(name, len, socket_id, flags, align);
}

/* Rings that are given to the device by their virtual addresses may lie anywhere in memory. */
static void
only_physical_addresses_are_contiguous(void)
{
	open_indirect();
	CHECK(transport.virtual_addresses && !(reserved_flags & RTE_MEMZONE_IOVA_CONTIG));
	virtio_crypto_queue_free(&dev, q);
	transport.virtual_addresses = false;
	q = virtio_crypto_queue_create(&dev, 0, RING, SOCKET_ID_ANY);
	CHECK(q != NULL && (reserved_flags & RTE_MEMZONE_IOVA_CONTIG));
	transport.virtual_addresses = true;
	close_queue();
}

/* Applications count on a queue to take as many operations as it has descriptors. */
static void
large_data_is_not_refused(void)
{
	struct rte_crypto_op *op, *many[1025];
	unsigned int i;
	void *s;

	transport.max_queue_size = 1024;
	open_indirect();
	virtio_crypto_queue_free(&dev, q);
	dev.has_ctrlq = true;
	q = virtio_crypto_queue_create(&dev, 0, 1024, SOCKET_ID_ANY);
	dev.has_ctrlq = false;
	transport.max_queue_size = RING;
	CHECK(q != NULL && q->nb_slots == 1024);
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LIVE);
	s = cipher_session();
	op = operation(s, 1);
	op->sym->m_src->pkt_len = 1u << 20;
	for (i = 0; i < RTE_DIM(many); i++)
		many[i] = op;
	CHECK(virtio_crypto_queue_depth_used(q) == 0);
	CHECK(virtio_crypto_enqueue_burst(q, many, RTE_DIM(many)) == RTE_DIM(many) - 1);
	CHECK(virtio_crypto_queue_depth_used(q) == RTE_DIM(many) - 1);
	virtio_crypto_retire_queue(q);
	for (i = 0; dequeue() != NULL; i++)
		;
	CHECK(i == RTE_DIM(many) - 1);
	op->sym->m_src->pkt_len = op->sym->m_src->data_len;
	free_operation(op);
	end_session(s);
	close_queue();
}

/* 256 mbufs to read and as many to write, however few operations are asked for. */
static void
two_times_256_mbufs_fit(void)
{
	const uint64_t indirect = 1ULL << VIRTIO_RING_F_INDIRECT_DESC;
	struct rte_crypto_op *op;
	unsigned int i, turn;
	struct chain c;
	void *s;

	for (i = 0; i < 2; i++) {
		transport.max_queue_size = 4096;
		open_queue(1ULL << VIRTIO_F_VERSION_1 | (i == 0 ? indirect : 0));
		transport.max_queue_size = RING;
		s = cipher_session();
		op = operation(s, 256);
		op->sym->m_dst = op->sym->m_src;
		for (turn = 0; turn < 5; turn++) {
			CHECK(enqueue(op) == 1 && take(&c) && c.nb >= 1 + 2 * 256 + 1);
			answer(&c, VIRTIO_CRYPTO_OK);
			CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		}
		free_operation(op);
		end_session(s);
		close_queue();
	}
}

static bool
start(void)
{
	if (!start_eal())
		return false;
	mbufs = rte_pktmbuf_pool_create("mbufs", 1023, 0, 0, 256, SOCKET_ID_ANY);
	operations = rte_crypto_op_pool_create("operations", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 127, 0,
					       32, SOCKET_ID_ANY);
	sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", 15, sizeof(struct virtio_crypto_session_ref), 0, 0, SOCKET_ID_ANY);
	return mbufs != NULL && operations != NULL && sessions != NULL;
}

/* What the tests have taken is back. */
static void
nothing_is_left_behind(void)
{
	CHECK(rte_mempool_full(mbufs) && rte_mempool_full(operations));
	CHECK(rte_mempool_full(sessions));
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_cipher_request_is_as_specified),
		UNIT_TEST(a_ring_that_starts_over_has_new_heads),
		UNIT_TEST(iovas_are_told_where_they_are_wanted),
		UNIT_TEST(event_indexes_say_when_to_kick),
		UNIT_TEST(a_device_that_says_nothing_has_failed),
		UNIT_TEST(requests_complete_in_any_order),
		UNIT_TEST(what_was_not_given_is_not_taken_back),
		UNIT_TEST(what_was_not_given_is_not_taken_back_in_sequence),
		UNIT_TEST(bad_operations_come_back),
		UNIT_TEST(digests_are_delivered_or_compared),
		UNIT_TEST(long_chains_take_large_tables),
		UNIT_TEST(older_devices_get_the_iv_by_itself),
		UNIT_TEST(chains_can_be_on_the_ring_itself),
		UNIT_TEST(two_times_256_mbufs_fit),
		UNIT_TEST(large_data_is_not_refused),
		UNIT_TEST(only_physical_addresses_are_contiguous),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (!start()) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	return unit_run(tests, RTE_DIM(tests));
}
