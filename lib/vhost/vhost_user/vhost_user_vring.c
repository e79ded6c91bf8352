/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Requests about one ring. SET_VRING_KICK starts it and GET_VRING_BASE stops it (vhost-user
 * protocol, "Ring states"); in between, its size, addresses and base are constant.
 */

#include <inttypes.h>
#include <string.h>

#include "call.h"
#include "log.h"
#include "vhost_user.h"
#include "virtio_crypto_features.h"

bool
vc_vhost_user_has_started_ring(const struct vc_vhost_user *vu)
{
	uint32_t i;

	for (i = 0; i < vu->env.nb_rings; i++)
		if (vu->env.rings[i].started)
			return true;
	return false;
}

static struct vc_ring *
find_ring(const struct vc_vhost_user *vu, uint32_t index)
{
	if (index < vu->env.nb_rings)
		return &vu->env.rings[index];
	vc_vhost_user_reject(vu, "ring %u does not exist; the last one is %u", index,
			     vu->env.nb_rings - 1);
	return NULL;
}

/* Reads a ring state; NULL: the request was rejected. */
static struct vc_ring *
read_state(const struct vc_vhost_user *vu, struct vhost_user_vring_state *state)
{
	memcpy(state, vu->request.payload, sizeof(*state));
	return find_ring(vu, state->index);
}

static enum vc_vhost_user_result
reject_started(const struct vc_vhost_user *vu, uint32_t index)
{
	return vc_vhost_user_reject(vu,
				    "ring %u is started; it must be stopped by GET_VRING_BASE "
				    "before",
				    index);
}

/* Reads the state of a ring that must be stopped; NULL: the request was rejected. */
static struct vc_ring *
read_stopped(const struct vc_vhost_user *vu, struct vhost_user_vring_state *state)
{
	struct vc_ring *ring = read_state(vu, state);

	if (ring != NULL && ring->started) {
		reject_started(vu, state->index);
		return NULL;
	}
	return ring;
}

enum vc_vhost_user_result
vc_handle_set_vring_num(struct vc_vhost_user *vu)
{
	struct vhost_user_vring_state state;
	struct vc_ring *ring = read_stopped(vu, &state);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (state.num == 0 || state.num > VC_RING_MAX_SIZE)
		return vc_vhost_user_reject(vu, "ring %u has %u entries; 1 to %u are possible",
					    state.index, state.num, VC_RING_MAX_SIZE);
	ring->size = state.num;
	return vc_vhost_user_accept(vu);
}

static bool
has_addresses(const struct vc_ring *ring, const struct vhost_user_vring_addr *addr)
{
	return ring->has_addr && ring->desc_addr == addr->desc_user_addr &&
		ring->avail_addr == addr->avail_user_addr &&
		ring->used_addr == addr->used_user_addr;
}

/*
 * The log flag and the guest address of the used ring are redundant: the features and the memory
 * table define them.
 */
enum vc_vhost_user_result
vc_handle_set_vring_addr(struct vc_vhost_user *vu)
{
	bool packed = virtio_crypto_has_feature(*vu->env.features, VIRTIO_F_RING_PACKED);
	struct vhost_user_vring_addr addr;
	struct vc_ring *ring;

	memcpy(&addr, vu->request.payload, sizeof(addr));
	ring = find_ring(vu, addr.index);
	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (addr.flags & ~VHOST_USER_VRING_LOG)
		return vc_vhost_user_reject(vu, "flags 0x%x; only flag 0x%x is possible",
					    addr.flags, VHOST_USER_VRING_LOG);
	if (ring->started && !has_addresses(ring, &addr))
		return reject_started(vu, addr.index);
	ring->desc_addr = addr.desc_user_addr;
	ring->avail_addr = addr.avail_user_addr;
	ring->used_addr = addr.used_user_addr;
	ring->has_addr = vc_ring_is_aligned(ring, packed);
	if (!ring->has_addr)
		return vc_vhost_user_reject(
			vu,
			"the parts of ring %u are not aligned to 16, %u and 4 bytes, "
			"as required",
			addr.index, packed ? 4 : 2);
	return vc_vhost_user_accept(vu);
}

enum vc_vhost_user_result
vc_handle_set_vring_base(struct vc_vhost_user *vu)
{
	bool packed = virtio_crypto_has_feature(*vu->env.features, VIRTIO_F_RING_PACKED);
	struct vhost_user_vring_state state;
	struct vc_ring *ring = read_stopped(vu, &state);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	/* For packed rings, QEMU sends the used off_wrap in the upper 16 bits. */
	if (!packed && state.num > UINT16_MAX)
		return vc_vhost_user_reject(
			vu, "base %u of ring %u is too large; at most %u is possible", state.num,
			state.index, UINT16_MAX);
	ring->base = state.num;
	vc_vhost_user_check_base(vu, state.index, ring->base);
	return vc_vhost_user_accept(vu);
}

enum vc_vhost_user_result
vc_handle_get_vring_base(struct vc_vhost_user *vu)
{
	struct vhost_user_vring_state state;
	struct vc_ring *ring = read_state(vu, &state);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (!vu->env.ops->try_stop_queue(vu->env.dev, state.index))
		return VC_VHOST_USER_DEFER;
	ring->started = false;
	vc_ring_set_fd(&ring->kickfd, VC_RING_FD_UNSET);
	vu->env.ops->update_running(vu->env.dev);
	vc_vhost_user_save_base(vu, state.index, ring->base);
	state.num = ring->base;
	memcpy(vc_message_start_reply(&vu->request, &vu->reply, sizeof(state)), &state,
	       sizeof(state));
	return VC_VHOST_USER_DONE;
}

/* Starts a ring if it is set up and enabled; a failure closes the connection. */
static enum vc_vhost_user_result
start_ring(struct vc_vhost_user *vu, uint32_t index)
{
	const char *fault = NULL;
	int ret = vu->env.ops->start_queue(vu->env.dev, index, &fault);

	if (ret != 0)
		return vc_vhost_user_reject(vu, "ring %u cannot be started: %s", index,
					    fault != NULL ? fault : strerror(-ret));
	vu->env.ops->update_running(vu->env.dev);
	return vc_vhost_user_accept(vu);
}

enum vc_vhost_user_result
vc_handle_set_vring_enable(struct vc_vhost_user *vu)
{
	struct vhost_user_vring_state state;
	struct vc_ring *ring = read_state(vu, &state);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (state.num > 1)
		return vc_vhost_user_reject(vu, "state %u; 0 and 1 are possible", state.num);
	if (state.num == 0 && !vu->env.ops->try_stop_queue(vu->env.dev, state.index))
		return VC_VHOST_USER_DEFER;
	ring->enabled = state.num != 0;
	ring->enable_sent = true;
	return start_ring(vu, state.index);
}

/* Reads a request with an eventfd; NULL: the request was rejected. */
static struct vc_ring *
read_fd_request(const struct vc_vhost_user *vu, uint32_t *index)
{
	const struct vc_message *request = &vu->request;
	uint64_t value;
	bool has_fd;

	memcpy(&value, request->payload, sizeof(value));
	has_fd = !(value & VHOST_USER_VRING_NOFD);
	*index = value & VHOST_USER_VRING_MASK;
	if (value & ~(uint64_t)(VHOST_USER_VRING_MASK | VHOST_USER_VRING_NOFD)) {
		vc_vhost_user_reject(
			vu,
			"0x%" PRIx64
			" has unknown bits; 0 to 7 are the ring, 8 is \"no descriptor\"",
			value);
		return NULL;
	}
	if (request->nb_fds != has_fd) {
		vc_vhost_user_reject(vu, "%u file descriptors; %u is required", request->nb_fds,
				     has_fd);
		return NULL;
	}
	if (has_fd && !vc_fd_is_eventfd(request->fds[0])) {
		vc_vhost_user_reject(vu,
				     "the file descriptor is not an eventfd, which is required");
		return NULL;
	}
	return find_ring(vu, *index);
}

/* Takes the eventfd of a request; -1: it has none. */
static int
take_eventfd(struct vc_vhost_user *vu)
{
	return vu->request.nb_fds > 0 ? vc_message_take_fd(&vu->request, 0) : -1;
}

/* Logs the negotiated features, once per connection. */
static void
log_features(struct vc_vhost_user *vu)
{
	if (!vu->features_logged)
		VC_LOG(NOTICE, "%s: negotiated virtio features 0x%" PRIx64, vu->path,
		       *vu->env.features);
	vu->features_logged = true;
}

/*
 * With VHOST_USER_F_PROTOCOL_FEATURES a ring is disabled until SET_VRING_ENABLE. QEMU's
 * cryptodev-vhost-user never sends that, so a kick eventfd also enables a ring, unless the
 * front-end has sent SET_VRING_ENABLE for it.
 */
enum vc_vhost_user_result
vc_handle_set_vring_kick(struct vc_vhost_user *vu)
{
	uint32_t index;
	struct vc_ring *ring = read_fd_request(vu, &index);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (ring->size == 0 || !ring->has_addr)
		return vc_vhost_user_reject(
			vu,
			"ring %u has no size or no addresses; SET_VRING_NUM and "
			"SET_VRING_ADDR must precede",
			index);
	if (!vu->env.ops->try_stop_queue(vu->env.dev, index))
		return VC_VHOST_USER_DEFER;
	vc_ring_set_fd(&ring->kickfd, take_eventfd(vu));
	ring->started = true;
	log_features(vu);
	if (!ring->enable_sent)
		ring->enabled = true;
	return start_ring(vu, index);
}

enum vc_vhost_user_result
vc_handle_set_vring_call(struct vc_vhost_user *vu)
{
	uint32_t index;
	struct vc_ring *ring = read_fd_request(vu, &index);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (!vu->env.ops->try_stop_queue(vu->env.dev, index))
		return VC_VHOST_USER_DEFER;
	vc_ring_set_fd(&ring->callfd, take_eventfd(vu));
	/* Signal once for buffers that were used before the eventfd was set. */
	if (ring->started && ring->callfd >= 0)
		vc_call_signal(ring->callfd);
	return start_ring(vu, index);
}

/* The eventfd is accepted and never signaled. */
enum vc_vhost_user_result
vc_handle_set_vring_err(struct vc_vhost_user *vu)
{
	uint32_t index;

	return read_fd_request(vu, &index) != NULL ? vc_vhost_user_accept(vu) :
						     VC_VHOST_USER_REJECT;
}
