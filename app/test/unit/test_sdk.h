/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_SDK_H
#define TEST_SDK_H

/**
 * @file
 * What the test_sdk_*.c programs share: the report, and an EAL that needs no privileges and leaves
 * nothing behind. Each program is one file, and includes this once.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>

static unsigned int failures;

/** Prints one line of the report. */
static inline void
expect(bool ok, const char *what)
{
	printf("%s %s\n", ok ? "ok  " : "FAIL", what);
	if (!ok)
		failures++;
}

/** Initialises EAL, with @p pci and its @p value ("" if none) as options. Returns success. */
static inline bool
eal_starts(const char *pci, const char *value)
{
	const char *options[] = { "test_sdk",	 "--no-huge",	   "-m", "64",
				  "--no-shconf", "--no-telemetry", pci,	 value };
	unsigned int nb = RTE_DIM(options) - (value[0] == '\0');
	static char copies[RTE_DIM(options)][32];
	char *args[RTE_DIM(options)];

	for (unsigned int i = 0; i < nb; i++) {
		snprintf(copies[i], sizeof(copies[i]), "%s", options[i]);
		args[i] = copies[i];
	}
	if (rte_eal_init(nb, args) >= 0)
		return true;
	printf("FAIL rte_eal_init: %s\n", rte_strerror(rte_errno));
	return false;
}

#endif /* TEST_SDK_H */
