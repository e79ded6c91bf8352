/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_version.h>

#include "command_line.h"

#define PROGRAM "dpdk-vhost_crypto"

static int
refer_to_help(void)
{
	fprintf(stderr, "see %s --help\n", PROGRAM);
	return EX_USAGE;
}

/* Returns the index of "--", or argc. */
static int
find_separator(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return argc;
}

/* EAL prints its help, and ends the process with its own status. */
static int
print_eal_help(char *program)
{
	char help[] = "--help";
	char *argv[] = { program, help, NULL };

	rte_eal_init(2, argv);
	return EX_SOFTWARE;
}

/* Prints what the options request. Returns -1 to go on, or the exit status. */
static int
print_information(const struct app_options *opts, char *program)
{
	if (opts->eal_help)
		return print_eal_help(program);
	if (opts->help)
		options_usage(PROGRAM);
	else if (opts->version)
		printf("%s %s (%s)\n", PROGRAM, VHOST_CRYPTO_VERSION, rte_version());
	else
		return -1;
	if (fflush(stdout) == 0)
		return EX_OK;
	fprintf(stderr, "standard output: %s\n", strerror(errno));
	return EX_IOERR;
}

/*
 * Options in front of "--" are EAL's. Of the program's own, those that print something are obeyed
 * there as well, and the others are a mistake that EAL would not explain. Returns 0 or -1.
 */
static int
parse_eal_part(struct app_options *opts, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			opts->help = true;
		} else if (strcmp(argv[i], "--version") == 0) {
			opts->version = true;
		} else if (strcmp(argv[i], "--eal-help") == 0) {
			opts->eal_help = true;
		} else if (options_is_own(argv[i])) {
			fprintf(stderr,
				"%s: expected behind --, as it is not an option of EAL; such as: "
				"%s --vdev crypto_aesni_mb -- %s ...\n",
				argv[i], PROGRAM, argv[i]);
			return -1;
		}
	}
	return 0;
}

int
command_line_parse(struct app_options *opts, int argc, char **argv)
{
	int separator = find_separator(argc, argv);
	int status;

	memset(opts, 0, sizeof(*opts));
	if (parse_eal_part(opts, separator, argv) != 0)
		return refer_to_help();
	status = print_information(opts, argv[0]);
	if (status >= 0)
		return status;
	if (options_parse(opts, argc - separator, argv + separator) != 0)
		return refer_to_help();
	return print_information(opts, argv[0]);
}

/*
 * EAL answers a mistake in its options by a hundred lines of usage on the standard output, after a
 * line of what is wrong. Only the latter is of use.
 */
static int
init_eal_without_usage(int argc, char **argv)
{
	int output, null, ret;

	opterr = 1; /* EAL leaves it to getopt_long() to say which option it does not know */
	fflush(stdout);
	output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (output >= 0 && null >= 0)
		dup2(null, STDOUT_FILENO);
	ret = rte_eal_init(argc, argv);
	fflush(stdout);
	if (output >= 0 && null >= 0)
		dup2(output, STDOUT_FILENO);
	if (output >= 0)
		close(output);
	if (null >= 0)
		close(null);
	return ret;
}

int
command_line_init_eal(const struct app_options *opts, int argc, char **argv)
{
	if (init_eal_without_usage(argc, argv) < 0) {
		if (rte_errno == EINVAL) {
			fprintf(stderr,
				"EAL rejects the options in front of --, see its messages; for its "
				"options see %s --eal-help\n",
				PROGRAM);
			return refer_to_help();
		}
		fprintf(stderr, "EAL cannot be initialized%s%s\n", rte_errno ? ": " : "",
			rte_errno ? rte_strerror(rte_errno) : ", see its messages");
		return EX_OSERR;
	}
	if (options_check_lcores(opts) == 0)
		return -1;
	refer_to_help();
	rte_eal_cleanup();
	return EX_USAGE;
}
