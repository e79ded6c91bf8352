/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Where a host program's time goes, in cycles of the time stamp counter. meter.c, preloaded into
 * the host program, writes it to a file that bench_cycles maps and reads between two measurements.
 */

#ifndef METER_H
#define METER_H

#include <stdint.h>

struct meter {
	/* Of the library's calls that moved requests; the cryptodev's part is in it. */
	uint64_t calls;
	uint64_t cycles;
	/* Of the cryptodev's functions that those called; with DPDK's interface there are none. */
	uint64_t cdev_calls;
	uint64_t cdev_cycles;
	/* Of the calls that found nothing to do. */
	uint64_t idle_calls;
	uint64_t idle_cycles;
	/* What taking the time once adds to what is measured, mean. */
	uint64_t overhead_millicycles;
};

#endif /* METER_H */
