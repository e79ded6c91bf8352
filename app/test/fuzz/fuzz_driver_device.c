/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>

#include <rte_memzone.h>

#include "fuzz_driver_device.h"
#include "fuzz_keys.h"
#include "fuzz_memory.h"
#include "mock_transport.h"
#include "virtio_crypto_akcipher.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_queue_setup.h"

struct fuzz_peer fuzz_peer;
struct virtio_crypto_dev fuzz_driver_dev;

static void *queue_pairs[1];
static struct rte_cryptodev_data data = {
	.dev_id = 60, .name = "fuzzed", .queue_pairs = queue_pairs, .dev_started = 1
};
static struct virtio_crypto_transport transport;

const struct rte_memzone *__wrap_rte_memzone_reserve_aligned(const char *name, size_t len,
							     int socket, unsigned int flags,
							     unsigned int align);
int __wrap_rte_memzone_free(const struct rte_memzone *zone);

/* What the driver shares with the device is memory that changes. */
const struct rte_memzone *
__wrap_rte_memzone_reserve_aligned(const char *name, size_t len, int socket, unsigned int flags,
				   unsigned int align)
{
	struct rte_memzone *zone = calloc(1, sizeof(*zone));

	(void)name;
	(void)socket;
	(void)flags;
	(void)align;
	FUZZ_MUST(zone != NULL);
	zone->addr = fuzz_memory_map(len)->va;
	zone->iova = zone->addr_64;
	zone->len = len;
	return zone;
}

int
__wrap_rte_memzone_free(const struct rte_memzone *zone)
{
	unsigned int i;

	if (zone == NULL)
		return -EINVAL;
	for (i = 0; i < FUZZ_MAX_REGIONS; i++)
		if (fuzz_regions[i].va == zone->addr)
			fuzz_memory_unmap(&fuzz_regions[i]);
	free((void *)(uintptr_t)zone);
	return 0;
}

static int
tr_open(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features)
{
	(void)tr;
	*features = wanted & fuzz_peer.features;
	return 0;
}

static int
tr_read_config(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config)
{
	(void)tr;
	*config = fuzz_peer.config;
	return 0;
}

static int
tr_queue_start(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	(void)tr;
	vq->attached = true;
	return 0;
}

/* Whether a part of the driver's memory is one that device and driver share. */
static bool
is_shared(uint64_t addr, uint32_t len)
{
	return len > 0 && fuzz_is_guest((const void *)(uintptr_t)addr, len);
}

/* The same of a table, which has been spoilt if it is not where tables can be. */
static bool
is_table(uint64_t addr, uint32_t len)
{
	return addr % sizeof(uint64_t) == 0 && len >= sizeof(struct vring_desc) &&
		is_shared(addr, len);
}

/* Adds a used entry where the driver polls next. */
static void
add_used(struct virtqueue *vq, uint16_t *next, uint32_t id, uint32_t len, uint16_t nb_descs)
{
	struct vring_packed_desc *d;
	uint16_t i = *next & (vq->size - 1);

	if (!vq->packed) {
		vq->used->ring[i].id = rte_cpu_to_le_32(id);
		vq->used->ring[i].len = rte_cpu_to_le_32(len);
		++*next;
		vq->used->idx = rte_cpu_to_le_16(*next);
		return;
	}
	d = &vq->packed_desc[virtio_packed_index(*next) % vq->size];
	d->id = rte_cpu_to_le_16(id);
	d->len = rte_cpu_to_le_32(len);
	d->flags = rte_cpu_to_le_16(virtio_packed_used_flags(*next) | VRING_DESC_F_WRITE);
	*next = virtio_packed_next(*next, nb_descs, vq->size);
}

/* Answers the request on the control queue, of two descriptors. */
static void
answer_control(struct virtqueue *vq)
{
	uint16_t next = vq->used_idx, head = 0, i;
	uint64_t at;
	uint32_t len;

	if (vq->packed) {
		i = virtio_packed_index(virtio_packed_next(next, 1, vq->size));
		at = rte_le_to_cpu_64(vq->packed_desc[i].addr);
		len = rte_le_to_cpu_32(vq->packed_desc[i].len);
	} else {
		head = rte_le_to_cpu_16(vq->avail->ring[next & (vq->size - 1)]);
		i = (head + 1) & (vq->size - 1);
		at = rte_le_to_cpu_64(vq->desc[i].addr);
		len = rte_le_to_cpu_32(vq->desc[i].len);
	}
	if (is_shared(at, len) && len == 1) {
		*(uint8_t *)(uintptr_t)at = fuzz_peer.status;
	} else if (is_shared(at, len) && len == sizeof(struct virtio_crypto_session_input)) {
		const struct virtio_crypto_session_input answer = {
			.session_id = rte_cpu_to_le_64(fuzz_peer.session),
			.status = rte_cpu_to_le_32(fuzz_peer.status),
		};

		memcpy((void *)(uintptr_t)at, &answer, sizeof(answer));
	}
	add_used(vq, &next, head ^ fuzz_peer.used_id, len, 2);
	/* Has the driver notify for the next one. */
	if (!vq->packed)
		*(__virtio16 *)&vq->used->ring[vq->size] = vq->avail->idx;
}

static void
tr_notify(struct virtqueue *vq)
{
	if (vq == &fuzz_driver_dev.ctrlq.vq && fuzz_peer.alive)
		answer_control(vq);
}

static bool
tr_alive(struct virtio_crypto_transport *tr)
{
	(void)tr;
	/* The driver waits, as it found that no notification was wanted. */
	if (fuzz_peer.alive)
		answer_control(&fuzz_driver_dev.ctrlq.vq);
	return fuzz_peer.alive;
}

static void
tr_fail(struct virtio_crypto_transport *tr)
{
	(void)tr;
	fuzz_peer.failures++;
}

static const struct virtio_crypto_transport_ops transport_ops = {
	.open = tr_open,
	.read_config = tr_read_config,
	.queue_start = tr_queue_start,
	.queue_stop = mock_transport_queue_stop,
	.notify = tr_notify,
	.is_alive = tr_alive,
	.fail = tr_fail,
	.close = mock_transport_close,
};

struct virtio_crypto_queue *
fuzz_driver_queue(void)
{
	return queue_pairs[0];
}

void
fuzz_peer_reset(struct fuzz_input *in)
{
	static const uint64_t crypto[] = { 1, 0x3f, 0 };
	const struct virtio_crypto_alg *algs;
	struct virtio_crypto_config *c = &fuzz_peer.config;
	uint8_t how = fuzz_u8(in);
	unsigned int count, i;
	uint32_t word;

	memset(&fuzz_peer, 0, sizeof(fuzz_peer));
	fuzz_peer.alive = true;
	fuzz_peer.session = 0x1122334455667788;
	fuzz_peer.features = 1ULL << VIRTIO_F_VERSION_1 | crypto[(how & 15) % RTE_DIM(crypto)] |
		(how & 0x10 ? 0 : 1ULL << VIRTIO_RING_F_INDIRECT_DESC) |
		(how & 0x20 ? 1ULL << VIRTIO_RING_F_EVENT_IDX : 0) |
		(how & 0x40 ? 1ULL << VIRTIO_F_RING_PACKED : 0) |
		(how & 0x80 ? 1ULL << VIRTIO_F_IN_ORDER : 0);
	algs = virtio_crypto_algs(&count);
	for (i = 0; i < count; i++)
		virtio_crypto_config_offer(c, &algs[i]);
	virtio_crypto_config_offer_akcipher(c, VIRTIO_CRYPTO_AKCIPHER_RSA);
	virtio_crypto_config_offer_akcipher(c, VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC);
	c->status = rte_cpu_to_le_32(1);
	c->max_dataqueues = rte_cpu_to_le_32(1);
	c->max_cipher_key_len = rte_cpu_to_le_32(64);
	c->max_auth_key_len = rte_cpu_to_le_32(512);
	c->max_size = rte_cpu_to_le_64(100000);
	for (i = fuzz_u8(in) % 4; i > 0; i--) {
		uint8_t *at = (uint8_t *)c + fuzz_u8(in) % (sizeof(*c) / 4) * 4;

		memcpy(&word, at, sizeof(word));
		word = fuzz_spoilt(in, word);
		memcpy(at, &word, sizeof(word));
	}
}

bool
fuzz_driver_open(void)
{
	transport = mock_transport_make(&transport_ops, &fuzz_driver_dev);
	transport.requested_features = fuzz_peer.features &
		(1ULL << VIRTIO_F_RING_PACKED | 1ULL << VIRTIO_F_IN_ORDER);
	mock_transport_probe(&transport, &data);
	if (virtio_crypto_lifecycle_init(&fuzz_driver_dev) != 0)
		return false;
	queue_pairs[0] = virtio_crypto_queue_create(&fuzz_driver_dev, 0, MOCK_RING, SOCKET_ID_ANY);
	if (fuzz_driver_queue() == NULL)
		return false;
	virtio_crypto_queue_set_state(fuzz_driver_queue(), VIRTIO_CRYPTO_QUEUE_OFFLINE);
	if (virtio_crypto_lifecycle_attach_queues(&fuzz_driver_dev) != 0)
		return false;
	fuzz_peer.popped = virtqueue_start_off_wrap(&fuzz_driver_queue()->vq);
	fuzz_peer.used = virtqueue_start_off_wrap(&fuzz_driver_queue()->vq);
	return true;
}

void
fuzz_driver_close(void)
{
	if (fuzz_driver_queue() != NULL)
		virtio_crypto_queue_free(&fuzz_driver_dev, fuzz_driver_queue());
	queue_pairs[0] = NULL;
	virtio_crypto_queues_fini(&fuzz_driver_dev);
	virtio_crypto_lifecycle_fini(&fuzz_driver_dev);
	virtio_crypto_caps_fini(&fuzz_driver_dev);
	pthread_mutex_destroy(&fuzz_driver_dev.lock);
}

/* Pops the next request if there is one: its id, its descriptors, where its status goes. */
static uint8_t *
pop(struct virtqueue *vq, uint32_t *id, uint16_t *nb, uint32_t *room)
{
	const struct vring_desc *table = vq->desc, *d = NULL;
	uint16_t i, head, n = 0;
	uint8_t *status = NULL;
	uint32_t count = vq->size;

	*nb = 1;
	*room = 0;
	if (vq->packed) {
		i = virtio_packed_index(fuzz_peer.popped) % vq->size;
		if (!virtio_packed_is_avail(rte_le_to_cpu_16(vq->packed_desc[i].flags),
					    fuzz_peer.popped))
			return NULL;
		/* A chain ends where NEXT is not set; its last descriptor has the id. */
		while ((vq->packed_desc[i].flags & rte_cpu_to_le_16(VRING_DESC_F_NEXT)) &&
		       *nb < vq->size) {
			i = (i + 1) % vq->size;
			++*nb;
		}
		*id = rte_le_to_cpu_16(vq->packed_desc[i].id);
		d = (const struct vring_desc *)(const void *)&vq->packed_desc[i];
		fuzz_peer.popped = virtio_packed_next(fuzz_peer.popped, *nb, vq->size);
	} else {
		if (fuzz_peer.popped == rte_le_to_cpu_16(vq->avail->idx))
			return NULL;
		head = rte_le_to_cpu_16(vq->avail->ring[fuzz_peer.popped++ & (vq->size - 1)]);
		*id = head;
		d = &table[head % vq->size];
	}
	if (!vq->packed && (d->flags & rte_cpu_to_le_16(VRING_DESC_F_INDIRECT))) {
		count = rte_le_to_cpu_32(d->len) / sizeof(*d);
		table = (const void *)(uintptr_t)rte_le_to_cpu_64(d->addr);
		if (!is_table(rte_le_to_cpu_64(d->addr), rte_le_to_cpu_32(d->len)))
			return NULL;
		d = table;
	} else if (vq->packed &&
		   (rte_le_to_cpu_16(((const struct vring_packed_desc *)(const void *)d)->flags) &
		    VRING_DESC_F_INDIRECT)) {
		const uint32_t len = rte_le_to_cpu_32(d->len);

		if (!is_table(rte_le_to_cpu_64(d->addr), len))
			return NULL;
		d = (const struct vring_desc *)(uintptr_t)rte_le_to_cpu_64(d->addr) +
			len / sizeof(*d) - 1;
	}
	while (!vq->packed && (d->flags & rte_cpu_to_le_16(VRING_DESC_F_NEXT)) && n++ < count) {
		if (d->flags & rte_cpu_to_le_16(VRING_DESC_F_WRITE))
			*room += rte_le_to_cpu_32(d->len);
		d = &table[rte_le_to_cpu_16(d->next) % count];
	}
	*room += rte_le_to_cpu_32(d->len);
	if (is_shared(rte_le_to_cpu_64(d->addr), rte_le_to_cpu_32(d->len)))
		status = (uint8_t *)(uintptr_t)rte_le_to_cpu_64(d->addr) +
			rte_le_to_cpu_32(d->len) - 1;
	return status;
}

/* Completes the next request, some of it spoilt. */
void
fuzz_peer_complete(struct fuzz_input *in, bool spoilt)
{
	struct virtqueue *vq = &fuzz_driver_queue()->vq;
	uint32_t id = 0, room = 0;
	uint16_t nb = 1;
	uint8_t *status = pop(vq, &id, &nb, &room), how;

	if (status == NULL && !spoilt)
		return;
	how = fuzz_u8(in);
	if (status != NULL) {
		*status = how & 15;
		/* A signature where the result is; there is room for one before the status. */
		if ((how & 0x10) && is_shared((uintptr_t)status - 72, 72))
			memcpy(status - 72, fuzz_ec_signature, sizeof(fuzz_ec_signature));
	}
	if (how & 0x20)
		room = sizeof(fuzz_ec_signature) + 1;
	if (spoilt) {
		id = fuzz_spoilt(in, id);
		room = fuzz_spoilt(in, room);
		nb = how & 0x40 ? fuzz_u8(in) % vq->size : nb;
	}
	add_used(vq, &fuzz_peer.used, id, room, nb);
}

void
fuzz_peer_spoil_memory(struct fuzz_input *in)
{
	struct fuzz_region *r = &fuzz_regions[FUZZ_REGIONS + fuzz_u8(in) % 2];
	uint32_t off = fuzz_u32(in);

	if (r->va != NULL)
		r->va[off % r->size] = fuzz_u8(in);
}

void
fuzz_peer_spoil_used(struct fuzz_input *in)
{
	struct virtqueue *vq = &fuzz_driver_queue()->vq;

	if (vq->packed)
		vq->packed_desc[fuzz_u8(in) % vq->size].flags = rte_cpu_to_le_16(fuzz_u16(in));
	else
		vq->used->idx = rte_cpu_to_le_16(fuzz_u16(in));
}
