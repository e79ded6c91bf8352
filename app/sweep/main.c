/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * dpdk-vhost_crypto_sweep: what the library makes of this machine's cryptodevs, and what they make
 * of requests without it.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include "reference.h"
#include "sweep.h"
#include "unit.h"

static struct {
	bool all;
	bool native;
	bool set;
	const char *only;
} options;

static void
usage(const char *program)
{
	printf("%s [EAL options] -- [--all] [--set] [--native] [--only TEXT]\n"
	       "        [--verbose]\n"
	       "  compares all algorithms of this machine's cryptodevs, as the library uses them,\n"
	       "  with OpenSSL and with the specifications of the wireless ones\n"
	       "  --all       try many more lengths: some minutes for each cryptodev\n"
	       "  --set       the cryptodevs are one set, as of one lcore of dpdk-vhost_crypto;\n"
	       "              otherwise each is swept alone\n"
	       "  --native    without the library: what cryptodevs get wrong themselves\n"
	       "  --only TEXT algorithms whose names have this in them\n"
	       "  --verbose   say each length that is wrong or refused\n"
	       "the exit status is 1 when anything is wrong, and 2 when nothing could be tried\n",
	       program);
}

static int
parse(int argc, char **argv)
{
	static const struct option names[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "native", no_argument, NULL, 'n' },
		{ "set", no_argument, NULL, 's' },
		{ "only", required_argument, NULL, 'o' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", names, NULL)) != -1) {
		options.all |= opt == 'a';
		options.native |= opt == 'n';
		options.set |= opt == 's';
		sweep_verbose |= opt == 'v';
		if (opt == 'o')
			options.only = optarg;
		if (opt == 'h' || opt == '?')
			return -1;
	}
	return optind == argc ? 0 : -1;
}

/* Starts a cryptodev; @return 0, or a negative errno: -EBUSY for the worker of a scheduler */
static int
start(uint8_t cdev)
{
	struct rte_cryptodev_config config = { .nb_queue_pairs = 1,
					       .socket_id = rte_cryptodev_socket_id(cdev),
					       .ff_disable = RTE_CRYPTODEV_FF_SECURITY };
	struct rte_cryptodev_qp_conf qp = { .nb_descriptors = 1024 };
	int ret = rte_cryptodev_configure(cdev, &config);

	if (ret == 0)
		ret = rte_cryptodev_queue_pair_setup(cdev, 0, &qp, config.socket_id);
	if (ret == 0)
		ret = rte_cryptodev_start(cdev);
	if (ret != 0 && ret != -EBUSY)
		fprintf(stderr, "cryptodev %u (%s) cannot be started\n", cdev,
			rte_cryptodev_name_get(cdev));
	return ret;
}

static const char *
driver(uint8_t cdev)
{
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(cdev, &info);
	return info.driver_name;
}

/* A row of the table for each algorithm; @return whether none is wrong. */
static bool
sweep(const struct sweep_target *target, const uint8_t *cdevs, uint8_t nb, unsigned int *tried)
{
	unsigned int nb_algs, i;
	const struct virtio_crypto_alg *algs = virtio_crypto_algs(&nb_algs);
	struct sweep_tally t;
	bool right = true;

	target->open(cdevs, nb);
	for (i = 0; i < nb_algs; i++) {
		if (options.only != NULL && strstr(algs[i].name, options.only) == NULL)
			continue;
		if (!sweep_algorithm(target, &algs[i], options.all, &t))
			continue;
		printf("%-26s %-26s %8u %8u %9u %8u %8u\n", algs[i].name,
		       nb > 1 ? "the set" : driver(cdevs[0]), t.lengths, t.max_len,
		       t.verdicts[SWEEP_RIGHT], t.verdicts[SWEEP_REFUSED], t.verdicts[SWEEP_WRONG]);
		fflush(stdout);
		right &= t.verdicts[SWEEP_WRONG] == 0;
		*tried += t.verdicts[SWEEP_RIGHT];
	}
	target->close();
	return right;
}

static int
sweep_all(void)
{
	const struct sweep_target *target = options.native ? &sweep_native : &sweep_library;
	uint8_t cdevs[RTE_VHOST_CRYPTO_MAX_CDEVS], nb = 0, i;
	bool started[RTE_CRYPTO_MAX_DEVS] = { false };
	unsigned int tried = 0, id;
	bool right = true;

	/* A scheduler, which comes after its workers, starts them. */
	for (id = RTE_CRYPTO_MAX_DEVS; id-- > 0;) {
		int ret;

		if (!rte_cryptodev_is_valid_dev(id))
			continue;
		ret = start(id);
		if (ret != 0 && ret != -EBUSY)
			return 2;
		started[id] = ret == 0;
	}
	for (id = 0; id < RTE_CRYPTO_MAX_DEVS && nb < RTE_DIM(cdevs); id++)
		if (started[id])
			cdevs[nb++] = id;
	printf("%-26s %-26s %8s %8s %9s %8s %8s\n", "algorithm", "cryptodev", "lengths", "up to",
	       "right", "refused", "wrong");
	if (options.set && nb > 0)
		right = sweep(target, cdevs, nb, &tried);
	for (i = 0; i < nb && !options.set; i++)
		right &= sweep(target, &cdevs[i], 1, &tried);
	if (tried == 0) {
		fprintf(stderr,
			"nothing was tried: name cryptodevs, such as --vdev "
			"crypto_aesni_mb\n");
		return 2;
	}
	return right && !unit_failed ? 0 : 1;
}

int
main(int argc, char **argv)
{
	int ret, status;

	rte_log_set_global_level(RTE_LOG_CRIT);
	ret = rte_eal_init(argc, argv);
	if (ret < 0) {
		fprintf(stderr, "EAL cannot be initialized: %s\n", rte_strerror(rte_errno));
		return 2;
	}
	if (parse(argc - ret, argv + ret) != 0) {
		usage(argv[0]);
		return 2;
	}
	reference_init();
	status = sweep_all();
	reference_fini();
	rte_eal_cleanup();
	return status;
}
