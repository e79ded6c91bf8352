/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_malloc.h>

#include "virtio_crypto_params.h"

size_t
virtio_crypto_params_max_keys(const struct virtio_crypto_dev *dev)
{
	size_t cipher = rte_le_to_cpu_32(dev->config.max_cipher_key_len);
	size_t auth = rte_le_to_cpu_32(dev->config.max_auth_key_len);

	return RTE_MIN(cipher, (size_t)VIRTIO_CRYPTO_MAX_KEY) +
		RTE_MIN(auth, (size_t)VIRTIO_CRYPTO_MAX_KEY);
}

struct virtio_crypto_session_params *
virtio_crypto_params_alloc(size_t keys)
{
	return rte_zmalloc("virtio_crypto", sizeof(struct virtio_crypto_session_params) + keys,
			   RTE_CACHE_LINE_SIZE);
}

void
virtio_crypto_params_free(struct virtio_crypto_session_params *p, size_t keys)
{
	if (p == NULL)
		return;
	explicit_bzero(p, sizeof(*p) + keys);
	rte_free(p);
}
