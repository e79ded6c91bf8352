/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_debug.h>

#include "job.h"
#include "options.h"

static const char usage[] =
	"virtio_crypto_test [EAL options] -- [options]\n"
	"  --dev NAME        cryptodev under test (the first)\n"
	"  --case GLOB       run these cases only; can be given several times\n"
	"  --exclude GLOB    leave these cases out; can be given several times\n"
	"  --require GLOB    these cases must not be skipped; can be given several times\n"
	"  --list            print the names of the chosen cases\n"
	"  --seed N          start of the random numbers (from the clock)\n"
	"  --max-sessions N  sessions that the device has (not known)\n"
	"  --max-size BYTES  largest message that the device must take (65535)\n"
	"  --max-content BYTES  content of a request that the device takes at most (not known)\n"
	"  --max-segs N      segments of one buffer that the device must take (256)\n"
	"  --qps N           queue pairs (1)\n"
	"  --first-qp N      queue pair to begin with, of a device that another process has (0)\n"
	"  --desc N          descriptors per queue pair (256)\n"
	"  --timeout SECONDS time for the device to complete what it accepted (10)\n"
	"  --faults          speak a line protocol on stdin and stdout instead of running cases\n";

/* Append to a list of patterns. */
static void
add(const char ***list, unsigned int *nb, const char *pattern)
{
	*list = realloc(*list, (*nb + 1) * sizeof(**list));
	if (*list == NULL)
		rte_panic("no memory for the options\n");
	(*list)[(*nb)++] = pattern;
}

static int
number(const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno != 0 || end == text || *end != '\0' || *text == '-' || *value < low ||
	    *value > high) {
		fprintf(stderr, "--%s %s: give a number from %ju to %ju\n", option, text,
			(uintmax_t)low, (uintmax_t)high);
		return -1;
	}
	return 0;
}

enum {
	OPT_DEV = 1,
	OPT_CASE,
	OPT_EXCLUDE,
	OPT_REQUIRE,
	OPT_LIST,
	OPT_FAULTS,
	OPT_HELP,
	OPT_SEED,
	OPT_MAX_SESSIONS,
	OPT_MAX_SIZE,
	OPT_MAX_CONTENT,
	OPT_MAX_SEGS,
	OPT_QPS,
	OPT_FIRST_QP,
	OPT_DESC,
	OPT_TIMEOUT,
};

static const struct option long_options[] = {
	{ "dev", required_argument, NULL, OPT_DEV },
	{ "case", required_argument, NULL, OPT_CASE },
	{ "exclude", required_argument, NULL, OPT_EXCLUDE },
	{ "require", required_argument, NULL, OPT_REQUIRE },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "faults", no_argument, NULL, OPT_FAULTS },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "max-sessions", required_argument, NULL, OPT_MAX_SESSIONS },
	{ "max-size", required_argument, NULL, OPT_MAX_SIZE },
	{ "max-content", required_argument, NULL, OPT_MAX_CONTENT },
	{ "max-segs", required_argument, NULL, OPT_MAX_SEGS },
	{ "qps", required_argument, NULL, OPT_QPS },
	{ "first-qp", required_argument, NULL, OPT_FIRST_QP },
	{ "desc", required_argument, NULL, OPT_DESC },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ NULL, 0, NULL, 0 },
};

static int
parse_number(struct options *opt, int c, const char *name, const char *text)
{
	uint64_t high = UINT64_MAX, low = 0, value;

	if (c == OPT_QPS || c == OPT_DESC || c == OPT_TIMEOUT) {
		low = 1;
		high = UINT16_MAX;
	} else if (c == OPT_FIRST_QP) {
		high = UINT8_MAX;
	} else if (c == OPT_MAX_SEGS) {
		low = 1;
		high = MAX_SEGS;
	} else if (c == OPT_MAX_CONTENT) {
		low = 1024;
		high = 2 << 20 | 4096;
	} else if (c != OPT_SEED) {
		high = 1 << 20;
	}
	if (number(name, text, low, high, &value) != 0)
		return -1;
	if (c == OPT_SEED)
		opt->seed = value;
	else if (c == OPT_MAX_SESSIONS)
		opt->max_sessions = value;
	else if (c == OPT_MAX_SIZE)
		opt->max_size = value;
	else if (c == OPT_MAX_CONTENT)
		opt->max_content = value;
	else if (c == OPT_MAX_SEGS)
		opt->max_segs = value;
	else if (c == OPT_QPS)
		opt->nb_qps = value;
	else if (c == OPT_FIRST_QP)
		opt->first_qp = value;
	else if (c == OPT_DESC)
		opt->nb_desc = value;
	else
		opt->timeout = value;
	return 0;
}

int
options_parse(struct options *opt, int argc, char **argv)
{
	int c, i;

	*opt = (struct options){
		.seed = time(NULL),
		.max_size = UINT16_MAX,
		.max_segs = MAX_SEGS,
		.nb_qps = 1,
		.nb_desc = 256,
		.timeout = 10,
	};
	while ((c = getopt_long(argc, argv, "", long_options, &i)) != -1) {
		if (c == OPT_DEV)
			opt->dev_name = optarg;
		else if (c == OPT_CASE)
			add(&opt->cases, &opt->nb_cases, optarg);
		else if (c == OPT_EXCLUDE)
			add(&opt->excludes, &opt->nb_excludes, optarg);
		else if (c == OPT_REQUIRE)
			add(&opt->requires, &opt->nb_requires, optarg);
		else if (c == OPT_LIST)
			opt->list = true;
		else if (c == OPT_FAULTS)
			opt->faults = true;
		else if (c == OPT_HELP)
			goto help;
		else if (c == '?' || parse_number(opt, c, long_options[i].name, optarg) != 0)
			return -1;
	}
	if (optind != argc) {
		fprintf(stderr, "%s: not an option; --help lists them\n", argv[optind]);
		return -1;
	}
	return 0;

help:
	fputs(usage, stdout);
	return 1;
}
