/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The device's config space, section "Device configuration layout" of the specification. */

#include <string.h>

#include <rte_common.h>
#include <rte_cryptodev.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"

/* Bits that the specification defines; service IPSEC is not offered. */
#define SERVICES    0x1fu
#define CIPHERS	    0x7fffu
#define HASHES	    0x1fffu
#define MACS_LOW    0x1e00007fu
#define MACS_HIGH   0x00620600u
#define AEADS	    0xfu
#define AKCIPHERS   0x7u
#define MAX_CDEVS   2
#define CRYPTO_NULL 0

static struct rte_vhost_crypto_device *
make(uint16_t queues, const uint8_t *cdevs, uint8_t nb_cdevs, uint32_t max_size)
{
	static const uint16_t qps[MAX_CDEVS * (RTE_VHOST_CRYPTO_MAX_QUEUES + 1)];
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = queues,
		.nb_cdevs = nb_cdevs,
		.cdev_ids = cdevs,
		.qp_ids = qps,
		.nb_sessions = 1,
		.max_size = max_size,
		.socket_id = SOCKET_ID_ANY,
	};

	return vc_device_create("/nowhere", &conf, false);
}

static void
drop(struct rte_vhost_crypto_device *dev)
{
	vc_device_forget_sessions(dev);
	vc_device_destroy(dev);
}

/* Proves D1. */
static void
a_device_has_one_queue_at_least(void)
{
	static const uint16_t good[] = { 1, 2, RTE_VHOST_CRYPTO_MAX_QUEUES };
	static const uint16_t bad[] = { 0, RTE_VHOST_CRYPTO_MAX_QUEUES + 1, UINT16_MAX };
	static const uint8_t cdevs[] = { CRYPTO_NULL };
	struct rte_vhost_crypto_device *dev;
	unsigned int i;

	for (i = 0; i < RTE_DIM(good); i++) {
		dev = make(good[i], cdevs, 1, 0);
		CHECK(dev != NULL && wire_get32(&dev->config, 4) == good[i]);
		drop(dev);
	}
	for (i = 0; i < RTE_DIM(bad); i++)
		CHECK(make(bad[i], cdevs, 1, 0) == NULL);
}

/* Each service is offered if and only if the masks of its algorithms are not empty. */
static void
check_masks(const struct virtio_crypto_config *config)
{
	uint32_t services = wire_get32(config, 8), cipher = wire_get32(config, 12);
	const uint32_t masks[] = { cipher, wire_get32(config, 20),
				   wire_get32(config, 24) | wire_get32(config, 28),
				   wire_get32(config, 32), wire_get32(config, 44) };
	unsigned int i;

	CHECK(wire_get32(config, 0) == 1); /* HW_READY and nothing else */
	CHECK((services & ~SERVICES) == 0);
	for (i = 0; i < RTE_DIM(masks); i++)
		CHECK((services >> i & 1) == (masks[i] != 0));
	CHECK((cipher & ~CIPHERS) == 0 && wire_get32(config, 16) == 0);
	CHECK((wire_get32(config, 20) & ~HASHES) == 0);
	CHECK((wire_get32(config, 24) & ~MACS_LOW) == 0);
	CHECK((wire_get32(config, 28) & ~MACS_HIGH) == 0);
	CHECK((wire_get32(config, 32) & ~AEADS) == 0);
	CHECK((wire_get32(config, 44) & ~AKCIPHERS) == 0);
}

/* Proves D2, D4 and D5. */
static void
bits_are_defined_and_services_have_algorithms(void)
{
	static const uint8_t sets[][MAX_CDEVS] = { { 0 }, { 1 }, { 0, 1 } };
	struct rte_vhost_crypto_device *dev;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sets); i++) {
		dev = make(1, sets[i], i == 2 ? 2 : 1, 0);
		CHECK(dev != NULL);
		check_masks(&dev->config);
		/* What does nothing is a cipher and a MAC, number 0 of each. */
		if (i == 0)
			CHECK(wire_get32(&dev->config, 8) == 5 &&
			      wire_get32(&dev->config, 12) == 1 &&
			      wire_get32(&dev->config, 24) == 1);
		else
			CHECK((wire_get32(&dev->config, 8) & 0xf) == 0xf);
		drop(dev);
	}
}

/* Proves D3. */
static void
a_device_that_is_ready_serves_requests(void)
{
	uint8_t key[16] = { 0 }, data[16] = { 0 };
	struct rte_vhost_crypto_device *dev = guest_open(GUEST_REVISION_1);
	struct wire_bytes b;
	uint64_t id;

	CHECK(wire_get32(&dev->config, 0) == 1);
	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, sizeof(key), OP_ENCRYPT, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_put(&b, key, sizeof(key));
	CHECK(guest_create(&b, &id) == OK);
	wire_data_header(&b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(&b, 16, 16, 16);
	wire_zero(&b, 28);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_zero(&b, 32);
	CHECK(guest_send(&b, data, sizeof(data)) == OK);
	guest_close();
}

/* The longest key that a capability of the cryptodev takes, of authentication or of the others. */
static uint32_t
longest_key(uint8_t cdev, bool auth)
{
	const struct rte_cryptodev_capabilities *cap;
	struct rte_cryptodev_info info;
	uint32_t longest = 0;

	rte_cryptodev_info_get(cdev, &info);
	for (cap = info.capabilities; cap->op == RTE_CRYPTO_OP_TYPE_SYMMETRIC; cap++)
		if (auth && cap->sym.xform_type == RTE_CRYPTO_SYM_XFORM_AUTH)
			longest = RTE_MAX(longest, cap->sym.auth.key_size.max);
		else if (!auth && cap->sym.xform_type == RTE_CRYPTO_SYM_XFORM_CIPHER)
			longest = RTE_MAX(longest, cap->sym.cipher.key_size.max);
		else if (!auth && cap->sym.xform_type == RTE_CRYPTO_SYM_XFORM_AEAD)
			longest = RTE_MAX(longest, cap->sym.aead.key_size.max);
	return longest;
}

/* Proves D7 and D8. */
static void
keys_are_as_long_as_a_cryptodev_takes_them(void)
{
	struct rte_vhost_crypto_device *dev;
	uint8_t cdev;

	for (cdev = 0; cdev < MAX_CDEVS; cdev++) {
		dev = make(1, &cdev, 1, 0);
		CHECK(wire_get32(&dev->config, 36) ==
		      RTE_MIN(longest_key(cdev, false), (uint32_t)VC_MAX_CIPHER_KEY));
		CHECK(wire_get32(&dev->config, 40) ==
		      RTE_MIN(longest_key(cdev, true), (uint32_t)VC_MAX_AUTH_KEY));
		drop(dev);
	}
	CHECK(longest_key(1, false) > 0 && longest_key(1, true) > 0);
}

/* The content of the request, IV, source and destination, has so many bytes. */
static uint8_t
send_content(uint64_t session, uint32_t content)
{
	uint8_t data[GUEST_MAX_SIZE];
	uint32_t len = (content - 16) / 2;
	struct wire_bytes b;

	wire_data_header(&b, CIPHER_ENCRYPT, session, FLAG_SESSION_MODE);
	WIRE_FIELDS(&b, 16, len, content - 16 - len);
	wire_zero(&b, 28);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_zero(&b, 16 + len);
	memset(data, 0, sizeof(data));
	return guest_send(&b, data, content - 16 - len);
}

/* Proves D6. */
static void
requests_are_as_large_as_max_size(void)
{
	static const uint8_t cdevs[] = { CRYPTO_NULL };
	struct rte_vhost_crypto_device *dev = make(1, cdevs, 1, 12345);
	uint8_t key[16] = { 0 };
	struct wire_bytes b;
	uint64_t id;

	CHECK(wire_get64(&dev->config, 48) == 12345);
	drop(dev);
	dev = guest_open(GUEST_REVISION_1);
	CHECK(wire_get64(&dev->config, 48) == GUEST_MAX_SIZE);
	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_AES_CTR, sizeof(key), OP_ENCRYPT, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_put(&b, key, sizeof(key));
	CHECK(guest_create(&b, &id) == OK);
	CHECK(send_content(id, GUEST_MAX_SIZE) == OK);
	CHECK(send_content(id, GUEST_MAX_SIZE + 1) == ERR);
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_device_has_one_queue_at_least),
		UNIT_TEST(bits_are_defined_and_services_have_algorithms),
		UNIT_TEST(a_device_that_is_ready_serves_requests),
		UNIT_TEST(requests_are_as_large_as_max_size),
		UNIT_TEST(keys_are_as_long_as_a_cryptodev_takes_them),
	};

	return guest_main(tests, RTE_DIM(tests));
}
