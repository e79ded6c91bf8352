/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Descriptor chains of packed rings. Thread: the one that serves the queue. */

#ifndef VHOST_CRYPTO_CHAIN_PACKED_H
#define VHOST_CRYPTO_CHAIN_PACKED_H

#include "chain.h"

/**
 * Walks the chain of a packed ring.
 *
 * @param copies  its descriptors in host memory, little endian
 * @param count   their number, at least 1
 * @param mem     guest memory
 * @param chain   as for vc_chain_walk()
 * @return as vc_chain_walk(); loops and invalid indexes cannot occur
 */
int vc_chain_walk_packed(const struct vring_packed_desc *copies, uint16_t count,
			 const struct vc_mem *mem, struct vc_chain *chain);

/** Walks a chain in the indirect table of a packed ring, see vc_chain_walk_table(). */
int vc_chain_walk_packed_table(const struct vring_packed_desc *table, uint32_t count,
			       struct vc_desc first, const struct vc_mem *mem,
			       struct vc_chain *chain);

#endif /* VHOST_CRYPTO_CHAIN_PACKED_H */
