/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_cryptodev.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#include "fuzz_driver_device.h"
#include "fuzz_driver_ops.h"
#include "fuzz_keys.h"
#include "fuzz_memory.h"
#include "mock_device_xforms.h"
#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_der.h"
#include "virtio_crypto_sym_session.h"

#define MODULUS 64
#define CURVE	32

unsigned int fuzz_driver_in_flight;

static struct rte_mempool *mbufs, *sym_ops, *asym_ops, *sym_sessions;
static struct rte_cryptodev_sym_session *sym[RSA];
static struct rte_cryptodev_asym_session *asym[FUZZ_DRIVER_KINDS];

void
fuzz_driver_ops_init(void)
{
	mbufs = rte_pktmbuf_pool_create("mbufs", 255, 0, 0, 2048, SOCKET_ID_ANY);
	sym_ops = rte_crypto_op_pool_create("sym", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 127, 0, 64,
					    SOCKET_ID_ANY);
	asym_ops = rte_crypto_op_pool_create("asym", RTE_CRYPTO_OP_TYPE_ASYMMETRIC, 127, 0, 0,
					     SOCKET_ID_ANY);
	sym_sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", 15, sizeof(struct virtio_crypto_session_ref), 0, 0, SOCKET_ID_ANY);
	FUZZ_MUST(mbufs != NULL && sym_ops != NULL && asym_ops != NULL && sym_sessions != NULL);
}

static struct virtio_crypto_asym_session_ref *
reference(enum fuzz_driver_kind kind)
{
	return (void *)asym[kind]->sess_private_data;
}

static struct rte_crypto_sym_xform
auth_xform(bool verify)
{
	struct rte_crypto_sym_xform x = digest(RTE_CRYPTO_AUTH_SHA1_HMAC, AUTH_KEY_LEN);

	x.auth.op = verify ? RTE_CRYPTO_AUTH_OP_VERIFY : RTE_CRYPTO_AUTH_OP_GENERATE;
	x.auth.digest_length = 20;
	return x;
}

static rte_crypto_uint
number(const uint8_t *bytes, size_t len)
{
	return (rte_crypto_uint){ .data = (uint8_t *)(uintptr_t)bytes, .length = len };
}

static struct rte_crypto_asym_xform
rsa_xform(void)
{
	struct rte_crypto_asym_xform x = { .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };
	struct virtio_crypto_rsa_key key;
	const struct virtio_crypto_bytes *n = key.number;

	FUZZ_MUST(virtio_crypto_der_rsa_private(fuzz_rsa_private, sizeof(fuzz_rsa_private), &key) ==
		  0);
	x.rsa.n = number(n[VIRTIO_CRYPTO_RSA_N].data, n[VIRTIO_CRYPTO_RSA_N].len);
	x.rsa.e = number(n[VIRTIO_CRYPTO_RSA_E].data, n[VIRTIO_CRYPTO_RSA_E].len);
	x.rsa.key_type = RTE_RSA_KEY_TYPE_QT;
	x.rsa.qt.p = number(n[VIRTIO_CRYPTO_RSA_P].data, n[VIRTIO_CRYPTO_RSA_P].len);
	x.rsa.qt.q = number(n[VIRTIO_CRYPTO_RSA_Q].data, n[VIRTIO_CRYPTO_RSA_Q].len);
	x.rsa.qt.dP = number(n[VIRTIO_CRYPTO_RSA_DP].data, n[VIRTIO_CRYPTO_RSA_DP].len);
	x.rsa.qt.dQ = number(n[VIRTIO_CRYPTO_RSA_DQ].data, n[VIRTIO_CRYPTO_RSA_DQ].len);
	x.rsa.qt.qInv = number(n[VIRTIO_CRYPTO_RSA_QINV].data, n[VIRTIO_CRYPTO_RSA_QINV].len);
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	x.rsa.padding.type = RTE_CRYPTO_RSA_PADDING_PKCS1_5;
#endif
	return x;
}

static struct rte_crypto_asym_xform
ecdsa_xform(void)
{
	struct rte_crypto_asym_xform x = { .xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA };

	x.ec.curve_id = RTE_CRYPTO_EC_GROUP_SECP256R1;
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	struct virtio_crypto_bytes d;

	FUZZ_MUST(virtio_crypto_der_ec_private(fuzz_ec_private, sizeof(fuzz_ec_private), &d) == 0);
	x.ec.pkey = number(d.data, d.len);
	x.ec.q.x = number(fuzz_ec_public + 1, CURVE);
	x.ec.q.y = number(fuzz_ec_public + 1 + CURVE, CURVE);
#endif
	return x;
}

void
fuzz_driver_session_destroy(enum fuzz_driver_kind kind)
{
	if (kind < RSA && sym[kind] != NULL) {
		virtio_crypto_sym_session_destroy(&fuzz_driver_dev,
						  CRYPTODEV_GET_SYM_SESS_PRIV(sym[kind]));
		rte_mempool_put(sym_sessions, sym[kind]);
		sym[kind] = NULL;
	} else if (kind >= RSA && asym[kind] != NULL) {
		virtio_crypto_asym_session_destroy(&fuzz_driver_dev, reference(kind));
		free(asym[kind]);
		asym[kind] = NULL;
	}
}

static int
sym_create(enum fuzz_driver_kind kind, struct rte_cryptodev_sym_session *s)
{
	struct rte_crypto_sym_xform x[2];

	memset(x, 0, sizeof(x));
	switch (kind) {
	case CBC:
		x[0] = aes_cbc(true);
		break;
	case CHAIN:
		x[0] = aes_cbc(true);
		x[1] = auth_xform(false);
		x[0].next = &x[1];
		break;
	case CHAIN_DECRYPT:
		x[0] = auth_xform(true);
		x[1] = aes_cbc(false);
		x[0].next = &x[1];
		break;
	case HASH_ONLY:
		x[0] = auth_xform(false);
		break;
	default:
		x[0] = aes_gcm(kind == GCM);
		break;
	}
	return virtio_crypto_sym_session_create(&fuzz_driver_dev, x,
						CRYPTODEV_GET_SYM_SESS_PRIV(s));
}

void
fuzz_driver_session_create(enum fuzz_driver_kind kind)
{
	struct rte_crypto_asym_xform x;

	fuzz_driver_session_destroy(kind);
	if (kind < RSA) {
		FUZZ_MUST(rte_mempool_get(sym_sessions, (void **)&sym[kind]) == 0);
		if (sym_create(kind, sym[kind]) == 0)
			return;
		rte_mempool_put(sym_sessions, sym[kind]);
		sym[kind] = NULL;
		return;
	}
	x = kind == RSA ? rsa_xform() : ecdsa_xform();
	asym[kind] = calloc(1, sizeof(*asym[kind]) + sizeof(struct virtio_crypto_asym_session_ref));
	FUZZ_MUST(asym[kind] != NULL);
	if (virtio_crypto_asym_session_create(&fuzz_driver_dev, &x, reference(kind)) == 0)
		return;
	free(asym[kind]);
	asym[kind] = NULL;
}

/* What an operation writes to, beside its mbuf: exactly as long as it may be. */
static uint8_t *
alloc_exact(uint32_t len)
{
	uint8_t *p = calloc(1, len);

	FUZZ_MUST(p != NULL);
	return p;
}

static struct rte_crypto_op *
sym_op(enum fuzz_driver_kind kind, uint32_t len)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(sym_ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	struct rte_mbuf *m = rte_pktmbuf_alloc(mbufs);

	FUZZ_MUST(op != NULL && m != NULL);
	memset(rte_pktmbuf_append(m, len), 0xda, len);
	rte_crypto_op_attach_sym_session(op, sym[kind]);
	op->sym->m_src = m;
	if (kind == GCM || kind == GCM_DECRYPT) {
		op->sym->aead.data.length = len;
		op->sym->aead.digest.data = alloc_exact(16);
		op->sym->aead.aad.data = alloc_exact(8);
		return op;
	}
	op->sym->cipher.data.length = len;
	op->sym->auth.data.length = len;
	op->sym->auth.digest.data = alloc_exact(20);
	return op;
}

static struct rte_crypto_op *
asym_op(enum fuzz_driver_kind kind, uint8_t how)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(asym_ops, RTE_CRYPTO_OP_TYPE_ASYMMETRIC);
	struct rte_crypto_asym_op *a;

	FUZZ_MUST(op != NULL);
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	a = op->asym;
	memset(a, 0, sizeof(*a));
	a->session = asym[kind];
	if (kind == RSA) {
		a->rsa.op_type = how & 3; /* encrypt, decrypt, sign, verify */
		a->rsa.message = (rte_crypto_param){ .data = alloc_exact(MODULUS), .length = 32 };
		a->rsa.cipher = (rte_crypto_param){ .data = alloc_exact(MODULUS),
						    .length = MODULUS };
		a->rsa.sign = (rte_crypto_param){ .data = alloc_exact(MODULUS), .length = MODULUS };
#if RTE_VERSION < RTE_VERSION_NUM(24, 11, 0, 0)
		a->rsa.padding.type = how & 4 ? RTE_CRYPTO_RSA_PADDING_NONE :
						RTE_CRYPTO_RSA_PADDING_PKCS1_5;
		a->rsa.padding.hash = how & 8 ? RTE_CRYPTO_AUTH_SHA256 : 0;
#endif
		return op;
	}
	a->ecdsa.op_type = how & 1 ? RTE_CRYPTO_ASYM_OP_VERIFY : RTE_CRYPTO_ASYM_OP_SIGN;
	a->ecdsa.message = (rte_crypto_param){ .data = alloc_exact(32), .length = 32 };
	a->ecdsa.r = (rte_crypto_param){ .data = alloc_exact(CURVE), .length = CURVE };
	a->ecdsa.s = (rte_crypto_param){ .data = alloc_exact(CURVE), .length = CURVE };
	a->ecdsa.r.data[CURVE - 1] = 1;
	a->ecdsa.s.data[CURVE - 1] = 1;
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
	struct virtio_crypto_bytes d;

	FUZZ_MUST(virtio_crypto_der_ec_private(fuzz_ec_private, sizeof(fuzz_ec_private), &d) == 0);
	a->ecdsa.pkey = number(d.data, d.len);
	a->ecdsa.q.x = number(fuzz_ec_public + 1, CURVE);
	a->ecdsa.q.y = number(fuzz_ec_public + 1 + CURVE, CURVE);
#endif
	return op;
}

static bool
is_ecdsa(const struct rte_crypto_op *op)
{
	return op->asym->session == asym[ECDSA];
}

static void
op_free(struct rte_crypto_op *op, bool ecdsa)
{
	if (op->type == RTE_CRYPTO_OP_TYPE_SYMMETRIC) {
		const uint32_t *aead = rte_crypto_op_ctod_offset(op, uint32_t *,
								 MOCK_IV_OFFSET + 32);

		free(*aead ? op->sym->aead.digest.data : op->sym->auth.digest.data);
		if (*aead)
			free(op->sym->aead.aad.data);
		rte_pktmbuf_free(op->sym->m_src);
	} else if (ecdsa) {
		free(op->asym->ecdsa.message.data);
		free(op->asym->ecdsa.r.data);
		free(op->asym->ecdsa.s.data);
	} else {
		free(op->asym->rsa.message.data);
		free(op->asym->rsa.cipher.data);
		free(op->asym->rsa.sign.data);
	}
	rte_crypto_op_free(op);
}

void
fuzz_driver_enqueue(struct fuzz_input *in)
{
	static const uint16_t lens[] = { 64, 16, 0, 1900 };
	enum fuzz_driver_kind kind = fuzz_u8(in) % FUZZ_DRIVER_KINDS;
	uint8_t how = fuzz_u8(in);
	struct rte_crypto_op *op;

	if (fuzz_driver_in_flight == FUZZ_DRIVER_OPS)
		return;
	if (kind < RSA ? sym[kind] == NULL : asym[kind] == NULL)
		fuzz_driver_session_create(kind);
	if (kind < RSA ? sym[kind] == NULL : asym[kind] == NULL)
		return;
	if (kind < RSA) {
		op = sym_op(kind, lens[how & 3]);
		*rte_crypto_op_ctod_offset(op, uint32_t *, MOCK_IV_OFFSET + 32) = kind >= GCM;
	} else {
		op = asym_op(kind, how);
	}
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	if (virtio_crypto_enqueue_burst(fuzz_driver_queue(), &op, 1) == 1)
		fuzz_driver_in_flight++;
	else
		op_free(op, kind == ECDSA);
}

void
fuzz_driver_dequeue(uint16_t max)
{
	struct rte_crypto_op *ops[FUZZ_DRIVER_OPS];
	uint16_t n, i;

	fuzz_turn();
	n = virtio_crypto_dequeue_burst(fuzz_driver_queue(), ops, RTE_MIN(max, RTE_DIM(ops)));
	fuzz_turn_end();
	FUZZ_MUST(n <= fuzz_driver_in_flight);
	fuzz_driver_in_flight -= n;
	for (i = 0; i < n; i++) {
		FUZZ_MUST(ops[i]->status != RTE_CRYPTO_OP_STATUS_NOT_PROCESSED);
		op_free(ops[i], ops[i]->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC && is_ecdsa(ops[i]));
	}
}

void
fuzz_driver_ops_check(void)
{
	FUZZ_MUST(rte_mempool_full(mbufs) && rte_mempool_full(sym_ops) &&
		  rte_mempool_full(asym_ops) && rte_mempool_full(sym_sessions));
}
