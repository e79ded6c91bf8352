/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Asymmetric sessions of the driver: which ones it asks the device for, with which keys. */

#include <string.h>

#include <rte_version.h>

#include "unit.h"
#include "unit_pmd.h"
#include "unit_rsa.h"
#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_rsa_key.h"

#define MAX_REQUESTS 16

/* How many sessions a transform takes: from DPDK 24.11 on it says its padding, and takes one. */
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)

#define SESSIONS 1u

static void
choose_padding(struct rte_crypto_asym_xform *x, enum rte_crypto_rsa_padding_type padding)
{
	x->rsa.padding.type = padding;
}

#else

#define SESSIONS 2u

static void
choose_padding(struct rte_crypto_asym_xform *x, enum rte_crypto_rsa_padding_type padding)
{
	(void)x;
	(void)padding;
}

#endif

/* What the device was asked for. */
static struct {
	struct virtio_crypto_akcipher_session_para para;
	uint32_t opcode;
	uint32_t algo;
	uint32_t key_len;
	uint8_t key[VIRTIO_CRYPTO_AKCIPHER_MAX_KEY];
} requests[MAX_REQUESTS];
static unsigned int nb_requests;
static int (*verdict)(uint32_t padding, uint32_t hash);

static int
record_request(const struct virtio_crypto_session_params *params)
{
	const unsigned int i = nb_requests++ % MAX_REQUESTS;

	requests[i].para = params->req.u.akcipher_create_session.para;
	requests[i].opcode = rte_le_to_cpu_32(params->req.header.opcode);
	requests[i].algo = rte_le_to_cpu_32(params->req.header.algo);
	requests[i].key_len = params->cipher_key_len;
	CHECK(params->auth_key_len == 0 && params->cipher_key_len <= sizeof(requests[i].key));
	memcpy(requests[i].key, params->keys, params->cipher_key_len);
	if (verdict == NULL)
		return 0;
	return verdict(rte_le_to_cpu_32(requests[i].para.u.rsa.padding_algo),
		       rte_le_to_cpu_32(requests[i].para.u.rsa.hash_algo));
}

static void
open_device(int (*say)(uint32_t padding, uint32_t hash))
{
	open_indirect();
	nb_requests = 0;
	on_create = record_request;
	verdict = say;
}

static int
create(const struct rte_crypto_asym_xform *x, struct virtio_crypto_asym_session_ref *ref)
{
	nb_requests = 0;
	return virtio_crypto_asym_session_create(&dev, x, ref);
}

static bool
asked_for(unsigned int i, uint32_t type, uint32_t padding, uint32_t hash)
{
	return requests[i].opcode == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION &&
		requests[i].algo == VIRTIO_CRYPTO_AKCIPHER_RSA &&
		requests[i].para.algo == rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_RSA) &&
		requests[i].para.keytype == rte_cpu_to_le_32(type) &&
		requests[i].para.keylen == rte_cpu_to_le_32(requests[i].key_len) &&
		requests[i].para.u.rsa.padding_algo == rte_cpu_to_le_32(padding) &&
		requests[i].para.u.rsa.hash_algo == rte_cpu_to_le_32(hash);
}

/* The key that the device was given is the one that OpenSSL made, in all numbers. */
static void
check_private_key(unsigned int request, const struct rsa_key *k)
{
	const uint8_t *der = requests[request].key;
	EVP_PKEY *pkey = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, requests[request].key_len);
	BIGNUM *number[VIRTIO_CRYPTO_RSA_NUMBERS];
	unsigned int i;

	CHECK(pkey != NULL && der == requests[request].key + requests[request].key_len);
	if (pkey == NULL)
		return;
	rsa_key_numbers(pkey, number);
	for (i = 0; i < VIRTIO_CRYPTO_RSA_NUMBERS; i++) {
		CHECK(number[i] != NULL && BN_cmp(number[i], k->number[i]) == 0);
		BN_free(number[i]);
	}
	EVP_PKEY_free(pkey);
}

static void
check_sessions(uint32_t type)
{
	CHECK(nb_requests == SESSIONS);
	CHECK(SESSIONS == 1 ||
	      asked_for(0, type, VIRTIO_CRYPTO_RSA_RAW_PADDING, VIRTIO_CRYPTO_RSA_NO_HASH));
	CHECK(asked_for(SESSIONS - 1, type, VIRTIO_CRYPTO_RSA_PKCS1_PADDING,
			VIRTIO_CRYPTO_RSA_NO_HASH));
}

static void
private_keys_are_complete(void)
{
	static const int bits[] = { 512, 1024, 2040, 2048, 3072 };
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	struct rsa_key k;
	unsigned int i;
	int part;

	open_device(NULL);
	for (i = 0; i < RTE_DIM(bits); i++) {
		rsa_key_make(&k, bits[i], 2);
		for (part = RSA_EXPONENT; part <= RSA_QUINTUPLE; part++) {
			x = rsa_key_xform(&k, part);
			CHECK(create(&x, &ref) == 0 && ref.modulus_len == bits[i] / 8u);
			check_sessions(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE);
			check_private_key(0, &k);
			check_private_key(SESSIONS - 1, &k);
			virtio_crypto_asym_session_destroy(&dev, &ref);
		}
		rsa_key_free(&k);
	}
	close_queue();
}

/* An exponent may be any that undoes the other one; it is kept as it is. */
static void
a_longer_exponent_is_a_key_too(void)
{
	BIGNUM *d = BN_new(), *p1, *q1;
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	BN_CTX *ctx = BN_CTX_new();
	struct rsa_key k;

	open_device(NULL);
	rsa_key_make(&k, 1024, 2);
	p1 = BN_dup(k.number[VIRTIO_CRYPTO_RSA_P]);
	q1 = BN_dup(k.number[VIRTIO_CRYPTO_RSA_Q]);
	BN_sub_word(p1, 1);
	BN_sub_word(q1, 1);
	BN_mul(d, p1, q1, ctx);
	BN_mod_inverse(d, k.number[VIRTIO_CRYPTO_RSA_E], d, ctx);
	BN_copy(k.number[VIRTIO_CRYPTO_RSA_D], d);
	k.len[VIRTIO_CRYPTO_RSA_D] = BN_bn2binpad(d, k.bytes[VIRTIO_CRYPTO_RSA_D], 200);
	x = rsa_key_xform(&k, RSA_EXPONENT);
	CHECK(create(&x, &ref) == 0);
	check_private_key(0, &k);
	virtio_crypto_asym_session_destroy(&dev, &ref);
	BN_CTX_free(ctx);
	BN_free(d);
	BN_free(p1);
	BN_free(q1);
	rsa_key_free(&k);
	close_queue();
}

static void
public_keys_have_no_private_numbers(void)
{
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	const uint8_t *der;
	BIGNUM *n = NULL;
	EVP_PKEY *pkey;
	struct rsa_key k;

	open_device(NULL);
	rsa_key_make(&k, 1024, 2);
	x = rsa_key_xform(&k, RSA_PUBLIC);
	CHECK(create(&x, &ref) == 0);
	check_sessions(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC);
	der = requests[0].key;
	pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, requests[0].key_len);
	CHECK(pkey != NULL && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1);
	CHECK(n != NULL && BN_cmp(n, k.number[VIRTIO_CRYPTO_RSA_N]) == 0);
	CHECK(der == requests[0].key + requests[0].key_len);
	virtio_crypto_asym_session_destroy(&dev, &ref);
	BN_free(n);
	EVP_PKEY_free(pkey);
	rsa_key_free(&k);
	close_queue();
}

static void
keys_that_make_no_sense_are_refused(void)
{
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	struct rsa_key k, three;
	uint8_t zero = 0, one = 1;

	open_device(NULL);
	rsa_key_make(&k, 1024, 2);
	k.bytes[VIRTIO_CRYPTO_RSA_D][100] ^= 4;
	x = rsa_key_xform(&k, RSA_EXPONENT);
	CHECK(create(&x, &ref) == -EINVAL);
	k.bytes[VIRTIO_CRYPTO_RSA_P][30] ^= 4;
	x = rsa_key_xform(&k, RSA_QUINTUPLE);
	CHECK(create(&x, &ref) == -EINVAL);
	k.bytes[VIRTIO_CRYPTO_RSA_P][30] ^= 4;
	x.rsa.qt.p = x.rsa.n;
	x.rsa.qt.q = (rte_crypto_uint){ .data = &one, .length = 1 };
	CHECK(create(&x, &ref) == -EINVAL);
	x = rsa_key_xform(&k, RSA_PUBLIC);
	x.rsa.e = (rte_crypto_uint){ .data = &zero, .length = 1 };
	CHECK(create(&x, &ref) == -EINVAL);
	x = rsa_key_xform(&k, RSA_EXPONENT);
	x.rsa.e = (rte_crypto_uint){ .data = &one, .length = 1 };
	x.rsa.d = x.rsa.e;
	CHECK(create(&x, &ref) == -EINVAL);
	/* What is put together of three primes has no remainders modulo two. */
	rsa_key_make(&three, 2048, 3);
	x = rsa_key_xform(&three, RSA_EXPONENT);
	CHECK(create(&x, &ref) == -EINVAL);
	CHECK(nb_requests == 0);
	rsa_key_free(&three);
	rsa_key_free(&k);
	close_queue();
}

static void
what_is_not_offered_is_refused(void)
{
	static uint8_t large[VIRTIO_CRYPTO_RSA_MAX_MODULUS + 1];
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	struct rsa_key k;

	open_device(NULL);
	rsa_key_make(&k, 1024, 2);
	x = rsa_key_xform(&k, RSA_PUBLIC);
	x.xform_type = RTE_CRYPTO_ASYM_XFORM_MODEX;
	CHECK(create(&x, &ref) == -ENOTSUP);
	x = rsa_key_xform(&k, RSA_PUBLIC);
	x.rsa.n.length = VIRTIO_CRYPTO_RSA_MIN_MODULUS - 1;
	CHECK(create(&x, &ref) == -ENOTSUP);
	memset(large, 0xff, sizeof(large));
	x.rsa.n = (rte_crypto_uint){ .data = large, .length = sizeof(large) };
	CHECK(create(&x, &ref) == -ENOTSUP);
	large[0] = 0; /* a zero in front does not make a modulus longer */
	CHECK(create(&x, &ref) == 0 && ref.modulus_len == VIRTIO_CRYPTO_RSA_MAX_MODULUS);
	virtio_crypto_asym_session_destroy(&dev, &ref);
	/* Messages have less room than the control queue. */
	dev.max_asym_key = 139; /* one byte less than this key has */
	x = rsa_key_xform(&k, RSA_PUBLIC);
	CHECK(create(&x, &ref) == -ENOTSUP && nb_requests == 0);
	dev.max_asym_key = 140;
	CHECK(create(&x, &ref) == 0 && requests[0].key_len == 140);
	virtio_crypto_asym_session_destroy(&dev, &ref);
	dev.max_asym_key = VIRTIO_CRYPTO_AKCIPHER_MAX_KEY;
	dev.config.akcipher_algo = 0;
	CHECK(create(&x, &ref) == -ENOTSUP);
	rsa_key_free(&k);
	close_queue();
}

/* As QEMU's own device does it. */
static int
needs_hash(uint32_t padding, uint32_t hash)
{
	if (padding == VIRTIO_CRYPTO_RSA_RAW_PADDING || hash == VIRTIO_CRYPTO_RSA_SHA1 ||
	    hash == VIRTIO_CRYPTO_RSA_SHA512)
		return 0;
	return hash == VIRTIO_CRYPTO_RSA_NO_HASH ? -EIO : -ENOTSUP;
}

static int
raw_only(uint32_t padding, uint32_t hash)
{
	(void)hash;
	return padding == VIRTIO_CRYPTO_RSA_RAW_PADDING ? 0 : -ENOTSUP;
}

static int
nothing(uint32_t padding, uint32_t hash)
{
	(void)padding;
	(void)hash;
	return -ENOTSUP;
}

static int
only_one_more(uint32_t padding, uint32_t hash)
{
	(void)hash;
	return padding == VIRTIO_CRYPTO_RSA_RAW_PADDING ? 0 : -ENOSPC;
}

static int
no_such_key(uint32_t padding, uint32_t hash)
{
	(void)padding;
	(void)hash;
	return -EKEYREJECTED;
}

static void
a_device_has_what_it_takes(void)
{
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	struct rsa_key k;

	open_device(needs_hash);
	rsa_key_make(&k, 1024, 2);
	x = rsa_key_xform(&k, RSA_EXPONENT);
	CHECK(create(&x, &ref) == 0 && created == SESSIONS + 1);
	CHECK((ref.raw != NULL) == (SESSIONS == 2));
	CHECK(ref.pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH] == NULL);
	CHECK(ref.pkcs1[VIRTIO_CRYPTO_RSA_SHA1] != NULL);
	CHECK(ref.pkcs1[VIRTIO_CRYPTO_RSA_SHA512] != NULL);
	CHECK(ref.pkcs1[VIRTIO_CRYPTO_RSA_SHA256] == NULL);
	virtio_crypto_asym_session_destroy(&dev, &ref);
	verdict = raw_only;
	choose_padding(&x, RTE_CRYPTO_RSA_PADDING_NONE);
	CHECK(create(&x, &ref) == 0 && created == SESSIONS + 2 && ref.raw != NULL);
	virtio_crypto_asym_session_destroy(&dev, &ref);
	choose_padding(&x, RTE_CRYPTO_RSA_PADDING_PKCS1_5);
	verdict = nothing;
	CHECK(create(&x, &ref) == -ENOTSUP);
	verdict = only_one_more;
	CHECK(create(&x, &ref) == -ENOSPC && nb_requests == SESSIONS);
	verdict = no_such_key;
	CHECK(create(&x, &ref) == -EKEYREJECTED && nb_requests == 1);
	rsa_key_free(&k);
	close_queue();
}

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)

static void
a_transform_says_its_padding(void)
{
	const uint32_t type = VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC;
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	struct rsa_key k;

	open_device(NULL);
	rsa_key_make(&k, 1024, 2);
	x = rsa_key_xform(&k, RSA_PUBLIC);
	choose_padding(&x, RTE_CRYPTO_RSA_PADDING_NONE);
	CHECK(create(&x, &ref) == 0 && nb_requests == 1);
	CHECK(asked_for(0, type, VIRTIO_CRYPTO_RSA_RAW_PADDING, VIRTIO_CRYPTO_RSA_NO_HASH));
	virtio_crypto_asym_session_destroy(&dev, &ref);
	choose_padding(&x, RTE_CRYPTO_RSA_PADDING_OAEP);
	CHECK(create(&x, &ref) == -ENOTSUP && nb_requests == 0);
	choose_padding(&x, RTE_CRYPTO_RSA_PADDING_PSS);
	CHECK(create(&x, &ref) == -ENOTSUP && nb_requests == 0);
	rsa_key_free(&k);
	close_queue();
}

#endif

static void
sessions_live_like_others(void)
{
	const struct virtio_crypto_session *first, *last;
	struct virtio_crypto_asym_session_ref ref;
	struct rte_crypto_asym_xform x;
	struct rsa_key k;

	open_device(NULL);
	rsa_key_make(&k, 1024, 2);
	x = rsa_key_xform(&k, RSA_QUINTUPLE);
	CHECK(create(&x, &ref) == 0);
	last = ref.pkcs1[VIRTIO_CRYPTO_RSA_NO_HASH];
	first = SESSIONS == 1 ? last : ref.raw;
	pthread_mutex_lock(&dev.lock);
	virtio_crypto_sessions_suspend(&dev, false);
	CHECK(!first->ready && !last->ready);
	destroyed = created; /* with the device that was lost */
	nb_requests = 0;
	CHECK(virtio_crypto_sessions_restore(&dev) == 0);
	pthread_mutex_unlock(&dev.lock);
	CHECK(first->ready && last->ready);
	CHECK(first->req.header.session_id == rte_cpu_to_le_64(SESSION + SESSIONS));
	check_sessions(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PRIVATE);
	check_private_key(SESSIONS - 1, &k);
	/* A closed device has none of them any more, and the application frees its own then. */
	virtio_crypto_sessions_drop(&dev);
	dev.tr = NULL;
	virtio_crypto_asym_session_destroy(&dev, &ref);
	CHECK(destroyed == 2 * SESSIONS);
	rsa_key_free(&k);
	close_queue();
}

static void
capabilities_have_rsa_if_the_device_has(void)
{
	const struct rte_cryptodev_asymmetric_xform_capability *cap;
	unsigned int n;

	akciphers = 1u << VIRTIO_CRYPTO_AKCIPHER_RSA;
	open_device(NULL);
	akciphers = EVERY_AKCIPHER;
	n = dev.nb_algs;
	cap = &dev.capabilities[n].asym.xform_capa;
	CHECK(dev.capabilities[n].op == RTE_CRYPTO_OP_TYPE_ASYMMETRIC);
	CHECK(cap->xform_type == RTE_CRYPTO_ASYM_XFORM_RSA && cap->op_types == 0xf);
	CHECK(cap->modlen.min == 12 && cap->modlen.max == 1024 && cap->modlen.increment == 1);
	CHECK(dev.capabilities[n + 1].op == RTE_CRYPTO_OP_TYPE_UNDEFINED);
	virtio_crypto_caps_fini(&dev);
	dev.config.akcipher_algo = 0;
	CHECK(virtio_crypto_caps_init(&dev) == 0 && !virtio_crypto_caps_has_rsa(&dev));
	CHECK(dev.capabilities[n].op == RTE_CRYPTO_OP_TYPE_UNDEFINED);
	close_queue();
}

static void
a_device_that_lost_rsa_offers_less(void)
{
	struct virtio_crypto_config before, now;

	open_device(NULL);
	before = now = dev.config;
	CHECK(virtio_crypto_caps_find_lacking(&now, &before) == NULL);
	now.akcipher_algo = 0;
	CHECK(strcmp(virtio_crypto_caps_find_lacking(&now, &before), "akcipher_algo") == 0);
	close_queue();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(private_keys_are_complete),
		UNIT_TEST(a_longer_exponent_is_a_key_too),
		UNIT_TEST(public_keys_have_no_private_numbers),
		UNIT_TEST(keys_that_make_no_sense_are_refused),
		UNIT_TEST(what_is_not_offered_is_refused),
		UNIT_TEST(a_device_has_what_it_takes),
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
		UNIT_TEST(a_transform_says_its_padding),
#endif
		UNIT_TEST(sessions_live_like_others),
		UNIT_TEST(capabilities_have_rsa_if_the_device_has),
		UNIT_TEST(a_device_that_lost_rsa_offers_less),
	};

	if (!start_eal()) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	return unit_run(tests, RTE_DIM(tests));
}
