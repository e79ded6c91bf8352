/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Sessions of the cryptodev API, each of which all devices of this driver have.
 *
 * A session belongs to a driver: the application makes it by one device, uses it on any, and frees
 * it by any. So it is made on every device that is open, and a device that is started, or is found
 * again, is given what it lacks. What the session is made from is kept for that, with its keys,
 * until the application frees it; a device may be closed and come back meanwhile. Where a device
 * does not do what is asked for, operations of the session fail on that device alone.
 *
 * Control side, except for what data lcores look up.
 */

#ifndef VIRTIO_CRYPTO_SHARED_H
#define VIRTIO_CRYPTO_SHARED_H

#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_sym_session.h"

/** A session as another device than that which made it has it. */
struct virtio_crypto_shared_entry {
	uint64_t instance; /**< of the device */
	struct virtio_crypto_session_ref sym;
	struct virtio_crypto_asym_session_ref asym;
};

/** What a session of the cryptodev API is to the driver. In memory that processes share. */
struct virtio_crypto_shared {
	uint64_t maker; /**< instance of the device that has it in the cryptodev session itself */
	/** By number of the device, atomic; NULL where the device lacks it. */
	struct virtio_crypto_shared_entry *on[RTE_CRYPTO_MAX_DEVS];
	bool is_asym;
	bool listed; /**< in the primary process's list */
	union {
		struct rte_crypto_sym_xform sym[2];
		struct rte_crypto_asym_xform asym;
	} xform;
	TAILQ_ENTRY(virtio_crypto_shared) next; /**< under the lock of the list */
	size_t keys_len;
	uint8_t keys[]; /**< what xform leads to */
};

/** Makes a device one of those that have every session. Any process; without the lock. */
void virtio_crypto_shared_open(struct virtio_crypto_dev *dev);

/** Ends that: the device has no sessions any more. Any process; without the lock. */
void virtio_crypto_shared_close(struct virtio_crypto_dev *dev);

/** Makes the sessions that a device lacks. Primary process; without the lock. */
void virtio_crypto_shared_complete(struct virtio_crypto_dev *dev);

/**
 * Makes a session of the cryptodev API by a device.
 *
 * @param ref  its private data
 * @return as virtio_crypto_sym_session_create()
 */
int virtio_crypto_shared_create_sym(struct virtio_crypto_dev *dev,
				    const struct rte_crypto_sym_xform *xform,
				    struct virtio_crypto_session_ref *ref);

/** The same of an asymmetric one. */
int virtio_crypto_shared_create_asym(struct virtio_crypto_dev *dev,
				     const struct rte_crypto_asym_xform *xform,
				     struct virtio_crypto_asym_session_ref *ref);

/** Frees a session on all devices. */
void virtio_crypto_shared_destroy_sym(struct virtio_crypto_session_ref *ref);

/** See virtio_crypto_shared_destroy_sym(). */
void virtio_crypto_shared_destroy_asym(struct virtio_crypto_asym_session_ref *ref);

/**
 * Takes a session into the list of those that devices have to have. Primary process, asked by
 * another one; neither waits for devices nor allocates.
 */
void virtio_crypto_shared_list(struct virtio_crypto_shared *shared);

/** Takes it out of the list. @return 0, or -EBUSY if it is being made on a device */
int virtio_crypto_shared_unlist(struct virtio_crypto_shared *shared);

/**
 * Has the primary process list a session, or remove it from the list.
 *
 * @return 0; -EBUSY: to be asked again
 */
typedef int (*virtio_crypto_shared_set_listed_t)(const struct virtio_crypto_dev *dev,
						 struct virtio_crypto_shared *shared, bool listed);

/** Sets how this process does that. The default is for the primary process. */
void virtio_crypto_shared_use(virtio_crypto_shared_set_listed_t func);

/** The session as a device has it that did not make it; NULL if it lacks it. Data lcores. */
static inline const struct virtio_crypto_shared_entry *
virtio_crypto_shared_find(const struct virtio_crypto_shared *shared, uint8_t dev_id,
			  uint64_t instance)
{
	const struct virtio_crypto_shared_entry *on;

	if (shared == NULL)
		return NULL;
	on = __atomic_load_n(&shared->on[dev_id], __ATOMIC_ACQUIRE);
	return on != NULL && on->instance == instance ? on : NULL;
}

#endif /* VIRTIO_CRYPTO_SHARED_H */
