/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Every row of the table of algorithms has a published answer among those of the tests. */

#include <string.h>

#include "../api/algo.h"
#include "../api/vectors.h"
#include "unit.h"
#include "virtio_crypto_algs.h"

static const struct algo *
algo_of_row(const struct virtio_crypto_alg *row)
{
	const struct algo *algo;
	unsigned int i;

	for (i = 0; (algo = algo_at(i)) != NULL; i++)
		if ((unsigned int)algo->type == row->xform && algo->id == row->algo)
			return algo;
	return NULL;
}

/* All kinds of vectors have the name of their algorithm first. */
static bool
has_vector(const char *name)
{
	const struct {
		const void *first;
		unsigned int nb;
		size_t size;
	} tables[] = {
		{ cipher_vectors, nb_cipher_vectors, sizeof(cipher_vectors[0]) },
		{ wireless_cipher_vectors, nb_wireless_cipher_vectors, sizeof(cipher_vectors[0]) },
		{ zuc256_cipher_vectors, nb_zuc256_cipher_vectors, sizeof(cipher_vectors[0]) },
		{ more_cipher_vectors, nb_more_cipher_vectors, sizeof(cipher_vectors[0]) },
		{ auth_vectors, nb_auth_vectors, sizeof(auth_vectors[0]) },
		{ wireless_auth_vectors, nb_wireless_auth_vectors, sizeof(auth_vectors[0]) },
		{ zuc256_auth_vectors, nb_zuc256_auth_vectors, sizeof(auth_vectors[0]) },
		{ more_auth_vectors, nb_more_auth_vectors, sizeof(auth_vectors[0]) },
		{ aead_vectors, nb_aead_vectors, sizeof(aead_vectors[0]) },
	};
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(tables); i++)
		for (j = 0; j < tables[i].nb; j++) {
			const char *const *algo = RTE_PTR_ADD(tables[i].first, j * tables[i].size);

			if (strcmp(*algo, name) == 0)
				return true;
		}
	return false;
}

static void
every_row_has_a_published_answer(void)
{
	unsigned int nb, i;
	const struct virtio_crypto_alg *rows = virtio_crypto_algs(&nb);

	for (i = 0; i < nb; i++) {
		const struct algo *algo = algo_of_row(&rows[i]);
		bool published = algo != NULL && has_vector(algo->name);

		if (!published)
			printf("  %s\n", rows[i].name);
		CHECK(published);
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(every_row_has_a_published_answer),
	};

	return unit_run(tests, RTE_DIM(tests));
}
