/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The call: an eventfd of the front-end that notifies its guest of used buffers. */

#ifndef VHOST_CRYPTO_CALL_H
#define VHOST_CRYPTO_CALL_H

/**
 * Signals an eventfd without waiting for its reader.
 *
 * write() blocks while the counter is full, unless O_NONBLOCK is set. The front-end can change both
 * at any time, and could stop an lcore by that.
 *
 * Thread: any.
 */
void vc_call_signal(int callfd);

/**
 * Allocates the resources of vc_call_signal() for a number of threads, before a front-end connects
 * that could exhaust them.
 *
 * @return 0, or -errno: a front-end can block the threads that notify its guest
 */
int vc_call_reserve(unsigned int nb_threads);

#endif /* VHOST_CRYPTO_CALL_H */
