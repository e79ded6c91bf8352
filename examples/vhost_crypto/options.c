/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cryptodev.h>
#include <rte_lcore.h>

#include <virtio_crypto_features.h>

#include "options.h"

enum {
	OPT_CONFIG = 256,
	OPT_SOCKET_FILE,
	OPT_ZERO_COPY,
	OPT_COPY,
	OPT_GUEST_POLLING,
	OPT_CLIENT,
	OPT_MODE,
	OPT_QUEUES,
	OPT_SESSIONS,
	OPT_MAX_SIZE,
	OPT_MAX_MEMORY,
	OPT_NO_AKCIPHER,
	OPT_SOCKET_MODE,
	OPT_SOCKET_GROUP,
	OPT_DISABLE_FEATURES,
	OPT_HELP,
	OPT_VERSION,
	OPT_EAL_HELP,
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "socket-file", required_argument, NULL, OPT_SOCKET_FILE },
	{ "zero-copy", no_argument, NULL, OPT_ZERO_COPY },
	{ "copy", no_argument, NULL, OPT_COPY },
	{ "guest-polling", no_argument, NULL, OPT_GUEST_POLLING },
	{ "client", no_argument, NULL, OPT_CLIENT },
	{ "mode", required_argument, NULL, OPT_MODE },
	{ "queues", required_argument, NULL, OPT_QUEUES },
	{ "sessions", required_argument, NULL, OPT_SESSIONS },
	{ "max-size", required_argument, NULL, OPT_MAX_SIZE },
	{ "max-memory", required_argument, NULL, OPT_MAX_MEMORY },
	{ "no-akcipher", no_argument, NULL, OPT_NO_AKCIPHER },
	{ "socket-mode", required_argument, NULL, OPT_SOCKET_MODE },
	{ "socket-group", required_argument, NULL, OPT_SOCKET_GROUP },
	{ "disable-features", required_argument, NULL, OPT_DISABLE_FEATURES },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "eal-help", no_argument, NULL, OPT_EAL_HELP },
	{ NULL, 0, NULL, 0 },
};

void
options_usage(const char *program)
{
	printf("usage: %s [EAL options] -- --config (LCORE,CDEV,QP)[,...]\n"
	       "        --socket-file LCORE,PATH ...\n"
	       "  --config (LCORE,CDEV,QP)[,(LCORE,CDEV,QP)]...\n"
	       "        lcore LCORE works with queue pair QP of cryptodev CDEV; an lcore that is\n"
	       "        named several times offers what any of its cryptodevs can do\n"
	       "  --socket-file LCORE,PATH\n"
	       "        lcore LCORE serves the guest at the vhost-user socket PATH; a socket that\n"
	       "        is named with several lcores has a data queue for each\n"
	       "  --queues N       data queues of each socket (one per lcore of the socket)\n"
	       "  --sessions N     sessions of each guest (%u)\n"
	       "  --max-size N     bytes of content of one request (%u, or what cryptodevs need)\n"
	       "  --max-memory N   MiB of memory that each guest may have (any)\n"
	       "  --socket-mode M  permissions of the sockets (0600: for this user only)\n"
	       "  --socket-group G group of the sockets, by name or number (that of this process)\n"
	       "  --disable-features NAME[+NAME]...\n"
	       "        virtio features that the devices do not offer\n"
	       "  --mode poll|adaptive\n"
	       "        poll the queues all the time (so by default), or sleep when they are idle\n"
	       "  --client         connect to the sockets, on which the front-ends listen\n"
	       "  --guest-polling  guests look at their rings themselves: never notify them\n"
	       "  --no-akcipher    do not offer asymmetric algorithms\n"
	       "  --copy           let cryptodevs work on copies of the guests' data\n"
	       "  --zero-copy      let them work on the guests' memory, as they do anyway\n"
	       "  --help           print this, and exit\n"
	       "  --version        print the versions of the program and of DPDK, and exit\n"
	       "EAL options, which choose lcores, memory and cryptodevs, are printed by:\n"
	       "  --eal-help\n"
	       "Example, without hugepages:\n"
	       "  %s --no-huge -m 256 --no-pci --lcores 0@0,1@1 --vdev crypto_aesni_mb \\\n"
	       "        -- --config '(1,0,0)' --socket-file 1,/tmp/vc.sock\n",
	       program, RTE_VHOST_CRYPTO_DEFAULT_SESSIONS, RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE,
	       program);
}

/* Parses a number up to @p max that ends at a character of @p ends; moves @p s behind it. */
static int
parse_number(const char **s, const char *ends, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(*s, &end, 0);
	if (errno != 0 || end == *s || **s == '-' || *value > max || !strchr(ends, *end))
		return -1;
	*s = end;
	return 0;
}

static struct lcore_options *
find_lcore(struct app_options *opts, unsigned int lcore)
{
	uint16_t i;

	for (i = 0; i < opts->nb_lcores; i++)
		if (opts->lcores[i].lcore == lcore)
			return &opts->lcores[i];
	if (opts->nb_lcores == RTE_DIM(opts->lcores)) {
		fprintf(stderr, "more than %d lcores\n", MAX_LCORES);
		return NULL;
	}
	opts->lcores[opts->nb_lcores].lcore = lcore;
	return &opts->lcores[opts->nb_lcores++];
}

static int
add_config(struct app_options *opts, const unsigned long v[3])
{
	struct lcore_options *lo = find_lcore(opts, v[0]);
	uint8_t i;

	if (lo == NULL)
		return -1;
	for (i = 0; i < lo->nb_cdevs; i++)
		if (lo->cdevs[i] == v[1]) {
			fprintf(stderr,
				"--config has cryptodev %lu twice for lcore %lu; expected one "
				"queue pair of each cryptodev\n",
				v[1], v[0]);
			return -1;
		}
	if (lo->nb_cdevs == RTE_DIM(lo->cdevs)) {
		fprintf(stderr, "lcore %lu: more than %d cryptodevs\n", v[0],
			RTE_VHOST_CRYPTO_MAX_CDEVS);
		return -1;
	}
	lo->cdevs[lo->nb_cdevs] = v[1];
	lo->qps[lo->nb_cdevs++] = v[2];
	return 0;
}

static int
parse_config(struct app_options *opts, const char *arg)
{
	static const unsigned long max[3] = { RTE_MAX_LCORE - 1, RTE_CRYPTO_MAX_DEVS - 1,
					      UINT16_MAX - 1 };
	const char *s = arg;
	unsigned long v[3];
	int i;

	for (;;) {
		if (*s++ != '(')
			goto invalid;
		for (i = 0; i < 3; i++)
			if (parse_number(&s, i < 2 ? "," : ")", max[i], &v[i]) != 0 || !*s++)
				goto invalid;
		if (add_config(opts, v) != 0)
			return -1;
		if (*s == '\0')
			return 0;
		if (*s == ',')
			s++;
	}
invalid:
	fprintf(stderr,
		"--config %s: expected (LCORE,CDEV,QP)[,(LCORE,CDEV,QP)]..., "
		"such as (1,0,0)\n",
		arg);
	return -1;
}

static struct socket_options *
find_socket(struct app_options *opts, const char *path)
{
	uint16_t i;

	for (i = 0; i < opts->nb_sockets; i++)
		if (strcmp(opts->sockets[i].path, path) == 0)
			return &opts->sockets[i];
	if (opts->nb_sockets == RTE_DIM(opts->sockets)) {
		fprintf(stderr, "more than %d sockets\n", MAX_SOCKETS);
		return NULL;
	}
	opts->sockets[opts->nb_sockets].path = path;
	return &opts->sockets[opts->nb_sockets++];
}

static int
parse_socket(struct app_options *opts, const char *arg)
{
	struct socket_options *so;
	struct lcore_options *lo;
	const char *s = arg;
	unsigned long lcore;
	uint16_t i;

	if (parse_number(&s, ",", RTE_MAX_LCORE - 1, &lcore) != 0 || *s++ != ',' || *s == '\0') {
		fprintf(stderr, "--socket-file %s: expected LCORE,PATH, such as 1,/tmp/socket\n",
			arg);
		return -1;
	}
	so = find_socket(opts, s);
	lo = find_lcore(opts, lcore);
	if (so == NULL || lo == NULL)
		return -1;
	for (i = 0; i < so->nb_lcores; i++)
		if (so->lcores[i] == lo - opts->lcores) {
			fprintf(stderr,
				"--socket-file %s is given twice; for several queues on an "
				"lcore use --queues\n",
				arg);
			return -1;
		}
	if (so->nb_lcores == RTE_DIM(so->lcores)) {
		fprintf(stderr, "%s: more than %d lcores\n", s, MAX_LCORES);
		return -1;
	}
	so->lcores[so->nb_lcores++] = lo - opts->lcores;
	return 0;
}

static int
parse_count(const char *name, const char *arg, unsigned long max, unsigned long *value)
{
	const char *s = arg;

	if (parse_number(&s, "", max, value) == 0 && *s == '\0' && *value > 0)
		return 0;
	fprintf(stderr, "--%s %s: expected a number from 1 to %lu\n", name, arg, max);
	return -1;
}

static int
parse_features(struct app_options *opts, const char *arg)
{
	char reason[VIRTIO_CRYPTO_FEATURES_REASON_LEN];

	if (virtio_crypto_features_parse(arg, &opts->disabled_features, reason) == 0)
		return 0;
	fprintf(stderr, "--disable-features %s: %s\n", arg, reason);
	return -1;
}

/* Octal, as for chmod, with or without a leading 0. */
static int
parse_socket_mode(struct app_options *opts, const char *arg)
{
	char *end;

	opts->socket_mode = strtoul(arg, &end, 8);
	if (*arg >= '0' && *arg <= '7' && *end == '\0' && opts->socket_mode >= 1 &&
	    opts->socket_mode <= 0777)
		return 0;
	fprintf(stderr,
		"--socket-mode %s: expected octal permissions from 1 to 777, "
		"such as 660\n",
		arg);
	return -1;
}

static int
parse_socket_group(struct app_options *opts, const char *arg)
{
	const struct group *group = getgrnam(arg);
	const char *s = arg;
	unsigned long n = 0;

	opts->has_socket_group = true;
	opts->socket_group = group != NULL ? group->gr_gid : 0;
	if (group == NULL && parse_number(&s, "", UINT32_MAX - 1, &n) != 0) {
		fprintf(stderr, "--socket-group %s: no such group\n", arg);
		return -1;
	}
	if (group == NULL)
		opts->socket_group = n;
	return 0;
}

static int
parse_mode(struct app_options *opts, const char *arg)
{
	opts->adaptive = strcmp(arg, "adaptive") == 0;
	if (opts->adaptive || strcmp(arg, "poll") == 0)
		return 0;
	fprintf(stderr, "--mode %s: expected poll or adaptive\n", arg);
	return -1;
}

static int
parse_option(struct app_options *opts, int opt, const char *arg)
{
	unsigned long n = 0;
	int ret = 0;

	switch (opt) {
	case OPT_CONFIG:
		return parse_config(opts, arg);
	case OPT_SOCKET_FILE:
		return parse_socket(opts, arg);
	case OPT_QUEUES:
		ret = parse_count("queues", arg, RTE_VHOST_CRYPTO_MAX_QUEUES, &n);
		opts->nb_queues = n;
		return ret;
	case OPT_SESSIONS:
		ret = parse_count("sessions", arg, 65536, &n);
		opts->nb_sessions = n;
		return ret;
	case OPT_MAX_SIZE:
		ret = parse_count("max-size", arg, 256u << 20, &n);
		opts->max_size = n;
		return ret;
	case OPT_MAX_MEMORY:
		ret = parse_count("max-memory", arg, UINT32_MAX, &n);
		opts->max_memory = (uint64_t)n << 20;
		return ret;
	case OPT_SOCKET_MODE:
		return parse_socket_mode(opts, arg);
	case OPT_SOCKET_GROUP:
		return parse_socket_group(opts, arg);
	case OPT_DISABLE_FEATURES:
		return parse_features(opts, arg);
	case OPT_MODE:
		return parse_mode(opts, arg);
	case OPT_CLIENT:
		opts->flags |= RTE_VHOST_CRYPTO_F_CLIENT;
		return 0;
	case OPT_COPY:
		opts->flags |= RTE_VHOST_CRYPTO_F_COPY;
		return 0;
	case OPT_GUEST_POLLING:
		opts->flags |= RTE_VHOST_CRYPTO_F_GUEST_POLLING;
		return 0;
	case OPT_NO_AKCIPHER:
		opts->flags |= RTE_VHOST_CRYPTO_F_NO_AKCIPHER;
		return 0;
	case OPT_ZERO_COPY:
		opts->flags &= ~RTE_VHOST_CRYPTO_F_COPY;
		return 0;
	case 'h':
	case OPT_HELP:
		opts->help = true;
		return 0;
	case OPT_VERSION:
		opts->version = true;
		return 0;
	case OPT_EAL_HELP:
		opts->eal_help = true;
		return 0;
	default:
		return -1;
	}
}

/* Whether two lcores use the same cryptodevs, which own the sessions of a socket. */
static bool
same_cdevs(const struct lcore_options *a, const struct lcore_options *b)
{
	return a->nb_cdevs == b->nb_cdevs && memcmp(a->cdevs, b->cdevs, a->nb_cdevs) == 0;
}

static int
check_sockets(const struct app_options *opts)
{
	uint16_t i, j;

	if (opts->nb_sockets == 0) {
		fprintf(stderr,
			"missing option --socket-file behind --, such as "
			"--socket-file 1,/tmp/vc.sock\n");
		return -1;
	}
	for (i = 0; i < opts->nb_sockets; i++) {
		const struct socket_options *so = &opts->sockets[i];
		const struct lcore_options *first = &opts->lcores[so->lcores[0]];

		for (j = 0; j < so->nb_lcores; j++) {
			const struct lcore_options *lo = &opts->lcores[so->lcores[j]];

			if (lo->nb_cdevs == 0) {
				fprintf(stderr,
					"%s: --config lacks lcore %u; expected for example "
					"--config (%u,0,0)\n",
					so->path, lo->lcore, lo->lcore);
				return -1;
			}
			if (!same_cdevs(first, lo)) {
				fprintf(stderr,
					"%s: lcores %u and %u must have the same "
					"cryptodevs in --config\n",
					so->path, first->lcore, lo->lcore);
				return -1;
			}
		}
	}
	return 0;
}

int
options_check_lcores(const struct app_options *opts)
{
	uint16_t i, j, k, l;

	for (i = 0; i < opts->nb_lcores; i++) {
		const struct lcore_options *a = &opts->lcores[i];

		if (!rte_lcore_is_enabled(a->lcore) || a->lcore == rte_get_main_lcore()) {
			fprintf(stderr,
				"lcore %u is not a worker lcore; -l or --lcores must name "
				"it beside the main lcore, which is %u\n",
				a->lcore, rte_get_main_lcore());
			return -1;
		}
		for (j = 0; j < i; j++)
			for (k = 0; k < a->nb_cdevs; k++)
				for (l = 0; l < opts->lcores[j].nb_cdevs; l++)
					if (a->cdevs[k] == opts->lcores[j].cdevs[l] &&
					    a->qps[k] == opts->lcores[j].qps[l]) {
						fprintf(stderr,
							"lcores %u and %u cannot share "
							"queue pair %u of cryptodev %u\n",
							opts->lcores[j].lcore, a->lcore, a->qps[k],
							a->cdevs[k]);
						return -1;
					}
	}
	return 0;
}

bool
options_is_own(const char *arg)
{
	size_t len = strcspn(arg, "=");
	const struct option *o;

	for (o = long_options; o->name != NULL; o++)
		if (len == strlen(o->name) + 2 && strncmp(arg, "--", 2) == 0 &&
		    strncmp(arg + 2, o->name, len - 2) == 0)
			return true;
	return false;
}

/* Prints the error of getopt_long(). */
static void
print_rejected(int opt, const char *arg)
{
	if (opt == ':')
		fprintf(stderr, "%s: expected a value\n", arg);
	else if (optopt >= OPT_CONFIG)
		fprintf(stderr, "%s: this option takes no value\n", arg);
	else
		fprintf(stderr, "%s: no such option, or not its whole name\n", arg);
}

int
options_parse(struct app_options *opts, int argc, char **argv)
{
	int opt;

	opterr = 0;
	optind = 1;
	while (argc > 1 && (opt = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
		if (opt == '?' || opt == ':') {
			print_rejected(opt, argv[optind - 1]);
			return -1;
		}
		if (parse_option(opts, opt, optarg) != 0)
			return -1;
	}
	if (opts->help || opts->version || opts->eal_help)
		return 0;
	if (argc > 1 && optind < argc) {
		fprintf(stderr, "unexpected argument %s; options begin with --\n", argv[optind]);
		return -1;
	}
	return check_sockets(opts);
}
