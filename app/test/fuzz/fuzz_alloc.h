/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file What the library under test has allocated. */

#ifndef FUZZ_ALLOC_H
#define FUZZ_ALLOC_H

/** Pieces that it has not freed. */
extern unsigned int fuzz_allocations;

#endif /* FUZZ_ALLOC_H */
