/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Memory that driver and device share.
 */

#ifndef VIRTIO_CRYPTO_MEM_H
#define VIRTIO_CRYPTO_MEM_H

#include <stddef.h>
#include <stdint.h>

#include "virtio_crypto_dev.h"

struct rte_memzone;

/**
 * Reserves zeroed memory, contiguous in the address space of the device.
 *
 * @param dev        device
 * @param queue      number of the queue that uses it
 * @param size       bytes
 * @param socket_id  NUMA socket, or SOCKET_ID_ANY
 * @param addr       receives the address for the device
 * @return NULL, after a line in the log, without memory
 */
const struct rte_memzone *virtio_crypto_mem_reserve(const struct virtio_crypto_dev *dev,
						    uint16_t queue, size_t size, int socket_id,
						    uint64_t *addr);

#endif /* VIRTIO_CRYPTO_MEM_H */
