/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Service AKCIPHER of the device, request by request as a driver would write them, on
 * crypto_openssl. Keys, cipher texts and signatures are OpenSSL's.
 */

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "unit_akcipher.h"
#include "unit_eal.h"
#include "unit_vhost_user.h"
#include "virtio_crypto_der.h"

#define BITS 1024
#define SIZE (BITS / 8)

static EVP_PKEY *pkey;
static uint8_t *private_der, *public_der;
static int private_len, public_len;

static struct wish
rsa(bool private, uint32_t padding, uint32_t hash)
{
	return (struct wish){
		.algo = VIRTIO_CRYPTO_AKCIPHER_RSA,
		.key_type = private ? VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE :
				      VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC,
		.padding = padding,
		.hash = hash,
		.key = private ? private_der : public_der,
		.key_len = private ? private_len : public_len,
	};
}

static uint64_t
session(bool private, uint32_t padding, uint32_t hash)
{
	struct wish w = rsa(private, padding, hash);
	uint64_t id = 0;

	CHECK(create(&w, &id) == VIRTIO_CRYPTO_OK);
	return id;
}

static const struct {
	uint32_t number;
	const EVP_MD *(*md)(void);
	uint32_t len;
} hashes[] = {
	{ VIRTIO_CRYPTO_RSA_MD5, EVP_md5, 16 },	      { VIRTIO_CRYPTO_RSA_SHA1, EVP_sha1, 20 },
	{ VIRTIO_CRYPTO_RSA_SHA224, EVP_sha224, 28 }, { VIRTIO_CRYPTO_RSA_SHA256, EVP_sha256, 32 },
	{ VIRTIO_CRYPTO_RSA_SHA384, EVP_sha384, 48 }, { VIRTIO_CRYPTO_RSA_SHA512, EVP_sha512, 64 },
	{ VIRTIO_CRYPTO_RSA_NO_HASH, NULL, 33 },
};

static const uint8_t text[64] = "what is signed, or a digest as far as the device can tell";

/* OpenSSL's signature. */
static void
sign(unsigned int i, uint8_t *signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	size_t len = SIZE;

	CHECK(EVP_PKEY_sign_init(ctx) == 1);
	CHECK(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1);
	if (hashes[i].md != NULL)
		CHECK(EVP_PKEY_CTX_set_signature_md(ctx, hashes[i].md()) == 1);
	CHECK(EVP_PKEY_sign(ctx, signature, &len, text, hashes[i].len) == 1 && len == SIZE);
	EVP_PKEY_CTX_free(ctx);
}

/* Encrypts or decrypts with OpenSSL. @return bytes of the result */
static size_t
openssl_crypt(bool encrypt, int padding, const uint8_t *in, size_t in_len, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	size_t len = SIZE;

	CHECK((encrypt ? EVP_PKEY_encrypt_init : EVP_PKEY_decrypt_init)(ctx) == 1);
	CHECK(EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1);
	CHECK((encrypt ? EVP_PKEY_encrypt : EVP_PKEY_decrypt)(ctx, out, &len, in, in_len) == 1);
	EVP_PKEY_CTX_free(ctx);
	return len;
}

static void
the_service_is_offered(void)
{
	make_device();
	CHECK(virtio_crypto_config_offers_akcipher(&dev->config, VIRTIO_CRYPTO_AKCIPHER_RSA));
	CHECK(!virtio_crypto_config_offers_akcipher(&dev->config,
						    VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC));
	drop_device();
}

static void
signatures_are_those_of_openssl(void)
{
	uint8_t signature[SIZE];
	struct data d;
	unsigned int i;

	make_device();
	for (i = 0; i < RTE_DIM(hashes); i++) {
		uint64_t id = session(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, hashes[i].number);

		sign(i, signature);
		CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, id, text, hashes[i].len, SIZE) ==
		      VIRTIO_CRYPTO_OK);
		CHECK(d.written == SIZE + 1 && memcmp(d.out, signature, SIZE) == 0);
	}
	drop_device();
}

static void
good_signatures_are_accepted_and_others_rejected(void)
{
	uint8_t signature[SIZE], other[sizeof(text)];
	struct data d;
	unsigned int i, at;

	make_device();
	for (i = 0; i < RTE_DIM(hashes); i++) {
		uint64_t id = session(i & 1, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, hashes[i].number);
		uint32_t len = hashes[i].len;

		sign(i, signature);
		CHECK(verify(&d, id, signature, SIZE, text, len) == VIRTIO_CRYPTO_OK);
		CHECK(d.written == 1);
		memcpy(other, text, sizeof(other));
		other[len - 1] ^= 1;
		CHECK(verify(&d, id, signature, SIZE, other, len) == VIRTIO_CRYPTO_KEY_REJECTED);
		for (at = 1; at < SIZE; at += 18) {
			signature[at] ^= 0x40;
			CHECK(verify(&d, id, signature, SIZE, text, len) ==
			      VIRTIO_CRYPTO_KEY_REJECTED);
			signature[at] ^= 0x40;
		}
		CHECK(verify(&d, id, signature, SIZE - 1, text, len) == VIRTIO_CRYPTO_KEY_REJECTED);
		CHECK(verify(&d, id, signature, 0, text, len) == VIRTIO_CRYPTO_KEY_REJECTED);
		memset(signature, 0xff, SIZE); /* no number below the modulus */
		CHECK(verify(&d, id, signature, SIZE, text, len) == VIRTIO_CRYPTO_KEY_REJECTED);
	}
	drop_device();
}

/* A signature for the beginning of a text is none for the text, nor the other way round. */
static void
a_signature_is_for_all_that_was_signed(void)
{
	uint64_t id;
	uint8_t signature[SIZE];
	struct data d;

	make_device();
	id = session(false, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_NO_HASH);
	sign(RTE_DIM(hashes) - 1, signature);
	CHECK(verify(&d, id, signature, SIZE, text, 32) == VIRTIO_CRYPTO_KEY_REJECTED);
	CHECK(verify(&d, id, signature, SIZE, text, 34) == VIRTIO_CRYPTO_KEY_REJECTED);
	CHECK(verify(&d, id, signature, SIZE, text, 0) == VIRTIO_CRYPTO_KEY_REJECTED);
	CHECK(verify(&d, id, signature, SIZE, text, 33) == VIRTIO_CRYPTO_OK);
	drop_device();
}

/* Proves D68. */
static void
what_is_encrypted_openssl_decrypts(void)
{
	uint64_t raw, padded;
	uint8_t plain[SIZE], wanted[SIZE] = { 0 };
	struct data d;

	make_device();
	raw = session(false, VIRTIO_CRYPTO_RSA_RAW_PADDING, 77);
	padded = session(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA1);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, raw, text, 50, SIZE) == VIRTIO_CRYPTO_OK);
	CHECK(d.written == SIZE + 1);
	memcpy(wanted + SIZE - 50, text, 50);
	CHECK(openssl_crypt(false, RSA_NO_PADDING, d.out, SIZE, plain) == SIZE);
	CHECK(memcmp(plain, wanted, SIZE) == 0);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, padded, text, 50, SIZE) ==
	      VIRTIO_CRYPTO_OK);
	CHECK(d.written == SIZE + 1);
	CHECK(openssl_crypt(false, RSA_PKCS1_PADDING, d.out, SIZE, plain) == 50);
	CHECK(memcmp(plain, text, 50) == 0);
	drop_device();
}

static void
what_openssl_encrypts_is_decrypted(void)
{
	uint64_t raw, padded;
	uint8_t secret[SIZE], block[SIZE] = { 0 };
	struct data d;

	make_device();
	raw = session(true, VIRTIO_CRYPTO_RSA_RAW_PADDING, 0);
	padded = session(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_NO_HASH);
	CHECK(openssl_crypt(true, RSA_PKCS1_PADDING, text, 50, secret) == SIZE);
	/* The result is as long as what was encrypted, whatever room there is. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, padded, secret, SIZE, SIZE) ==
	      VIRTIO_CRYPTO_OK);
	CHECK(d.written == 51 && memcmp(d.out, text, 50) == 0);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, padded, secret, SIZE, 50) ==
	      VIRTIO_CRYPTO_OK);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, padded, secret, SIZE, 49) ==
	      VIRTIO_CRYPTO_ERR);
	memcpy(block + SIZE - 50, text, 50);
	CHECK(openssl_crypt(true, RSA_NO_PADDING, block, SIZE, secret) == SIZE);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, raw, secret, SIZE, SIZE) ==
	      VIRTIO_CRYPTO_OK);
	CHECK(d.written == SIZE + 1 && memcmp(d.out, block, SIZE) == 0);
	drop_device();
}

static void
requests_have_exact_statuses(void)
{
	uint64_t public, private, raw;
	struct data d;
	uint8_t bytes[SIZE + 1];

	make_device();
	memset(bytes, 0xff, sizeof(bytes));
	public = session(false, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA256);
	private = session(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA256);
	raw = session(true, VIRTIO_CRYPTO_RSA_RAW_PADDING, VIRTIO_CRYPTO_RSA_NO_HASH);
	/* A public key does not decrypt or sign. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_DECRYPT, public, text, 64, SIZE) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, public, text, 32, SIZE) ==
	      VIRTIO_CRYPTO_ERR);
	/* Without padding there are no signatures. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, raw, text, 32, SIZE) ==
	      VIRTIO_CRYPTO_NOTSUPP);
	CHECK(verify(&d, raw, bytes, SIZE, text, 32) == VIRTIO_CRYPTO_NOTSUPP);
	/* A digest has the length of its hash. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, private, text, 31, SIZE) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(verify(&d, public, bytes, SIZE, text, 33) == VIRTIO_CRYPTO_ERR);
	/* Too little room, too much data. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, private, text, 32, SIZE - 1) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, public, bytes, SIZE - 10, SIZE) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, raw, bytes, SIZE + 1, SIZE) ==
	      VIRTIO_CRYPTO_ERR);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, raw, bytes, SIZE, SIZE) ==
	      VIRTIO_CRYPTO_ERR); /* not below the modulus */
	/* What is no session, and what is none of the service. */
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, public + (1 << 20), text, 9, SIZE) ==
	      VIRTIO_CRYPTO_INVSESS);
	CHECK(request(&d, 0x404, public, text, 9, SIZE) == VIRTIO_CRYPTO_NOTSUPP);
	CHECK(request(&d, VIRTIO_CRYPTO_HASH, public, text, 40, SIZE) == VIRTIO_CRYPTO_ERR);
	/* Lengths that are not those of the chain. */
	start(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, public, 20, SIZE);
	add(&d, text, 19);
	d.out_len = SIZE;
	CHECK(run(&d) == VIRTIO_CRYPTO_ERR);
	start(&d, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, public, 20, SIZE);
	add(&d, text, 20);
	d.out_len = SIZE - 1;
	CHECK(run(&d) == VIRTIO_CRYPTO_ERR);
	start(&d, VIRTIO_CRYPTO_AKCIPHER_VERIFY, public, SIZE, UINT32_MAX);
	add(&d, bytes, SIZE);
	CHECK(run(&d) == VIRTIO_CRYPTO_ERR);
	drop_device();
}

static void
formats_are_padded_before_revision_1(void)
{
	uint64_t id;
	uint8_t signature[SIZE];
	struct data d;

	make_device();
	dev->features = 1ULL << VIRTIO_F_VERSION_1;
	id = session(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA1);
	sign(1, signature);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, id, text, 20, SIZE) == VIRTIO_CRYPTO_OK);
	CHECK(memcmp(d.out, signature, SIZE) == 0);
	CHECK(verify(&d, id, signature, SIZE, text, 20) == VIRTIO_CRYPTO_OK);
	drop_device();
}

static void
start_stateless(struct data *d, const struct wish *w, uint32_t opcode, uint32_t src_len,
		uint32_t dst_len)
{
	struct virtio_crypto_op_header h = { .opcode = rte_cpu_to_le_32(opcode) };
	struct virtio_crypto_akcipher_data_flf_stateless flf = {
		.algo = rte_cpu_to_le_32(w->algo),
		.key_type = rte_cpu_to_le_32(w->key_type),
		.key_len = rte_cpu_to_le_32(w->key_len),
		.u.rsa.padding_algo = rte_cpu_to_le_32(w->padding),
		.u.rsa.hash_algo = rte_cpu_to_le_32(w->hash),
		.src_data_len = rte_cpu_to_le_32(src_len),
		.dst_data_len = rte_cpu_to_le_32(dst_len),
	};

	memset(d, 0, sizeof(*d));
	add(d, &h, sizeof(h));
	add(d, &flf, sizeof(flf));
	add(d, w->key, w->key_len);
}

static void
requests_can_bring_their_key(void)
{
	struct wish private, public;
	uint8_t signature[SIZE];
	struct data d;
	int i;

	make_device();
	dev->features = VC_FEATURES;
	private = rsa(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA512);
	public = rsa(false, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA512);
	sign(5, signature);
	for (i = 0; i < 3; i++) {
		start_stateless(&d, &private, VIRTIO_CRYPTO_AKCIPHER_SIGN, 64, SIZE);
		add(&d, text, 64);
		d.out_len = SIZE;
		CHECK(run(&d) == VIRTIO_CRYPTO_OK);
		CHECK(memcmp(d.out, signature, SIZE) == 0);
		start_stateless(&d, &public, VIRTIO_CRYPTO_AKCIPHER_VERIFY, SIZE, 64);
		add(&d, signature, SIZE);
		add(&d, text, 64);
		CHECK(run(&d) == VIRTIO_CRYPTO_OK);
	}
	CHECK(dev->queues[0].cache.table.nb_used == 2);
	/* The first bytes of a key alone do not find the session of the whole. */
	private.key_len -= 8;
	start_stateless(&d, &private, VIRTIO_CRYPTO_AKCIPHER_SIGN, 64, SIZE);
	add(&d, text, 64);
	d.out_len = SIZE;
	CHECK(run(&d) == VIRTIO_CRYPTO_ERR);
	private.algo = 9;
	start_stateless(&d, &private, VIRTIO_CRYPTO_AKCIPHER_SIGN, 64, SIZE);
	d.out_len = SIZE;
	CHECK(run(&d) == VIRTIO_CRYPTO_NOTSUPP);
	drop_device();
}

/* Zeros for factors and remainders: a key that has its private exponent alone. */
static void
a_private_exponent_is_enough(void)
{
	struct wish w = rsa(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA1);
	struct virtio_crypto_rsa_key key;
	uint8_t der[2048], signature[SIZE];
	struct data d;
	uint64_t id;
	unsigned int i;

	make_device();
	CHECK(virtio_crypto_der_rsa_private(private_der, private_len, &key) == 0);
	for (i = VIRTIO_CRYPTO_RSA_P; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++)
		key.number[i].len = 0;
	w.key = der;
	w.key_len = virtio_crypto_der_write_rsa(&key, VIRTIO_CRYPTO_RSA_NUMBERS, der, sizeof(der));
	CHECK(create(&w, &id) == VIRTIO_CRYPTO_OK);
	sign(1, signature);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, id, text, 20, SIZE) == VIRTIO_CRYPTO_OK);
	CHECK(memcmp(d.out, signature, SIZE) == 0);
	key.number[VIRTIO_CRYPTO_RSA_D].len = 0;
	w.key_len = virtio_crypto_der_write_rsa(&key, VIRTIO_CRYPTO_RSA_NUMBERS, der, sizeof(der));
	CHECK(create(&w, &id) == VIRTIO_CRYPTO_ERR); /* nothing private is left */
	drop_device();
}

/* Proves D13 and D15. */
static void
sessions_that_cannot_be_are_refused(void)
{
	static uint8_t zeros[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY + 1];
	struct wish w = rsa(true, VIRTIO_CRYPTO_RSA_PKCS1_PADDING, VIRTIO_CRYPTO_RSA_SHA1);
	struct wish bad = w;
	uint64_t id;

	make_device();
	bad.algo = 3;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_NOTSUPP && id == UINT64_MAX);
	bad.algo = VIRTIO_CRYPTO_NO_AKCIPHER;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_NOTSUPP);
	bad.algo = VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC; /* the cryptodev has none */
	bad.padding = VIRTIO_CRYPTO_CURVE_NIST_P256;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_NOTSUPP);
	bad = w;
	bad.padding = 2;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_NOTSUPP);
	bad = w;
	bad.hash = VIRTIO_CRYPTO_RSA_MD2; /* no DigestInfo is known for it */
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_NOTSUPP);
	bad = w;
	bad.key_type = 0;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_ERR);
	bad = w;
	bad.key_type = VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC; /* with a private key */
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_ERR);
	bad = w;
	bad.key_len--;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_ERR);
	bad.key_len = 0;
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_ERR);
	bad.key = zeros;
	bad.key_len = sizeof(zeros);
	CHECK(create(&bad, &id) == VIRTIO_CRYPTO_ERR);
	CHECK(create(&w, &id) == VIRTIO_CRYPTO_OK);
	CHECK(dev->sessions.nb_used == 1);
	drop_device();
}

static void
the_session_message_has_asymmetric_keys_too(void)
{
	static struct vc_message message, reply;
	struct vhost_user_crypto_session m = {
		.op_code = VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION,
		.u.asym = { .algo = VIRTIO_CRYPTO_AKCIPHER_RSA,
			    .key_type = VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE,
			    .key_len = private_len,
			    .padding_algo = VIRTIO_CRYPTO_RSA_PKCS1_PADDING,
			    .hash_algo = VIRTIO_CRYPTO_RSA_SHA256 },
	};
	uint8_t signature[SIZE];
	struct data d;

	make_device();
	memcpy(m.u.asym.key, private_der, private_len);
	message.header = (struct vhost_user_header){ VHOST_USER_CREATE_CRYPTO_SESSION,
						     VHOST_USER_VERSION, sizeof(m) };
	memcpy(message.payload, &m, sizeof(m));
	CHECK(unit_handle(dev, &message, &reply) == 1);
	memcpy(&m, reply.payload, sizeof(m));
	CHECK(m.session_id > 0);
	sign(3, signature);
	CHECK(request(&d, VIRTIO_CRYPTO_AKCIPHER_SIGN, m.session_id, text, 32, SIZE) ==
	      VIRTIO_CRYPTO_OK);
	CHECK(memcmp(d.out, signature, SIZE) == 0);
	drop_device();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(the_service_is_offered),
		UNIT_TEST(signatures_are_those_of_openssl),
		UNIT_TEST(good_signatures_are_accepted_and_others_rejected),
		UNIT_TEST(a_signature_is_for_all_that_was_signed),
		UNIT_TEST(what_is_encrypted_openssl_decrypts),
		UNIT_TEST(what_openssl_encrypts_is_decrypted),
		UNIT_TEST(requests_have_exact_statuses),
		UNIT_TEST(formats_are_padded_before_revision_1),
		UNIT_TEST(requests_can_bring_their_key),
		UNIT_TEST(a_private_exponent_is_enough),
		UNIT_TEST(sessions_that_cannot_be_are_refused),
		UNIT_TEST(the_session_message_has_asymmetric_keys_too),
	};
	int status;

	if (!UNIT_EAL_INIT_DEVICE("--vdev", "crypto_openssl") || !unit_cryptodev_start(0))
		return EXIT_FAILURE;
	pkey = EVP_RSA_gen(BITS);
	private_len = i2d_PrivateKey(pkey, &private_der);
	public_len = i2d_PublicKey(pkey, &public_der);
	status = unit_run(tests, RTE_DIM(tests));
	OPENSSL_free(private_der);
	OPENSSL_free(public_der);
	EVP_PKEY_free(pkey);
	rte_eal_cleanup();
	return status;
}
