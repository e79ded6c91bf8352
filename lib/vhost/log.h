/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The library's log: rare events only, never one line per request. */

#ifndef VHOST_CRYPTO_LOG_H
#define VHOST_CRYPTO_LOG_H

#include <rte_log.h>

extern int vc_logtype;

/** Writes a line; @p level is ERR, WARNING, NOTICE, INFO or DEBUG. */
#define VC_LOG(level, fmt, ...)                                                                    \
	rte_log(RTE_LOG_##level, vc_logtype, "vhost_crypto: " fmt "\n", ##__VA_ARGS__)

#endif /* VHOST_CRYPTO_LOG_H */
