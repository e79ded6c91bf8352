/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Notifications where somebody has used up the asynchronous I/O of the system. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/aio_abi.h>
#include <rte_common.h>

#include "call.h"
#include "unit.h"

#define PATIENT 5		 /* seconds for what happens in a process of its own */
#define FULL	(UINT64_MAX - 1) /* the most that an eventfd counts */

static int full_after_poll = -1; /* an eventfd that gets full behind each poll() */
static aio_context_t used_up[64];
static unsigned int nb_used_up;

/* What the library calls: a front-end may do anything between this and what follows it. */
int
poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
	const struct timespec no_time = { 0 };
	int n = ppoll(fds, nfds, timeout == 0 ? &no_time : NULL, NULL);

	if (full_after_poll >= 0)
		eventfd_write(full_after_poll, FULL);
	return n;
}

/* Takes all that there is, as any process can. */
static void
use_up(void)
{
	unsigned int nb = 1 << 16;

	while (nb > 0 && nb_used_up < RTE_DIM(used_up)) {
		aio_context_t ctx = 0;

		if (syscall(SYS_io_setup, nb, &ctx) == 0)
			used_up[nb_used_up++] = ctx;
		else
			nb /= 2;
	}
}

static void
destroy_contexts(void)
{
	while (nb_used_up > 0)
		syscall(SYS_io_destroy, used_up[--nb_used_up]);
}

/* Whether a process does something and ends in time. */
static bool
succeeds(void (*work)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(PATIENT);
		work();
		destroy_contexts();
		_exit(unit_failed ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status == 0;
}

static void
signal_with_reserve(void)
{
	int call = eventfd(0, 0);
	eventfd_t value;

	CHECK(vc_call_reserve(1) == 0);
	use_up();
	full_after_poll = call;
	vc_call_signal(call);
	CHECK(eventfd_read(call, &value) == 0 && value == 1);
	eventfd_write(call, FULL);
	vc_call_signal(call); /* waits for nobody */
	CHECK(eventfd_read(call, &value) == 0 && value >= FULL);
}

static void
what_was_reserved_is_there(void)
{
	CHECK(succeeds(signal_with_reserve));
}

static void
signal_without_reserve(void)
{
	int call = eventfd(0, 0);
	eventfd_t value;

	use_up();
	CHECK(vc_call_reserve(1) == -EAGAIN);
	vc_call_signal(call);
	CHECK(eventfd_read(call, &value) == 0 && value == 1);
	eventfd_write(call, FULL);
	vc_call_signal(call);
	CHECK(eventfd_read(call, &value) == 0 && value == FULL);
}

static void
a_guest_is_notified_all_the_same(void)
{
	CHECK(succeeds(signal_without_reserve));
}

static void
reserve_again(void)
{
	CHECK(vc_call_reserve(2) == 0);
	use_up();
	CHECK(vc_call_reserve(2) == 0);
	CHECK(vc_call_reserve(3) == -EAGAIN);
	destroy_contexts();
	CHECK(vc_call_reserve(3) == 0);
}

static void
what_is_missing_can_be_reserved_later(void)
{
	CHECK(succeeds(reserve_again));
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(what_was_reserved_is_there),
		UNIT_TEST(a_guest_is_notified_all_the_same),
		UNIT_TEST(what_is_missing_can_be_reserved_later),
	};

	return unit_run(tests, RTE_DIM(tests));
}
