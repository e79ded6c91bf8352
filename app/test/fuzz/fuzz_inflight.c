/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "fuzz_memory.h"
#include "fuzz_inflight.h"

#define NB_QUEUES 2 /* of which one has a region */
#define MAX_RING  128
#define FILLED	  0xa5	  /* stands where nobody writes */
#define WATCHED	  0x10000 /* bytes of a mapping, at most */

static int fds[6];
static unsigned int nb_mapped;

/* The front-end's own mapping. */
static uint8_t *memory;
static uint32_t bytes, region_bytes;

/* The linker leads calls of the library here. */
void *__real_mmap64(void *at, size_t len, int prot, int flags, int fd, off_t off);
void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, off_t off);
int __real_munmap(void *at, size_t len);
int __wrap_munmap(void *at, size_t len);

void *
__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, off_t off)
{
	struct fuzz_region *r;

	if (!(flags & MAP_SHARED) || len > WATCHED)
		return __real_mmap64(at, len, prot, flags, fd, off);
	r = fuzz_memory_map(len);
	at = __real_mmap64(r->va, len, prot, flags | MAP_FIXED, fd, off);
	if (at == MAP_FAILED)
		fuzz_memory_unmap(r);
	else
		nb_mapped++;
	return at;
}

int
__wrap_munmap(void *at, size_t len)
{
	struct fuzz_region *r = fuzz_memory_region(at);

	if (r == NULL)
		return __real_munmap(at, len);
	nb_mapped--;
	fuzz_memory_unmap(r);
	return 0;
}

static int
make_fd(uint32_t size, int seals)
{
	int fd = memfd_create("inflight", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	FUZZ_MUST(fd >= 0 && ftruncate(fd, size) == 0 && fcntl(fd, F_ADD_SEALS, seals) == 0);
	return fd;
}

void
fuzz_inflight_init(void)
{
	char path[64];

	region_bytes = vc_inflight_region_size(1, MAX_RING);
	bytes = RTE_ALIGN_CEIL(vc_inflight_region_size(NB_QUEUES, MAX_RING), 4096);
	fds[0] = make_fd(bytes, F_SEAL_SHRINK);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	fds[1] = make_fd(bytes, 0);
	fds[2] = make_fd(4096, F_SEAL_SHRINK);
	fds[3] = make_fd(bytes, F_SEAL_SHRINK | F_SEAL_WRITE);
	fds[4] = open(path, O_RDONLY | O_CLOEXEC);
	fds[5] = make_fd(0, F_SEAL_SHRINK);
	memory = __real_mmap64(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);
	FUZZ_MUST(fds[4] >= 0 && memory != MAP_FAILED);
}

int
fuzz_inflight_fd(uint8_t which)
{
	return fds[which % RTE_DIM(fds)];
}

void
fuzz_inflight_reset(void)
{
	memset(memory, 0, region_bytes);
	memset(memory + region_bytes, FILLED, bytes - region_bytes);
}

void
fuzz_inflight_set(struct vc_inflight_dev *keeper)
{
	FUZZ_MUST(vc_inflight_set_region(keeper, fds[0], 0, bytes, NB_QUEUES, MAX_RING) == 0);
}

/* The first requests that wait in the ring, as if they had been taken; of a split ring. */
static void
write_split(const struct vc_vring *vr, unsigned int nb, bool backwards)
{
	struct vc_inflight_split *s = (void *)memory;
	unsigned int i;

	s->version = VC_INFLIGHT_VERSION;
	s->desc_num = vr->size;
	s->used_idx = rte_le_to_cpu_16(vr->used->idx);
	for (i = 0; i < nb; i++) {
		uint16_t at = (s->used_idx + i) % vr->size;
		uint16_t head = rte_le_to_cpu_16(vr->avail->ring[at]);

		if (head >= vr->size)
			continue;
		s->desc[head].inflight = 1;
		s->desc[head].counter = backwards ? nb - i : i;
	}
}

/* And of a packed one. What is not in flight is one list. */
static void
write_packed(const struct vc_vring *vr, unsigned int nb, bool backwards)
{
	struct vc_inflight_packed *p = (void *)memory;
	uint16_t place = vr->last_avail, first = 0, entry = 0;
	unsigned int i;

	p->version = VC_INFLIGHT_VERSION;
	p->desc_num = vr->size;
	p->used_idx = p->old_used_idx = virtio_packed_index(place);
	p->used_wrap_counter = p->old_used_wrap_counter = place >> 15;
	for (i = 0; i < vr->size; i++)
		p->desc[i].next = i + 1;
	for (i = 0; i < nb && entry < vr->size; entry++) {
		const struct vring_packed_desc *d = &vr->packed_desc[virtio_packed_index(place)];
		struct vc_inflight_packed_desc *to = &p->desc[entry];

		to->addr = d->addr;
		to->len = d->len;
		to->id = d->id;
		to->flags = d->flags;
		place = virtio_packed_next(place, 1, vr->size);
		if (d->flags & rte_cpu_to_le_16(VRING_DESC_F_NEXT))
			continue;
		p->desc[first].inflight = 1;
		p->desc[first].num = entry + 1 - first;
		p->desc[first].last = entry;
		p->desc[first].counter = backwards ? nb - i : i;
		first = entry + 1;
		i++;
	}
	p->free_head = p->old_free_head = first;
}

/* Lists, flags and numbers that lead anywhere. */
static void
write_anything(struct fuzz_input *in, const struct vc_vring *vr)
{
	struct vc_inflight_packed *p = (void *)memory;
	struct vc_inflight_split *s = (void *)memory;
	unsigned int i;

	for (i = 0; i < vr->size && in->left > 0; i++) {
		uint8_t first = fuzz_u8(in), second = fuzz_u8(in);

		if (vr->packed) {
			p->desc[i].inflight = first & 1;
			p->desc[i].num = first >> 1 & 3;
			p->desc[i].last = (i + (first >> 3)) % vr->size;
			p->desc[i].next = second;
		} else {
			s->desc[i].inflight = first & 1;
			s->desc[i].counter = first;
			s->desc[i].next = second;
		}
	}
}

void
fuzz_inflight_write(struct fuzz_input *in, const struct vc_vring *vr)
{
	uint8_t how = fuzz_u8(in), n;

	if (how & 3)
		memset(memory, 0, region_bytes);
	if (how & 2 && vr->packed)
		write_packed(vr, how >> 2 & 15, how & 1);
	else if (how & 2)
		write_split(vr, how >> 2 & 15, how & 1);
	if (how & 0x40)
		write_anything(in, vr);
	if (how & 0x80)
		for (n = fuzz_u8(in) % 8; n > 0; n--)
			fuzz_inflight_spoil(in);
}

void
fuzz_inflight_spoil(struct fuzz_input *in)
{
	const uint32_t head = sizeof(struct vc_inflight_packed);
	uint8_t at = fuzz_u8(in);
	uint32_t off = at & 0x80 ? at % head : head + fuzz_u16(in) % (region_bytes - head - 1);
	uint16_t value;

	memcpy(&value, memory + off, sizeof(value));
	value = fuzz_spoilt(in, value);
	memcpy(memory + off, &value, sizeof(value));
}

static void
check_split(const struct vc_inflight_queue *in, bool *seen)
{
	uint16_t i;

	for (i = 0; i < in->nb_resubmit; i++) {
		uint16_t entry = in->resubmits[i].entry;

		FUZZ_MUST(entry < in->size && !seen[entry]);
		FUZZ_MUST(i == 0 || in->resubmits[i - 1].counter <= in->resubmits[i].counter);
		seen[entry] = true;
	}
}

/* A list of entries of a packed ring's region, of which each is in one list; its last one. */
static uint16_t
check_list(const struct vc_inflight_queue *in, bool *seen, uint16_t entry, uint16_t nb)
{
	uint16_t last = entry;

	for (; nb > 0; nb--) {
		FUZZ_MUST(entry < in->size && !seen[entry]);
		seen[entry] = true;
		last = entry;
		entry = in->entries[entry].next;
	}
	return last;
}

static void
check_packed(const struct vc_inflight_queue *in, bool *seen)
{
	unsigned int nb = in->nb_free;
	uint16_t i;

	check_list(in, seen, in->free_head, in->nb_free);
	for (i = in->next_resubmit; i < in->nb_resubmit; i++) {
		uint16_t first = in->resubmits[i].entry;

		FUZZ_MUST(first < in->size && in->entries[first].num > 0);
		FUZZ_MUST(check_list(in, seen, first, in->entries[first].num) ==
			  in->entries[first].last);
		nb += in->entries[first].num;
	}
	FUZZ_MUST(nb == in->size);
}

void
fuzz_inflight_check(const struct vc_inflight_queue *in)
{
	bool seen[MAX_RING] = { false };
	uint32_t i;

	for (i = region_bytes; i < bytes; i++)
		FUZZ_MUST(memory[i] == FILLED);
	if (in == NULL)
		return;
	FUZZ_MUST(in->size <= MAX_RING && in->nb_resubmit <= in->size &&
		  in->next_resubmit <= in->nb_resubmit && in->nb_batch == 0);
	if (in->is_packed)
		check_packed(in, seen);
	else
		check_split(in, seen);
}

bool
fuzz_inflight_is_mapped(void)
{
	return nb_mapped > 0;
}
