/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Messages that are right, of all types: what the target spoils. */

#ifndef FUZZ_MESSAGES_H
#define FUZZ_MESSAGES_H

#include "front_end.h"
#include "guest.h"

/** The front-end under test, and what it has at hand. */
struct fuzz_sender {
	struct fuzz_front_end front;
	struct fuzz_guest guest;
	uint64_t features; /**< that it accepts */
	int kick_fd;
	int call_fd;
	int err_fd;
	int log_fd;
	int channel_fd;
	int inflight_fd_own; /**< memory for requests in flight, if it was given none */
};

/** A message and the descriptors that belong to it. */
struct fuzz_draft {
	struct fuzz_message msg;
	int fds[FUZZ_MAX_FDS];
	unsigned int nb_fds;
};

/** Sizes of rings, right and wrong. */
uint32_t fuzz_ring_size(uint8_t code);

/** Moves a part of a ring to where something may go wrong; 0 leaves it where it should be. */
void fuzz_ring_move(struct fuzz_vring *ring, uint8_t code);

/**
 * Makes a message of a type, which may be none.
 *
 * @param index  ring, number of regions, kind of session, whatever comes first in it
 * @param num    what comes second, often a code for it
 */
void fuzz_draft_make(struct fuzz_draft *d, struct fuzz_sender *s, uint32_t request, uint8_t index,
		     uint8_t num);

#endif /* FUZZ_MESSAGES_H */
