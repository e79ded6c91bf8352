/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Symmetric sessions and operations. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "libcrypto.h"

/* What is worked on: all of the source, in one piece. */
struct work {
	struct rte_crypto_op *op;
	uint8_t *data;
	uint32_t len;
};

static int
take_key(struct libcrypto_key *key, const uint8_t *data, uint16_t len)
{
	key->len = len;
	if (len > 0 && data == NULL)
		return -EINVAL;
	if (len > 0)
		memcpy(key->data, data, len);
	return 0;
}

/* A key that the algorithm refuses, such as one of XTS with equal halves, is refused at once. */
static int
cipher_step(OSSL_LIB_CTX *lib, const struct rte_cryptodev_symmetric_capability *cap,
	    const struct rte_crypto_cipher_xform *xform, struct libcrypto_step *step)
{
	uint8_t nothing[16] = { 0 }, iv[16] = { 0 };

	if (rte_cryptodev_sym_capability_check_cipher(cap, xform->key.length, xform->iv.length) !=
	    0)
		return -ENOTSUP;
	step->algo = xform->algo;
	step->forward = xform->op == RTE_CRYPTO_CIPHER_OP_ENCRYPT;
	step->iv_offset = xform->iv.offset;
	if (take_key(&step->key, xform->key.data, xform->key.length) != 0 ||
	    libcrypto_cipher(lib, step, iv, nothing, sizeof(nothing)) != 0)
		return -EINVAL;
	return 0;
}

static int
auth_step(const struct rte_cryptodev_symmetric_capability *cap,
	  const struct rte_crypto_auth_xform *xform, struct libcrypto_step *step)
{
	if (rte_cryptodev_sym_capability_check_auth(cap, xform->key.length, xform->digest_length,
						    xform->iv.length) != 0)
		return -ENOTSUP;
	step->algo = xform->algo;
	step->forward = xform->op == RTE_CRYPTO_AUTH_OP_GENERATE;
	step->digest_len = xform->digest_length;
	return take_key(&step->key, xform->key.data, xform->key.length);
}

int
libcrypto_sym_configure(OSSL_LIB_CTX *lib, const struct rte_crypto_sym_xform *xform,
			struct libcrypto_sym_session *session)
{
	const struct rte_cryptodev_symmetric_capability *cap;
	struct libcrypto_step *step;
	int ret = 0;

	session->nb_steps = 0;
	for (; xform != NULL && ret == 0; xform = xform->next) {
		cap = libcrypto_capability(xform);
		if (cap == NULL || session->nb_steps == RTE_DIM(session->steps) ||
		    (session->nb_steps == 1 && session->steps[0].type == xform->type))
			return -ENOTSUP;
		step = &session->steps[session->nb_steps++];
		step->type = xform->type;
		if (xform->type == RTE_CRYPTO_SYM_XFORM_CIPHER)
			ret = cipher_step(lib, cap, &xform->cipher, step);
		else
			ret = auth_step(cap, &xform->auth, step);
	}
	return ret;
}

static bool
inside(uint32_t offset, uint32_t len, uint32_t total)
{
	return offset <= total && len <= total - offset;
}

/* Copies data from a place in a chain of mbufs, or to it. The chain is long enough. */
static void
copy_chain(struct rte_mbuf *m, uint32_t offset, uint8_t *data, uint32_t len, bool to_chain)
{
	uint32_t n;

	for (; len > 0; m = m->next, offset = 0) {
		while (offset >= m->data_len) {
			offset -= m->data_len;
			m = m->next;
		}
		n = RTE_MIN(len, m->data_len - offset);
		if (to_chain)
			memcpy(rte_pktmbuf_mtod_offset(m, void *, offset), data, n);
		else
			memcpy(data, rte_pktmbuf_mtod_offset(m, void *, offset), n);
		data += n;
		len -= n;
	}
}

static enum rte_crypto_op_status
status_of(int ret)
{
	if (ret == -EINVAL)
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	return ret == 0 ? RTE_CRYPTO_OP_STATUS_SUCCESS : RTE_CRYPTO_OP_STATUS_ERROR;
}

static enum rte_crypto_op_status
do_cipher(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const struct work *w)
{
	const uint32_t offset = w->op->sym->cipher.data.offset;
	const uint32_t len = w->op->sym->cipher.data.length;
	const struct rte_mbuf *dst = w->op->sym->m_dst;
	const uint8_t *iv = rte_crypto_op_ctod_offset(w->op, const uint8_t *, step->iv_offset);

	if (!inside(offset, len, w->len) || (dst != NULL && !inside(offset, len, dst->pkt_len)))
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	if (len == 0)
		return RTE_CRYPTO_OP_STATUS_SUCCESS;
	return status_of(libcrypto_cipher(lib, step, iv, w->data + offset, len));
}

static enum rte_crypto_op_status
do_auth(OSSL_LIB_CTX *lib, const struct libcrypto_step *step, const struct work *w)
{
	const uint32_t offset = w->op->sym->auth.data.offset;
	const uint32_t len = w->op->sym->auth.data.length;
	uint8_t *where = w->op->sym->auth.digest.data;
	uint8_t digest[LIBCRYPTO_MAX_DIGEST];
	int ret;

	if (!inside(offset, len, w->len) || where == NULL)
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	ret = libcrypto_auth(lib, step, w->data + offset, len, digest);
	if (ret != 0)
		return status_of(ret);
	if (step->forward)
		memcpy(where, digest, step->digest_len);
	else if (CRYPTO_memcmp(where, digest, step->digest_len) != 0)
		return RTE_CRYPTO_OP_STATUS_AUTH_FAILED;
	return RTE_CRYPTO_OP_STATUS_SUCCESS;
}

/* All steps on the copy; the ciphered region then goes to the destination. */
static enum rte_crypto_op_status
do_steps(OSSL_LIB_CTX *lib, const struct libcrypto_sym_session *session, const struct work *w)
{
	struct rte_crypto_sym_op *sym = w->op->sym;
	enum rte_crypto_op_status status = RTE_CRYPTO_OP_STATUS_SUCCESS;
	bool ciphered = false;
	unsigned int i;

	for (i = 0; i < session->nb_steps && status == RTE_CRYPTO_OP_STATUS_SUCCESS; i++) {
		if (session->steps[i].type == RTE_CRYPTO_SYM_XFORM_CIPHER) {
			status = do_cipher(lib, &session->steps[i], w);
			ciphered = true;
		} else {
			status = do_auth(lib, &session->steps[i], w);
		}
	}
	if (status == RTE_CRYPTO_OP_STATUS_SUCCESS && ciphered)
		copy_chain(sym->m_dst != NULL ? sym->m_dst : sym->m_src, sym->cipher.data.offset,
			   w->data + sym->cipher.data.offset, sym->cipher.data.length, true);
	return status;
}

enum rte_crypto_op_status
libcrypto_sym(OSSL_LIB_CTX *lib, const struct libcrypto_sym_session *session,
	      struct rte_crypto_op *op)
{
	struct work w = { .op = op };
	enum rte_crypto_op_status status;

	if (op->sym->m_src == NULL)
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	w.len = op->sym->m_src->pkt_len;
	/* One byte more, for malloc of none may return NULL. */
	w.data = malloc((size_t)w.len + 1);
	if (w.data == NULL)
		return RTE_CRYPTO_OP_STATUS_ERROR;
	copy_chain(op->sym->m_src, 0, w.data, w.len, false);
	status = do_steps(lib, session, &w);
	free(w.data);
	return status;
}
