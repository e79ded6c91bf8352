/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The sweep of a cryptodev as it is, by its own word about itself: what the library is for. */

#include <string.h>

#include <rte_common.h>
#include <rte_cryptodev.h>
#include <rte_debug.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "session_xform.h"
#include "sweep.h"

#define IV_OFFSET      (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))
#define AUTH_IV_OFFSET (IV_OFFSET + SWEEP_MAX_IV)
#define ROOM	       65535u
#define NB_MBUFS       128
#define CCM_AAD_ROOM   18

static struct rte_mempool *ops, *mbufs, *sessions;
static uint8_t dev_id;
static struct rte_cryptodev_info info;
static void *session;
/* Of each request: its additional data and its digest, with room that CCM wants. */
static uint8_t (*aads)[SWEEP_MAX_AAD + 64];
static uint8_t digests[SWEEP_BURST][SWEEP_MAX_DIGEST];
static uint8_t text[SWEEP_MAX_DATA];

static void
native_open(const uint8_t *cdevs, uint8_t nb __rte_unused)
{
	dev_id = cdevs[0];
	rte_cryptodev_info_get(dev_id, &info);
	if (ops == NULL) {
		ops = rte_crypto_op_pool_create("sweep_ops", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 256, 0,
						2 * SWEEP_MAX_IV, SOCKET_ID_ANY);
		mbufs = rte_pktmbuf_pool_create("sweep_mbufs", NB_MBUFS, 0, 0, ROOM, SOCKET_ID_ANY);
		sessions = rte_cryptodev_sym_session_pool_create("sweep_sessions", 16, 8192, 0, 0,
								 SOCKET_ID_ANY);
		aads = rte_calloc("sweep", SWEEP_BURST, sizeof(aads[0]), 64);
	}
	if (ops == NULL || mbufs == NULL || sessions == NULL || aads == NULL)
		rte_panic("no memory\n");
}

static void
native_close(void)
{
}

static bool
is_aead(const struct sweep_probe *p)
{
	return p->cipher != NULL && p->cipher->xform == RTE_CRYPTO_SYM_XFORM_AEAD;
}

/* Data in one piece, as its feature flags say; some end the program with more of them. */
static bool
native_takes(const struct sweep_probe *p, const struct sweep_layout *l)
{
	if (l->pieces > 1 || p->len > ROOM)
		return false;
	/* After an HMAC of no data crypto_aesni_mb is wrong in others, then ends the program. */
	if (p->len == 0 && p->auth != NULL && p->auth->key.max >= SWEEP_MAX_KEY)
		return false;
	return l->in_place || p->cipher == NULL ||
		(info.feature_flags & RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT);
}

static void
cipher_xform(const struct sweep_probe *p, const struct sweep_material *m,
	     struct rte_crypto_sym_xform *x)
{
	x->type = RTE_CRYPTO_SYM_XFORM_CIPHER;
	x->cipher.algo = p->cipher->algo;
	x->cipher.op = p->decrypt ? RTE_CRYPTO_CIPHER_OP_DECRYPT : RTE_CRYPTO_CIPHER_OP_ENCRYPT;
	x->cipher.key.data = m->key;
	x->cipher.key.length = p->key_len;
	x->cipher.iv.offset = IV_OFFSET;
	x->cipher.iv.length = p->iv_len;
}

static void
auth_xform(const struct sweep_probe *p, const struct sweep_material *m,
	   struct rte_crypto_sym_xform *x)
{
	x->type = RTE_CRYPTO_SYM_XFORM_AUTH;
	x->auth.algo = p->auth->algo;
	x->auth.op = p->decrypt ? RTE_CRYPTO_AUTH_OP_VERIFY : RTE_CRYPTO_AUTH_OP_GENERATE;
	x->auth.key.data = m->auth_key;
	x->auth.key.length = p->auth_key_len;
	x->auth.digest_length = p->digest_len;
	x->auth.iv.offset = AUTH_IV_OFFSET;
	x->auth.iv.length = p->auth_iv_len;
}

static void
aead_xform(const struct sweep_probe *p, const struct sweep_material *m,
	   struct rte_crypto_sym_xform *x)
{
	x->type = RTE_CRYPTO_SYM_XFORM_AEAD;
	x->aead.algo = p->cipher->algo;
	x->aead.op = p->decrypt ? RTE_CRYPTO_AEAD_OP_DECRYPT : RTE_CRYPTO_AEAD_OP_ENCRYPT;
	x->aead.key.data = m->key;
	x->aead.key.length = p->key_len;
	x->aead.iv.offset = IV_OFFSET;
	x->aead.iv.length = p->iv_len;
	x->aead.digest_length = p->digest_len;
	x->aead.aad_length = p->aad_len;
}

static bool
native_session(const struct sweep_probe *p, const struct sweep_material *m)
{
	bool auth_is_first = p->auth != NULL && p->auth_first == !p->decrypt;
	struct rte_crypto_sym_xform x[2] = { 0 };

	if (is_aead(p))
		aead_xform(p, m, x);
	else if (p->cipher != NULL)
		cipher_xform(p, m, &x[auth_is_first]);
	if (p->auth != NULL)
		auth_xform(p, m, &x[p->cipher != NULL && !auth_is_first]);
	if (p->auth != NULL && p->cipher != NULL)
		x[0].next = &x[1];
	/* What it does not say it has may end the program, too. */
	if (!vc_xforms_supported(dev_id, x))
		return false;
	session = rte_cryptodev_sym_session_create(dev_id, x, sessions);
	return session != NULL;
}

static void
native_session_end(void)
{
	rte_cryptodev_sym_session_free(dev_id, session);
	session = NULL;
}

/* Data in an mbuf chain; NULL: of as many bytes that mean nothing. */
static struct rte_mbuf *
chain(const struct sweep_layout *l, const uint8_t *data, uint32_t len)
{
	struct rte_mbuf *head = NULL, *m;
	unsigned int pieces = l->pieces;
	uint32_t at = 0, n;

	do {
		n = sweep_piece(len - at, pieces);
		pieces -= pieces > 1;
		m = rte_pktmbuf_alloc(mbufs);
		if (m == NULL)
			rte_panic("no mbufs\n");
		m->data_off = l->skew;
		m->data_len = m->pkt_len = n;
		if (n > ROOM - l->skew)
			m->data_off = 0;
		if (data != NULL)
			memcpy(rte_pktmbuf_mtod(m, void *), data + at, n);
		else
			memset(rte_pktmbuf_mtod(m, void *), 0xa5, n);
		if (head == NULL)
			head = m;
		else
			rte_pktmbuf_chain(head, m);
	} while ((at += n) < len);
	return head;
}

static void
build(struct rte_crypto_op *op, const struct sweep_trial *t, unsigned int i)
{
	uint8_t *iv = rte_crypto_op_ctod_offset(op, uint8_t *, IV_OFFSET);
	const struct sweep_probe *p = t->probe;
	struct rte_crypto_sym_op *sym = op->sym;
	bool ccm = is_aead(p) && p->cipher->algo == RTE_CRYPTO_AEAD_AES_CCM;
	uint8_t *digest = digests[i];

	memset(sym, 0, sizeof(*sym));
	rte_crypto_op_attach_sym_session(op, session);
	memcpy(iv + ccm, t->material->iv, p->iv_len);
	memcpy(iv + SWEEP_MAX_IV, t->material->auth_iv, p->auth_iv_len);
	memset(digest, 0xa5, SWEEP_MAX_DIGEST);
	if (p->decrypt)
		memcpy(digest, t->material->digest, p->digest_len);
	sym->m_src = chain(t->layout, sweep_input(t), p->len);
	sym->m_dst = t->layout->in_place || p->cipher == NULL ? NULL :
								chain(t->layout, NULL, p->len);
	if (is_aead(p)) {
		memcpy(aads[i] + (ccm ? CCM_AAD_ROOM : 0), t->material->aad, p->aad_len);
		sym->aead.data.length = p->len;
		sym->aead.digest.data = digest;
		sym->aead.digest.phys_addr = rte_mem_virt2iova(digest);
		sym->aead.aad.data = aads[i];
		sym->aead.aad.phys_addr = rte_mem_virt2iova(aads[i]);
		return;
	}
	if (p->cipher != NULL)
		sym->cipher.data.length = p->len << (p->cipher->bits ? 3 : 0);
	if (p->auth != NULL) {
		sym->auth.data.length = p->len << (p->auth->bits ? 3 : 0);
		sym->auth.digest.data = digest;
		sym->auth.digest.phys_addr = rte_mem_virt2iova(digest);
	}
}

static void
judge(struct sweep_trial *t, const struct rte_crypto_op *op, const uint8_t *digest)
{
	const struct sweep_probe *p = t->probe;
	struct rte_mbuf *m = op->sym->m_dst != NULL ? op->sym->m_dst : op->sym->m_src;
	const uint8_t *result = rte_pktmbuf_read(m, 0, p->len, text);

	t->verdict = sweep_judge(t, op->status == RTE_CRYPTO_OP_STATUS_SUCCESS, result,
				 p->digest_len > 0 && !p->decrypt ? digest : NULL);
	if (op->status == RTE_CRYPTO_OP_STATUS_AUTH_FAILED)
		t->verdict = SWEEP_WRONG;
}

static unsigned int
native_run(struct sweep_trial *trials, unsigned int nb)
{
	struct rte_crypto_op *op[SWEEP_BURST], *done[SWEEP_BURST];
	unsigned int i, in, out = 0, polls_left = 1000000;

	nb = RTE_MIN(nb, trials[0].probe->len > 4096 ? 1u : 8u);
	if (rte_crypto_op_bulk_alloc(ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC, op, nb) != nb)
		rte_panic("no operations\n");
	for (i = 0; i < nb; i++)
		build(op[i], &trials[i], i);
	in = rte_cryptodev_enqueue_burst(dev_id, 0, op, nb);
	while (out < in && --polls_left > 0)
		out += rte_cryptodev_dequeue_burst(dev_id, 0, done + out, in - out);
	if (out < in)
		rte_panic("%s keeps operations\n", info.driver_name);
	for (i = 0; i < nb; i++) {
		judge(&trials[i], op[i], digests[i]);
		if (i >= in)
			trials[i].verdict = SWEEP_REFUSED;
		rte_pktmbuf_free(op[i]->sym->m_src);
		rte_pktmbuf_free(op[i]->sym->m_dst);
		rte_crypto_op_free(op[i]);
	}
	return nb;
}

const struct sweep_target sweep_native = {
	.open = native_open,
	.close = native_close,
	.takes = native_takes,
	.session = native_session,
	.session_end = native_session_end,
	.run = native_run,
};
