/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Descriptor chains in the guest's memory: laid out in many ways, spoilt, and judged. */

#ifndef FUZZ_CHAIN_H
#define FUZZ_CHAIN_H

#include <linux/virtio_ring.h>

#include "fuzz_memory.h"
#include "fuzz_requests.h"

/** Descriptors of one chain at most. */
#define FUZZ_DESCS 48

/** A chain in the making: descriptors as of a split ring, without their next. */
struct fuzz_chain {
	unsigned int nb;
	struct vring_desc descs[FUZZ_DESCS];
	uint64_t table; /**< guest address of an indirect table to put them into, or 0 */
};

/** Where the harness puts the next bytes into guest memory; starts with each input. */
void fuzz_chain_reset(void);

/** Puts a request into guest memory, with room for an answer of a request in @p content. */
void fuzz_chain_lay(struct fuzz_input *in, struct fuzz_chain *c, const struct wire_bytes *head,
		    const struct fuzz_content *content);

/**
 * Writes the next fields of a chain whose descriptors follow each other in a table, and spoils
 * some of the fields.
 *
 * @param first   index in the table of the first one
 * @param size    of the table
 * @param packed  an indirect table is one of a packed ring
 */
void fuzz_chain_link(struct fuzz_input *in, struct fuzz_chain *c, uint16_t first, uint16_t size,
		     bool packed);

#endif /* FUZZ_CHAIN_H */
