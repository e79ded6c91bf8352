/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The cryptodevs of dpdk-vhost_crypto. */

#ifndef VHOST_CRYPTO_CRYPTODEVS_H
#define VHOST_CRYPTO_CRYPTODEVS_H

#include "options.h"

/**
 * Configures and starts every cryptodev that the options name, with the queue pairs they name.
 *
 * @return 0, or -1 after saying what is wrong
 */
int cryptodevs_start(const struct app_options *opts);

/** Stops and closes what cryptodevs_start() has started. */
void cryptodevs_stop(void);

#endif /* VHOST_CRYPTO_CRYPTODEVS_H */
