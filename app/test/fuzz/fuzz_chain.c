/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_byteorder.h>

#include "fuzz_chain.h"

/* Where the data of a request lies; the first is the plain choice. */
enum place {
	PLACE_NEXT,	/* behind what the harness put last */
	PLACE_BOUNDARY, /* partly in the first region, partly in the second */
	PLACE_TOP,	/* close to the end of the address space */
	PLACE_END,	/* at the end of the second region, behind which there is nothing */
	PLACES
};

#define PIECE 8192 /* bytes of data in one descriptor, at most */

static uint32_t next;

void
fuzz_chain_reset(void)
{
	next = FUZZ_RINGS;
}

/* Guest address of room for @p len bytes, at most the size of a place. */
static uint64_t
place(enum place where, uint32_t len)
{
	uint64_t gpa;

	switch (where) {
	case PLACE_BOUNDARY:
		return fuzz_gpa(1, 0) - len / 2;
	case PLACE_TOP:
		return fuzz_regions[2].gpa + fuzz_regions[2].size - 1 - len;
	case PLACE_END:
		return fuzz_gpa(1, 0) + fuzz_regions[1].size - len;
	default:
		if (next + len > fuzz_regions[0].size)
			next = FUZZ_RINGS;
		gpa = fuzz_gpa(0, next);
		next += (len + 15) & ~15u;
		return gpa;
	}
}

/* Copies to guest memory that may be in two regions. */
static void
poke(uint64_t gpa, const void *from, uint32_t len)
{
	const uint8_t *bytes = from;
	uint32_t i;

	for (i = 0; i < len; i++)
		*fuzz_va(gpa + i, 1) = bytes[i];
}

static void
add(struct fuzz_chain *c, uint64_t gpa, uint32_t len, uint16_t flags)
{
	if (c->nb == FUZZ_DESCS)
		return;
	c->descs[c->nb++] = (struct vring_desc){
		.addr = rte_cpu_to_le_64(gpa),
		.len = rte_cpu_to_le_32(len),
		.flags = rte_cpu_to_le_16(flags),
	};
}

/* Adds bytes in so many descriptors, one byte in each but the last. */
static void
add_cut(struct fuzz_chain *c, uint64_t gpa, uint32_t len, unsigned int cuts, uint16_t flags)
{
	for (; cuts > 0 && len > 1; cuts--) {
		add(c, gpa, 1, flags);
		gpa++;
		len--;
	}
	if (len > 0)
		add(c, gpa, len, flags);
}

/* Adds any amount of data; much of it is the same memory again. */
static void
add_data(struct fuzz_chain *c, uint64_t gpa, uint32_t len, unsigned int cuts, uint16_t flags)
{
	uint32_t n;

	for (; len > 0; len -= n) {
		n = len < PIECE ? len : PIECE;
		add_cut(c, gpa, n, cuts, flags);
		cuts = 0;
	}
}

void
fuzz_chain_lay(struct fuzz_input *in, struct fuzz_chain *c, const struct wire_bytes *head,
	       const struct fuzz_content *content)
{
	uint8_t layout = fuzz_u8(in), cuts = fuzz_u8(in);
	static const uint8_t counts[] = { 0, 1, 2, 12 };
	enum place where = layout >> 2 & 3;
	uint32_t data = content->data_len < PIECE ? content->data_len : PIECE;
	uint32_t room = content->room < PIECE ? content->room : PIECE;
	uint64_t gpa;
	uint8_t n = 0;

	if (where == PLACE_TOP && (data > 4000 || room > 4000))
		where = PLACE_NEXT;
	memset(c, 0, sizeof(*c));
	gpa = place(layout & 2 ? PLACE_BOUNDARY : PLACE_NEXT, head->len);
	poke(gpa, head->data, head->len);
	add_cut(c, gpa, head->len, counts[cuts & 3], 0);
	gpa = place(where, data);
	add_data(c, gpa, content->data_len, counts[cuts >> 2 & 3], 0);
	if (content->tail_len > 0)
		add(c, place(PLACE_NEXT, content->tail_len), content->tail_len, 0);
	/* In place, or elsewhere. */
	if (!(layout & 16))
		gpa = place(where == PLACE_TOP || where == PLACE_END ? PLACE_NEXT : where, room);
	if (content->room <= PIECE && !(layout & 32)) {
		/* The status stands right behind, in the same descriptor. */
		add_cut(c, gpa, content->room + 1, counts[cuts >> 4 & 3], VRING_DESC_F_WRITE);
	} else {
		add_data(c, gpa, content->room, counts[cuts >> 4 & 3], VRING_DESC_F_WRITE);
		add(c, place(PLACE_NEXT, 1), 1, VRING_DESC_F_WRITE);
	}
	if (layout & 1) {
		n = layout >> 6;
		c->table = place(n == 1 ? PLACE_BOUNDARY : PLACE_NEXT,
				 FUZZ_DESCS * sizeof(struct vring_desc) + 8);
		c->table += n == 2 ? 4 : n == 3 ? 8 : 0;
	}
}

/* Spoils one field of a descriptor. */
static void
spoil(struct fuzz_input *in, struct vring_desc *d)
{
	switch (fuzz_u8(in) % 6) {
	case 0:
		d->addr = rte_cpu_to_le_64((rte_le_to_cpu_64(d->addr) & ~0xffffffffULL) |
					   fuzz_spoilt(in, (uint32_t)rte_le_to_cpu_64(d->addr)));
		break;
	case 1:
		d->addr = rte_cpu_to_le_64(fuzz_gpa(fuzz_u8(in) % FUZZ_REGIONS, fuzz_u16(in)));
		break;
	case 2:
		d->addr ^= rte_cpu_to_le_64((uint64_t)fuzz_u8(in) << 56);
		break;
	case 3:
		d->len = rte_cpu_to_le_32(fuzz_spoilt(in, rte_le_to_cpu_32(d->len)));
		break;
	case 4:
		d->flags ^= rte_cpu_to_le_16(fuzz_u8(in));
		break;
	default:
		d->next = rte_cpu_to_le_16(fuzz_spoilt(in, rte_le_to_cpu_16(d->next)));
		break;
	}
}

void
fuzz_chain_link(struct fuzz_input *in, struct fuzz_chain *c, uint16_t first, uint16_t size,
		bool packed)
{
	unsigned int i, n;

	for (i = 0; i < c->nb; i++) {
		if (i + 1 < c->nb)
			c->descs[i].flags |= rte_cpu_to_le_16(VRING_DESC_F_NEXT);
		c->descs[i].next = rte_cpu_to_le_16((first + i + 1) % size);
	}
	for (n = fuzz_u8(in) % 4; n > 0; n--)
		spoil(in, &c->descs[fuzz_u8(in) % c->nb]);
	for (i = 0; i < c->nb && c->table != 0; i++) {
		struct vring_packed_desc d = {
			.addr = c->descs[i].addr,
			.len = c->descs[i].len,
			.id = c->descs[i].next,
			.flags = c->descs[i].flags,
		};

		poke(c->table + i * sizeof(d), packed ? (void *)&d : (void *)&c->descs[i],
		     sizeof(d));
	}
}
