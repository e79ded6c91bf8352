/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_DEVICE_H
#define TEST_DEVICE_H

#include "test.h"

/**
 * @file
 * Setting up and resetting the device under test. Main thread.
 */

/** Choose the device of the options and make the pools. @return 0, or -1 with a message. */
int device_open(struct env *env);

/** Free the pools and close the device, if a case has not. @return 0, or -1 with a message. */
int device_close(struct env *env);

/**
 * Stop the device if it runs, configure it and start it.
 *
 * @return 0 or the negative error of the call that failed; env::reason names that call.
 */
int device_setup(struct env *env, uint16_t nb_qps, uint16_t nb_desc);

/** Set it up as the options say. @return as device_setup(). */
int device_restore(struct env *env);

/** Stop it. Operations in flight must have been dequeued. */
void device_stop(struct env *env);

/** What is in the pools, to find out what a case did not give back. */
struct pool_levels {
	unsigned int ops;
	unsigned int sessions;
	unsigned int small;
	unsigned int large;
	unsigned int asym_ops;
	unsigned int asym_sessions;
};

/** The levels now. */
struct pool_levels device_pool_levels(const struct env *env);

/** Compare the levels of before a case with those of now. @return PASS or FAIL. */
enum verdict device_check_pools(struct env *env, const struct pool_levels *before);

#endif /* TEST_DEVICE_H */
