/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file What the unit tests share: a check that counts, and a main() over a list of tests. */

#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/** One test; it fails when one of its checks does. */
struct unit_test {
	const char *name;
	void (*run)(void);
};

/** Whether the running test has failed; one for all sources of a program. */
__attribute__((weak)) bool unit_failed;

/** Notes a failure and goes on, so that one run shows all of them. */
#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			printf("  %s:%d: %s\n", __func__, __LINE__, #cond);                        \
			unit_failed = true;                                                        \
		}                                                                                  \
	} while (0)

/** Runs the tests; the value is main()'s. */
static inline int
unit_run(const struct unit_test *tests, unsigned int count)
{
	unsigned int i, failed = 0;

	for (i = 0; i < count; i++) {
		unit_failed = false;
		tests[i].run();
		printf("%s %s\n", unit_failed ? "not ok" : "ok", tests[i].name);
		failed += unit_failed;
	}
	printf("%u passed, %u failed\n", count - failed, failed);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_TEST(name)                                                                            \
	{                                                                                          \
#name, name                                                                        \
	}

#endif /* UNIT_H */
