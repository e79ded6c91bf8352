/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Asymmetric operations on the device of unit_pmd.h, for the tests of RSA and ECDSA. Included once
 * by a program.
 */

#ifndef UNIT_PMD_ASYM_H
#define UNIT_PMD_ASYM_H

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "unit_pmd.h"
#include "virtio_crypto_asym_op.h"
#include "virtio_crypto_asym_session.h"

#define HEADER	   24 /* bytes of the general header */
#define FIXED	   8  /* bytes of the fixed part of a request in session mode */
#define STATELESS  28 /* the same with stateless mode */
#define REVISION_1 (1ULL << VIRTIO_CRYPTO_F_REVISION_1)
#define BASE	   (1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC)

static struct rte_mempool *operations;

/* A cryptodev session, which is the application's memory. */
static struct rte_cryptodev_asym_session *session;

static inline struct virtio_crypto_asym_session_ref *
reference(void)
{
	return (void *)session->sess_private_data;
}

/* A device, and memory for a session that is yet to be created. */
static inline void
open_asym(uint64_t features)
{
	open_queue(features);
	session = calloc(1, sizeof(*session) + sizeof(struct virtio_crypto_asym_session_ref));
}

static inline void
close_session(void)
{
	virtio_crypto_asym_session_destroy(&dev, reference());
	free(session);
	close_queue();
}

static inline uint32_t
le32_at(const struct chain *c, unsigned int offset)
{
	uint32_t value;

	memcpy(&value, c->part[0].data + offset, sizeof(value));
	return rte_le_to_cpu_32(value);
}

/* Enqueues an invalid operation and dequeues it with a status; the device sees nothing. */
static inline void
check_refused(struct rte_crypto_op *op, uint8_t status)
{
	struct chain c;

	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	CHECK(enqueue(op) == 1 && !pop_avail(&c) && dequeue() == op && op->status == status);
	CHECK(q->asym == NULL ||
	      virtio_crypto_id_pool_count(&q->asym->free) == VIRTIO_CRYPTO_ASYM_BUFFERS);
	rte_crypto_op_free(op);
}

static inline void
nothing_is_left_behind(void)
{
	CHECK(rte_mempool_full(operations));
}

/* Starts EAL and makes the pool of operations. */
static inline bool
start_asym(void)
{
	if (start_eal())
		operations = rte_crypto_op_pool_create("operations", RTE_CRYPTO_OP_TYPE_ASYMMETRIC,
						       127, 0, 0, SOCKET_ID_ANY);
	if (operations == NULL)
		printf("not ok: EAL does not start\n");
	return operations != NULL;
}

#endif /* UNIT_PMD_ASYM_H */
