/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Guest memory that goes away, and signals that are none of ours. */

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>

/* Whatever other threads do, they do it in front of, between or behind the loads of the handler. */
static void count_load(void);

#define __atomic_load_n(from, order)                                                               \
	({                                                                                         \
		__typeof__(*(from)) loaded = *(volatile __typeof__(*(from)) *)(from);              \
		count_load();                                                                      \
		loaded;                                                                            \
	})
#include "sigbus.c"
#undef __atomic_load_n

#include "inflight.h"
#include "unit.h"

#define PAGE	   4096
#define ROOM	   (64 * PAGE)
#define MOST_LOADS 16 /* of the handler, with one guard */
#define PATIENT	   20 /* seconds for what happens in a process of its own */

static int wake = -1;

static void
begin_guarding(void)
{
	if (wake < 0)
		wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	CHECK(vc_sigbus_install(wake) == 0);
}

/* Maps a file that is empty: an access to any byte of it raises the signal. */
static volatile uint8_t *
map_nothing(size_t len)
{
	int fd = memfd_create("nothing", MFD_CLOEXEC);
	void *addr = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && addr != MAP_FAILED);
	close(fd);
	return addr;
}

static void
memory_that_is_lost_reads_as_zero_and_is_reported(void)
{
	volatile uint8_t *mine = map_nothing(ROOM), *other = map_nothing(ROOM);
	int guard, beside;
	eventfd_t value;

	begin_guarding();
	guard = vc_sigbus_guard((void *)(uintptr_t)mine, ROOM);
	beside = vc_sigbus_guard((void *)(uintptr_t)other, ROOM);
	CHECK(!vc_sigbus_lost(guard));
	CHECK(mine[ROOM - 1] == 0);
	mine[0] = 1;
	CHECK(mine[0] == 1);
	CHECK(vc_sigbus_lost(guard) && !vc_sigbus_lost(beside));
	CHECK(eventfd_read(wake, &value) == 0 && value == 1);
	vc_sigbus_unguard(guard);
	vc_sigbus_unguard(beside);
	vc_sigbus_uninstall();
	munmap((void *)(uintptr_t)mine, ROOM);
	munmap((void *)(uintptr_t)other, ROOM);
}

/* BUS_ADRERR: as the kernel does when there is no hugepage left; SI_QUEUE: as others do. */
static void
fake_fault(volatile void *addr, int code)
{
	siginfo_t info = { .si_signo = SIGBUS, .si_code = code };

	info.si_addr = (void *)(uintptr_t)addr;
	CHECK(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info) == 0);
}

/* Where the last mapping of this name is. */
static void *
find_mapping(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, found = 0;
	char line[512];

	CHECK(maps != NULL);
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, name) != NULL && sscanf(line, "%lx", &start) == 1)
			found = start;
	if (maps != NULL)
		fclose(maps);
	return (void *)found;
}

static void
a_region_of_requests_in_flight_that_is_lost_is_reported(void)
{
	static struct vc_inflight_dev mine, other;
	uint64_t bytes = vc_inflight_region_size(2, 64);
	int fd = vc_inflight_create_region(bytes), fd_of_other = vc_inflight_create_region(bytes);

	begin_guarding();
	CHECK(vc_inflight_set_region(&other, fd_of_other, 0, bytes, 2, 64) == 0);
	CHECK(vc_inflight_set_region(&mine, fd, 0, bytes, 2, 64) == 0);
	/* Both have one name: the one that is ours is unmapped last. */
	vc_inflight_drop_region(&other);
	CHECK(!vc_inflight_region_is_lost(&mine));
	fake_fault(find_mapping("vhost_crypto_inflight"), BUS_ADRERR);
	CHECK(vc_inflight_region_is_lost(&mine));
	CHECK(vc_inflight_set_region(&other, fd_of_other, 0, bytes, 2, 64) == 0);
	CHECK(!vc_inflight_region_is_lost(&other));
	vc_inflight_drop_region(&mine);
	vc_inflight_drop_region(&other);
	CHECK(!vc_inflight_region_is_lost(&mine));
	vc_sigbus_uninstall();
	close(fd);
	close(fd_of_other);
}

/* How a process ends that does something: its status, or minus the signal. */
static int
end_of(void (*work)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(PATIENT);
		work();
		_exit(unit_failed ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
be_killed(void)
{
	signal(SIGBUS, SIG_DFL);
	begin_guarding();
	kill(getpid(), SIGBUS);
	usleep(100000);
}

static void
be_killed_in_vain(void)
{
	volatile uint8_t *mine = map_nothing(PAGE);
	int guard;

	signal(SIGBUS, SIG_IGN);
	begin_guarding();
	guard = vc_sigbus_guard((void *)(uintptr_t)mine, PAGE);
	kill(getpid(), SIGBUS);
	fake_fault(mine, SI_QUEUE);
	CHECK(!vc_sigbus_lost(guard));
	CHECK(mine[0] == 0 && vc_sigbus_lost(guard));
	signal(SIGBUS, SIG_DFL); /* the test's own end */
}

static void
touch_what_is_not_guarded(void)
{
	signal(SIGBUS, SIG_DFL);
	begin_guarding();
	CHECK(map_nothing(PAGE)[0] == 1);
}

static void
touch_it_where_it_is_ignored(void)
{
	signal(SIGBUS, SIG_IGN);
	begin_guarding();
	CHECK(map_nothing(PAGE)[0] == 1);
}

static void
a_signal_that_somebody_sends_does_what_it_did_before(void)
{
	CHECK(end_of(be_killed) == -SIGBUS);
	CHECK(end_of(be_killed_in_vain) == EXIT_SUCCESS);
	CHECK(end_of(touch_what_is_not_guarded) == -SIGBUS);
	CHECK(end_of(touch_it_where_it_is_ignored) == -SIGBUS);
}

static struct sigaction behind;

static void
call_behind(int sig, siginfo_t *info, void *context)
{
	behind.sa_sigaction(sig, info, context);
}

/* DPDK's handler for devices that are pulled out comes and goes in this way. */
static void
install_again_in_front_of_another(void)
{
	struct sigaction other = { .sa_flags = SA_SIGINFO | SA_NODEFER };

	signal(SIGBUS, SIG_DFL);
	other.sa_sigaction = call_behind;
	begin_guarding();
	sigaction(SIGBUS, &other, &behind);
	vc_sigbus_uninstall();
	begin_guarding();
	CHECK(map_nothing(PAGE)[0] == 1);
}

static void
install_again_when_another_is_gone(void)
{
	struct sigaction other = { .sa_flags = SA_SIGINFO | SA_NODEFER };

	signal(SIGBUS, SIG_DFL);
	other.sa_sigaction = call_behind;
	begin_guarding();
	sigaction(SIGBUS, &other, &behind);
	vc_sigbus_uninstall();
	sigaction(SIGBUS, &behind, NULL);
	begin_guarding();
	CHECK(map_nothing(PAGE)[0] == 1);
}

/* It guards again, too, and is gone when it was the last. */
static void
install_where_nobody_is_left(void)
{
	struct sigaction other = { .sa_flags = SA_SIGINFO | SA_NODEFER };
	volatile uint8_t *mine = map_nothing(PAGE);
	int guard;

	signal(SIGBUS, SIG_DFL);
	other.sa_sigaction = call_behind;
	begin_guarding();
	sigaction(SIGBUS, &other, &behind);
	vc_sigbus_uninstall();
	signal(SIGBUS, SIG_DFL);
	begin_guarding();
	guard = vc_sigbus_guard((void *)(uintptr_t)mine, PAGE);
	CHECK(mine[0] == 0 && vc_sigbus_lost(guard));
	vc_sigbus_uninstall();
	CHECK(sigaction(SIGBUS, NULL, &other) == 0 && other.sa_handler == SIG_DFL);
}

static void
handlers_do_not_call_each_other_without_end(void)
{
	CHECK(end_of(install_again_in_front_of_another) == -SIGBUS);
	CHECK(end_of(install_again_when_another_is_gone) == -SIGBUS);
	CHECK(end_of(install_where_nobody_is_left) == EXIT_SUCCESS);
}

static volatile uint8_t *place, *elsewhere;
static int guard_of_turns;
static unsigned int loads, turn_at; /* 0: never */
static bool grows;
static sigjmp_buf go_on;

/* Has the entry guard all that is elsewhere, or a page of the place. */
static void
guard_in_turn(bool large)
{
	volatile uint8_t *addr = large ? elsewhere : place;

	guard_of_turns = vc_sigbus_guard((void *)(uintptr_t)addr, large ? ROOM : PAGE);
}

/* Ends one guard, and has the same entry be the other one. */
static void
count_load(void)
{
	if (turn_at == 0 || ++loads != turn_at)
		return;
	vc_sigbus_unguard(guard_of_turns);
	guard_in_turn(grows);
}

static void
leave(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
	siglongjmp(go_on, 1);
}

/*
 * Touches what is never guarded, but would be if the page were as long as all that is elsewhere.
 * Returns whether the entry was changed meanwhile.
 */
static bool
touch_while_it_changes(void)
{
	bool changed;

	guard_in_turn(!grows);
	loads = 0;
	if (sigsetjmp(go_on, 0) == 0)
		(void)place[ROOM / 2];
	changed = loads >= turn_at;
	turn_at = 0;
	CHECK(!vc_sigbus_lost(guard_of_turns));
	vc_sigbus_unguard(guard_of_turns);
	return changed;
}

static void
guards_that_change_are_not_mixed_up(void)
{
	struct sigaction other = { .sa_flags = SA_SIGINFO | SA_NODEFER };
	unsigned int at;

	place = map_nothing(ROOM);
	elsewhere = map_nothing(ROOM);
	other.sa_sigaction = leave;
	sigaction(SIGBUS, &other, NULL);
	begin_guarding();
	for (at = 1; at < MOST_LOADS; at++) {
		turn_at = at;
		grows = at % 2;
		if (!touch_while_it_changes())
			break;
		turn_at = at;
		grows = !grows;
		touch_while_it_changes();
	}
	CHECK(at > 2 && at < MOST_LOADS);
	vc_sigbus_uninstall();
	signal(SIGBUS, SIG_DFL);
	munmap((void *)(uintptr_t)place, ROOM);
	munmap((void *)(uintptr_t)elsewhere, ROOM);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(memory_that_is_lost_reads_as_zero_and_is_reported),
		UNIT_TEST(a_region_of_requests_in_flight_that_is_lost_is_reported),
		UNIT_TEST(a_signal_that_somebody_sends_does_what_it_did_before),
		UNIT_TEST(handlers_do_not_call_each_other_without_end),
		UNIT_TEST(guards_that_change_are_not_mixed_up),
	};

	return unit_run(tests, RTE_DIM(tests));
}
