/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The control thread of the library, without a thread: the harness says when it runs. */

#ifndef FUZZ_CONTROL_H
#define FUZZ_CONTROL_H

#include <stdbool.h>

/** Handles an event if there is one. */
bool fuzz_control_run(void);

#endif /* FUZZ_CONTROL_H */
