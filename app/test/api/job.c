/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stddef.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "job_private.h"

static void
cipher_xform(const struct transform *t, struct rte_crypto_sym_xform *xf)
{
	*xf = (struct rte_crypto_sym_xform){ .type = RTE_CRYPTO_SYM_XFORM_CIPHER };
	xf->cipher.op = t->forward ? RTE_CRYPTO_CIPHER_OP_ENCRYPT : RTE_CRYPTO_CIPHER_OP_DECRYPT;
	xf->cipher.algo = t->cipher->id;
	xf->cipher.key.data = t->key;
	xf->cipher.key.length = t->key_len;
	xf->cipher.iv.offset = EXTRA_OFFSET + offsetof(struct op_extra, iv);
	xf->cipher.iv.length = t->iv_len;
}

static void
auth_xform(const struct transform *t, struct rte_crypto_sym_xform *xf)
{
	*xf = (struct rte_crypto_sym_xform){ .type = RTE_CRYPTO_SYM_XFORM_AUTH };
	xf->auth.op = t->forward ? RTE_CRYPTO_AUTH_OP_GENERATE : RTE_CRYPTO_AUTH_OP_VERIFY;
	xf->auth.algo = t->auth->id;
	xf->auth.key.data = t->auth_key;
	xf->auth.key.length = t->auth_key_len;
	xf->auth.iv.offset = EXTRA_OFFSET + offsetof(struct op_extra, auth_iv);
	xf->auth.iv.length = t->auth_iv_len;
	xf->auth.digest_length = t->digest_len;
}

static void
aead_xform(const struct transform *t, struct rte_crypto_sym_xform *xf)
{
	*xf = (struct rte_crypto_sym_xform){ .type = RTE_CRYPTO_SYM_XFORM_AEAD };
	xf->aead.op = t->forward ? RTE_CRYPTO_AEAD_OP_ENCRYPT : RTE_CRYPTO_AEAD_OP_DECRYPT;
	xf->aead.algo = t->aead->id;
	xf->aead.key.data = t->key;
	xf->aead.key.length = t->key_len;
	xf->aead.iv.offset = EXTRA_OFFSET + offsetof(struct op_extra, iv);
	xf->aead.iv.length = t->iv_len;
	xf->aead.digest_length = t->digest_len;
	xf->aead.aad_length = t->aad_len;
}

struct rte_crypto_sym_xform *
job_xforms(const struct transform *t, struct rte_crypto_sym_xform *xf)
{
	/* Verification comes first exactly where generation came last. */
	bool cipher_first = t->digest_of_cipher == t->forward;

	if (t->aead != NULL) {
		aead_xform(t, &xf[0]);
	} else if (t->cipher == NULL) {
		auth_xform(t, &xf[0]);
	} else if (t->auth == NULL) {
		cipher_xform(t, &xf[0]);
	} else {
		cipher_xform(t, &xf[cipher_first ? 0 : 1]);
		auth_xform(t, &xf[cipher_first ? 1 : 0]);
		xf[0].next = &xf[1];
	}
	return xf;
}

void *
job_session(struct env *env, const struct transform *t)
{
	struct rte_crypto_sym_xform xf[2];
	uint8_t user_data[SESSION_USER_DATA];
	void *session;

	session = rte_cryptodev_sym_session_create(env->dev_id, job_xforms(t, xf), env->sessions);
	memset(user_data, CANARY, sizeof(user_data));
	if (session != NULL)
		rte_cryptodev_sym_session_set_user_data(session, user_data, sizeof(user_data));
	return session;
}

enum verdict
job_session_must(struct env *env, const struct transform *t, void **session)
{
	enum verdict v = transform_supported(env, t);
	char name[64];

	if (v != PASS)
		return v;
	*session = job_session(env, t);
	if (*session != NULL)
		return PASS;
	/* Capabilities tell lengths and algorithms, but not which of them go together. */
	if (rte_errno == ENOTSUP)
		return test_skip(env, "the device does not do %s (keys %u and %u, digest %u bytes)",
				 transform_name(t, name, sizeof(name)), t->key_len, t->auth_key_len,
				 t->digest_len);
	return test_fail(env, "session for %s %s refused: %s",
			 transform_name(t, name, sizeof(name)), t->forward ? "forward" : "reverse",
			 rte_strerror(rte_errno));
}

enum verdict
job_session_free(struct env *env, void *session)
{
	const uint8_t *user_data = rte_cryptodev_sym_session_get_user_data(session);
	bool kept = user_data != NULL;
	unsigned int i;
	int rc;

	for (i = 0; i < SESSION_USER_DATA && kept; i++)
		kept = user_data[i] == CANARY;
	rc = rte_cryptodev_sym_session_free(env->dev_id, session);
	if (rc != 0)
		return test_fail(env, "session free: %s", rte_strerror(-rc));
	return kept ? PASS : test_fail(env, "the user data of a session was overwritten");
}

/* One segment with len bytes of data at a random offset, and room for more; all canary. */
static struct rte_mbuf *
segment(struct env *env, uint32_t len, uint32_t room)
{
	struct rte_mbuf *m;

	m = rte_pktmbuf_alloc(len + room <= SMALL_ROOM ? env->small : env->large);
	if (m == NULL)
		return NULL;
	memset(m->buf_addr, CANARY, m->buf_len);
	m->data_off = rng_range(&env->rng, 0, RTE_MIN(m->buf_len - len - room, 127u));
	m->data_len = len;
	m->pkt_len = len;
	return m;
}

/*
 * A chain cut as told, holding text unless that is NULL, then digest_len bytes at *digest where
 * the layout wants the digest in the mbuf (digest_len is 0 otherwise).
 */
static struct rte_mbuf *
chain(struct env *env, const struct cut *cut, const uint8_t *text, uint32_t digest_len,
      enum digest_place place, uint8_t **digest, rte_iova_t *iova)
{
	struct rte_mbuf *head = NULL, *m, **next = &head;
	unsigned int nb = cut->nb_segs + (digest_len > 0 && place == DIGEST_SEGMENT);
	uint32_t len, room;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		len = i < cut->nb_segs ? cut->seg[i] : 0;
		room = i == nb - 1 ? digest_len : 0;
		m = segment(env, len, room);
		if (m == NULL) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		if (text != NULL) {
			memcpy(rte_pktmbuf_mtod(m, void *), text, len);
			text += len;
		}
		if (room > 0) {
			*digest = rte_pktmbuf_mtod_offset(m, uint8_t *, len);
			*iova = rte_pktmbuf_iova_offset(m, len);
			m->data_len += room;
		}
		*next = m;
		next = &m->next;
		if (m != head)
			head->pkt_len += m->data_len;
		else
			head->pkt_len = m->data_len;
		head->nb_segs = i + 1;
	}
	return head;
}

static void
set_regions(struct job *job)
{
	const struct transform *t = job->transform;
	const struct message *msg = job->msg;
	struct rte_crypto_sym_op *sym = job->op->sym;
	unsigned int shift;

	if (t->aead != NULL) {
		sym->aead.data.offset = msg->cipher.offset;
		sym->aead.data.length = msg->cipher.len;
	}
	if (t->cipher != NULL) {
		shift = t->cipher->bits ? 3 : 0;
		sym->cipher.data.offset = msg->cipher.offset << shift;
		sym->cipher.data.length = msg->cipher.len << shift;
	}
	if (t->auth != NULL) {
		shift = t->auth->bits ? 3 : 0;
		sym->auth.data.offset = msg->auth.offset << shift;
		sym->auth.data.length = msg->auth.len << shift;
	}
}

/* Everything that lies behind the operation: IVs, AAD, and maybe the digest. */
static void
set_extra(struct job *job, rte_iova_t digest_iova)
{
	const struct transform *t = job->transform;
	struct rte_crypto_op *op = job->op;
	struct op_extra *extra = job_extra(op);
	bool ccm = t->aead != NULL && t->aead->id == RTE_CRYPTO_AEAD_AES_CCM;

	memset(extra, CANARY, sizeof(*extra));
	extra->job = job;
	op->private_data_offset = EXTRA_OFFSET + offsetof(struct op_extra, private_data);
	memcpy(extra->iv + ccm, job->msg->iv, t->iv_len);
	memcpy(extra->auth_iv, job->msg->auth_iv, t->auth_iv_len);
	memcpy(extra->aad + (ccm ? CCM_AAD_OFFSET : 0), job->msg->aad, t->aad_len);
	if (job->digest == NULL) {
		job->digest = extra->digest;
		digest_iova = rte_crypto_op_ctophys_offset(
			op, EXTRA_OFFSET + offsetof(struct op_extra, digest));
	}
	if (t->aead != NULL) {
		op->sym->aead.digest.data = job->digest;
		op->sym->aead.digest.phys_addr = digest_iova;
		op->sym->aead.aad.data = extra->aad;
		op->sym->aead.aad.phys_addr = rte_crypto_op_ctophys_offset(
			op, EXTRA_OFFSET + offsetof(struct op_extra, aad));
	} else if (t->auth != NULL) {
		op->sym->auth.digest.data = job->digest;
		op->sym->auth.digest.phys_addr = digest_iova;
	}
}

static void
set_digest(struct job *job)
{
	const struct transform *t = job->transform;
	unsigned int bit = job->tampered_digest_bit;

	memset(job->digest_before, CANARY, sizeof(job->digest_before));
	if (!t->forward)
		memcpy(job->digest_before, job->msg->digest, t->digest_len);
	if (bit > 0)
		job->digest_before[(bit - 1) / 8] ^= 1u << (bit - 1) % 8;
	memcpy(job->digest, job->digest_before, t->digest_len);
}

static void
tamper_text(struct rte_mbuf *m, unsigned int bit)
{
	uint32_t at = (bit - 1) / 8;

	for (; at >= m->data_len; m = m->next)
		at -= m->data_len;
	*rte_pktmbuf_mtod_offset(m, uint8_t *, at) ^= 1u << (bit - 1) % 8;
}

/* The source and destination chains. */
static bool
set_mbufs(struct env *env, struct job *job, const struct layout *l, rte_iova_t *digest_iova)
{
	const struct transform *t = job->transform;
	struct rte_crypto_sym_op *sym = job->op->sym;
	uint32_t digest_len = l->digest == DIGEST_APART ? 0 : t->digest_len;
	/* A digest to verify is read with the source, a generated one goes to the result. */
	bool in_dst = l->out_of_place && t->forward;

	sym->m_src = chain(env, &l->src, job_input(job), in_dst ? 0 : digest_len, l->digest,
			   &job->digest, digest_iova);
	if (sym->m_src == NULL)
		return false;
	if (l->out_of_place) {
		sym->m_dst = chain(env, &l->dst, NULL, in_dst ? digest_len : 0, l->digest,
				   &job->digest, digest_iova);
		if (sym->m_dst == NULL) {
			rte_pktmbuf_free(sym->m_src);
			return false;
		}
	}
	return true;
}

enum verdict
job_build(struct env *env, struct job *job, const struct layout *layout)
{
	rte_iova_t digest_iova = 0;

	job->completions = 0;
	job->digest = NULL;
	job->op = rte_crypto_op_alloc(env->ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	if (job->op == NULL)
		return test_fail(env, "no operation left in the pool");
	if (!set_mbufs(env, job, layout, &digest_iova)) {
		rte_crypto_op_free(job->op);
		job->op = NULL;
		return test_fail(env, "no mbuf left in the pool");
	}
	if (job->xforms != NULL)
		job->op->sym->xform = job->xforms;
	else
		rte_crypto_op_attach_sym_session(job->op, job->session);
	set_regions(job);
	set_extra(job, digest_iova);
	set_digest(job);
	if (job->tampered_text_bit > 0)
		tamper_text(job->op->sym->m_src, job->tampered_text_bit);
	return PASS;
}

void
job_free(struct job *job)
{
	if (job->op == NULL || job->in_device)
		return;
	rte_pktmbuf_free(job->op->sym->m_src);
	rte_pktmbuf_free(job->op->sym->m_dst);
	rte_crypto_op_free(job->op);
	job->op = NULL;
}

struct job *
job_of(const struct rte_crypto_op *op)
{
	return job_extra(op)->job;
}

unsigned int
job_enqueue(struct env *env, uint16_t qp, struct job *jobs, unsigned int nb)
{
	struct rte_crypto_op *ops[MAX_BURST];
	unsigned int i, n;

	nb = RTE_MIN(nb, (unsigned int)MAX_BURST);
	for (i = 0; i < nb; i++) {
		ops[i] = jobs[i].op;
		jobs[i].in_device = true;
	}
	n = rte_cryptodev_enqueue_burst(env->dev_id, env->opt.first_qp + qp, ops, nb);
	for (i = n; i < nb; i++)
		jobs[i].in_device = false;
	return n;
}

unsigned int
job_dequeue(struct env *env, uint16_t qp, struct job **jobs, unsigned int nb)
{
	struct rte_crypto_op *ops[MAX_BURST];
	unsigned int i, n;
	struct job *job;

	n = rte_cryptodev_dequeue_burst(env->dev_id, env->opt.first_qp + qp, ops,
					RTE_MIN(nb, (unsigned int)MAX_BURST));
	for (i = 0; i < n; i++) {
		job = job_of(ops[i]);
		job->completions++;
		job->in_device = false;
		if (jobs != NULL)
			jobs[i] = job;
	}
	return n;
}

enum verdict
job_run(struct env *env, uint16_t qp, struct job *jobs, unsigned int nb, unsigned int burst)
{
	const uint64_t timeout = env->opt.timeout * rte_get_timer_hz();
	uint64_t last = rte_get_timer_cycles();
	unsigned int sent = 0, back = 0, n, i;

	while (back < nb) {
		n = sent < nb ? job_enqueue(env, qp, &jobs[sent], RTE_MIN(burst, nb - sent)) : 0;
		sent += n;
		i = job_dequeue(env, qp, NULL, burst);
		back += i;
		if (n + i > 0) {
			last = rte_get_timer_cycles();
		} else if (sent == back &&
			   jobs[sent].op->status != RTE_CRYPTO_OP_STATUS_NOT_PROCESSED) {
			/* Some drivers do not accept what they find wrong. */
			return test_fail(env, "operation %u of %u refused with status %u", sent, nb,
					 jobs[sent].op->status);
		} else if (rte_get_timer_cycles() - last > timeout) {
			env->stuck = true;
			return test_fail(env,
					 "%u of %u operations accepted, %u came back, then "
					 "nothing for %u s",
					 sent, nb, back, env->opt.timeout);
		}
	}
	for (i = 0; i < nb; i++) {
		if (jobs[i].completions != 1)
			return test_fail(env, "operation %u of %u came back %u times", i, nb,
					 jobs[i].completions);
	}
	return PASS;
}

enum verdict
job_once(struct env *env, const struct transform *t, void *session, const struct message *msg,
	 const struct layout *layout)
{
	struct job job = { .transform = t, .session = session, .msg = msg };
	enum verdict v;

	v = job_build(env, &job, layout);
	if (v == PASS)
		v = job_run(env, 0, &job, 1, 1);
	if (v == PASS)
		v = job_check(env, &job);
	job_free(&job);
	return v;
}

enum verdict
job_once_stateless(struct env *env, const struct transform *t, const struct message *msg,
		   const struct layout *layout)
{
	struct rte_crypto_sym_xform xf[2];
	struct job job = { .transform = t, .msg = msg, .xforms = job_xforms(t, xf) };
	enum verdict v = PASS;
	char name[64];

	if (!(env->info.feature_flags & RTE_CRYPTODEV_FF_SYM_SESSIONLESS))
		v = test_skip(env, "the device does nothing without a session");
	if (v == PASS)
		v = job_build(env, &job, layout);
	if (v == PASS)
		v = job_run(env, 0, &job, 1, 1);
	/* Capabilities do not tell what can be done without a session; this status does. */
	if (job.op != NULL && job.op->status == RTE_CRYPTO_OP_STATUS_INVALID_SESSION) {
		test_forget(env);
		v = job_check_canaries(env, &job);
		if (v == PASS)
			v = test_skip(env, "the device does not do %s without a session",
				      transform_name(t, name, sizeof(name)));
	} else if (v == PASS) {
		v = job_check(env, &job);
	}
	job_free(&job);
	return v;
}
