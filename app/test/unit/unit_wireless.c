/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The tests' own SNOW 3G, ZUC and KASUMI give the published answers. */

#include <string.h>

#include "../api/vectors.h"
#include "../api/wireless.h"
#include "unit.h"

#define MAX 4096

/* Returns the bytes of hexadecimal text. */
static uint32_t
bytes_of(const char *text, uint8_t bytes[MAX])
{
	uint32_t len = strlen(text) / 2, i;
	unsigned int value;

	for (i = 0; i < len && i < MAX; i++)
		bytes[i] = sscanf(text + 2 * i, "%2x", &value) == 1 ? value : 0;
	return len;
}

static void
check_cipher(const struct cipher_vector *v)
{
	uint8_t key[MAX], iv[MAX], plain[MAX], secret[MAX], out[MAX];
	uint32_t key_len = bytes_of(v->key, key), len = bytes_of(v->plain, plain);

	bytes_of(v->iv, iv);
	CHECK(bytes_of(v->secret, secret) == len);
	if (strcmp(v->algo, "snow3g-uea2") == 0)
		wireless_snow3g_uea2(key, iv, plain, out, len);
	else if (strcmp(v->algo, "kasumi-f8") == 0)
		wireless_kasumi_f8(key, iv, plain, out, len);
	else
		wireless_zuc_eea3(key, key_len, iv, plain, out, len);
	if (memcmp(out, secret, len) != 0)
		printf("  %s %s\n", v->algo, v->label);
	CHECK(memcmp(out, secret, len) == 0);
}

static void
check_auth(const struct auth_vector *v)
{
	uint8_t key[MAX], iv[MAX], msg[MAX], digest[MAX], out[MAX];
	uint32_t key_len = bytes_of(v->key, key), len = bytes_of(v->msg, msg);
	uint32_t digest_len = bytes_of(v->digest, digest);

	bytes_of(v->iv, iv);
	if (strcmp(v->algo, "snow3g-uia2") == 0)
		wireless_snow3g_uia2(key, iv, msg, len, out);
	else if (strcmp(v->algo, "kasumi-f9") == 0)
		wireless_kasumi_f9(key, msg, len, out);
	else
		wireless_zuc_eia3(key, key_len, iv, msg, len, out, digest_len);
	if (memcmp(out, digest, digest_len) != 0)
		printf("  %s %s\n", v->algo, v->label);
	CHECK(memcmp(out, digest, digest_len) == 0);
}

static void
ciphers_are_as_published(void)
{
	unsigned int i;

	CHECK(nb_wireless_cipher_vectors > 0 && nb_zuc256_cipher_vectors > 0);
	for (i = 0; i < nb_wireless_cipher_vectors; i++)
		check_cipher(&wireless_cipher_vectors[i]);
	for (i = 0; i < nb_zuc256_cipher_vectors; i++)
		check_cipher(&zuc256_cipher_vectors[i]);
}

static void
macs_are_as_published(void)
{
	unsigned int i;

	CHECK(nb_wireless_auth_vectors > 0 && nb_zuc256_auth_vectors > 0);
	for (i = 0; i < nb_wireless_auth_vectors; i++)
		check_auth(&wireless_auth_vectors[i]);
	for (i = 0; i < nb_zuc256_auth_vectors; i++)
		check_auth(&zuc256_auth_vectors[i]);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(ciphers_are_as_published),
		UNIT_TEST(macs_are_as_published),
	};

	return unit_run(tests, RTE_DIM(tests));
}
