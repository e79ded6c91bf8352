/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The driver's virtqueue: ring entries, completions, notifications, memory. */

#include <dlfcn.h>

#include <rte_mbuf.h>

#include "unit_pmd_sym.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_retire.h"

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
		CHECK(enqueue(op) == 1 && pop_avail(&c));
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
descriptors_have_iovas_where_the_device_needs_them(void)
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
		CHECK(enqueue(op) == 1 && pop_avail(&c) && c.nb == 5);
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
event_indexes_suppress_kicks(void)
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
a_device_that_writes_no_status_has_failed(void)
{
	struct rte_crypto_op *op;
	struct chain c;
	void *s;

	open_indirect();
	s = cipher_session();
	op = operation(s, 1);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	add_used(c.head);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	answer(&c, VIRTIO_CRYPTO_INVSESS);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_INVALID_SESSION);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
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
		CHECK(pop_avail(&c[i]));
	for (i = 0; i < RTE_DIM(order); i++) {
		answer(&c[order[i]], VIRTIO_CRYPTO_OK);
		CHECK(dequeue() == op[order[i]]);
		/* The first slot is the next one: until it is free there is no room. */
		if (i < 2)
			CHECK(enqueue(op[RING]) == i);
	}
	CHECK(pop_avail(&c[0]) && !pop_avail(&c[1]));
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
	CHECK(enqueue(op) == 1 && pop_avail(c));
	answer(c, VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == op && op->status == RTE_CRYPTO_OP_STATUS_SUCCESS);
}

static void
used_entries_must_be_in_flight(void)
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
			add_used(bad[i]);
		else
			q->vq.used->idx = rte_cpu_to_le_16(RING + 1);
		CHECK(dequeue() == NULL && failures == 1);
		CHECK(dequeue() == NULL && failures == 1);
		check_lost(op, &c);
		/* Neither is what was taken back before. */
		add_used(c.head);
		CHECK(dequeue() == NULL && failures == 2);
		free_operation(op);
		end_session(s);
		close_queue();
	}
}

/* The device says to have used so many requests, of which the last has an ID. */
static void
add_used_in_order(uint32_t id, uint16_t nb)
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
used_entries_of_ordered_rings_must_be_in_flight(void)
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
		add_used_in_order(bad[i % RTE_DIM(bad)].id, bad[i % RTE_DIM(bad)].nb);
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
		CHECK(enqueue(op) == 1 && enqueue(short_op) == 1 && pop_avail(&c) && pop_avail(&d));
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
	CHECK(enqueue(short_op) == 1 && enqueue(op) == 0 && pop_avail(&c));
	answer(&c, VIRTIO_CRYPTO_OK);
	CHECK(dequeue() == short_op && enqueue(op) == 1 && pop_avail(&c));
	/* A slot in the middle of a request is none, nor is one of its other descriptors. */
	add_used((c.head + VIRTIO_CRYPTO_DIRECT_DESCS) & (RING - 1));
	CHECK(dequeue() == NULL && failures == 1);
	check_lost(op, &c);
	CHECK(enqueue(op) == 1 && pop_avail(&c));
	add_used(c.head + 1);
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

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_ring_that_starts_over_has_new_heads),
		UNIT_TEST(descriptors_have_iovas_where_the_device_needs_them),
		UNIT_TEST(event_indexes_suppress_kicks),
		UNIT_TEST(a_device_that_writes_no_status_has_failed),
		UNIT_TEST(requests_complete_in_any_order),
		UNIT_TEST(used_entries_must_be_in_flight),
		UNIT_TEST(used_entries_of_ordered_rings_must_be_in_flight),
		UNIT_TEST(chains_can_be_on_the_ring_itself),
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
