/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Symmetric sessions: transforms of the cryptodev API become parameters for the device, and a
 * request header that every operation of the session starts from.
 */

#ifndef VIRTIO_CRYPTO_SYM_SESSION_H
#define VIRTIO_CRYPTO_SYM_SESSION_H

#include "virtio_crypto_session.h"

/**
 * Creates a session from transforms, and on the device. Without the lock.
 *
 * @param dev    device
 * @param xform  one transform, or cipher and auth in either order
 * @param ref    receives the session
 * @return 0; -ENOTSUP for what the device does not offer, -EINVAL for invalid transforms, -ENOMEM,
 *         -ENOSPC, or -EIO if the device fails; -ENOTCONN when it is lost
 */
int virtio_crypto_sym_session_create(struct virtio_crypto_dev *dev,
				     const struct rte_crypto_sym_xform *xform,
				     struct virtio_crypto_session_ref *ref);

/** Whether the configuration of the device offers what transforms request. */
bool virtio_crypto_sym_session_is_supported(const struct virtio_crypto_dev *dev,
					    const struct rte_crypto_sym_xform *xform);

/**
 * Creates a session on the device and destroys it again. With the lock held, or before other
 * threads know the device, whose control queue works.
 *
 * @return as virtio_crypto_sym_session_create()
 */
int virtio_crypto_sym_session_probe(struct virtio_crypto_dev *dev,
				    const struct rte_crypto_sym_xform *xform);

/**
 * Fills a session for one stateless request. Data lcores; neither waits nor allocates.
 *
 * @param s  filled; its params have room for virtio_crypto_params_max_keys()
 * @return 0; -ENOTSUP for what the device does not offer, or not stateless; -EINVAL
 */
int virtio_crypto_sym_session_fill_stateless(const struct virtio_crypto_dev *dev,
					     const struct rte_crypto_sym_xform *xform,
					     struct virtio_crypto_session *s);

/** Destroys a session, also on the device if that is online, and wipes it. Without the lock. */
void virtio_crypto_sym_session_destroy(struct virtio_crypto_dev *dev,
				       struct virtio_crypto_session_ref *ref);

#endif /* VIRTIO_CRYPTO_SYM_SESSION_H */
