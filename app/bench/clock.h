/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The time around a call, in cycles of the time stamp counter. */

#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#include <rte_atomic.h>
#include <rte_cycles.h>

#define CLOCK_CALIBRATION 100000

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

/** What two clock_now() add to what is between them, in thousandths of a cycle. */
static inline uint64_t
clock_overhead_millicycles(void)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < CLOCK_CALIBRATION; i++) {
		uint64_t start = clock_now();

		sum += clock_now() - start;
	}
	return sum * 1000 / CLOCK_CALIBRATION;
}

#endif /* CLOCK_H */
