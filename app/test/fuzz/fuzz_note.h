/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The memory in which a queue notes its requests in flight, as a front-end has it: what stands in
 * it is anything, and changes when the front-end likes. Where the library maps such memory, it is
 * watched as the guest's is.
 */

#ifndef FUZZ_NOTE_H
#define FUZZ_NOTE_H

#include "fuzz_input.h"
#include "inflight.h"
#include "inflight_priv.h"

/** Makes memory for the note of a device with one data queue, once. */
void fuzz_note_init(void);

/** File descriptors that a front-end might send, of which only number 0 is right. */
int fuzz_note_fd(uint8_t which);

/** Empties the memory, for an input. */
void fuzz_note_reset(void);

/** Gives it to the device. */
void fuzz_note_set(struct vc_inflight_dev *keeper);

/**
 * Writes a note that may be right: as the last device left it, empty, of requests that wait in the
 * ring, or of anything; and spoils some of it.
 *
 * @param vr  the ring of a queue that has nothing in flight
 */
void fuzz_note_write(struct fuzz_input *in, const struct vc_vring *vr);

/** Writes anything to a place of the note. */
void fuzz_note_spoil(struct fuzz_input *in);

/** What is true of a queue that has nothing in flight, whatever stands in its note. */
void fuzz_note_check(const struct vc_inflight_queue *in);

/** Whether the library has such memory mapped. */
bool fuzz_note_is_mapped(void);

#endif /* FUZZ_NOTE_H */
