/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A queue pair: a data virtqueue, and a slot of memory for each request that it can hold.
 *
 * Slots are used in turn, whatever the order in which the device completes them: while the next
 * slot is in use, the queue is full. So the descriptors of a slot stay on the ring, and no free
 * list is needed.
 *
 * With indirect descriptors a slot is one descriptor of the ring. Without them it is
 * VIRTIO_CRYPTO_DIRECT_DESCS of them, and a request that needs more uses the following slots too.
 *
 * On an ordered ring a slot is not tied to descriptors of the ring; see
 * virtio_crypto_ordered_ring.h.
 *
 * Threads: one lcore enqueues and one dequeues; they may be the same. Each writes a structure of
 * its own, of which the other reads the atomic fields. Once per burst, the lcore that enqueues
 * publishes up to which slot requests are published, and the lcore that dequeues up to which slot
 * they are freed. The control side and the lcores synchronize by the state; see
 * virtio_crypto_sides.h.
 */

#ifndef VIRTIO_CRYPTO_QUEUE_H
#define VIRTIO_CRYPTO_QUEUE_H

#include <stddef.h>

#include "virtio_crypto_id_pool.h"
#include "virtio_crypto_session.h"

/** Descriptors of the table in a slot: makes slots an odd number of cache lines. */
#define VIRTIO_CRYPTO_SLOT_DESCS 19
/** Bytes of IVs in a slot after the header. */
#define VIRTIO_CRYPTO_SLOT_IVS 16
/** Descriptors of the ring per slot without indirect descriptors; a power of two. */
#define VIRTIO_CRYPTO_DIRECT_DESCS 4
/** Maximum descriptors of a request to a device without a control queue. */
#define VIRTIO_CRYPTO_MESSAGE_DESCS 32
/** Large tables of a queue, each with as many descriptors as the ring. */
#define VIRTIO_CRYPTO_LARGE_TABLES 8
/** Minimum number of requests that a queue can hold. */
#define VIRTIO_CRYPTO_MIN_SLOTS 64
/**
 * Minimum size of a ring, if the device allows it: a request may have no more descriptors than its
 * ring, and 256 mbufs to read and 256 to write must fit.
 */
#define VIRTIO_CRYPTO_MIN_DESCS 1024

struct virtio_crypto_asym;

/**
 * Memory of a request that the device reads and writes, besides the data.
 *
 * Cache lines that change hands are the main cost of a request. What changes from one request to
 * the next fits into one cache line in most cases, both ways. What is the same for all requests of
 * a session with data of one length is in other cache lines, and is not written again. The whole
 * slot is one descriptor table, of which a chain uses some entries.
 */
struct virtio_crypto_slot {
	struct vring_desc first; /**< first descriptor of a chain: the request header */
	uint8_t header[112];	 /**< request header; it ends where the IVs begin */

	/* The cache line that changes. */
	uint8_t ivs[VIRTIO_CRYPTO_SLOT_IVS];
	struct vring_desc src; /**< first segment of the source */
	struct vring_desc dst; /**< first segment of the destination */
	uint8_t result[16]; /**< digest and status, at the end; a longer digest continues below */

	struct vring_desc more[2]; /**< other descriptors of a short chain */
	uint8_t longer_result[32];
	struct vring_desc table[VIRTIO_CRYPTO_SLOT_DESCS]; /**< descriptors of a longer chain */
	uint8_t long_ivs[2 * VIRTIO_CRYPTO_MAX_IV]; /**< IVs that are too long for the ivs field */
	uint8_t long_result[VIRTIO_CRYPTO_MAX_DIGEST + 16];
} __rte_cache_aligned;

static_assert(sizeof(struct virtio_crypto_request_header) <=
		      RTE_SIZEOF_FIELD(struct virtio_crypto_slot, header),
	      "room for each head");
static_assert(offsetof(struct virtio_crypto_slot, ivs) == 2 * 64 &&
		      offsetof(struct virtio_crypto_slot, more) == 3 * 64 &&
		      offsetof(struct virtio_crypto_slot, table) == 4 * 64 &&
		      sizeof(struct virtio_crypto_slot) == 11 * 64,
	      "slot layout");

/** Entries of the descriptor table that a slot is. */
#define VIRTIO_CRYPTO_SLOT_TABLE                                                                   \
	(offsetof(struct virtio_crypto_slot, long_ivs) / sizeof(struct vring_desc))

/** Returns the offset in a slot of the status of a session's requests; the digest precedes it. */
static inline uint16_t
virtio_crypto_slot_status(const struct virtio_crypto_session *s)
{
	if (likely(s->digest_len < sizeof(((struct virtio_crypto_slot *)0)->result)))
		return offsetof(struct virtio_crypto_slot, more) - 1;
	if (likely(s->digest_len < sizeof(((struct virtio_crypto_slot *)0)->longer_result)))
		return offsetof(struct virtio_crypto_slot, table) - 1;
	return sizeof(struct virtio_crypto_slot) - 1;
}

/** States of a queue: who may touch its ring. */
enum virtio_crypto_queue_state {
	VIRTIO_CRYPTO_QUEUE_STOPPED, /**< control; no lcore uses the queue */
	VIRTIO_CRYPTO_QUEUE_LIVE,    /**< the lcores */
	VIRTIO_CRYPTO_QUEUE_LOST,    /**< the lcores, until one notices the loss of the device */
	VIRTIO_CRYPTO_QUEUE_RETIRE,  /**< the lcore that noticed the loss, alone */
	VIRTIO_CRYPTO_QUEUE_OFFLINE, /**< control; the queue is retired, or had no device */
};

/** In-flight entry: what the driver records of a request in flight. */
struct virtio_crypto_inflight {
	struct rte_crypto_op *op; /**< NULL: the slot is free; atomic, written last */
	uint16_t nb_slots; /**< slots of the request; 0: the request is that of a slot before */
	uint8_t digest;	   /**< enum virtio_crypto_digest */
	union {
		uint8_t digest_len;
		uint8_t asym; /**< number of the buffer of an asymmetric request */
	};
	uint8_t large;		/**< id of its large table, or VIRTIO_CRYPTO_LARGE_TABLES */
	uint16_t status;	/**< offset of the status in the slot */
	uint64_t header_serial; /**< serial of the session whose header is in the slot, 0: none */
};

/** A descriptor table for a request that does not fit into its slot. */
struct virtio_crypto_large_table {
	struct vring_desc *desc;
	uint64_t addr;
};

/** Position on an ordered ring of the request of a slot. */
struct virtio_crypto_chain {
	uint16_t start;	   /**< off_wrap of the first descriptor; on a split ring its index */
	uint16_t nb_descs; /**< descriptors of the ring */
};

/** Fields that the lcore writes that enqueues. */
struct virtio_crypto_enqueue_side {
	uint32_t inside;    /**< atomic: whether the lcore is in its burst function */
	uint16_t next_slot; /**< next slot to use, free running */
	uint16_t free_end;  /**< end of the slots known to be free */
	uint16_t next_desc; /**< split ring without indirect descriptors: next descriptor to use */
	uint16_t descs_added;	/**< ordered, not indirect: counter, free running */
	uint32_t finished_end;	/**< end of the free entries of the finished ring */
	uint16_t published;	/**< atomic: end of the published slots */
	uint32_t finished_head; /**< atomic: end of the finished ring; free running */
	uint64_t count;		/**< atomic: operations enqueued */
	uint64_t error_count;	/**< atomic: operations that finished without the device */
	/** The session of the stateless request being built. */
	struct virtio_crypto_session *stateless;
} __rte_cache_aligned;

/** Fields that the lcore writes that dequeues. */
struct virtio_crypto_dequeue_side {
	uint32_t inside;	   /**< atomic: whether the lcore is in its burst function */
	uint16_t next_slot;	   /**< IN_ORDER: next slot to complete, free running */
	uint16_t used_end;	   /**< IN_ORDER: end of the used slots */
	uint16_t descs_popped;	   /**< ordered, not indirect: counter, free running */
	uint32_t used_end_written; /**< used length of the last of them */
	bool broken;		   /**< the device returned an unknown descriptor */
	uint16_t freed;		   /**< atomic: end of the freed slots */
	uint16_t descs_freed;	   /**< atomic: descs_popped, for the other lcore */
	uint32_t finished_tail;	   /**< atomic: start of the finished ring; free running */
	uint64_t count;		   /**< atomic: operations dequeued */
	uint64_t error_count;	   /**< atomic: operations that failed */
} __rte_cache_aligned;

/** A queue pair. */
struct virtio_crypto_queue {
	struct virtio_crypto_queue *next_left; /**< see virtio_crypto_queue_free() */
	int socket_id;
	uint32_t state; /**< enum virtio_crypto_queue_state, atomic */
	uint16_t nb_slots;
	uint16_t mbuf_addr_offset; /**< offset in struct rte_mbuf of the address for the device */
	uint16_t aad_addr_offset;  /**< offset in struct rte_crypto_sym_op of the same for AAD */
	uint8_t desc_shift;	   /**< log2 of the ring descriptors per slot */
	bool indirect;		   /**< chains are indirect tables */
	bool ordered;		   /**< the ring is packed or IN_ORDER */
	bool scattered;		   /**< the chain of a slot is linked by next, not sequential */
	bool any_layout; /**< VIRTIO_F_ANY_LAYOUT semantics: requests may be split anywhere */
	struct virtio_crypto_slot *slots;
	uint64_t slots_addr;
	struct virtio_crypto_inflight *inflight; /**< one per slot */
	const struct virtio_crypto_dev *dev;
	uint64_t instance; /**< of the device */
	uint8_t dev_id;	   /**< of the device */
	uint64_t max_size; /**< from the configuration of the device */

	struct virtio_crypto_chain *chains; /**< one per slot of an ordered ring */

	/**
	 * The finished ring: operations to dequeue that did not come from the device; two per slot.
	 */
	struct rte_crypto_op **finished;

	/** Keys and IVs of stateless requests, per slot. */
	uint8_t *keys;
	uint64_t keys_addr;
	uint32_t keys_size; /**< bytes per slot, 0: there are no stateless requests */

	struct virtio_crypto_asym *asym; /**< NULL: the device has no asymmetric service */

	uint16_t max_descs; /**< of a request */
	struct virtio_crypto_large_table large[VIRTIO_CRYPTO_LARGE_TABLES];

	/** Secondary process that uses the queue; see virtio_crypto_owner.h. */
	int owner;
	int owner_pid;	       /**< PID in the namespace of that process, for the log */
	uint32_t nb_abandoned; /**< last operations of the finished ring that have no status yet */

	const struct rte_memzone *zone; /**< ring, slots, large tables, keys, asymmetric buffers */
	struct rte_cryptodev_stats stats_start; /**< counters at the last reset; control side */

	struct virtqueue vq;
	struct virtio_crypto_enqueue_side enq;
	struct virtio_crypto_dequeue_side deq;
	struct virtio_crypto_id_pool free_large;
} __rte_cache_aligned;

/**
 * Returns the status of an operation whose session is not ready: INVALID_SESSION, or ERROR if the
 * device was lost during the burst. Data lcore.
 */
uint8_t virtio_crypto_queue_unready_status(const struct virtio_crypto_queue *q);

/** Returns the counters of a queue since its creation. Any thread. */
static inline struct rte_cryptodev_stats
virtio_crypto_queue_get_counts(const struct virtio_crypto_queue *q)
{
	return (struct rte_cryptodev_stats){
		.enqueued_count = __atomic_load_n(&q->enq.count, __ATOMIC_RELAXED),
		.dequeued_count = __atomic_load_n(&q->deq.count, __ATOMIC_RELAXED),
		.enqueue_err_count = __atomic_load_n(&q->enq.error_count, __ATOMIC_RELAXED),
		.dequeue_err_count = __atomic_load_n(&q->deq.error_count, __ATOMIC_RELAXED),
	};
}

/** Adds to a counter, which one lcore writes and others read. */
static inline void
virtio_crypto_counter_add(uint64_t *count, uint64_t more)
{
	__atomic_store_n(count, *count + more, __ATOMIC_RELAXED);
}

/**
 * Returns the operation of a slot, or NULL; the rest of the entry is visible with it. By the lcore
 * that dequeues.
 */
static __rte_always_inline struct rte_crypto_op *
virtio_crypto_inflight_op(const struct virtio_crypto_inflight *f)
{
	return __atomic_load_n(&f->op, __ATOMIC_ACQUIRE);
}

/**
 * Sets the operation of a slot, after the rest of the entry. By the lcore that enqueues.
 *
 * The operation may have the status of an earlier use. Code that reads it would take that for the
 * status of this use: crypto_scheduler does so when it keeps operations in order.
 */
static __rte_always_inline void
virtio_crypto_inflight_set_op(struct virtio_crypto_inflight *f, struct rte_crypto_op *op)
{
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	__atomic_store_n(&f->op, op, __ATOMIC_RELEASE);
}

/**
 * Returns the used depth of a queue pair: slots from the oldest operation in flight on, and
 * operations on the finished ring. Any thread.
 */
uint32_t virtio_crypto_queue_depth_used(void *qp);

/** Returns the state of a queue, before acting on it. */
static inline uint32_t
virtio_crypto_queue_state(const struct virtio_crypto_queue *q)
{
	return __atomic_load_n(&q->state, __ATOMIC_ACQUIRE);
}

/** Hands a queue over; all earlier accesses are visible to the next user. */
static inline void
virtio_crypto_queue_set_state(struct virtio_crypto_queue *q, uint32_t state)
{
	__atomic_store_n(&q->state, state, __ATOMIC_RELEASE);
}

/** Hands a queue over if it is in state @p from. */
static inline bool
virtio_crypto_queue_change_state(struct virtio_crypto_queue *q, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&q->state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

#endif /* VIRTIO_CRYPTO_QUEUE_H */
