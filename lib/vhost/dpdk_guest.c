/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>

#include "dpdk_guest.h"
#include "log.h"
#include "vhost_user_msg.h"
#include "vhost_user_socket.h"
#include "virtio_crypto_wire.h"

/* Memory of the ring, and offsets of its parts. */
#define MEMORY_SIZE 0x10000
#define MEMORY_ADDR 0x10000 /* any address but 0 */
#define AVAIL_AT    0x1000
#define USED_AT	    0x2000
#define RING_SIZE   8

/* Sends a message with at most one file descriptor. 0 or -errno. */
static int
send_message(const struct vc_dpdk_guest *guest, uint32_t request, const void *payload,
	     uint32_t size, int fd)
{
	static struct vc_message msg; /* protected by the control lock */
	int ret;

	msg = (struct vc_message){
		.header = { .request = request, .flags = VHOST_USER_VERSION, .size = size },
		.full = true,
		.nb_fds = fd >= 0,
		.fds = { fd },
	};
	if (size > 0)
		memcpy(msg.payload, payload, size);
	/* The socket has more room than librte_vhost can leave unread. */
	ret = vc_message_send(guest->back.fd, &msg);
	return ret > 0 ? 0 : ret == 0 ? -EAGAIN : -EPIPE;
}

static int
send_u64(const struct vc_dpdk_guest *guest, uint32_t request, uint64_t value, int fd)
{
	return send_message(guest, request, &value, sizeof(value), fd);
}

static int
send_memory(const struct vc_dpdk_guest *guest)
{
	const struct vhost_user_memory table = {
		.nregions = 1,
		.regions = { { .memory_size = MEMORY_SIZE, .userspace_addr = MEMORY_ADDR } },
	};
	int fd = memfd_create("vhost_crypto_guest", MFD_CLOEXEC), ret = -1;

	if (fd >= 0 && ftruncate(fd, MEMORY_SIZE) == 0)
		ret = send_message(guest, VHOST_USER_SET_MEM_TABLE, &table,
				   offsetof(struct vhost_user_memory, regions[1]), fd);
	else
		ret = -errno;
	if (fd >= 0)
		close(fd);
	return ret;
}

static int
send_eventfd(const struct vc_dpdk_guest *guest, uint32_t request)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), ret;

	if (fd < 0)
		return -errno;
	ret = send_u64(guest, request, 0, fd);
	close(fd);
	return ret;
}

static int
send_hello(const struct vc_dpdk_guest *guest)
{
	int ret = send_message(guest, VHOST_USER_SET_OWNER, NULL, 0, -1);

	/* The reply indicates that librte_vhost has accepted the connection. */
	if (ret == 0)
		ret = send_message(guest, VHOST_USER_GET_FEATURES, NULL, 0, -1);
	if (ret == 0)
		ret = send_u64(guest, VHOST_USER_SET_FEATURES, 1ULL << VIRTIO_F_VERSION_1, -1);
	return ret == 0 ? send_memory(guest) : ret;
}

static int
start_ring(const struct vc_dpdk_guest *guest)
{
	const struct vhost_user_vring_state num = { .num = RING_SIZE }, base = { 0 };
	const struct vhost_user_vring_addr addr = {
		.desc_user_addr = MEMORY_ADDR,
		.avail_user_addr = MEMORY_ADDR + AVAIL_AT,
		.used_user_addr = MEMORY_ADDR + USED_AT,
	};
	int ret = send_message(guest, VHOST_USER_SET_VRING_NUM, &num, sizeof(num), -1);

	if (ret == 0)
		ret = send_message(guest, VHOST_USER_SET_VRING_BASE, &base, sizeof(base), -1);
	if (ret == 0)
		ret = send_message(guest, VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr), -1);
	if (ret == 0)
		ret = send_eventfd(guest, VHOST_USER_SET_VRING_CALL);
	return ret == 0 ? send_eventfd(guest, VHOST_USER_SET_VRING_KICK) : ret;
}

static int
stop_ring(struct vc_dpdk_guest *guest)
{
	const struct vhost_user_vring_state state = { 0 };

	guest->owed = sizeof(struct vhost_user_header) + sizeof(state);
	return send_message(guest, VHOST_USER_GET_VRING_BASE, &state, sizeof(state), -1);
}

/* Sends the state of the ring, unless librte_vhost has not processed the last one. */
static void
send_running(struct vc_dpdk_guest *guest)
{
	int ret;

	if (guest->back.fd < 0 || guest->owed > 0 || guest->running == guest->wanted)
		return;
	guest->running = guest->wanted;
	ret = guest->running ? start_ring(guest) : stop_ring(guest);
	if (ret != 0)
		VC_LOG(ERR, "%s: cannot send messages to librte_vhost: %s", guest->path,
		       strerror(-ret));
}

/* Handles replies, of which only the arrival matters, and the end of the connection. */
static void
handle_back_event(struct vc_source *source, uint32_t events __rte_unused)
{
	struct vc_dpdk_guest *guest = source->arg;
	char reply[256];
	ssize_t n = recv(source->fd, reply, sizeof(reply), MSG_DONTWAIT);

	if (n > 0) {
		guest->answered = true;
		guest->owed -= RTE_MIN((size_t)n, guest->owed);
		send_running(guest);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	vc_source_unwatch(source);
	close(source->fd);
	source->fd = -1;
	guest->running = false;
	guest->gone(guest->arg);
}

int
vc_dpdk_guest_connect(struct vc_dpdk_guest *guest)
{
	char path[32];
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", guest->inner_fd);
	ret = vc_socket_connect(path);
	if (ret < 0)
		return ret;
	guest->answered = false;
	guest->running = guest->wanted = false;
	guest->owed = 0;
	guest->back = (struct vc_source){
		.fd = ret, .events = EPOLLIN, .ready = handle_back_event, .arg = guest
	};
	ret = vc_source_watch(&guest->back);
	if (ret == 0)
		ret = send_hello(guest);
	if (ret == 0)
		return 0;
	vc_source_unwatch(&guest->back);
	close(guest->back.fd);
	guest->back.fd = -1;
	return ret;
}

void
vc_dpdk_guest_set_running(struct vc_dpdk_guest *guest, bool running)
{
	guest->wanted = running;
	send_running(guest);
}

void
vc_dpdk_guest_disconnect(struct vc_dpdk_guest *guest)
{
	guest->wanted = guest->running; /* no further state is sent */
	if (guest->back.fd >= 0)
		shutdown(guest->back.fd, SHUT_WR);
}
