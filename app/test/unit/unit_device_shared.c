/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * A queue pair that data queues of two devices share, whose cryptodevs stand in another order: what
 * one of them gets out of it is the other's, too, and each knows what is still in flight.
 */

#include <string.h>

#include <rte_common.h>
#include <rte_cryptodev.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"

#define KEY	  16
#define TEXT	  16
#define HEAD	  (24 + 76) /* bytes of a request that has a key instead of a session */
#define AREA	  0x80000000ULL
#define AT_HEAD	  0x1000
#define AT_DATA	  0x2000
#define AT_STATUS 0x3000

/* NIST SP 800-38A, F.1.1: AES in ECB mode, which only the first cryptodev has. */
#define CIPHER_AES_ECB 2
static const uint8_t key[KEY] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
				  0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const uint8_t plain[TEXT] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
				     0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a };
static const uint8_t secret[TEXT] = { 0x3a, 0xd7, 0x7b, 0xb4, 0x0d, 0x7a, 0x36, 0x60,
				      0xa8, 0x9e, 0xca, 0xf3, 0x24, 0x66, 0xef, 0x97 };

static uint8_t area[0x4000] __rte_aligned(64);

/* The first cryptodev has nothing ready yet. */
static uint16_t
nothing_yet(void *qp __rte_unused, struct rte_crypto_op **ops __rte_unused,
	    uint16_t nb __rte_unused)
{
	return 0;
}

/* Another device on the same queue pairs, with the cryptodevs in the other order. */
static struct rte_vhost_crypto_device *
open_other(const struct rte_vhost_crypto_device *first)
{
	static const uint16_t qps[2] = { 0 };
	static const uint8_t cdevs[2] = { 1, 0 };
	const struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = 2,
		.cdev_ids = cdevs,
		.qp_ids = qps,
		.nb_sessions = GUEST_SESSIONS,
		.max_size = GUEST_MAX_SIZE,
		.socket_id = SOCKET_ID_ANY,
	};
	struct rte_vhost_crypto_device *dev = vc_device_create("/other", &conf, false);

	if (dev == NULL)
		rte_exit(EXIT_FAILURE, "no second device\n");
	dev->features = first->features;
	dev->mem = first->mem;
	/* It is shown the same ring as the first one, and so gets the same request. */
	CHECK(guest_start_other(dev) == 0);
	return dev;
}

static void
put_request(void)
{
	const struct vring_desc table[3] = {
		{ AREA + AT_HEAD, HEAD + KEY + TEXT, VRING_DESC_F_NEXT, 1 },
		{ AREA + AT_DATA, TEXT, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 2 },
		{ AREA + AT_STATUS, 1, VRING_DESC_F_WRITE, 0 },
	};
	const struct vring_desc indirect = { .addr = AREA,
					     .len = sizeof(table),
					     .flags = VRING_DESC_F_INDIRECT };
	struct wire_bytes b;

	wire_data_header(&b, CIPHER_ENCRYPT, 0, 0);
	WIRE_FIELDS(&b, CIPHER_AES_ECB, KEY, OP_ENCRYPT, 0, TEXT, TEXT);
	wire_zero(&b, 48);
	WIRE_FIELDS(&b, SYM_OP_CIPHER);
	CHECK(b.len == HEAD);
	wire_put(&b, key, KEY);
	wire_put(&b, plain, TEXT);
	memcpy(area + AT_HEAD, b.data, b.len);
	memcpy(area, table, sizeof(table));
	area[AT_STATUS] = 0xee;
	guest_put_burst(&indirect, 1);
}

static void
devices_share_a_queue_pair_in_any_order(void)
{
	struct rte_vhost_crypto_device *first = guest_open(GUEST_STATELESS_CIPHER), *other;
	struct vc_queue *a = &first->queues[0], *b;
	dequeue_pkt_burst_t dequeue = rte_crypto_fp_ops[0].dequeue_burst;
	unsigned int polls_left = 1000;

	first->mem.regions[0] = (struct vc_mem_region){ AREA, sizeof(area), area };
	other = open_other(first);
	b = &other->queues[0];
	put_request();
	rte_crypto_fp_ops[0].dequeue_burst = nothing_yet;
	vc_queue_poll(a, 32);
	vc_queue_poll(b, 32);
	CHECK(a->in_flight == 1 && a->cdev_in_flight[0] == 1);
	CHECK(b->in_flight == 1 && b->cdev_in_flight[1] == 1);
	rte_crypto_fp_ops[0].dequeue_burst = dequeue;
	while (a->in_flight + b->in_flight > 0 && --polls_left > 0)
		vc_queue_poll(b, 32);
	CHECK(polls_left > 0);
	CHECK(area[AT_STATUS] == OK && memcmp(area + AT_DATA, secret, TEXT) == 0);
	CHECK(a->cdev_in_flight[0] == 0 && a->cdev_in_flight[1] == 0);
	CHECK(b->cdev_in_flight[0] == 0 && b->cdev_in_flight[1] == 0);
	CHECK(vc_queue_try_stop(b));
	vc_device_destroy(other);
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(devices_share_a_queue_pair_in_any_order),
	};

	return guest_main(tests, RTE_DIM(tests));
}
