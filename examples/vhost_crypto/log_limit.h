/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Rate limit of DPDK's log. Guests and front-ends can make librte_vhost and cryptodevs log lines
 * again and again, until a disk is full.
 */

#ifndef VHOST_CRYPTO_LOG_LIMIT_H
#define VHOST_CRYPTO_LOG_LIMIT_H

/** Burst of lines; one more is allowed per second. */
#define LOG_LIMIT_LINES 5000

/** Starts dropping excess lines, and logs their number. @return 0 or -1 */
int log_limit_start(void);

/** Stops dropping lines. No other thread may log meanwhile. */
void log_limit_stop(void);

#endif /* VHOST_CRYPTO_LOG_LIMIT_H */
