/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_io.h>

#include "virtio_crypto_liveness.h"
#include "virtio_crypto_mp.h"
#include "virtio_crypto_notify.h"
#include "virtio_crypto_owner.h"
#include "virtio_crypto_secondary.h"
#include "virtio_crypto_session.h"
#include "virtio_crypto_shared.h"

/* The events of a device that notify it of its queues. */
static struct {
	int *kick_fds; /* NULL: the device is notified by a register */
	uint16_t nb_kick_fds;
} attached[RTE_CRYPTO_MAX_DEVS];

static void
notify_device(const struct virtio_crypto_queue *q)
{
	const int *kick_fds = attached[q->dev->data->dev_id].kick_fds;

	if (kick_fds != NULL)
		eventfd_write(kick_fds[q->vq.index], 1);
	else
		rte_write16(rte_cpu_to_le_16(q->vq.index), q->vq.kick_addr);
}

static void
report_failure(const struct virtio_crypto_queue *q)
{
	virtio_crypto_mp_fail(q->dev);
}

static const struct virtio_crypto_notify_ops notify_ops = {
	.device = notify_device,
	.failure = report_failure,
};

static const struct virtio_crypto_session_ops session_ops = {
	.insert = virtio_crypto_mp_session_add,
	.withdraw = virtio_crypto_mp_session_remove,
};

int
virtio_crypto_secondary_attach(const struct rte_cryptodev_data *data)
{
	int number = virtio_crypto_liveness_get_number();

	if (number < 0)
		return number;
	virtio_crypto_owner_set_self(number);
	virtio_crypto_notify_set_ops(&notify_ops);
	virtio_crypto_session_set_ops(&session_ops);
	virtio_crypto_shared_use(virtio_crypto_mp_list_shared);
	return virtio_crypto_mp_attach(data->dev_private, data->name,
				       &attached[data->dev_id].kick_fds,
				       &attached[data->dev_id].nb_kick_fds);
}

void
virtio_crypto_secondary_detach(uint8_t dev_id)
{
	while (attached[dev_id].kick_fds != NULL && attached[dev_id].nb_kick_fds > 0)
		close(attached[dev_id].kick_fds[--attached[dev_id].nb_kick_fds]);
	free(attached[dev_id].kick_fds);
	attached[dev_id].kick_fds = NULL;
}
