/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The in-flight region of a packed ring. Used descriptors overwrite available ones, so the region
 * holds copies: each chain is a linked list of entries, and the free entries are another one. A
 * request is in flight as soon as old_free_head says so, and completed as soon as the ring says so.
 */

#include <string.h>

#include "inflight_priv.h"

/* Resets entries that no back-end has initialized, or that cannot belong to this ring. */
static void
packed_reset(struct vc_inflight_queue *in, const struct vc_vring *vr)
{
	struct vc_inflight_packed *p = in->packed;
	uint16_t i;

	memset(p, 0, sizeof(*p) + vr->size * sizeof(p->desc[0]));
	for (i = 0; i < vr->size; i++) {
		in->entries[i].next = i + 1;
		p->desc[i].next = i + 1;
	}
	in->free_head = 0;
	in->nb_free = vr->size;
	in->nb_resubmit = 0;
	in->counter = 0;
	p->desc_num = vr->size;
	p->used_idx = p->old_used_idx = virtio_packed_index(vr->next_used);
	p->used_wrap_counter = p->old_used_wrap_counter = vr->next_used >> 15;
	p->version = VC_INFLIGHT_VERSION;
}

static uint16_t
off_wrap_of(uint16_t index, uint8_t wrap)
{
	return index | (wrap ? VIRTIO_PACKED_WRAP : 0);
}

/*
 * Finds the off_wrap up to which used descriptors were published. If the previous back-end ended
 * within a batch, the ring tells whether that was published.
 */
static bool
find_published(const struct vc_inflight_queue *in, const struct vc_vring *vr, uint16_t *off_wrap,
	       uint16_t *head)
{
	const struct vc_inflight_packed *p = in->packed;
	uint16_t flags, old;

	old = off_wrap_of(VC_INFLIGHT_LOAD(p->old_used_idx),
			  VC_INFLIGHT_LOAD(p->old_used_wrap_counter));
	*off_wrap = off_wrap_of(VC_INFLIGHT_LOAD(p->used_idx),
				VC_INFLIGHT_LOAD(p->used_wrap_counter));
	*head = VC_INFLIGHT_LOAD(p->free_head);
	if (virtio_packed_index(old) >= vr->size || virtio_packed_index(*off_wrap) >= vr->size)
		return false;
	flags = rte_le_to_cpu_16(__atomic_load_n(&vr->packed_desc[virtio_packed_index(old)].flags,
						 __ATOMIC_RELAXED));
	if (*off_wrap == old || virtio_packed_is_avail(flags, old)) {
		*off_wrap = old;
		*head = VC_INFLIGHT_LOAD(p->old_free_head);
	}
	return true;
}

/* Adopts an entry with its link to the next one; false if it is out of range or already adopted. */
static bool
adopt_entry(struct vc_inflight_queue *in, uint16_t entry)
{
	if (entry >= in->size || in->entries[entry].num != 0)
		return false;
	in->entries[entry].next = VC_INFLIGHT_LOAD(in->packed->desc[entry].next);
	in->entries[entry].num = 1; /* adopted; the first entry of a chain gets its length */
	return true;
}

/* Adopts the list of free entries; the link of the last one ends it. */
static uint16_t
adopt_free_list(struct vc_inflight_queue *in, uint16_t head)
{
	uint16_t entry = head, nb = 0;

	in->free_head = head;
	for (; adopt_entry(in, entry); entry = in->entries[entry].next, nb++)
		in->packed->desc[entry].inflight = 0;
	return nb;
}

/* Adopts a chain. Returns its number of descriptors, or 0 if it is invalid. */
static uint16_t
adopt_chain(struct vc_inflight_queue *in, uint16_t first)
{
	const struct vc_inflight_packed_desc *d = &in->packed->desc[first];
	uint16_t num = VC_INFLIGHT_LOAD(d->num), last = VC_INFLIGHT_LOAD(d->last);
	uint16_t entry = first, i;

	for (i = 0; i < num; i++) {
		if (!adopt_entry(in, entry))
			return 0;
		if (i + 1 < num)
			entry = in->entries[entry].next;
	}
	if (num == 0 || entry != last)
		return 0;
	in->entries[first].num = num;
	in->entries[first].last = last;
	vc_inflight_add_resubmit(in, first, VC_INFLIGHT_LOAD(d->counter));
	return num;
}

/*
 * Of an unpublished batch, all descriptors but the first may already be marked as used. They must
 * not become visible when the descriptors before them are published.
 */
static void
make_available(struct vc_vring *vr, uint16_t off_wrap, uint16_t nb)
{
	for (; nb > 0; nb--) {
		struct vring_packed_desc *d = &vr->packed_desc[virtio_packed_index(off_wrap)];

		d->flags = rte_cpu_to_le_16(virtio_packed_avail_flags(off_wrap));
		off_wrap = virtio_packed_next(off_wrap, 1, vr->size);
	}
}

/* Adopts all entries; false if they are inconsistent. */
static bool
adopt_all(struct vc_inflight_queue *in, struct vc_vring *vr)
{
	uint16_t off_wrap, head, nb_free, nb_taken = 0, num, i;

	if (!find_published(in, vr, &off_wrap, &head))
		return false;
	nb_free = adopt_free_list(in, head);
	for (i = 0; i < vr->size; i++) {
		if (VC_INFLIGHT_LOAD(in->packed->desc[i].inflight) == 0)
			continue;
		num = adopt_chain(in, i);
		if (num == 0)
			return false;
		nb_taken += num;
	}
	if (nb_free + nb_taken != vr->size)
		return false;
	make_available(vr, off_wrap, nb_taken);
	in->nb_free = nb_free;
	vr->next_used = off_wrap;
	vr->published_used = off_wrap;
	vr->last_avail = virtio_packed_next(off_wrap, nb_taken, vr->size);
	return true;
}

void
vc_inflight_packed_attach(struct vc_inflight_queue *in, struct vc_vring *vr)
{
	struct vc_inflight_packed *p = in->packed;

	if (VC_INFLIGHT_LOAD(p->version) != VC_INFLIGHT_VERSION ||
	    VC_INFLIGHT_LOAD(p->desc_num) != vr->size || !adopt_all(in, vr)) {
		packed_reset(in, vr);
		return;
	}
	p->free_head = p->old_free_head = in->free_head;
	p->used_idx = p->old_used_idx = virtio_packed_index(vr->next_used);
	p->used_wrap_counter = p->old_used_wrap_counter = vr->next_used >> 15;
}

void
vc_inflight_packed_load_entry(const struct vc_inflight_queue *in, struct vc_vring *vr,
			      uint16_t entry, struct vc_chain_head *head)
{
	uint16_t num = in->entries[entry].num, i;

	for (i = 0; i < num; i++) {
		const struct vc_inflight_packed_desc *d = &in->packed->desc[entry];

		vr->copies[i] = (struct vring_packed_desc){
			.addr = d->addr, .len = d->len, .id = d->id, .flags = d->flags
		};
		entry = in->entries[entry].next;
	}
	*head = (struct vc_chain_head){ 0, num };
}

uint16_t
vc_inflight_packed_add_entry(struct vc_inflight_queue *in, const struct vc_vring *vr,
			     struct vc_chain_head head)
{
	uint16_t first = in->free_head, last = first, next = first, i;
	struct vc_inflight_packed *p = in->packed;

	for (i = 0; i < head.nb_entries; i++) {
		const struct vring_packed_desc *copy = &vr->copies[head.first + i];
		struct vc_inflight_packed_desc *d = &p->desc[next];

		d->addr = copy->addr;
		d->len = copy->len;
		d->id = copy->id;
		d->flags = copy->flags;
		last = next;
		next = in->entries[next].next;
	}
	in->entries[first].num = p->desc[first].num = head.nb_entries;
	in->entries[first].last = p->desc[first].last = last;
	p->desc[first].counter = in->counter++;
	p->desc[first].inflight = 1;
	in->nb_free -= head.nb_entries;
	in->free_head = next;
	p->free_head = next;
	/* From here on the request is in flight. */
	__atomic_store_n(&p->old_free_head, next, __ATOMIC_RELEASE);
	return first;
}

void
vc_inflight_packed_remove_entry(struct vc_inflight_queue *in, uint16_t entry)
{
	/* The link of its last entry still leads to the other free entries. */
	__atomic_store_n(&in->packed->old_free_head, entry, __ATOMIC_RELEASE);
	in->packed->free_head = entry;
	in->packed->desc[entry].inflight = 0;
	in->free_head = entry;
	in->nb_free += in->entries[entry].num;
}

void
vc_inflight_packed_begin_publish(struct vc_inflight_queue *in, const struct vc_vring *vr)
{
	struct vc_inflight_packed *p = in->packed;
	uint16_t i;

	for (i = 0; i < in->nb_batch; i++) {
		uint16_t first = in->batch[i], last = in->entries[first].last;

		in->entries[last].next = in->free_head;
		p->desc[last].next = in->free_head;
		in->free_head = first;
		in->nb_free += in->entries[first].num;
	}
	p->free_head = in->free_head;
	p->used_wrap_counter = vr->next_used >> 15;
	__atomic_store_n(&p->used_idx, virtio_packed_index(vr->next_used), __ATOMIC_RELEASE);
}

void
vc_inflight_packed_end_publish(struct vc_inflight_queue *in, const struct vc_vring *vr)
{
	struct vc_inflight_packed *p = in->packed;
	uint16_t i;

	for (i = 0; i < in->nb_batch; i++)
		__atomic_store_n(&p->desc[in->batch[i]].inflight, 0, __ATOMIC_RELEASE);
	in->nb_batch = 0;
	p->old_free_head = in->free_head;
	p->old_used_wrap_counter = vr->published_used >> 15;
	__atomic_store_n(&p->old_used_idx, virtio_packed_index(vr->published_used),
			 __ATOMIC_RELEASE);
}
