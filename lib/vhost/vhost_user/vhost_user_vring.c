/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Requests about one ring. It is started by its kick and stopped by GET_VRING_BASE (vhost-user
 * protocol, "Ring states"); between the two its size, addresses and base stay as they are.
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

/* The ring that a state is about; NULL: the request was rejected. */
static struct vc_ring *
read_state(const struct vc_vhost_user *vu, struct vhost_user_vring_state *state)
{
	memcpy(state, vu->request.payload, sizeof(*state));
	return find_ring(vu, state->index);
}

static enum vc_vhost_user_result
reject_started(const struct vc_vhost_user *vu, uint32_t index)
{
	return vc_vhost_user_reject(vu, "ring %u is started; stop it by GET_VRING_BASE before",
				    index);
}

enum vc_vhost_user_result
vc_handle_set_vring_num(struct vc_vhost_user *vu)
{
	struct vhost_user_vring_state state;
	struct vc_ring *ring = read_state(vu, &state);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (ring->started)
		return reject_started(vu, state.index);
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

/* The log flag, and where the used ring is, follow from the features and the memory table. */
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
		return vc_vhost_user_reject(vu, "its flags are 0x%x; 0x%x is the only one",
					    addr.flags, VHOST_USER_VRING_LOG);
	if (ring->started && !has_addresses(ring, &addr))
		return reject_started(vu, addr.index);
	ring->desc_addr = addr.desc_user_addr;
	ring->avail_addr = addr.avail_user_addr;
	ring->used_addr = addr.used_user_addr;
	ring->has_addr = vc_ring_is_aligned(ring, packed);
	if (!ring->has_addr)
		return vc_vhost_user_reject(
			vu, "the parts of ring %u are not aligned; 16, %u and 4 bytes are due",
			addr.index, packed ? 4 : 2);
	return vc_vhost_user_accept(vu);
}

enum vc_vhost_user_result
vc_handle_set_vring_base(struct vc_vhost_user *vu)
{
	bool packed = virtio_crypto_has_feature(*vu->env.features, VIRTIO_F_RING_PACKED);
	struct vhost_user_vring_state state;
	struct vc_ring *ring = read_state(vu, &state);

	if (ring == NULL)
		return VC_VHOST_USER_REJECT;
	if (ring->started)
		return reject_started(vu, state.index);
	/* Of a packed ring QEMU says in the upper half where the device goes on to use. */
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

/* Starts a ring as far as it is set up. One that cannot be started ends the connection. */
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
		return vc_vhost_user_reject(vu, "%u is no state; 0 and 1 are possible", state.num);
	if (state.num == 0 && !vu->env.ops->try_stop_queue(vu->env.dev, state.index))
		return VC_VHOST_USER_DEFER;
	ring->enabled = state.num != 0;
	ring->enable_sent = true;
	return start_ring(vu, state.index);
}

/* The ring that a request with an eventfd is about; NULL: the request was rejected. */
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
		vc_vhost_user_reject(vu, "it has %u file descriptors; %u is due", request->nb_fds,
				     has_fd);
		return NULL;
	}
	if (has_fd && !vc_fd_is_eventfd(request->fds[0])) {
		vc_vhost_user_reject(vu,
				     "its file descriptor is of another kind; an eventfd is due");
		return NULL;
	}
	return find_ring(vu, *index);
}

/* The eventfd of a request, which is no longer the message's; -1: it has none. */
static int
take_eventfd(struct vc_vhost_user *vu)
{
	return vu->request.nb_fds > 0 ? vc_message_take_fd(&vu->request, 0) : -1;
}

/* Logs once in a connection what its device works with. */
static void
log_features(struct vc_vhost_user *vu)
{
	if (!vu->features_logged)
		VC_LOG(NOTICE, "%s: negotiated virtio features 0x%" PRIx64, vu->path,
		       *vu->env.features);
	vu->features_logged = true;
}

/*
 * With protocol features a ring is disabled until SET_VRING_ENABLE. But QEMU's cryptodev-vhost-user
 * never sends one, and only relies on its kick eventfd; so this starts a ring in any case, unless
 * the front-end has specified whether this ring is enabled.
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
			"SET_VRING_ADDR are due before",
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
	/* Of what was used before the guest could be notified of it. */
	if (ring->started && ring->callfd >= 0)
		vc_call_signal(ring->callfd);
	return start_ring(vu, index);
}

/* The device has no error that it could report by it. */
enum vc_vhost_user_result
vc_handle_set_vring_err(struct vc_vhost_user *vu)
{
	uint32_t index;

	return read_fd_request(vu, &index) != NULL ? vc_vhost_user_accept(vu) :
						     VC_VHOST_USER_REJECT;
}
