/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* What a front-end may send, and when: messages without a socket, one wrong thing in each. */

#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "mock_guest.h"
#include "unit.h"
#include "unit_vhost_user.h"

#define PAGE	  4096
#define FILE_SIZE (16 * PAGE)
#define RINGS	  3 /* of the device: two data queues and the control queue */

static struct rte_vhost_crypto_device *dev;

/* Sends a message, which the device then owns the file descriptors of. */
static enum vc_vhost_user_result
send_with_fds(uint32_t request, const void *payload, uint32_t len, const int *fds, uint8_t nb_fds)
{
	static struct vc_message msg, reply;

	memset(&msg, 0, sizeof(msg));
	msg.header = (struct vhost_user_header){ request, VHOST_USER_VERSION, len };
	if (len > 0)
		memcpy(msg.payload, payload, len);
	msg.nb_fds = nb_fds;
	if (nb_fds > 0)
		memcpy(msg.fds, fds, nb_fds * sizeof(*fds));
	return unit_handle(dev, &msg, &reply);
}

static bool
is_taken(uint32_t request, const void *payload, uint32_t len)
{
	return send_with_fds(request, payload, len, NULL, 0) == VC_VHOST_USER_DONE;
}

static bool
state_is_taken(uint32_t request, uint32_t index, uint32_t num)
{
	const struct vhost_user_vring_state state = { index, num };

	return is_taken(request, &state, sizeof(state));
}

/* A device of which ring 0 is started, and ring 1 and the control queue are not. */
static void
open_device(void)
{
	dev = guest_open(0);
}

/* Of these the payload, of any content, has one size, and there are so many descriptors. */
static const struct {
	uint32_t request, size, nb_fds;
} forms[] = {
	{ VHOST_USER_GET_FEATURES, 0, 0 },
	{ VHOST_USER_SET_FEATURES, 8, 0 },
	{ VHOST_USER_SET_OWNER, 0, 0 },
	{ VHOST_USER_SET_LOG_BASE, 16, 1 },
	{ VHOST_USER_SET_LOG_FD, 0, 1 },
	{ VHOST_USER_SET_VRING_NUM, 8, 0 },
	{ VHOST_USER_SET_VRING_ADDR, 40, 0 },
	{ VHOST_USER_SET_VRING_BASE, 8, 0 },
	{ VHOST_USER_GET_VRING_BASE, 8, 0 },
	{ VHOST_USER_SET_VRING_ENABLE, 8, 0 },
	{ VHOST_USER_GET_PROTOCOL_FEATURES, 0, 0 },
	{ VHOST_USER_SET_PROTOCOL_FEATURES, 8, 0 },
	{ VHOST_USER_GET_QUEUE_NUM, 0, 0 },
	{ VHOST_USER_SET_BACKEND_REQ_FD, 0, 1 },
	{ VHOST_USER_CLOSE_CRYPTO_SESSION, 8, 0 },
};

static void
messages_have_their_size_and_descriptors(void)
{
	static const uint8_t payload[VHOST_USER_MAX_PAYLOAD];
	int fds[2] = { eventfd(0, 0), eventfd(0, 0) };
	unsigned int i;

	open_device();
	for (i = 0; i < RTE_DIM(forms); i++) {
		uint32_t request = forms[i].request, size = forms[i].size, n = forms[i].nb_fds;

		CHECK(send_with_fds(request, payload, size + 1, fds, n) == VC_VHOST_USER_REJECT);
		CHECK(size == 0 ||
		      send_with_fds(request, payload, size - 1, fds, n) == VC_VHOST_USER_REJECT);
		CHECK(send_with_fds(request, payload, size, fds, n + 1) == VC_VHOST_USER_REJECT);
		CHECK(n == 0 ||
		      send_with_fds(request, payload, size, fds, 0) == VC_VHOST_USER_REJECT);
	}
	close(fds[0]);
	close(fds[1]);
	guest_close();
}

static void
messages_without_a_row_are_rejected(void)
{
	static const uint32_t requests[] = { 0,	 4,  19, 20, 22, 23, 28, 29, 30,  33,
					     34, 36, 37, 38, 39, 40, 41, 99, 256, UINT32_MAX };
	unsigned int i;

	open_device();
	for (i = 0; i < RTE_DIM(requests); i++)
		CHECK(!is_taken(requests[i], NULL, 0));
	guest_close();
}

static void
flags_are_version_1_and_need_reply(void)
{
	static const uint32_t bad[] = { 0, 2, 3, 5, 8, 0xd, 0x11, 0x80000001 };
	static struct vc_message msg, reply;
	unsigned int i;

	open_device();
	msg.header = (struct vhost_user_header){ VHOST_USER_GET_FEATURES, 9, 0 };
	CHECK(unit_handle(dev, &msg, &reply) == VC_VHOST_USER_DONE);
	for (i = 0; i < RTE_DIM(bad); i++) {
		msg.header.flags = bad[i];
		CHECK(unit_handle(dev, &msg, &reply) == VC_VHOST_USER_REJECT);
	}
	guest_close();
}

static void
a_ring_that_is_started_stays_as_it_is(void)
{
	const struct vc_ring before = (open_device(), dev->rings[0]);
	struct vhost_user_vring_addr addr = { .desc_user_addr = before.desc_addr,
					      .avail_user_addr = before.avail_addr,
					      .used_user_addr = before.used_addr };

	CHECK(!state_is_taken(VHOST_USER_SET_VRING_NUM, 0, 2 * GUEST_RING));
	CHECK(!state_is_taken(VHOST_USER_SET_VRING_BASE, 0, 0));
	CHECK(is_taken(VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr)));
	addr.flags = VHOST_USER_VRING_LOG;
	CHECK(is_taken(VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr)));
	addr.used_user_addr += 4;
	CHECK(!is_taken(VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr)));
	CHECK(memcmp(&before, &dev->rings[0], sizeof(before)) == 0);
	guest_close();
}

static void
numbers_of_a_ring_have_bounds(void)
{
	static const uint32_t sizes[] = { 0, 32769, 65536, UINT32_MAX };
	struct vhost_user_vring_addr addr = { .index = 1 };
	unsigned int i;

	open_device();
	CHECK(state_is_taken(VHOST_USER_SET_VRING_NUM, 1, 32768));
	for (i = 0; i < RTE_DIM(sizes); i++)
		CHECK(!state_is_taken(VHOST_USER_SET_VRING_NUM, 1, sizes[i]));
	CHECK(state_is_taken(VHOST_USER_SET_VRING_BASE, 1, 65535));
	CHECK(!state_is_taken(VHOST_USER_SET_VRING_BASE, 1, 65536));
	CHECK(state_is_taken(VHOST_USER_SET_VRING_NUM, RINGS - 1, 1));
	CHECK(!state_is_taken(VHOST_USER_SET_VRING_NUM, RINGS, 1));
	CHECK(!state_is_taken(VHOST_USER_GET_VRING_BASE, 0x10000, 0));
	CHECK(!state_is_taken(VHOST_USER_SET_VRING_ENABLE, 1, 2));
	CHECK(is_taken(VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr)));
	addr.flags = 2;
	CHECK(!is_taken(VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr)));
	addr.flags = 0;
	addr.desc_user_addr = 8;
	CHECK(!is_taken(VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr)));
	guest_close();
}

static void
features_stay_as_they_are_while_a_ring_is_started(void)
{
	const uint64_t now = (open_device(), dev->features);
	const uint64_t event_idx = now | 1ULL << VIRTIO_RING_F_EVENT_IDX, more = now | 1ULL << 60;

	CHECK(is_taken(VHOST_USER_SET_FEATURES, &now, sizeof(now)));
	CHECK(!is_taken(VHOST_USER_SET_FEATURES, &event_idx, sizeof(event_idx)));
	CHECK(dev->features == now);
	CHECK(state_is_taken(VHOST_USER_GET_VRING_BASE, 0, 0));
	CHECK(!is_taken(VHOST_USER_SET_FEATURES, &more, sizeof(more)));
	CHECK(is_taken(VHOST_USER_SET_FEATURES, &event_idx, sizeof(event_idx)));
	CHECK(dev->features == event_idx);
	guest_close();
}

static int
make_file(uint64_t size)
{
	int fd = memfd_create("front_end", MFD_ALLOW_SEALING);

	CHECK(fd >= 0 && ftruncate(fd, size) == 0);
	return fd;
}

/* Shows memory of two regions, with the same kind of file; the file descriptors are closed. */
static bool
memory_is_taken(const struct vhost_user_region *a, const struct vhost_user_region *b, int fd)
{
	const struct vhost_user_memory table = { .nregions = 2, .regions = { *a, *b } };
	int fds[2] = { fd, dup(fd) };
	bool taken = send_with_fds(VHOST_USER_SET_MEM_TABLE, &table, 8 + 2 * 32, fds, 2) ==
		VC_VHOST_USER_DONE;

	close(fds[0]);
	close(fds[1]);
	return taken;
}

static void
regions_are_disjoint_and_in_their_files(void)
{
	const struct vhost_user_region a = { 0, PAGE, 0x100000, 0 };
	static const struct vhost_user_region bad[] = {
		{ 8 * PAGE, 0, 0x200000, 0 },
		{ PAGE - 1, PAGE, 0x200000, 0 },
		{ 8 * PAGE, PAGE, 0x100001, 0 },
		{ UINT64_MAX - PAGE + 2, PAGE, 0x200000, 0 },
		{ 8 * PAGE, PAGE, UINT64_MAX - PAGE + 2, 0 },
		{ 8 * PAGE, FILE_SIZE + 1, 0x200000, 0 },
		{ 8 * PAGE, PAGE, 0x200000, FILE_SIZE - PAGE + 1 },
		{ 8 * PAGE, PAGE, 0x200000, UINT64_MAX - PAGE + 1 },
		{ 8 * PAGE, 5ULL << 40, 0x200000, 0 },
	};
	unsigned int i;

	open_device();
	CHECK(state_is_taken(VHOST_USER_GET_VRING_BASE, 0, 0));
	for (i = 0; i < RTE_DIM(bad); i++)
		CHECK(!memory_is_taken(&a, &bad[i], make_file(FILE_SIZE)));
	CHECK(memory_is_taken(&a, &(struct vhost_user_region){ PAGE, PAGE, 0x101000, PAGE },
			      make_file(FILE_SIZE)));
	CHECK(dev->mem.nb_regions == 2);
	guest_close();
}

static void
memory_is_a_file_in_memory(void)
{
	const struct vhost_user_region a = { 0, PAGE, 0x100000, 0 },
				       b = { PAGE, PAGE, 0x200000, 0 };
	char path[32];
	int pipes[2], fd = make_file(FILE_SIZE);

	open_device();
	CHECK(state_is_taken(VHOST_USER_GET_VRING_BASE, 0, 0));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(!memory_is_taken(&a, &b, open(path, O_RDONLY)));
	CHECK(!memory_is_taken(&a, &b, open("/dev/zero", O_RDWR)));
	CHECK(!memory_is_taken(&a, &b, eventfd(0, 0)));
	CHECK(pipe(pipes) == 0 && !memory_is_taken(&a, &b, pipes[1]));
	close(pipes[0]);
	CHECK(memory_is_taken(&a, &b, dup(fd)));
	/* Sealed, as this front-end allows it. */
	CHECK(fcntl(fd, F_GET_SEALS) == F_SEAL_SHRINK && ftruncate(fd, PAGE) != 0);
	close(fd);
	guest_close();
}

static bool
log_is_taken(uint64_t size, uint64_t offset, uint64_t file)
{
	const uint64_t log[2] = { size, offset };
	int fd = make_file(file);
	bool taken = send_with_fds(VHOST_USER_SET_LOG_BASE, log, sizeof(log), &fd, 1) ==
		VC_VHOST_USER_DONE;

	close(fd);
	return taken;
}

static void
a_log_covers_memory_and_lies_in_its_file(void)
{
	const struct vhost_user_region a = { 0, PAGE, 0x100000, 0 };
	const struct vhost_user_region b = { 64 * PAGE, PAGE, 0x200000, 0 };

	open_device();
	CHECK(state_is_taken(VHOST_USER_GET_VRING_BASE, 0, 0));
	CHECK(memory_is_taken(&a, &b, make_file(FILE_SIZE)));
	CHECK(!log_is_taken(8, 0, FILE_SIZE) && log_is_taken(9, 0, FILE_SIZE));
	CHECK(!log_is_taken(PAGE, FILE_SIZE - PAGE + 1, FILE_SIZE));
	CHECK(!log_is_taken(PAGE, UINT64_MAX - PAGE + 1, FILE_SIZE));
	CHECK(!log_is_taken(UINT64_MAX, 1, FILE_SIZE));
	CHECK(log_is_taken(PAGE, PAGE, FILE_SIZE));
	CHECK(!log_is_taken(1ULL << 38, 0, 1ULL << 38) && log_is_taken(1ULL << 37, 0, 1ULL << 37));
	guest_close();
}

static bool
fd_is_taken(uint32_t request, uint64_t value, int fd)
{
	return send_with_fds(request, &value, sizeof(value), &fd, fd >= 0) == VC_VHOST_USER_DONE;
}

static void
kicks_and_calls_are_eventfds(void)
{
	static const uint32_t requests[] = { VHOST_USER_SET_VRING_CALL, VHOST_USER_SET_VRING_ERR,
					     VHOST_USER_SET_VRING_KICK };
	unsigned int i;
	int pipes[2];

	open_device();
	CHECK(pipe(pipes) == 0);
	for (i = 0; i < RTE_DIM(requests); i++) {
		CHECK(!fd_is_taken(requests[i], 0, pipes[1]));
		CHECK(!fd_is_taken(requests[i], 0, -1));
		CHECK(!fd_is_taken(requests[i], 0x200, eventfd(0, 0)));
		CHECK(!fd_is_taken(requests[i], VHOST_USER_VRING_NOFD, eventfd(0, 0)));
		CHECK(!fd_is_taken(requests[i], RINGS, eventfd(0, 0)));
	}
	CHECK(fd_is_taken(VHOST_USER_SET_VRING_CALL, 1, eventfd(0, 0)));
	CHECK(fd_is_taken(VHOST_USER_SET_VRING_CALL, 1 | VHOST_USER_VRING_NOFD, -1));
	/* Ring 1 has neither a size nor addresses. */
	CHECK(!fd_is_taken(VHOST_USER_SET_VRING_KICK, 1, eventfd(0, 0)));
	close(pipes[0]);
	close(pipes[1]);
	guest_close();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(messages_have_their_size_and_descriptors),
		UNIT_TEST(messages_without_a_row_are_rejected),
		UNIT_TEST(flags_are_version_1_and_need_reply),
		UNIT_TEST(a_ring_that_is_started_stays_as_it_is),
		UNIT_TEST(numbers_of_a_ring_have_bounds),
		UNIT_TEST(features_stay_as_they_are_while_a_ring_is_started),
		UNIT_TEST(regions_are_disjoint_and_in_their_files),
		UNIT_TEST(memory_is_a_file_in_memory),
		UNIT_TEST(a_log_covers_memory_and_lies_in_its_file),
		UNIT_TEST(kicks_and_calls_are_eventfds),
	};

	return guest_main(tests, RTE_DIM(tests));
}
