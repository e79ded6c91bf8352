/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The in-flight region of a queue, as a front-end has it: what stands in
 * it is anything, and changes when the front-end likes. Where the library maps such memory, it is
 * watched as the guest's is.
 */

#ifndef FUZZ_INFLIGHT_H
#define FUZZ_INFLIGHT_H

#include "fuzz_input.h"
#include "inflight.h"
#include "inflight_priv.h"

/** Makes the in-flight region of a device with one data queue, once. */
void fuzz_inflight_init(void);

/** File descriptors that a front-end might send, of which only number 0 is right. */
int fuzz_inflight_fd(uint8_t which);

/** Empties the memory, for an input. */
void fuzz_inflight_reset(void);

/** Gives it to the device. */
void fuzz_inflight_set(struct vc_inflight_dev *keeper);

/**
 * Writes a region that may be valid: as the last device left it, empty, of requests that wait in
 * the ring, or of anything; and spoils some of it.
 *
 * @param vr  the ring of a queue that has nothing in flight
 */
void fuzz_inflight_write(struct fuzz_input *in, const struct vc_vring *vr);

/** Writes anything to a field of the region. */
void fuzz_inflight_spoil(struct fuzz_input *in);

/** What is true of a queue that has nothing in flight, whatever its region has. */
void fuzz_inflight_check(const struct vc_inflight_queue *in);

/** Whether the library has such memory mapped. */
bool fuzz_inflight_is_mapped(void);

#endif /* FUZZ_INFLIGHT_H */
