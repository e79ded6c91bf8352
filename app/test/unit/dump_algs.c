/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Prints the table of algorithms, for check_features.py: the release of DPDK, then one line for
 * each row. Fields are separated by spaces; a range is MIN-MAX-INCREMENT, in bytes.
 */

#include <stdio.h>

#include <rte_version.h>

#include "virtio_crypto_algs.h"

#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
#define CIPHER_NAME(algo) rte_cryptodev_get_cipher_algo_string(algo)
#define AUTH_NAME(algo)	  rte_cryptodev_get_auth_algo_string(algo)
#define AEAD_NAME(algo)	  rte_cryptodev_get_aead_algo_string(algo)
#else
#define CIPHER_NAME(algo) rte_crypto_cipher_algorithm_strings[algo]
#define AUTH_NAME(algo)	  rte_crypto_auth_algorithm_strings[algo]
#define AEAD_NAME(algo)	  rte_crypto_aead_algorithm_strings[algo]
#endif

static const char *
service_name(uint8_t service)
{
	switch (service) {
	case VIRTIO_CRYPTO_SERVICE_CIPHER:
		return "CIPHER";
	case VIRTIO_CRYPTO_SERVICE_HASH:
		return "HASH";
	case VIRTIO_CRYPTO_SERVICE_MAC:
		return "MAC";
	default:
		return "AEAD";
	}
}

/* The name that DPDK has for the algorithm, or NULL. */
static const char *
dpdk_name(const struct virtio_crypto_alg *alg)
{
	if (alg->xform == RTE_CRYPTO_SYM_XFORM_CIPHER)
		return CIPHER_NAME(alg->algo);
	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH)
		return AUTH_NAME(alg->algo);
	return AEAD_NAME(alg->algo);
}

static void
print_range(const struct rte_crypto_param_range *range)
{
	printf(" %u-%u-%u", range->min, range->max, range->increment);
}

int
main(void)
{
	const struct virtio_crypto_alg *algs;
	unsigned int count, i;

	printf("dpdk %d %d\n", RTE_VER_YEAR, RTE_VER_MONTH);
	algs = virtio_crypto_algs(&count);
	for (i = 0; i < count; i++) {
		const struct virtio_crypto_alg *alg = &algs[i];
		const char *name = dpdk_name(alg);

		if (name == NULL) {
			fprintf(stderr, "%s: DPDK has no name for it\n", alg->name);
			return 1;
		}
		printf("%s %s %u %s %u %u", service_name(alg->service), alg->name, alg->number,
		       name, alg->block_size, alg->whole_blocks);
		print_range(&alg->key);
		print_range(&alg->iv);
		print_range(&alg->digest);
		print_range(&alg->aad);
		printf("\n");
	}
	return 0;
}
