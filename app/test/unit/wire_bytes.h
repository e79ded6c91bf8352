/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Requests as bytes: written and read field by field, as the specification lays them out, without
 * the structures that the code under test uses.
 */

#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <stdint.h>
#include <string.h>

/** Bytes that a request may have. */
#ifndef WIRE_MAX
#define WIRE_MAX 4096
#endif

/** Values of the specification that are tested against, by its names without VIRTIO_CRYPTO_. */
enum {
	OK = 0,
	ERR = 1,
	BADMSG = 2,
	NOTSUPP = 3,
	INVSESS = 4,
	NOSPC = 5,
	KEY_REJECTED = 6,

	CIPHER_ENCRYPT = 0x000,
	CIPHER_DECRYPT = 0x001,
	CIPHER_CREATE_SESSION = 0x002,
	CIPHER_DESTROY_SESSION = 0x003,
	HASH = 0x100,
	HASH_CREATE_SESSION = 0x102,
	HASH_DESTROY_SESSION = 0x103,
	MAC = 0x200,
	MAC_CREATE_SESSION = 0x202,
	MAC_DESTROY_SESSION = 0x203,
	AEAD_ENCRYPT = 0x300,
	AEAD_DECRYPT = 0x301,
	AEAD_CREATE_SESSION = 0x302,
	AEAD_DESTROY_SESSION = 0x303,
	AKCIPHER_ENCRYPT = 0x400,
	AKCIPHER_DECRYPT = 0x401,
	AKCIPHER_SIGN = 0x402,
	AKCIPHER_VERIFY = 0x403,
	AKCIPHER_CREATE_SESSION = 0x404,
	AKCIPHER_DESTROY_SESSION = 0x405,
	IPSEC_OUTBOUND = 0x500,

	FLAG_SESSION_MODE = 1,
	OP_ENCRYPT = 1,
	OP_DECRYPT = 2,
	SYM_OP_CIPHER = 1,
	SYM_OP_ALGORITHM_CHAINING = 2,
	HASH_THEN_CIPHER = 1,
	CIPHER_THEN_HASH = 2,
	HASH_MODE_PLAIN = 1,
	HASH_MODE_AUTH = 2,
	HASH_MODE_NESTED = 3,

	NO_CIPHER = 0,
	CIPHER_AES_CBC = 3,
	CIPHER_AES_CTR = 4,
	CIPHER_KASUMI_F8 = 10,
	CIPHER_SNOW3G_UEA2 = 11,
	CIPHER_ZUC_EEA3 = 14,
	HASH_SHA1 = 2,
	HASH_SHA_256 = 4,
	MAC_HMAC_SHA1 = 2,
	MAC_HMAC_SHA_256 = 4,
	MAC_KASUMI_F9 = 27,
	MAC_SNOW3G_UIA2 = 28,
	MAC_GMAC_AES = 41,
	MAC_ZUC_EIA3 = 54,
	AEAD_GCM = 1,
	AEAD_CCM = 2,
	AKCIPHER_RSA = 1,
	KEY_TYPE_PUBLIC = 1,
	KEY_TYPE_PRIVATE = 2,
	RSA_PKCS1 = 1,
	RSA_OF_SHA256 = 6,
};

/** A request in the making, or one that was read. */
struct wire_bytes {
	uint32_t len;
	uint8_t data[WIRE_MAX];
};

static inline void
wire_put(struct wire_bytes *b, const void *data, uint32_t len)
{
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static inline void
wire_zero(struct wire_bytes *b, uint32_t len)
{
	memset(b->data + b->len, 0, len);
	b->len += len;
}

static inline void
wire_le32(struct wire_bytes *b, uint32_t value)
{
	const uint8_t bytes[] = { value, value >> 8, value >> 16, value >> 24 };

	wire_put(b, bytes, sizeof(bytes));
}

static inline void
wire_le64(struct wire_bytes *b, uint64_t value)
{
	wire_le32(b, (uint32_t)value);
	wire_le32(b, value >> 32);
}

/** Puts fields of 32 bits, one after the other. */
#define WIRE_FIELDS(b, ...)                                                                        \
	do {                                                                                       \
		const uint32_t fields[] = { __VA_ARGS__ };                                         \
		for (unsigned int f = 0; f < sizeof(fields) / sizeof(fields[0]); f++)              \
			wire_le32(b, fields[f]);                                                   \
	} while (0)

/** The field of 32 bits at an offset. */
static inline uint32_t
wire_get32(const void *data, uint32_t offset)
{
	const uint8_t *p = (const uint8_t *)data + offset;

	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
wire_get64(const void *data, uint32_t offset)
{
	return wire_get32(data, offset) | (uint64_t)wire_get32(data, offset + 4) << 32;
}

/** Begins a request of the control queue: the general header. */
static inline void
wire_control_header(struct wire_bytes *b, uint32_t opcode)
{
	b->len = 0;
	WIRE_FIELDS(b, opcode, 0, 0, 0);
}

/** Begins a request of a data queue: the general header. */
static inline void
wire_data_header(struct wire_bytes *b, uint32_t opcode, uint64_t session, uint32_t flag)
{
	b->len = 0;
	WIRE_FIELDS(b, opcode, 0);
	wire_le64(b, session);
	WIRE_FIELDS(b, flag, 0);
}

#endif /* WIRE_BYTES_H */
