/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* A device that is not ready for a while: what its guest sees, and is told. */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>

#include "device.h"
#include "mock_guest.h"
#include "unit.h"
#include "unit_vhost_user.h"

/* Protocol features by their numbers in the vhost-user protocol. */
#define BACKEND_REQ (1ULL << 5)
#define CONFIG	    (1ULL << 9)

static struct rte_vhost_crypto_device *dev;
static int front; /* where the front-end takes requests */
static int kick_fd = -1;

static void
pass_on(uint32_t request, const void *payload, uint32_t len, int fd)
{
	static struct vc_message msg, reply;

	msg.header = (struct vhost_user_header){ request, VHOST_USER_VERSION, len };
	memcpy(msg.payload, payload, len);
	msg.nb_fds = fd >= 0;
	msg.fds[0] = fd;
	CHECK(unit_handle(dev, &msg, &reply) == VC_VHOST_USER_DONE);
}

/* A front-end that has agreed on these protocol features, and given one end of a pair. */
static void
open_guest(uint64_t protocol_features)
{
	int pair[2];

	dev = guest_open_events(GUEST_STATELESS_CIPHER, -1, kick_fd);
	dev->ctrlq.running = true;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	front = pair[0];
	pass_on(VHOST_USER_SET_BACKEND_REQ_FD, "", 0, pair[1]); /* the device's from here on */
	dev->vhost_user.protocol = protocol_features;
}

static void
close_guest(void)
{
	vc_vhost_user_close_channel(&dev->vhost_user);
	close(front);
	guest_close();
}

/* Bytes of what the front-end was told since it was last asked. */
static ssize_t
told(uint8_t *data, size_t room)
{
	return recv(front, data, room, MSG_DONTWAIT);
}

static void
each_change_sends_a_message(void)
{
	/* Request 2, version 1 without a wish for a reply, no payload; in the machine's order. */
	static const uint32_t message[] = { 2, 1, 0 };
	uint8_t data[64];
	int i;

	open_guest(CONFIG | BACKEND_REQ);
	CHECK(rte_vhost_crypto_device_set_ready(dev, true) == 0); /* no change */
	CHECK(told(data, sizeof(data)) < 0 && errno == EAGAIN);
	for (i = 0; i < 4; i++) {
		CHECK(rte_vhost_crypto_device_set_ready(dev, i & 1) == 0);
		CHECK(wire_get32(&dev->config, 0) == (i & 1));
		CHECK(rte_vhost_crypto_device_set_ready(dev, i & 1) == 0);
		CHECK(told(data, sizeof(data)) == sizeof(message));
		CHECK(memcmp(data, message, sizeof(message)) == 0);
	}
	CHECK(rte_vhost_crypto_device_set_ready(NULL, true) == -EINVAL);
	close_guest();
}

static void
a_front_end_without_the_feature_is_not_notified(void)
{
	static const uint64_t agreed[] = { 0, CONFIG, BACKEND_REQ };
	uint8_t data[64];
	unsigned int i;

	for (i = 0; i < RTE_DIM(agreed); i++) {
		open_guest(agreed[i]);
		CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
		CHECK(told(data, sizeof(data)) < 0 && errno == EAGAIN);
		close_guest();
	}
}

static void
no_front_end_is_notified_after_it_disconnects(void)
{
	uint8_t data[64];

	open_guest(CONFIG | BACKEND_REQ);
	vc_vhost_user_close_channel(&dev->vhost_user);
	CHECK(told(data, sizeof(data)) == 0); /* nobody holds the other end any more */
	CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
	close_guest();
	open_guest(CONFIG | BACKEND_REQ);
	close(front);
	CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
	CHECK(rte_vhost_crypto_device_set_ready(dev, true) == 0);
	front = -1;
	close_guest();
}

/* A front-end that does not use the device yet is notified once when it begins to. */
static void
a_device_that_is_not_in_use_is_not_notified(void)
{
	uint8_t data[64];
	int changes;

	CHECK(vc_device_get_loop() == 0);
	kick_fd = eventfd(0, EFD_NONBLOCK);
	for (changes = 0; changes < 3; changes++) {
		open_guest(CONFIG | BACKEND_REQ);
		dev->ctrlq.running = false;
		if (changes > 0)
			CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
		if (changes > 1)
			CHECK(rte_vhost_crypto_device_set_ready(dev, true) == 0);
		CHECK(told(data, sizeof(data)) < 0 && errno == EAGAIN);
		vc_loop_lock();
		CHECK(guest_start_control(kick_fd) == 0);
		vc_loop_unlock();
		CHECK(changes > 0 ? told(data, sizeof(data)) == 12 : told(data, 1) < 0);
		vc_loop_lock();
		vc_ctrlq_stop(&dev->ctrlq);
		CHECK(guest_start_control(kick_fd) == 0);
		vc_ctrlq_stop(&dev->ctrlq);
		vc_loop_unlock();
		CHECK(told(data, sizeof(data)) < 0 && errno == EAGAIN);
		close_guest();
	}
	close(kick_fd);
	kick_fd = -1;
	vc_loop_put();
}

/* It would hang here, as a plain write does once the socket's buffer is full. */
static void
a_front_end_that_never_reads_stops_nobody(void)
{
	uint8_t data[12];
	int i, messages = 0;

	open_guest(CONFIG | BACKEND_REQ);
	for (i = 0; i < 10000; i++)
		CHECK(rte_vhost_crypto_device_set_ready(dev, i & 1) == 0);
	while (told(data, sizeof(data)) == sizeof(data))
		messages++;
	CHECK(messages > 0 && messages < i);
	close_guest();
}

static void
a_second_channel_replaces_the_first(void)
{
	uint8_t data[64];
	int pair[2], first;

	open_guest(CONFIG | BACKEND_REQ);
	first = front;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	pass_on(VHOST_USER_SET_BACKEND_REQ_FD, "", 0, pair[1]);
	CHECK(told(data, sizeof(data)) == 0); /* the first one is closed */
	front = pair[0];
	CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
	CHECK(told(data, sizeof(data)) == 12);
	close(first);
	close_guest();
}

static void
creation(struct wire_bytes *b)
{
	static const uint8_t key[16];

	wire_control_header(b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(b, CIPHER_AES_CBC, sizeof(key), OP_ENCRYPT, 0);
	wire_zero(b, 32);
	WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	wire_put(b, key, sizeof(key));
}

/* Encrypts a block of zeros with a session, or with the same key and no session. */
static uint8_t
encrypt(uint64_t id, uint32_t flag, uint8_t *data)
{
	static const uint8_t key[16];
	struct wire_bytes b;

	wire_data_header(&b, CIPHER_ENCRYPT, id, flag);
	WIRE_FIELDS(&b, CIPHER_AES_CBC, sizeof(key), OP_ENCRYPT, 16, 16, 16);
	wire_zero(&b, 48);
	WIRE_FIELDS(&b, SYM_OP_CIPHER);
	if (flag != FLAG_SESSION_MODE)
		wire_put(&b, key, sizeof(key));
	wire_zero(&b, 16 + 16);
	return guest_send(&b, data, 16);
}

static void
sessions_are_refused_until_it_is_ready_again(void)
{
	struct wire_bytes b;
	uint64_t id;
	int i;

	open_guest(CONFIG | BACKEND_REQ);
	creation(&b);
	for (i = 0; i < 2; i++) {
		CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
		CHECK(guest_create(&b, &id) == ERR && id == UINT64_MAX);
		CHECK(guest_create(&b, &id) == ERR && id == UINT64_MAX);
		CHECK(dev->sessions.nb_used == 0);
		CHECK(rte_vhost_crypto_device_set_ready(dev, true) == 0);
		CHECK(guest_create(&b, &id) == OK);
		CHECK(guest_destroy(CIPHER_DESTROY_SESSION, id) == OK);
	}
	close_guest();
}

static void
sessions_by_message_are_refused_too(void)
{
	static struct vc_message request, reply;
	struct vhost_user_crypto_session m = {
		.op_code = CIPHER_CREATE_SESSION,
		.u.sym.info = { .cipher_alg = CIPHER_AES_CBC,
				.key_len = 16,
				.op_type = SYM_OP_CIPHER,
				.direction = OP_ENCRYPT },
	};
	int ready;

	open_guest(CONFIG | BACKEND_REQ);
	for (ready = 0; ready < 2; ready++) {
		request.header = (struct vhost_user_header){ VHOST_USER_CREATE_CRYPTO_SESSION,
							     VHOST_USER_VERSION, sizeof(m) };
		memcpy(request.payload, &m, sizeof(m));
		CHECK(rte_vhost_crypto_device_set_ready(dev, ready) == 0);
		CHECK(unit_handle(dev, &request, &reply) == 1);
		CHECK(reply.full && reply.header.size == sizeof(m));
		memcpy(&m.session_id,
		       reply.payload + offsetof(struct vhost_user_crypto_session, session_id),
		       sizeof(m.session_id));
		CHECK(ready ? m.session_id > 0 : m.session_id == -ERR);
	}
	close_guest();
}

/* AES-128 of a block of zeros with a key of zeros: FIPS 197 and the known answers for it. */
static void
what_it_was_sent_is_served(void)
{
	static const uint8_t right[16] = { 0x66, 0xe9, 0x4b, 0xd4, 0xef, 0x8a, 0x2c, 0x3b,
					   0x88, 0x4c, 0xfa, 0x59, 0xca, 0x34, 0x2b, 0x2e };
	uint8_t data[16] = { 0 };
	struct wire_bytes b;
	uint64_t id;

	open_guest(CONFIG | BACKEND_REQ);
	creation(&b);
	CHECK(guest_create(&b, &id) == OK);
	CHECK(rte_vhost_crypto_device_set_ready(dev, false) == 0);
	CHECK(encrypt(id, FLAG_SESSION_MODE, data) == OK);
	CHECK(memcmp(data, right, sizeof(right)) == 0);
	memset(data, 0, sizeof(data));
	CHECK(encrypt(id, 0, data) == OK);
	CHECK(memcmp(data, right, sizeof(right)) == 0);
	CHECK(guest_destroy(CIPHER_DESTROY_SESSION, id) == OK);
	CHECK(encrypt(id, FLAG_SESSION_MODE, data) == INVSESS);
	close_guest();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(each_change_sends_a_message),
		UNIT_TEST(a_front_end_without_the_feature_is_not_notified),
		UNIT_TEST(no_front_end_is_notified_after_it_disconnects),
		UNIT_TEST(a_device_that_is_not_in_use_is_not_notified),
		UNIT_TEST(a_front_end_that_never_reads_stops_nobody),
		UNIT_TEST(a_second_channel_replaces_the_first),
		UNIT_TEST(sessions_are_refused_until_it_is_ready_again),
		UNIT_TEST(sessions_by_message_are_refused_too),
		UNIT_TEST(what_it_was_sent_is_served),
	};

	return guest_main(tests, RTE_DIM(tests));
}
