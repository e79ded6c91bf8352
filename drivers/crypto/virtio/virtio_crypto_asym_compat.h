/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * What asymmetric transforms and operations say in different releases of DPDK.
 *
 * Before DPDK 24.11 padding belongs to the operation, and since then to the transform. Before 23.11
 * the same holds for the keys of ECDSA. Only this file knows.
 */

#ifndef VIRTIO_CRYPTO_ASYM_COMPAT_H
#define VIRTIO_CRYPTO_ASYM_COMPAT_H

#include <stdbool.h>

#include <rte_crypto_asym.h>
#include <rte_version.h>

#include "virtio_crypto_ecdsa_key.h"

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)

/** Returns the padding of a transform; NULL: each operation specifies its own. */
static inline const struct rte_crypto_rsa_padding *
virtio_crypto_rsa_xform_padding(const struct rte_crypto_rsa_xform *rsa)
{
	return &rsa->padding;
}

/** The padding of an operation, @p xform being that of its transform, if that has one. */
static inline const struct rte_crypto_rsa_padding *
virtio_crypto_rsa_op_padding(const struct rte_crypto_rsa_op_param *op,
			     const struct rte_crypto_rsa_padding *xform)
{
	RTE_SET_USED(op);
	return xform;
}

#else

static inline const struct rte_crypto_rsa_padding *
virtio_crypto_rsa_xform_padding(const struct rte_crypto_rsa_xform *rsa)
{
	RTE_SET_USED(rsa);
	return NULL;
}

static inline const struct rte_crypto_rsa_padding *
virtio_crypto_rsa_op_padding(const struct rte_crypto_rsa_op_param *op,
			     const struct rte_crypto_rsa_padding *xform)
{
	RTE_SET_USED(xform);
	return &op->padding;
}

#endif

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)

/** Whether each ECDSA operation specifies its own key. */
#define VIRTIO_CRYPTO_ECDSA_OP_HAS_KEY false

/** The keys of a transform, or else of an operation. */
static inline struct virtio_crypto_ecdsa_key
virtio_crypto_ecdsa_key_of(const struct rte_crypto_ec_xform *xform,
			   const struct rte_crypto_ecdsa_op_param *op)
{
	RTE_SET_USED(op);
	return (struct virtio_crypto_ecdsa_key){ xform->pkey, xform->q };
}

/** The numbers of a transform, of which there are three at most. @return how many it has */
static inline unsigned int
virtio_crypto_ecdsa_xform_numbers(struct rte_crypto_ec_xform *xform, rte_crypto_param **numbers)
{
	numbers[0] = &xform->pkey;
	numbers[1] = &xform->q.x;
	numbers[2] = &xform->q.y;
	return 3;
}

#else

#define VIRTIO_CRYPTO_ECDSA_OP_HAS_KEY true

static inline struct virtio_crypto_ecdsa_key
virtio_crypto_ecdsa_key_of(const struct rte_crypto_ec_xform *xform,
			   const struct rte_crypto_ecdsa_op_param *op)
{
	RTE_SET_USED(xform);
	return (struct virtio_crypto_ecdsa_key){ op->pkey, op->q };
}

static inline unsigned int
virtio_crypto_ecdsa_xform_numbers(struct rte_crypto_ec_xform *xform, rte_crypto_param **numbers)
{
	RTE_SET_USED(xform);
	RTE_SET_USED(numbers);
	return 0;
}

#endif

#endif /* VIRTIO_CRYPTO_ASYM_COMPAT_H */
