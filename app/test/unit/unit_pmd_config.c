/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What the driver makes of the device's config space, sections "Device configuration layout" and
 * "Device Initialization" of the specification.
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "mock_device.h"
#include "unit.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_caps.h"

/* Services, by their bit in the config space. */
enum { CIPHER, HASHES, MACS, AEAD, NB_SERVICES };

static uint8_t key[600];

static void *
session(enum rte_crypto_cipher_algorithm algo, uint16_t key_len)
{
	struct rte_crypto_sym_xform x = {
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = { .op = RTE_CRYPTO_CIPHER_OP_ENCRYPT,
			    .algo = algo,
			    .key = { .data = key, .length = key_len },
			    .iv = { .offset = MOCK_IV_OFFSET, .length = 16 } },
	};

	return mock_session_create(&x);
}

static void *
aead_session(uint16_t key_len)
{
	struct rte_crypto_sym_xform x = {
		.type = RTE_CRYPTO_SYM_XFORM_AEAD,
		.aead = { .op = RTE_CRYPTO_AEAD_OP_ENCRYPT,
			  .algo = RTE_CRYPTO_AEAD_AES_GCM,
			  .key = { .data = key, .length = key_len },
			  .iv = { .offset = MOCK_IV_OFFSET, .length = 12 },
			  .digest_length = 16 },
	};

	return mock_session_create(&x);
}

static void *
mac_session(uint16_t key_len)
{
	struct rte_crypto_sym_xform x = {
		.type = RTE_CRYPTO_SYM_XFORM_AUTH,
		.auth = { .op = RTE_CRYPTO_AUTH_OP_GENERATE,
			  .algo = RTE_CRYPTO_AUTH_SHA256_HMAC,
			  .key = { .data = key, .length = key_len },
			  .digest_length = 32 },
	};

	return mock_session_create(&x);
}

static void
set_status(uint32_t status)
{
	mock_device.config.status = rte_cpu_to_le_32(status);
}

/* Proves R2. */
static void
a_device_that_is_not_ready_is_asked_nothing(void)
{
	mock_reset(MOCK_STATELESS);
	set_status(0);
	CHECK(mock_probe() == -EBUSY);
	CHECK(session(RTE_CRYPTO_CIPHER_AES_CBC, 16) == NULL);
	CHECK(mock_device.nb_started == 0 && mock_device.requests == 0 && mock_device.kicks == 0);
	mock_close();
}

/* Proves R1 and R2. */
static void
readiness_is_read_again_after_a_reset(void)
{
	char reason[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN];
	struct rte_crypto_op *op;
	unsigned int requests;
	struct wire_bytes b;
	void *s;

	mock_reset(MOCK_STATELESS);
	set_status(~1u); /* every bit but the bottom one */
	CHECK(mock_probe() == -EBUSY && mock_device.config_reads == 1);
	mock_close();

	mock_open(MOCK_STATELESS);
	s = session(RTE_CRYPTO_CIPHER_AES_CBC, 16);
	op = mock_op(s, 32);
	requests = mock_device.requests;
	virtio_crypto_lifecycle_handle_loss(&mock_dev);
	set_status(0);
	CHECK(virtio_crypto_lifecycle_restore(&mock_dev, reason) == -EBUSY);
	CHECK(mock_device.config_reads == 2);
	CHECK(!mock_enqueue(op) && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	CHECK(mock_device.requests == requests && mock_device.nb_started == 2 &&
	      mock_device.kicks == 0);
	set_status(1);
	CHECK(virtio_crypto_lifecycle_restore(&mock_dev, reason) == 0);
	CHECK(mock_device.config_reads == 3 && mock_device.requests == requests + 1);
	mock_device.taken = 0;
	CHECK(mock_enqueue(op) && mock_pop(&b) == 32 + 1 && mock_complete() == 1);
	mock_op_free(op);
	mock_session_destroy(s);
	mock_close();
}

/* A device that was not ready for the first request, and is ready when its status is read. */
static uint32_t
refuse_once(const struct wire_bytes *request)
{
	static unsigned int requests;

	(void)request;
	return requests++ == 0 ? VIRTIO_CRYPTO_ERR : VIRTIO_CRYPTO_OK;
}

static void
a_session_refused_while_the_device_comes_back_is_created(void)
{
	char reason[VIRTIO_CRYPTO_LIFECYCLE_REASON_LEN];
	struct rte_crypto_op *op;
	struct wire_bytes b;
	void *s;

	mock_open(MOCK_STATELESS);
	s = session(RTE_CRYPTO_CIPHER_AES_CBC, 16);
	op = mock_op(s, 32);
	virtio_crypto_lifecycle_handle_loss(&mock_dev);
	CHECK(!mock_enqueue(op) && op->status == RTE_CRYPTO_OP_STATUS_ERROR);
	mock_device.decide = refuse_once;
	CHECK(virtio_crypto_lifecycle_restore(&mock_dev, reason) == 0);
	mock_device.decide = NULL;
	mock_device.taken = 0;
	CHECK(mock_enqueue(op));
	CHECK(mock_pop(&b) == 32 + 1 && mock_complete() == 1);
	mock_op_free(op);
	mock_session_destroy(s);
	mock_close();
}

/* Proves R3. */
static void
the_number_of_queues_is_the_devices(void)
{
	static const uint32_t queues[] = { 1, 2, 64, 65535 };
	unsigned int i;

	for (i = 0; i < RTE_DIM(queues); i++) {
		mock_reset(MOCK_STATELESS);
		mock_device.config.max_dataqueues = rte_cpu_to_le_32(queues[i]);
		CHECK(mock_probe() == 0);
		CHECK(mock_device.nb_started == 1 && mock_device.started[0] == queues[i]);
		mock_close();
	}
	mock_reset(MOCK_STATELESS);
	mock_device.config.max_dataqueues = 0; /* fewer than the application wants */
	CHECK(mock_probe() == -EINVAL && mock_device.nb_started == 0);
	mock_close();
}

/* Proves R10. */
static void
every_queue_is_set_up_before_it_is_used(void)
{
	const struct virtqueue *vq;

	mock_reset(MOCK_STATELESS);
	CHECK(mock_probe() == 0);
	vq = &mock_dev.ctrlq.vq;
	CHECK(mock_device.nb_started == 1 && mock_device.started[0] == MOCK_QUEUES);
	CHECK(rte_is_power_of_2(vq->size) && vq->desc_addr % 16 == 0 && vq->desc_addr != 0);
	CHECK(vq->avail_addr % 2 == 0 && vq->used_addr % 4 == 0);
	mock_start();
	CHECK(mock_device.nb_started == 2 && mock_device.started[1] == 0 && mock_device.kicks == 0);
	vq = &((struct virtio_crypto_queue *)mock_dev.data->queue_pairs[0])->vq;
	CHECK(rte_is_power_of_2(vq->size) && vq->desc_addr % 16 == 0 && vq->desc_addr != 0);
	CHECK(vq->avail_addr % 2 == 0 && vq->used_addr % 4 == 0);
	CHECK(vq->avail->idx == 0 && vq->used->idx == 0);
	mock_close();
}

static void
offer(uint32_t service, uint32_t number)
{
	struct virtio_crypto_config *c = &mock_device.config;

	c->crypto_services |= rte_cpu_to_le_32(1u << service);
	if (service == CIPHER)
		c->cipher_algo_l |= rte_cpu_to_le_32(1u << number);
	else if (service == HASHES)
		c->hash_algo |= rte_cpu_to_le_32(1u << number);
	else if (service == MACS && number < 32)
		c->mac_algo_l |= rte_cpu_to_le_32(1u << number);
	else if (service == MACS)
		c->mac_algo_h |= rte_cpu_to_le_32(1u << (number - 32));
	else
		c->aead_algo |= rte_cpu_to_le_32(1u << number);
}

static void
offer_nothing(void)
{
	struct virtio_crypto_config *c = &mock_device.config;

	c->crypto_services = 0;
	c->cipher_algo_l = c->cipher_algo_h = 0;
	c->hash_algo = 0;
	c->mac_algo_l = c->mac_algo_h = 0;
	c->aead_algo = 0;
}

static unsigned int
nb_capabilities(void)
{
	unsigned int n = 0;

	while (mock_dev.capabilities[n].op != RTE_CRYPTO_OP_TYPE_UNDEFINED)
		n++;
	return n;
}

/* Proves R6 and R12. */
static void
an_algorithm_is_there_if_its_bit_is(void)
{
	static const struct {
		uint32_t service, number;
		enum rte_crypto_sym_xform_type type;
		int algo;
	} rows[] = {
		{ CIPHER, 3, RTE_CRYPTO_SYM_XFORM_CIPHER, RTE_CRYPTO_CIPHER_AES_CBC },
		{ CIPHER, 14, RTE_CRYPTO_SYM_XFORM_CIPHER, RTE_CRYPTO_CIPHER_ZUC_EEA3 },
		{ HASHES, 4, RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_SHA256 },
		{ MACS, 2, RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_SHA1_HMAC },
		{ MACS, 54, RTE_CRYPTO_SYM_XFORM_AUTH, RTE_CRYPTO_AUTH_ZUC_EIA3 },
		{ AEAD, 1, RTE_CRYPTO_SYM_XFORM_AEAD, RTE_CRYPTO_AEAD_AES_GCM },
	};
	const struct rte_cryptodev_symmetric_capability *cap;
	unsigned int i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		mock_reset(MOCK_STATELESS);
		offer_nothing();
		offer(rows[i].service, rows[i].number);
		CHECK(mock_probe() == 0 && nb_capabilities() == 1);
		cap = &mock_dev.capabilities[0].sym;
		CHECK(cap->xform_type == rows[i].type);
		CHECK((int)cap->cipher.algo == rows[i].algo); /* of all types in the same place */
		mock_close();
	}
	mock_reset(MOCK_STATELESS);
	offer_nothing();
	CHECK(mock_probe() == 0 && nb_capabilities() == 0);
	CHECK(session(RTE_CRYPTO_CIPHER_AES_CBC, 16) == NULL);
	mock_close();
}

/* Proves R4 and R11: the bits of algorithms alone do not make a service. */
static void
a_service_is_there_if_its_bit_is(void)
{
	unsigned int all, sum = 0, service;
	struct virtio_crypto_config full;

	mock_reset(MOCK_STATELESS);
	full = mock_device.config;
	CHECK(mock_probe() == 0);
	all = nb_capabilities();
	mock_close();
	for (service = 0; service < NB_SERVICES; service++) {
		void *s[3];

		mock_reset(MOCK_STATELESS);
		mock_device.config = full;
		mock_device.config.crypto_services = rte_cpu_to_le_32(1u << service);
		CHECK(mock_probe() == 0);
		sum += nb_capabilities();
		s[0] = session(RTE_CRYPTO_CIPHER_AES_CBC, 16);
		s[1] = mac_session(20);
		s[2] = aead_session(16);
		CHECK((s[0] != NULL) == (service == CIPHER));
		CHECK((s[1] != NULL) == (service == MACS));
		CHECK((s[2] != NULL) == (service == AEAD));
		if (service != HASHES)
			mock_session_destroy(s[service == CIPHER ? 0 : service - 1]);
		mock_close();
	}
	CHECK(sum == all && all > 40);
}

/* Proves R5. */
static void
bits_without_a_meaning_are_ignored(void)
{
	struct rte_cryptodev_capabilities known[80];
	unsigned int n;

	mock_reset(MOCK_STATELESS);
	CHECK(mock_probe() == 0);
	n = nb_capabilities();
	CHECK(n < RTE_DIM(known));
	memcpy(known, mock_dev.capabilities, n * sizeof(known[0]));
	mock_close();
	mock_reset(MOCK_STATELESS);
	memset(&mock_device.config.crypto_services, 0xff,
	       offsetof(struct virtio_crypto_config, max_cipher_key_len) -
		       offsetof(struct virtio_crypto_config, crypto_services));
	CHECK(mock_probe() == 0);
	CHECK(nb_capabilities() == n);
	CHECK(memcmp(known, mock_dev.capabilities, n * sizeof(known[0])) == 0);
	mock_close();
}

/* Proves R7: what would fail is never sent, so no device has to be reset because of it. */
static void
requests_are_not_larger_than_the_device_takes(void)
{
	const uint32_t len = 300, content = 16 + 2 * len;
	struct rte_crypto_op *op;
	struct wire_bytes b;
	uint64_t max;
	void *s;

	for (max = content - 1; max <= content; max++) {
		mock_reset(MOCK_STATELESS);
		mock_device.config.max_size = rte_cpu_to_le_64(max);
		CHECK(mock_probe() == 0);
		mock_start();
		s = session(RTE_CRYPTO_CIPHER_AES_CTR, 16);
		op = mock_op(s, len);
		CHECK(mock_enqueue(op) == (max == content));
		if (max == content)
			CHECK(mock_pop(&b) == len + 1 && mock_complete() == 1);
		else
			CHECK(op->status == RTE_CRYPTO_OP_STATUS_INVALID_ARGS &&
			      mock_device.kicks == 0);
		mock_op_free(op);
		mock_session_destroy(s);
		mock_close();
	}
}

/* A session that is created, or one that the device is never asked for. */
static void
check_key(void *s, bool good, unsigned int *requests)
{
	CHECK((s != NULL) == good);
	CHECK(mock_device.requests == *requests + good);
	if (s != NULL)
		mock_session_destroy(s);
	*requests = mock_device.requests;
}

/* Proves R8. */
static void
cipher_keys_are_not_longer_than_the_device_takes(void)
{
	unsigned int requests;
	uint16_t len;

	mock_reset(MOCK_STATELESS);
	mock_device.config.max_cipher_key_len = rte_cpu_to_le_32(24);
	CHECK(mock_probe() == 0);
	requests = mock_device.requests;
	for (len = 16; len <= 32; len += 8) {
		check_key(session(RTE_CRYPTO_CIPHER_AES_CBC, len), len <= 24, &requests);
		check_key(aead_session(len), len <= 24, &requests);
	}
	mock_close();
}

/* Proves R9. */
static void
mac_keys_are_not_longer_than_the_device_takes(void)
{
	unsigned int requests;
	uint16_t len;

	mock_reset(MOCK_STATELESS);
	mock_device.config.max_auth_key_len = rte_cpu_to_le_32(100);
	CHECK(mock_probe() == 0);
	requests = mock_device.requests;
	for (len = 99; len <= 101; len++)
		check_key(mac_session(len), len <= 100, &requests);
	check_key(mac_session(sizeof(key)), false, &requests);
	mock_close();
}

static void
a_device_that_offers_less_is_not_restored(void)
{
	mock_open(MOCK_STATELESS);
	CHECK(virtio_crypto_lifecycle_restart(&mock_dev) == 0);
	mock_device.features = MOCK_REVISION_1;
	CHECK(virtio_crypto_lifecycle_restart(&mock_dev) == -ENOTSUP);
	mock_device.features = MOCK_STATELESS;
	mock_device.config.max_size = rte_cpu_to_le_64(99999);
	CHECK(virtio_crypto_lifecycle_restart(&mock_dev) == -ENOTSUP);
	mock_device.config.max_size = rte_cpu_to_le_64(100001);
	CHECK(virtio_crypto_lifecycle_restart(&mock_dev) == 0);
	mock_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_device_that_is_not_ready_is_asked_nothing),
		UNIT_TEST(readiness_is_read_again_after_a_reset),
		UNIT_TEST(a_session_refused_while_the_device_comes_back_is_created),
		UNIT_TEST(the_number_of_queues_is_the_devices),
		UNIT_TEST(every_queue_is_set_up_before_it_is_used),
		UNIT_TEST(an_algorithm_is_there_if_its_bit_is),
		UNIT_TEST(a_service_is_there_if_its_bit_is),
		UNIT_TEST(bits_without_a_meaning_are_ignored),
		UNIT_TEST(requests_are_not_larger_than_the_device_takes),
		UNIT_TEST(cipher_keys_are_not_longer_than_the_device_takes),
		UNIT_TEST(mac_keys_are_not_longer_than_the_device_takes),
		UNIT_TEST(a_device_that_offers_less_is_not_restored),
	};

	return mock_main(tests, RTE_DIM(tests));
}
