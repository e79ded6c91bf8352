/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A second walk of a chain that vc_vring_walk() rejects.
 *
 * Drivers take a used buffer for a completed request, and some preset its status byte to success. A
 * request that cannot be served therefore needs a status, wherever the status byte is mapped. This
 * walk follows a chain to its end, across unmapped buffers, and much further than chain.h does.
 *
 * A long chain can be valid, too. Linux's driver adds each data segment together with all segments
 * that follow it, n(n+1)/2 descriptors for n segments. The first n descriptors hold the data that
 * the request needs, and the last descriptor of the chain holds the status. So the first segments
 * are kept, and the last one.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_CHAIN_LONG_H
#define VHOST_CRYPTO_CHAIN_LONG_H

#include "vring.h"

/** Maximum number of descriptors walked in one table: all that an index can address. */
#ifndef VC_CHAIN_LONG_MAX_DESCS
#define VC_CHAIN_LONG_MAX_DESCS 65536
#endif

/** Faults of a chain. */
enum vc_chain_fault {
	VC_CHAIN_VALID,
	VC_CHAIN_UNMAPPED,	/**< address not mapped */
	VC_CHAIN_NO_STATUS,	/**< no device-writable byte */
	VC_CHAIN_MALFORMED,	/**< loop, or invalid index, order, length or table */
	VC_CHAIN_TOO_LONG,	/**< more than VC_CHAIN_LONG_MAX_DESCS descriptors */
	VC_CHAIN_TOO_MANY_SEGS, /**< the request needs segments that were left out */
};

/** Result of a walk. */
struct vc_chain_end {
	uint8_t *status;	   /**< last device-writable byte; NULL: none */
	uint64_t write_len;	   /**< device-writable bytes, mapped or not */
	uint64_t unmapped_addr;	   /**< unmapped address, for VC_CHAIN_UNMAPPED */
	uint32_t nb_desc;	   /**< number of descriptors read */
	enum vc_chain_fault fault; /**< first fault found */
	bool is_truncated;	   /**< segments were left out */
};

/**
 * Walks a chain to its end.
 *
 * @param vr     ring
 * @param head   chain head
 * @param mem    guest memory
 * @param chain  segs with room for VC_CHAIN_MAX_SEGS; receives the first segments of both streams,
 *               and the status byte as the last one if device-writable segments were left out
 * @param end    receives the result
 * @return 0: the chain can be served if the request does not need segments that were left out;
 *         -EINVAL: rejected for end->fault
 */
int vc_chain_walk_long(const struct vc_vring *vr, struct vc_chain_head head,
		       const struct vc_mem *mem, struct vc_chain *chain, struct vc_chain_end *end);

/**
 * Logs that a request is rejected, once for each kind of fault.
 *
 * @param logged_faults  bit mask of the faults that were logged
 * @param name           name of the queue
 */
void vc_chain_log_rejected(uint8_t *logged_faults, const char *name,
			   const struct vc_chain_end *end);

/** Logs that a queue stops at a request without a mapped status byte. */
void vc_chain_log_stop(const char *name, const struct vc_chain_end *end);

#endif /* VHOST_CRYPTO_CHAIN_LONG_H */
