/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Entries survive the end of this program, not that of the machine: the stores of a process that
 * ends are visible to the next one in program order, without flushes.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "inflight.h"
#include "inflight_priv.h"
#include "log.h"
#include "sigbus.h"

#define ALIGNMENT 64 /* alignment of a queue's part of the region */

/* A mapped region; referenced by the device and by each queue that runs. */
struct vc_inflight_region {
	uint32_t refs; /* protected by the device's lock */
	uint8_t *addr;
	uint64_t bytes;
	uint16_t nb_queues;
	uint16_t queue_size;
	int guard; /* of vc_sigbus_guard() */
};

static uint64_t
queue_size_of(uint16_t queue_size)
{
	return RTE_ALIGN_CEIL(sizeof(struct vc_inflight_packed) +
				      queue_size * sizeof(struct vc_inflight_packed_desc),
			      ALIGNMENT);
}

uint64_t
vc_inflight_region_size(uint16_t nb_queues, uint16_t queue_size)
{
	return nb_queues * queue_size_of(queue_size);
}

int
vc_inflight_create_region(uint64_t bytes)
{
	int fd = memfd_create("vhost_crypto_inflight", MFD_CLOEXEC | MFD_ALLOW_SEALING), ret;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, bytes) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/*
 * Bytes to map for a region: whole pages, because a hugepage is unmapped only as a whole. 0: the
 * file is too short, or could become so: without F_SEAL_SHRINK, its owner could end this program by
 * SIGBUS.
 */
static uint64_t
size_to_map(int fd, uint64_t offset, uint64_t bytes)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &st) != 0 ||
	    offset % sysconf(_SC_PAGESIZE) != 0 || bytes > (uint64_t)st.st_size ||
	    offset > (uint64_t)st.st_size - bytes)
		return 0;
	return RTE_ALIGN_CEIL(bytes, (uint64_t)st.st_blksize);
}

static void
region_put(struct vc_inflight_dev *dev, struct vc_inflight_region *region)
{
	bool last;

	if (region == NULL)
		return;
	rte_spinlock_lock(&dev->lock);
	last = --region->refs == 0;
	rte_spinlock_unlock(&dev->lock);
	if (!last)
		return;
	vc_sigbus_unguard(region->guard);
	munmap(region->addr, region->bytes);
	free(region);
}

static struct vc_inflight_region *
region_get(struct vc_inflight_dev *dev, uint16_t index, uint16_t size)
{
	struct vc_inflight_region *region;

	rte_spinlock_lock(&dev->lock);
	region = dev->region;
	if (region != NULL && index < region->nb_queues && size <= region->queue_size)
		region->refs++;
	else
		region = NULL;
	rte_spinlock_unlock(&dev->lock);
	return region;
}

static void
region_replace(struct vc_inflight_dev *dev, struct vc_inflight_region *region)
{
	struct vc_inflight_region *old;

	rte_spinlock_lock(&dev->lock);
	old = dev->region;
	dev->region = region;
	rte_spinlock_unlock(&dev->lock);
	region_put(dev, old);
}

int
vc_inflight_set_region(struct vc_inflight_dev *dev, int fd, uint64_t offset, uint64_t bytes,
		       uint16_t nb_queues, uint16_t queue_size)
{
	struct vc_inflight_region *region;
	int ret;

	if (bytes < vc_inflight_region_size(nb_queues, queue_size))
		return -EINVAL;
	if (size_to_map(fd, offset, bytes) == 0)
		return -EINVAL;
	/* Only what is used: a front-end may declare any size. */
	bytes = size_to_map(fd, offset, vc_inflight_region_size(nb_queues, queue_size));
	region = malloc(sizeof(*region));
	if (region == NULL)
		return -ENOMEM;
	*region = (struct vc_inflight_region){
		.refs = 1,
		.addr = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset),
		.bytes = bytes,
		.nb_queues = nb_queues,
		.queue_size = queue_size,
	};
	if (region->addr == MAP_FAILED) {
		ret = -errno;
		free(region);
		return ret;
	}
	/*
	 * Hugepages can be punched out of a sealed file, and the pool may have none to replace
	 * them.
	 */
	region->guard = vc_sigbus_guard(region->addr, region->bytes);
	if (region->guard < 0) {
		ret = region->guard;
		munmap(region->addr, region->bytes);
		free(region);
		return ret;
	}
	region_replace(dev, region);
	return 0;
}

bool
vc_inflight_region_is_lost(struct vc_inflight_dev *dev)
{
	bool lost;

	rte_spinlock_lock(&dev->lock);
	lost = dev->region != NULL && vc_sigbus_lost(dev->region->guard);
	rte_spinlock_unlock(&dev->lock);
	return lost;
}

void
vc_inflight_drop_region(struct vc_inflight_dev *dev)
{
	region_replace(dev, NULL);
}

static int
by_counter(const void *a, const void *b)
{
	const struct vc_inflight_resubmit *x = a, *y = b;

	return (x->counter > y->counter) - (x->counter < y->counter);
}

/* Resets entries that no back-end has initialized, or that cannot belong to this ring. */
static void
split_reset(struct vc_inflight_split *s, uint16_t size, uint16_t used)
{
	memset(s, 0, sizeof(*s) + size * sizeof(s->desc[0]));
	s->desc_num = size;
	s->used_idx = used;
	s->version = VC_INFLIGHT_VERSION;
}

/*
 * Removes the entries of the last batch: the used index was published, but the previous back-end
 * ended before it removed them.
 */
static void
split_complete_batch(struct vc_inflight_split *s, uint16_t size, uint16_t used, uint16_t left)
{
	uint16_t entry = VC_INFLIGHT_LOAD(s->last_batch_head);

	for (; left > 0 && entry < size; left--) {
		s->desc[entry].inflight = 0;
		entry = VC_INFLIGHT_LOAD(s->desc[entry].next);
	}
	s->used_idx = used;
}

static void
split_attach(struct vc_inflight_queue *in, struct vc_vring *vr)
{
	struct vc_inflight_split *s = in->split;
	uint16_t left = vr->next_used - VC_INFLIGHT_LOAD(s->used_idx), i;

	if (VC_INFLIGHT_LOAD(s->version) != VC_INFLIGHT_VERSION ||
	    VC_INFLIGHT_LOAD(s->desc_num) != vr->size || left > vr->size) {
		split_reset(s, vr->size, vr->next_used);
		return;
	}
	split_complete_batch(s, vr->size, vr->next_used, left);
	for (i = 0; i < vr->size; i++)
		if (VC_INFLIGHT_LOAD(s->desc[i].inflight) != 0)
			vc_inflight_add_resubmit(in, i, VC_INFLIGHT_LOAD(s->desc[i].counter));
	/* Exactly these entries were popped, whatever base the front-end sent. */
	vr->last_avail = vr->next_used + in->nb_resubmit;
}

/* Allocates the state of a queue without entries; NULL: out of memory. */
static struct vc_inflight_queue *
alloc_queue(const struct vc_vring *vr)
{
	struct vc_inflight_queue *in = calloc(1, sizeof(*in) + vr->size * sizeof(in->batch[0]));

	if (in == NULL)
		return NULL;
	in->size = vr->size;
	in->is_packed = vr->packed;
	in->resubmits = calloc(vr->size, sizeof(*in->resubmits));
	in->entries = calloc(vr->packed ? vr->size : 1, sizeof(*in->entries));
	if (in->resubmits != NULL && in->entries != NULL)
		return in;
	free(in->resubmits);
	free(in->entries);
	free(in);
	return NULL;
}

int
vc_inflight_attach(struct vc_inflight_queue **inflight, struct vc_inflight_dev *dev, uint16_t index,
		   struct vc_vring *vr)
{
	struct vc_inflight_region *region = region_get(dev, index, vr->size);
	struct vc_inflight_queue *in;

	*inflight = NULL;
	if (region == NULL)
		return 0;
	in = alloc_queue(vr);
	if (in == NULL) {
		region_put(dev, region);
		return -ENOMEM;
	}
	in->dev = dev;
	in->region = region;
	in->split = (void *)(region->addr + index * queue_size_of(region->queue_size));
	if (vr->packed)
		vc_inflight_packed_attach(in, vr);
	else
		split_attach(in, vr);
	qsort(in->resubmits, in->nb_resubmit, sizeof(*in->resubmits), by_counter);
	if (in->nb_resubmit > 0)
		VC_LOG(INFO,
		       "queue %u: resubmitting %u requests that were in flight in "
		       "another back-end",
		       index, in->nb_resubmit);
	*inflight = in;
	return 0;
}

void
vc_inflight_detach(struct vc_inflight_queue *inflight)
{
	if (inflight == NULL)
		return;
	/*
	 * Requests still to be resubmitted keep their entries. The version field is at the same
	 * offset in both layouts.
	 */
	if (inflight->next_resubmit == inflight->nb_resubmit)
		inflight->split->version = 0;
	region_put(inflight->dev, inflight->region);
	free(inflight->resubmits);
	free(inflight->entries);
	free(inflight);
}

bool
vc_inflight_next_resubmit(struct vc_inflight_queue *inflight, struct vc_vring *vr,
			  struct vc_chain_head *head, uint16_t *entry)
{
	if (likely(inflight->next_resubmit == inflight->nb_resubmit))
		return false;
	*entry = inflight->resubmits[inflight->next_resubmit].entry;
	if (inflight->is_packed)
		vc_inflight_packed_load_entry(inflight, vr, *entry, head);
	else
		*head = (struct vc_chain_head){ *entry, 1 };
	return true;
}

void
vc_inflight_mark_resubmitted(struct vc_inflight_queue *inflight)
{
	inflight->next_resubmit++;
}

bool
vc_inflight_has_free_entries(const struct vc_inflight_queue *inflight, struct vc_chain_head head)
{
	return !inflight->is_packed || head.nb_entries <= inflight->nb_free;
}

uint16_t
vc_inflight_add_entry(struct vc_inflight_queue *inflight, const struct vc_vring *vr,
		      struct vc_chain_head head)
{
	struct vc_inflight_split_desc *desc = &inflight->split->desc[head.first];

	if (inflight->is_packed)
		return vc_inflight_packed_add_entry(inflight, vr, head);
	if (unlikely(head.first >= vr->size))
		return head.first;
	desc->counter = inflight->counter++;
	__atomic_store_n(&desc->inflight, 1, __ATOMIC_RELEASE);
	return head.first;
}

void
vc_inflight_remove_entry(struct vc_inflight_queue *inflight, uint16_t entry)
{
	if (inflight->is_packed)
		vc_inflight_packed_remove_entry(inflight, entry);
	else if (entry < inflight->size)
		inflight->split->desc[entry].inflight = 0;
}

void
vc_inflight_complete_entry(struct vc_inflight_queue *inflight, uint16_t entry)
{
	/* A guest may make a request available twice; its entry is completed once. */
	if (entry < inflight->size && inflight->nb_batch < inflight->size)
		inflight->batch[inflight->nb_batch++] = entry;
}

void
vc_inflight_begin_publish(struct vc_inflight_queue *inflight, const struct vc_vring *vr)
{
	struct vc_inflight_split *s = inflight->split;
	uint16_t last, i;

	if (inflight->is_packed) {
		vc_inflight_packed_begin_publish(inflight, vr);
		return;
	}
	last = VC_INFLIGHT_LOAD(s->last_batch_head);
	for (i = 0; i < inflight->nb_batch; i++) {
		s->desc[inflight->batch[i]].next = last;
		last = inflight->batch[i];
	}
	__atomic_store_n(&s->last_batch_head, last, __ATOMIC_RELEASE);
}

void
vc_inflight_end_publish(struct vc_inflight_queue *inflight, const struct vc_vring *vr)
{
	struct vc_inflight_split *s = inflight->split;
	uint16_t i;

	if (inflight->is_packed) {
		vc_inflight_packed_end_publish(inflight, vr);
		return;
	}
	for (i = 0; i < inflight->nb_batch; i++)
		__atomic_store_n(&s->desc[inflight->batch[i]].inflight, 0, __ATOMIC_RELEASE);
	inflight->nb_batch = 0;
	__atomic_store_n(&s->used_idx, vr->published_used, __ATOMIC_RELEASE);
}
