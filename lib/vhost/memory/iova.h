/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * IOVAs of DPDK's memory, which hardware cryptodevs use.
 *
 * In IOVA as PA mode, two pages with consecutive virtual addresses need not have consecutive IOVAs.
 */

#ifndef VHOST_CRYPTO_IOVA_H
#define VHOST_CRYPTO_IOVA_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_memory.h>

/** Spare objects of an array, in place of those that a page boundary cuts. */
#define VC_IOVA_SPARE 4

/**
 * Finds the IOVA of DPDK memory.
 *
 * @param len  in: bytes requested; out: how many of them are contiguous
 */
rte_iova_t vc_iova_find(const void *va, uint32_t *len);

/** Whether DPDK memory is contiguous. */
bool vc_iova_is_contiguous(const void *va, uint32_t len);

/** IOVA of DPDK memory that is contiguous, or of its first byte. */
rte_iova_t vc_iova_of(const void *va);

#endif /* VHOST_CRYPTO_IOVA_H */
