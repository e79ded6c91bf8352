/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>

#include "job.h"

struct layout
layout_linear(uint32_t len)
{
	struct layout l = { .src = { .nb_segs = 1, .seg = { len } } };

	l.dst = l.src;
	return l;
}

struct cut
cut_even(uint32_t len, unsigned int nb_segs)
{
	struct cut c = { .nb_segs = nb_segs };
	unsigned int i;

	for (i = 0; i < nb_segs; i++)
		c.seg[i] = (uint64_t)len * (i + 1) / nb_segs - (uint64_t)len * i / nb_segs;
	return c;
}

struct cut
cut_at(uint32_t len, uint32_t first)
{
	return (struct cut){ .nb_segs = 2, .seg = { first, len - first } };
}

struct cut
cut_random(struct rng *rng, uint32_t len, unsigned int nb_segs)
{
	struct cut c = cut_even(len, nb_segs);
	uint32_t i, n, j;

	/* Move random amounts between random segments, leaving each at least a byte. */
	for (i = 0; i < 2 * nb_segs; i++) {
		n = rng_range(rng, 0, nb_segs - 1);
		j = rng_range(rng, 0, nb_segs - 1);
		if (c.seg[n] > 1) {
			uint32_t moved = rng_range(rng, 1, c.seg[n] - 1);

			c.seg[n] -= moved;
			c.seg[j] += moved;
		}
	}
	return c;
}
