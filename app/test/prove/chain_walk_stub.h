/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * For proofs of what calls vc_walk_add_desc() and vc_walk_read_table(): these two have a model here
 * that does what walk_add.c and walk_table.c prove of them, and nothing else is known of it.
 * FINDS_SEGMENTS: whether the caller finds segments itself before it calls vc_walk_add_desc().
 */

#ifndef CHAIN_WALK_STUB_H
#define CHAIN_WALK_STUB_H

#include "prove_chain.h"
#include "prove_no_copies.h"

uint32_t any_segment;

static bool has_begun;
static uint64_t total;	  /* bytes of the segments so far */
static size_t walked;	  /* descriptors so far */
static size_t max_walked; /* descriptors that the tables have */

/** Any guest memory, and a chain to be filled of so many descriptors. */
static inline const struct vc_mem *
any_walk(struct vc_chain *c, size_t descriptors)
{
	max_walked = descriptors;
	any_segment = any_in(0, VC_CHAIN_MAX_SEGS - 1);
	any_room(c);
	return any_memory();
}

/** Proves what a caller has found itself; returns its bytes. */
static inline uint64_t
prove_found(const struct vc_mem *mem, const struct vc_chain *c, size_t nb)
{
	uint64_t sum = 0;
	size_t i;

	PROVE(segment_is_sound(mem, c, nb), "each segment lies in guest memory");
	for (i = 0; i < nb; i++)
		sum += c->segs[i].len;
	return sum;
}

struct vc_walk
vc_walk_add_desc(struct vc_walk old, struct vc_desc d)
{
	size_t nb = old.seg - old.chain->segs, more = ANY(size_t);
	size_t nb_read = old.writable != NULL ? old.writable - old.chain->segs : 0;
	uint64_t read_len = old.writable != NULL ? old.read_len : 0;
	struct vc_walk w = old;

	PROVE(walk_is_sound(old), "a walk goes on where it is sound");
	if (!has_begun && FINDS_SEGMENTS) {
		total = prove_found(old.mem, old.chain, nb);
		walked = nb;
	}
	PROVE(has_begun || FINDS_SEGMENTS || nb == 0, "a walk begins without segments");
	has_begun = true;
	walked++;
	PROVE(walked <= max_walked, "no more descriptors than the tables have");
	PROVE(total == old.len + read_len, "lengths are those of the segments");
	w.ret = ANY(int);
	if (ANY(bool) && old.chain->spare != NULL) {
		w.chain->segs = w.chain->spare;
		w.chain->max_segs = VC_CHAIN_MAX_SEGS;
		w.end = w.chain->segs + w.chain->max_segs;
	}
	ASSUME(more <= w.chain->max_segs - nb);
	w.seg = w.chain->segs + nb + more;
	if (w.writable != NULL)
		w.writable = w.chain->segs + nb_read;
	w.len += vc_desc_len(d);
	ASSUME(is_added(old, nb, nb_read, d, w));
	total += vc_desc_len(d);
	return w;
}

const void *
vc_walk_read_table(const struct vc_mem *mem, struct vc_desc d, struct vc_desc *copy)
{
	(void)mem;
	PROVE(__CPROVER_w_ok(copy, VC_CHAIN_MAX_SEGS * sizeof(*copy)), "there is room for a copy");
	max_walked = walked + vc_desc_len(d) / sizeof(d);
	return is_table_length(vc_desc_len(d)) ? malloc(vc_desc_len(d)) : NULL;
}

/** Proves what must hold of a chain that a walk hands out. */
static inline void
prove_chain(const struct vc_mem *mem, const struct vc_chain *c)
{
	size_t nb = (size_t)c->nb_read + c->nb_write;

	PROVE(nb > 0 && nb <= c->max_segs && c->max_segs <= VC_CHAIN_MAX_SEGS,
	      "segments are where there is room");
	PROVE(has_begun || FINDS_SEGMENTS, "a chain has segments");
	if (!has_begun && FINDS_SEGMENTS) {
		total = prove_found(mem, c, nb);
		PROVE(c->read_len == prove_found(mem, c, c->nb_read), "readable bytes are counted");
	}
	PROVE((uint64_t)c->read_len + c->write_len == total, "all bytes are counted");
}

#endif /* CHAIN_WALK_STUB_H */
