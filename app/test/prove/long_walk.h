/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * What holds of vc_chain_walk_long(), for any request of a ring and any guest memory.
 *
 * Guest memory is what vc_mem_find() finds; ring_locate.c and walk_add.c prove that function. Its
 * model here finds nothing, or any part of the requested range, whatever it found before; of less
 * than a descriptor, all.
 */

#ifndef LONG_WALK_H
#define LONG_WALK_H

#include <stdlib.h>

#include "chain_long.h"
#include "prove_no_copies.h"

/** Guest memory: more than a descriptor can name, twice. */
static uint8_t mapped[UINT64_C(1) << 33];

uint8_t *
vc_mem_find(const struct vc_mem *mem, uint64_t gpa, uint64_t *len)
{
	(void)mem;
	(void)gpa;
	PROVE(*len > 0, "some bytes are asked for");
	if (ANY(bool))
		return NULL;
	if (*len >= sizeof(struct vc_desc))
		*len = any_in(1, *len);
	return mapped + any_in(0, sizeof(mapped) - *len);
}

static inline bool
is_mapped(const uint8_t *va, uint64_t len)
{
	uint64_t off = (uintptr_t)va - (uintptr_t)mapped;

	return off < sizeof(mapped) && len <= sizeof(mapped) - off;
}

static inline void
prove_end(const struct vc_chain *c, const struct vc_chain_end *end)
{
	size_t nb = (size_t)c->nb_read + c->nb_write, i;
	uint64_t total = 0;

	PROVE(nb <= c->max_segs, "segments are where there is room");
	PROVE(end->status == NULL || is_mapped(end->status, 1), "the status is mapped");
	PROVE(end->nb_desc <= RING + VC_CHAIN_LONG_MAX_DESCS,
	      "no more descriptors than the ring and a table have");
	for (i = 0; i < nb; i++) {
		PROVE(c->segs[i].len > 0 && is_mapped(c->segs[i].va, c->segs[i].len),
		      "each segment is mapped");
		total += c->segs[i].len;
	}
	PROVE((uint64_t)c->read_len + c->write_len == total, "all bytes are counted");
}

/** Walks the chain of a request that waits in a ring, and proves what comes of it. */
static inline void
prove_long_walk(const struct vc_vring *vr, struct vc_chain_head head)
{
	static struct vc_seg segs[VC_CHAIN_MAX_SEGS];
	struct vc_chain c = { .segs = segs, .max_segs = VC_CHAIN_MAX_SEGS };
	static const struct vc_mem mem;
	struct vc_chain_end end;
	int ret;

	ret = vc_chain_walk_long(vr, head, &mem, &c, &end);
	prove_end(&c, &end);
	PROVE(ret != 0 || (end.status != NULL && c.nb_write > 0),
	      "a chain that can be served has a status");
}

#endif /* LONG_WALK_H */
