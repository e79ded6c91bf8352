/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>

#include "sigbus.h"

/* Memory regions, logs and in-flight regions of all devices. */
#define MAX_GUARDS 4096

/* What the handler reads; len is written last and cleared first, so 0 is an unused entry. */
struct guard {
	uintptr_t start;
	size_t len;
	bool lost;
};

static struct guard guards[MAX_GUARDS];
static unsigned int nb_guards; /* entries that were ever used */
static unsigned int users;
static int wake_fd = -1;
static struct sigaction before;

/* The guard of an address, or NULL. Async-signal-safe. */
static struct guard *
find_guard(uintptr_t addr)
{
	unsigned int nb = __atomic_load_n(&nb_guards, __ATOMIC_ACQUIRE), i;

	for (i = 0; i < nb; i++) {
		size_t len = __atomic_load_n(&guards[i].len, __ATOMIC_ACQUIRE);

		if (addr - guards[i].start < len)
			return &guards[i];
	}
	return NULL;
}

/* Lets the handler from before decide; the default one ends the process when the access repeats. */
static void
pass_on(int sig, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(sig, info, context);
	else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
		before.sa_handler(sig);
	else
		sigaction(SIGBUS, &before, NULL);
}

static void
handle_sigbus(int sig, siginfo_t *info, void *context)
{
	struct guard *g = find_guard((uintptr_t)info->si_addr);
	const uint64_t one = 1;
	int saved = errno;

	/* Others send this signal, too: si_code of a fault is positive. */
	if (g == NULL || info->si_code <= 0 ||
	    mmap((void *)g->start, g->len, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED) {
		pass_on(sig, info, context);
	} else {
		__atomic_store_n(&g->lost, true, __ATOMIC_RELEASE);
		if (write(wake_fd, &one, sizeof(one)) < 0)
			errno = saved; /* the counter is full: whoever reads it wakes up anyway */
	}
	errno = saved;
}

int
vc_sigbus_install(int event_fd)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };

	action.sa_sigaction = handle_sigbus;
	wake_fd = event_fd;
	if (users == 0 && sigaction(SIGBUS, &action, &before) != 0)
		return -errno;
	users++;
	return 0;
}

void
vc_sigbus_uninstall(void)
{
	struct sigaction now;

	if (--users > 0)
		return;
	/* Who has installed a handler behind ours calls ours, and is left in place. */
	if (sigaction(SIGBUS, NULL, &now) == 0 && now.sa_sigaction == handle_sigbus)
		sigaction(SIGBUS, &before, NULL);
}

int
vc_sigbus_guard(void *addr, size_t len)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(guards) && guards[i].len != 0; i++)
		;
	if (i == RTE_DIM(guards))
		return -ENOSPC;
	guards[i].start = (uintptr_t)addr;
	guards[i].lost = false;
	__atomic_store_n(&guards[i].len, len, __ATOMIC_RELEASE);
	if (i >= nb_guards)
		__atomic_store_n(&nb_guards, i + 1, __ATOMIC_RELEASE);
	return i;
}

void
vc_sigbus_unguard(int handle)
{
	if (handle >= 0)
		__atomic_store_n(&guards[handle].len, 0, __ATOMIC_RELEASE);
}

bool
vc_sigbus_lost(int handle)
{
	return handle >= 0 && __atomic_load_n(&guards[handle].lost, __ATOMIC_ACQUIRE);
}
