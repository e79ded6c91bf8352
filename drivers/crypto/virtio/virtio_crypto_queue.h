/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A queue pair: a data virtqueue, and a slot of memory for each request that it can hold.
 *
 * Slots take turns, whatever the order in which the device completes them: when the next one is not
 * free yet, the queue is full. So what a slot consists of is on the ring for good, and there are no
 * free lists.
 *
 * With a device that knows indirect descriptors a slot is one descriptor of the ring. With others
 * it is VIRTIO_CRYPTO_DIRECT_DESCS of them, and a request that needs more takes the slots behind
 * its own too.
 *
 * If the ring is packed or used in order, a slot is not tied to descriptors of the ring; see
 * virtio_crypto_ordered_ring.h.
 *
 * Threads: one lcore that enqueues and one that dequeues, which may be the same. What either writes
 * stands in a part of its own; the other one reads of it what is atomic. They tell one another how
 * far they are, once for each burst: the one that enqueues has offered the slots up to some place,
 * the one that dequeues has freed them up to some place. The control side and the lcores meet in
 * the state; see virtio_crypto_sides.h.
 */

#ifndef VIRTIO_CRYPTO_QUEUE_H
#define VIRTIO_CRYPTO_QUEUE_H

#include <stddef.h>

#include "virtio_crypto_id_pool.h"
#include "virtio_crypto_session.h"

/** Descriptors of a slot one behind the other: makes slots an odd number of cache lines. */
#define VIRTIO_CRYPTO_SLOT_DESCS 19
/** Bytes of IVs that a slot has room for behind the head. */
#define VIRTIO_CRYPTO_SLOT_IVS 16
/** Descriptors of the ring for a slot, if the device knows no indirect ones; a power of two. */
#define VIRTIO_CRYPTO_DIRECT_DESCS 4
/** Descriptors of a request at most that a device without a control queue takes. */
#define VIRTIO_CRYPTO_MESSAGE_DESCS 32
/** Large tables of a queue, each with as many descriptors as the ring. */
#define VIRTIO_CRYPTO_LARGE_TABLES 8
/** Requests that a queue can hold at least. */
#define VIRTIO_CRYPTO_MIN_SLOTS 64
/**
 * Descriptors of a ring at least, if the device allows: no request may have more than its ring, and
 * 256 mbufs to read and as many to write have to fit into one.
 */
#define VIRTIO_CRYPTO_MIN_DESCS 1024

struct virtio_crypto_asym;

/**
 * Memory of a request that the device reads and writes, besides the data.
 *
 * Cache lines that change hands are what a request costs most. What changes from one request to the
 * next, both ways, stands in one cache line, if it fits; what is the same for all requests of a
 * session with data of one length stands in others, and is not written again. All of the slot is
 * one table of descriptors, of which a chain takes some.
 */
struct virtio_crypto_slot {
	struct vring_desc first; /**< of a chain: the head */
	uint8_t header[112];	 /**< fixed part of the request; it ends where the IVs begin */

	/* The cache line that changes. */
	uint8_t ivs[VIRTIO_CRYPTO_SLOT_IVS];
	struct vring_desc src; /**< source data in one piece, or the first one */
	struct vring_desc dst; /**< the same of the destination */
	uint8_t result[16];    /**< digest and status, at the end; a longer one reaches further */

	struct vring_desc more[2]; /**< the descriptors that are left of a short chain */
	uint8_t longer_result[32];
	struct vring_desc table[VIRTIO_CRYPTO_SLOT_DESCS]; /**< those of a longer one */
	uint8_t long_ivs[2 * VIRTIO_CRYPTO_MAX_IV];	   /**< too long for their place */
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

/** Descriptors that the table has which a slot is. */
#define VIRTIO_CRYPTO_SLOT_TABLE                                                                   \
	(offsetof(struct virtio_crypto_slot, long_ivs) / sizeof(struct vring_desc))

/** Where in a slot the status of a session's requests stands; their digest ends there. */
static inline uint16_t
virtio_crypto_slot_status(const struct virtio_crypto_session *s)
{
	if (likely(s->digest_len < sizeof(((struct virtio_crypto_slot *)0)->result)))
		return offsetof(struct virtio_crypto_slot, more) - 1;
	if (likely(s->digest_len < sizeof(((struct virtio_crypto_slot *)0)->longer_result)))
		return offsetof(struct virtio_crypto_slot, table) - 1;
	return sizeof(struct virtio_crypto_slot) - 1;
}

/** Who may touch the ring of a queue. */
enum virtio_crypto_queue_state {
	VIRTIO_CRYPTO_QUEUE_STOPPED, /**< control; no lcore uses the queue */
	VIRTIO_CRYPTO_QUEUE_LIVE,    /**< the lcores */
	VIRTIO_CRYPTO_QUEUE_LOST,    /**< the lcores; one is to notice that the device is gone */
	VIRTIO_CRYPTO_QUEUE_RETIRE,  /**< the lcore that has noticed, alone */
	VIRTIO_CRYPTO_QUEUE_OFFLINE, /**< control: that lcore is through, or there was no device */
};

/** What the driver alone knows of a request in flight. */
struct virtio_crypto_inflight {
	struct rte_crypto_op *op; /**< NULL: the slot is free; atomic, noted last */
	uint16_t nb_slots;	  /**< that the request takes; 0: it is that of a slot before */
	uint8_t digest;		  /**< enum virtio_crypto_digest */
	union {
		uint8_t digest_len;
		uint8_t asym; /**< number of the buffer of an asymmetric request */
	};
	uint8_t large;		/**< its large table, or VIRTIO_CRYPTO_LARGE_TABLES */
	uint16_t status;	/**< where in the slot the status stands */
	uint64_t header_serial; /**< serial of the session whose head the slot has, 0 if of none */
};

/** A table of descriptors for a request that does not fit into the one of its slot. */
struct virtio_crypto_large_table {
	struct vring_desc *desc;
	uint64_t addr;
};

/** Where on the ring the request of a slot is, if descriptors are used one behind the other. */
struct virtio_crypto_chain {
	uint16_t start;	   /**< place of the first descriptor; index if the ring is split */
	uint16_t nb_descs; /**< descriptors of the ring */
};

/** What of a queue the lcore writes that enqueues. */
struct virtio_crypto_enqueue_side {
	uint32_t inside;	/**< atomic: whether the lcore is in its burst function */
	uint16_t next_slot;	/**< next slot to be used, free running */
	uint16_t free_end;	/**< behind the last slot that is known to be free */
	uint16_t next_desc;	/**< split and direct: of the ring, to be used next */
	uint16_t descs_added;	/**< of the ring, if sequential and direct, free running */
	uint32_t finished_end;	/**< where the ring of finished ones is known to be full */
	uint16_t published;	/**< atomic: slots that the device has been offered end here */
	uint32_t finished_head; /**< atomic: finished ones end here; free running */
	uint64_t count;		/**< atomic: operations enqueued */
	uint64_t error_count;	/**< atomic: of those, the ones that no device has seen */
	/** The session of the stateless request that is being made. */
	struct virtio_crypto_session *stateless;
} __rte_cache_aligned;

/** What of a queue the lcore writes that dequeues. */
struct virtio_crypto_dequeue_side {
	uint32_t inside;	   /**< atomic: whether the lcore is in its burst function */
	uint16_t next_slot;	   /**< in order: next slot to be completed, free running */
	uint16_t used_end;	   /**< in order: behind the last slot that the device has used */
	uint16_t descs_popped;	   /**< of the ring, if sequential and direct, free running */
	uint32_t used_end_written; /**< that the device says to have written of the last one */
	bool broken;		   /**< the device returned an unknown descriptor */
	uint16_t freed;		   /**< atomic: slots that are free again end here */
	uint16_t descs_freed;	   /**< atomic: descs_done, for the other lcore */
	uint32_t finished_tail;	   /**< atomic: next finished one; free running */
	uint64_t count;		   /**< atomic: operations dequeued */
	uint64_t error_count;	   /**< atomic: of those, the ones that failed */
} __rte_cache_aligned;

/** A queue pair. */
struct virtio_crypto_queue {
	uint32_t state; /**< enum virtio_crypto_queue_state, atomic */
	uint16_t nb_slots;
	uint16_t
		mbuf_addr_offset; /**< of the address that the device is told, in struct rte_mbuf */
	uint16_t aad_addr_offset; /**< the same of additional data, in struct rte_crypto_sym_op */
	uint8_t desc_shift;	  /**< of the descriptors of the ring that a slot has */
	bool indirect;		  /**< chains are indirect tables */
	bool ordered;		  /**< descriptors are used one behind the other */
	bool scattered;	 /**< a slot's descriptors follow one another by index, not by place */
	bool any_layout; /**< the device takes requests cut into descriptors anywhere */
	struct virtio_crypto_slot *slots;
	uint64_t slots_addr;
	struct virtio_crypto_inflight *inflight; /**< one per slot */
	const struct virtio_crypto_dev *dev;
	uint64_t instance; /**< of the device */
	uint8_t dev_id;	   /**< of the device */
	uint64_t max_size; /**< of the device's configuration */

	struct virtio_crypto_chain *chains; /**< one per slot, if sequential */

	/** Finished without the device, to be dequeued; room for two of each slot. */
	struct rte_crypto_op **finished;

	/** Of stateless requests: keys and IVs, one piece per slot. */
	uint8_t *keys;
	uint64_t keys_addr;
	uint32_t keys_size; /**< bytes per slot, 0: there are no stateless requests */

	struct virtio_crypto_asym *asym; /**< NULL: the device has no asymmetric service */

	uint16_t max_descs; /**< of a request */
	struct virtio_crypto_large_table large[VIRTIO_CRYPTO_LARGE_TABLES];

	/** Secondary process that uses the queue; see virtio_crypto_owner.h. */
	int owner;
	int owner_pid;	       /**< as that process sees itself, for the log */
	uint32_t nb_abandoned; /**< of those finished, the last ones: without a status yet */

	const struct rte_memzone *zone; /**< ring, slots, large tables, keys, asymmetric buffers */
	struct rte_cryptodev_stats stats_start; /**< counts when they were reset; control */

	struct virtqueue vq;
	struct virtio_crypto_enqueue_side enq;
	struct virtio_crypto_dequeue_side deq;
	struct virtio_crypto_id_pool free_large;
} __rte_cache_aligned;

/**
 * Status of an operation whose session is not ready: that of a bad session, unless the device has
 * gone in the middle of a burst. Data lcore.
 */
uint8_t virtio_crypto_queue_unready_status(const struct virtio_crypto_queue *q);

/** What was enqueued and dequeued since the queue was made. Any thread. */
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

/** Adds to a count, which one lcore writes and others read. */
static inline void
virtio_crypto_counter_add(uint64_t *count, uint64_t more)
{
	__atomic_store_n(count, *count + more, __ATOMIC_RELAXED);
}

/**
 * The operation of a slot, or NULL; with it all is seen that was noted of its request. By the lcore
 * that dequeues.
 */
static __rte_always_inline struct rte_crypto_op *
virtio_crypto_inflight_op(const struct virtio_crypto_inflight *f)
{
	return __atomic_load_n(&f->op, __ATOMIC_ACQUIRE);
}

/** Notes the operation of a slot, of which all else is noted. By the lcore that enqueues. */
static __rte_always_inline void
virtio_crypto_inflight_set_op(struct virtio_crypto_inflight *f, struct rte_crypto_op *op)
{
	__atomic_store_n(&f->op, op, __ATOMIC_RELEASE);
}

/**
 * How much of a queue pair is in use: the slots from that of the oldest operation that was not
 * dequeued yet on, and operations that came back without a device. Any thread.
 */
uint32_t virtio_crypto_queue_depth_used(void *qp);

/** The state of a queue, for what is done with it next. */
static inline uint32_t
virtio_crypto_queue_state(const struct virtio_crypto_queue *q)
{
	return __atomic_load_n(&q->state, __ATOMIC_ACQUIRE);
}

/** Hands a queue over; what was done with it before is seen by who gets it. */
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
