/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * What the status of a request that the device has written means to DPDK.
 */

#ifndef VIRTIO_CRYPTO_STATUS_H
#define VIRTIO_CRYPTO_STATUS_H

#include <errno.h>
#include <stdint.h>

#include <rte_crypto.h>

#include "virtio_crypto_wire.h"

/** Translates a status of the control queue, which may have any value, to 0 or a negative errno. */
static inline int
virtio_crypto_status_to_errno(uint32_t status)
{
	switch (status) {
	case VIRTIO_CRYPTO_OK:
		return 0;
	case VIRTIO_CRYPTO_NOTSUPP:
		return -ENOTSUP;
	case VIRTIO_CRYPTO_NOSPC:
		return -ENOSPC;
	case VIRTIO_CRYPTO_KEY_REJECTED:
		return -EKEYREJECTED;
	default:
		return -EIO;
	}
}

/** Translates a status of a data request, which may have any value, to one of an operation. */
static inline uint8_t
virtio_crypto_status_to_op(uint8_t status)
{
	switch (status) {
	case VIRTIO_CRYPTO_OK:
		return RTE_CRYPTO_OP_STATUS_SUCCESS;
	case VIRTIO_CRYPTO_NOTSUPP:
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	case VIRTIO_CRYPTO_INVSESS:
		return RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	default:
		return RTE_CRYPTO_OP_STATUS_ERROR;
	}
}

#endif /* VIRTIO_CRYPTO_STATUS_H */
