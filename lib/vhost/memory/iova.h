/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * IOVAs of DPDK's memory, by which cryptodevs that are hardware find it.
 *
 * Where they are physical addresses, two pages that follow one another need not do so there.
 */

#ifndef VHOST_CRYPTO_IOVA_H
#define VHOST_CRYPTO_IOVA_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_memory.h>

/** Objects beside those that are needed, of an array that lies in a few pages. */
#define VC_IOVA_SPARE 4

/**
 * Finds the IOVA of memory of DPDK's.
 *
 * @param len  in: bytes wanted; out: how many of them are contiguous from there
 */
rte_iova_t vc_iova_find(const void *va, uint32_t *len);

/** Whether memory of DPDK's is contiguous. */
bool vc_iova_is_contiguous(const void *va, uint32_t len);

/** The IOVA of memory of DPDK's that is contiguous, or of its first byte. */
rte_iova_t vc_iova_of(const void *va);

#endif /* VHOST_CRYPTO_IOVA_H */
