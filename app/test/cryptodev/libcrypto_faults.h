/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef LIBCRYPTO_FAULTS_H
#define LIBCRYPTO_FAULTS_H

/**
 * @file
 * Faults of a cryptodev, when a test wants them: the environment variable LIBCRYPTO_FAULTS names a
 * file with a struct libcrypto_faults, which the test may change at any time.
 */

#include <stdbool.h>
#include <stdint.h>

/** What goes wrong; 0 is nothing. The file has these numbers, in this order. */
struct libcrypto_faults {
	uint32_t start_fails; /**< the device cannot be started */
	uint32_t refuse;      /**< no operation is taken */
	uint32_t error_every; /**< each so many operations one fails, and is not done */
	uint32_t hold_every;  /**< each so many operations one does not come back as yet */
	uint32_t late_us; /**< an operation comes back so many microseconds after it was taken */
};

struct rte_crypto_op;

/** An operation that is done and has not come back. */
struct libcrypto_late {
	struct rte_crypto_op *op;
	uint64_t due;	 /**< in timer cycles */
	uint32_t number; /**< of the operations of its queue pair, from 1 */
};

/** Those of a queue pair. */
struct libcrypto_lates {
	uint32_t number; /**< of operations taken */
	uint32_t nb;
	uint32_t size;
	struct libcrypto_late *list;
};

/** The faults; NULL: the test wants none. */
extern const volatile struct libcrypto_faults *libcrypto_faults;

/** Finds out whether a test wants faults. @return 0 or a negative errno */
int libcrypto_faults_open(void);

/** Memory for a queue pair of so many operations. @return 0 or -ENOMEM */
int libcrypto_lates_init(struct libcrypto_lates *lates, uint32_t size);

/** Counts an operation that is taken. @return whether it is to fail */
bool libcrypto_faults_fail(struct libcrypto_lates *lates);

/** An operation is done; it comes back by libcrypto_lates_take(). */
void libcrypto_lates_add(struct libcrypto_lates *lates, struct rte_crypto_op *op);

/** Operations that come back now. @return how many */
uint16_t libcrypto_lates_take(struct libcrypto_lates *lates, struct rte_crypto_op **ops,
			      uint16_t nb);

#endif /* LIBCRYPTO_FAULTS_H */
