/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Shared sessions: sessions of the cryptodev API exist on all devices of this driver.
 *
 * A session belongs to a driver: the application creates it through one device, uses it on any, and
 * frees it through any. So it is created on every open device, and again on a device that is
 * started or restored without it. The driver keeps a copy of its transforms, with the keys, until
 * the application frees the session; a device may be closed and opened again meanwhile. On a device
 * that does not support the session, its operations fail.
 *
 * Control side, except for the look-up by data lcores.
 */

#ifndef VIRTIO_CRYPTO_SHARED_H
#define VIRTIO_CRYPTO_SHARED_H

#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_sym_session.h"

/** A session on a device other than the one that created it. */
struct virtio_crypto_shared_entry {
	uint64_t instance; /**< of the device */
	struct virtio_crypto_session_ref sym;
	struct virtio_crypto_asym_session_ref asym;
};

/** A session of the cryptodev API. In memory that processes share. */
struct virtio_crypto_shared {
	uint64_t maker; /**< instance of the device that created it */
	/** By device id, atomic; NULL where the device lacks it. */
	struct virtio_crypto_shared_entry *on[RTE_CRYPTO_MAX_DEVS];
	bool is_asym;
	bool listed; /**< in the list of the primary process */
	union {
		struct rte_crypto_sym_xform sym[2];
		struct rte_crypto_asym_xform asym;
	} xform;
	TAILQ_ENTRY(virtio_crypto_shared) next; /**< under the lock of the list */
	size_t keys_len;
	uint8_t keys[]; /**< keys that xform points to */
};

/** Opens a device for shared sessions. Any process; without the lock. */
void virtio_crypto_shared_open(struct virtio_crypto_dev *dev);

/** Closes a device for shared sessions, and drops its sessions. Any process; without the lock. */
void virtio_crypto_shared_close(struct virtio_crypto_dev *dev);

/** Creates the sessions that a device lacks. Primary process; without the lock. */
void virtio_crypto_shared_complete(struct virtio_crypto_dev *dev);

/**
 * Creates a session of the cryptodev API through a device.
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
 * Adds a session to the list of shared sessions. Primary process, also for others; neither waits
 * for devices nor allocates.
 */
void virtio_crypto_shared_list(struct virtio_crypto_shared *shared);

/** Removes a session from the list. @return 0, or -EBUSY if it is being created on a device */
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

/** Finds a session on a device that did not create it; NULL if it lacks it. Data lcores. */
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
