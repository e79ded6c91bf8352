/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Sessions across a reset of their device. A driver that suspends its machine resets the device and
 * uses its sessions again; a guest that boots again resets it too, and leaves its sessions behind.
 */

#include <string.h>

#include <rte_common.h>

#include "device.h"
#include "mock_guest.h"
#include "session_dormant.h"
#include "session_table.h"
#include "unit.h"

#define KEY  16
#define TEXT 16
#define FULL GUEST_SESSIONS
/* Lengths of nonce that AES-CCM is tried with; one session has so many variants. */
#define NONCE_MIN 7
#define NB_NONCES VC_SESSION_VARIANTS

/* NIST SP 800-38A, F.2.1: AES-128-CBC, the first block. */
static const uint8_t key[KEY] = {
	0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
	0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c,
};
static const uint8_t iv[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t plain[TEXT] = {
	0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
	0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
};
static const uint8_t secret[TEXT] = {
	0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46,
	0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d,
};

static struct rte_vhost_crypto_device *dev;

static uint32_t
create(uint64_t *id)
{
	struct wire_bytes b;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, KEY, OP_ENCRYPT, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_put(&b, key, KEY);
	return guest_create(&b, id);
}

/* Opens the device, and fills its table with sessions. */
static void
open_full(uint64_t ids[FULL])
{
	unsigned int i;

	dev = guest_open(GUEST_REVISION_1);
	for (i = 0; i < FULL; i++)
		CHECK(create(&ids[i]) == OK);
}

/* The status of a request of a session, whose result is right if it is OK. */
static uint8_t
use(uint64_t id)
{
	uint8_t result[TEXT] = { 0 }, status;
	struct wire_bytes b;

	wire_data_header(&b, CIPHER_ENCRYPT, id, FLAG_SESSION_MODE);
	WIRE_FIELDS(&b, sizeof(iv), TEXT, TEXT, 0);
	wire_zero(&b, 24);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	wire_put(&b, iv, sizeof(iv));
	wire_put(&b, plain, TEXT);
	status = guest_send(&b, result, TEXT);
	CHECK(status != OK || memcmp(result, secret, TEXT) == 0);
	return status;
}

/* The rings stop, and begin anew at 0: so a reset looks to a back-end. */
static void
reset_device(void)
{
	struct vc_vhost_user *vu = &dev->vhost_user;

	vc_vhost_user_choose_session_ring(vu, dev->features);
	vc_vhost_user_save_base(vu, dev->nb_queues, 7);
	vc_vhost_user_check_base(vu, dev->nb_queues, 0);
}

static void
a_session_outlives_resets(void)
{
	uint64_t id, other;
	unsigned int i;

	dev = guest_open(GUEST_REVISION_1);
	CHECK(create(&id) == OK && create(&other) == OK);
	CHECK(vc_session_index(id) == 0 && use(0) == INVSESS);
	CHECK(vc_session_destroy(&dev->sessions, 0) == ERR);
	for (i = 0; i < 3; i++) {
		CHECK(use(id) == OK);
		reset_device();
		CHECK(dev->sessions.nb_dormant == 2);
		CHECK(use(id) == OK);
		CHECK(vc_session_find(&dev->sessions, id) != NULL);
		CHECK(vc_session_find(&dev->sessions, other) == NULL);
		CHECK(dev->sessions.nb_dormant == 1);
	}
	CHECK(use(other) == OK);
	/* Ids that are none wake nothing. */
	reset_device();
	CHECK(use(0) == INVSESS && use(id + (1 << 16)) == INVSESS && use(UINT64_MAX) == INVSESS);
	CHECK(use(other + 1) == INVSESS && dev->sessions.nb_dormant == 2);
	guest_close();
}

static void
what_is_left_behind_makes_room(void)
{
	uint64_t ids[FULL], id;
	unsigned int i;

	open_full(ids);
	CHECK(create(&id) == NOSPC);
	reset_device();
	CHECK(use(ids[0]) == OK);
	for (i = 1; i < FULL; i++)
		CHECK(create(&id) == OK && use(id) == OK);
	CHECK(create(&id) == NOSPC);
	CHECK(use(ids[0]) == OK);
	for (i = 1; i < FULL; i++)
		CHECK(use(ids[i]) == INVSESS);
	CHECK(dev->sessions.nb_dormant == 0 && dev->sessions.nb_used == FULL);
	guest_close();
}

static void
the_one_that_is_dormant_longest_goes_first(void)
{
	uint64_t first, second, id;
	unsigned int i;

	dev = guest_open(GUEST_REVISION_1);
	CHECK(create(&second) == OK && create(&first) == OK);
	reset_device();
	CHECK(use(second) == OK);
	reset_device();
	for (i = 0; i < FULL - 1; i++)
		CHECK(create(&id) == OK);
	CHECK(use(first) == INVSESS && use(second) == OK);
	guest_close();
}

static void
a_dormant_session_can_be_destroyed(void)
{
	uint64_t ids[2];

	dev = guest_open(GUEST_REVISION_1);
	CHECK(create(&ids[0]) == OK && create(&ids[1]) == OK);
	reset_device();
	CHECK(guest_destroy(MAC_DESTROY_SESSION, ids[0]) == ERR);
	CHECK(guest_destroy(CIPHER_DESTROY_SESSION, ids[0]) == OK);
	CHECK(guest_destroy(CIPHER_DESTROY_SESSION, ids[0]) == ERR);
	CHECK(use(ids[0]) == INVSESS);
	/* By a message, as behind QEMU's cryptodev-vhost-user. */
	CHECK(vc_session_destroy(&dev->sessions, ids[1]) == OK);
	CHECK(vc_session_destroy(&dev->sessions, ids[1]) == ERR);
	vc_device_reap_sessions(dev);
	CHECK(dev->sessions.nb_dormant == 0 && dev->sessions.nb_zombies == 0);
	CHECK(dev->sessions.nb_used == 0);
	guest_close();
}

static void
one_that_requests_hold_is_not_freed(void)
{
	uint64_t ids[FULL], id;
	uint16_t *refs;

	open_full(ids);
	refs = &dev->queues[0].session_refs[vc_session_index(ids[0])];
	*refs = 1;
	reset_device();
	vc_device_reap_sessions(dev);
	CHECK(dev->sessions.nb_dormant == FULL && dev->sessions.nb_used == FULL);
	CHECK(create(&id) == OK && vc_session_index(id) != vc_session_index(ids[0]));
	CHECK(dev->sessions.nb_zombies == 1 && dev->sessions.nb_used == FULL);
	*refs = 0;
	vc_device_reap_sessions(dev);
	CHECK(dev->sessions.nb_zombies == 0 && dev->sessions.nb_used == FULL - 1);
	guest_close();
}

static void
create_ccm(uint64_t *id)
{
	struct wire_bytes b;

	wire_control_header(&b, AEAD_CREATE_SESSION);
	WIRE_FIELDS(&b, AEAD_CCM, KEY, 8, 0, OP_ENCRYPT, 0);
	wire_zero(&b, 16 + 56 - b.len);
	wire_put(&b, key, KEY);
	CHECK(guest_create(&b, id) == OK);
}

static bool
has_nonce(uint64_t id, uint32_t len)
{
	struct vc_session *s = vc_session_find(&dev->sessions, id);

	return s != NULL && vc_session_variant(&dev->sessions, s, len, 0) != NULL;
}

/* What is left behind may hold more than its share of the cryptodev sessions. */
static void
cryptodev_sessions_are_room_too(void)
{
	uint64_t id;
	unsigned int i, nonce;
	bool has = true;

	dev = guest_open(0);
	for (i = 0; i < FULL && has; i++) {
		create_ccm(&id);
		for (nonce = 0; nonce < NB_NONCES && has; nonce++)
			has = has_nonce(id, NONCE_MIN + nonce);
	}
	CHECK(!has && dev->sessions.nb_used < FULL);
	reset_device();
	create_ccm(&id);
	CHECK(has_nonce(id, NONCE_MIN));
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_session_outlives_resets),
		UNIT_TEST(what_is_left_behind_makes_room),
		UNIT_TEST(the_one_that_is_dormant_longest_goes_first),
		UNIT_TEST(a_dormant_session_can_be_destroyed),
		UNIT_TEST(one_that_requests_hold_is_not_freed),
		UNIT_TEST(cryptodev_sessions_are_room_too),
	};

	return guest_main(tests, RTE_DIM(tests));
}
