/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Symmetric sessions and operations on the device of unit_pmd.h; included once. */

#ifndef UNIT_PMD_SYM_H
#define UNIT_PMD_SYM_H

#include <string.h>

#include <rte_mbuf.h>

#include "unit.h"
#include "unit_pmd.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_retire.h"

#define IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

static struct rte_mempool *mbufs, *operations, *sessions;

static inline void *
session(struct rte_crypto_sym_xform *xform)
{
	struct rte_cryptodev_sym_session *s = NULL;

	CHECK(rte_mempool_get(sessions, (void **)&s) == 0);
	CHECK(virtio_crypto_sym_session_create(&dev, xform, CRYPTODEV_GET_SYM_SESS_PRIV(s)) == 0);
	return s;
}

static inline void
end_session(void *s)
{
	virtio_crypto_sym_session_destroy(&dev, CRYPTODEV_GET_SYM_SESS_PRIV(s));
	rte_mempool_put(sessions, s);
}

static inline void *
cipher_session(void)
{
	static const uint8_t key[16];
	struct rte_crypto_sym_xform x = {
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = { .op = RTE_CRYPTO_CIPHER_OP_DECRYPT,
			    .algo = RTE_CRYPTO_CIPHER_AES_CBC,
			    .key = { .data = key, .length = sizeof(key) },
			    .iv = { .offset = IV_OFFSET, .length = 16 } },
	};

	return session(&x);
}

/* Cipher, then authentication with a digest of 12 bytes. */
static inline void *
chain_session(bool verify)
{
	static const uint8_t key[20];
	struct rte_crypto_sym_xform x[2] = {
		{ .type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		  .cipher = { .op = verify ? RTE_CRYPTO_CIPHER_OP_DECRYPT :
					     RTE_CRYPTO_CIPHER_OP_ENCRYPT,
			      .algo = RTE_CRYPTO_CIPHER_AES_CBC,
			      .key = { .data = key, .length = 16 },
			      .iv = { .offset = IV_OFFSET, .length = 16 } } },
		{ .type = RTE_CRYPTO_SYM_XFORM_AUTH,
		  .auth = { .op = verify ? RTE_CRYPTO_AUTH_OP_VERIFY : RTE_CRYPTO_AUTH_OP_GENERATE,
			    .algo = RTE_CRYPTO_AUTH_SHA1_HMAC,
			    .key = { .data = key, .length = sizeof(key) },
			    .digest_length = 12 } },
	};

	x[verify].next = &x[!verify];
	return session(&x[verify]);
}

/* An operation over bytes 8 to 40 of a chain of so many mbufs of 100 bytes, or over all of it. */
static inline struct rte_crypto_op *
operation(void *s, unsigned int segs)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(operations, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	struct rte_mbuf *m = rte_pktmbuf_alloc(mbufs);
	unsigned int i;

	rte_pktmbuf_append(m, 100);
	for (i = 1; i < segs; i++) {
		struct rte_mbuf *next = rte_pktmbuf_alloc(mbufs);

		rte_pktmbuf_append(next, 100);
		rte_pktmbuf_chain(m, next);
	}
	rte_crypto_op_attach_sym_session(op, s);
	op->sym->m_src = m;
	op->sym->cipher.data.offset = segs == 1 ? 8 : 0;
	op->sym->cipher.data.length = segs == 1 ? 32 : segs * 100;
	memset(rte_crypto_op_ctod_offset(op, void *, IV_OFFSET), 0x1f, 16);
	return op;
}

static inline void
free_operation(struct rte_crypto_op *op)
{
	rte_pktmbuf_free(op->sym->m_src);
	rte_crypto_op_free(op);
}

static inline bool
start(void)
{
	if (!start_eal())
		return false;
	mbufs = rte_pktmbuf_pool_create("mbufs", 1023, 0, 0, 256, SOCKET_ID_ANY);
	operations = rte_crypto_op_pool_create("operations", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 127, 0,
					       32, SOCKET_ID_ANY);
	sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", 15, sizeof(struct virtio_crypto_session_ref), 0, 0, SOCKET_ID_ANY);
	return mbufs != NULL && operations != NULL && sessions != NULL;
}

/* What the tests have taken is back. */
static inline void
nothing_is_left_behind(void)
{
	CHECK(rte_mempool_full(mbufs) && rte_mempool_full(operations));
	CHECK(rte_mempool_full(sessions));
}

#endif /* UNIT_PMD_SYM_H */
