/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Sessions and operations of an application, for the fuzz target of the driver. */

#ifndef FUZZ_DRIVER_OPS_H
#define FUZZ_DRIVER_OPS_H

#include "fuzz_input.h"

/** Operations that are in flight at the most. */
#define FUZZ_DRIVER_OPS 64

/** Sessions, of which those of asymmetric operations come last. */
enum fuzz_driver_kind {
	CBC,
	CHAIN,
	CHAIN_DECRYPT,
	HASH_ONLY,
	GCM,
	GCM_DECRYPT,
	RSA,
	ECDSA,
	FUZZ_DRIVER_KINDS
};

/** Operations in flight, with what they write to. */
extern unsigned int fuzz_driver_in_flight;

/** Makes the pools, once. */
void fuzz_driver_ops_init(void);

/** Creates a session, in place of the one of this kind. */
void fuzz_driver_session_create(enum fuzz_driver_kind kind);

/** Destroys it if there is one. */
void fuzz_driver_session_destroy(enum fuzz_driver_kind kind);

/** Enqueues an operation, with a session of some kind. */
void fuzz_driver_enqueue(struct fuzz_input *in);

/** Dequeues operations, at most @p max. */
void fuzz_driver_dequeue(uint16_t max);

/** Ends the run if a mempool is not full. */
void fuzz_driver_ops_check(void);

#endif /* FUZZ_DRIVER_OPS_H */
