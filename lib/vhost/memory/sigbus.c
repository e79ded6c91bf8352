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

/* Maximum number of mappings of all devices. */
#define MAX_GUARDS 4096

/* A guarded mapping, as the handler reads it; unused if len is 0. */
struct guard {
	uint32_t changes; /* odd while start and len change */
	bool lost;
	uintptr_t start;
	size_t len;
};

/* Address range of a guard. */
struct range {
	uintptr_t start;
	size_t len;
};

static struct guard guards[MAX_GUARDS];
static unsigned int nb_guards; /* entries in use, at most */
static unsigned int users;
static int wake_fd = -1;
static bool is_installed; /* the handler is installed, perhaps behind one that chains to it */
static struct sigaction before;

/*
 * Finds the guard of an address and its range; NULL: none. A guard that is being changed is
 * skipped, because no thread accesses a mapping while its guard is set or removed.
 * Async-signal-safe.
 */
static struct guard *
find_guard(uintptr_t addr, struct range *range)
{
	unsigned int nb = __atomic_load_n(&nb_guards, __ATOMIC_ACQUIRE), i;

	for (i = 0; i < nb; i++) {
		struct guard *g = &guards[i];
		uint32_t changes = __atomic_load_n(&g->changes, __ATOMIC_ACQUIRE);

		range->start = __atomic_load_n(&g->start, __ATOMIC_RELAXED);
		range->len = __atomic_load_n(&g->len, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (changes % 2 != 0 || __atomic_load_n(&g->changes, __ATOMIC_RELAXED) != changes)
			continue;
		if (addr - range->start < range->len)
			return g;
	}
	return NULL;
}

static void
set_guard(struct guard *g, uintptr_t start, size_t len)
{
	__atomic_store_n(&g->changes, g->changes + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&g->start, start, __ATOMIC_RELAXED);
	__atomic_store_n(&g->len, len, __ATOMIC_RELAXED);
	__atomic_store_n(&g->changes, g->changes + 1, __ATOMIC_RELEASE);
}

/* Whether the access faults again when the handler returns; not so if a process sent the signal. */
static bool
repeats(const siginfo_t *info)
{
	return info->si_code > 0 && info->si_code != BUS_MCEERR_AO;
}

/*
 * Chains to the previous handler. The default action ends the process: when the access faults
 * again, or else by raise().
 */
static void
pass_on(int sig, siginfo_t *info, void *context)
{
	const struct sigaction end = { .sa_handler = SIG_DFL };

	if (before.sa_flags & SA_SIGINFO) {
		before.sa_sigaction(sig, info, context);
		return;
	}
	if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
		before.sa_handler(sig);
		return;
	}
	if (before.sa_handler == SIG_IGN && !repeats(info))
		return;
	sigaction(SIGBUS, &end, NULL);
	if (!repeats(info))
		raise(SIGBUS);
}

static void
handle_sigbus(int sig, siginfo_t *info, void *context)
{
	struct range range;
	struct guard *g = find_guard((uintptr_t)info->si_addr, &range);
	const uint64_t one = 1;
	int saved = errno;

	/* A signal sent by a process has no si_addr. */
	if (g == NULL || info->si_code <= 0 ||
	    mmap((void *)range.start, range.len, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED) {
		pass_on(sig, info, context);
	} else {
		__atomic_store_n(&g->lost, true, __ATOMIC_RELEASE);
		if (write(wake_fd, &one, sizeof(one)) < 0)
			errno = saved; /* the counter is full, so its reader is woken up anyway */
	}
	errno = saved;
}

/*
 * If another handler was installed later, ours stays behind it: installing ours again in front
 * would make the two call each other without end.
 */
static int
install_handler(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK }, now;

	if (sigaction(SIGBUS, NULL, &now) != 0)
		return -errno;
	if (is_installed &&
	    (now.sa_flags & SA_SIGINFO || (now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN)))
		return 0;
	before = now;
	action.sa_sigaction = handle_sigbus;
	if (sigaction(SIGBUS, &action, NULL) != 0)
		return -errno;
	is_installed = true;
	return 0;
}

int
vc_sigbus_install(int event_fd)
{
	int ret;

	wake_fd = event_fd;
	ret = users == 0 ? install_handler() : 0;
	if (ret == 0)
		users++;
	return ret;
}

void
vc_sigbus_uninstall(void)
{
	struct sigaction now;

	if (--users > 0)
		return;
	/* A handler installed later chains to ours, and is left in place. */
	if (sigaction(SIGBUS, NULL, &now) == 0 && now.sa_sigaction == handle_sigbus &&
	    sigaction(SIGBUS, &before, NULL) == 0)
		is_installed = false;
}

int
vc_sigbus_guard(void *addr, size_t len)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(guards) && guards[i].len != 0; i++)
		;
	if (i == RTE_DIM(guards))
		return -ENOSPC;
	guards[i].lost = false;
	set_guard(&guards[i], (uintptr_t)addr, len);
	if (i >= nb_guards)
		__atomic_store_n(&nb_guards, i + 1, __ATOMIC_RELEASE);
	return i;
}

void
vc_sigbus_unguard(int handle)
{
	if (handle >= 0)
		set_guard(&guards[handle], 0, 0);
}

bool
vc_sigbus_lost(int handle)
{
	return handle >= 0 && __atomic_load_n(&guards[handle].lost, __ATOMIC_ACQUIRE);
}
