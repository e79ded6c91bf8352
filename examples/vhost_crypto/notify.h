/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file What a service manager is told of the program: the protocol of sd_notify(3). */

#ifndef VHOST_CRYPTO_NOTIFY_H
#define VHOST_CRYPTO_NOTIFY_H

/**
 * Tells the service manager, if the program was started by one that asks for it.
 *
 * @param state  such as "READY=1"
 */
void notify_manager(const char *state);

#endif /* VHOST_CRYPTO_NOTIFY_H */
