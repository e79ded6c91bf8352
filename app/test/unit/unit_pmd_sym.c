/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Symmetric operations of the driver: the requests that it makes of them, and their results. */

#include <string.h>

#include <rte_mbuf.h>

#include "unit_pmd_sym.h"

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
	CHECK(pop_avail(&c) && c.nb == 4 && !pop_avail(&(struct chain){ 0 }));
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
	CHECK(enqueue(op) == 1 && !pop_avail(&c));
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
	CHECK(q->enq.error_count == 4 && q->enq.count == 4 && !pop_avail(&c));
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
		CHECK(enqueue(op) == 1 && pop_avail(&c) && c.nb == 4);
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
		CHECK(pop_avail(&c) && c.nb == 1 + 2 * 28 + 1);
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op[i]);
	}
	CHECK(enqueue(op[i]) == 1 && pop_avail(&c));
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
		CHECK(enqueue(op) == 1 && pop_avail(&c) && c.nb == 5 - i);
		CHECK(c.part[1].len == 16 || i == 1);
		CHECK(c.part[1].write == 0 && c.part[c.nb - 1].write && c.part[c.nb - 2].write);
		answer(&c, VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		free_operation(op);
		end_session(s);
		close_queue();
	}
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
			CHECK(enqueue(op) == 1 && pop_avail(&c) && c.nb >= 1 + 2 * 256 + 1);
			answer(&c, VIRTIO_CRYPTO_OK);
			CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
		}
		free_operation(op);
		end_session(s);
		close_queue();
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_cipher_request_is_as_specified),
		UNIT_TEST(bad_operations_come_back),
		UNIT_TEST(digests_are_delivered_or_compared),
		UNIT_TEST(long_chains_take_large_tables),
		UNIT_TEST(older_devices_get_the_iv_by_itself),
		UNIT_TEST(two_times_256_mbufs_fit),
		UNIT_TEST(nothing_is_left_behind),
	};

	if (!start()) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	return unit_run(tests, RTE_DIM(tests));
}
