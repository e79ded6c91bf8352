/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include "racing_memory.h"

#if CHANGING_WORKS

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define TRAP_FLAG 0x100
/* What follows the page and is no memory: more than a descriptor's index can lead over. */
#define NOTHING (2u << 20)

static struct {
	uint8_t *page;	/* as the code under test sees it; nothing follows it */
	uint8_t *alias; /* the same memory, never protected */
	const void *then;
	size_t len;
	unsigned int after;
	unsigned int accesses;
	bool on;
} changing;

/* Lets the instruction that has faulted do its access, and nothing behind it. */
static void
on_fault(int number, siginfo_t *info, void *context)
{
	uintptr_t off = (uintptr_t)info->si_addr - (uintptr_t)changing.page;
	ucontext_t *uc = context;

	if (!changing.on || off >= CHANGING_SIZE) {
		signal(number, SIG_DFL); /* the same fault comes again, and is what it is */
		return;
	}
	mprotect(changing.page, CHANGING_SIZE, PROT_READ | PROT_WRITE);
	uc->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void
on_step(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)number;
	(void)info;
	uc->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
	if (++changing.accesses == changing.after)
		memcpy(changing.alias, changing.then, changing.len);
	mprotect(changing.page, CHANGING_SIZE, PROT_NONE);
}

uint8_t *
changing_page(void)
{
	struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	struct sigaction step = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	int fd = memfd_create("changing", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, CHANGING_SIZE) != 0)
		return NULL;
	changing.page = mmap(NULL, CHANGING_SIZE + NOTHING, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (changing.page != MAP_FAILED)
		changing.page = mmap(changing.page, CHANGING_SIZE, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_FIXED, fd, 0);
	changing.alias = mmap(NULL, CHANGING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (changing.page == MAP_FAILED || changing.alias == MAP_FAILED ||
	    sigaction(SIGSEGV, &fault, NULL) != 0 || sigaction(SIGTRAP, &step, NULL) != 0)
		return NULL;
	return changing.page;
}

void
changing_begin(const void *now, const void *then, size_t len, unsigned int after)
{
	memcpy(changing.alias, after == 0 ? then : now, len);
	changing.then = then;
	changing.len = len;
	changing.after = after;
	changing.accesses = 0;
	changing.on = true;
	mprotect(changing.page, CHANGING_SIZE, PROT_NONE);
}

unsigned int
changing_end(void)
{
	mprotect(changing.page, CHANGING_SIZE, PROT_READ | PROT_WRITE);
	changing.on = false;
	return changing.accesses;
}

#else

uint8_t *
changing_page(void)
{
	return NULL;
}

void
changing_begin(const void *now, const void *then, size_t len, unsigned int after)
{
	(void)now;
	(void)then;
	(void)len;
	(void)after;
}

unsigned int
changing_end(void)
{
	return 0;
}

#endif
