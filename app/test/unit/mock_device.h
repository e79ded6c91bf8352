/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A mock device for the driver in the same process. It records what the driver does, answers
 * requests of the control queue as the test has set it up, and leaves those of the data queue
 * until the test pops them.
 */

#ifndef MOCK_DEVICE_H
#define MOCK_DEVICE_H

#include "mock_transport.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_queue.h"
#include "wire_bytes.h"

/** Data queues that the device has, of which the driver uses one. */
#define MOCK_QUEUES 3
/** The id of every session. */
#define MOCK_SESSION 0x1122334455667788
/** Crypto feature without which requests have the older formats. */
#define MOCK_REVISION_1 1ULL
/** Crypto features: all of the symmetric services' stateless modes, and what they need. */
#define MOCK_STATELESS 0x1fULL

/** The device, and what it has seen. */
struct mock_device {
	uint64_t features;		    /**< crypto features to be negotiated */
	struct virtio_crypto_config config; /**< as the driver reads it */
	bool busy; /**< requests of the control queue wait for mock_answer() */
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

extern struct mock_device mock_device;
extern struct virtio_crypto_dev mock_dev;

/** Starts EAL and makes pools, runs the tests, and ends; the value is main()'s. */
struct unit_test;
int mock_main(const struct unit_test *tests, unsigned int count);

/** A device that is ready, has every algorithm, and was not met yet. */
void mock_reset(uint64_t features);

/** The driver meets the device. @return what virtio_crypto_lifecycle_init() returned */
int mock_probe(void);

/** The driver sets its data queue up and starts it. */
void mock_start(void);

/** The two, for a device with these crypto features. */
void mock_open(uint64_t features);

/** The driver leaves the device. */
void mock_close(void);

/** Answers the request of the control queue that waits. */
void mock_answer(void);

/** A session, or NULL if the driver or the device refuses it. */
void *mock_session_create(struct rte_crypto_sym_xform *xform);

/** Destroys a session. */
void mock_session_destroy(void *session);

/** An operation with one mbuf of so many bytes, all to be ciphered, authenticated or both. */
struct rte_crypto_op *mock_op(void *session, uint32_t len);

/** Frees an operation with its mbuf. */
void mock_op_free(struct rte_crypto_op *op);

/** Enqueues an operation. @return whether it was put onto the ring */
bool mock_enqueue(struct rte_crypto_op *op);

/**
 * Takes the next request from the data queue.
 *
 * @param b  receives all that the device may read
 * @return bytes that the device may write
 */
uint32_t mock_pop(struct wire_bytes *b);

/** Completes all that was taken with status OK, and dequeues it. @return operations dequeued */
unsigned int mock_complete(void);

#endif /* MOCK_DEVICE_H */
