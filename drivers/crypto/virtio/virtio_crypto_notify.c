/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "virtio_crypto_notify.h"

/* NULL in the primary process, which has the transport. */
static const struct virtio_crypto_notify_ops *secondary;

void
virtio_crypto_notify_set_ops(const struct virtio_crypto_notify_ops *ops)
{
	secondary = ops;
}

void
virtio_crypto_notify_device(struct virtio_crypto_queue *q)
{
	if (unlikely(secondary != NULL))
		secondary->device(q);
	else
		q->dev->tr->ops->notify(&q->vq);
}

void
virtio_crypto_notify_failure(const struct virtio_crypto_queue *q)
{
	if (secondary != NULL)
		secondary->failure(q);
	else
		q->dev->tr->ops->fail(q->dev->tr);
}
