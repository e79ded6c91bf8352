/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file What must be true of the process, whatever a front-end does. */

#ifndef FUZZ_ORACLES_H
#define FUZZ_ORACLES_H

#include <stdbool.h>
#include <stdint.h>

/** What the process holds. */
struct fuzz_holdings {
	unsigned int fds;
	unsigned int files; /**< mapped to be shared */
	unsigned int threads;
	uint64_t heap;	 /**< bytes of DPDK's heap */
	uint64_t malloc; /**< bytes of the C library's */
};

void fuzz_holdings_count(struct fuzz_holdings *h);

/** Waits until all of it is back to what it was; false: it does not come to that. */
bool fuzz_holdings_return(const struct fuzz_holdings *before);

/** Says what is not back. */
void fuzz_holdings_print(const struct fuzz_holdings *before);

/** Ends the run if the process has more and more mappings of any kind. Takes long. */
void fuzz_mappings_must_be_bounded(void);

/** From here on signals and standstill end the run with a failure. */
void fuzz_oracles_init(void);

/** Tells that the harness's thread, which is the lcore, too, goes on; before and after an input. */
void fuzz_alive(void);

/** A time in which something has to be done by another thread. */
struct fuzz_deadline {
	uint64_t at;	 /**< us */
	uint64_t cpu_at; /**< us that this thread has worked */
};

/** Of so many milliseconds from now on. */
struct fuzz_deadline fuzz_deadline_in(unsigned int ms);

/**
 * Whether it is over, and this thread, which looks at it all the time, has worked for a third of
 * it: so have others been able to, however busy the machine is.
 */
bool fuzz_deadline_is_over(const struct fuzz_deadline *deadline);

/** Lets other threads work. */
void fuzz_yield(void);

#endif /* FUZZ_ORACLES_H */
