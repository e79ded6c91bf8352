/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The second look at a chain that vc_vring_walk() refuses.
 *
 * A driver takes a buffer that comes back for done, and some have put the status of success there
 * themselves. So a request that cannot be served gets its status wherever that can be written: the
 * chain is followed to its end, beyond what is not mapped, and much further than chain.h goes.
 *
 * Nor is every long chain a bad one. Linux's driver hands over each piece of data together with all
 * that follow it, so that of n pieces there are n(n+1)/2 descriptors. The first n have all that the
 * request needs, and the last descriptor of all has the status: so the first ones are kept.
 *
 * Thread: the one that serves the queue.
 */

#ifndef VHOST_CRYPTO_CHAIN_LONG_H
#define VHOST_CRYPTO_CHAIN_LONG_H

#include "vring.h"

/** Descriptors of one table that are followed, at most: all that an index can name. */
#ifndef VC_CHAIN_LONG_MAX_DESCS
#define VC_CHAIN_LONG_MAX_DESCS 65536
#endif

/** What is wrong with a chain. */
enum vc_chain_fault {
	VC_CHAIN_VALID,
	VC_CHAIN_UNMAPPED,	/**< an address that is not mapped */
	VC_CHAIN_NO_STATUS,	/**< nothing that the device may write */
	VC_CHAIN_MALFORMED,	/**< a loop, a wrong index, order, length or table */
	VC_CHAIN_TOO_LONG,	/**< more than VC_CHAIN_LONG_MAX_DESCS descriptors */
	VC_CHAIN_TOO_MANY_SEGS, /**< the request needs more than what was kept */
};

/** What a chain comes to. */
struct vc_chain_end {
	uint8_t *status;	   /**< the last byte that the device may write; NULL: none */
	uint64_t write_len;	   /**< bytes that it may write, mapped or not */
	uint64_t unmapped_addr;	   /**< VC_CHAIN_UNMAPPED: the address */
	uint32_t nb_desc;	   /**< descriptors read, each once */
	enum vc_chain_fault fault; /**< the first one */
	bool is_truncated;	   /**< descriptors were left out */
};

/**
 * Walks a chain to its end.
 *
 * @param vr     ring
 * @param head   request
 * @param mem    guest memory
 * @param chain  segs with room for VC_CHAIN_MAX_SEGS; the rest is filled with the beginning of
 *               both streams, and if descriptors that the device may write were left out, then
 *               with the status behind them
 * @param end    filled
 * @return 0: the chain can be served, if the request needs no more than is there; -EINVAL: not,
 *         for end->fault
 */
int vc_chain_walk_long(const struct vc_vring *vr, struct vc_chain_head head,
		       const struct vc_mem *mem, struct vc_chain *chain, struct vc_chain_end *end);

/**
 * Logs that a request is refused; once for each kind of fault.
 *
 * @param logged_faults  bits of what was logged, by kind
 * @param name  of the queue
 */
void vc_chain_log_rejected(uint8_t *logged_faults, const char *name,
			   const struct vc_chain_end *end);

/** Logs that a queue stops since a request has no place for its status. */
void vc_chain_log_stop(const char *name, const struct vc_chain_end *end);

#endif /* VHOST_CRYPTO_CHAIN_LONG_H */
