/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_dev.h>

#include "cryptodevs.h"

/* Size of a queue pair, which several virtqueues may share. */
#define NB_DESCRIPTORS 4096

static bool started[RTE_CRYPTO_MAX_DEVS];

/* Number of queue pairs of a cryptodev that the options use. */
static uint16_t
queue_pairs_of(const struct app_options *opts, uint8_t cdev)
{
	uint16_t nb = 0, i;
	uint8_t j;

	for (i = 0; i < opts->nb_lcores; i++)
		for (j = 0; j < opts->lcores[i].nb_cdevs; j++)
			if (opts->lcores[i].cdevs[j] == cdev && opts->lcores[i].qps[j] >= nb)
				nb = opts->lcores[i].qps[j] + 1;
	return nb;
}

static int
cryptodev_start(uint8_t cdev, uint16_t nb_qps)
{
	struct rte_cryptodev_qp_conf qp_conf = { .nb_descriptors = NB_DESCRIPTORS };
	struct rte_cryptodev_config config = {
		.socket_id = rte_cryptodev_socket_id(cdev),
		.nb_queue_pairs = nb_qps,
		.ff_disable = RTE_CRYPTODEV_FF_SECURITY,
	};
	struct rte_cryptodev_info info;
	int ret;
	uint16_t i;

	rte_cryptodev_info_get(cdev, &info);
	if (nb_qps > info.max_nb_queue_pairs) {
		fprintf(stderr,
			"cryptodev %u (%s) has %u queue pairs, but --config uses queue "
			"pair %u\n",
			cdev, info.driver_name, info.max_nb_queue_pairs, nb_qps - 1);
		return -1;
	}
	ret = rte_cryptodev_configure(cdev, &config);
	for (i = 0; ret == 0 && i < nb_qps; i++)
		ret = rte_cryptodev_queue_pair_setup(cdev, i, &qp_conf, config.socket_id);
	if (ret == 0)
		ret = rte_cryptodev_start(cdev);
	if (ret != 0) {
		fprintf(stderr, "cryptodev %u (%s) cannot be started: %s%s\n", cdev,
			info.driver_name, strerror(-ret),
			ret == -EBUSY ? "; --config must not name workers of a scheduler" : "");
		return -1;
	}
	started[cdev] = true;
	return 0;
}

static bool
is_scheduler(uint8_t cdev)
{
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(cdev, &info);
	return strcmp(info.driver_name, "crypto_scheduler") == 0;
}

/* Starts either the schedulers that the options name, or the other cryptodevs. */
static int
start_kind(const struct app_options *opts, bool schedulers)
{
	unsigned int cdev;

	for (cdev = 0; cdev < RTE_CRYPTO_MAX_DEVS; cdev++) {
		uint16_t nb_qps = queue_pairs_of(opts, cdev);

		if (nb_qps == 0)
			continue;
		if (!rte_cryptodev_is_valid_dev(cdev)) {
			fprintf(stderr,
				"--config names cryptodev %u, but there are %u; add one, for "
				"example --vdev crypto_aesni_mb\n",
				cdev, rte_cryptodev_count());
			return -1;
		}
		if (is_scheduler(cdev) == schedulers && cryptodev_start(cdev, nb_qps) != 0)
			return -1;
	}
	return 0;
}

int
cryptodevs_start(const struct app_options *opts)
{
	/*
	 * Schedulers first: they start their workers, and one that fails to start crashes on
	 * removal.
	 */
	return start_kind(opts, true) == 0 ? start_kind(opts, false) : -1;
}

/*
 * EAL removes devices in the order of the command line; a scheduler must be removed before its
 * workers.
 */
static void
remove_scheduler(uint8_t cdev)
{
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(cdev, &info);
	if (is_scheduler(cdev))
		rte_dev_remove(info.device);
}

void
cryptodevs_stop(void)
{
	unsigned int cdev;

	for (cdev = 0; cdev < RTE_CRYPTO_MAX_DEVS; cdev++) {
		if (!rte_cryptodev_is_valid_dev(cdev))
			continue;
		if (started[cdev]) {
			rte_cryptodev_stop(cdev);
			rte_cryptodev_close(cdev);
			started[cdev] = false;
		}
		remove_scheduler(cdev);
	}
}
