/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A device for unit tests of the driver's data path: it reads the ring as a device would, at
 * virtual addresses, and answers well or badly. Included once by a program.
 */

#ifndef UNIT_PMD_H
#define UNIT_PMD_H

#include <errno.h>
#include <string.h>

#include "unit.h"
#include "unit_eal.h"
#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_queue.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_sym_session.h"

/** Entries of the ring. */
#ifndef RING
#define RING 64
#endif
/** Id of the first session; those that follow are numbered on. */
#define SESSION	  0x1122334455667788ULL
#define MAX_PARTS 600
/** Asymmetric algorithms of the specification, one bit each. */
#define EVERY_AKCIPHER (1u << VIRTIO_CRYPTO_AKCIPHER_RSA | 1u << VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC)

/** A chain that the device was offered. */
struct chain {
	uint16_t head;
	unsigned int nb;
	struct {
		uint8_t *data;
		uint32_t len;
		bool write;
	} part[MAX_PARTS];
};

static struct rte_cryptodev_data data = { .dev_id = 60, .name = "unit", .dev_started = 1 };
static struct virtio_crypto_dev dev;
static struct virtio_crypto_queue *q;
static uint16_t seen; /* the device's index in the available ring */
static unsigned int failures, kicks, created, destroyed;
static uint32_t akciphers = EVERY_AKCIPHER; /* that the device offers */
/* What a test has the device say to a session that is created. */
static int (*on_create)(const struct virtio_crypto_session_params *params);

static inline void
transport_fail(struct virtio_crypto_transport *tr)
{
	(void)tr;
	failures++;
}

static inline void
transport_notify(struct virtqueue *vq)
{
	(void)vq;
	kicks++;
}

static inline int
transport_create(struct virtio_crypto_transport *tr,
		 const struct virtio_crypto_session_params *params, uint64_t *id)
{
	int ret = on_create != NULL ? on_create(params) : 0;

	(void)tr;
	if (ret == 0)
		*id = SESSION + created++;
	return ret;
}

static inline int
transport_destroy(struct virtio_crypto_transport *tr, uint64_t id)
{
	(void)tr;
	destroyed++;
	return id >= SESSION && id < SESSION + created ? 0 : -EIO;
}

static const struct virtio_crypto_transport_ops ops = {
	.fail = transport_fail,
	.notify = transport_notify,
	.session_create = transport_create,
	.session_destroy = transport_destroy,
};
static struct virtio_crypto_transport transport = {
	.ops = &ops,
	.dev = &dev,
	.max_queues = 1,
	.max_queue_size = RING,
	.virtual_addresses = true,
	.max_asym_key = VIRTIO_CRYPTO_AKCIPHER_MAX_KEY,
};

static inline void
open_queue(uint64_t features)
{
	unsigned int count, i;
	const struct virtio_crypto_alg *algs = virtio_crypto_algs(&count);

	memset(&dev, 0, sizeof(dev));
	pthread_mutex_init(&dev.lock, NULL);
	TAILQ_INIT(&dev.sessions);
	dev.data = &data;
	dev.tr = &transport;
	dev.sessions_up = true;
	dev.features = features;
	dev.max_size = 100000;
	dev.config.max_cipher_key_len = rte_cpu_to_le_32(64);
	dev.config.max_auth_key_len = rte_cpu_to_le_32(512);
	for (i = 0; i < count; i++)
		virtio_crypto_config_offer(&dev.config, &algs[i]);
	for (i = 0; i < 32; i++)
		if (akciphers & 1u << i)
			virtio_crypto_config_offer_akcipher(&dev.config, i);
	CHECK(virtio_crypto_caps_init(&dev) == 0);
	/* The ring is that of a complete device, sessions are created by transport_create(). */
	dev.has_ctrlq = true;
	q = virtio_crypto_queue_create(&dev, 0, RING, SOCKET_ID_ANY);
	dev.has_ctrlq = false;
	CHECK(q != NULL);
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_LIVE);
	seen = 0;
	failures = 0;
	kicks = 0;
	created = 0;
	destroyed = 0;
	on_create = NULL;
}

static inline void
close_queue(void)
{
	CHECK(TAILQ_EMPTY(&dev.sessions) && destroyed == created);
	virtio_crypto_queue_free(&dev, q);
	virtio_crypto_caps_fini(&dev);
	pthread_mutex_destroy(&dev.lock);
}

static inline void
open_indirect(void)
{
	open_queue(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC |
		   1ULL << VIRTIO_CRYPTO_F_REVISION_1);
}

static inline uint16_t
enqueue(struct rte_crypto_op *op)
{
	return virtio_crypto_enqueue_burst(q, &op, 1);
}

static inline struct rte_crypto_op *
dequeue(void)
{
	struct rte_crypto_op *op = NULL;

	return virtio_crypto_dequeue_burst(q, &op, 1) == 1 ? op : NULL;
}

/** The device takes the next chain that it is offered. */
static __rte_noinline __rte_unused bool
pop_avail(struct chain *c)
{
	struct vring_desc *table = q->vq.desc;
	uint16_t i;

	c->nb = 0;
	if (seen == rte_le_to_cpu_16(q->vq.avail->idx))
		return false;
	c->head = rte_le_to_cpu_16(q->vq.avail->ring[seen++ & (q->vq.size - 1)]);
	i = c->head;
	if (table[i].flags & VRING_DESC_F_INDIRECT) {
		CHECK(!(table[i].flags & VRING_DESC_F_NEXT));
		table = (struct vring_desc *)(uintptr_t)table[i].addr;
		i = 0;
	}
	for (;; i = table[i].next) {
		c->part[c->nb].data = (uint8_t *)(uintptr_t)table[i].addr;
		c->part[c->nb].len = table[i].len;
		c->part[c->nb++].write = table[i].flags & VRING_DESC_F_WRITE;
		if (!(table[i].flags & VRING_DESC_F_NEXT) || c->nb == MAX_PARTS)
			return true;
	}
}

/** The device returns a head, whatever it is, and says to have written so many bytes. */
static inline void
add_used_len(uint32_t head, uint32_t written)
{
	struct vring_used_elem *used = &q->vq.used->ring[q->vq.used->idx & (q->vq.size - 1)];

	used->id = rte_cpu_to_le_32(head);
	used->len = rte_cpu_to_le_32(written);
	q->vq.used->idx++;
}

static inline void
add_used(uint32_t head)
{
	add_used_len(head, 0);
}

/** The device completes a request with a status. */
static __rte_noinline __rte_unused void
answer_written(const struct chain *c, uint8_t status, uint32_t written)
{
	const unsigned int last = c->nb - 1;

	c->part[last].data[c->part[last].len - 1] = status;
	add_used_len(c->head, written);
}

static __rte_noinline __rte_unused void
answer(const struct chain *c, uint8_t status)
{
	answer_written(c, status, 0);
}

/** Starts EAL, with a driver that says nothing. */
static inline bool
start_eal(void)
{
	if (!UNIT_EAL_INIT())
		return false;
	rte_log_set_level_pattern("pmd.crypto.virtio", RTE_LOG_EMERG);
	return true;
}

#endif /* UNIT_PMD_H */
