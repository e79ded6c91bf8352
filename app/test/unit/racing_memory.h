/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A page of guest memory that changes between two accesses to it, as a guest can make it with
 * another of its processors, but at a moment that the test chooses.
 *
 * The page is protected, so that each access faults; the access is then let through alone, by the
 * processor's single steps, and counted. This takes an x86 processor.
 */

#ifndef RACING_MEMORY_H
#define RACING_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#define CHANGING_SIZE 4096

/** Whether there is such a page on this machine. */
#if defined(__x86_64__)
#define CHANGING_WORKS 1
#else
#define CHANGING_WORKS 0
#endif

/** Makes the page, once. @return where the code under test is to see it, or NULL */
uint8_t *changing_page(void);

/**
 * Begins to count accesses.
 *
 * @param now    first bytes of the page
 * @param then   what they are after so many accesses
 * @param len    their number
 * @param after  accesses before the change
 */
void changing_begin(const void *now, const void *then, size_t len, unsigned int after);

/** Ends it; the page can be used without cost. @return accesses that there were */
unsigned int changing_end(void);

#endif /* RACING_MEMORY_H */
