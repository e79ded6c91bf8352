/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Wire format of a virtio-crypto device, as far as <linux/virtio_crypto.h> lacks it.
 *
 * "Section" in comments is a section of "Crypto Device" in the virtio specification 1.3. All fields
 * are little endian.
 */

#ifndef VIRTIO_CRYPTO_WIRE_H
#define VIRTIO_CRYPTO_WIRE_H

#include <assert.h>
#include <stdint.h>

#include <linux/virtio_config.h>
#include <linux/virtio_crypto.h>
#include <linux/virtio_ring.h>

/** Device ID of a crypto device (section "Device ID"). */
#define VIRTIO_CRYPTO_DEVICE_ID 20

/** @name Feature bits (section "Feature bits") */
/**@{*/
#define VIRTIO_CRYPTO_F_REVISION_1		0
#define VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE	1
#define VIRTIO_CRYPTO_F_HASH_STATELESS_MODE	2
#define VIRTIO_CRYPTO_F_MAC_STATELESS_MODE	3
#define VIRTIO_CRYPTO_F_AEAD_STATELESS_MODE	4
#define VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE 5
/**@}*/

/** op_header.flag: the request names a session (section "Data Virtqueue"). */
#define VIRTIO_CRYPTO_FLAG_SESSION_MODE 1

/* Numbers of the specification that the header of Linux 6.1 lacks. */
#ifndef VIRTIO_CRYPTO_MAC_ZUC_EIA3
#define VIRTIO_CRYPTO_MAC_ZUC_EIA3 54
#endif

/** ECDSA in requests of the AKCIPHER service, and its bit in config space akcipher_algo.
 *
 * Linux's header numbers DSA 2 and ECDSA 3; the specification has no DSA.
 */
#define VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC 2

/** Length to which op_flf is padded on the control queue without REVISION_1. */
#define VIRTIO_CRYPTO_CTRLQ_OP_SPEC_HDR_LEGACY 56
/** Length to which op_flf is padded on a data queue without REVISION_1. */
#define VIRTIO_CRYPTO_DATAQ_OP_SPEC_HDR_LEGACY 48

/** Fixed part of an AEAD request in session mode; Linux 6.1 has its first four fields. */
struct virtio_crypto_aead_data_flf {
	__le32 iv_len;
	__le32 aad_len;
	__le32 src_data_len;
	__le32 dst_data_len;
	__le32 tag_len;
	__le32 reserved;
};

/**
 * @name Fixed parts of requests of a service whose stateless mode is negotiated
 *
 * They are also used in session mode then, with unused session parameters.
 */
/**@{*/
struct virtio_crypto_cipher_data_flf_stateless {
	__le32 algo;
	__le32 key_len;
	__le32 op;
	__le32 iv_len;
	__le32 src_data_len;
	__le32 dst_data_len;
};

struct virtio_crypto_alg_chain_data_flf_stateless {
	__le32 alg_chain_order;
	__le32 session_aad_len;
	__le32 cipher_algo;
	__le32 cipher_key_len;
	__le32 cipher_op;
	__le32 hash_algo;
	__le32 auth_key_len;
	__le32 hash_mode;
	struct virtio_crypto_alg_chain_data_para para;
};

struct virtio_crypto_sym_data_flf_stateless {
	union {
		struct virtio_crypto_cipher_data_flf_stateless cipher;
		struct virtio_crypto_alg_chain_data_flf_stateless chain;
	} u;
	__le32 op_type;
};

struct virtio_crypto_hash_data_flf_stateless {
	__le32 algo;
	__le32 src_data_len;
	__le32 hash_result_len;
	__le32 reserved;
};

struct virtio_crypto_mac_data_flf_stateless {
	__le32 algo;
	__le32 auth_key_len;
	__le32 src_data_len;
	__le32 hash_result_len;
};

struct virtio_crypto_aead_data_flf_stateless {
	__le32 algo;
	__le32 key_len;
	__le32 op;
	__le32 iv_len;
	__le32 tag_len;
	__le32 aad_len;
	__le32 src_data_len;
	__le32 dst_data_len;
};

struct virtio_crypto_akcipher_data_flf_stateless {
	__le32 algo;
	__le32 key_type;
	__le32 key_len;
	union {
		struct virtio_crypto_rsa_session_para rsa;
		struct virtio_crypto_ecdsa_session_para ecdsa;
	} u;
	__le32 src_data_len;
	__le32 dst_data_len;
};
/**@}*/

/** Fixed part of a data request, by service and layout. */
union virtio_crypto_data_flf {
	struct virtio_crypto_sym_data_req sym;
	struct virtio_crypto_hash_para hash; /**< of service MAC too */
	struct virtio_crypto_aead_data_flf aead;
	struct virtio_crypto_akcipher_para akcipher;
	struct virtio_crypto_sym_data_flf_stateless sym_stateless;
	struct virtio_crypto_hash_data_flf_stateless hash_stateless;
	struct virtio_crypto_mac_data_flf_stateless mac_stateless;
	struct virtio_crypto_aead_data_flf_stateless aead_stateless;
	struct virtio_crypto_akcipher_data_flf_stateless akcipher_stateless;
};

/** Feature bit of a service's stateless mode. */
static inline unsigned int
virtio_crypto_stateless_feature(uint32_t service)
{
	return VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE + service;
}

/** Whether feature bit @p bit (0 to 63) is set. */
static inline int
virtio_crypto_has_feature(uint64_t features, unsigned int bit)
{
	return (features >> bit) & 1;
}

static_assert(sizeof(struct virtio_crypto_config) == 56, "config space layout");
static_assert(sizeof(struct virtio_crypto_op_ctrl_req) == 16 + 56, "control request layout");
static_assert(sizeof(struct virtio_crypto_op_data_req) == 24 + 48, "data request layout");
static_assert(sizeof(struct virtio_crypto_sym_data_flf_stateless) == 72 + 4,
	      "stateless data request layout");
static_assert(sizeof(struct virtio_crypto_akcipher_data_flf_stateless) == 28,
	      "stateless asymmetric data request layout");
static_assert(sizeof(struct virtio_crypto_session_input) == 16, "session outcome layout");

#endif /* VIRTIO_CRYPTO_WIRE_H */
