/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include "rng.h"

uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = (rng->state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint32_t
rng_range(struct rng *rng, uint32_t low, uint32_t high)
{
	return low + rng_next(rng) % ((uint64_t)high - low + 1);
}

void
rng_fill(struct rng *rng, void *data, size_t len)
{
	uint8_t *p = data;
	uint64_t word;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		word = rng_next(rng);
		memcpy(p, &word, sizeof(word));
	}
	word = rng_next(rng);
	memcpy(p, &word, len);
}
