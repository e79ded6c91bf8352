/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Messages of a front-end: in parts, with descriptors, and of impossible sizes. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "unit.h"
#include "vhost_user_msg.h"

static struct vc_message out, in;
static int pair[2];

static void
open_pair(void)
{
	memset(&out, 0, sizeof(out));
	memset(&in, 0, sizeof(in));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
}

static void
close_pair(void)
{
	vc_message_clear(&in);
	vc_message_clear(&out);
	close(pair[0]);
	close(pair[1]);
}

static void
fill(uint32_t size)
{
	uint32_t i;

	out.header = (struct vhost_user_header){ .request = VHOST_USER_SET_FEATURES,
						 .flags = VHOST_USER_VERSION,
						 .size = size };
	for (i = 0; i < size; i++)
		out.payload[i] = i;
}

static void
a_message_arrives_whole(void)
{
	open_pair();
	fill(1072);
	CHECK(vc_message_send(pair[0], &out) == 1);
	CHECK(vc_message_receive(pair[1], &in) == 1);
	CHECK(in.full && memcmp(&in.header, &out.header, 12 + 1072) == 0);
	close_pair();
}

static void
a_message_may_be_cut_anywhere(void)
{
	uint32_t cut, total = sizeof(out.header) + 40;

	for (cut = 1; cut < total; cut++) {
		open_pair();
		fill(40);
		CHECK(write(pair[0], &out, cut) == (ssize_t)cut);
		CHECK(vc_message_receive(pair[1], &in) == 0 && !in.full);
		CHECK(write(pair[0], (char *)&out + cut, total - cut) == (ssize_t)(total - cut));
		CHECK(vc_message_receive(pair[1], &in) == 1);
		CHECK(memcmp(&in.header, &out.header, total) == 0);
		close_pair();
	}
}

static void
the_end_of_the_stream_is_noticed_anywhere(void)
{
	uint32_t cut;

	for (cut = 0; cut < sizeof(out.header) + 8; cut++) {
		open_pair();
		fill(8);
		CHECK(write(pair[0], &out, cut) == (ssize_t)cut);
		shutdown(pair[0], SHUT_WR);
		CHECK(vc_message_receive(pair[1], &in) == -1);
		close_pair();
	}
}

static void
two_messages_are_two(void)
{
	open_pair();
	fill(8);
	CHECK(vc_message_send(pair[0], &out) == 1);
	out.sent = 0;
	out.header.request = VHOST_USER_SET_OWNER;
	CHECK(vc_message_send(pair[0], &out) == 1);
	CHECK(vc_message_receive(pair[1], &in) == 1);
	CHECK(in.header.request == VHOST_USER_SET_FEATURES);
	vc_message_clear(&in);
	CHECK(vc_message_receive(pair[1], &in) == 1);
	CHECK(in.header.request == VHOST_USER_SET_OWNER);
	close_pair();
}

static void
a_payload_too_large_is_refused(void)
{
	open_pair();
	out.header.size = VHOST_USER_MAX_PAYLOAD + 1;
	CHECK(write(pair[0], &out.header, sizeof(out.header)) == sizeof(out.header));
	CHECK(vc_message_receive(pair[1], &in) == -EMSGSIZE);
	vc_message_clear(&in);
	out.header.size = UINT32_MAX;
	CHECK(write(pair[0], &out.header, sizeof(out.header)) == sizeof(out.header));
	CHECK(vc_message_receive(pair[1], &in) == -EMSGSIZE);
	close_pair();
}

static void
descriptors_come_with_their_message(void)
{
	struct stat a, b;
	int i;

	open_pair();
	fill(8);
	for (i = 0; i < VHOST_USER_MAX_REGIONS; i++)
		out.fds[out.nb_fds++] = open("/dev/null", O_RDWR | O_CLOEXEC);
	CHECK(vc_message_send(pair[0], &out) == 1);
	CHECK(vc_message_receive(pair[1], &in) == 1);
	CHECK(in.nb_fds == VHOST_USER_MAX_REGIONS);
	CHECK(fstat(in.fds[7], &a) == 0 && fstat(out.fds[7], &b) == 0 && a.st_ino == b.st_ino);
	close_pair();
}

static void
too_many_descriptors_are_refused_and_closed(void)
{
	int extra[VHOST_USER_MAX_REGIONS + 1], probe, i;
	char control[CMSG_SPACE(sizeof(extra))] = { 0 };
	struct iovec iov = { .iov_base = &out, .iov_len = 1 };
	struct msghdr hdr = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&hdr);

	open_pair();
	for (i = 0; i < (int)RTE_DIM(extra); i++)
		extra[i] = pair[0];
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(extra));
	memcpy(CMSG_DATA(c), extra, sizeof(extra));
	CHECK(sendmsg(pair[0], &hdr, 0) == 1);
	probe = dup(0);
	close(probe);
	CHECK(vc_message_receive(pair[1], &in) == -EMFILE);
	vc_message_clear(&in);
	i = dup(0);
	CHECK(i == probe); /* nothing stayed open */
	close(i);
	close_pair();
}

/* Sends bytes with a descriptor, so many times. */
static void
send_piece(void *data, size_t len, unsigned int nb_fds)
{
	int fds[VHOST_USER_MAX_REGIONS];
	char control[CMSG_SPACE(sizeof(fds))] = { 0 };
	struct iovec iov = { .iov_base = data, .iov_len = len };
	struct msghdr hdr = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = CMSG_SPACE(nb_fds * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&hdr);
	unsigned int i;

	for (i = 0; i < nb_fds; i++)
		fds[i] = pair[0];
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(nb_fds * sizeof(int));
	memcpy(CMSG_DATA(c), fds, nb_fds * sizeof(int));
	CHECK(sendmsg(pair[0], &hdr, 0) == (ssize_t)len);
}

/* No piece of the message has more than there may be, but all of them have. */
static void
too_many_scattered_descriptors_are_refused(void)
{
	open_pair();
	fill(8);
	send_piece(&out.header, sizeof(out.header), VHOST_USER_MAX_REGIONS);
	CHECK(vc_message_receive(pair[1], &in) == 0 && in.nb_fds == VHOST_USER_MAX_REGIONS);
	send_piece(out.payload, 8, 1);
	CHECK(vc_message_receive(pair[1], &in) == -EMFILE);
	close_pair();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_message_arrives_whole),
		UNIT_TEST(a_message_may_be_cut_anywhere),
		UNIT_TEST(the_end_of_the_stream_is_noticed_anywhere),
		UNIT_TEST(two_messages_are_two),
		UNIT_TEST(a_payload_too_large_is_refused),
		UNIT_TEST(descriptors_come_with_their_message),
		UNIT_TEST(too_many_descriptors_are_refused_and_closed),
		UNIT_TEST(too_many_scattered_descriptors_are_refused),
	};

	return unit_run(tests, RTE_DIM(tests));
}
