/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What the library allocates of DPDK comes from malloc() here, where AddressSanitizer knows where
 * it ends and that it was freed. The linker leads the calls of the library here.
 */

#include <string.h>

#include <rte_malloc.h>

#include "fuzz_alloc.h"
#include "fuzz_input.h"

unsigned int fuzz_allocations;

static void *
allocate(size_t size, unsigned int align, int fill)
{
	void *p;

	FUZZ_MUST(posix_memalign(&p, align < 16 ? 16 : align, size) == 0);
	memset(p, fill, size);
	fuzz_allocations++;
	return p;
}

void *__wrap_rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket);
void *__wrap_rte_zmalloc(const char *type, size_t size, unsigned int align);
void *__wrap_rte_calloc(const char *type, size_t num, size_t size, unsigned int align);
void *__wrap_rte_malloc(const char *type, size_t size, unsigned int align);
void __wrap_rte_free(void *p);

void *
__wrap_rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	(void)type;
	(void)socket;
	return allocate(size, align, 0);
}

void *
__wrap_rte_zmalloc(const char *type, size_t size, unsigned int align)
{
	(void)type;
	return allocate(size, align, 0);
}

void *
__wrap_rte_calloc(const char *type, size_t num, size_t size, unsigned int align)
{
	(void)type;
	return allocate(num * size, align, 0);
}

void *
__wrap_rte_malloc(const char *type, size_t size, unsigned int align)
{
	(void)type;
	return allocate(size, align, 0xa5);
}

void
__wrap_rte_free(void *p)
{
	fuzz_allocations -= p != NULL;
	free(p);
}
