/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The driver's transport to a device that a test plays in the same process. */

#ifndef MOCK_TRANSPORT_H
#define MOCK_TRANSPORT_H

#include <string.h>

#include "virtio_crypto_dev.h"
#include "virtio_crypto_transport.h"

/** Entries of each ring. */
#define MOCK_RING 64
/** Where operations have the IV of the cipher. */
#define MOCK_IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

static inline void
mock_transport_queue_stop(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	(void)tr;
	vq->attached = false;
}

static inline void
mock_transport_close(struct virtio_crypto_transport *tr)
{
	(void)tr;
}

/** The transport of a device with a data queue and a control queue. */
static inline struct virtio_crypto_transport
mock_transport_make(const struct virtio_crypto_transport_ops *ops, struct virtio_crypto_dev *dev)
{
	return (struct virtio_crypto_transport){
		.ops = ops,
		.dev = dev,
		.location = "a test",
		.max_queues = 1,
		.max_queue_size = MOCK_RING,
		.max_ctrlq_size = MOCK_RING,
		.virtual_addresses = true,
		.has_ctrlq = true,
	};
}

/** Initializes a device of the driver as its probe does; it has one queue pair, not set up. */
static inline void
mock_transport_probe(struct virtio_crypto_transport *tr, struct rte_cryptodev_data *data)
{
	struct virtio_crypto_dev *dev = tr->dev;

	memset(dev, 0, sizeof(*dev));
	pthread_mutex_init(&dev->lock, NULL);
	TAILQ_INIT(&dev->sessions);
	dev->data = data;
	dev->tr = tr;
	data->queue_pairs[0] = NULL;
	data->nb_queue_pairs = 1;
}

#endif /* MOCK_TRANSPORT_H */
