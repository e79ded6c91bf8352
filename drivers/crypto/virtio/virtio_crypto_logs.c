/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "virtio_crypto_logs.h"

RTE_LOG_REGISTER(virtio_crypto_logtype, pmd.crypto.virtio, NOTICE)
