/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Messages from secondary processes to the primary process, which alone has the device, the control
 * queue and the connection. A request names its object by address: the object is in shared memory,
 * at the same address in all processes.
 */

#ifndef VIRTIO_CRYPTO_MP_H
#define VIRTIO_CRYPTO_MP_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_crypto_dev.h"

struct virtio_crypto_session;
struct virtio_crypto_shared;

/** Primary process: starts to serve requests about a device. Without the lock. */
void virtio_crypto_mp_serve(struct virtio_crypto_dev *dev);

/**
 * Stops to serve requests, if that was started. Without the lock; no request is being served once
 * this returns.
 */
void virtio_crypto_mp_unserve(struct virtio_crypto_dev *dev);

/**
 * Secondary process: checks that a device belongs to this driver, before it is accessed.
 *
 * @param dev       device, whose name is @p name
 * @param kick_fds  receives the events that notify the device, to be freed; NULL: it is notified by
 *                  a register
 * @param nb_fds    receives their number
 * @return 0 or a negative errno, after a line in the log
 */
int virtio_crypto_mp_attach(const struct virtio_crypto_dev *dev, const char *name, int **kick_fds,
			    uint16_t *nb_fds);

/** Secondary process: has the primary process insert a session. */
int virtio_crypto_mp_session_add(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Secondary process: has the primary process withdraw a session.
 *
 * @return 0: the session can be freed
 */
int virtio_crypto_mp_session_remove(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s);

/**
 * Secondary process: has the primary process list a shared session, or remove it from the list.
 *
 * @return 0; -EBUSY: try again
 */
int virtio_crypto_mp_list_shared(const struct virtio_crypto_dev *dev,
				 struct virtio_crypto_shared *shared, bool listed);

/** Secondary process: reports a misbehaving device to the primary process. Does not wait. */
void virtio_crypto_mp_fail(const struct virtio_crypto_dev *dev);

#endif /* VIRTIO_CRYPTO_MP_H */
