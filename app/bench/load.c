/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "load.h"

#define NB_DESCRIPTORS 2048
#define NB_SESSIONS    16
#define IV_BYTES       16
#define AAD_BYTES      16
#define MAX_DIGEST     20
#define IV_OFFSET      (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))
#define AAD_OFFSET     (IV_OFFSET + IV_BYTES)

/* What an algorithm is to the cryptodev. */
struct algorithm {
	const char *name;
	struct rte_crypto_sym_xform first, second;
	uint16_t digest_bytes;
};

static const uint8_t key[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

#define AES_128_CBC                                                                                \
	{                                                                                          \
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER, .cipher = {                                   \
			.op = RTE_CRYPTO_CIPHER_OP_ENCRYPT,                                        \
			.algo = RTE_CRYPTO_CIPHER_AES_CBC,                                         \
			.key = { .data = key, .length = 16 },                                      \
			.iv = { .offset = IV_OFFSET, .length = 16 },                               \
		}                                                                                  \
	}

static const struct algorithm algorithms[] = {
	{ .name = "aes-128-cbc", .first = AES_128_CBC },
	{
		.name = "aes-128-cbc+sha1-hmac",
		.first = AES_128_CBC,
		.second = {
			.type = RTE_CRYPTO_SYM_XFORM_AUTH,
			.auth = {
				.op = RTE_CRYPTO_AUTH_OP_GENERATE,
				.algo = RTE_CRYPTO_AUTH_SHA1_HMAC,
				.key = { .data = key, .length = 64 },
				.digest_length = 20,
			},
		},
		.digest_bytes = 20,
	},
	{
		.name = "aes-256-gcm",
		.first = {
			.type = RTE_CRYPTO_SYM_XFORM_AEAD,
			.aead = {
				.op = RTE_CRYPTO_AEAD_OP_ENCRYPT,
				.algo = RTE_CRYPTO_AEAD_AES_GCM,
				.key = { .data = key, .length = 32 },
				.iv = { .offset = IV_OFFSET, .length = 12 },
				.digest_length = 16,
				.aad_length = AAD_BYTES,
			},
		},
		.digest_bytes = 16,
	},
	{
		.name = "null",
		.first = {
			.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
			.cipher = {
				.op = RTE_CRYPTO_CIPHER_OP_ENCRYPT,
				.algo = RTE_CRYPTO_CIPHER_NULL,
			},
		},
	},
};

void
load_algorithms(void)
{
	unsigned int i;

	fprintf(stderr, "algorithms:");
	for (i = 0; i < RTE_DIM(algorithms); i++)
		fprintf(stderr, " %s", algorithms[i].name);
	fprintf(stderr, "\n");
}

static const struct algorithm *
find(const char *name)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(algorithms); i++)
		if (strcmp(algorithms[i].name, name) == 0)
			return &algorithms[i];
	fprintf(stderr, "there is no algorithm %s\n", name);
	load_algorithms();
	return NULL;
}

static int
device_start(struct load *load, struct rte_mempool *sessions)
{
	struct rte_cryptodev_qp_conf qp_conf = { .nb_descriptors = NB_DESCRIPTORS,
						 .mp_session = sessions };
	struct rte_cryptodev_config config = { .socket_id = rte_cryptodev_socket_id(load->dev_id),
					       .nb_queue_pairs = 1,
					       .ff_disable = RTE_CRYPTODEV_FF_SECURITY };

	if (rte_cryptodev_configure(load->dev_id, &config) == 0 &&
	    rte_cryptodev_queue_pair_setup(load->dev_id, 0, &qp_conf, config.socket_id) == 0 &&
	    rte_cryptodev_start(load->dev_id) == 0)
		return 0;
	fprintf(stderr, "the cryptodev cannot be started, the log says why\n");
	return -1;
}

static int
session_make(struct load *load, const struct algorithm *algorithm, struct rte_mempool *sessions)
{
	struct rte_crypto_sym_xform first = algorithm->first, second = algorithm->second;

	if (second.type != RTE_CRYPTO_SYM_XFORM_NOT_SPECIFIED)
		first.next = &second;
	load->session = rte_cryptodev_sym_session_create(load->dev_id, &first, sessions);
	if (load->session != NULL)
		return 0;
	fprintf(stderr, "the cryptodev has no session for %s: %s\n", algorithm->name,
		rte_strerror(rte_errno));
	return -1;
}

/* What does not depend on the number of bytes. */
static void
op_prepare(struct rte_crypto_op *op, struct load *load, const struct algorithm *algorithm,
	   struct rte_mbuf *m)
{
	struct rte_crypto_sym_op *sym = op->sym;

	rte_crypto_op_attach_sym_session(op, load->session);
	sym->m_src = m;
	memset(rte_crypto_op_ctod_offset(op, uint8_t *, IV_OFFSET), 0x5a, IV_BYTES + AAD_BYTES);
	memset(m->buf_addr, 0xa5, m->buf_len);
	if (algorithm->first.type == RTE_CRYPTO_SYM_XFORM_AEAD) {
		sym->aead.aad.data = rte_crypto_op_ctod_offset(op, uint8_t *, AAD_OFFSET);
		sym->aead.aad.phys_addr = rte_crypto_op_ctophys_offset(op, AAD_OFFSET);
	}
}

static int
ops_make(struct load *load, const struct algorithm *algorithm)
{
	struct rte_mempool *ops, *mbufs;
	struct rte_mbuf *m;
	uint32_t i;

	ops = rte_crypto_op_pool_create("ops", RTE_CRYPTO_OP_TYPE_SYMMETRIC, LOAD_MAX_OPS, 0,
					IV_BYTES + AAD_BYTES, SOCKET_ID_ANY);
	mbufs = rte_pktmbuf_pool_create("mbufs", LOAD_MAX_OPS, 0, 0,
					RTE_PKTMBUF_HEADROOM + LOAD_MAX_BYTES + MAX_DIGEST,
					SOCKET_ID_ANY);
	if (ops == NULL || mbufs == NULL ||
	    rte_crypto_op_bulk_alloc(ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC, load->ops, LOAD_MAX_OPS) !=
		    LOAD_MAX_OPS) {
		fprintf(stderr, "the operations could not be made; give more memory (-m)\n");
		return -1;
	}
	for (i = 0; i < LOAD_MAX_OPS; i++) {
		m = rte_pktmbuf_alloc(mbufs);
		if (m == NULL)
			return -1;
		op_prepare(load->ops[i], load, algorithm, m);
	}
	load->nb_free = LOAD_MAX_OPS;
	return 0;
}

int
load_open(struct load *load, const char *name)
{
	const struct algorithm *algorithm = find(name);
	struct rte_mempool *sessions;

	if (algorithm == NULL)
		return -1;
	if (rte_cryptodev_count() == 0) {
		fprintf(stderr, "there is no cryptodev: give one with --vdev or -a\n");
		return -1;
	}
	sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", NB_SESSIONS, rte_cryptodev_sym_get_private_session_size(load->dev_id),
		0, 0, SOCKET_ID_ANY);
	if (sessions == NULL) {
		fprintf(stderr, "the sessions could not be made; give more memory (-m)\n");
		return -1;
	}
	load->algorithm = algorithm;
	if (device_start(load, sessions) != 0 || session_make(load, algorithm, sessions) != 0)
		return -1;
	return ops_make(load, algorithm);
}

void
load_resize(struct load *load, uint32_t bytes)
{
	const struct algorithm *algorithm = load->algorithm;
	uint32_t i;

	for (i = 0; i < LOAD_MAX_OPS; i++) {
		struct rte_crypto_sym_op *sym = load->ops[i]->sym;
		struct rte_mbuf *m = sym->m_src;
		uint8_t *digest = rte_pktmbuf_mtod_offset(m, uint8_t *, bytes);
		rte_iova_t digest_iova = rte_pktmbuf_iova_offset(m, bytes);

		m->data_len = m->pkt_len = bytes + algorithm->digest_bytes;
		if (algorithm->first.type == RTE_CRYPTO_SYM_XFORM_AEAD) {
			sym->aead.data.offset = 0;
			sym->aead.data.length = bytes;
			sym->aead.digest.data = digest;
			sym->aead.digest.phys_addr = digest_iova;
			continue;
		}
		sym->cipher.data.offset = 0;
		sym->cipher.data.length = bytes;
		if (algorithm->digest_bytes == 0)
			continue;
		sym->auth.data.offset = 0;
		sym->auth.data.length = bytes;
		sym->auth.digest.data = digest;
		sym->auth.digest.phys_addr = digest_iova;
	}
}

void
load_close(struct load *load)
{
	if (load->session != NULL)
		rte_cryptodev_sym_session_free(load->dev_id, load->session);
	rte_cryptodev_stop(load->dev_id);
	rte_cryptodev_close(load->dev_id);
}
