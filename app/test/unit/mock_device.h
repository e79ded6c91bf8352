/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A device, played by a test, for the driver in the same process. It notes what the driver does,
 * answers requests of the control queue as it is told to, and leaves those of the one data queue
 * where they are until the test takes them.
 */

#ifndef UNIT_PLAYED_H
#define UNIT_PLAYED_H

#include "mock_transport.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_queue.h"
#include "wire_bytes.h"

/** Data queues that the device has, of which the driver uses one. */
#define PLAYED_QUEUES 3
/** The id of every session. */
#define PLAYED_SESSION 0x1122334455667788
/** Crypto feature without which requests have the older formats. */
#define PLAYED_REVISION_1 1ULL
/** Crypto features: all of the symmetric services' stateless modes, and what they need. */
#define PLAYED_STATELESS 0x1fULL

/** The device, and what it has seen. */
struct played {
	uint64_t features;		    /**< crypto features to be negotiated */
	struct virtio_crypto_config config; /**< as the driver reads it */
	bool busy; /**< requests of the control queue wait for played_answer() */
	unsigned int config_reads;
	unsigned int requests;	   /**< on the control queue */
	struct wire_bytes request; /**< the last one of them */
	uint32_t request_room;	   /**< bytes that the device could write to it */
	uint32_t status;	   /**< of sessions that are to be created */
	uint32_t (*decide)(const struct wire_bytes *request); /**< tells it instead, if set */
	uint32_t astray;	 /**< how far the head is off that the device returns then */
	unsigned int kicks;	 /**< of the data queue */
	unsigned int failures;	 /**< times that the driver gave the device up */
	unsigned int nb_started; /**< virtqueues, in their order */
	uint16_t started[8];
	uint16_t taken; /**< next entry of the available ring of the data queue */
};

extern struct played played;
extern struct virtio_crypto_dev played_dev;

/** Starts EAL and makes pools, runs the tests, and ends; the value is main()'s. */
struct unit_test;
int played_main(const struct unit_test *tests, unsigned int count);

/** A device that is ready, has every algorithm, and was not met yet. */
void played_reset(uint64_t features);

/** The driver meets the device. @return what virtio_crypto_lifecycle_init() returned */
int played_meet(void);

/** The driver sets its data queue up and starts it. */
void played_start(void);

/** The two, for a device with these crypto features. */
void played_open(uint64_t features);

/** The driver leaves the device. */
void played_close(void);

/** Answers the request of the control queue that waits. */
void played_answer(void);

/** A session, or NULL if the driver or the device refuses it. */
void *played_session(struct rte_crypto_sym_xform *xform);

/** Destroys a session. */
void played_session_end(void *session);

/** An operation with one mbuf of so many bytes, all to be ciphered, authenticated or both. */
struct rte_crypto_op *played_op(void *session, uint32_t len);

/** Frees an operation with its mbuf. */
void played_op_free(struct rte_crypto_op *op);

/** Enqueues an operation. @return whether it was put onto the ring */
bool played_enqueue(struct rte_crypto_op *op);

/**
 * Takes the next request from the data queue.
 *
 * @param b  receives all that the device may read
 * @return bytes that the device may write
 */
uint32_t played_take(struct wire_bytes *b);

/** Completes all that was taken with status OK, and dequeues it. @return operations dequeued */
unsigned int played_finish(void);

#endif /* UNIT_PLAYED_H */
