/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A data queue: the virtqueue, its slots, and its way through the cryptodevs.
 *
 * One lcore at a time serves a queue; the control side (librte_vhost's thread) starts and stops
 * it. The two meet in the queue's lock, which neither holds while it waits for anything: the
 * lcore takes it to fetch a burst and again to give a burst back.
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
#include "rte_vhost_crypto.h"
#include "session.h"
#include "session_cache.h"
#include "vring.h"

#define VC_SLOT_SEGS	   10	 /**< segments of a chain that a slot has room for itself */
#define VC_SLOT_AAD	   128	 /**< bytes for additional data that a slot has itself */
#define VC_QUEUE_SLOTS	   1024	 /**< requests of a queue in flight, at most */
#define VC_QUEUE_MBUFS	   2048	 /**< mbufs of a queue beside the two in each slot, at least */
#define VC_QUEUE_SEG_LISTS 16	 /**< lists for chains too long for their slot */
#define VC_QUEUE_BOUNCES   32	 /**< private copies of a queue */
#define VC_BOUNCE_SIZE	   65664 /**< bytes of one: the most additional data, and room for CCM */
/** Bytes that one mbuf describes, where several describe a piece: whole blocks of any cipher. */
#define VC_MBUF_MAX_LEN 65280

struct vc_akcipher_job;
struct vc_batch;
struct vc_dirty_log;
struct vc_queue;

/** What a request needs from its arrival until its answer. Nothing of it is ever allocated. */
struct vc_slot {
	struct rte_mbuf src; /**< first mbuf of the source; an operation leads to its slot by it */
	struct rte_mbuf dst; /**< first mbuf of the destination */

	/* What any request needs, in as few cache lines as it goes. */
	struct vc_queue *queue;
	struct rte_crypto_op *own_op; /**< operation of the slot, with room for two IVs */
	uint8_t *status;	      /**< where the guest wants the status */
	uint16_t *session_refs;	      /**< where requests that hold the session are counted */
	uint32_t written;	      /**< length for the used ring */
	uint16_t id;		      /**< by which the request is given back */
	uint16_t nb_entries;	      /**< of the ring that it takes */
	uint16_t entry;		      /**< in the note of the requests in flight */
	bool fast_path; /**< built by the fast path: chain and what follows it are unset */
	bool done;	/**< in order: used, once all in front are */
	bool compare;	/**< the guest handed in the digest that it expects */
	bool aead;	/**< an AEAD or GMAC is to work; set for large requests only */
	uint8_t cdev;
	uint8_t digest_len;
	struct vc_chain chain;
	struct vc_seg segs[VC_SLOT_SEGS];

	struct vc_seg *long_segs;   /**< list for a long chain, or NULL */
	struct vc_cursor result;    /**< where the guest wants the digest */
	struct vc_cursor copy_back; /**< where results go from a private copy */
	uint8_t *bounce;	    /**< private copy, or NULL */
	uint8_t *inside;	    /**< digest that is part of the data, or NULL */
	uint32_t copy_off;	    /**< first byte of the private copy to go back */
	uint32_t copy_len;
	uint8_t digest[VC_MAX_DIGEST];
	uint8_t expected[VC_MAX_DIGEST];
	rte_iova_t digest_iova;
	uint8_t aad[VC_SLOT_AAD]; /**< additional data, behind room that CCM wants */
	rte_iova_t aad_iova;
	uint8_t *aad_bounce; /**< private copy of longer ones, or NULL */
} __rte_cache_aligned;

enum vc_queue_state {
	VC_QUEUE_STOPPED, /**< no guest memory is touched */
	VC_QUEUE_RUNNING,
	VC_QUEUE_DRAINING, /**< nothing new; what is in flight comes home */
};

/** What the queue needs of its device; set once. */
struct vc_queue_env {
	const struct vc_mem *mem;
	struct vc_session_table *sessions;
	const uint64_t *features;	/**< negotiated virtio features */
	const uint64_t *cdev_features;	/**< feature flags of each cryptodev */
	const bool *copy;		/**< private copies wanted, whatever the cryptodev */
	const bool *copies;		/**< whether each cryptodev works on private copies */
	struct vc_ring *rings;		/**< of the device, by index of the queue */
	const int *call_relay;		/**< eventfd to call instead of the guest's, -1: none */
	const struct vc_dirty_log *log; /**< of writes, where one is kept */
	struct vc_inflight_dev *inflight;
	uint32_t max_size; /**< config space max_size */
	int socket_id;
	bool guest_polling; /**< no notifications */
	bool aead;	    /**< the device offers AEAD */
	bool akcipher;	    /**< the device offers AKCIPHER */
};

/** What wakes the lcore that sleeps. File descriptors that are not there are -1. */
struct vc_queue_events {
	int epoll_fd; /**< the program's; -1: it polls all the time */
	int wake_fd;  /**< an eventfd: the queue has been started */
	int kick_fd;  /**< copy of the guest's, while the queue runs */
	void *data;   /**< goes with each event */
};

struct vc_queue {
	rte_spinlock_t lock;
	uint32_t lock_wanted; /**< control threads that wait for the lock */
	uint8_t state;	      /**< enum vc_queue_state, written with the lock held */
	uint8_t nb_cdevs;
	uint16_t index; /**< of the vring */
	uint16_t nb_free;
	uint16_t nb_slots;
	uint32_t in_flight;   /**< requests taken, written with the lock held */
	uint64_t drain_since; /**< when the wait for them began or was logged, 0: nobody waits */
	const struct vc_dirty_log *log;	    /**< of writes, or NULL */
	struct vc_inflight_queue *inflight; /**< note of the requests in flight, or NULL */
	struct vc_vring vring;
	uint16_t qps[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< queue pair on each cryptodev */
	struct vc_queue_env env;
	struct vc_queue_events events;
	struct vc_batch *batch;	     /**< of requests that are done in one call */
	struct vc_slot **free_slots; /**< stack */
	struct vc_slot **order;	     /**< in order: those taken, a ring */
	uint16_t order_mask;
	uint16_t order_head; /**< free running */
	uint16_t order_tail;
	struct vc_slot *slots;
	uint8_t *op_mem;
	struct rte_mbuf **free_mbufs; /**< stack, of mbuf_mem */
	struct rte_mbuf *mbuf_mem;
	uint32_t nb_mbufs;
	uint32_t nb_free_mbufs;
	struct vc_seg **free_seg_lists; /**< stack, of seg_mem */
	struct vc_seg *seg_mem;
	uint32_t nb_free_seg_lists;
	uint8_t **free_bounces; /**< stack, of bounce_mem */
	uint8_t *bounce_mem;
	uint32_t nb_free_bounces;
	uint8_t *large_bounce; /**< one more, for the largest request */
	bool large_bounce_taken;
	struct vc_akcipher_job **free_jobs; /**< stack, of job_mem; AKCIPHER only */
	struct vc_akcipher_job *job_mem;
	uint32_t nb_free_jobs;
	uint16_t *session_refs;	       /**< requests in flight, by session index */
	struct vc_session_cache cache; /**< sessions of stateless requests */
	struct rte_vhost_crypto_queue_stats stats;
	uint8_t logged_faults; /**< faults of chains that were logged since it started, by kind */

	/* Of the lcore that serves the queue: */
	struct vc_budget budget;
	uint16_t nb_back_offs; /**< fetches left out in a row for others to get the lock */
	uint16_t max_fetch;  /**< most requests that a fetch looks at, by what the last one took; at
				  most RTE_VHOST_CRYPTO_MAX_BURST */
	uint16_t nb_pending; /**< operations that a cryptodev had no room for */
	uint16_t first_pending;
	struct rte_crypto_op *pending[RTE_VHOST_CRYPTO_MAX_BURST];
	uint32_t cdev_in_flight[RTE_VHOST_CRYPTO_MAX_CDEVS];
} __rte_cache_aligned;

/** Changes the state, which vc_queue_poll() looks at without the lock. Lock held. */
static inline void
vc_queue_set_state(struct vc_queue *q, enum vc_queue_state state)
{
	__atomic_store_n(&q->state, state, __ATOMIC_RELAXED);
}

/**
 * Sets a stopped queue up, without slots.
 *
 * @param qps  its queue pair on each cryptodev of env->sessions
 * @return 0 or -ENOMEM
 */
int vc_queue_init(struct vc_queue *q, uint16_t index, const uint16_t *qps,
		  const struct vc_queue_env *env);

/** Frees what a stopped queue has. */
void vc_queue_fini(struct vc_queue *q);

/** Has memory for a stopped queue with a ring of so many entries. @return 0 or -ENOMEM */
int vc_queue_reserve(struct vc_queue *q, uint16_t size);

/**
 * Starts a queue on its ring; nothing if it runs. Control side.
 *
 * @param fault  receives what is wrong with the ring if this returns -EINVAL, for the log
 * @return 0; -EINVAL as vc_vring_attach(); -ENOMEM
 */
int vc_queue_start(struct vc_queue *q, const char **fault);

/**
 * Has a queue come to rest: it takes no more requests, and when nothing of it is in flight it is
 * stopped, and its ring's base is where it goes on. Control side.
 *
 * @return true: it is stopped; false: to be called again
 */
bool vc_queue_try_stop(struct vc_queue *q);

/** Wipes what requests have left in the memory of a stopped queue. Control side. */
void vc_queue_wipe(struct vc_queue *q);

/** Frees the memory of a stopped queue that vc_queue_reserve() has allocated. Control side. */
void vc_queue_release(struct vc_queue *q);

/** Copies the counters. Any thread but the lcore that serves the queue. */
void vc_queue_stats(struct vc_queue *q, struct rte_vhost_crypto_queue_stats *stats);

/** Whether requests in flight hold a session. Control side. */
bool vc_queue_holds_session(struct vc_queue *q, uint32_t session);

/**
 * Takes requests from the virtqueue; bad ones are answered at once.
 *
 * @param ops     receives operations to enqueue. With @p own, the slots' own; otherwise
 *                operations of the caller, which are filled.
 * @param max     most operations
 * @param own     whether to use the slots' own operations; then requests may also be put into the
 *                queue's batch, instead of into ops
 * @return operations in ops
 */
uint16_t vc_queue_fetch(struct vc_queue *q, struct rte_crypto_op **ops, uint16_t max, bool own);

/**
 * Gives results back to the guest.
 *
 * @param ops     operations that a cryptodev returned, of any queues that this lcore serves
 * @param nb      their number
 * @param notify  called for each queue whose guest wants a notification; NULL: notify it here
 * @param arg     for @p notify
 */
void vc_queue_complete(struct rte_crypto_op **ops, uint16_t nb,
		       void (*notify)(void *arg, struct vc_queue *q), void *arg);

/** rte_vhost_crypto_queue_poll() for a queue. */
uint16_t vc_queue_poll(struct vc_queue *q, uint16_t burst);

/** @name Events of a queue: queue_events.c */
/**@{*/
/** Has a queue's events go to an epoll instance. Once, before the queue runs. 0 or -errno. */
int vc_queue_events_init(struct vc_queue *q, int epoll_fd, void *data);

/** Ends the events of a stopped queue. */
void vc_queue_events_fini(struct vc_queue *q);

/** Watches the eventfd by which the guest of a queue that is about to start notifies. */
void vc_queue_events_watch(struct vc_queue *q, int kickfd);

/** Stops watching it; does nothing if nobody does. */
void vc_queue_events_unwatch(struct vc_queue *q);

/** Wakes the lcore of a queue that has been started. */
void vc_queue_events_wake(const struct vc_queue *q);

/** rte_vhost_crypto_queue_arm() for a queue. */
int vc_queue_arm(struct vc_queue *q);

/** rte_vhost_crypto_queue_disarm() for a queue. */
void vc_queue_disarm(struct vc_queue *q);
/**@}*/

#endif /* VHOST_CRYPTO_QUEUE_H */
