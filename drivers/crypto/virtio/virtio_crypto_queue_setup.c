/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_bitops.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "virtio_crypto_asym.h"
#include "virtio_crypto_mem.h"
#include "virtio_crypto_ordered_ring.h"
#include "virtio_crypto_queue_setup.h"

static bool
has_indirect(const struct virtio_crypto_dev *dev)
{
	return virtio_crypto_has_feature(dev->features, VIRTIO_RING_F_INDIRECT_DESC);
}

/* Returns the minimum entries of a ring, within the limit of the device. */
static uint32_t
descs_at_least(const struct virtio_crypto_dev *dev)
{
	if (!dev->has_ctrlq) /* such devices support short chains only */
		return 0;
	return RTE_MIN((uint32_t)VIRTIO_CRYPTO_MIN_DESCS, (uint32_t)dev->tr->max_queue_size);
}

/* Returns the number of slots: a power of two, within the limit of the device. */
static uint16_t
slots_for(const struct virtio_crypto_dev *dev, uint32_t nb_ops)
{
	uint32_t limit = dev->tr->max_queue_size;
	uint32_t wanted = rte_align32pow2(
		RTE_MIN(RTE_MAX(nb_ops, (uint32_t)VIRTIO_CRYPTO_MIN_SLOTS), limit));

	if (!has_indirect(dev)) {
		limit /= VIRTIO_CRYPTO_DIRECT_DESCS;
		wanted = RTE_MAX(wanted, descs_at_least(dev) / VIRTIO_CRYPTO_DIRECT_DESCS);
	}
	return RTE_MIN(wanted, limit);
}

/* Reserves one memory zone for all that the device accesses: slots, ring, large tables. */
static int
reserve(struct virtio_crypto_queue *q, uint16_t ring_size, int socket_id)
{
	size_t slots = sizeof(*q->slots) * q->nb_slots;
	size_t ring = virtqueue_size_in_bytes(ring_size);
	size_t table = q->indirect || q->ordered ? sizeof(struct vring_desc) * ring_size : 0;
	uint8_t *mem;
	uint64_t addr;
	unsigned int i;

	q->zone = virtio_crypto_mem_reserve(q->dev, q->vq.index,
					    slots + ring + VIRTIO_CRYPTO_LARGE_TABLES * table +
						    (size_t)q->keys_size * q->nb_slots +
						    virtio_crypto_asym_bytes(q),
					    socket_id, &addr);
	if (q->zone == NULL)
		return -ENOMEM;
	mem = q->zone->addr;
	q->slots = (struct virtio_crypto_slot *)mem;
	q->slots_addr = addr;
	virtqueue_init(&q->vq, ring_size, mem + slots, addr + slots);
	for (i = 0; i < VIRTIO_CRYPTO_LARGE_TABLES; i++) {
		q->large[i].desc = (struct vring_desc *)(mem + slots + ring + i * table);
		q->large[i].addr = addr + slots + ring + i * table;
	}
	q->keys = mem + slots + ring + i * table;
	q->keys_addr = addr + slots + ring + i * table;
	virtio_crypto_asym_set_memory(q, q->keys + (size_t)q->keys_size * q->nb_slots,
				      q->keys_addr + (size_t)q->keys_size * q->nb_slots);
	return 0;
}

static int
allocate_stateless(struct virtio_crypto_queue *q, int socket_id)
{
	q->enq.stateless = rte_zmalloc_socket("virtio_crypto", sizeof(*q->enq.stateless),
					      RTE_CACHE_LINE_SIZE, socket_id);
	if (q->enq.stateless == NULL)
		return -ENOMEM;
	q->enq.stateless->params = virtio_crypto_params_alloc(
		virtio_crypto_params_max_keys(q->dev));
	return q->enq.stateless->params != NULL ? 0 : -ENOMEM;
}

static void
free_stateless(struct virtio_crypto_queue *q)
{
	if (q->enq.stateless == NULL)
		return;
	virtio_crypto_params_free(q->enq.stateless->params, virtio_crypto_params_max_keys(q->dev));
	rte_free(q->enq.stateless);
	if (q->keys != NULL)
		explicit_bzero(q->keys, (size_t)q->keys_size * q->nb_slots);
}

/* Bytes for keys and IVs of one stateless request. */
static uint32_t
keys_size(const struct virtio_crypto_dev *dev)
{
	if (!virtio_crypto_can_stateless(dev))
		return 0;
	return RTE_ALIGN_CEIL(virtio_crypto_params_max_keys(dev) + 2 * VIRTIO_CRYPTO_MAX_IV,
			      RTE_CACHE_LINE_SIZE);
}

/* Allocates what only lcores access. */
static int
allocate(struct virtio_crypto_queue *q, int socket_id)
{
	q->inflight = rte_zmalloc_socket("virtio_crypto", sizeof(*q->inflight) * q->nb_slots,
					 RTE_CACHE_LINE_SIZE, socket_id);
	q->finished = rte_zmalloc_socket("virtio_crypto", 2 * sizeof(*q->finished) * q->nb_slots,
					 RTE_CACHE_LINE_SIZE, socket_id);
	q->chains = rte_zmalloc_socket("virtio_crypto", sizeof(*q->chains) * q->nb_slots,
				       RTE_CACHE_LINE_SIZE, socket_id);
	if (q->inflight == NULL || q->finished == NULL || q->chains == NULL ||
	    virtio_crypto_asym_init(q, socket_id) != 0)
		return -ENOMEM;
	return q->keys_size > 0 ? allocate_stateless(q, socket_id) : 0;
}

/* Returns the offset of the buffer address for the device in an mbuf. */
static uint16_t
mbuf_addr_offset(const struct virtio_crypto_transport *tr)
{
/* Without the member IOVAs are virtual addresses. Up to 23.03 the macro had another name. */
#if (defined(RTE_IOVA_IN_MBUF) && RTE_IOVA_IN_MBUF) || (defined(RTE_IOVA_AS_PA) && RTE_IOVA_AS_PA)
	if (!tr->virtual_addresses)
		return offsetof(struct rte_mbuf, buf_iova);
#endif
	(void)tr;
	return offsetof(struct rte_mbuf, buf_addr);
}

/* Returns the same of additional data in an operation. */
static uint16_t
aad_addr_offset(const struct virtio_crypto_transport *tr)
{
	return tr->virtual_addresses ? offsetof(struct rte_crypto_sym_op, aead.aad.data) :
				       offsetof(struct rte_crypto_sym_op, aead.aad.phys_addr);
}

/* The structure of an earlier queue pair, if one is left that has its memory there. */
static struct virtio_crypto_queue *
take_left(struct virtio_crypto_dev *dev, int socket_id)
{
	struct virtio_crypto_queue **place, *q;

	pthread_mutex_lock(&dev->queues_lock);
	for (place = &dev->left; *place != NULL && (*place)->socket_id != socket_id;)
		place = &(*place)->next_left;
	q = *place;
	if (q != NULL)
		*place = q->next_left;
	pthread_mutex_unlock(&dev->queues_lock);
	if (q != NULL)
		memset(q, 0, sizeof(*q));
	return q;
}

static void
leave(struct virtio_crypto_dev *dev, struct virtio_crypto_queue *q)
{
	pthread_mutex_lock(&dev->queues_lock);
	q->next_left = dev->left;
	dev->left = q;
	pthread_mutex_unlock(&dev->queues_lock);
}

void
virtio_crypto_queues_fini(struct virtio_crypto_dev *dev)
{
	struct virtio_crypto_queue *q;

	while ((q = dev->left) != NULL) {
		dev->left = q->next_left;
		rte_free(q);
	}
}

struct virtio_crypto_queue *
virtio_crypto_queue_create(struct virtio_crypto_dev *dev, uint16_t index, uint32_t nb_ops,
			   int socket_id)
{
	struct virtio_crypto_queue *q = take_left(dev, socket_id);
	uint8_t shift;

	if (q == NULL)
		q = rte_zmalloc_socket("virtio_crypto", sizeof(*q), RTE_CACHE_LINE_SIZE, socket_id);
	if (q == NULL)
		return NULL;
	q->socket_id = socket_id;
	q->dev = dev;
	q->instance = dev->instance;
	q->dev_id = dev->data->dev_id;
	q->vq.index = index;
	q->max_size = dev->max_size;
	q->mbuf_addr_offset = mbuf_addr_offset(dev->tr);
	q->aad_addr_offset = aad_addr_offset(dev->tr);
	q->indirect = has_indirect(dev);
	q->ordered = virtio_crypto_has_feature(dev->features, VIRTIO_F_RING_PACKED) ||
		virtio_crypto_has_feature(dev->features, VIRTIO_F_IN_ORDER);
	/*
	 * DPDK's host library, which has no control queue, and QEMU in front of it expect each part
	 * of a request in its own descriptor. Neither offers REVISION_1.
	 */
	q->any_layout = dev->has_ctrlq &&
		virtio_crypto_has_feature(dev->features, VIRTIO_CRYPTO_F_REVISION_1);
	/* They also read the descriptors of a table in sequence and ignore next. */
	q->scattered = q->indirect && q->any_layout && !q->ordered;
	shift = q->indirect ? 0 : rte_log2_u32(VIRTIO_CRYPTO_DIRECT_DESCS);
	q->desc_shift = q->ordered ? 0 : shift;
	q->nb_slots = slots_for(dev, nb_ops);
	q->keys_size = keys_size(dev);
	if (allocate(q, socket_id) != 0 ||
	    reserve(q, RTE_MAX((uint32_t)q->nb_slots << shift, descs_at_least(dev)), socket_id) !=
		    0) {
		virtio_crypto_queue_free(dev, q);
		return NULL;
	}
	q->max_descs = dev->has_ctrlq ? q->vq.size : VIRTIO_CRYPTO_MESSAGE_DESCS;
	virtio_crypto_queue_reset(q);
	return q;
}

void
virtio_crypto_queue_free(struct virtio_crypto_dev *dev, struct virtio_crypto_queue *q)
{
	free_stateless(q);
	virtio_crypto_asym_fini(q);
	rte_memzone_free(q->zone);
	rte_free(q->chains);
	rte_free(q->finished);
	rte_free(q->inflight);
	leave(dev, q);
}

void
virtio_crypto_queue_reset_slots(struct virtio_crypto_queue *q)
{
	unsigned int i;

	q->deq.broken = false;
	q->enq.published = q->enq.next_slot;
	q->deq.freed = q->enq.next_slot;
	virtio_crypto_id_pool_reset(&q->free_large,
				    q->indirect || q->ordered ? VIRTIO_CRYPTO_LARGE_TABLES : 0);
	/* A process may have ended while it wrote a header. */
	for (i = 0; i < q->nb_slots; i++)
		q->inflight[i].header_serial = 0;
	virtio_crypto_asym_reset(q);
}

void
virtio_crypto_queue_reset(struct virtio_crypto_queue *q)
{
	virtqueue_reset(&q->vq, q->dev->features);
	q->enq.next_slot = 0;
	q->enq.next_desc = 0;
	memset(q->chains, 0, sizeof(*q->chains) * q->nb_slots);
	virtio_crypto_ordered_ring_reset(q);
	virtio_crypto_queue_reset_slots(q);
}
