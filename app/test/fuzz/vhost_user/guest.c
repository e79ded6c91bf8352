/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <linux/virtio_ring.h>

#include "guest.h"

#define RING_ROOM 0x10000u
#define LARGE	  1024u
#define LARGEST	  32768u
#define WRAP	  0x8000u

void
fuzz_guest_reset(struct fuzz_guest *g)
{
	memset(g->mem, 0, FUZZ_GUEST_SIZE);
	memset(g->rings, 0, sizeof(g->rings));
	g->packed = false;
	g->gone = false;
}

void
fuzz_guest_lay_out(struct fuzz_guest *g, unsigned int ring, uint32_t size)
{
	struct fuzz_vring *r = &g->rings[ring];
	uint32_t base = size > LARGE ? 0 : ring * RING_ROOM;

	*r = (struct fuzz_vring){
		.size = size,
		.desc = base,
		.avail = base + (size > LARGE ? 0x80000 : 0x4000),
		.used = base + (size > LARGE ? 0x92000 : 0x5000),
		.next = g->packed ? WRAP : 0,
	};
}

struct vhost_user_vring_addr
fuzz_guest_addresses(const struct fuzz_guest *g, unsigned int ring)
{
	const struct fuzz_vring *r = &g->rings[ring];

	return (struct vhost_user_vring_addr){
		.index = ring,
		.desc_user_addr = FUZZ_GUEST_USER + r->desc,
		.avail_user_addr = FUZZ_GUEST_USER + r->avail,
		.used_user_addr = FUZZ_GUEST_USER + r->used,
		.log_guest_addr = FUZZ_GUEST_GPA + r->used,
	};
}

static bool
inside(uint32_t at, uint32_t len)
{
	return at <= FUZZ_GUEST_SIZE && len <= FUZZ_GUEST_SIZE - at;
}

/* Whether the driver can use a ring, which may have been put where none can be. */
static bool
is_usable(const struct fuzz_guest *g, const struct fuzz_vring *r)
{
	return !g->gone && r->size > 0 && r->size <= LARGEST && r->desc % 16 == 0 &&
		r->avail % 2 == 0 && inside(r->desc, r->size * sizeof(struct vring_desc)) &&
		(g->packed || inside(r->avail, 6 + 2 * r->size));
}

static void
put_split(struct fuzz_guest *g, struct fuzz_vring *r, const struct fuzz_segment *s, unsigned int nb)
{
	struct vring_desc *desc = (void *)(g->mem + r->desc);
	struct vring_avail *avail = (void *)(g->mem + r->avail);
	uint16_t head = r->next % r->size;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		uint16_t at = r->next++ % r->size;

		desc[at].addr = FUZZ_GUEST_GPA + s[i].at;
		desc[at].len = s[i].len;
		desc[at].flags = (s[i].write ? VRING_DESC_F_WRITE : 0) |
			(i + 1 < nb ? VRING_DESC_F_NEXT : 0);
		desc[at].next = r->next % r->size;
	}
	avail->ring[avail->idx % r->size] = head;
	__atomic_store_n(&avail->idx, avail->idx + 1, __ATOMIC_RELEASE);
}

static void
put_packed(struct fuzz_guest *g, struct fuzz_vring *r, const struct fuzz_segment *s,
	   unsigned int nb)
{
	struct vring_packed_desc *desc = (void *)(g->mem + r->desc);
	uint16_t first = r->next & ~WRAP, first_flags = 0;
	unsigned int i;

	if (nb > r->size)
		return;
	for (i = 0; i < nb; i++) {
		uint16_t at = r->next & ~WRAP;
		uint16_t flags = (s[i].write ? VRING_DESC_F_WRITE : 0) |
			(i + 1 < nb ? VRING_DESC_F_NEXT : 0) |
			(r->next & WRAP ? 1 << VRING_PACKED_DESC_F_AVAIL :
					  1 << VRING_PACKED_DESC_F_USED);

		desc[at].addr = FUZZ_GUEST_GPA + s[i].at;
		desc[at].len = s[i].len;
		desc[at].id = first;
		if (i == 0)
			first_flags = flags;
		else
			desc[at].flags = flags;
		r->next = at + 1u < r->size ? r->next + 1 : (r->next & WRAP) ^ WRAP;
	}
	__atomic_store_n(&desc[first].flags, first_flags, __ATOMIC_RELEASE);
}

void
fuzz_guest_put(struct fuzz_guest *g, unsigned int ring, const struct fuzz_segment *segments,
	       unsigned int nb)
{
	struct fuzz_vring *r = &g->rings[ring];

	if (!is_usable(g, r))
		return;
	if (g->packed)
		put_packed(g, r, segments, nb);
	else
		put_split(g, r, segments, nb);
}

void
fuzz_guest_put_again(struct fuzz_guest *g, unsigned int ring)
{
	struct fuzz_vring *r = &g->rings[ring];
	struct vring_avail *avail = (void *)(g->mem + r->avail);

	if (!is_usable(g, r) || g->packed)
		return;
	avail->ring[avail->idx % r->size] = avail->ring[(uint16_t)(avail->idx - 1) % r->size];
	__atomic_store_n(&avail->idx, avail->idx + 1, __ATOMIC_RELEASE);
}

bool
fuzz_guest_used(struct fuzz_guest *g, unsigned int ring)
{
	struct fuzz_vring *r = &g->rings[ring];
	const struct vring_used *used = (void *)(g->mem + r->used);

	if (__atomic_load_n(&used->idx, __ATOMIC_ACQUIRE) == r->seen)
		return false;
	r->seen++;
	return true;
}

void
fuzz_guest_write(struct fuzz_guest *g, uint32_t at, const void *bytes, uint32_t len)
{
	at %= FUZZ_GUEST_DATA_SIZE;
	if (len > FUZZ_GUEST_DATA_SIZE - at)
		len = FUZZ_GUEST_DATA_SIZE - at;
	if (!g->gone)
		memcpy(g->mem + FUZZ_GUEST_DATA + at, bytes, len);
}
