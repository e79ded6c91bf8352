/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Included in front of every source of a proof: a model of guest memory.
 *
 * Guest memory has no contents. The library loads it by __atomic_load_n() and memcpy(); each load
 * yields any value, and a second load of the same place yields another one. The model asserts that
 * what is loaded or stored lies inside an object.
 */

#ifndef PROVE_H
#define PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef PROVING /* for a compiler, which checks the syntax only */
void __CPROVER_assume(bool condition);
void __CPROVER_assert(bool condition, const char *what);
bool __CPROVER_r_ok(const void *at, size_t len);
bool __CPROVER_w_ok(const void *at, size_t len);
#endif

/** Leaves out the cases in which this does not hold. */
#define ASSUME(condition) __CPROVER_assume(condition)
/** Has to hold in all cases that are left. */
#define PROVE(condition, what) __CPROVER_assert(condition, what)

/** Any value of a type: a variable that is not initialised has any value here. */
#define ANY(type)                                                                                  \
	({                                                                                         \
		type prove_any;                                                                    \
		prove_any;                                                                         \
	})

/** Any value from @p low to @p high. */
static inline uint64_t
any_in(uint64_t low, uint64_t high)
{
	uint64_t value = ANY(uint64_t);

	ASSUME(value >= low && value <= high);
	return value;
}

/** What memcpy() leaves in the destination, as far as a proof needs it; the proof defines it. */
void prove_copied(void *to, const void *from, size_t len);

static inline void *
prove_memcpy(void *to, const void *from, size_t len)
{
	PROVE(len == 0 || __CPROVER_r_ok(from, len), "a copy is read inside of one object");
	PROVE(len == 0 || __CPROVER_w_ok(to, len), "a copy is written inside of one object");
	prove_copied(to, from, len);
	return to;
}

#define memcpy	prove_memcpy
#define memmove prove_memcpy

#undef __atomic_load_n
#define __atomic_load_n(from, order)                                                               \
	({                                                                                         \
		__typeof__(*(from)) prove_value;                                                   \
		PROVE(__CPROVER_r_ok((const void *)(from), sizeof(*(from))),                       \
		      "a load is inside of an object");                                            \
		prove_value;                                                                       \
	})

#endif /* PROVE_H */
