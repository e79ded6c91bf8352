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

#define MS	1000000LL
#define SECOND	(1000 * MS)
#define TIMEOUT 30 /* seconds, as the guide has it */

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
		mock_answer();
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
	mock_device.busy = true;
	return mock_session_create(&x);
}

static void
leave(void *session)
{
	mock_device.busy = false;
	if (session != NULL)
		mock_session_destroy(session);
	mock_close();
}

static void
a_device_may_take_its_time(void)
{
	void *session;

	mock_open(MOCK_REVISION_1);
	session = ask(MS, (TIMEOUT - 1) * SECOND);
	CHECK(session != NULL && mock_device.failures == 0);
	leave(session);
}

static void
a_device_that_does_not_answer_is_lost(void)
{
	void *session;

	mock_open(MOCK_REVISION_1);
	session = ask(MS, 0);
	CHECK(session == NULL && mock_device.failures == 1);
	CHECK(skew > (TIMEOUT - 1) * SECOND && skew < (TIMEOUT + 1) * SECOND);
	mock_device.failures = 0;
	leave(session);
}

/* A whole machine may stand still, and a process be stopped, and the device with it. */
static void
time_that_the_driver_did_not_run_does_not_count(void)
{
	void *session;

	mock_open(MOCK_REVISION_1);
	session = ask(100 * TIMEOUT * SECOND, 500 * TIMEOUT * SECOND);
	CHECK(session != NULL && mock_device.failures == 0);
	leave(session);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_device_may_take_its_time),
		UNIT_TEST(a_device_that_does_not_answer_is_lost),
		UNIT_TEST(time_that_the_driver_did_not_run_does_not_count),
	};

	return mock_main(tests, RTE_DIM(tests));
}
