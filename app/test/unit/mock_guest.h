/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A mock guest: it has one device of the library in the same process, with the
 * cryptodevs GUEST_CRYPTODEV (0) and crypto_openssl (1) behind it, and one data queue of that
 * device.
 */

#ifndef MOCK_GUEST_H
#define MOCK_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_ring.h>

#include "wire_bytes.h"

/** The first cryptodev. */
#ifndef GUEST_CRYPTODEV
#define GUEST_CRYPTODEV "crypto_null"
#endif
/** Entries of the data queue's ring. */
#ifndef GUEST_RING
#define GUEST_RING 8
#endif
/** Sessions that the device has. */
#define GUEST_SESSIONS 16
/** Bytes of content that a request may have. */
#define GUEST_MAX_SIZE 2048

/** @name Features to negotiate, besides those without which nothing works */
/**@{*/
#define GUEST_REVISION_1	 (1ULL << 0)
#define GUEST_STATELESS_CIPHER	 (1ULL << 1 | GUEST_REVISION_1)
#define GUEST_STATELESS_HASH	 (1ULL << 2 | GUEST_REVISION_1)
#define GUEST_STATELESS_MAC	 (1ULL << 3 | GUEST_REVISION_1)
#define GUEST_STATELESS_AEAD	 (1ULL << 4 | GUEST_REVISION_1)
#define GUEST_STATELESS_AKCIPHER (1ULL << 5 | GUEST_REVISION_1)
#define GUEST_PACKED		 (1ULL << 34) /* for guest_send_chain() only */
#define GUEST_IN_ORDER		 (1ULL << 35)
/**@}*/

struct unit_test;
struct rte_vhost_crypto_device;

/** What the next device takes: GUEST_MAX_SIZE, where a test does not want another size. */
extern uint32_t guest_max_size;

/** How many of the two cryptodevs the next device has: both, where a test does not want one. */
extern uint8_t guest_nb_cdevs;
/** Which they are: 0 and 1. */
extern uint8_t guest_cdevs[8];

/** Maps memory for a region, with nothing mapped before and behind it. @return NULL: no memory */
uint8_t *guest_map_area(size_t size);

/** Starts EAL and the cryptodevs, runs the tests, and ends; the value is main()'s. */
int guest_main(const struct unit_test *tests, unsigned int count);

/** Makes the device and starts its queue, with these crypto features negotiated. */
struct rte_vhost_crypto_device *guest_open(uint64_t features);

/** The same for an lcore that sleeps; @p kickfd is how the guest notifies, -1: it does not. */
struct rte_vhost_crypto_device *guest_open_events(uint64_t features, int epoll_fd, int kickfd);

/** Starts the queue again after it was stopped. 0 or -errno. */
int guest_start(void);

/** Starts it where it has stopped. 0 or -errno. */
int guest_resume(void);

/** Starts the data queue of another device on the same ring. 0 or -errno. */
int guest_start_other(struct rte_vhost_crypto_device *other);

/** Starts the control queue, on the ring of the data queue, which is not used meanwhile. */
int guest_start_control(int kickfd);

/** Has the ring be that of a queue that begins, with nothing in it. */
void guest_clear_ring(void);

/** Puts descriptors into the table as guest_send_chain() does; serves nothing. */
void guest_put_chain(const struct vring_desc *chain, unsigned int nb);

/** Stops the queue and frees the device. */
void guest_close(void);

/**
 * Sends a request on the control queue.
 *
 * @param answer  receives @p room bytes: what the device wrote, and 0xee where it wrote nothing
 * @return bytes that the device says it wrote
 */
uint32_t guest_control(const struct wire_bytes *request, void *answer, uint32_t room);

/** Sends a request to create a session. @p id receives its id. @return the status */
uint32_t guest_create(const struct wire_bytes *request, uint64_t *id);

/** Creates a session of a cipher, in the format negotiated. @return its id */
uint64_t guest_create_cipher(uint32_t algo, uint32_t direction, const void *key, uint32_t key_len);

/** Creates a session of AES-CBC and HMAC-SHA1 in an order. @return its id */
uint64_t guest_create_chain(uint32_t order, uint32_t direction, const void *key, uint32_t key_len,
			    const void *auth_key, uint32_t auth_key_len);

/** Sends a request to destroy a session, in the format negotiated. @return the status */
uint8_t guest_destroy(uint32_t opcode, uint64_t id);

/**
 * Sends a request on the data queue and waits for its end.
 *
 * @param result  @p room bytes that the device may write before the status: as they are, and then
 *                as the device left them
 * @return the status; 0xee if the device wrote none
 */
uint8_t guest_send(const struct wire_bytes *request, void *result, uint32_t room);

/**
 * Puts descriptors into the table as they are, at most GUEST_RING of them; makes the first one
 * available, and waits until it comes back. A packed ring has them one behind the other.
 *
 * @return bytes that the device says it wrote
 */
uint32_t guest_send_chain(const struct vring_desc *chain, unsigned int nb);

/**
 * Makes several requests available at once, each of one descriptor, at most GUEST_RING of them;
 * serves none of them.
 */
void guest_put_burst(const struct vring_desc *requests, unsigned int nb);

/**
 * Waits until all of a burst are back, in whatever order.
 *
 * @param written  receives for each the bytes that the device says it wrote
 */
void guest_wait_burst(unsigned int nb, uint32_t *written);

/** Makes what is in the table available again, by any head. @return as guest_send_chain() */
uint32_t guest_send_head(uint16_t head);

/**
 * Sends a chain as guest_send_chain() does, of which it is open whether the queue stops at it; if
 * so, the guest sets it up again.
 *
 * @return whether it came back
 */
bool guest_try_chain(const struct vring_desc *chain, unsigned int nb);

/**
 * Puts descriptors into the table as guest_send_chain() does: the queue is to stop at them, with
 * nothing given back. Then the guest sets it up again.
 */
void guest_stop_at_chain(const struct vring_desc *chain, unsigned int nb);

/** The same of any head. */
void guest_stop_at_head(uint16_t head);

/** Makes the last request of guest_send() available again, 8 times at most; serves none of them. */
void guest_repeat(unsigned int nb);

/**
 * Spoils each field of 32 bits of a request in many ways, and sends it: on the data queue, or on
 * the control queue if @p control is set.
 *
 * @param allowed  bits of the statuses that may come; any other is a failure
 * @return bits of the statuses that came
 */
uint32_t guest_sweep(const struct wire_bytes *request, uint32_t room, bool control,
		     uint32_t allowed);

#endif /* MOCK_GUEST_H */
