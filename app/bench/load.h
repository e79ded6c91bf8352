/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* A cryptodev, a session, and operations that are used over and over. */

#ifndef LOAD_H
#define LOAD_H

#include <stdint.h>

#include <rte_crypto.h>

/** Most operations of a load. */
#define LOAD_MAX_OPS 1024
/** Most bytes of an operation's data. */
#define LOAD_MAX_BYTES 16384

struct algorithm;

struct load {
	uint8_t dev_id;
	const struct algorithm *algorithm;
	void *session;
	/** The operations, of which the first `nb_free` may be enqueued. */
	struct rte_crypto_op *ops[LOAD_MAX_OPS];
	uint32_t nb_free;
};

/** Names the algorithms on standard error. */
void load_algorithms(void);

/**
 * Starts the first cryptodev, and makes LOAD_MAX_OPS operations for it.
 *
 * @return 0, or -1 with a line on standard error
 */
int load_open(struct load *load, const char *algorithm);

/** Makes the operations ones of this many bytes of data. */
void load_resize(struct load *load, uint32_t bytes);

void load_close(struct load *load);

#endif /* LOAD_H */
