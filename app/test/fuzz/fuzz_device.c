/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_cryptodev.h>
#include <rte_eal.h>

#include "chain_long.h"
#include "fuzz_alloc.h"
#include "fuzz_device.h"
#include "fuzz_inflight.h"
#include "fuzz_walk.h"
#include "request.h"
#include "request_akcipher.h"

/* Where the parts of the ring lie in the first region. */
#define AVAIL_AT 0x800
#define USED_AT	 0xa00
#define MAX_RING 128

const char *__asan_default_options(void);

struct fuzz_ring fuzz_ring;

/* What the devices have without a guest. */
static unsigned int allocations;

/* Of each device. */
#define CRYPTODEVS 4

/* Sets of features; each has a device, which serves many inputs. */
static const uint64_t features[] = {
	1ULL << VIRTIO_CRYPTO_F_REVISION_1,
	1ULL << VIRTIO_CRYPTO_F_REVISION_1 | VIRTIO_CRYPTO_STATELESS_MODES,
	0,
};

static struct rte_vhost_crypto_device *devices[RTE_DIM(features)];

/* What OpenSSL has behind cryptodevs is found by nobody who looks for leaks. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

/* The guest's address of a byte of its memory; the front-end names it by the same. */
static uint64_t
address(const void *va)
{
	return fuzz_regions[0].gpa + ((const uint8_t *)va - fuzz_regions[0].va);
}

static void
set_ring(struct rte_vhost_crypto_device *dev, uint32_t index, int kickfd)
{
	dev->rings[index] = (struct vc_ring){
		.desc_addr = address(fuzz_ring.desc),
		.avail_addr = address(fuzz_ring.avail),
		.used_addr = address(fuzz_ring.used),
		.size = fuzz_ring.size,
		.base = fuzz_ring.base,
		.has_addr = true,
		.started = true,
		.enabled = true,
		.kickfd = kickfd,
		.callfd = -1,
	};
}

int
fuzz_device_start(struct rte_vhost_crypto_device *dev)
{
	const char *fault;
	int ret;

	set_ring(dev, 0, -1);
	ret = vc_queue_start(&dev->queues[0], &fault);
	dev->rings[0].kickfd = VC_RING_FD_UNSET;
	return ret;
}

int
fuzz_device_start_control(struct rte_vhost_crypto_device *dev, int kickfd)
{
	const char *fault;

	set_ring(dev, dev->nb_queues, kickfd);
	return vc_ctrlq_start(&dev->ctrlq, &fault);
}

static void
start_cryptodev(uint8_t id)
{
	struct rte_cryptodev_config config = { .nb_queue_pairs = 1, .socket_id = SOCKET_ID_ANY };
	struct rte_cryptodev_qp_conf qp = { .nb_descriptors = 64 };

	FUZZ_MUST(rte_cryptodev_configure(id, &config) == 0 &&
		  rte_cryptodev_queue_pair_setup(id, 0, &qp, SOCKET_ID_ANY) == 0 &&
		  rte_cryptodev_start(id) == 0);
}

void
fuzz_device_init(void)
{
	char *argv[] = { (char[]){ "fuzz" },
			 (char[]){ "--no-shconf" },
			 (char[]){ "--no-huge" },
			 (char[]){ "-m" },
			 (char[]){ "128" },
			 (char[]){ "--no-pci" },
			 (char[]){ "--no-telemetry" },
			 (char[]){ "-l" },
			 (char[]){ "0" },
			 (char[]){ "--log-level" },
			 (char[]){ "lib.vhost.crypto:emerg" },
			 (char[]){ "--vdev" },
			 (char[]){ "crypto_null" },
			 (char[]){ "--vdev" },
			 (char[]){ "crypto_openssl" },
			 (char[]){ "--vdev" },
			 (char[]){ "crypto_libcrypto" },
			 (char[]){ "--vdev" },
			 (char[]){ "crypto_aesni_mb" } };
	uint8_t id;

	rte_log_set_global_level(RTE_LOG_CRIT);
	FUZZ_MUST(rte_eal_init(RTE_DIM(argv), argv) >= 0);
	for (id = 0; id < CRYPTODEVS; id++)
		start_cryptodev(id);
	fuzz_memory_init();
	fuzz_inflight_init();
}

/* Every other one does most with crypto_aesni_mb, which has a synchronous call. */
static struct rte_vhost_crypto_device *
make_device(unsigned int set)
{
	static const uint16_t qps[CRYPTODEVS] = { 0 };
	static const uint8_t cdevs[2][CRYPTODEVS] = { { 0, 1, 2, 3 }, { 0, 3, 1, 2 } };
	const struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = CRYPTODEVS,
		.cdev_ids = cdevs[set & 1],
		.qp_ids = qps,
		.nb_sessions = FUZZ_SESSIONS,
		.max_size = FUZZ_MAX_SIZE,
		.socket_id = SOCKET_ID_ANY,
	};
	struct rte_vhost_crypto_device *dev = vc_device_create("/nowhere", &conf, false);

	FUZZ_MUST(dev != NULL);
	/* All that it may ever have, so that nothing more is allocated by an input. */
	FUZZ_MUST(vc_queue_reserve(&dev->queues[0], MAX_RING) == 0);
	/* One guest after the other, not rivals: a poll takes what there is. */
	dev->queues[0].budget.guest = qps;
	return dev;
}

struct rte_vhost_crypto_device *
fuzz_device_open(struct fuzz_input *in)
{
	static const uint16_t sizes[2][4] = { { 32, 1, 2, MAX_RING }, { 32, 1, 5, MAX_RING } };
	static const uint64_t rings[] = {
		0,
		1ULL << VIRTIO_F_RING_PACKED,
		1ULL << VIRTIO_F_RING_PACKED | 1ULL << VIRTIO_F_IN_ORDER,
		1ULL << VIRTIO_F_IN_ORDER,
	};
	uint8_t how = fuzz_u8(in), set = (how & 15) % RTE_DIM(features);
	uint64_t ring = rings[(how & 15) / RTE_DIM(features) % RTE_DIM(rings)];
	bool packed = ring & 1ULL << VIRTIO_F_RING_PACKED;
	struct rte_vhost_crypto_device *dev;

	if (devices[set] == NULL)
		devices[set] = make_device(set);
	allocations = fuzz_allocations;
	dev = devices[set];
	dev->features = features[set] | ring | 1ULL << VIRTIO_F_VERSION_1 |
		(uint64_t)(how >> 4 & 1) << VIRTIO_RING_F_EVENT_IDX;
	dev->copy = how & 0x80;
	fuzz_memory_reset(&dev->mem);
	fuzz_chain_reset();
	fuzz_inflight_reset();
	fuzz_ring = (struct fuzz_ring){
		.size = sizes[packed][how >> 5 & 3],
		.base = packed ? VIRTIO_PACKED_START : 0,
		.packed = packed,
		.next = packed ? VIRTIO_PACKED_START : 0,
		.desc = (void *)fuzz_regions[0].va,
		.avail = (void *)(fuzz_regions[0].va + AVAIL_AT),
		.used = (void *)(fuzz_regions[0].va + USED_AT),
	};
	return dev;
}

void
fuzz_device_close(struct rte_vhost_crypto_device *dev)
{
	struct vc_queue *q = &dev->queues[0];

	FUZZ_MUST(q->in_flight == 0 && q->nb_pending == 0 && q->slots.nb_free == q->slots.nb);
	FUZZ_MUST(q->mbufs.nb_free == q->mbufs.nb && q->seg_lists.nb_free == q->seg_lists.nb);
	FUZZ_MUST(q->bounces.nb_free == q->bounces.nb && !q->large_bounce_taken);
	FUZZ_MUST(q->jobs.nb_free == q->jobs.nb);
	vc_device_forget_sessions(dev);
	FUZZ_MUST(dev->sessions.nb_used == 0 && dev->sessions.nb_akciphers == 0);
	FUZZ_MUST(rte_mempool_in_use_count(dev->sessions.pool) == 0);
	FUZZ_MUST(rte_mempool_in_use_count(dev->sessions.akcipher_pool) == 0);
	FUZZ_MUST(fuzz_allocations == allocations);
	FUZZ_MUST(dev->inflight.region == NULL && !fuzz_inflight_is_mapped());
}

/* Makes descriptors available, the first one last. */
static void
put_packed(const struct vring_desc *descs, unsigned int nb)
{
	struct fuzz_ring *r = &fuzz_ring;
	unsigned int i;

	/* Messages may have named a place that no ring has; no guest can go on from there. */
	for (i = 0; i < nb && virtio_packed_index(r->next) < r->size; i++) {
		const uint16_t avail = rte_cpu_to_le_16(virtio_packed_avail_flags(r->next));

		r->packed_desc[virtio_packed_index(r->next)] = (struct vring_packed_desc){
			.addr = descs[i].addr,
			.len = descs[i].len,
			.id = descs[i].next,
			.flags = descs[i].flags ^ avail,
		};
		r->next = virtio_packed_next(r->next, 1, r->size);
	}
}

void
fuzz_ring_put(struct fuzz_input *in, struct fuzz_chain *c)
{
	struct fuzz_ring *r = &fuzz_ring;
	uint16_t head = r->next % r->size, idx = rte_le_to_cpu_16(r->avail->idx);
	struct vring_desc table = {
		.addr = rte_cpu_to_le_64(c->table),
		.len = rte_cpu_to_le_32(c->nb * sizeof(c->descs[0])),
		.flags = rte_cpu_to_le_16(VRING_DESC_F_INDIRECT),
	};
	unsigned int i;

	fuzz_chain_link(in, c, c->table != 0 ? 0 : head, c->table != 0 ? UINT16_MAX : r->size,
			r->packed);
	if (r->packed) {
		if (c->table != 0)
			put_packed(&table, 1);
		else
			put_packed(c->descs, c->nb);
		return;
	}
	if (c->table != 0) {
		r->desc[head] = table;
		r->next++;
	} else {
		for (i = 0; i < c->nb; i++)
			r->desc[(head + i) % r->size] = c->descs[i];
		r->next += c->nb;
	}
	r->avail->ring[idx % r->size] = rte_cpu_to_le_16(head);
	r->avail->idx = rte_cpu_to_le_16(idx + 1);
}

void
fuzz_ring_spoil(struct fuzz_input *in)
{
	struct fuzz_ring *r = &fuzz_ring;
	uint8_t what = fuzz_u8(in), at;
	uint16_t off;

	if (r->size == 0)
		return;
	switch (what % 4) {
	case 0:
		if (r->packed)
			r->next = virtio_packed_next(r->next, 1, r->size);
		else
			r->avail->idx = rte_cpu_to_le_16(rte_le_to_cpu_16(r->avail->idx) +
							 fuzz_u8(in));
		break;
	case 1:
		at = fuzz_u8(in) % r->size;
		if (r->packed)
			r->packed_desc[at].flags ^= rte_cpu_to_le_16(fuzz_u16(in));
		else
			r->avail->ring[at] = rte_cpu_to_le_16(fuzz_u8(in));
		break;
	case 2:
		at = fuzz_u8(in) % r->size;
		r->desc[at].addr = rte_cpu_to_le_64(fuzz_gpa(fuzz_u8(in) % FUZZ_REGIONS, 0) +
						    fuzz_u16(in));
		r->desc[at].len = rte_cpu_to_le_32(fuzz_spoilt(in, 64));
		r->desc[at].flags = rte_cpu_to_le_16(fuzz_u8(in));
		r->desc[at].next = rte_cpu_to_le_16(fuzz_u8(in));
		break;
	default:
		at = fuzz_u8(in) % FUZZ_REGIONS;
		off = fuzz_u16(in) % fuzz_regions[at].size;
		fuzz_regions[at].va[off] = fuzz_u8(in);
		break;
	}
}

/* What is true of any chain that the walker lets pass. */
static void
check_chain(const struct vc_chain *c)
{
	uint64_t read = 0, write = 0;
	unsigned int i;

	FUZZ_MUST(c->nb_read + c->nb_write <= VC_CHAIN_MAX_SEGS);
	for (i = 0; i < (unsigned int)c->nb_read + c->nb_write; i++) {
		FUZZ_MUST(c->segs[i].len > 0 && fuzz_is_guest(c->segs[i].va, c->segs[i].len));
		*(i < c->nb_read ? &read : &write) += c->segs[i].len;
	}
	FUZZ_MUST(read == c->read_len && write == c->write_len);
}

static struct fuzz_walk right;

/* Behind each walk of the library. */
static int
judge(int ret, const struct vc_chain *chain)
{
	unsigned int nb = right.chain.nb_read + right.chain.nb_write;

	if (ret == 0)
		check_chain(chain);
	/* More bytes would be a double fetch. */
	if (fuzz_loads.changed == 0) {
		FUZZ_MUST(ret == right.ret && fuzz_loads.bytes <= right.bytes);
		FUZZ_MUST(ret != 0 ||
			  (chain->nb_read == right.chain.nb_read &&
			   chain->nb_write == right.chain.nb_write &&
			   memcmp(chain->segs, right.segs, nb * sizeof(right.segs[0])) == 0));
	}
	fuzz_epoch(false);
	return ret;
}

/* The linker leads calls of the walker here. */
#define WALK(name, type, walk, is_ring, strict)                                                    \
	int __real_##name(const type *table, uint32_t count, struct vc_desc first,                 \
			  const struct vc_mem *mem, struct vc_chain *chain);                       \
	int __wrap_##name(const type *table, uint32_t count, struct vc_desc first,                 \
			  const struct vc_mem *mem, struct vc_chain *chain);                       \
	int __wrap_##name(const type *table, uint32_t count, struct vc_desc first,                 \
			  const struct vc_mem *mem, struct vc_chain *chain)                        \
	{                                                                                          \
		walk(&right, table, count, first, is_ring, mem, chain);                            \
		fuzz_epoch(strict);                                                                \
		return judge(__real_##name(table, count, first, mem, chain), chain);               \
	}

WALK(vc_chain_walk_table, struct vring_desc, fuzz_walk, false, false)
WALK(vc_chain_walk_packed_table, struct vring_packed_desc, fuzz_walk_packed, false, true)

int __real_vc_chain_walk(const struct vring_desc *desc, uint16_t size, struct vc_desc first,
			 const struct vc_mem *mem, struct vc_chain *chain);
int __wrap_vc_chain_walk(const struct vring_desc *desc, uint16_t size, struct vc_desc first,
			 const struct vc_mem *mem, struct vc_chain *chain);
int __real_vc_chain_walk_packed(const struct vring_packed_desc *copies, uint16_t count,
				const struct vc_mem *mem, struct vc_chain *chain);
int __wrap_vc_chain_walk_packed(const struct vring_packed_desc *copies, uint16_t count,
				const struct vc_mem *mem, struct vc_chain *chain);

int
__wrap_vc_chain_walk(const struct vring_desc *desc, uint16_t size, struct vc_desc first,
		     const struct vc_mem *mem, struct vc_chain *chain)
{
	fuzz_walk(&right, desc, size, first, true, mem, chain);
	fuzz_epoch(false);
	return judge(__real_vc_chain_walk(desc, size, first, mem, chain), chain);
}

/* No table of a packed ring can be read twice. */
int
__wrap_vc_chain_walk_packed(const struct vring_packed_desc *copies, uint16_t count,
			    const struct vc_mem *mem, struct vc_chain *chain)
{
	fuzz_walk_packed(&right, copies, count, vc_desc_load(copies), true, mem, chain);
	fuzz_epoch(true);
	return judge(__real_vc_chain_walk_packed(copies, count, mem, chain), chain);
}

int __real_vc_chain_walk_long(const struct vc_vring *vr, struct vc_chain_head head,
			      const struct vc_mem *mem, struct vc_chain *chain,
			      struct vc_chain_end *end);
int __wrap_vc_chain_walk_long(const struct vc_vring *vr, struct vc_chain_head head,
			      const struct vc_mem *mem, struct vc_chain *chain,
			      struct vc_chain_end *end);

/* The second look at a chain believes itself alone: it reads each descriptor once, and no more. */
int
__wrap_vc_chain_walk_long(const struct vc_vring *vr, struct vc_chain_head head,
			  const struct vc_mem *mem, struct vc_chain *chain,
			  struct vc_chain_end *end)
{
	const uint8_t *status = fuzz_walk_status(vr, head, mem);
	int ret;

	fuzz_epoch(vr->packed);
	ret = __real_vc_chain_walk_long(vr, head, mem, chain, end);
	check_chain(chain);
	FUZZ_MUST(end->nb_desc <= (uint32_t)vr->size + VC_CHAIN_LONG_MAX_DESCS);
	FUZZ_MUST(fuzz_loads.bytes <= 16 * (uint64_t)end->nb_desc);
	FUZZ_MUST(fuzz_loads.changed > 0 || end->status == status);
	FUZZ_MUST(end->status == NULL || fuzz_is_guest(end->status, 1));
	FUZZ_MUST((ret == 0) == (end->fault == VC_CHAIN_VALID));
	if (ret == 0) {
		const struct vc_seg *last = &chain->segs[chain->nb_read + chain->nb_write - 1];

		FUZZ_MUST(chain->nb_write > 0 && end->status == last->va + last->len - 1);
	}
	fuzz_epoch(false);
	return ret;
}

/* Whether no byte is in two segments of a chain: such a byte may well be read as each of them. */
static bool
is_plain(const struct vc_chain *c)
{
	unsigned int nb = c->nb_read + c->nb_write, i, j;

	if (nb > 20)
		return false;
	for (i = 0; i < nb; i++)
		for (j = 0; j < i; j++)
			if (c->segs[i].va < c->segs[j].va + c->segs[j].len &&
			    c->segs[j].va < c->segs[i].va + c->segs[i].len)
				return false;
	return true;
}

int __real_vc_request_parse(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op);
int __wrap_vc_request_parse(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op);
uint32_t __real_vc_ctrl_answer_request(const struct vc_ctrlq_env *env,
				       const struct vc_chain *chain);
uint32_t __wrap_vc_ctrl_answer_request(const struct vc_ctrlq_env *env,
				       const struct vc_chain *chain);

/* Passed by each parsing of a request for data. */
int
__wrap_vc_request_parse(struct vc_queue *q, struct vc_slot *slot, struct rte_crypto_op **op)
{
	int ret;

	fuzz_epoch(is_plain(&slot->chain));
	ret = __real_vc_request_parse(q, slot, op);
	fuzz_epoch(false);
	return ret;
}

/* And of a request of the control queue. */
uint32_t
__wrap_vc_ctrl_answer_request(const struct vc_ctrlq_env *env, const struct vc_chain *chain)
{
	uint32_t written;

	fuzz_epoch(is_plain(chain));
	written = __real_vc_ctrl_answer_request(env, chain);
	fuzz_epoch(false);
	FUZZ_MUST(written <= chain->write_len);
	return written;
}
