/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>
#include <unistd.h>

#include <linux/virtio_ring.h>

#include "ring.h"
#include "virtio_crypto_packed.h"
#include "virtio_crypto_wire.h"

/* Alignment of the parts of a virtqueue. */
#define DESC_ALIGN	   16
#define SPLIT_AVAIL_ALIGN  2
#define PACKED_AVAIL_ALIGN 4
#define USED_ALIGN	   4

void
vc_ring_set_fd(int *slot, int fd)
{
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

void
vc_ring_clear(struct vc_ring *ring)
{
	vc_ring_set_fd(&ring->kickfd, VC_RING_FD_UNSET);
	vc_ring_set_fd(&ring->callfd, VC_RING_FD_UNSET);
	*ring = (struct vc_ring){ .kickfd = VC_RING_FD_UNSET, .callfd = VC_RING_FD_UNSET };
}

static bool
are_aligned(uint64_t desc, uint64_t avail, uint64_t used, bool packed)
{
	return desc % DESC_ALIGN == 0 &&
		avail % (packed ? PACKED_AVAIL_ALIGN : SPLIT_AVAIL_ALIGN) == 0 &&
		used % USED_ALIGN == 0;
}

bool
vc_ring_is_aligned(const struct vc_ring *ring, bool packed)
{
	return are_aligned(ring->desc_addr, ring->avail_addr, ring->used_addr, packed);
}

/* Size of the available ring, including used_event. */
static uint64_t
avail_bytes(uint32_t size, bool packed)
{
	if (packed)
		return sizeof(struct vring_packed_desc_event);
	return sizeof(struct vring_avail) + (size + 1) * sizeof(__virtio16);
}

/* Size of the used ring, including avail_event. */
static uint64_t
used_bytes(uint32_t size, bool packed)
{
	if (packed)
		return sizeof(struct vring_packed_desc_event);
	return sizeof(struct vring_used) + size * sizeof(struct vring_used_elem) +
		sizeof(__virtio16);
}

static const char *
check_size(const struct vc_ring *ring, bool packed)
{
	if (ring->size == 0 || ring->size > VC_RING_MAX_SIZE)
		return "invalid queue size; 1 to 32768 entries are possible";
	if (!packed && (ring->size & (ring->size - 1)) != 0)
		return "invalid queue size; that of a split ring must be a power of 2";
	if (packed && virtio_packed_index(ring->base) >= ring->size)
		return "invalid base; it must lie in the packed ring";
	return NULL;
}

const char *
vc_ring_locate(const struct vc_ring *ring, const struct vc_mem *mem, uint64_t features,
	       struct vc_ring_parts *parts)
{
	bool packed = virtio_crypto_has_feature(features, VIRTIO_F_RING_PACKED);
	const char *fault = check_size(ring, packed);

	if (fault != NULL)
		return fault;
	parts->desc = vc_mem_find_front_end(mem, ring->desc_addr,
					    ring->size * (uint64_t)sizeof(struct vring_desc));
	if (parts->desc == NULL)
		return "the descriptor area is outside guest memory; all of it must "
		       "lie in one region";
	parts->avail = vc_mem_find_front_end(mem, ring->avail_addr,
					     avail_bytes(ring->size, packed));
	if (parts->avail == NULL)
		return "the driver area (available ring) is outside guest memory; all "
		       "of it must lie in one region";
	parts->used = vc_mem_find_front_end(mem, ring->used_addr, used_bytes(ring->size, packed));
	if (parts->used == NULL)
		return "the device area (used ring) is outside guest memory; all of "
		       "it must lie in one region";
	/* The mapping of a region need not have the alignment of its guest addresses. */
	if (!are_aligned((uintptr_t)parts->desc, (uintptr_t)parts->avail, (uintptr_t)parts->used,
			 packed))
		return "a part of it is not aligned as required: descriptors to 16, "
		       "the available ring to 2 (packed: 4), the used ring to 4 bytes";
	return NULL;
}
