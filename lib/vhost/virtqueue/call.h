/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The call: an eventfd of the front-end's, which tells its guest of used buffers.
 */

#ifndef VHOST_CRYPTO_CALL_H
#define VHOST_CRYPTO_CALL_H

/**
 * Signals an eventfd without ever waiting for its reader.
 *
 * write() waits while the counter of an eventfd is full, unless O_NONBLOCK is set. Both are the
 * front-end's to change at any moment, so an lcore could be stopped for ever.
 *
 * Thread: any.
 */
void vc_call_signal(int callfd);

/**
 * Takes what so many threads need for vc_call_signal(), before there is a front-end that could
 * leave nothing of it.
 *
 * @return 0, or -errno: a front-end may stop whoever notifies its guest
 */
int vc_call_reserve(unsigned int nb_threads);

#endif /* VHOST_CRYPTO_CALL_H */
