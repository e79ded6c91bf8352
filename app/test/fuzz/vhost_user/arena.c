/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Or mmap() here would be another name of mmap64(). */
#undef _FILE_OFFSET_BITS

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arena.h"
#include "fuzz_input.h"

#define RANGE	(1ull << 40)
#define GAP	(32ull << 20)
#define ALIGN	(2ull << 20)  /* of hugetlbfs */
#define MAX	(64ull << 20) /* a larger mapping is placed by the kernel */
#define NB_LIVE 512
#define PAGE	4096ull

static struct {
	pthread_mutex_t lock;
	uint8_t *base;
	uint64_t next; /* offset of the next mapping */
	int fd;
	size_t offset;
	size_t size;
	bool by_canary;
	unsigned int nb;
	struct {
		uint8_t *start;
		size_t len;
	} live[NB_LIVE];
} arena = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *
system_map(void *start, size_t len, int prot, int flags, int fd, off_t offset)
{
	return (void *)syscall(SYS_mmap, start, len, prot, flags, fd, offset);
}

static void
clear(uint8_t *start, size_t len)
{
	FUZZ_MUST(system_map(start, len, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
			     0) == start);
}

static void
put_neighbour(uint8_t *start)
{
	FUZZ_MUST(system_map(start, arena.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			     arena.fd, arena.offset) == start);
}

static bool
is_free(const uint8_t *start, size_t len)
{
	unsigned int i;

	for (i = 0; i < arena.nb; i++)
		if (start < arena.live[i].start + arena.live[i].len + GAP &&
		    arena.live[i].start < start + len + GAP)
			return false;
	return true;
}

/* With the lock held. */
static void *
place(size_t len, int prot, int flags, int fd, off_t offset)
{
	const size_t whole = (len + PAGE - 1) & ~(PAGE - 1);
	uint8_t *start;
	void *p;

	FUZZ_MUST(arena.nb < NB_LIVE);
	do {
		if (arena.next + whole + 2 * GAP > RANGE)
			arena.next = 0;
		start = arena.base + arena.next + GAP;
		arena.next = (arena.next + whole + GAP + ALIGN - 1) & ~(ALIGN - 1);
	} while (!is_free(start, whole));
	p = system_map(start, len, prot, flags | MAP_FIXED, fd, offset);
	if (p == MAP_FAILED) {
		int error = errno;

		clear(start, whole);
		errno = error;
		return p;
	}
	arena.live[arena.nb].start = start;
	arena.live[arena.nb++].len = whole;
	if (arena.by_canary) {
		put_neighbour(start - arena.size);
		put_neighbour(start + whole);
	}
	return p;
}

void *mmap64(void *start, size_t len, int prot, int flags, int fd, off_t offset)
	__attribute__((alias("mmap")));

void *
mmap(void *start, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *p;

	if (arena.base == NULL || start != NULL || fd < 0 || !(flags & MAP_SHARED) || len == 0 ||
	    len > MAX)
		return system_map(start, len, prot, flags, fd, offset);
	pthread_mutex_lock(&arena.lock);
	p = place(len, prot, flags, fd, offset);
	pthread_mutex_unlock(&arena.lock);
	return p;
}

static void
forget(uint8_t *start, size_t whole)
{
	unsigned int i;

	for (i = 0; i < arena.nb; i++)
		if (arena.live[i].start == start && arena.live[i].len == whole)
			break;
	/* Only what is mapped is unmapped, as a whole. */
	FUZZ_MUST(i < arena.nb);
	arena.live[i] = arena.live[--arena.nb];
	clear(start - arena.size, whole + 2 * arena.size);
}

int
munmap(void *start, size_t len)
{
	uint8_t *p = start;

	if (arena.base == NULL || p < arena.base || p >= arena.base + RANGE)
		return syscall(SYS_munmap, start, len);
	pthread_mutex_lock(&arena.lock);
	forget(p, (len + PAGE - 1) & ~(PAGE - 1));
	pthread_mutex_unlock(&arena.lock);
	return 0;
}

void
fuzz_arena_start(int fd, size_t offset, size_t size)
{
	void *p = system_map(NULL, RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			     -1, 0);

	FUZZ_MUST(p != MAP_FAILED);
	arena.fd = fd;
	arena.offset = offset;
	arena.size = size;
	arena.base = (uint8_t *)(((uintptr_t)p + ALIGN - 1) & ~(ALIGN - 1));
}

void
fuzz_arena_surround(bool by_canary)
{
	pthread_mutex_lock(&arena.lock);
	arena.by_canary = by_canary;
	pthread_mutex_unlock(&arena.lock);
}

unsigned int
fuzz_arena_count(void)
{
	unsigned int nb;

	pthread_mutex_lock(&arena.lock);
	nb = arena.nb;
	pthread_mutex_unlock(&arena.lock);
	return nb;
}

void *
fuzz_arena_map_outside(int fd, size_t size)
{
	void *p = system_map(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	FUZZ_MUST(p != MAP_FAILED);
	return p;
}
