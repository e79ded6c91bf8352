/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Chains that are long, or lead to memory that the front-end does not share. No request comes back
 * that its driver could take for done: with the status that stood there before.
 */

#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>

#include <rte_common.h>

#include "inflight_priv.h"
#include "unit_device_chains.h"

static const uint64_t formats[] = { 0, GUEST_IN_ORDER, GUEST_PACKED,
				    GUEST_PACKED | GUEST_IN_ORDER };

static uint8_t
send_direct(void)
{
	guest_send_chain(chain, nb);
	return area[AT_STATUS];
}

static uint8_t
send_indirect(void)
{
	const struct vring_desc indirect = put_table();

	guest_send_chain(&indirect, 1);
	return area[AT_STATUS];
}

/* What OpenSSL makes of the data. */
static bool
is_encrypted(uint32_t len)
{
	static uint8_t right[0x20000];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	CHECK(EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), NULL, key, area + AT_IV) == 1);
	CHECK(EVP_EncryptUpdate(ctx, right, &n, area + AT_DATA, len) == 1 && n == (int)len);
	EVP_CIPHER_CTX_free(ctx);
	return memcmp(right, area + AT_OUT, len) == 0;
}

/* A request of the fast path is served, whatever the test did before. */
static void
check_serves(void)
{
	begin(BLOCK);
	add_header();
	add(AT_DATA, BLOCK, false);
	add(AT_OUT, BLOCK, true);
	end();
	CHECK(send_direct() == OK && is_encrypted(BLOCK));
}

static void
chains_with_too_many_segments_get_a_status(void)
{
	static const uint32_t counts[] = { 1021, 1022, 1025, 2000, 5000 };
	struct vc_queue *q;
	unsigned int format, i;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		q = &dev->queues[0];
		log_begin();
		for (i = 0; i < RTE_DIM(counts); i++) {
			q->stats.failed = 0;
			make_segments(counts[i]);
			CHECK(send_direct() == ERR);
			area[AT_STATUS] = BEFORE;
			CHECK(send_indirect() == ERR);
			CHECK(q->stats.failed == 2 && q->slots.nb_free == q->slots.nb);
			CHECK(q->seg_lists.nb_free == VC_QUEUE_SEG_LISTS);
		}
		CHECK(log_end("too many segments") == 1);
		check_serves();
		guest_close();
	}
}

static void
lists_of_linux_are_served(void)
{
	static const uint32_t counts[][2] = {
		{ 40, 1 },  { 1, 1 },	  { 44, 44 },	{ 60, 60 },
		{ 100, 1 }, { 100, 100 }, { 200, 200 }, { 250, 250 }
	};
	unsigned int format, i;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (i = 0; i < RTE_DIM(counts); i++) {
			make_lists(counts[i][0], counts[i][1]);
			CHECK(send_indirect() == OK && is_encrypted(counts[i][0] * BLOCK));
			if (nb > GUEST_RING)
				continue;
			make_lists(counts[i][0], counts[i][1]);
			CHECK(send_direct() == OK && is_encrypted(counts[i][0] * BLOCK));
		}
		CHECK(dev->queues[0].stats.failed == 0);
		guest_close();
	}
}

/* Short and long, with each descriptor in front of the status elsewhere once. */
static void
chains_with_a_hole_get_a_status(void)
{
	static const uint32_t counts[] = { 3, 20, 2000 };
	unsigned int format, i, at;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		log_begin();
		for (i = 0; i < RTE_DIM(counts); i++)
			for (at = 0; at < RTE_MIN(counts[i], 25u); at++) {
				dev->queues[0].stats.bad_chains = 0;
				make_segments(counts[i]);
				chain[at].addr = OUTSIDE;
				CHECK(send_direct() == ERR);
				area[AT_STATUS] = BEFORE;
				CHECK(send_indirect() == ERR);
				CHECK(dev->queues[0].stats.bad_chains == 2);
			}
		CHECK(log_end("not shared by the front-end: its memory backend needs share=on") ==
		      1);
		check_serves();
		guest_close();
	}
}

/* Neither is a wrong order, nor are empty descriptors, a reason to say nothing. */
static void
malformed_chains_with_an_end_get_a_status(void)
{
	unsigned int format, at;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		for (at = 0; at < 5; at++) {
			make_segments(BLOCK);
			chain[at].len = 0;
			CHECK(send_direct() == ERR);
			make_segments(BLOCK);
			chain[at].flags ^= VRING_DESC_F_WRITE;
			CHECK(send_indirect() == ERR);
		}
		/* All that it needs is there, and then something to read. */
		begin(BLOCK);
		add_header();
		add(AT_DATA, BLOCK, false);
		add(AT_OUT, BLOCK, true);
		add(AT_DATA, BLOCK, false);
		end();
		CHECK(send_direct() == ERR);
		area[AT_STATUS] = BEFORE;
		CHECK(send_indirect() == ERR);
		check_serves();
		guest_close();
	}
}

static void
stop_at_both(void)
{
	struct vring_desc indirect;

	guest_stop_at_chain(chain, nb);
	CHECK(area[AT_STATUS] == BEFORE);
	indirect = put_table();
	guest_stop_at_chain(&indirect, 1);
	CHECK(area[AT_STATUS] == BEFORE);
}

static void
chains_without_a_place_for_the_status_stop_the_queue(void)
{
	static const uint64_t elsewhere[] = { 0, OUTSIDE, AREA + AREA_SIZE, AREA - 1, UINT64_MAX };
	unsigned int format, i;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		log_begin();
		for (i = 0; i < RTE_DIM(elsewhere); i++) {
			make_segments(i % 2 ? BLOCK : 2000);
			chain[nb - 1].addr = elsewhere[i];
			stop_at_both();
		}
		CHECK(log_end("needs share=on; the queue stays stopped") == 2 * (i - 1));
		log_begin();
		begin(BLOCK);
		add_header();
		add(AT_DATA, BLOCK, false);
		chain[nb - 1].flags = 0;
		stop_at_both();
		CHECK(log_end("it has no device-writable byte for the status") == 2);
		check_serves();
		guest_close();
	}
}

static void
tables_that_are_none_stop_the_queue(void)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
	} tables[] = { { OUTSIDE, 64 },		{ AREA + AT_TABLE, 0 },
		       { AREA + AT_TABLE, 63 }, { AREA + AREA_SIZE - 16, 32 },
		       { UINT64_MAX - 15, 32 }, { AREA + AT_TABLE, UINT32_MAX - 15 } };
	unsigned int format, i;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		make_segments(BLOCK);
		put_table();
		for (i = 0; i < nb; i++) /* so that none ends */
			((struct vring_desc *)(void *)(area + AT_TABLE))[i].next = 0;
		memcpy(area + AREA_SIZE - 16, &chain[0], 16);
		for (i = 0; i < RTE_DIM(tables); i++) {
			const struct vring_desc indirect = { .addr = tables[i].addr,
							     .len = tables[i].len,
							     .flags = VRING_DESC_F_INDIRECT };

			guest_stop_at_chain(&indirect, 1);
		}
		check_serves();
		guest_close();
	}
}

/* In a split ring a table is the end of a chain, and has no other one in it. */
static void
tables_in_tables_stop_the_queue(void)
{
	struct vring_desc inner, outer;

	open_device(0);
	make_segments(BLOCK);
	inner = put_table();
	outer = (struct vring_desc){ .addr = AREA + AT_TABLE + 0x80000,
				     .len = sizeof(inner),
				     .flags = VRING_DESC_F_INDIRECT };
	memcpy(area + AT_TABLE + 0x80000, &inner, sizeof(inner));
	guest_stop_at_chain(&outer, 1);
	inner.flags |= VRING_DESC_F_NEXT;
	guest_stop_at_chain(&inner, 1);
	CHECK(area[AT_STATUS] == BEFORE);
	check_serves();
	guest_close();
}

/* A burst of which the second request has no place for its status. */
static void
put_bad_burst(void)
{
	struct vring_desc burst[3];
	unsigned int i;

	begin(BLOCK);
	add_header();
	add(AT_DATA, BLOCK, false);
	add(AT_OUT, BLOCK, true);
	end();
	for (i = 0; i < RTE_DIM(burst); i++) {
		burst[i] = put_table();
		burst[i].addr += i * 0x1000;
		memcpy(area + AT_TABLE + i * 0x1000, area + AT_TABLE, burst[i].len);
	}
	((struct vring_desc *)(void *)(area + AT_TABLE + 0x1000))[nb - 1].addr = OUTSIDE;
	guest_put_burst(burst, RTE_DIM(burst));
	for (i = 0; i < 100; i++)
		vc_queue_poll(&dev->queues[0], 32);
}

/*
 * Requests popped before are completed. The next start of the ring begins with the request at
 * which the queue stopped; once its memory is shared, it is processed.
 */
static void
a_request_that_is_not_completed_is_not_popped(void)
{
	static uint8_t shared[4096];
	struct vc_queue *q;
	unsigned int format, i;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		q = &dev->queues[0];
		put_bad_burst();
		CHECK(q->stats.completed == 1 && q->stats.requests == 1);
		CHECK(q->stats.bad_chains == 1 && q->stats.ring_errors == 0);
		CHECK(q->state != VC_QUEUE_RUNNING && q->in_flight == 0);
		CHECK(vc_queue_try_stop(q));
		CHECK((dev->rings[0].base & 0x7fff) == 1);
		dev->mem.regions[dev->mem.nb_regions++] = (struct vc_mem_region){ OUTSIDE, 4096,
										  shared };
		shared[0] = 0xee;
		CHECK(guest_resume() == 0);
		for (i = 0; i < 100; i++)
			vc_queue_poll(q, 32);
		CHECK(q->stats.completed == 3 && q->state == VC_QUEUE_RUNNING);
		CHECK(shared[0] == OK);
		guest_close();
	}
}

/* The in-flight region has no entry for a request that is not popped. */
static void
a_request_that_is_not_completed_is_not_recorded(void)
{
	const uint64_t bytes = vc_inflight_region_size(2, GUEST_RING);
	int fd = vc_inflight_create_region(bytes);
	struct vc_queue *q;
	unsigned int format;

	for (format = 0; format < RTE_DIM(formats); format++) {
		open_device(formats[format]);
		q = &dev->queues[0];
		CHECK(vc_queue_try_stop(q));
		CHECK(vc_inflight_set_region(&dev->inflight, fd, 0, bytes, 2, GUEST_RING) == 0);
		CHECK(guest_start() == 0 && q->inflight != NULL);
		put_bad_burst();
		CHECK(q->stats.completed == 1 && q->stats.requests == 1);
		CHECK(q->stats.bad_chains == 1 && q->state != VC_QUEUE_RUNNING);
		CHECK(vc_queue_try_stop(q));
		CHECK((dev->rings[0].base & 0x7fff) == 1);
		log_begin();
		CHECK(guest_resume() == 0 && q->inflight != NULL);
		CHECK(log_end("were in flight in another back-end") == 0);
		vc_queue_poll(q, 32);
		CHECK(q->state != VC_QUEUE_RUNNING && q->stats.bad_chains == 2);
		CHECK(vc_queue_try_stop(q));
		vc_inflight_drop_region(&dev->inflight);
		guest_close();
	}
	close(fd);
}

/* One that an earlier back-end had taken, and that cannot be answered, is left to the next one. */
static void
a_request_in_flight_elsewhere_stays_in_flight(void)
{
	const uint64_t bytes = vc_inflight_region_size(2, GUEST_RING);
	int fd = vc_inflight_create_region(bytes), i;
	struct vc_inflight_split *note = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
					      0);
	static uint8_t shared[4096];
	struct vc_queue *q;

	open_device(0);
	q = &dev->queues[0];
	CHECK(vc_queue_try_stop(q));
	CHECK(vc_inflight_set_region(&dev->inflight, fd, 0, bytes, 2, GUEST_RING) == 0);
	CHECK(guest_start() == 0 && q->inflight != NULL);
	make_segments(BLOCK);
	chain[nb - 1].addr = OUTSIDE;
	guest_put_chain(chain, nb);
	vc_inflight_add_entry(q->inflight, &q->vring, (struct vc_chain_head){ 0, 1 });
	CHECK(vc_queue_try_stop(q));
	note->version = VC_INFLIGHT_VERSION; /* as if it had ended without that */
	for (i = 1; i <= 2; i++) {
		CHECK(guest_resume() == 0);
		vc_queue_poll(q, 32);
		CHECK(q->state != VC_QUEUE_RUNNING && q->stats.bad_chains == (uint64_t)i);
		CHECK(q->stats.requests == 0 && note->desc[0].inflight == 1);
		CHECK(vc_queue_try_stop(q));
	}
	dev->mem.regions[dev->mem.nb_regions++] = (struct vc_mem_region){ OUTSIDE, 4096, shared };
	shared[0] = 0xee;
	CHECK(guest_resume() == 0);
	for (i = 0; i < 10; i++)
		vc_queue_poll(q, 32);
	CHECK(q->stats.completed == 1 && shared[0] == OK && is_encrypted(BLOCK));
	CHECK(note->desc[0].inflight == 0);
	guest_close();
	munmap(note, bytes);
	close(fd);
}

/* A chain of the most descriptors that are looked at takes a turn of its own. */
static void
long_looks_end_a_turn(void)
{
	struct vring_desc burst[4];
	unsigned int i;

	open_device(0);
	begin(BLOCK);
	add_header();
	while (nb < TABLE_MAX - 1)
		add(AT_DATA, BLOCK, false);
	end();
	for (i = 0; i < RTE_DIM(burst); i++)
		burst[i] = put_table();
	guest_put_burst(burst, RTE_DIM(burst));
	for (i = 1; i <= RTE_DIM(burst); i++) {
		vc_queue_poll(&dev->queues[0], 32);
		CHECK(dev->queues[0].stats.requests == i);
	}
	CHECK(area[AT_STATUS] == ERR);
	guest_close();
}

/* Serves the control queue with one request; returns whether it came back. */
static bool
control(int kick_fd)
{
	unsigned int polls_left = 300;
	bool served = false;

	vc_loop_lock();
	guest_clear_ring();
	CHECK(guest_start_control(kick_fd) == 0);
	guest_put_chain(chain, nb);
	vc_loop_unlock();
	eventfd_write(kick_fd, 1);
	while (!served && --polls_left > 0) {
		usleep(1000);
		vc_loop_lock();
		served = dev->ctrlq.vring.published_used == 1;
		vc_loop_unlock();
	}
	vc_loop_lock();
	vc_ctrlq_stop(&dev->ctrlq);
	guest_clear_ring();
	vc_loop_unlock();
	return served;
}

/* A request to create a session, with a key elsewhere, and an answer of 16 bytes. */
static void
make_create(uint64_t key_at, uint64_t answer_at)
{
	struct wire_bytes b;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, KEY, OP_ENCRYPT, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	memcpy(area + AT_HEADER, b.data, b.len);
	memset(area + AT_OUT, 0, 16);
	nb = 0;
	add(AT_HEADER, b.len, false);
	add(0, KEY, false);
	chain[1].addr = key_at;
	add(0, 16, true);
	chain[2].addr = answer_at;
	chain[2].flags = VRING_DESC_F_WRITE;
}

static void
control_requests_are_answered_or_not_completed(void)
{
	int kick_fd = eventfd(0, EFD_NONBLOCK);

	CHECK(vc_device_get_loop() == 0);
	open_device(0);
	log_begin();
	memcpy(area + AT_DATA, key, KEY);
	make_create(AREA + AT_DATA, AREA + AT_OUT);
	CHECK(control(kick_fd) && wire_get32(area + AT_OUT, 8) == OK);
	make_create(OUTSIDE, AREA + AT_OUT);
	CHECK(control(kick_fd) && wire_get32(area + AT_OUT, 8) == ERR);
	CHECK(wire_get64(area + AT_OUT, 0) == UINT64_MAX);
	make_create(AREA + AT_DATA, OUTSIDE);
	CHECK(!control(kick_fd));
	make_create(OUTSIDE, AREA + AREA_SIZE - 8);
	CHECK(!control(kick_fd));
	/* The end of an answer is not enough. */
	make_create(AREA + AT_DATA, OUTSIDE);
	chain[2].flags |= VRING_DESC_F_NEXT;
	add(AT_OUT, 8, true);
	chain[3].flags = VRING_DESC_F_WRITE;
	CHECK(!control(kick_fd));
	make_create(AREA + AT_DATA, AREA + AT_OUT);
	nb = 2;
	chain[1].flags = 0;
	CHECK(!control(kick_fd));
	CHECK(dev->sessions.nb_used == 2);
	CHECK(log_end("needs share=on") == 4);
	guest_close();
	vc_loop_put();
	close(kick_fd);
}

static const struct unit_test tests[] = {
	UNIT_TEST(chains_with_too_many_segments_get_a_status),
	UNIT_TEST(lists_of_linux_are_served),
	UNIT_TEST(chains_with_a_hole_get_a_status),
	UNIT_TEST(malformed_chains_with_an_end_get_a_status),
	UNIT_TEST(chains_without_a_place_for_the_status_stop_the_queue),
	UNIT_TEST(tables_that_are_none_stop_the_queue),
	UNIT_TEST(tables_in_tables_stop_the_queue),
	UNIT_TEST(a_request_that_is_not_completed_is_not_popped),
	UNIT_TEST(a_request_that_is_not_completed_is_not_recorded),
	UNIT_TEST(a_request_in_flight_elsewhere_stays_in_flight),
	UNIT_TEST(long_looks_end_a_turn),
	UNIT_TEST(control_requests_are_answered_or_not_completed),
};

int
main(void)
{
	return guest_main(tests, RTE_DIM(tests));
}
