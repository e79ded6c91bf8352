/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A hostile device for the driver: config space, features, statuses of control requests and used
 * rings are what the input says. What both sides share is memory that changes.
 */

#ifndef FUZZ_DRIVER_DEVICE_H
#define FUZZ_DRIVER_DEVICE_H

#include "fuzz_input.h"
#include "virtio_crypto_queue.h"

/** The device as the driver sees it. */
struct fuzz_peer {
	uint64_t features;
	struct virtio_crypto_config config;
	bool alive;
	unsigned int failures;
	/* The next answers of the control queue. */
	uint32_t status;
	uint32_t used_id; /**< bits that are wrong in the id of the used entry */
	uint64_t session;
	/* Of the data queue: next entry to pop and next entry to use; off_wrap of a packed ring. */
	uint16_t popped;
	uint16_t used;
};

extern struct fuzz_peer fuzz_peer;
extern struct virtio_crypto_dev fuzz_driver_dev;

/** The queue of the driver, NULL if it has none. */
struct virtio_crypto_queue *fuzz_driver_queue(void);

/** Sets up a device that has everything, and then spoils some of that. */
void fuzz_peer_reset(struct fuzz_input *in);

/** Has the driver probe the device and start its queue. @return false if the driver refuses it */
bool fuzz_driver_open(void);

/** Frees what the driver has, once no operation is in flight. */
void fuzz_driver_close(void);

/** Has the device complete the next request, with some of that spoilt. */
void fuzz_peer_complete(struct fuzz_input *in, bool spoilt);

/** Writes anything to shared memory. */
void fuzz_peer_spoil_memory(struct fuzz_input *in);

/** Writes anything to the used ring. */
void fuzz_peer_spoil_used(struct fuzz_input *in);

#endif /* FUZZ_DRIVER_DEVICE_H */
