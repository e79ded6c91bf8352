/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Nothing here is for the case that the machine fails: when this program ends, all that it has
 * written is there, in the order of the program.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "inflight_priv.h"
#include "log.h"
#include "sigbus.h"

#define ALIGNMENT 64 /* of what belongs to a queue */

/* Mapped memory, used by the keeper and by each queue that runs. */
struct vc_inflight_area {
	uint32_t refs; /* with the keeper's lock held */
	uint8_t *addr;
	uint64_t bytes;
	uint16_t nb_queues;
	uint16_t queue_size;
	int guard; /* of vc_sigbus_guard() */
};

static uint64_t
queue_bytes(uint16_t queue_size)
{
	return RTE_ALIGN_CEIL(sizeof(struct vc_inflight_packed) +
				      queue_size * sizeof(struct vc_inflight_packed_desc),
			      ALIGNMENT);
}

uint64_t
vc_inflight_bytes(uint16_t nb_queues, uint16_t queue_size)
{
	return nb_queues * queue_bytes(queue_size);
}

int
vc_inflight_create(uint64_t bytes)
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
 * How much to map for so many bytes: whole pages, without which hugepages stay mapped. 0: they are
 * not all there, or not for sure: who can make the file smaller could have this program killed by a
 * look at it.
 */
static uint64_t
bytes_to_map(int fd, uint64_t offset, uint64_t bytes)
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
area_put(struct vc_inflight_keeper *keeper, struct vc_inflight_area *area)
{
	bool last;

	if (area == NULL)
		return;
	rte_spinlock_lock(&keeper->lock);
	last = --area->refs == 0;
	rte_spinlock_unlock(&keeper->lock);
	if (!last)
		return;
	vc_sigbus_unguard(area->guard);
	munmap(area->addr, area->bytes);
	free(area);
}

static struct vc_inflight_area *
area_get(struct vc_inflight_keeper *keeper, uint16_t index, uint16_t size)
{
	struct vc_inflight_area *area;

	rte_spinlock_lock(&keeper->lock);
	area = keeper->area;
	if (area != NULL && index < area->nb_queues && size <= area->queue_size)
		area->refs++;
	else
		area = NULL;
	rte_spinlock_unlock(&keeper->lock);
	return area;
}

static void
area_replace(struct vc_inflight_keeper *keeper, struct vc_inflight_area *area)
{
	struct vc_inflight_area *old;

	rte_spinlock_lock(&keeper->lock);
	old = keeper->area;
	keeper->area = area;
	rte_spinlock_unlock(&keeper->lock);
	area_put(keeper, old);
}

int
vc_inflight_set(struct vc_inflight_keeper *keeper, int fd, uint64_t offset, uint64_t bytes,
		uint16_t nb_queues, uint16_t queue_size)
{
	struct vc_inflight_area *area;
	int ret;

	if (bytes < vc_inflight_bytes(nb_queues, queue_size))
		return -EINVAL;
	if (bytes_to_map(fd, offset, bytes) == 0)
		return -EINVAL;
	/* No more than is used: a front-end may declare any number of bytes. */
	bytes = bytes_to_map(fd, offset, vc_inflight_bytes(nb_queues, queue_size));
	area = malloc(sizeof(*area));
	if (area == NULL)
		return -ENOMEM;
	*area = (struct vc_inflight_area){
		.refs = 1,
		.addr = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset),
		.bytes = bytes,
		.nb_queues = nb_queues,
		.queue_size = queue_size,
	};
	if (area->addr == MAP_FAILED) {
		ret = -errno;
		free(area);
		return ret;
	}
	/* Hugepages can be punched out of a sealed file, and there be none left in their place. */
	area->guard = vc_sigbus_guard(area->addr, area->bytes);
	if (area->guard < 0) {
		ret = area->guard;
		munmap(area->addr, area->bytes);
		free(area);
		return ret;
	}
	area_replace(keeper, area);
	return 0;
}

bool
vc_inflight_lost(struct vc_inflight_keeper *keeper)
{
	bool lost;

	rte_spinlock_lock(&keeper->lock);
	lost = keeper->area != NULL && vc_sigbus_lost(keeper->area->guard);
	rte_spinlock_unlock(&keeper->lock);
	return lost;
}

void
vc_inflight_forget(struct vc_inflight_keeper *keeper)
{
	area_replace(keeper, NULL);
}

static int
by_counter(const void *a, const void *b)
{
	const struct vc_inflight_again *x = a, *y = b;

	return (x->counter > y->counter) - (x->counter < y->counter);
}

/* Begins a note that nobody has begun, or that cannot be one of this ring. */
static void
split_clear(struct vc_inflight_split *s, uint16_t size, uint16_t used)
{
	memset(s, 0, sizeof(*s) + size * sizeof(s->desc[0]));
	s->desc_num = size;
	s->used_idx = used;
	s->version = VC_INFLIGHT_VERSION;
}

/* Strikes off the last requests that the guest was shown, when there was no more time for that. */
static void
split_correct(struct vc_inflight_split *s, uint16_t size, uint16_t used, uint16_t left)
{
	uint16_t entry = VC_INFLIGHT_READ(s->last_batch_head);

	for (; left > 0 && entry < size; left--) {
		s->desc[entry].inflight = 0;
		entry = VC_INFLIGHT_READ(s->desc[entry].next);
	}
	s->used_idx = used;
}

static void
split_begin(struct vc_inflight *in, struct vc_vring *vr)
{
	struct vc_inflight_split *s = in->split;
	uint16_t left = vr->next_used - VC_INFLIGHT_READ(s->used_idx), i;

	if (VC_INFLIGHT_READ(s->version) != VC_INFLIGHT_VERSION ||
	    VC_INFLIGHT_READ(s->desc_num) != vr->size || left > vr->size) {
		split_clear(s, vr->size, vr->next_used);
		return;
	}
	split_correct(s, vr->size, vr->next_used, left);
	for (i = 0; i < vr->size; i++)
		if (VC_INFLIGHT_READ(s->desc[i].inflight) != 0)
			vc_inflight_add_again(in, i, VC_INFLIGHT_READ(s->desc[i].counter));
	/* Whatever the front-end said, these were taken, and nothing behind them. */
	vr->last_avail = vr->next_used + in->nb_again;
}

/* Memory of a note, and nothing in it yet; NULL: there is none. */
static struct vc_inflight *
note_alloc(const struct vc_vring *vr)
{
	struct vc_inflight *in = calloc(1, sizeof(*in) + vr->size * sizeof(in->batch[0]));

	if (in == NULL)
		return NULL;
	in->size = vr->size;
	in->is_packed = vr->packed;
	in->again = calloc(vr->size, sizeof(*in->again));
	in->entries = calloc(vr->packed ? vr->size : 1, sizeof(*in->entries));
	if (in->again != NULL && in->entries != NULL)
		return in;
	free(in->again);
	free(in->entries);
	free(in);
	return NULL;
}

int
vc_inflight_begin(struct vc_inflight **inflight, struct vc_inflight_keeper *keeper, uint16_t index,
		  struct vc_vring *vr)
{
	struct vc_inflight_area *area = area_get(keeper, index, vr->size);
	struct vc_inflight *in;

	*inflight = NULL;
	if (area == NULL)
		return 0;
	in = note_alloc(vr);
	if (in == NULL) {
		area_put(keeper, area);
		return -ENOMEM;
	}
	in->keeper = keeper;
	in->area = area;
	in->split = (void *)(area->addr + index * queue_bytes(area->queue_size));
	if (vr->packed)
		vc_inflight_packed_begin(in, vr);
	else
		split_begin(in, vr);
	qsort(in->again, in->nb_again, sizeof(*in->again), by_counter);
	if (in->nb_again > 0)
		VC_LOG(INFO, "queue %u: %u requests were in flight elsewhere, and begin again",
		       index, in->nb_again);
	*inflight = in;
	return 0;
}

void
vc_inflight_end(struct vc_inflight *inflight)
{
	if (inflight == NULL)
		return;
	/* What has still to begin again stays noted. Both formats have the version in one place. */
	if (inflight->next_again == inflight->nb_again)
		inflight->split->version = 0;
	area_put(inflight->keeper, inflight->area);
	free(inflight->again);
	free(inflight->entries);
	free(inflight);
}

bool
vc_inflight_redo(struct vc_inflight *inflight, struct vc_vring *vr, struct vc_head *head,
		 uint16_t *entry)
{
	if (likely(inflight->next_again == inflight->nb_again))
		return false;
	*entry = inflight->again[inflight->next_again].entry;
	if (inflight->is_packed)
		vc_inflight_packed_load(inflight, vr, *entry, head);
	else
		*head = (struct vc_head){ *entry, 1 };
	return true;
}

void
vc_inflight_redone(struct vc_inflight *inflight)
{
	inflight->next_again++;
}

bool
vc_inflight_has_room(const struct vc_inflight *inflight, struct vc_head head)
{
	return !inflight->is_packed || head.nb_entries <= inflight->nb_free;
}

uint16_t
vc_inflight_take(struct vc_inflight *inflight, const struct vc_vring *vr, struct vc_head head)
{
	struct vc_inflight_split_desc *desc = &inflight->split->desc[head.first];

	if (inflight->is_packed)
		return vc_inflight_packed_take(inflight, vr, head);
	if (unlikely(head.first >= vr->size))
		return head.first;
	desc->counter = inflight->counter++;
	__atomic_store_n(&desc->inflight, 1, __ATOMIC_RELEASE);
	return head.first;
}

void
vc_inflight_untake(struct vc_inflight *inflight, uint16_t entry)
{
	if (inflight->is_packed)
		vc_inflight_packed_untake(inflight, entry);
	else if (entry < inflight->size)
		inflight->split->desc[entry].inflight = 0;
}

void
vc_inflight_give(struct vc_inflight *inflight, uint16_t entry)
{
	/* A guest that has given a request twice gets it struck off once. */
	if (entry < inflight->size && inflight->nb_batch < inflight->size)
		inflight->batch[inflight->nb_batch++] = entry;
}

void
vc_inflight_before_show(struct vc_inflight *inflight, const struct vc_vring *vr)
{
	struct vc_inflight_split *s = inflight->split;
	uint16_t last, i;

	if (inflight->is_packed) {
		vc_inflight_packed_before_show(inflight, vr);
		return;
	}
	last = VC_INFLIGHT_READ(s->last_batch_head);
	for (i = 0; i < inflight->nb_batch; i++) {
		s->desc[inflight->batch[i]].next = last;
		last = inflight->batch[i];
	}
	__atomic_store_n(&s->last_batch_head, last, __ATOMIC_RELEASE);
}

void
vc_inflight_after_show(struct vc_inflight *inflight, const struct vc_vring *vr)
{
	struct vc_inflight_split *s = inflight->split;
	uint16_t i;

	if (inflight->is_packed) {
		vc_inflight_packed_after_show(inflight, vr);
		return;
	}
	for (i = 0; i < inflight->nb_batch; i++)
		__atomic_store_n(&s->desc[inflight->batch[i]].inflight, 0, __ATOMIC_RELEASE);
	inflight->nb_batch = 0;
	__atomic_store_n(&s->used_idx, vr->shown_used, __ATOMIC_RELEASE);
}
