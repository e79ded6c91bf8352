/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>
#include <rte_eal.h>

#include "device.h"
#include "faults.h"
#include "options.h"
#include "reference.h"
#include "rsa.h"

/**
 * @file
 * The entry of the tests of a cryptodev: list of suites and runner. The suites are the files
 * api/case_*.c; they use nothing but the public cryptodev API.
 *
 * The main lcore runs all cases; some cases use a second lcore if there is one.
 */

/* Each suite adds its cases to the table. The last one closes the device. */
/* clang-format off */
static void (*const suites[])(void) = {
	register_known_answers,
	register_chains,
	register_random,
	register_scatter,
	register_sizes,
	register_capabilities,
	register_digest_encrypted,
	register_statuses,
	register_ecdsa,
	register_rings,
	register_sessions,
	register_keys,
	register_limits,
	register_rsa_known,
	register_rsa,
	register_rsa_reject,
	register_pools,
	register_process,
	register_threads,
	register_devices,
	register_life,
};
/* clang-format on */

/* The table of cases; it grows only while the process starts. */
static struct test_case *table;
static unsigned int table_len;

void
test_register(enum verdict (*run)(struct env *env, const void *arg), const void *arg,
	      const char *fmt, ...)
{
	struct test_case *c;
	va_list ap;

	c = realloc(table, (table_len + 1) * sizeof(*table));
	if (c == NULL)
		rte_panic("no memory for the table of cases\n");
	table = c;
	c = &table[table_len++];
	c->run = run;
	c->arg = arg;
	va_start(ap, fmt);
	vsnprintf(c->name, sizeof(c->name), fmt, ap);
	va_end(ap);
}

enum verdict
test_fail(struct env *env, const char *fmt, ...)
{
	va_list ap;

	if (!env->failed) {
		env->failed = true;
		va_start(ap, fmt);
		vsnprintf(env->reason, sizeof(env->reason), fmt, ap);
		va_end(ap);
	}
	return FAIL;
}

void
test_annotate(struct env *env, const char *fmt, ...)
{
	char reason[sizeof(env->reason)];
	va_list ap;
	int n;

	memcpy(reason, env->reason, sizeof(reason));
	va_start(ap, fmt);
	n = vsnprintf(env->reason, sizeof(env->reason), fmt, ap);
	va_end(ap);
	snprintf(env->reason + n, sizeof(env->reason) - n, ": %s", reason);
}

enum verdict
test_skip(struct env *env, const char *fmt, ...)
{
	va_list ap;

	if (!env->failed) {
		va_start(ap, fmt);
		vsnprintf(env->reason, sizeof(env->reason), fmt, ap);
		va_end(ap);
	}
	return SKIP;
}

void
test_forget(struct env *env)
{
	env->failed = false;
	env->reason[0] = '\0';
}

static bool
matches(const char *name, const char **patterns, unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++) {
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	}
	return false;
}

static bool
chosen(const struct options *opt, const char *name)
{
	if (opt->nb_cases > 0 && !matches(name, opt->cases, opt->nb_cases))
		return false;
	return !matches(name, opt->excludes, opt->nb_excludes);
}

void
test_list(const struct options *opt)
{
	unsigned int i;

	for (i = 0; i < table_len; i++) {
		if (chosen(opt, table[i].name))
			printf("%s\n", table[i].name);
	}
}

/* A case's own random numbers, so that it sees the same ones when it is run alone. */
static struct rng
case_rng(const struct env *env, const char *name)
{
	struct rng rng = { .state = env->opt.seed };

	for (; *name != '\0'; name++)
		rng.state = rng_next(&rng) ^ (uint8_t)*name;
	return rng;
}

static enum verdict
run_case(struct env *env, const struct test_case *c)
{
	struct pool_levels before;
	enum verdict v;

	test_forget(env);
	env->rng = case_rng(env, c->name);
	if (env->nb_qps == 0 && device_restore(env) != 0)
		return FAIL;
	before = device_pool_levels(env);
	v = c->run(env, c->arg);
	if (env->stuck) {
		/* What the device still holds is lost with it. */
		env->stuck = false;
		device_stop(env);
	} else if (v != FAIL && device_check_pools(env, &before) == FAIL) {
		v = FAIL;
	}
	if (v == SKIP && matches(c->name, env->opt.requires, env->opt.nb_requires))
		v = FAIL;
	return v;
}

unsigned int
test_run(struct env *env)
{
	static const char *const said[] = { "ok", "not ok", "skip" };
	unsigned int count[] = { 0, 0, 0 };
	enum verdict v;
	unsigned int i;

	for (i = 0; i < table_len; i++) {
		if (!chosen(&env->opt, table[i].name))
			continue;
		v = run_case(env, &table[i]);
		count[v]++;
		printf("%s %s%s%s\n", said[v], table[i].name, v == PASS ? "" : ": ",
		       v == PASS ? "" : env->reason);
		fflush(stdout);
	}
	if (count[PASS] + count[FAIL] + count[SKIP] == 0) {
		printf("not ok no case has such a name\n");
		count[FAIL]++;
	}
	printf("%u passed, %u failed, %u skipped\n", count[PASS], count[FAIL], count[SKIP]);
	return count[FAIL];
}

static int
run_on_device(struct env *env)
{
	unsigned int failed;

	if (device_open(env) != 0)
		return EXIT_FAILURE;
	printf("# seed %ju\n", (uintmax_t)env->opt.seed);
	fflush(stdout);
	failed = env->opt.faults ? faults_run(env) : test_run(env);
	if (device_close(env) != 0)
		failed++;
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
run_options(struct env *env, int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	int rc = options_parse(&env->opt, argc, argv);
	unsigned int i;

	if (rc != 0)
		return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	reference_init();
	for (i = 0; i < RTE_DIM(suites); i++)
		suites[i]();
	if (env->opt.list)
		test_list(&env->opt);
	else
		status = run_on_device(env);
	rsa_keys_free();
	reference_fini();
	return status;
}

int
main(int argc, char **argv)
{
	static struct env env;
	int used, status;

	used = rte_eal_init(argc, argv);
	if (used < 0)
		return EXIT_FAILURE;
	status = run_options(&env, argc - used, argv + used);
	rte_eal_cleanup();
	return status;
}
