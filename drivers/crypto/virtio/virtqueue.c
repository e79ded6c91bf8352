/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <linux/virtio_config.h>

#include "virtqueue.h"

/* Each area starts on its own cache line: driver and device write different areas. */
static size_t
desc_bytes(uint16_t size)
{
	return RTE_ALIGN_CEIL(sizeof(struct vring_desc) * size, RTE_CACHE_LINE_SIZE);
}

static size_t
avail_bytes(uint16_t size)
{
	return RTE_ALIGN_CEIL(sizeof(struct vring_avail) + sizeof(uint16_t) * (size + 1u),
			      RTE_CACHE_LINE_SIZE);
}

static size_t
used_bytes(uint16_t size)
{
	return RTE_ALIGN_CEIL(sizeof(struct vring_used) + sizeof(struct vring_used_elem) * size +
				      sizeof(uint16_t),
			      RTE_CACHE_LINE_SIZE);
}

size_t
virtqueue_size_in_bytes(uint16_t size)
{
	return desc_bytes(size) + avail_bytes(size) + used_bytes(size);
}

void
virtqueue_init(struct virtqueue *vq, uint16_t size, void *mem, uint64_t addr)
{
	size_t avail = desc_bytes(size);
	size_t used = avail + avail_bytes(size);

	vq->size = size;
	vq->desc = mem;
	vq->avail = RTE_PTR_ADD(mem, avail);
	vq->used = RTE_PTR_ADD(mem, used);
	vq->desc_addr = addr;
	vq->avail_addr = addr + avail;
	vq->used_addr = addr + used;
	vq->kick_fd = -1;
	vq->attached = false;
}

static bool
has(uint64_t features, unsigned int bit)
{
	return (features >> bit) & 1;
}

void
virtqueue_reset(struct virtqueue *vq, uint64_t features)
{
	vq->event_idx = has(features, VIRTIO_RING_F_EVENT_IDX);
	vq->packed = has(features, VIRTIO_F_RING_PACKED);
	vq->in_order = has(features, VIRTIO_F_IN_ORDER);
	memset(vq->used, 0, used_bytes(vq->size));
	if (vq->packed) {
		memset(vq->packed_desc, 0, desc_bytes(vq->size));
		vq->driver_event->off_wrap = 0;
		vq->driver_event->flags = rte_cpu_to_le_16(VRING_PACKED_EVENT_FLAG_DISABLE);
	} else {
		/*
		 * With EVENT_IDX the flag must be 0: notifications are suppressed by a distant
		 * index.
		 */
		vq->avail->flags = rte_cpu_to_le_16(vq->event_idx ? 0 : VRING_AVAIL_F_NO_INTERRUPT);
		vq->avail->ring[vq->size] = rte_cpu_to_le_16(vq->event_idx ? UINT16_MAX : 0);
		vq->avail->idx = 0;
	}
	vq->avail_idx = virtqueue_start_off_wrap(vq);
	vq->used_idx = vq->avail_idx;
	vq->kick_idx = vq->avail_idx;
	vq->published = vq->avail_idx;
}

/*
 * Unpublished descriptors have their flags, except for the first; the device would see them after
 * the next published descriptor. The flags of the first tell whether it was published.
 */
static void
discard_packed(struct virtqueue *vq)
{
	uint16_t off_wrap = vq->published;
	uint16_t flags = rte_le_to_cpu_16(virtqueue_packed_desc_at(vq, off_wrap)->flags);

	if (off_wrap == vq->avail_idx)
		return;
	if (virtio_packed_is_avail(flags, off_wrap) || virtio_packed_is_used(flags, off_wrap)) {
		vq->published = vq->avail_idx;
		return;
	}
	for (; off_wrap != vq->avail_idx; off_wrap = virtio_packed_next(off_wrap, 1, vq->size))
		virtqueue_packed_desc_at(vq, off_wrap)->flags = rte_cpu_to_le_16(
			virtio_packed_used_flags(off_wrap ^ VIRTIO_PACKED_WRAP));
	vq->avail_idx = vq->published;
}

void
virtqueue_discard_unpublished(struct virtqueue *vq)
{
	if (vq->packed)
		discard_packed(vq);
	else
		vq->avail_idx = rte_le_to_cpu_16(vq->avail->idx);
	vq->kick_idx = vq->avail_idx;
}

void
virtqueue_skip_used(struct virtqueue *vq)
{
	vq->used_idx = vq->avail_idx;
}
