/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The canary: a second guest, which means well, at a device of its own. Nobody else may read or
 * write its memory, and it gets what it asks for in time.
 */

#ifndef FUZZ_CANARY_H
#define FUZZ_CANARY_H

#include <stddef.h>
#include <stdint.h>

/** Makes its memory; the part that is never used by its requests is mapped beside others'. */
void fuzz_canary_init(void);

/** Connects, creates a session, starts its ring. Ends the run if that takes too long. */
void fuzz_canary_connect(void);

void fuzz_canary_close(void);

/** Creates and destroys a session, and has data ciphered; both in time, or the run ends. */
void fuzz_canary_work(void);

/** @p meanwhile is called again and again while it waits. NULL: nothing. */
void fuzz_canary_disturb(void (*meanwhile)(void *arg), void *arg);

/** Ends the run if its memory was written by anybody else. */
void fuzz_canary_check(void);

/** Ends the run if memory of another guest has anything of the canary's. */
void fuzz_canary_search(const uint8_t *mem, size_t size);

#endif /* FUZZ_CANARY_H */
