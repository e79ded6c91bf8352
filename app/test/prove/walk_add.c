/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * vc_walk_add_desc() with any descriptor, in any state of a walk: one step of all walks, for any
 * number of segments that were found before.
 */

#include "prove_chain.h"

uint32_t any_segment;

/* Segments move, of which no more than ROOM are there, to the spare ones. */
void
prove_copied(void *to, const void *from, size_t len)
{
	const struct vc_seg *segs = from;
	struct vc_seg *spare = to;
	size_t i;

	for (i = 0; i < ROOM && i < len / sizeof(*segs); i++)
		spare[i] = segs[i];
}

int
main(void)
{
	struct vc_desc d = ANY(struct vc_desc);
	struct vc_walk w, old;
	struct vc_chain c;
	size_t nb, nb_read, i;
	uint64_t sum = 0;

	any_segment = any_in(0, VC_CHAIN_MAX_SEGS - 1);
	any_room(&c);
	if (c.spare != NULL && ANY(bool)) {
		c.segs = c.spare; /* they have moved already */
		c.max_segs = VC_CHAIN_MAX_SEGS;
	}
	nb = any_in(0, c.max_segs);
	nb_read = any_in(0, nb);
	old = vc_walk_begin(any_memory(), &c);
	old.seg = c.segs + nb;
	old.writable = ANY(bool) ? c.segs + nb_read : NULL;
	old.len = ANY(uint64_t);
	old.read_len = ANY(uint64_t);
	ASSUME(walk_is_sound(old) && segment_is_sound(old.mem, &c, nb));
	w = vc_walk_add_desc(old, d);
	PROVE(is_added(old, nb, nb_read, d, w), "the walk is sound, and one descriptor further");
	PROVE(w.ret != 0 || segment_is_sound(w.mem, &c, w.seg - c.segs),
	      "each segment lies in guest memory");
	for (i = nb; w.ret == 0 && i < (size_t)(w.seg - c.segs); i++)
		sum += c.segs[i].len;
	PROVE(w.ret != 0 || sum == vc_desc_len(d), "the segments are as long as the descriptor");
	return 0;
}
