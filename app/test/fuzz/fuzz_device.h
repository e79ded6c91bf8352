/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A device of the library, with cryptodevs that work, and the guest that has it. The guest has one
 * ring, of a data queue or of the control queue.
 */

#ifndef FUZZ_DEVICE_H
#define FUZZ_DEVICE_H

#include "device.h"
#include "fuzz_chain.h"
#include "fuzz_memory.h"

/** Bytes of content that a request may have. */
#define FUZZ_MAX_SIZE 0x30000
/** Sessions that the guest remembers. */
#define FUZZ_SESSIONS 16

/** The guest's ring. */
struct fuzz_ring {
	uint16_t size;
	uint16_t base; /**< where it goes on */
	bool packed;
	union {
		struct vring_desc *desc;
		struct vring_packed_desc *packed_desc;
	};
	struct vring_avail *avail;
	struct vring_used *used;
	uint16_t next; /**< descriptor to be written next; packed: its place */
};

extern struct fuzz_ring fuzz_ring;

/** Starts EAL and the cryptodevs and maps the guest's memory, once. */
void fuzz_device_init(void);

/** The device for an input, with empty memory, a ring that is set up, and no session. */
struct rte_vhost_crypto_device *fuzz_device_open(struct fuzz_input *in);

/** Starts the data queue on the ring. 0 or -errno. */
int fuzz_device_start(struct rte_vhost_crypto_device *dev);

/** Starts the control queue on the ring, with the control lock held. 0 or -errno. */
int fuzz_device_start_control(struct rte_vhost_crypto_device *dev, int kickfd);

/** Nothing of the guest is left; ends the run if it is. The queues are stopped. */
void fuzz_device_close(struct rte_vhost_crypto_device *dev);

/** Makes a chain available, with some of it spoilt. */
void fuzz_ring_put(struct fuzz_input *in, struct fuzz_chain *c);

/** Writes anything to the ring or to memory. */
void fuzz_ring_spoil(struct fuzz_input *in);

#endif /* FUZZ_DEVICE_H */
