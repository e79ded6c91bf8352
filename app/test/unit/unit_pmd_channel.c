/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What the driver makes of requests of a back-end, which is the other end of a pair of sockets. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_log.h>

#include "unit.h"
#include "virtio_user.h"

/* Numbers of the vhost-user protocol. */
#define BACKEND_REQ   (1ULL << 5)
#define REPLY_ACK     (1ULL << 3)
#define SET_FD	      21
#define CONFIG_CHANGE 2
#define IOTLB	      1
#define NEED_REPLY    8

static struct virtio_user vu;
static int back; /* where the driver's requests come */
static int channel;

/* A connection whose back-end answers the one request of the driver's with this. */
static int
open_pair(uint64_t protocol_features, uint64_t error)
{
	const struct vhost_user_header header = { SET_FD, VHOST_USER_VERSION | VHOST_USER_REPLY,
						  sizeof(error) };
	int pair[2];

	memset(&vu, 0, sizeof(vu));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	vu.vu.fd = pair[0];
	vu.vu.protocol_features = protocol_features;
	vu.channel.fd = -1;
	back = pair[1];
	if (protocol_features & REPLY_ACK) {
		CHECK(write(back, &header, sizeof(header)) == sizeof(header));
		CHECK(write(back, &error, sizeof(error)) == sizeof(error));
	}
	return virtio_user_channel_open(&vu);
}

/* Takes the descriptor that the driver has sent, or -1. */
static int
take_fd(void)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct vhost_user_header header;
	struct iovec iov = { &header, sizeof(header) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.space,
			      .msg_controllen = sizeof(control.space) };
	int fd = -1;

	if (recvmsg(back, &msg, MSG_DONTWAIT) != sizeof(header))
		return -1;
	CHECK(header.request == SET_FD && header.size == 0);
	if (CMSG_FIRSTHDR(&msg) != NULL)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void
open_channel(void)
{
	CHECK(open_pair(BACKEND_REQ, 0) == 0);
	channel = take_fd();
	CHECK(channel >= 0 && vu.channel.fd >= 0);
}

static void
close_channel(void)
{
	virtio_user_channel_close(&vu);
	CHECK(vu.channel.fd == -1);
	close(channel);
	close(vu.vu.fd);
	close(back);
}

static void
request(uint32_t number, uint32_t flags, uint32_t size)
{
	const struct vhost_user_header header = { number, VHOST_USER_VERSION | flags, size };

	CHECK(write(channel, &header, sizeof(header)) == sizeof(header));
}

static void
a_channel_takes_both_to_agree(void)
{
	CHECK(open_pair(0, 0) == 0);
	CHECK(vu.channel.fd == -1 && take_fd() == -1);
	close(vu.vu.fd);
	close(back);
	open_channel();
	close_channel();
	CHECK(open_pair(BACKEND_REQ | REPLY_ACK, 0) == 0 && vu.channel.fd >= 0);
	channel = take_fd();
	close_channel();
	/* A driver without the feature has no channel; the connection goes on. */
	CHECK(open_pair(BACKEND_REQ | REPLY_ACK, 1) == 0 && vu.channel.fd == -1);
	channel = take_fd();
	close_channel();
}

static void
a_lost_connection_has_no_channel(void)
{
	int pair[2];

	memset(&vu, 0, sizeof(vu));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	close(pair[1]);
	vu.vu.fd = pair[0];
	vu.vu.protocol_features = BACKEND_REQ;
	CHECK(virtio_user_channel_open(&vu) == -EPIPE && vu.channel.fd == -1);
	close(pair[0]);
}

static void
changes_are_noticed(void)
{
	char byte;
	int i;

	open_channel();
	CHECK(!virtio_user_channel_receive(&vu));
	for (i = 0; i < 3; i++) {
		request(CONFIG_CHANGE, 0, 0);
		CHECK(virtio_user_channel_receive(&vu));
		CHECK(!virtio_user_channel_receive(&vu));
	}
	request(CONFIG_CHANGE, 0, 0);
	request(CONFIG_CHANGE, 0, 0);
	CHECK(virtio_user_channel_receive(&vu)); /* both at once */
	CHECK(!virtio_user_channel_receive(&vu));
	CHECK(recv(channel, &byte, 1, MSG_DONTWAIT) < 0); /* nothing was asked for */
	close_channel();
}

static void
messages_may_come_in_pieces(void)
{
	const struct vhost_user_header header = { CONFIG_CHANGE, VHOST_USER_VERSION, 0 };
	unsigned int cut, i;

	for (cut = 1; cut < sizeof(header); cut++) {
		open_channel();
		for (i = 0; i < 2; i++) {
			CHECK(write(channel, &header, cut) == cut);
			CHECK(!virtio_user_channel_receive(&vu));
			CHECK(write(channel, (const char *)&header + cut, sizeof(header) - cut) ==
			      (ssize_t)(sizeof(header) - cut));
			CHECK(virtio_user_channel_receive(&vu));
		}
		close_channel();
	}
}

static void
who_waits_for_a_reply_gets_one(void)
{
	const uint32_t right[] = { CONFIG_CHANGE, 1 | 4, 8, 0, 0 }; /* version, reply; 8 bytes */
	uint8_t got[64];

	open_channel();
	request(CONFIG_CHANGE, NEED_REPLY, 0);
	CHECK(virtio_user_channel_receive(&vu));
	CHECK(recv(channel, got, sizeof(got), MSG_DONTWAIT) == sizeof(right));
	CHECK(memcmp(got, right, sizeof(right)) == 0);
	close_channel();
}

static void
what_was_not_agreed_on_ends_the_channel(void)
{
	static const struct {
		uint32_t number, size;
	} bad[] = { { IOTLB, 0 },
		    { 0, 0 },
		    { UINT32_MAX, 0 },
		    { CONFIG_CHANGE, 1 },
		    { CONFIG_CHANGE, UINT32_MAX } };
	unsigned int i;
	char byte;

	for (i = 0; i < RTE_DIM(bad); i++) {
		open_channel();
		request(CONFIG_CHANGE, 0, 0);
		request(bad[i].number, 0, bad[i].size);
		CHECK(virtio_user_channel_receive(&vu)); /* for what came before */
		CHECK(vu.channel.fd == -1 && !virtio_user_channel_receive(&vu));
		CHECK(recv(channel, &byte, 1, MSG_DONTWAIT) == 0);
		close_channel();
	}
}

static void
a_back_end_that_goes_ends_the_channel(void)
{
	open_channel();
	close(channel);
	CHECK(!virtio_user_channel_receive(&vu) && vu.channel.fd == -1);
	channel = -1;
	close_channel();
}

/* However many messages come: each call ends, and none of them is left in the end. */
static void
a_flood_of_messages_ends(void)
{
	unsigned int i, calls = 0;

	open_channel();
	for (i = 0; i < 100; i++)
		request(CONFIG_CHANGE, 0, 0);
	while (virtio_user_channel_receive(&vu))
		calls++;
	CHECK(calls > 1 && calls < 100);
	close_channel();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_channel_takes_both_to_agree),
		UNIT_TEST(a_lost_connection_has_no_channel),
		UNIT_TEST(changes_are_noticed),
		UNIT_TEST(messages_may_come_in_pieces),
		UNIT_TEST(who_waits_for_a_reply_gets_one),
		UNIT_TEST(what_was_not_agreed_on_ends_the_channel),
		UNIT_TEST(a_back_end_that_goes_ends_the_channel),
		UNIT_TEST(a_flood_of_messages_ends),
	};

	rte_log_set_global_level(RTE_LOG_EMERG);
	return unit_run(tests, RTE_DIM(tests));
}
