/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file EAL and cryptodevs for unit tests, which need nothing and leave nothing behind. */

#ifndef UNIT_EAL_H
#define UNIT_EAL_H

#include <stdbool.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_cryptodev.h>
#include <rte_eal.h>
#include <rte_log.h>

/** Starts EAL with the options that follow those of every unit test; the last one is NULL. */
static inline bool
unit_eal_init(const char *const *options)
{
	static char words[32][32];
	char *argv[RTE_DIM(words)];
	int argc = 0;

	rte_log_set_global_level(RTE_LOG_CRIT);
	for (; *options != NULL && argc < (int)RTE_DIM(words); options++, argc++) {
		snprintf(words[argc], sizeof(words[argc]), "%s", *options);
		argv[argc] = words[argc];
	}
	return rte_eal_init(argc, argv) >= 0;
}

/** Starts EAL, with more options if there are any: UNIT_EAL_INIT("--vdev", "crypto_null"). */
#define UNIT_EAL_INIT(...)                                                                         \
	unit_eal_init((const char *const[]){ "unit", "--no-huge", "-m", "64", "--no-pci",          \
					     "--no-telemetry", "--no-shconf", "--file-prefix",     \
					     "unit", "-l", "0", ##__VA_ARGS__, NULL })

/** The same for tests of the device, whose log is not looked at. */
#define UNIT_EAL_INIT_DEVICE(...)                                                                  \
	UNIT_EAL_INIT("--log-level", "lib.vhost.crypto:emerg", ##__VA_ARGS__)

/** Starts a cryptodev with one queue pair. */
static inline bool
unit_cryptodev_start(uint8_t id)
{
	struct rte_cryptodev_config config = { .nb_queue_pairs = 1, .socket_id = SOCKET_ID_ANY };
	struct rte_cryptodev_qp_conf qp = { .nb_descriptors = 64 };

	return rte_cryptodev_configure(id, &config) == 0 &&
		rte_cryptodev_queue_pair_setup(id, 0, &qp, SOCKET_ID_ANY) == 0 &&
		rte_cryptodev_start(id) == 0;
}

#endif /* UNIT_EAL_H */
