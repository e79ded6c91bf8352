/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cryptodev.h>

#include "device.h"
#include "mock_guest.h"
#include "session_table.h"
#include "unit.h"
#include "unit_eal.h"
#include "virtio_crypto_packed.h"

#define RING GUEST_RING
#define BASE 0x40000000ULL /* guest address of the memory */

/* What descriptors point at. */
static struct {
	uint8_t in[WIRE_MAX];
	uint8_t out[WIRE_MAX];
} memory;

/* The data queue. */
static struct vring_desc desc[RING] __rte_aligned(16);
static struct vring_avail *avail;
static struct vring_used *used;
static uint16_t place; /* of the next descriptor, if it is packed */

uint32_t guest_max_size = GUEST_MAX_SIZE;
uint8_t guest_nb_cdevs = 2;
uint8_t guest_cdevs[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static struct rte_vhost_crypto_device *dev;
static int kick_fd = -1;

/*
 * Runs a function that finds the ring in guest memory: its parts are regions of their own then, so
 * that what is beside one of them is noticed, and no guest address leads there afterwards.
 */
static int
with_ring(int (*start)(void), uint16_t index, int kickfd)
{
	const struct vc_mem mem = dev->mem;
	struct vc_ring *ring = &dev->rings[index];
	const struct {
		void *at;
		size_t size;
	} parts[] = { { desc, sizeof(desc) },
		      { avail, sizeof(*avail) + (RING + 1) * sizeof(avail->ring[0]) },
		      { used, sizeof(*used) + RING * sizeof(used->ring[0]) + sizeof(uint16_t) } };
	uint32_t i;
	int ret;

	for (i = 0; i < RTE_DIM(parts); i++) {
		dev->mem.regions[1 + i] = (struct vc_mem_region){ .gpa = (uint64_t)(1 + i) << 48,
								  .size = parts[i].size,
								  .hva = parts[i].at };
		dev->mem.origins[1 + i].front_end_addr = (uintptr_t)parts[i].at;
	}
	dev->mem.nb_regions = 1 + RTE_DIM(parts);
	ring->size = RING;
	ring->desc_addr = (uintptr_t)desc;
	ring->avail_addr = (uintptr_t)avail;
	ring->used_addr = (uintptr_t)used;
	ring->has_addr = ring->started = ring->enabled = true;
	ring->kickfd = kickfd;
	ring->callfd = -1;
	ret = start();
	dev->mem = mem;
	return ret;
}

static int
start_data(void)
{
	const char *fault;

	return vc_queue_start(&dev->queues[0], &fault);
}

static int
start_control(void)
{
	const char *fault;

	return vc_ctrlq_start(&dev->ctrlq, &fault);
}

int
guest_start(void)
{
	dev->rings[0].base = 0;
	return with_ring(start_data, 0, kick_fd);
}

int
guest_resume(void)
{
	return with_ring(start_data, 0, kick_fd);
}

int
guest_start_other(struct rte_vhost_crypto_device *other)
{
	struct rte_vhost_crypto_device *mine = dev;
	int ret;

	dev = other;
	dev->rings[0].base = 0;
	ret = with_ring(start_data, 0, -1);
	dev = mine;
	return ret;
}

int
guest_start_control(int kickfd)
{
	dev->rings[dev->nb_queues].base = 0;
	return with_ring(start_control, dev->nb_queues, kickfd);
}

struct rte_vhost_crypto_device *
guest_open_events(uint64_t features, int epoll_fd, int kickfd)
{
	static const uint16_t qps[2 * RTE_DIM(guest_cdevs)];
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = epoll_fd >= 0 ? 1 : 2, /* of which one runs */
		.nb_cdevs = guest_nb_cdevs,
		.cdev_ids = guest_cdevs,
		.qp_ids = qps,
		.epoll_fds = epoll_fd >= 0 ? &epoll_fd : NULL,
		.nb_sessions = GUEST_SESSIONS,
		.max_size = guest_max_size,
		.socket_id = SOCKET_ID_ANY,
	};

	dev = vc_device_create("/nowhere", &conf, false);
	if (dev == NULL)
		rte_exit(EXIT_FAILURE, "no device\n");
	/* One guest after the other, not rivals: a poll takes what there is. */
	dev->queues[0].budget.guest = &guest_max_size;
	dev->features = features | 1ULL << VIRTIO_F_VERSION_1;
	dev->mem = (struct vc_mem){
		.nb_regions = 1,
		.regions = { { BASE, sizeof(memory), (uint8_t *)&memory } },
	};
	avail = calloc(1, sizeof(*avail) + (RING + 1) * sizeof(avail->ring[0]));
	used = calloc(1, sizeof(*used) + (RING + 1) * sizeof(used->ring[0]));
	if (avail == NULL || used == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	memset(desc, 0, sizeof(desc));
	place = 0;
	kick_fd = kickfd;
	CHECK(guest_start() == 0);
	return dev;
}

struct rte_vhost_crypto_device *
guest_open(uint64_t features)
{
	return guest_open_events(features, -1, -1);
}

void
guest_close(void)
{
	CHECK(vc_queue_try_stop(&dev->queues[0]));
	vc_device_forget_sessions(dev);
	CHECK(dev->sessions.nb_used == 0);
	vc_device_destroy(dev);
	free(avail);
	free(used);
}

uint32_t
guest_control(const struct wire_bytes *request, void *answer, uint32_t room)
{
	struct vc_seg segs[2] = { { memory.in, request->len }, { memory.out, room } };
	struct vc_chain chain = { .segs = segs,
				  .nb_read = 1,
				  .read_len = request->len,
				  .nb_write = room > 0,
				  .write_len = room };
	uint32_t written;

	memcpy(memory.in, request->data, request->len);
	memset(memory.out, 0xee, room);
	written = vc_ctrl_answer_request(&dev->ctrlq.env, &chain);
	vc_device_reap_sessions(dev);
	CHECK(written <= room);
	memcpy(answer, memory.out, room);
	return written;
}

uint32_t
guest_create(const struct wire_bytes *request, uint64_t *id)
{
	uint8_t answer[16];

	CHECK(guest_control(request, answer, sizeof(answer)) == sizeof(answer));
	*id = wire_get64(answer, 0);
	return wire_get32(answer, 8);
}

uint64_t
guest_create_cipher(uint32_t algo, uint32_t direction, const void *key, uint32_t key_len)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, algo, key_len, direction, 0);
	wire_zero(&b, 32);
	WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	if (!(dev->features & GUEST_REVISION_1))
		wire_zero(&b, 16 + 56 - b.len);
	wire_put(&b, key, key_len);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

uint64_t
guest_create_chain(uint32_t order, uint32_t direction, const void *key, uint32_t key_len,
		   const void *auth_key, uint32_t auth_key_len)
{
	struct wire_bytes b;
	uint64_t id;

	wire_control_header(&b, CIPHER_CREATE_SESSION);
	WIRE_FIELDS(&b, order, HASH_MODE_AUTH, CIPHER_AES_CBC, key_len, direction, 0, MAC_HMAC_SHA1,
		    20, auth_key_len, 0, 0, 0, SYM_OP_ALGORITHM_CHAINING, 0);
	wire_put(&b, key, key_len);
	wire_put(&b, auth_key, auth_key_len);
	CHECK(guest_create(&b, &id) == OK);
	return id;
}

uint8_t
guest_destroy(uint32_t opcode, uint64_t id)
{
	struct wire_bytes b;
	uint8_t status;

	wire_control_header(&b, opcode);
	wire_le64(&b, id);
	if (!(dev->features & GUEST_REVISION_1))
		wire_zero(&b, 48); /* to 56 bytes */
	CHECK(guest_control(&b, &status, sizeof(status)) == sizeof(status));
	return status;
}

static void
set_desc(unsigned int i, const uint8_t *data, uint32_t len, uint16_t flags)
{
	desc[i] = (struct vring_desc){
		.addr = rte_cpu_to_le_64(BASE + (data - (uint8_t *)&memory)),
		.len = rte_cpu_to_le_32(len),
		.flags = rte_cpu_to_le_16(flags),
		.next = rte_cpu_to_le_16(i + 1),
	};
}

static void
put_head(uint16_t head)
{
	avail->ring[avail->idx % RING] = head;
	__atomic_store_n(&avail->idx, avail->idx + 1, __ATOMIC_RELEASE);
}

uint32_t
guest_send_head(uint16_t head)
{
	unsigned int polls_left = 1000000;
	uint16_t idx = avail->idx;

	put_head(head);
	while (__atomic_load_n(&used->idx, __ATOMIC_ACQUIRE) == idx && --polls_left > 0)
		vc_queue_poll(&dev->queues[0], 32);
	CHECK(used->idx == (uint16_t)(idx + 1) && used->ring[idx % RING].id == head);
	return used->ring[idx % RING].len;
}

/* Makes a chain available in a packed ring, its first descriptor last, which is returned. */
static struct vring_packed_desc *
put_packed(const struct vring_desc *chain, unsigned int nb)
{
	struct vring_packed_desc *ring = (struct vring_packed_desc *)(void *)desc;
	unsigned int i;

	for (i = nb; i-- > 0;) {
		uint16_t at = virtio_packed_next(place, i, RING);

		ring[virtio_packed_index(at)] = (struct vring_packed_desc){
			.addr = chain[i].addr,
			.len = chain[i].len,
			.flags = chain[i].flags | virtio_packed_avail_flags(at),
		};
	}
	return &ring[virtio_packed_index(place)];
}

/* The same, and waits for it. */
static uint32_t
send_packed(const struct vring_desc *chain, unsigned int nb)
{
	struct vring_packed_desc *first = put_packed(chain, nb);
	unsigned int polls_left = 1000000;

	while (!virtio_packed_is_used(__atomic_load_n(&first->flags, __ATOMIC_ACQUIRE), place) &&
	       --polls_left > 0)
		vc_queue_poll(&dev->queues[0], 32);
	CHECK(polls_left > 0);
	place = virtio_packed_next(place, nb, RING);
	return first->len;
}

void
guest_put_burst(const struct vring_desc *requests, unsigned int nb)
{
	struct vring_packed_desc *ring = (struct vring_packed_desc *)(void *)desc;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		uint16_t at = virtio_packed_next(place, i, RING);

		if (dev->features & GUEST_PACKED) {
			ring[virtio_packed_index(at)] = (struct vring_packed_desc){
				.addr = requests[i].addr,
				.len = requests[i].len,
				.id = i,
				.flags = requests[i].flags | virtio_packed_avail_flags(at),
			};
			continue;
		}
		desc[i] = requests[i];
		avail->ring[(uint16_t)(avail->idx + i) % RING] = i;
	}
	if (!(dev->features & GUEST_PACKED))
		__atomic_store_n(&avail->idx, avail->idx + nb, __ATOMIC_RELEASE);
}

void
guest_wait_burst(unsigned int nb, uint32_t *written)
{
	const struct vring_packed_desc *ring = (const struct vring_packed_desc *)(const void *)desc;
	bool packed = dev->features & GUEST_PACKED;
	uint16_t idx = avail->idx - nb;
	unsigned int polls_left = 1000000, i;

	memset(written, 0xee, nb * sizeof(*written));
	for (i = 0; i < nb; i++, idx++) {
		const struct vring_packed_desc *d = &ring[virtio_packed_index(place)];
		struct vring_used_elem e;

		while (!(packed ? virtio_packed_is_used(d->flags, place) : used->idx != idx) &&
		       --polls_left > 0)
			vc_queue_poll(&dev->queues[0], 32);
		e = used->ring[idx % RING];
		if (packed) {
			e = (struct vring_used_elem){ .id = d->id, .len = d->len };
			place = virtio_packed_next(place, 1, RING);
		}
		CHECK(polls_left > 0 && e.id < nb);
		written[e.id % nb] = e.len;
	}
}

uint32_t
guest_send_chain(const struct vring_desc *chain, unsigned int nb)
{
	if (dev->features & GUEST_PACKED)
		return send_packed(chain, nb);
	memcpy(desc, chain, nb * sizeof(*chain));
	return guest_send_head(0);
}

void
guest_clear_ring(void)
{
	memset(desc, 0, sizeof(desc));
	avail->idx = used->idx = 0;
	place = 0;
}

void
guest_put_chain(const struct vring_desc *chain, unsigned int nb)
{
	if (dev->features & GUEST_PACKED) {
		put_packed(chain, nb);
		return;
	}
	memcpy(desc, chain, nb * sizeof(*chain));
	put_head(0);
}

/* The queue is to have stopped at what was put last; sets it up again. */
static void
expect_stop(void)
{
	struct vc_queue *q = &dev->queues[0];
	const struct rte_vhost_crypto_queue_stats was = q->stats;
	const uint16_t shown = q->vring.published_used;
	unsigned int i;

	CHECK(q->state == VC_QUEUE_RUNNING);
	for (i = 0; i < 10; i++)
		vc_queue_poll(q, 32);
	CHECK(q->state != VC_QUEUE_RUNNING && q->vring.published_used == shown);
	CHECK(q->stats.bad_chains == was.bad_chains + 1 && q->stats.requests == was.requests);
	CHECK(q->slots.nb_free == q->slots.nb && q->in_flight == 0);
	CHECK(vc_queue_try_stop(q));
	guest_clear_ring();
	CHECK(guest_start() == 0);
}

bool
guest_try_chain(const struct vring_desc *chain, unsigned int nb)
{
	struct vc_queue *q = &dev->queues[0];
	const uint64_t bad_chains = q->stats.bad_chains;
	const uint16_t shown = q->vring.published_used;
	unsigned int polls_left = 1000000;

	guest_put_chain(chain, nb);
	while (q->vring.published_used == shown && q->state == VC_QUEUE_RUNNING && --polls_left > 0)
		vc_queue_poll(q, 32);
	CHECK(polls_left > 0);
	if (dev->features & GUEST_PACKED)
		place = virtio_packed_next(place, nb, RING);
	if (q->state == VC_QUEUE_RUNNING)
		return true;
	CHECK(q->stats.bad_chains == bad_chains + 1 && q->in_flight == 0);
	CHECK(vc_queue_try_stop(q));
	guest_clear_ring();
	CHECK(guest_start() == 0);
	return false;
}

void
guest_stop_at_head(uint16_t head)
{
	put_head(head);
	expect_stop();
}

void
guest_stop_at_chain(const struct vring_desc *chain, unsigned int nb)
{
	guest_put_chain(chain, nb);
	expect_stop();
}

uint8_t
guest_send(const struct wire_bytes *request, void *result, uint32_t room)
{
	memcpy(memory.in, request->data, request->len);
	if (room > 0)
		memcpy(memory.out, result, room);
	memory.out[room] = 0xee;
	set_desc(0, memory.in, request->len, VRING_DESC_F_NEXT);
	set_desc(1, memory.out, room + 1, VRING_DESC_F_WRITE);
	CHECK(guest_send_head(0) > 0);
	if (room > 0)
		memcpy(result, memory.out, room);
	return memory.out[room];
}

void
guest_repeat(unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		avail->ring[(uint16_t)(avail->idx + i) % RING] = 0;
	__atomic_store_n(&avail->idx, avail->idx + nb, __ATOMIC_RELEASE);
}

static uint32_t
sweep_one(const struct wire_bytes *request, uint32_t room, bool control)
{
	uint8_t result[4096] = { 0 };
	uint32_t status;
	uint64_t id;

	if (!control)
		return guest_send(request, result, room);
	status = guest_create(request, &id);
	if (status == OK) {
		CHECK(vc_session_destroy(&dev->sessions, id) == OK);
		vc_device_reap_sessions(dev);
	} else {
		CHECK(vc_session_find(&dev->sessions, id) == NULL);
	}
	return status;
}

uint32_t
guest_sweep(const struct wire_bytes *request, uint32_t room, bool control, uint32_t allowed)
{
	static const uint32_t values[] = { 0, 1, 2, 3, 5, 12, 99, 0x7fffffff, UINT32_MAX };
	uint32_t at, status, seen = 0;
	struct wire_bytes spoilt;
	unsigned int i;

	/* The opcode of a control request says what the answer looks like. */
	for (at = control ? 4 : 0; at + 4 <= request->len && at < 100; at += 4)
		for (i = 0; i < RTE_DIM(values); i++) {
			spoilt = *request;
			spoilt.len = at;
			wire_le32(&spoilt, values[i]);
			spoilt.len = request->len;
			status = sweep_one(&spoilt, room, control);
			seen |= 1u << (status & 31);
			if (status > 31 || !(allowed & 1u << status)) {
				printf("  field at %u = 0x%x: status %u\n", at, values[i], status);
				unit_failed = true;
			}
		}
	return seen;
}

uint8_t *
guest_map_area(size_t size)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *all = mmap(NULL, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED || mprotect(all + page, size, PROT_READ | PROT_WRITE) != 0)
		return NULL;
	return all + page;
}

int
guest_main(const struct unit_test *tests, unsigned int count)
{
	int status;

	if (!UNIT_EAL_INIT_DEVICE("--vdev", GUEST_CRYPTODEV, "--vdev", "crypto_openssl") ||
	    !unit_cryptodev_start(0) || !unit_cryptodev_start(1)) {
		printf("not ok: EAL or cryptodevs do not start\n");
		return EXIT_FAILURE;
	}
	status = unit_run(tests, count);
	rte_eal_cleanup();
	return status;
}
