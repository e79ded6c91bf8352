/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Packed rings; part of virtqueue.h.
 *
 * All added descriptors are written at once, except for the flags of the first one, by which
 * virtqueue_publish_avail() makes all of them visible to the device.
 */

#ifndef VIRTQUEUE_PACKED_H
#define VIRTQUEUE_PACKED_H

/** Returns the descriptor at a position. */
static inline struct vring_packed_desc *
virtqueue_packed_desc_at(const struct virtqueue *vq, uint16_t off_wrap)
{
	return &vq->packed_desc[virtio_packed_index(off_wrap)];
}

/** Adds one descriptor; the ring has room. virtqueue_publish_avail() publishes it. */
static inline void
virtqueue_packed_add_avail(struct virtqueue *vq, uint64_t addr, uint32_t len, uint16_t flags,
			   uint16_t id)
{
	uint16_t off_wrap = vq->avail_idx;
	struct vring_packed_desc *d = virtqueue_packed_desc_at(vq, off_wrap);

	vq->avail_idx = virtio_packed_next(off_wrap, 1, vq->size);
	/* A process that takes over after this one ended here needs the index. */
	rte_compiler_barrier();
	flags |= virtio_packed_avail_flags(off_wrap);
	d->addr = rte_cpu_to_le_64(addr);
	d->len = rte_cpu_to_le_32(len);
	d->id = rte_cpu_to_le_16(id);
	/* The thread that pops may read the flags: both values mean not used. */
	if (off_wrap == vq->published)
		vq->pending_flags = flags;
	else
		__atomic_store_n(&d->flags, rte_cpu_to_le_16(flags), __ATOMIC_RELAXED);
}

/** virtqueue_publish_avail() of a packed ring. */
static inline void
virtqueue_packed_publish_avail(struct virtqueue *vq)
{
	uint16_t first = vq->published;

	if (first == vq->avail_idx)
		return;
	__atomic_store_n(&virtqueue_packed_desc_at(vq, first)->flags,
			 rte_cpu_to_le_16(vq->pending_flags), __ATOMIC_RELEASE);
	rte_compiler_barrier();
	vq->published = vq->avail_idx;
}

/** virtqueue_needs_kick() of a packed ring, without the fence. */
static inline bool
virtqueue_packed_needs_kick(struct virtqueue *vq)
{
	uint16_t before = vq->kick_idx;
	union {
		uint32_t word;
		struct vring_packed_desc_event event;
	} wish;

	wish.word = __atomic_load_n((const uint32_t *)(const void *)vq->device_event,
				    __ATOMIC_RELAXED);
	vq->kick_idx = vq->published;
	return virtio_packed_needs_event(rte_le_to_cpu_16(wish.event.flags),
					 rte_le_to_cpu_16(wish.event.off_wrap), before,
					 vq->published, vq->size);
}

/** Whether the device has used the request that was published at a position. */
static inline bool
virtqueue_packed_is_used(const struct virtqueue *vq, uint16_t off_wrap)
{
	uint16_t flags = __atomic_load_n(&virtqueue_packed_desc_at(vq, off_wrap)->flags,
					 __ATOMIC_ACQUIRE);

	return virtio_packed_is_used(rte_le_to_cpu_16(flags), off_wrap);
}

/** Returns the id of a used request at a position, and its length; any values. */
static inline uint16_t
virtqueue_packed_read_used(const struct virtqueue *vq, uint16_t off_wrap, uint32_t *written)
{
	const struct vring_packed_desc *d = virtqueue_packed_desc_at(vq, off_wrap);

	*written = rte_le_to_cpu_32(__atomic_load_n(&d->len, __ATOMIC_RELAXED));
	return rte_le_to_cpu_16(__atomic_load_n(&d->id, __ATOMIC_RELAXED));
}

#endif /* VIRTQUEUE_PACKED_H */
