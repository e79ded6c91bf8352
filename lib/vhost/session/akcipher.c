/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>

#include <rte_cryptodev.h>
#include <rte_malloc.h>
#include <rte_version.h>

#include "akcipher.h"

/*
 * Operations of an algorithm that are required. RSA signatures are padded here, so a cryptodev
 * performs raw RSA for them.
 */
static uint64_t
needed_operations(uint32_t algo)
{
	if (algo == VIRTIO_CRYPTO_AKCIPHER_RSA)
		return 1 << RTE_CRYPTO_ASYM_OP_ENCRYPT | 1 << RTE_CRYPTO_ASYM_OP_DECRYPT;
	return 1 << RTE_CRYPTO_ASYM_OP_SIGN | 1 << RTE_CRYPTO_ASYM_OP_VERIFY;
}

static const struct rte_cryptodev_asymmetric_xform_capability *
capability(uint8_t dev_id, uint32_t algo)
{
	struct rte_cryptodev_asym_capability_idx idx = {
		.type = virtio_crypto_akcipher_xform(algo),
	};

	return rte_cryptodev_asym_capability_get(dev_id, &idx);
}

/* Whether a cryptodev supports an algorithm with all required operations. */
static bool
of_cryptodev(uint8_t dev_id, uint32_t algo)
{
	const struct rte_cryptodev_asymmetric_xform_capability *cap = capability(dev_id, algo);
	uint64_t needed = needed_operations(algo);

	return cap != NULL && (cap->op_types & needed) == needed;
}

bool
vc_akcipher_offered(const struct vc_session_table *table, uint32_t algo)
{
	uint8_t i;

	for (i = 0; i < table->nb_cdevs && table->nb_users > 0; i++)
		if (of_cryptodev(table->cdev_ids[i], algo))
			return true;
	return false;
}

int
vc_akciphers_init(struct vc_session_table *table, const char *name, int socket_id)
{
	uint32_t nb = RTE_MIN(table->size, (uint32_t)VC_MAX_AKCIPHERS) * table->nb_users * 2;
	char pool_name[RTE_MEMPOOL_NAMESIZE];

	if (!vc_akcipher_offered(table, VIRTIO_CRYPTO_AKCIPHER_RSA) &&
	    !vc_akcipher_offered(table, VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC))
		return 0;
	snprintf(pool_name, sizeof(pool_name), "%s_a", name);
	table->akcipher_pool = rte_cryptodev_asym_session_pool_create(pool_name, nb, 0, 0,
								      socket_id);
	return table->akcipher_pool != NULL ? 0 : -ENOMEM;
}

static int
check_rsa(const struct vc_session_params *p)
{
	if (p->padding == VIRTIO_CRYPTO_RSA_RAW_PADDING)
		return VIRTIO_CRYPTO_OK; /* hash ignored */
	if (p->padding != VIRTIO_CRYPTO_RSA_PKCS1_PADDING ||
	    virtio_crypto_rsa_hash_find(p->hash) == NULL)
		return VIRTIO_CRYPTO_NOTSUPP;
	return VIRTIO_CRYPTO_OK;
}

/* Section "Session operation: AKCIPHER session". */
int
vc_akcipher_check(const struct vc_session_params *p)
{
	if (virtio_crypto_akcipher_xform(p->cipher_algo) == RTE_CRYPTO_ASYM_XFORM_UNSPECIFIED)
		return VIRTIO_CRYPTO_NOTSUPP;
	if (p->key_type != VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC &&
	    p->key_type != VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE)
		return VIRTIO_CRYPTO_ERR;
	if (p->cipher_algo == VIRTIO_CRYPTO_AKCIPHER_RSA)
		return check_rsa(p);
	return virtio_crypto_curve_find(p->curve) != NULL ? VIRTIO_CRYPTO_OK :
							    VIRTIO_CRYPTO_NOTSUPP;
}

static bool
has_remainders(const struct virtio_crypto_rsa_key *key)
{
	unsigned int i;

	for (i = VIRTIO_CRYPTO_RSA_P; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		if (key->number[i].len == 0)
			return false;
	return true;
}

static bool
is_odd(const struct virtio_crypto_bytes *n)
{
	return n->len > 0 && (n->data[n->len - 1] & 1);
}

/* Checks an RSA key: no number may be longer than the modulus, and cryptodevs require odd ones. */
static int
check_rsa_key(const struct vc_akcipher *a)
{
	const struct virtio_crypto_bytes *n = a->rsa.number;
	unsigned int i;

	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		if (n[i].len > n[VIRTIO_CRYPTO_RSA_N].len)
			return VIRTIO_CRYPTO_ERR;
	if (n[VIRTIO_CRYPTO_RSA_N].len < VIRTIO_CRYPTO_RSA_MIN_MODULUS ||
	    !is_odd(&n[VIRTIO_CRYPTO_RSA_N]) || !is_odd(&n[VIRTIO_CRYPTO_RSA_E]))
		return VIRTIO_CRYPTO_ERR;
	if (n[VIRTIO_CRYPTO_RSA_N].len > VIRTIO_CRYPTO_RSA_MAX_MODULUS)
		return VIRTIO_CRYPTO_NOTSUPP;
	if (!a->has_private)
		return VIRTIO_CRYPTO_OK;
	if (has_remainders(&a->rsa))
		return is_odd(&n[VIRTIO_CRYPTO_RSA_P]) && is_odd(&n[VIRTIO_CRYPTO_RSA_Q]) ?
			VIRTIO_CRYPTO_OK :
			VIRTIO_CRYPTO_ERR;
	return n[VIRTIO_CRYPTO_RSA_D].len > 0 ? VIRTIO_CRYPTO_OK : VIRTIO_CRYPTO_ERR;
}

static int
describe_rsa(struct vc_akcipher *a, const struct vc_session_params *p)
{
	int ret;

	if (a->has_private)
		ret = virtio_crypto_der_rsa_private(p->akcipher_key, p->cipher_key_len, &a->rsa);
	else
		ret = virtio_crypto_der_rsa_public(p->akcipher_key, p->cipher_key_len, &a->rsa);
	if (ret != 0)
		return VIRTIO_CRYPTO_ERR;
	a->size = a->rsa.number[VIRTIO_CRYPTO_RSA_N].len;
	a->pkcs1 = p->padding == VIRTIO_CRYPTO_RSA_PKCS1_PADDING;
	if (a->pkcs1)
		a->hash = virtio_crypto_rsa_hash_find(p->hash);
	return check_rsa_key(a);
}

/* A public key is an uncompressed point: 4, x, y. */
static int
describe_ecdsa(struct vc_akcipher *a, const struct vc_session_params *p)
{
	a->curve = virtio_crypto_curve_find(p->curve);
	a->size = a->curve->size;
	if (a->has_private) {
		if (virtio_crypto_der_ec_private(p->akcipher_key, p->cipher_key_len, &a->ec) != 0 ||
		    a->ec.len == 0 || a->ec.len > a->size)
			return VIRTIO_CRYPTO_ERR;
		return VIRTIO_CRYPTO_OK;
	}
	if (p->cipher_key_len != 1 + 2u * a->size || p->akcipher_key[0] != 4)
		return VIRTIO_CRYPTO_ERR;
	a->ec = (struct virtio_crypto_bytes){ p->akcipher_key + 1, 2u * a->size };
	return VIRTIO_CRYPTO_OK;
}

static rte_crypto_uint
number(const struct virtio_crypto_bytes *n)
{
	/* Cryptodevs copy the data of transforms. */
	return (rte_crypto_uint){ .data = (uint8_t *)(uintptr_t)n->data, .length = n->len };
}

static void
rsa_xform(const struct vc_akcipher *a, bool padded, struct rte_crypto_asym_xform *x)
{
	const struct virtio_crypto_bytes *n = a->rsa.number;

	x->xform_type = RTE_CRYPTO_ASYM_XFORM_RSA;
	x->rsa.n = number(&n[VIRTIO_CRYPTO_RSA_N]);
	x->rsa.e = number(&n[VIRTIO_CRYPTO_RSA_E]);
	if (has_remainders(&a->rsa)) {
		x->rsa.key_type = RTE_RSA_KEY_TYPE_QT;
		x->rsa.qt.p = number(&n[VIRTIO_CRYPTO_RSA_P]);
		x->rsa.qt.q = number(&n[VIRTIO_CRYPTO_RSA_Q]);
		x->rsa.qt.dP = number(&n[VIRTIO_CRYPTO_RSA_DP]);
		x->rsa.qt.dQ = number(&n[VIRTIO_CRYPTO_RSA_DQ]);
		x->rsa.qt.qInv = number(&n[VIRTIO_CRYPTO_RSA_QINV]);
	} else {
		x->rsa.key_type = RTE_RSA_KEY_TYPE_EXP;
		x->rsa.d = number(&n[VIRTIO_CRYPTO_RSA_D]);
	}
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	x->rsa.padding.type = padded ? RTE_CRYPTO_RSA_PADDING_PKCS1_5 : RTE_CRYPTO_RSA_PADDING_NONE;
#else
	(void)padded; /* part of the operations */
#endif
}

static void
ecdsa_xform(const struct vc_akcipher *a, struct rte_crypto_asym_xform *x)
{
	x->xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA;
	x->ec.curve_id = a->curve->group;
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	if (a->has_private) {
		x->ec.pkey = number(&a->ec);
	} else {
		x->ec.q.x = number(&(struct virtio_crypto_bytes){ a->ec.data, a->size });
		x->ec.q.y = number(&(struct virtio_crypto_bytes){ a->ec.data + a->size, a->size });
	}
#endif
}

/* Creates a cryptodev session; NULL: the cryptodev rejects the key. */
static void *
create_on(const struct vc_session_table *table, const struct vc_akcipher *a, uint8_t cdev,
	  bool padded)
{
	struct rte_crypto_asym_xform x = { 0 };
	void *cs = NULL;

	if (a->algo == VIRTIO_CRYPTO_AKCIPHER_RSA)
		rsa_xform(a, padded, &x);
	else
		ecdsa_xform(a, &x);
	if (rte_cryptodev_asym_session_create(table->cdev_ids[cdev], &x, table->akcipher_pool,
					      &cs) == 0)
		return cs;
	/* On a late failure, DPDK does not return the object to the pool. */
	if (cs != NULL)
		rte_mempool_put(table->akcipher_pool, cs);
	return NULL;
}

static bool
takes_key(uint8_t dev_id, const struct vc_akcipher *a)
{
	const struct rte_cryptodev_asymmetric_xform_capability *cap = capability(dev_id, a->algo);

	if (!of_cryptodev(dev_id, a->algo))
		return false;
	return a->algo != VIRTIO_CRYPTO_AKCIPHER_RSA ||
		rte_cryptodev_asym_xform_capability_check_modlen(cap, a->size) == 0;
}

static int
bind_cdev(struct vc_session_table *table, struct vc_session *s)
{
	struct vc_akcipher *a = s->akcipher;

	for (s->cdev = 0; s->cdev < table->nb_cdevs; s->cdev++) {
		if (!takes_key(table->cdev_ids[s->cdev], a))
			continue;
		a->users[0].plain = create_on(table, a, s->cdev, false);
		if (a->users[0].plain != NULL)
			return VIRTIO_CRYPTO_OK;
	}
	s->cdev = 0;
	return VIRTIO_CRYPTO_NOTSUPP;
}

int
vc_akcipher_bind(struct vc_session_table *table, struct vc_session *s)
{
	const struct vc_session_params *p = s->params;
	struct vc_akcipher *a;
	int status;

	if (!vc_akcipher_offered(table, p->cipher_algo))
		return VIRTIO_CRYPTO_NOTSUPP;
	if (table->nb_akciphers == VC_MAX_AKCIPHERS)
		return VIRTIO_CRYPTO_NOSPC;
	a = rte_zmalloc("vc_akcipher", sizeof(*a) + table->nb_users * sizeof(a->users[0]), 0);
	if (a == NULL)
		return VIRTIO_CRYPTO_ERR;
	s->akcipher = a;
	table->nb_akciphers++;
	a->algo = p->cipher_algo;
	a->has_private = p->key_type == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE;
	if (a->algo == VIRTIO_CRYPTO_AKCIPHER_RSA)
		status = describe_rsa(a, p);
	else
		status = describe_ecdsa(a, p);
	return status == VIRTIO_CRYPTO_OK ? bind_cdev(table, s) : status;
}

void
vc_akcipher_free(struct vc_session_table *table, struct vc_session *s)
{
	uint8_t dev_id = table->cdev_ids[s->cdev];
	struct vc_akcipher *a = s->akcipher;
	uint16_t i;

	if (a == NULL)
		return;
	for (i = 0; i < table->nb_users; i++) {
		if (a->users[i].plain != NULL)
			rte_cryptodev_asym_session_free(dev_id, a->users[i].plain);
		if (a->users[i].padded != NULL)
			rte_cryptodev_asym_session_free(dev_id, a->users[i].padded);
	}
	rte_free(a);
	s->akcipher = NULL;
	table->nb_akciphers--;
}

void *
vc_akcipher_session(struct vc_session_table *table, struct vc_session *s, uint16_t user,
		    bool padded)
{
	struct vc_akcipher_session *u = &s->akcipher->users[user];
	void **cs = padded ? &u->padded : &u->plain;

	if (*cs != NULL)
		return *cs;
	/* The pool is shared; this entry is used by one user only. */
	rte_spinlock_lock(&table->lock);
	*cs = create_on(table, s->akcipher, s->cdev, padded);
	rte_spinlock_unlock(&table->lock);
	return *cs;
}
