/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include "virtqueue.h"

/* Each area starts on a cache line of its own: the two sides write different areas. */
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
virtqueue_bytes(uint16_t size)
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

void
virtqueue_reset(struct virtqueue *vq, bool event_idx)
{
	memset(vq->used, 0, used_bytes(vq->size));
	vq->event_idx = event_idx;
	vq->kick_idx = 0;
	/* With event indexes the flag must not be used: the wish for one is put off far instead. */
	vq->avail->flags = rte_cpu_to_le_16(event_idx ? 0 : VRING_AVAIL_F_NO_INTERRUPT);
	vq->avail->ring[vq->size] = rte_cpu_to_le_16(event_idx ? UINT16_MAX : 0);
	vq->avail->idx = 0;
	vq->avail_idx = 0;
	vq->used_idx = 0;
}

bool
virtqueue_take_over(struct virtqueue *vq)
{
	vq->avail_idx = rte_le_to_cpu_16(vq->avail->idx);
	vq->kick_idx = vq->avail_idx;
	vq->used_idx = rte_le_to_cpu_16(__atomic_load_n(&vq->used->idx, __ATOMIC_ACQUIRE));
	return vq->used_idx == vq->avail_idx;
}
