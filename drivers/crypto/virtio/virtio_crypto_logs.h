/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef VIRTIO_CRYPTO_LOGS_H
#define VIRTIO_CRYPTO_LOGS_H

#include <rte_log.h>

/** Log type "pmd.crypto.virtio". */
extern int virtio_crypto_logtype;

/** Logs one line; @p level is NOTICE, ERR, …; the rest is for printf, without a newline. */
#define VIRTIO_CRYPTO_LOG(level, ...)                                                              \
	rte_log(RTE_LOG_##level, virtio_crypto_logtype,                                            \
		RTE_FMT("virtio_crypto: " RTE_FMT_HEAD(__VA_ARGS__, ) "\n",                        \
			RTE_FMT_TAIL(__VA_ARGS__, )))

#endif /* VIRTIO_CRYPTO_LOGS_H */
