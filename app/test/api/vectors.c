/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include "vectors.h"

uint32_t
hex_len(const char *hex)
{
	return strlen(hex) / 2;
}

static uint8_t
digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

uint32_t
hex_bytes(const char *hex, uint8_t *data)
{
	uint32_t i, len = hex_len(hex);

	for (i = 0; i < len; i++)
		data[i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
	return len;
}

void
vector_cipher(const void *vector, struct transform *t, struct message *m)
{
	const struct cipher_vector *v = vector;

	*t = (struct transform){ .cipher = algo_find(v->algo), .forward = true };
	t->key_len = hex_bytes(v->key, t->key);
	*m = message_alloc(hex_len(v->plain));
	t->iv_len = hex_bytes(v->iv, m->iv);
	hex_bytes(v->plain, m->plain);
	hex_bytes(v->secret, m->secret);
}

void
vector_auth(const void *vector, struct transform *t, struct message *m)
{
	const struct auth_vector *v = vector;

	*t = (struct transform){ .auth = algo_find(v->algo), .forward = true };
	t->auth_key_len = hex_bytes(v->key, t->auth_key);
	*m = message_alloc(hex_len(v->msg));
	t->auth_iv_len = hex_bytes(v->iv, m->auth_iv);
	hex_bytes(v->msg, m->plain);
	hex_bytes(v->msg, m->secret);
	t->digest_len = hex_bytes(v->digest, m->digest);
}

void
vector_aead(const void *vector, struct transform *t, struct message *m)
{
	const struct aead_vector *v = vector;

	*t = (struct transform){ .aead = algo_find(v->algo), .forward = true };
	t->key_len = hex_bytes(v->key, t->key);
	*m = message_alloc(hex_len(v->plain));
	t->iv_len = hex_bytes(v->iv, m->iv);
	t->aad_len = hex_bytes(v->aad, m->aad);
	hex_bytes(v->plain, m->plain);
	hex_bytes(v->secret, m->secret);
	t->digest_len = hex_bytes(v->tag, m->digest);
}
