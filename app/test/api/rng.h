/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_RNG_H
#define TEST_RNG_H

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Repeatable random numbers (splitmix64). Not for secrets.
 *
 * A generator belongs to one thread.
 */

/** A generator; any value of the state is a valid start. */
struct rng {
	uint64_t state;
};

/** The next 64 random bits. */
uint64_t rng_next(struct rng *rng);

/** A number from @p low to @p high, both included; @p low must not be above @p high. */
uint32_t rng_range(struct rng *rng, uint32_t low, uint32_t high);

/** Fill @p len bytes at @p data. */
void rng_fill(struct rng *rng, void *data, size_t len);

#endif /* TEST_RNG_H */
