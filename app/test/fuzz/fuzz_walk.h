/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The judge over the descriptor walker: what a chain is, by the plainest code there is. */

#ifndef FUZZ_WALK_H
#define FUZZ_WALK_H

#include "chain.h"
#include "vring.h"

/** What a walk is to come to, and to read for it. */
struct fuzz_walk {
	int ret;	/**< as vc_chain_walk() */
	uint64_t bytes; /**< of guest memory that it may read, each once */
	uint16_t room;	/**< segments that there may be */
	struct vc_chain chain;
	struct vc_seg segs[VC_CHAIN_MAX_SEGS];
};

/**
 * The chain of a split ring, in memory that does not change, or of an indirect table.
 *
 * @param like  what the walker is given
 */
void fuzz_walk(struct fuzz_walk *w, const struct vring_desc *table, uint32_t count,
	       struct vc_desc first, bool is_ring, const struct vc_mem *mem,
	       const struct vc_chain *like);

/** The same of a packed ring, of which the descriptors are in host memory. */
void fuzz_walk_packed(struct fuzz_walk *w, const struct vring_packed_desc *table, uint32_t count,
		      struct vc_desc first, bool is_ring, const struct vc_mem *mem,
		      const struct vc_chain *like);

/** Where a chain's status is, in memory that does not change; NULL: nowhere. */
uint8_t *fuzz_walk_status(const struct vc_vring *vr, struct vc_chain_head head,
			  const struct vc_mem *mem);

#endif /* FUZZ_WALK_H */
