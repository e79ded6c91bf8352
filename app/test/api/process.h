/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_PROCESS_H
#define TEST_PROCESS_H

#include "test.h"

/**
 * @file
 * Processes that share a device: the primary one makes it what the cases of a secondary one need.
 */

/**
 * Create a session of a published answer and leave it where other processes find it; it is not
 * freed. Primary process.
 *
 * @return PASS, or SKIP or FAIL with the reason.
 */
enum verdict process_share(struct env *env);

#endif /* TEST_PROCESS_H */
