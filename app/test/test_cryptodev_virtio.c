/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>

#include "device.h"
#include "faults.h"
#include "options.h"
#include "reference.h"
#include "rsa.h"

/**
 * @file
 * A cryptodev under test: known answers, shapes of buffers, queues, sessions and the device's
 * life, through nothing but the public cryptodev API.
 *
 * The main lcore runs all; a second lcore, when there is one, is used by cases that need it.
 */

static void
register_all(void)
{
	register_known_answers();
	register_chains();
	register_random();
	register_scatter();
	register_sizes();
	register_capabilities();
	register_digest_encrypted();
	register_statuses();
	register_ecdsa();
	register_rings();
	register_sessions();
	register_keys();
	register_limits();
	register_rsa();
	register_process();
	register_threads();
	register_devices();
	register_life(); /* the last one: it closes the device */
}

static int
run(struct env *env)
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

	if (rc != 0)
		return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	reference_init();
	register_all();
	if (env->opt.list)
		test_list(&env->opt);
	else
		status = run(env);
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
