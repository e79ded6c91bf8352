/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_common.h>
#include <rte_vhost.h>

#include "messages.h"
#include "wire_bytes.h"

#define LOG_SIZE       0x1000u
#define LOG_PAGE       0x1000u
#define F_LOG_ALL      26
#define ADDR_LOG       1u
#define INFLIGHT_BYTES 0x10000u
#define KEY	       16
/* Features of the device; the second one is required by the first. */
#define STATELESS_MODES 0x1eull
#define REVISION_1	0x01ull

uint32_t
fuzz_ring_size(uint8_t code)
{
	static const uint32_t sizes[] = { 64,	 32,   1,     2,     128,   256,   1024,
					  32768, 0,    3,     63,    65,    512,   16384,
					  4096,	 8192, 32767, 32769, 65535, 65536, 0x10040 };

	return code < RTE_DIM(sizes) ? sizes[code] : 1u << (code % 32);
}

void
fuzz_ring_move(struct fuzz_vring *r, uint8_t code)
{
	switch (code) {
	case 0:
		break;
	case 1:
		r->used = FUZZ_GUEST_SIZE - 4;
		break;
	case 2:
		r->avail = FUZZ_GUEST_SIZE - 4;
		break;
	case 3:
		r->desc = FUZZ_GUEST_SIZE - 16;
		break;
	case 4:
		r->used = FUZZ_GUEST_SIZE - 64;
		break;
	case 5:
		r->used = FUZZ_GUEST_SIZE; /* the second region */
		break;
	case 6:
		r->used = FUZZ_GUEST_SIZE + FUZZ_SECOND_SIZE - 4;
		break;
	case 7:
		r->desc = FUZZ_GUEST_SIZE + FUZZ_SECOND_SIZE;
		break;
	case 8:
		r->used = r->avail;
		break;
	case 9:
		r->avail = FUZZ_GUEST_SIZE - 64;
		break;
	case 10:
		r->desc = FUZZ_GUEST_SIZE - 512;
		break;
	default:
		/* Not aligned, or into other parts. */
		if (code & 0x40)
			r->used += code & 0x3f;
		else if (code & 0x80)
			r->avail += code & 0x3f;
		else
			r->desc += code & 0x3f;
		break;
	}
}

static void
put(struct fuzz_draft *d, const void *payload, uint32_t size)
{
	memcpy(d->msg.payload, payload, size);
	d->msg.header.size = size;
}

static void
attach(struct fuzz_draft *d, int fd)
{
	if (fd >= 0)
		d->fds[d->nb_fds++] = fd;
}

/* The first two regions are there; more are of the first one's file, and far away. */
static void
put_memory(struct fuzz_draft *d, const struct fuzz_sender *s, uint8_t nb)
{
	struct vhost_user_memory table = { .nregions = nb };
	unsigned int i;

	for (i = 0; i < VHOST_USER_MAX_REGIONS && i < nb; i++) {
		table.regions[i] = (struct vhost_user_region){
			.guest_phys_addr = FUZZ_GUEST_GPA + (i > 0 ? FUZZ_GUEST_SIZE : 0) +
				i / 2 * (1 << 24),
			.memory_size = i == 0 ? FUZZ_GUEST_SIZE : FUZZ_SECOND_SIZE,
			.userspace_addr = FUZZ_GUEST_USER + (i > 0 ? FUZZ_GUEST_SIZE : 0) +
				i / 2 * (1 << 24),
		};
		attach(d, i == 1 ? s->guest.second_fd : s->guest.fd);
	}
	put(d, &table, 8 + RTE_MIN(nb, VHOST_USER_MAX_REGIONS) * sizeof(table.regions[0]));
}

static void
put_region(struct fuzz_draft *d, const struct fuzz_sender *s, uint8_t index, bool with_fd)
{
	const struct vhost_user_memory_single single = {
		.region = { .guest_phys_addr = FUZZ_GUEST_GPA + ((uint64_t)index << 24),
			    .memory_size = FUZZ_SECOND_SIZE,
			    .userspace_addr = FUZZ_GUEST_USER + ((uint64_t)index << 24) },
	};

	put(d, &single, sizeof(single));
	if (with_fd)
		attach(d, s->guest.second_fd);
}

static void
put_address(struct fuzz_draft *d, struct fuzz_sender *s, uint8_t index, uint8_t num)
{
	struct fuzz_vring *r = &s->guest.rings[index % FUZZ_GUEST_RINGS];
	struct vhost_user_vring_addr addr;

	fuzz_guest_lay_out(&s->guest, index % FUZZ_GUEST_RINGS, r->size);
	fuzz_ring_move(r, num);
	addr = fuzz_guest_addresses(&s->guest, index % FUZZ_GUEST_RINGS);
	addr.index = index;
	if (s->features >> F_LOG_ALL & 1)
		addr.flags = ADDR_LOG;
	put(d, &addr, sizeof(addr));
}

static void
put_fd_of_ring(struct fuzz_draft *d, int fd, uint8_t index, uint8_t num)
{
	uint64_t value = index | (num & 1 ? VHOST_USER_VRING_NOFD : 0);

	put(d, &value, sizeof(value));
	if (!(num & 1))
		attach(d, fd);
}

static void
put_session(struct fuzz_draft *d, uint8_t kind, bool old)
{
	const struct vhost_user_crypto_sym info = {
		.cipher_alg = kind & 4 ? NO_CIPHER :
			kind & 2       ? CIPHER_AES_CTR :
					 CIPHER_AES_CBC,
		.key_len = kind & 4 ? 0 : KEY,
		.hash_alg = MAC_HMAC_SHA1,
		.hash_result_len = 20,
		.auth_key_len = 20,
		.op_type = kind & 1 ? SYM_OP_ALGORITHM_CHAINING : SYM_OP_CIPHER,
		.direction = OP_ENCRYPT,
		.hash_mode = HASH_MODE_AUTH,
		.alg_chain_order = CIPHER_THEN_HASH,
	};
	const struct vhost_user_crypto_session n = { .op_code = CIPHER_CREATE_SESSION,
						     .u.sym.info = info };
	const struct vhost_user_crypto_session_old o = { .op_code = CIPHER_CREATE_SESSION,
							 .info = info };

	if (old)
		put(d, &o, sizeof(o));
	else
		put(d, &n, sizeof(n));
}

static void
put_inflight(struct fuzz_draft *d, const struct fuzz_sender *s, uint32_t request, uint8_t index,
	     uint8_t num)
{
	struct vhost_user_inflight region = { .mmap_size = INFLIGHT_BYTES,
					      .num_queues = index,
					      .queue_size = fuzz_ring_size(num) };
	bool given = s->front.inflight_fd >= 0;

	if (request == VHOST_USER_SET_INFLIGHT_FD) {
		if (given) {
			region.mmap_size = s->front.inflight.mmap_size;
			region.mmap_offset = s->front.inflight.mmap_offset;
		}
		attach(d, given ? s->front.inflight_fd : s->inflight_fd_own);
	}
	put(d, &region, sizeof(region));
}

static void
put_config(struct fuzz_draft *d, uint8_t offset, uint8_t size)
{
	const struct vhost_user_config config = { .offset = offset, .size = size };

	put(d, &config, offsetof(struct vhost_user_config, region) + size);
}

/* What is one number. Bits of @p num leave something out. */
static void
put_number(struct fuzz_draft *d, struct fuzz_sender *s, uint32_t request, uint8_t num)
{
	uint64_t value = num;

	switch (request) {
	case VHOST_USER_SET_FEATURES:
		value = s->features;
		if (num & 1)
			value ^= 1ull << VIRTIO_F_RING_PACKED;
		if (num & 2)
			value ^= 1ull << F_LOG_ALL;
		if (num & 4)
			value ^= 1ull << VHOST_USER_F_PROTOCOL_FEATURES;
		if (num & 8)
			value ^= 1ull << VIRTIO_F_VERSION_1;
		if (num & 16)
			value ^= STATELESS_MODES;
		if (num & 32)
			value ^= REVISION_1;
		s->features = value;
		s->guest.packed = value >> VIRTIO_F_RING_PACKED & 1;
		break;
	case VHOST_USER_SET_PROTOCOL_FEATURES:
		value = s->front.offered_protocol & ~(uint64_t)num;
		break;
	case VHOST_USER_CLOSE_CRYPTO_SESSION:
		value = s->front.session + num;
		break;
	default:
		break;
	}
	put(d, &value, sizeof(value));
}

static void
put_log(struct fuzz_draft *d, const struct fuzz_sender *s, uint8_t index, uint8_t num)
{
	const uint64_t log[] = { (index + 1ull) * LOG_SIZE, (uint64_t)num * LOG_PAGE };

	put(d, log, sizeof(log));
	attach(d, s->log_fd);
}

static void
put_state(struct fuzz_draft *d, struct fuzz_sender *s, uint32_t request, uint8_t index, uint8_t num)
{
	struct vhost_user_vring_state state = { index, num };

	if (request == VHOST_USER_SET_VRING_NUM) {
		state.num = fuzz_ring_size(num);
		s->guest.rings[index % FUZZ_GUEST_RINGS].size = state.num;
	}
	/* Both halves of a packed ring's position have the wrap counter set. */
	if (request == VHOST_USER_SET_VRING_BASE && s->guest.packed && num == 0)
		state.num = 0x80008000;
	put(d, &state, sizeof(state));
}

void
fuzz_draft_make(struct fuzz_draft *d, struct fuzz_sender *s, uint32_t request, uint8_t index,
		uint8_t num)
{
	d->nb_fds = 0;
	memset(&d->msg, 0, sizeof(d->msg));
	d->msg.header = (struct vhost_user_header){ request, VHOST_USER_VERSION, 0 };
	switch (request) {
	case VHOST_USER_GET_FEATURES:
	case VHOST_USER_SET_OWNER:
	case VHOST_USER_RESET_OWNER:
	case VHOST_USER_GET_PROTOCOL_FEATURES:
	case VHOST_USER_GET_QUEUE_NUM:
	case VHOST_USER_GET_MAX_MEM_SLOTS:
	case VHOST_USER_RESET_DEVICE:
	case VHOST_USER_GET_STATUS:
		break;
	case VHOST_USER_SET_MEM_TABLE:
		put_memory(d, s, index);
		break;
	case VHOST_USER_SET_LOG_BASE:
		put_log(d, s, index, num);
		break;
	case VHOST_USER_SET_VRING_ADDR:
		put_address(d, s, index, num);
		break;
	case VHOST_USER_SET_VRING_KICK:
		put_fd_of_ring(d, s->kick_fd, index, num);
		break;
	case VHOST_USER_SET_VRING_CALL:
		put_fd_of_ring(d, s->call_fd, index, num);
		break;
	case VHOST_USER_SET_VRING_ERR:
		put_fd_of_ring(d, s->err_fd, index, num);
		break;
	case VHOST_USER_SET_LOG_FD:
		attach(d, s->err_fd);
		break;
	case VHOST_USER_SET_BACKEND_REQ_FD:
		attach(d, s->channel_fd);
		break;
	case VHOST_USER_GET_CONFIG:
	case VHOST_USER_SET_CONFIG:
		put_config(d, index, num);
		break;
	case VHOST_USER_GET_INFLIGHT_FD:
	case VHOST_USER_SET_INFLIGHT_FD:
		put_inflight(d, s, request, index, num);
		break;
	case VHOST_USER_CREATE_CRYPTO_SESSION:
		put_session(d, index, num & 1);
		break;
	case VHOST_USER_ADD_MEM_REG:
	case VHOST_USER_REM_MEM_REG:
		put_region(d, s, index, request == VHOST_USER_ADD_MEM_REG);
		break;
	case VHOST_USER_SET_VRING_NUM:
	case VHOST_USER_SET_VRING_BASE:
	case VHOST_USER_GET_VRING_BASE:
	case VHOST_USER_SET_VRING_ENABLE:
		put_state(d, s, request, index, num);
		break;
	default:
		put_number(d, s, request, num);
		break;
	}
}
