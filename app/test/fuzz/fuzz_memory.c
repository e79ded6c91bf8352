/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>
#include <sys/mman.h>

#include <sanitizer/common_interface_defs.h>

#include "fuzz_memory.h"

#define PAGE  4096
#define RACES 4

/* When a byte was read last. */
struct fuzz_seen {
	uint32_t turn;
	uint32_t epoch;
};

struct fuzz_region fuzz_regions[FUZZ_MAX_REGIONS] = {
	{ .gpa = 0x40000000, .size = 0x10000 },
	{ .gpa = 0x40010000, .size = 0x2000 },
	{ .gpa = 0xfffffffffffff000, .size = 0x1000 },
};

struct fuzz_loads fuzz_loads;

static struct {
	bool on;
	bool strict;
	uint32_t turn;
	uint32_t epoch;
	uint64_t lap;	/* bytes of a ring, behind which it begins again; 0: of none */
	uint32_t again; /* loads of what was read before, in this turn */
	unsigned int nb_races;
	struct {
		uint8_t nth;
		uint8_t byte;
		uint8_t value;
	} races[RACES];
} now;

/* Between pages that nobody can access. */
static void
map(struct fuzz_region *r)
{
	uint8_t *at = mmap(NULL, r->size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	FUZZ_MUST(at != MAP_FAILED);
	r->va = at + PAGE;
	FUZZ_MUST(mprotect(r->va, r->size, PROT_READ | PROT_WRITE) == 0);
	r->seen = calloc(r->size, sizeof(*r->seen));
	FUZZ_MUST(r->seen != NULL);
}

void
fuzz_memory_init(void)
{
	unsigned int i;

	for (i = 0; i < FUZZ_REGIONS; i++)
		map(&fuzz_regions[i]);
}

struct fuzz_region *
fuzz_memory_map(uint32_t size)
{
	unsigned int i = FUZZ_REGIONS;

	while (fuzz_regions[i].va != NULL)
		FUZZ_MUST(++i < FUZZ_MAX_REGIONS);
	fuzz_regions[i].size = (size + PAGE - 1) / PAGE * PAGE;
	map(&fuzz_regions[i]);
	return &fuzz_regions[i];
}

void
fuzz_memory_unmap(struct fuzz_region *r)
{
	munmap(r->va - PAGE, r->size + 2 * PAGE);
	free(r->seen);
	memset(r, 0, sizeof(*r));
}

void
fuzz_memory_forget(void)
{
	now.nb_races = 0;
	now.on = false;
}

void
fuzz_memory_reset(struct vc_mem *mem)
{
	unsigned int i;
	uint32_t j;

	fuzz_memory_forget();
	mem->nb_regions = FUZZ_REGIONS;
	for (i = 0; i < FUZZ_REGIONS; i++) {
		struct fuzz_region *r = &fuzz_regions[i];

		mem->regions[i] = (struct vc_mem_region){ r->gpa, r->size, r->va };
		mem->origins[i].front_end_addr = r->gpa;
		memset(r->va, 0, r->size);
		for (j = i == 0 ? FUZZ_RINGS : 0; j < r->size; j++)
			r->va[j] = j ^ j >> 8;
	}
}

struct fuzz_region *
fuzz_memory_region(const void *va)
{
	unsigned int i;

	for (i = 0; i < FUZZ_MAX_REGIONS; i++)
		if (fuzz_regions[i].va != NULL &&
		    (uintptr_t)va - (uintptr_t)fuzz_regions[i].va < fuzz_regions[i].size)
			return &fuzz_regions[i];
	return NULL;
}

bool
fuzz_is_guest(const void *va, uint64_t len)
{
	const struct fuzz_region *r = fuzz_memory_region(va);

	return r != NULL && len <= (uint64_t)(r->va + r->size - (const uint8_t *)va);
}

uint8_t *
fuzz_va(uint64_t gpa, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < FUZZ_REGIONS; i++) {
		const struct fuzz_region *r = &fuzz_regions[i];

		if (gpa - r->gpa < r->size && len <= r->size - (gpa - r->gpa))
			return r->va + (gpa - r->gpa);
	}
	return NULL;
}

void
fuzz_race(struct fuzz_input *in)
{
	uint8_t nth = fuzz_u8(in), byte = fuzz_u8(in), value = fuzz_u8(in);

	if (now.nb_races == RACES)
		return;
	now.races[now.nb_races].nth = nth;
	now.races[now.nb_races].byte = byte;
	now.races[now.nb_races].value = value;
	now.nb_races++;
}

void
fuzz_turn(void)
{
	now.turn++;
	now.again = 0;
	fuzz_epoch(false);
	now.on = true;
}

void
fuzz_epoch(bool strict)
{
	now.epoch++;
	now.strict = strict;
	now.lap = 0;
	memset(&fuzz_loads, 0, sizeof(fuzz_loads));
}

void
fuzz_epoch_ring(uint64_t lap)
{
	fuzz_epoch(true);
	now.lap = lap;
}

void
fuzz_turn_end(void)
{
	now.on = false;
}

static void
report(const uint8_t *p, size_t n, void *pc)
{
	char text[256];

	__sanitizer_symbolize_pc(pc, "%f %s:%l", text, sizeof(text));
	fprintf(stderr, "double fetch of %zu bytes at %p by %s\n", n, (const void *)p, text);
	abort();
}

/* Something is read that was read before: now it is something else. */
static void
change(uint8_t *p, size_t n)
{
	unsigned int i;

	for (i = 0; i < now.nb_races; i++) {
		if (now.races[i].nth != (now.again & 0xff))
			continue;
		p[now.races[i].byte % n] ^= now.races[i].value;
		fuzz_loads.changed++;
	}
	now.again++;
}

/* Passed by each load of the library. */
static void
load(const void *va, size_t n, void *pc)
{
	bool turn = false, epoch = false;
	struct fuzz_region *r;
	uint8_t *p;
	size_t i;

	if (!now.on || n == 0)
		return;
	r = fuzz_memory_region(va);
	if (r == NULL)
		return;
	p = r->va + ((const uint8_t *)va - r->va);
	/* All of a ring was read: what comes now is looked at as of the next lap. */
	if (now.lap > 0 && fuzz_loads.bytes == now.lap)
		now.epoch++;
	fuzz_loads.bytes += n;
	for (i = 0; i < n && p + i < r->va + r->size; i++) {
		struct fuzz_seen *s = &r->seen[p + i - r->va];

		turn |= s->turn == now.turn;
		epoch |= s->epoch == now.epoch;
		s->turn = now.turn;
		s->epoch = now.epoch;
	}
	if (epoch && now.strict)
		report(p, n, pc);
	if (turn)
		change(p, i);
}

/*
 * The linker leads calls of __asan_load8() to __wrap___asan_load8(), and so on. Not that of
 * memmove(): it moves data from one place of a guest to another, and they may be read again, for a
 * digest.
 */
#define LOAD(size)                                                                                 \
	void __real___asan_load##size(const void *p);                                              \
	void __wrap___asan_load##size(const void *p);                                              \
	void __wrap___asan_load##size(const void *p)                                               \
	{                                                                                          \
		load(p, size, __builtin_return_address(0));                                        \
		__real___asan_load##size(p);                                                       \
	}

LOAD(1)
LOAD(2)
LOAD(4)
LOAD(8)
LOAD(16)

void __real___asan_loadN(const void *p, size_t n);
void __wrap___asan_loadN(const void *p, size_t n);
void *__real___asan_memcpy(void *to, const void *p, size_t n);
void *__wrap___asan_memcpy(void *to, const void *p, size_t n);

void
__wrap___asan_loadN(const void *p, size_t n)
{
	load(p, n, __builtin_return_address(0));
	__real___asan_loadN(p, n);
}

void *
__wrap___asan_memcpy(void *to, const void *p, size_t n)
{
	load(p, n, __builtin_return_address(0));
	return __real___asan_memcpy(to, p, n);
}
