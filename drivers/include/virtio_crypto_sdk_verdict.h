/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef VIRTIO_CRYPTO_SDK_VERDICT_H
#define VIRTIO_CRYPTO_SDK_VERDICT_H

/**
 * @file
 * Private to the virtio_crypto_sdk_check*.c files.
 */

#include <stddef.h>

/** Returns 0 if nothing is @p wrong (NULL); or -ENOTSUP, and tells in @p reason what is. */
int virtio_crypto_sdk_verdict(const char *wrong, char *reason, size_t len);

#endif /* VIRTIO_CRYPTO_SDK_VERDICT_H */
