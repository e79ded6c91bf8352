/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_mbuf.h>

#include "job_private.h"

/* Offset of the first byte of data that is not CANARY, or -1. */
static int
find_change(const uint8_t *data, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		if (data[i] != CANARY)
			return i;
	}
	return -1;
}

/* The memory of each segment in front of and behind its data. */
static enum verdict
check_margins(struct env *env, const struct rte_mbuf *m, const char *which)
{
	const uint8_t *buf;
	unsigned int seg = 0;
	uint32_t end;

	for (; m != NULL; m = m->next, seg++) {
		buf = m->buf_addr;
		end = m->data_off + m->data_len;
		if (find_change(buf, m->data_off) >= 0)
			return test_fail(env, "memory in front of segment %u of the %s changed",
					 seg, which);
		if (find_change(buf + end, m->buf_len - end) >= 0)
			return test_fail(env, "memory behind segment %u of the %s changed", seg,
					 which);
	}
	return PASS;
}

/* A reader of one byte after the other of a chain. */
struct reader {
	const struct rte_mbuf *m;
	uint32_t at;
};

static uint8_t
next_byte(struct reader *r)
{
	while (r->at == r->m->data_len) {
		r->m = r->m->next;
		r->at = 0;
	}
	return *rte_pktmbuf_mtod_offset(r->m, const uint8_t *, r->at++);
}

static bool
inside(uint32_t i, const struct region *region)
{
	return i >= region->offset && i - region->offset < region->len;
}

static enum verdict
wrong_byte(struct env *env, const char *where, uint32_t i, uint8_t is, uint8_t want)
{
	return test_fail(env, "%s: byte %u is %02x, not %02x", where, i, is, want);
}

static uint8_t
sent_byte(const struct job *job, uint32_t i)
{
	unsigned int bit = job->tampered_text_bit;
	uint8_t byte = job_input(job)[i];

	return bit > 0 && (bit - 1) / 8 == i ? byte ^ 1u << (bit - 1) % 8 : byte;
}

/* The source of an operation out of place is left as it was. */
static enum verdict
check_source(struct env *env, const struct job *job)
{
	struct reader r = { .m = job->op->sym->m_src };
	uint32_t i;

	for (i = 0; i < job->msg->len; i++) {
		uint8_t is = next_byte(&r);

		if (is != sent_byte(job, i))
			return wrong_byte(env, "source", i, is, sent_byte(job, i));
	}
	return PASS;
}

static bool
has_cipher(const struct transform *t)
{
	return t->cipher != NULL || t->aead != NULL;
}

/*
 * Bytes of the result outside of the cipher region. Out of place they are as they were, or
 * copied from the source: drivers that digest the destination have to.
 */
static enum verdict
check_outside(struct env *env, const struct job *job)
{
	const struct rte_crypto_sym_op *sym = job->op->sym;
	struct reader r = { .m = sym->m_dst != NULL ? sym->m_dst : sym->m_src };
	uint32_t i;

	for (i = 0; i < job->msg->len; i++) {
		uint8_t is = next_byte(&r), was = sent_byte(job, i);

		if (has_cipher(job->transform) && inside(i, &job->msg->cipher))
			continue;
		if (is != was && (sym->m_dst == NULL || is != CANARY))
			return wrong_byte(env, "outside of the region", i, is, was);
	}
	return PASS;
}

static enum verdict
check_result(struct env *env, const struct job *job)
{
	const struct rte_crypto_sym_op *sym = job->op->sym;
	struct reader r = { .m = sym->m_dst != NULL ? sym->m_dst : sym->m_src };
	uint32_t i;

	for (i = 0; i < job->msg->len; i++) {
		uint8_t is = next_byte(&r), want = job_output(job)[i];

		if (inside(i, &job->msg->cipher) && is != want)
			return wrong_byte(env, "result", i, is, want);
	}
	return PASS;
}

static enum verdict
check_digest(struct env *env, const struct job *job)
{
	const uint8_t *want = job->transform->forward ? job->msg->digest : job->digest_before;
	uint32_t i;

	for (i = 0; i < job->transform->digest_len; i++) {
		if (job->digest[i] != want[i])
			return wrong_byte(env, "digest", i, job->digest[i], want[i]);
	}
	return PASS;
}

/* Around a digest that lies behind the operation. */
static enum verdict
check_extra(struct env *env, const struct job *job)
{
	const struct op_extra *extra = job_extra(job->op);
	uint32_t used = job->digest == extra->digest ? job->transform->digest_len : 0;

	if (find_change(extra->canary_before, sizeof(extra->canary_before)) >= 0)
		return test_fail(env, "memory in front of the digest changed");
	if (find_change(extra->digest + used, sizeof(extra->digest) - used) >= 0 ||
	    find_change(extra->canary_after, sizeof(extra->canary_after)) >= 0)
		return test_fail(env, "memory behind the digest changed");
	if (job->op->private_data_offset !=
		    EXTRA_OFFSET + offsetof(struct op_extra, private_data) ||
	    find_change(extra->private_data, sizeof(extra->private_data)) >= 0)
		return test_fail(env, "the operation's private data changed");
	return PASS;
}

enum verdict
job_check_canaries(struct env *env, const struct job *job)
{
	const struct rte_crypto_sym_op *sym = job->op->sym;
	enum verdict v;

	v = check_margins(env, sym->m_src, "source");
	if (v == PASS && sym->m_dst != NULL)
		v = check_margins(env, sym->m_dst, "destination");
	if (v == PASS && sym->m_dst != NULL)
		v = check_source(env, job);
	if (v == PASS)
		v = check_outside(env, job);
	if (v == PASS)
		v = check_extra(env, job);
	return v;
}

enum verdict
job_check(struct env *env, const struct job *job)
{
	bool tampered = job->tampered_digest_bit > 0 || job->tampered_text_bit > 0;
	uint8_t want = tampered ? RTE_CRYPTO_OP_STATUS_AUTH_FAILED : RTE_CRYPTO_OP_STATUS_SUCCESS;
	enum verdict v = PASS;

	if (job->op->status != want)
		return test_fail(env, "status %u, not %u", job->op->status, want);
	if (!tampered && has_cipher(job->transform))
		v = check_result(env, job);
	if (v == PASS)
		v = check_digest(env, job);
	if (v == PASS)
		v = job_check_canaries(env, job);
	return v;
}
