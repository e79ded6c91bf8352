/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_byteorder.h>
#include <rte_common.h>

#include "virtio_crypto_akcipher.h"

/*
 * DigestInfo: a sequence of the algorithm, itself a sequence of its identifier and NULL, and the
 * digest. The identifiers of SHA-2 differ in the last byte only.
 */
#define INFO(oid_len, digest, ...)                                                                 \
	{                                                                                          \
		0x30, (oid_len) + 8 + (digest), 0x30, (oid_len) + 4, 0x06, (oid_len), __VA_ARGS__, \
			0x05, 0x00, 0x04, (digest)                                                 \
	}
#define HASH(virtio, dpdk, digest, oid_len, ...)                                                   \
	{                                                                                          \
		.number = VIRTIO_CRYPTO_RSA_##virtio, .algo = RTE_CRYPTO_AUTH_##dpdk,              \
		.digest_len = (digest), .info_len = (oid_len) + 10,                                \
		.info = INFO(oid_len, digest, __VA_ARGS__)                                         \
	}
#define SHA2(virtio, digest, last)                                                                 \
	HASH(virtio, virtio, digest, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last)

static const struct virtio_crypto_rsa_hash hashes[] = {
	{ .number = VIRTIO_CRYPTO_RSA_NO_HASH, .algo = RTE_CRYPTO_AUTH_NULL },
	HASH(MD5, MD5, 16, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05),
	HASH(SHA1, SHA1, 20, 5, 0x2b, 0x0e, 0x03, 0x02, 0x1a),
	SHA2(SHA224, 28, 0x04),
	SHA2(SHA256, 32, 0x01),
	SHA2(SHA384, 48, 0x02),
	SHA2(SHA512, 64, 0x03),
};

static const struct virtio_crypto_curve curves[] = {
	{ VIRTIO_CRYPTO_CURVE_NIST_P192, RTE_CRYPTO_EC_GROUP_SECP192R1, 24 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P224, RTE_CRYPTO_EC_GROUP_SECP224R1, 28 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P256, RTE_CRYPTO_EC_GROUP_SECP256R1, 32 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P384, RTE_CRYPTO_EC_GROUP_SECP384R1, 48 },
	{ VIRTIO_CRYPTO_CURVE_NIST_P521, RTE_CRYPTO_EC_GROUP_SECP521R1, 66 },
};

const struct virtio_crypto_rsa_hash *
virtio_crypto_rsa_hash_find(uint32_t number)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(hashes); i++)
		if (hashes[i].number == number)
			return &hashes[i];
	return NULL;
}

const struct virtio_crypto_rsa_hash *
virtio_crypto_rsa_hash_of(enum rte_crypto_auth_algorithm algo)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(hashes); i++)
		if (hashes[i].algo == algo)
			return &hashes[i];
	return NULL;
}

const struct virtio_crypto_curve *
virtio_crypto_curve_find(uint32_t number)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(curves); i++)
		if (curves[i].number == number)
			return &curves[i];
	return NULL;
}

const struct virtio_crypto_curve *
virtio_crypto_curve_of(enum rte_crypto_curve_id group)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(curves); i++)
		if (curves[i].group == group)
			return &curves[i];
	return NULL;
}

enum rte_crypto_asym_xform_type
virtio_crypto_akcipher_xform(uint32_t number)
{
	switch (number) {
	case VIRTIO_CRYPTO_AKCIPHER_RSA:
		return RTE_CRYPTO_ASYM_XFORM_RSA;
	case VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC:
		return RTE_CRYPTO_ASYM_XFORM_ECDSA;
	default:
		return RTE_CRYPTO_ASYM_XFORM_UNSPECIFIED;
	}
}

bool
virtio_crypto_config_offers_akcipher(const struct virtio_crypto_config *config, uint32_t number)
{
	return (rte_le_to_cpu_32(config->crypto_services) &
		(1u << VIRTIO_CRYPTO_SERVICE_AKCIPHER)) &&
		(rte_le_to_cpu_32(config->akcipher_algo) & (1u << number));
}

void
virtio_crypto_config_offer_akcipher(struct virtio_crypto_config *config, uint32_t number)
{
	/* Device configuration layout, D4, D5 */
	config->crypto_services |= rte_cpu_to_le_32(1u << VIRTIO_CRYPTO_SERVICE_AKCIPHER);
	config->akcipher_algo |= rte_cpu_to_le_32(1u << number);
}
