/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The whole boundary, as a hostile front-end meets it: the library on the real librte_vhost, which
 * is compiled with AddressSanitizer, too, and a second guest in the same process, for which nothing
 * may change. The public interface is all that is used, so that what is behind it may be anything.
 */

#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_vhost.h>

#include "fuzz_requests.h"
#include "vhost_user/arena.h"
#include "vhost_user/canary.h"
#include "vhost_user/descriptors.h"
#include "vhost_user/host.h"
#include "vhost_user/messages.h"
#include "vhost_user/oracles.h"

#define SETTLE_MS      200  /* for an answer that may well never come */
#define TURN_MS	       3000 /* for the next front-end's turn */
#define LOG_FILE_SIZE  0x10000
#define MAX_POLLS      64
#define MAX_SEGMENTS   1024
#define MAPPINGS_EVERY 256
#define CONNECT_EVERY  64
#define TRIES	       3
#define DATA_AT	       (FUZZ_GUEST_DATA + 0x2000)
#define F_LOG_ALL      26

/* Bits of how a message is sent. */
#define HOW_NEED_REPLY 0x01
#define HOW_FLAGS      0x02
#define HOW_SIZE       0x04
#define HOW_SPOILT     3 /* shift; two bits: how many fields */
#define HOW_CUT	       0x20
#define HOW_FDS	       0x40
#define HOW_SETTLE     0x80

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Files that a guest's memory can be. */
static const enum fuzz_fd_kind memory_kinds[] = { FUZZ_FD_MEM, FUZZ_FD_MEM_SEALED, FUZZ_FD_SHM,
						  FUZZ_FD_DISK };

static struct {
	int fd;
	uint8_t *mem;
} memories[RTE_DIM(memory_kinds)];

static struct fuzz_sender sender;
static enum fuzz_host_device device;
static struct fuzz_front_end idle[FUZZ_HOST_DEVICES]; /* connected, and nothing said yet */
static struct fuzz_draft draft;
static int channel_other;

/* Connects to a device whose last front-end is gone; that takes its turn in time. */
static void
connect_idle(enum fuzz_host_device d)
{
	fuzz_front_end_connect(&idle[d], fuzz_host_path(d));
	if (!fuzz_front_end_settle(&idle[d], TURN_MS) || idle[d].fd < 0) {
		fprintf(stderr, "Device %u takes no front-end within %u ms\n", d, TURN_MS);
		abort();
	}
}

static void
draft_send(uint32_t len)
{
	uint8_t *bytes = (uint8_t *)&draft.msg;

	fuzz_front_end_send(&sender.front, bytes, len, draft.fds, draft.nb_fds);
}

/* Sends a message as it should be. */
static void
say(uint32_t request, uint8_t index, uint8_t num)
{
	fuzz_draft_make(&draft, &sender, request, index, num);
	draft_send(sizeof(draft.msg.header) + draft.msg.header.size);
}

static void
spoil_message(struct fuzz_input *in, unsigned int n)
{
	uint32_t at, value;

	for (; n > 0; n--) {
		at = fuzz_u8(in) * 4u;
		memcpy(&value, draft.msg.payload + at, sizeof(value));
		value = fuzz_spoilt(in, value);
		memcpy(draft.msg.payload + at, &value, sizeof(value));
	}
}

static void
choose_fds(struct fuzz_input *in)
{
	unsigned int nb = fuzz_u8(in) % (FUZZ_MAX_FDS + 1), i;
	int right = draft.nb_fds > 0 ? draft.fds[0] : sender.call_fd;

	for (i = 0; i < nb; i++) {
		draft.fds[i] = fuzz_descriptor(fuzz_u8(in));
		if (draft.fds[i] < 0)
			draft.fds[i] = right;
	}
	draft.nb_fds = nb;
}

static void
message(struct fuzz_input *in)
{
	uint32_t request = fuzz_u8(in), total, cut;
	uint8_t index = fuzz_u8(in), num = fuzz_u8(in), how = fuzz_u8(in);

	fuzz_draft_make(&draft, &sender, request, index, num);
	if (how & HOW_NEED_REPLY)
		draft.msg.header.flags |= VHOST_USER_NEED_REPLY;
	if (how & HOW_FLAGS)
		draft.msg.header.flags = fuzz_u32(in);
	if (how & HOW_SIZE)
		draft.msg.header.size = fuzz_spoilt(in, draft.msg.header.size);
	spoil_message(in, how >> HOW_SPOILT & 3);
	if (how & HOW_FDS)
		choose_fds(in);
	total = sizeof(draft.msg.header) +
		RTE_MIN(draft.msg.header.size, sizeof(draft.msg.payload));
	cut = how & HOW_CUT ? fuzz_u16(in) % total : total;
	draft_send(cut);
	if (how & HOW_SETTLE)
		fuzz_front_end_settle(&sender.front, SETTLE_MS);
}

/* What a front-end says before it sets up rings, in the order of QEMU or that of DPDK. */
static void
handshake(struct fuzz_input *in)
{
	static const uint8_t qemu[] = {
		VHOST_USER_GET_FEATURES,
		VHOST_USER_GET_PROTOCOL_FEATURES,
		VHOST_USER_SET_PROTOCOL_FEATURES,
		VHOST_USER_GET_QUEUE_NUM,
		VHOST_USER_SET_OWNER,
		VHOST_USER_GET_FEATURES,
		VHOST_USER_SET_BACKEND_REQ_FD,
		VHOST_USER_GET_CONFIG,
		VHOST_USER_SET_FEATURES,
	};
	static const uint8_t dpdk[] = {
		VHOST_USER_SET_OWNER,
		VHOST_USER_GET_FEATURES,
		VHOST_USER_GET_PROTOCOL_FEATURES,
		VHOST_USER_SET_PROTOCOL_FEATURES,
		VHOST_USER_GET_QUEUE_NUM,
		VHOST_USER_SET_FEATURES,
	};
	uint8_t how = fuzz_u8(in);
	const uint8_t *order = how & 1 ? dpdk : qemu;
	unsigned int nb = how & 1 ? sizeof(dpdk) : sizeof(qemu), i;

	sender.features = 1ull << VIRTIO_F_VERSION_1 | 1ull << VHOST_USER_F_PROTOCOL_FEATURES |
		1ull << VIRTIO_RING_F_INDIRECT_DESC;
	if (how & 2)
		sender.features |= 1ull << VIRTIO_F_RING_PACKED;
	if (how & 4)
		sender.features |= 1ull << F_LOG_ALL;
	if (how & 8)
		sender.features |= 1ull << VIRTIO_F_IN_ORDER;
	if (how & 16)
		sender.features |= 1ull << VIRTIO_RING_F_EVENT_IDX;
	sender.features &= sender.front.offered;
	for (i = 0; i < nb; i++) {
		say(order[i], 0, order[i] == VHOST_USER_GET_CONFIG ? 56 : 0);
		if (order[i] == VHOST_USER_GET_PROTOCOL_FEATURES)
			fuzz_front_end_settle(&sender.front, SETTLE_MS);
	}
	if (how & 4)
		say(VHOST_USER_SET_LOG_BASE, 0, 0);
	say(VHOST_USER_SET_MEM_TABLE, how & 32 ? 1 : 2, 0);
}

static void
start_ring(struct fuzz_input *in)
{
	uint8_t ring = fuzz_u8(in) % FUZZ_GUEST_RINGS, size = fuzz_u8(in), place = fuzz_u8(in);

	say(VHOST_USER_SET_VRING_NUM, ring, size);
	say(VHOST_USER_SET_VRING_BASE, ring, 0);
	say(VHOST_USER_SET_VRING_ADDR, ring, place);
	say(VHOST_USER_SET_VRING_CALL, ring, 0);
	say(VHOST_USER_SET_VRING_KICK, ring, 0);
	say(VHOST_USER_SET_VRING_ENABLE, ring, 1);
}

static void
poll_lcore(unsigned int n)
{
	for (; n > 0; n--)
		fuzz_host_poll();
}

/* Puts a request into a ring, so that its data is in one segment, or in many of a byte. */
static void
put_request(unsigned int ring, const struct wire_bytes *b, uint32_t data_at, uint32_t data,
	    uint32_t room, unsigned int nb)
{
	struct fuzz_segment s[MAX_SEGMENTS + 2];
	unsigned int i;

	fuzz_guest_write(&sender.guest, 0, b->data, b->len);
	s[0] = (struct fuzz_segment){ FUZZ_GUEST_DATA, b->len, false };
	for (i = 0; i < nb; i++)
		s[1 + i] = (struct fuzz_segment){ data_at + i, i + 1 < nb ? 1 : data + 1, false };
	s[1 + nb] = (struct fuzz_segment){ FUZZ_GUEST_DATA + 0x8000, room, true };
	fuzz_guest_put(&sender.guest, ring, s, nb + 2);
}

static void
request(struct fuzz_input *in)
{
	uint8_t ring = fuzz_u8(in) % FUZZ_GUEST_RINGS, kind = fuzz_u8(in), len = fuzz_u8(in);
	struct fuzz_content content;
	uint32_t data_at = DATA_AT;
	struct wire_bytes b;

	fuzz_request(&b, &content, kind % FUZZ_RSA_ENCRYPT, len & 0xf0, 0, true,
		     sender.front.session);
	if (len & 1)
		fuzz_spoil(in, &b);
	/* It may go on behind the first region, in the second one, or behind that. */
	if (len & 2)
		data_at = FUZZ_GUEST_SIZE - 16;
	else if (len & 4)
		data_at = FUZZ_GUEST_SIZE + FUZZ_SECOND_SIZE - 16;
	put_request(ring, &b, data_at, content.data_len + content.tail_len, content.room + 1, 1);
	poll_lcore(2);
}

/* Requests of the control queue: so many of a power of two, each of so many segments. */
static void
control(struct fuzz_input *in)
{
	uint8_t kind = fuzz_u8(in), count = fuzz_u8(in), segments = fuzz_u8(in);
	struct wire_bytes b;
	unsigned int i;

	if (kind & 0x80)
		fuzz_destroy(&b, kind % FUZZ_RSA_ENCRYPT, count, 0);
	else
		fuzz_create(&b, kind % FUZZ_RSA_ENCRYPT, 0);
	fuzz_spoil(in, &b);
	put_request(2, &b, DATA_AT, 0, 16, RTE_MIN(segments * 4u + 1, MAX_SEGMENTS));
	for (i = 1; i < 1u << count % 16; i++)
		fuzz_guest_put_again(&sender.guest, 2);
	eventfd_write(sender.kick_fd, 1);
}

static void
spoil_memory(struct fuzz_input *in)
{
	uint32_t at = fuzz_u16(in) * 16u;
	uint16_t value = fuzz_u16(in);

	if (!sender.guest.gone)
		memcpy(sender.guest.mem + at % FUZZ_GUEST_SIZE, &value, sizeof(value));
}

/* The available index, as far ahead as it says, at which the device goes on to look. */
static void
spoil_ring(struct fuzz_input *in)
{
	struct fuzz_vring *r = &sender.guest.rings[fuzz_u8(in) % FUZZ_GUEST_RINGS];
	uint16_t idx = fuzz_spoilt(in, 1);

	if (!sender.guest.gone && r->avail + 4 <= FUZZ_GUEST_SIZE)
		memcpy(sender.guest.mem + r->avail + 2, &idx, sizeof(idx));
	eventfd_write(sender.kick_fd, 1);
	poll_lcore(2);
}

/* A file of the guest's memory gets shorter. One that is sealed does not. */
static void
truncate_memory(struct fuzz_input *in)
{
	uint8_t pages = fuzz_u8(in);

	if (ftruncate(sender.guest.fd, pages * 4096) == 0)
		sender.guest.gone = true;
	poll_lcore(2);
}

/* A message over and over, and where in it the stream is. */
static struct {
	uint8_t bytes[1 << 16];
	uint32_t len; /* of one message */
	uint32_t total;
	uint32_t at;
} torrent;

static void
send_more(void *arg)
{
	(void)arg;
	while (fuzz_front_end_receive(&sender.front))
		;
	torrent.at += fuzz_front_end_send(&sender.front, torrent.bytes + torrent.at,
					  torrent.total - torrent.at, NULL, 0);
	torrent.at %= torrent.len;
}

static void
connect_again(struct fuzz_input *in)
{
	(void)in;
	fuzz_front_end_close(&sender.front);
	connect_idle(device);
	sender.front = idle[device];
}

/*
 * As many messages as the socket takes, while the canary has its work done. What is still on its
 * way is not waited for: the front-end connects again.
 */
static void
flood(struct fuzz_input *in)
{
	uint32_t request = fuzz_u8(in), i;
	uint8_t index = fuzz_u8(in), num = fuzz_u8(in);

	if (!fuzz_front_end_is_between(&sender.front))
		return;
	fuzz_draft_make(&draft, &sender, request, index, num);
	torrent.len = sizeof(draft.msg.header) + draft.msg.header.size;
	torrent.total = sizeof(torrent.bytes) / torrent.len * torrent.len;
	torrent.at = 0;
	for (i = 0; i < torrent.total; i += torrent.len)
		memcpy(torrent.bytes + i, &draft.msg, torrent.len);
	fuzz_canary_disturb(send_more, NULL);
	fuzz_canary_work();
	fuzz_canary_disturb(NULL, NULL);
	connect_again(in);
}

static void
raw_bytes(struct fuzz_input *in)
{
	uint8_t bytes[64], len = fuzz_u8(in) % sizeof(bytes), i;

	for (i = 0; i < len; i++)
		bytes[i] = fuzz_u8(in);
	fuzz_front_end_send(&sender.front, bytes, len, &sender.call_fd, len & 1);
}

static void
poll_some(struct fuzz_input *in)
{
	poll_lcore(fuzz_u8(in) % MAX_POLLS);
}

static void
settle(struct fuzz_input *in)
{
	(void)in;
	fuzz_front_end_settle(&sender.front, SETTLE_MS);
}

/* The program finds its device not ready, or ready again. */
static void
set_ready(struct fuzz_input *in)
{
	fuzz_host_set_ready(fuzz_u8(in) & 1);
}

/* What vhost_user_seeds.py numbers in the same order. */
static void (*const actions[])(struct fuzz_input *in) = {
	message,   handshake,	    start_ring, request,   control,	  spoil_memory, spoil_ring,
	poll_some, truncate_memory, flood,	raw_bytes, connect_again, settle,	set_ready,
};

static void
play(struct fuzz_input *in)
{
	while (in->left > 0) {
		actions[fuzz_u8(in) % RTE_DIM(actions)](in);
		fuzz_alive();
	}
}

static void
begin(uint8_t how)
{
	unsigned int kind = (how >> 2) % RTE_DIM(memories);

	device = how & 1 ? FUZZ_HOST_DPDK : FUZZ_HOST_DEVICE;
	fuzz_arena_surround(how & 2);
	sender.front = idle[device];
	sender.guest.fd = memories[kind].fd;
	sender.guest.mem = memories[kind].mem;
	fuzz_guest_reset(&sender.guest);
	sender.features = 1ull << VIRTIO_F_VERSION_1 | 1ull << VHOST_USER_F_PROTOCOL_FEATURES;
}

static void
check_memory(void)
{
	if (!sender.guest.gone)
		fuzz_canary_search(sender.guest.mem, FUZZ_GUEST_SIZE);
	fuzz_canary_check();
}

/* The front-end goes, and with it all that the process had for it. */
static bool
end(const struct fuzz_holdings *before)
{
	char rest[256];
	eventfd_t value;

	fuzz_host_set_ready(true);
	while (recv(channel_other, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
	fuzz_front_end_close(&sender.front);
	connect_idle(device);
	check_memory();
	if (sender.guest.gone)
		FUZZ_MUST(ftruncate(sender.guest.fd, FUZZ_GUEST_SIZE) == 0);
	eventfd_read(sender.kick_fd, &value);
	eventfd_read(sender.call_fd, &value);
	eventfd_read(sender.err_fd, &value);
	fuzz_descriptors_close();
	return fuzz_holdings_return(before);
}

/* Whether nothing is left of an input. */
static bool
run(const uint8_t *data, size_t size, struct fuzz_holdings *before)
{
	struct fuzz_input in = { data, size };

	fuzz_alive();
	begin(fuzz_u8(&in));
	fuzz_holdings_count(before);
	play(&in);
	if (!sender.guest.gone)
		fuzz_front_end_settle(&sender.front, SETTLE_MS);
	poll_lcore(2);
	fuzz_canary_work();
	check_memory();
	return end(before);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_holdings before;
	static unsigned int count;
	unsigned int tries = 0;

	/* What is made when it is used first, as in OpenSSL, is not made again. */
	while (!run(data, size, &before))
		if (++tries == TRIES) {
			fuzz_holdings_print(&before);
			abort();
		}
	if (++count % CONNECT_EVERY == 0) {
		fuzz_canary_close();
		fuzz_canary_connect();
		/* The cryptodev makes something of a session when it is used first. */
		fuzz_canary_work();
	}
	if (count % MAPPINGS_EVERY == 0)
		fuzz_mappings_must_be_bounded();
	return 0;
}

/* What devices keep from then on: memory for the largest rings. */
static void
warm_up(void)
{
	static const uint8_t largest[] = {
		1, 0, 2, 0, 7, 0, 12, 3, 0, 0, 64, 11,	   /* data queues, split */
		1, 0, 2, 1, 7, 0, 12, 3, 1, 0, 64, 11,	   /* the second one */
		1, 0, 2, 2, 7, 0, 12, 4, 0, 0, 0,  12, 11, /* the control queue */
		1, 2, 2, 0, 7, 0, 12, 3, 0, 0, 64, 12,	   /* packed */
	};
	struct fuzz_input in;
	uint8_t how;

	for (how = 0; how < 2; how++) {
		begin(how);
		in = (struct fuzz_input){ largest, sizeof(largest) };
		play(&in);
		fuzz_front_end_settle(&sender.front, TURN_MS);
		fuzz_front_end_close(&sender.front);
		connect_idle(device);
	}
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int ends[2];
	unsigned int i;

	(void)argc;
	(void)argv;
	fuzz_host_init();
	fuzz_oracles_init();
	fuzz_canary_init();
	for (i = 0; i < RTE_DIM(memories); i++) {
		memories[i].fd = fuzz_memory_file(memory_kinds[i], FUZZ_GUEST_SIZE);
		memories[i].mem = fuzz_arena_map_outside(memories[i].fd, FUZZ_GUEST_SIZE);
	}
	sender.guest.second_fd = fuzz_memory_file(FUZZ_FD_MEM, FUZZ_SECOND_SIZE);
	sender.log_fd = fuzz_memory_file(FUZZ_FD_MEM, LOG_FILE_SIZE);
	sender.inflight_fd_own = fuzz_memory_file(FUZZ_FD_MEM, LOG_FILE_SIZE);
	sender.kick_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	sender.call_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	sender.err_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	FUZZ_MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	sender.channel_fd = ends[0];
	channel_other = ends[1];
	fuzz_canary_connect();
	connect_idle(FUZZ_HOST_DEVICE);
	connect_idle(FUZZ_HOST_DPDK);
	warm_up();
	fuzz_canary_work();
	return 0;
}
