/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The time around a call, in cycles of the time stamp counter. */

#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#include <rte_atomic.h>
#include <rte_common.h>
#include <rte_cycles.h>

#define CLOCK_TRIES 100
#define CLOCK_PAIRS 1000

/**
 * The time, when all before it is done. Without that, processors take the time while they still
 * work, and a call of a few dozen cycles seems to cost none. It does not wait for what has been
 * written to reach the other side's processor, as nobody has to.
 */
static inline uint64_t
clock_now(void)
{
	rte_rmb();
	return rte_rdtsc();
}

/**
 * What two clock_now() add to what is between them, in thousandths of a cycle: the least of several
 * means, as whatever else the processor does meanwhile only adds to it.
 */
static inline uint64_t
clock_overhead_millicycles(void)
{
	uint64_t least = UINT64_MAX, sum, start;
	int try, i;

	for (try = 0; try < CLOCK_TRIES; try++) {
		for (i = 0, sum = 0; i < CLOCK_PAIRS; i++) {
			start = clock_now();
			sum += clock_now() - start;
		}
		least = RTE_MIN(least, sum);
	}
	return least * 1000 / CLOCK_PAIRS;
}

#endif /* CLOCK_H */
