/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "fuzz_keys.h"
#include "fuzz_requests.h"

#define KEY	 16
#define IV	 16
#define GCM_IV	 12
#define CCM_IV	 12
#define AUTH_KEY 20
#define SHA1	 20
#define TAG	 16
#define AAD	 20

#define REVISION_1    1ULL
#define ALGO_CCM      2
#define ALGO_ECDSA    2
#define CURVE_P256    3
#define CONTROL_FIXED 56
#define DATA_FIXED    48

static bool
has(uint64_t features, unsigned int bit)
{
	return features >> bit & 1;
}

/* Which service a kind is of, as in the opcodes. */
static unsigned int
service_of(enum fuzz_kind kind)
{
	if (kind <= FUZZ_CHAIN_GMAC)
		return 0;
	if (kind <= FUZZ_MAC)
		return kind == FUZZ_HASH ? 1 : 2;
	return kind <= FUZZ_CCM_ENCRYPT ? 3 : 4;
}

static bool
decrypts(enum fuzz_kind kind)
{
	return kind == FUZZ_CBC_DECRYPT || kind == FUZZ_CHAIN_DECRYPT || kind == FUZZ_GCM_DECRYPT;
}

static uint32_t
direction(enum fuzz_kind kind)
{
	return decrypts(kind) ? OP_DECRYPT : OP_ENCRYPT;
}

/* What an asymmetric session consists of. */
struct asym {
	uint32_t algo;
	uint32_t type;
	uint32_t padding; /* or the curve */
	uint32_t hash;
	const uint8_t *key;
	uint32_t key_len;
};

static struct asym
asym_of(enum fuzz_kind kind)
{
	if (kind == FUZZ_ECDSA_SIGN)
		return (struct asym){ ALGO_ECDSA, KEY_TYPE_PRIVATE, CURVE_P256,
				      0,	  fuzz_ec_private,  sizeof(fuzz_ec_private) };
	if (kind == FUZZ_ECDSA_VERIFY)
		return (struct asym){ ALGO_ECDSA, KEY_TYPE_PUBLIC, CURVE_P256,
				      0,	  fuzz_ec_public,  sizeof(fuzz_ec_public) };
	if (kind == FUZZ_RSA_DECRYPT || kind == FUZZ_RSA_SIGN)
		return (struct asym){ AKCIPHER_RSA,  KEY_TYPE_PRIVATE, RSA_PKCS1,
				      RSA_OF_SHA256, fuzz_rsa_private, sizeof(fuzz_rsa_private) };
	return (struct asym){ AKCIPHER_RSA,  KEY_TYPE_PUBLIC, RSA_PKCS1,
			      RSA_OF_SHA256, fuzz_rsa_public, sizeof(fuzz_rsa_public) };
}

static void
put_fill(struct wire_bytes *b, uint8_t value, uint32_t len)
{
	memset(b->data + b->len, value, len);
	b->len += len;
}

static void
create_sym(struct wire_bytes *b, enum fuzz_kind kind)
{
	switch (kind) {
	case FUZZ_CHAIN_ENCRYPT:
	case FUZZ_CHAIN_DECRYPT:
		WIRE_FIELDS(b, kind == FUZZ_CHAIN_ENCRYPT ? CIPHER_THEN_HASH : HASH_THEN_CIPHER,
			    HASH_MODE_AUTH, CIPHER_AES_CBC, KEY, direction(kind), 0, MAC_HMAC_SHA1,
			    SHA1, AUTH_KEY, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
		break;
	case FUZZ_CHAIN_HASH:
		WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_PLAIN, CIPHER_AES_CBC, KEY, OP_ENCRYPT,
			    0, HASH_SHA1, SHA1, 0, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
		break;
	case FUZZ_CHAIN_GMAC:
		WIRE_FIELDS(b, CIPHER_THEN_HASH, HASH_MODE_AUTH, NO_CIPHER, 0, OP_ENCRYPT, 0,
			    MAC_GMAC_AES, TAG, KEY, 0, GCM_IV, 0, SYM_OP_ALGORITHM_CHAINING, 0);
		break;
	default:
		WIRE_FIELDS(b,
			    kind == FUZZ_CTR		   ? CIPHER_AES_CTR :
				    kind == FUZZ_NO_CIPHER ? NO_CIPHER :
							     CIPHER_AES_CBC,
			    kind == FUZZ_NO_CIPHER ? 0 : KEY, direction(kind), 0);
		wire_zero(b, 32);
		WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
		break;
	}
}

/* The keys of a session or of a stateless request. */
static void
put_keys(struct wire_bytes *b, enum fuzz_kind kind)
{
	struct asym a;

	if (service_of(kind) == 4) {
		a = asym_of(kind);
		wire_put(b, a.key, a.key_len);
		return;
	}
	if (kind != FUZZ_HASH && kind != FUZZ_MAC && kind != FUZZ_NO_CIPHER &&
	    kind != FUZZ_CHAIN_GMAC)
		put_fill(b, 'k', KEY);
	if (kind == FUZZ_CHAIN_ENCRYPT || kind == FUZZ_CHAIN_DECRYPT || kind == FUZZ_MAC)
		put_fill(b, 'a', AUTH_KEY);
	if (kind == FUZZ_CHAIN_GMAC)
		put_fill(b, 'a', KEY);
}

void
fuzz_create(struct wire_bytes *b, enum fuzz_kind kind, uint64_t features)
{
	struct asym a = asym_of(kind);

	wire_control_header(b, service_of(kind) << 8 | (service_of(kind) == 4 ? 4 : 2));
	switch (service_of(kind)) {
	case 0:
		create_sym(b, kind);
		break;
	case 1:
		WIRE_FIELDS(b, HASH_SHA1, SHA1);
		break;
	case 2:
		WIRE_FIELDS(b, MAC_HMAC_SHA1, SHA1, AUTH_KEY, 0);
		break;
	case 3:
		WIRE_FIELDS(b, kind == FUZZ_CCM_ENCRYPT ? ALGO_CCM : AEAD_GCM, KEY, TAG, AAD,
			    direction(kind), 0);
		break;
	default:
		WIRE_FIELDS(b, a.algo, a.type, a.key_len, a.padding, a.hash);
		wire_zero(b, 16 + CONTROL_FIXED - b->len);
		break;
	}
	if (!has(features, 0))
		wire_zero(b, 16 + CONTROL_FIXED - b->len);
	put_keys(b, kind);
}

void
fuzz_destroy(struct wire_bytes *b, enum fuzz_kind kind, uint64_t id, uint64_t features)
{
	wire_control_header(b, service_of(kind) << 8 | (service_of(kind) == 4 ? 5 : 3));
	wire_le64(b, id);
	if (!has(features, 0))
		wire_zero(b, CONTROL_FIXED - 8);
}

static bool
is_chain(enum fuzz_kind kind)
{
	return kind >= FUZZ_CHAIN_ENCRYPT && kind <= FUZZ_CHAIN_GMAC;
}

static void
put_sym(struct wire_bytes *b, struct fuzz_content *c, enum fuzz_kind kind, uint32_t len,
	bool stateless_layout)
{
	uint32_t iv = kind == FUZZ_CHAIN_GMAC || kind == FUZZ_NO_CIPHER ? 0 : IV;
	uint32_t aad = kind == FUZZ_CHAIN_GMAC ? GCM_IV : 0;
	bool ciphers = kind != FUZZ_CHAIN_GMAC;
	uint32_t digest = kind == FUZZ_CHAIN_GMAC ? TAG : SHA1;

	c->data_len = len;
	c->room = len;
	if (!is_chain(kind)) {
		if (stateless_layout)
			WIRE_FIELDS(b,
				    kind == FUZZ_CTR		   ? CIPHER_AES_CTR :
					    kind == FUZZ_NO_CIPHER ? NO_CIPHER :
								     CIPHER_AES_CBC,
				    kind == FUZZ_NO_CIPHER ? 0 : KEY, direction(kind));
		WIRE_FIELDS(b, iv, len, len);
		wire_zero(b, stateless_layout ? 48 : 28);
		WIRE_FIELDS(b, SYM_OP_CIPHER);
		if (!stateless_layout)
			wire_zero(b, 4);
		return;
	}
	if (stateless_layout)
		WIRE_FIELDS(b, kind == FUZZ_CHAIN_DECRYPT ? HASH_THEN_CIPHER : CIPHER_THEN_HASH,
			    aad, ciphers ? CIPHER_AES_CBC : NO_CIPHER, ciphers ? KEY : 0,
			    direction(kind), kind == FUZZ_CHAIN_GMAC ? MAC_GMAC_AES : MAC_HMAC_SHA1,
			    kind == FUZZ_CHAIN_HASH	    ? 0 :
				    kind == FUZZ_CHAIN_GMAC ? KEY :
							      AUTH_KEY,
			    kind == FUZZ_CHAIN_HASH ? HASH_MODE_PLAIN : HASH_MODE_AUTH);
	WIRE_FIELDS(b, iv, len, len, 0, len, 0, len, aad, digest, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING);
	if (!stateless_layout)
		wire_zero(b, 4);
	c->tail_len = aad;
	c->room += digest;
}

static void
put_aead(struct wire_bytes *b, struct fuzz_content *c, enum fuzz_kind kind, uint32_t len,
	 bool stateless_layout)
{
	uint32_t iv = kind == FUZZ_CCM_ENCRYPT ? CCM_IV : GCM_IV;
	uint32_t src = len + (decrypts(kind) ? TAG : 0);
	uint32_t dst = len + (decrypts(kind) ? 0 : TAG);

	if (stateless_layout)
		WIRE_FIELDS(b, kind == FUZZ_CCM_ENCRYPT ? ALGO_CCM : AEAD_GCM, KEY, direction(kind),
			    iv, TAG, AAD, src, dst);
	else
		WIRE_FIELDS(b, iv, AAD, src, dst, TAG, 0);
	c->data_len = src;
	c->tail_len = AAD;
	c->room = dst;
}

/* Behind the keys: what is not data of any value. */
static void
put_content(struct wire_bytes *b, enum fuzz_kind kind)
{
	if (service_of(kind) == 0 && kind != FUZZ_NO_CIPHER && kind != FUZZ_CHAIN_GMAC)
		put_fill(b, 'i', IV);
	if (service_of(kind) == 3)
		put_fill(b, 'i', GCM_IV);
	if (kind == FUZZ_RSA_VERIFY)
		wire_put(b, fuzz_rsa_signature, sizeof(fuzz_rsa_signature));
	if (kind == FUZZ_RSA_DECRYPT)
		wire_put(b, fuzz_rsa_encrypted, sizeof(fuzz_rsa_encrypted));
	if (kind == FUZZ_ECDSA_VERIFY)
		wire_put(b, fuzz_ec_signature, sizeof(fuzz_ec_signature));
	if (service_of(kind) == 4 && kind != FUZZ_RSA_DECRYPT)
		put_fill(b, 'd', FUZZ_DIGEST);
}

static void
put_asym(struct wire_bytes *b, struct fuzz_content *c, enum fuzz_kind kind, bool stateless_layout)
{
	struct asym a = asym_of(kind);
	uint32_t src = FUZZ_DIGEST, dst = sizeof(fuzz_rsa_signature);

	if (kind == FUZZ_RSA_DECRYPT)
		src = sizeof(fuzz_rsa_signature);
	if (kind == FUZZ_RSA_VERIFY || kind == FUZZ_ECDSA_VERIFY) {
		src = kind == FUZZ_RSA_VERIFY ? sizeof(fuzz_rsa_signature) :
						sizeof(fuzz_ec_signature);
		dst = FUZZ_DIGEST;
	}
	if (kind == FUZZ_ECDSA_SIGN)
		dst = 80;
	if (stateless_layout)
		WIRE_FIELDS(b, a.algo, a.type, a.key_len, a.padding, a.hash);
	WIRE_FIELDS(b, src, dst);
	c->room = kind == FUZZ_RSA_VERIFY || kind == FUZZ_ECDSA_VERIFY ? 0 : dst;
}

static uint32_t
opcode_of(enum fuzz_kind kind)
{
	switch (kind) {
	case FUZZ_RSA_DECRYPT:
		return AKCIPHER_DECRYPT;
	case FUZZ_RSA_SIGN:
	case FUZZ_ECDSA_SIGN:
		return AKCIPHER_SIGN;
	case FUZZ_RSA_VERIFY:
	case FUZZ_ECDSA_VERIFY:
		return AKCIPHER_VERIFY;
	default:
		return service_of(kind) << 8 | decrypts(kind);
	}
}

void
fuzz_request(struct wire_bytes *b, struct fuzz_content *content, enum fuzz_kind kind, uint32_t len,
	     uint64_t features, bool session, uint64_t id)
{
	unsigned int service = service_of(kind);
	bool stateless_layout = has(features, 1 + service);

	memset(content, 0, sizeof(*content));
	wire_data_header(b, opcode_of(kind), id, session ? FLAG_SESSION_MODE : 0);
	switch (service) {
	case 0:
		put_sym(b, content, kind, len, stateless_layout);
		break;
	case 1:
	case 2:
		if (stateless_layout)
			WIRE_FIELDS(b, service == 1 ? HASH_SHA1 : MAC_HMAC_SHA1);
		if (stateless_layout && service == 2)
			WIRE_FIELDS(b, AUTH_KEY);
		WIRE_FIELDS(b, len, SHA1);
		if (stateless_layout && service == 1)
			wire_zero(b, 4);
		content->data_len = len;
		content->room = SHA1;
		break;
	case 3:
		put_aead(b, content, kind, len, stateless_layout);
		break;
	default:
		put_asym(b, content, kind, stateless_layout);
		break;
	}
	if (!has(features, 0))
		wire_zero(b, 24 + DATA_FIXED - b->len);
	if (stateless_layout && !session)
		put_keys(b, kind);
	put_content(b, kind);
}

void
fuzz_spoil(struct fuzz_input *in, struct wire_bytes *b)
{
	unsigned int n = fuzz_u8(in) % 4;
	uint32_t at, value;

	while (n-- > 0) {
		at = fuzz_u8(in) * 4;
		if (b->len < 4)
			return;
		at %= b->len - 3;
		value = fuzz_spoilt(in, wire_get32(b->data, at));
		b->data[at] = value;
		b->data[at + 1] = value >> 8;
		b->data[at + 2] = value >> 16;
		b->data[at + 3] = value >> 24;
	}
}
