/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The cryptodevs of dpdk-vhost_crypto. */

#ifndef VHOST_CRYPTO_CRYPTODEVS_H
#define VHOST_CRYPTO_CRYPTODEVS_H

#include "options.h"

/**
 * Configures and starts the cryptodevs that the options name, with their queue pairs.
 *
 * @return 0, or -1 with an error message
 */
int cryptodevs_start(const struct app_options *opts);

/** Stops and closes the cryptodevs of cryptodevs_start(). */
void cryptodevs_stop(void);

#endif /* VHOST_CRYPTO_CRYPTODEVS_H */
