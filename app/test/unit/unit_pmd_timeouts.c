/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * How long the driver waits for an answer on the control queue. The clock that it looks at is the
 * test's: it goes on while the driver sleeps, and by as much as the test says.
 */

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "mock_device.h"
#include "mock_device_xforms.h"
#include "unit.h"

#define MS	 1000000LL
#define SECOND	 (1000 * MS)
#define PATIENCE 30 /* seconds, as the guide has it */

static int64_t skew;	   /* nanoseconds that the clock is ahead of the kernel's */
static int64_t per_sleep;  /* that a sleep takes */
static int64_t answers_at; /* skew with which the device answers; 0: it does not */

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int64_t ns, ahead = __atomic_load_n(&skew, __ATOMIC_RELAXED);
	int ret = syscall(SYS_clock_gettime, clock, ts);

	ns = ts->tv_sec * SECOND + ts->tv_nsec + (clock == CLOCK_MONOTONIC ? ahead : 0);
	*ts = (struct timespec){ .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND };
	return ret;
}

int
nanosleep(const struct timespec *time, struct timespec *left)
{
	int64_t now = __atomic_add_fetch(&skew, per_sleep, __ATOMIC_RELAXED);

	(void)time;
	(void)left;
	if (answers_at != 0 && now >= answers_at) {
		answers_at = 0;
		played_answer();
	}
	return 0;
}

/* Asks a device for a session that answers after some time, or never. */
static void *
ask(int64_t sleep, int64_t answers_after)
{
	struct rte_crypto_sym_xform x = aes_cbc(true);

	skew = 0;
	per_sleep = sleep;
	answers_at = answers_after;
	played.busy = true;
	return played_session(&x);
}

static void
leave(void *session)
{
	played.busy = false;
	if (session != NULL)
		played_session_end(session);
	played_close();
}

static void
a_device_may_take_its_time(void)
{
	void *session;

	played_open(PLAYED_REVISION_1);
	session = ask(MS, (PATIENCE - 1) * SECOND);
	CHECK(session != NULL && played.failures == 0);
	leave(session);
}

static void
one_that_does_not_answer_is_given_up(void)
{
	void *session;

	played_open(PLAYED_REVISION_1);
	session = ask(MS, 0);
	CHECK(session == NULL && played.failures == 1);
	CHECK(skew > (PATIENCE - 1) * SECOND && skew < (PATIENCE + 1) * SECOND);
	played.failures = 0;
	leave(session);
}

/* A whole machine may stand still, and a process be stopped, and the device with it. */
static void
time_that_the_driver_did_not_run_does_not_count(void)
{
	void *session;

	played_open(PLAYED_REVISION_1);
	session = ask(100 * PATIENCE * SECOND, 500 * PATIENCE * SECOND);
	CHECK(session != NULL && played.failures == 0);
	leave(session);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_device_may_take_its_time),
		UNIT_TEST(one_that_does_not_answer_is_given_up),
		UNIT_TEST(time_that_the_driver_did_not_run_does_not_count),
	};

	return played_main(tests, RTE_DIM(tests));
}
