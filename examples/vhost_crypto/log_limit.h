/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The log of DPDK, bounded. librte_vhost and cryptodevs write lines about what guests and
 * front-ends do, and these could do it again and again until a disk is full.
 */

#ifndef VHOST_CRYPTO_LOG_LIMIT_H
#define VHOST_CRYPTO_LOG_LIMIT_H

/** Lines that can come at once; one more is allowed each second. */
#define LOG_LIMIT_LINES 5000

/** Begins to leave out what is too much, and says how much that was. @return 0 or -1 */
int log_limit_start(void);

/** Ends it: all of the log is written again. No other thread may write into the log. */
void log_limit_stop(void);

#endif /* VHOST_CRYPTO_LOG_LIMIT_H */
