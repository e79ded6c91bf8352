/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Descriptor chains of split rings. Thread: the one that serves the queue. */

#ifndef VHOST_CRYPTO_CHAIN_SPLIT_H
#define VHOST_CRYPTO_CHAIN_SPLIT_H

#include "chain.h"

/**
 * Walks the chain of a split ring.
 *
 * @param desc   descriptor table, @p size entries
 * @param size   queue size
 * @param first  first descriptor of the chain, read from the table
 * @param mem    guest memory
 * @param chain  segs, spare and max_segs set; the rest is filled
 * @return 0; -EAGAIN: no spare list is free; -EINVAL: the chain is invalid (loop, too long, index
 *         out of range, nested or empty indirect table, writable before readable descriptor, length
 *         0, unmapped address)
 */
int vc_chain_walk(const struct vring_desc *desc, uint16_t size, struct vc_desc first,
		  const struct vc_mem *mem, struct vc_chain *chain);

/**
 * Walks a chain in the table of an indirect descriptor.
 *
 * @param table  found by vc_chain_find_table()
 * @param count  number of descriptors
 * @param first  the first descriptor, read from the table
 */
int vc_chain_walk_table(const struct vring_desc *table, uint32_t count, struct vc_desc first,
			const struct vc_mem *mem, struct vc_chain *chain);

#endif /* VHOST_CRYPTO_CHAIN_SPLIT_H */
