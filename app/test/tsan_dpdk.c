/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * For builds with ThreadSanitizer, part of each program: tells it what the libraries of DPDK, which
 * are not compiled with it, do between threads. Memory of their heap goes from one to another, and
 * the main thread waits for lcores.
 */

#include <dlfcn.h>
#include <stdlib.h>

#include <rte_launch.h>
#include <rte_malloc.h>

void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_end(void);

static char heap, lcores; /* stand for the heap's lock and for the ends of lcores */

/* The function of DPDK that ours stands in front of. */
static void *
real(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (function == NULL)
		abort();
	return function;
}

#define REAL(name) ((__typeof__(&name))real(#name))

/* What the heap does with its own memory is hidden. */
#define TAKE(call)                                                                                 \
	({                                                                                         \
		void *taken;                                                                       \
		__tsan_ignore_thread_begin();                                                      \
		taken = call;                                                                      \
		__tsan_ignore_thread_end();                                                        \
		__tsan_acquire(&heap);                                                             \
		taken;                                                                             \
	})

void *
rte_malloc(const char *type, size_t size, unsigned int align)
{
	return TAKE(REAL(rte_malloc)(type, size, align));
}

void *
rte_zmalloc(const char *type, size_t size, unsigned int align)
{
	return TAKE(REAL(rte_zmalloc)(type, size, align));
}

void *
rte_calloc(const char *type, size_t num, size_t size, unsigned int align)
{
	return TAKE(REAL(rte_calloc)(type, num, size, align));
}

void *
rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	return TAKE(REAL(rte_zmalloc_socket)(type, size, align, socket));
}

void
rte_free(void *ptr)
{
	__tsan_release(&heap);
	__tsan_ignore_thread_begin();
	REAL(rte_free)(ptr);
	__tsan_ignore_thread_end();
}

static struct {
	lcore_function_t *run;
	void *arg;
} launched[RTE_MAX_LCORE];

static int
run(void *arg)
{
	const typeof(launched[0]) *l = arg;
	int ret = l->run(l->arg);

	__tsan_release(&lcores);
	return ret;
}

int
rte_eal_remote_launch(lcore_function_t *f, void *arg, unsigned int worker_id)
{
	launched[worker_id].run = f;
	launched[worker_id].arg = arg;
	return REAL(rte_eal_remote_launch)(run, &launched[worker_id], worker_id);
}

void
rte_eal_mp_wait_lcore(void)
{
	REAL(rte_eal_mp_wait_lcore)();
	__tsan_acquire(&lcores);
}

int
rte_eal_wait_lcore(unsigned int worker_id)
{
	int ret = REAL(rte_eal_wait_lcore)(worker_id);

	__tsan_acquire(&lcores);
	return ret;
}
