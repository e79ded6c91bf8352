/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A data queue: the virtqueue, its slots, and its path through the cryptodevs.
 *
 * One lcore at a time serves a queue; the control side starts and stops it. Both take the queue's
 * lock, and hold it only without waiting: the lcore to fetch a burst, and again to complete one.
 */

#ifndef VHOST_CRYPTO_QUEUE_H
#define VHOST_CRYPTO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_spinlock.h>

#include "budget.h"
#include "chain.h"
#include "inflight.h"
#include "pool.h"
#include "rte_vhost_crypto.h"
#include "session.h"
#include "session_cache.h"
#include "vring.h"

#define VC_SLOT_SEGS	   10	 /**< segments of a chain within a slot */
#define VC_SLOT_AAD	   128	 /**< bytes of additional data within a slot */
#define VC_QUEUE_SLOTS	   1024	 /**< maximum number of requests in flight */
#define VC_QUEUE_MBUFS	   2048	 /**< mbufs besides the two in each slot, at least */
#define VC_QUEUE_SEG_LISTS 16	 /**< segment lists for long chains */
#define VC_QUEUE_BOUNCES   32	 /**< private copies */
#define VC_BOUNCE_SIZE	   65664 /**< bytes of one: the most additional data, and the room of CCM */
/** Length of an mbuf in a chain of mbufs: whole blocks of any cipher. */
#define VC_MBUF_MAX_LEN 65280
/** Instead of a status: no mbuf or private copy is free, so that the request stays in the ring. */
#define VC_REQUEST_DEFERRED (-1)

struct vc_batch;
struct vc_dirty_log;
struct vc_queue;

/** A request from fetch to completion. Nothing is allocated on the data path. */
struct vc_slot {
	struct rte_mbuf src; /**< first source mbuf; leads from an operation to its slot */
	struct rte_mbuf dst; /**< first destination mbuf */

	/* Fields of the fast path, in as few cache lines as possible. */
	struct vc_queue *queue;
	struct rte_crypto_op *own_op; /**< operation of the slot, with private bytes for two IVs */
	uint8_t *status;	      /**< address of the status byte */
	uint16_t *session_refs;	      /**< reference count of the session */
	uint32_t written;	      /**< length for the used ring */
	uint16_t id;		      /**< ID for the used ring */
	uint16_t nb_entries;	      /**< ring entries of the request */
	uint16_t entry;		      /**< entry in the in-flight region */
	bool fast_path; /**< built by the fast path: chain and what follows it are unset */
	bool done;	/**< IN_ORDER: completed; used once all in front are */
	bool compare;	/**< compare the digest with the one that the guest provided */
	bool aead;	/**< AEAD or GMAC; set for large requests only */
	uint8_t cdev;
	uint8_t digest_len;
	struct vc_chain chain;
	struct vc_seg segs[VC_SLOT_SEGS];

	struct vc_seg *long_segs;   /**< segment list of a long chain, or NULL */
	struct vc_cursor result;    /**< destination of the digest */
	struct vc_cursor copy_back; /**< destination of a private copy's result */
	uint8_t *bounce;	    /**< private copy, or NULL */
	uint8_t *inside;	    /**< digest within the data, or NULL */
	uint32_t copy_off;	    /**< offset of the result in the private copy */
	uint32_t copy_len;
	uint8_t digest[VC_MAX_DIGEST];
	uint8_t expected[VC_MAX_DIGEST];
	rte_iova_t digest_iova;
	uint8_t aad[VC_SLOT_AAD]; /**< additional data, behind the room of CCM */
	rte_iova_t aad_iova;
	uint8_t *aad_bounce; /**< private copy of longer additional data, or NULL */
} __rte_cache_aligned;

enum vc_queue_state {
	VC_QUEUE_STOPPED, /**< guest memory is not accessed */
	VC_QUEUE_RUNNING,
	VC_QUEUE_DRAINING, /**< no requests are popped; those in flight complete */
};

/** The queue's view of its device; set once. */
struct vc_queue_env {
	const struct vc_mem *mem;
	struct vc_session_table *sessions;
	const uint64_t *features;	/**< negotiated virtio features */
	const uint64_t *cdev_features;	/**< feature flags of each cryptodev */
	const bool *copy;		/**< private copies for all cryptodevs */
	const bool *copies;		/**< for each cryptodev: works on private copies */
	struct vc_ring *rings;		/**< rings of the device, by queue index */
	const int *call_relay;		/**< eventfd to signal instead of the guest's, -1: none */
	const struct vc_dirty_log *log; /**< dirty log of the device */
	struct vc_inflight_dev *inflight;
	uint32_t max_size; /**< config space max_size */
	int socket_id;
	bool guest_polling; /**< never notify the guest */
	bool aead;	    /**< the device offers AEAD */
	bool akcipher;	    /**< the device offers AKCIPHER */
};

/** Events that wake the queue's lcore. Unused file descriptors are -1. */
struct vc_queue_events {
	int epoll_fd; /**< of the program; -1: the lcore always polls */
	int wake_fd;  /**< eventfd, signaled when the queue is started */
	int kick_fd;  /**< duplicate of the guest's kick eventfd, while the queue runs */
	void *data;   /**< data.ptr of the events */
};

struct vc_queue {
	rte_spinlock_t lock;
	uint32_t lock_wanted; /**< number of control threads that wait for the lock */
	uint8_t state;	      /**< enum vc_queue_state, written with the lock held */
	uint8_t nb_cdevs;
	uint16_t index;			/**< of the vring */
	uint32_t in_flight;		/**< requests in flight, written with the lock held */
	struct vc_pool slots;		/**< of struct vc_slot */
	uint64_t drain_since;		/**< start of the drain or last warning, 0: not draining */
	const struct vc_dirty_log *log; /**< dirty log, or NULL */
	struct vc_inflight_queue *inflight; /**< inflight I/O tracking, or NULL */
	struct vc_vring vring;
	uint16_t qps[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< queue pair on each cryptodev */
	struct vc_queue_env env;
	struct vc_queue_events events;
	struct vc_batch *batch; /**< requests for one synchronous call */
	struct vc_slot **order; /**< IN_ORDER: popped requests, a ring */
	uint16_t order_mask;
	uint16_t order_head; /**< free running */
	uint16_t order_tail;
	struct vc_pool slot_ops;  /**< operations of the slots */
	struct vc_pool mbufs;	  /**< of struct rte_mbuf */
	struct vc_pool seg_lists; /**< of VC_CHAIN_MAX_SEGS struct vc_seg */
	struct vc_pool bounces;	  /**< of VC_BOUNCE_SIZE bytes */
	struct vc_pool jobs;	  /**< of struct vc_akcipher_job; AKCIPHER only */
	uint8_t *large_bounce;	  /**< private copy for the largest request */
	bool large_bounce_taken;
	uint16_t *session_refs;	       /**< reference counts, by session index */
	struct vc_session_cache cache; /**< sessions of stateless requests */
	struct rte_vhost_crypto_queue_stats stats;
	uint8_t logged_faults; /**< faults of chains logged since the start, by kind */

	/* Accessed by the lcore that serves the queue only: */
	struct vc_budget budget;
	uint16_t nb_back_offs; /**< consecutive fetches skipped to yield the lock */
	uint16_t max_fetch;    /**< maximum number of requests of the next fetch */
	uint16_t nb_pending;   /**< operations for which a queue pair had no room */
	struct rte_crypto_op *pending[RTE_VHOST_CRYPTO_MAX_BURST];
	uint32_t cdev_in_flight[RTE_VHOST_CRYPTO_MAX_CDEVS];
} __rte_cache_aligned;

/** Sets the state, which vc_queue_poll() reads without the lock. Lock held. */
static inline void
vc_queue_set_state(struct vc_queue *q, enum vc_queue_state state)
{
	__atomic_store_n(&q->state, state, __ATOMIC_RELAXED);
}

/**
 * Initializes a stopped queue, without slots.
 *
 * @param qps  its queue pair on each cryptodev of env->sessions
 * @return 0 or -ENOMEM
 */
int vc_queue_init(struct vc_queue *q, uint16_t index, const uint16_t *qps,
		  const struct vc_queue_env *env);

/** Frees all memory of a stopped queue. */
void vc_queue_fini(struct vc_queue *q);

/** Allocates the memory of a stopped queue for a ring of @p size. @return 0 or -ENOMEM */
int vc_queue_reserve(struct vc_queue *q, uint16_t size);

/**
 * Starts a queue on its ring; does nothing if it runs. Control side.
 *
 * @param fault  receives what is wrong with the ring if this returns -EINVAL, for the log
 * @return 0; -EINVAL as vc_vring_attach(); -ENOMEM
 */
int vc_queue_start(struct vc_queue *q, const char **fault);

/**
 * Drains a queue: it pops no more requests, and stops when none is in flight. Its ring's base is
 * then the next available entry. Control side.
 *
 * @return true: stopped; false: call again
 */
bool vc_queue_try_stop(struct vc_queue *q);

/** Wipes data of requests in the memory of a stopped queue. Control side. */
void vc_queue_wipe(struct vc_queue *q);

/** Frees the memory of vc_queue_reserve(). Control side. */
void vc_queue_release(struct vc_queue *q);

/** Copies the counters. Any thread but the lcore that serves the queue. */
void vc_queue_stats(struct vc_queue *q, struct rte_vhost_crypto_queue_stats *stats);

/** Whether requests in flight use a session. Control side. */
bool vc_queue_holds_session(struct vc_queue *q, uint32_t session);

/**
 * Pops requests from the virtqueue and builds their operations; invalid ones are answered at once.
 *
 * @param ops  receives operations to enqueue: with @p own those of the slots, otherwise the
 *             caller's
 * @param max  maximum number of operations
 * @param own  use the slots' own operations; requests may then be added to the queue's batch
 *             instead
 * @return number of operations in ops
 */
uint16_t vc_queue_fetch(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own);

/**
 * Completes operations.
 *
 * @param ops     operations that a cryptodev returned, of any queues that this lcore serves
 * @param nb      their number
 * @param notify  called for each queue whose guest requests a notification; NULL: notify it here
 * @param arg     argument of @p notify
 */
void vc_queue_complete(struct rte_crypto_op **ops, uint16_t nb,
		       void (*notify)(void *arg, struct vc_queue *q), void *arg);

/** rte_vhost_crypto_queue_poll() for a queue. */
uint16_t vc_queue_poll(struct vc_queue *q, uint16_t burst);

/** @name Events of a queue: queue_events.c */
/**@{*/
/** Adds a queue's events to an epoll instance, before the queue runs. 0 or -errno. */
int vc_queue_events_init(struct vc_queue *q, int epoll_fd, void *data);

/** Removes the events of a stopped queue. */
void vc_queue_events_fini(struct vc_queue *q);

/** Watches the kick eventfd of a queue that is about to start. */
void vc_queue_events_watch(struct vc_queue *q, int kickfd);

/** Stops watching the kick eventfd; does nothing if it is not watched. */
void vc_queue_events_unwatch(struct vc_queue *q);

/** Wakes the lcore of a queue that was started. */
void vc_queue_events_wake(const struct vc_queue *q);

/** rte_vhost_crypto_queue_arm() for a queue. */
int vc_queue_arm(struct vc_queue *q);

/** rte_vhost_crypto_queue_disarm() for a queue. */
void vc_queue_disarm(struct vc_queue *q);
/**@}*/

#endif /* VHOST_CRYPTO_QUEUE_H */
