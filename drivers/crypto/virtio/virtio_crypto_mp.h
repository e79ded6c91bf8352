/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * What secondary processes ask the primary one for: the device is its alone, and so are control
 * queue and connection. Requests name what they are about by its address, which is the same in all
 * processes, as it is in memory that they share.
 */

#ifndef VIRTIO_CRYPTO_MP_H
#define VIRTIO_CRYPTO_MP_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_crypto_dev.h"

struct virtio_crypto_session;
struct virtio_crypto_shared;

/** Primary process: answers what is asked about a device from now on. Without the lock. */
void virtio_crypto_mp_serve(struct virtio_crypto_dev *dev);

/** Ends that, if it was begun. Without the lock; nothing is being answered once this returns. */
void virtio_crypto_mp_unserve(struct virtio_crypto_dev *dev);

/**
 * Secondary process: asks whether a device is one of this driver's, before it is looked at.
 *
 * @param dev       device, by the name of @p name
 * @param kick_fds  receives the events that tell the device of its queues, to be freed; NULL: they
 *                  are told by a register
 * @param nb_fds    receives how many there are
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_mp_attach(const struct virtio_crypto_dev *dev, const char *name, int **kick_fds,
			    uint16_t *nb_fds);

/** Secondary process: virtio_crypto_session_add() by the primary one. */
int virtio_crypto_mp_session_add(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Secondary process: has the primary one end a session.
 *
 * @return 0: the session can be freed
 */
int virtio_crypto_mp_session_remove(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Secondary process: has the primary one know of a session that all devices are to have, or forget
 * it.
 *
 * @return 0; -EBUSY: to be asked again
 */
int virtio_crypto_mp_list_shared(const struct virtio_crypto_dev *dev,
				 struct virtio_crypto_shared *shared, bool listed);

/** Secondary process: tells the primary one that the device does not behave. Does not wait. */
void virtio_crypto_mp_fail(const struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_MP_H */
