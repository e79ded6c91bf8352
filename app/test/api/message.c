/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>

#include "message.h"

/* What may lie in front of and behind the regions in the mbuf. */
#define LONGEST_MARGIN 40

const char *
transform_name(const struct transform *t, char *name, size_t size)
{
	const struct algo *first = t->aead != NULL ? t->aead : t->cipher;
	const struct algo *second = t->auth;

	if (first == NULL || (second != NULL && !t->digest_of_cipher)) {
		second = first;
		first = t->auth;
	}
	if (second == NULL)
		snprintf(name, size, "%s", first->name);
	else
		snprintf(name, size, "%s+%s", first->name, second->name);
	return name;
}

void
transform_random_keys(struct transform *t, struct rng *rng)
{
	rng_fill(rng, t->key, t->key_len);
	rng_fill(rng, t->auth_key, t->auth_key_len);
}

struct transform
transform_row(const struct algo *first, const struct algo *mac, unsigned int key)
{
	struct transform t = { .forward = true, .digest_of_cipher = true };

	t.key_len = t.auth_key_len = first->key_len[key];
	t.iv_len = t.auth_iv_len = first->iv_len;
	if (first->type == RTE_CRYPTO_SYM_XFORM_AUTH)
		t.auth = first;
	else if (first->type == RTE_CRYPTO_SYM_XFORM_AEAD)
		t.aead = first;
	else
		t.cipher = first;
	if (mac != NULL) {
		t.auth = mac;
		t.auth_key_len = mac->key_len[0];
		t.auth_iv_len = mac->iv_len;
	}
	return t;
}

struct transform
transform_reverse(const struct transform *t)
{
	struct transform r = *t;

	r.forward = !t->forward;
	return r;
}

struct transform
transform_make(struct rng *rng, const char *cipher, const char *auth, bool digest_of_cipher)
{
	struct transform t = { .forward = true, .digest_of_cipher = digest_of_cipher };

	if (cipher != NULL) {
		t.cipher = algo_find(cipher);
		t.key_len = t.cipher->key_len[0];
		t.iv_len = t.cipher->iv_len;
	}
	if (auth != NULL) {
		t.auth = algo_find(auth);
		t.auth_key_len = t.auth->key_len[0];
		t.auth_iv_len = t.auth->iv_len;
		t.digest_len = t.auth->digest_len;
	}
	transform_random_keys(&t, rng);
	return t;
}

enum verdict
transform_supported(struct env *env, const struct transform *t)
{
	if (t->cipher != NULL && !algo_advertised(env, t->cipher, t->key_len, t->iv_len, 0, 0))
		return test_skip(env, "the device does not offer %s (key %u, IV %u bytes)",
				 t->cipher->name, t->key_len, t->iv_len);
	if (t->auth != NULL &&
	    !algo_advertised(env, t->auth, t->auth_key_len, t->auth_iv_len, t->digest_len, 0))
		return test_skip(env,
				 "the device does not offer %s (key %u, IV %u, digest %u "
				 "bytes)",
				 t->auth->name, t->auth_key_len, t->auth_iv_len, t->digest_len);
	if (t->aead != NULL &&
	    !algo_advertised(env, t->aead, t->key_len, t->iv_len, t->digest_len, t->aad_len))
		return test_skip(env,
				 "the device does not offer %s (key %u, IV %u, digest %u, "
				 "AAD %u bytes)",
				 t->aead->name, t->key_len, t->iv_len, t->digest_len, t->aad_len);
	return PASS;
}

struct message
message_alloc(uint32_t len)
{
	struct message m = { .len = len };

	/* One byte more, for malloc of none may return NULL. */
	m.plain = calloc(1, (size_t)len + 1);
	m.secret = calloc(1, (size_t)len + 1);
	if (m.plain == NULL || m.secret == NULL)
		rte_panic("no memory for a message of %u bytes\n", len);
	m.cipher.len = len;
	m.auth.len = len;
	return m;
}

void
message_free(struct message *m)
{
	free(m->plain);
	free(m->secret);
	memset(m, 0, sizeof(*m));
}

int
message_somewhere(struct message *m, const struct transform *t, struct rng *rng, uint32_t longest)
{
	uint32_t block = t->cipher != NULL ? t->cipher->block : 1;
	uint32_t len = rng_range(rng, 1, RTE_MAX(longest / block, 1u)) * block;
	uint32_t head = rng_range(rng, 0, LONGEST_MARGIN);

	*m = message_alloc(head + len + rng_range(rng, 0, LONGEST_MARGIN));
	m->cipher = (struct region){ head, len };
	m->auth = m->cipher;
	return message_random(m, t, rng);
}

int
message_random(struct message *m, const struct transform *t, struct rng *rng)
{
	rng_fill(rng, m->plain, m->len);
	rng_fill(rng, m->iv, sizeof(m->iv));
	rng_fill(rng, m->auth_iv, sizeof(m->auth_iv));
	rng_fill(rng, m->aad, sizeof(m->aad));
	return message_compute(m, t);
}

int
message_compute(struct message *m, const struct transform *t)
{
	const struct bytes key = { t->key, t->key_len };
	const struct bytes iv = { m->iv, t->iv_len };
	const uint8_t *in = m->plain + m->cipher.offset;
	uint8_t *out = m->secret + m->cipher.offset;
	struct bytes region;
	int rc = 0;

	memcpy(m->secret, m->plain, m->len);
	if (t->aead != NULL)
		return reference_aead(t->aead, key, iv, (struct bytes){ m->aad, t->aad_len }, in,
				      out, m->cipher.len, m->digest, t->digest_len);
	if (t->cipher != NULL)
		rc = reference_cipher(t->cipher, key, iv, true, in, out, m->cipher.len);
	if (rc != 0 || t->auth == NULL)
		return rc;
	region.data = (t->digest_of_cipher ? m->secret : m->plain) + m->auth.offset;
	region.len = m->auth.len;
	return reference_auth(t->auth, (struct bytes){ t->auth_key, t->auth_key_len },
			      (struct bytes){ m->auth_iv, t->auth_iv_len }, region, m->digest);
}
