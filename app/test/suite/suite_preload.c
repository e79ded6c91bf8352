/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Preloaded into dpdk-test, so that its unmodified suites run on any driver. A suite looks for
 * devices of the driver that it was written for: the one that SUITE_ASKS names, such as
 * "crypto_virtio". The answer is the driver that SUITE_DRIVER names; every other name is passed on.
 *
 * The suites of the scheduler make workers for each mode, two of crypto_aesni_mb, and leave them
 * behind. Where SUITE_WORKERS has the arguments of two devices, apart by blanks, workers are such
 * devices of SUITE_DRIVER instead, and go when the scheduler has let go of them: what an
 * application may plug in and unplug, and no back-end has more than one front-end on a socket.
 *
 * Some cases of the asymmetric suite fail where others are skipped, if the device does not have the
 * algorithm. So what the driver refuses as not supported is put into the output, where it tells
 * the two apart.
 */

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_cryptodev.h>

#define MAX_WORKERS 2

/* The function of this name that comes after ours; without it there is nothing to run. */
static void *
next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (function == NULL) {
		fprintf(stderr, "suite_preload: there is no %s: %s\n", name, dlerror());
		abort();
	}
	return function;
}

static void
say_refused(void)
{
	printf("suite_preload: not supported\n");
}

int
rte_cryptodev_driver_id_get(const char *name)
{
	const char *asks = getenv("SUITE_ASKS"), *driver = getenv("SUITE_DRIVER");
	int (*driver_id_get)(const char *name);

	*(void **)&driver_id_get = next(__func__);
	if (name != NULL && asks != NULL && driver != NULL && strcmp(name, asks) == 0)
		name = driver;
	return driver_id_get(name);
}

const struct rte_cryptodev_asymmetric_xform_capability *
rte_cryptodev_asym_capability_get(uint8_t dev_id,
				  const struct rte_cryptodev_asym_capability_idx *idx)
{
	const struct rte_cryptodev_asymmetric_xform_capability *(*capability_get)(
		uint8_t dev_id, const struct rte_cryptodev_asym_capability_idx *idx);
	const struct rte_cryptodev_asymmetric_xform_capability *capability;

	*(void **)&capability_get = next(__func__);
	capability = capability_get(dev_id, idx);
	if (capability == NULL)
		say_refused();
	return capability;
}

int
rte_cryptodev_asym_session_create(uint8_t dev_id, struct rte_crypto_asym_xform *xforms,
				  struct rte_mempool *mp, void **session)
{
	int (*session_create)(uint8_t dev_id, struct rte_crypto_asym_xform * xforms,
			      struct rte_mempool * mp, void **session);
	int ret;

	*(void **)&session_create = next(__func__);
	ret = session_create(dev_id, xforms, mp, session);
	if (ret == -ENOTSUP)
		say_refused();
	return ret;
}

/* Which of the workers is not there; -1: none. */
static int
find_absent_worker(const char *driver, char *name, size_t size)
{
	int i;

	for (i = 0; i < MAX_WORKERS; i++) {
		snprintf(name, size, "%s_worker%d", driver, i);
		if (rte_cryptodev_get_dev_id(name) < 0)
			return i;
	}
	return -1;
}

/* The arguments of a worker, of those that stand one behind the other; NULL: there are less. */
static const char *
find_arguments(char *all, int worker)
{
	const char *one = strtok(all, " ");

	while (one != NULL && worker-- > 0)
		one = strtok(NULL, " ");
	return one;
}

int
rte_vdev_init(const char *name, const char *args)
{
	const char *asks = getenv("SUITE_ASKS"), *driver = getenv("SUITE_DRIVER");
	const char *workers = getenv("SUITE_WORKERS");
	char all[1024], ours[RTE_CRYPTODEV_NAME_MAX_LEN];
	int (*vdev_init)(const char *name, const char *args);

	*(void **)&vdev_init = next(__func__);
	if (workers == NULL || asks == NULL || driver == NULL ||
	    strncmp(name, asks, strlen(asks)) != 0)
		return vdev_init(name, args);
	snprintf(all, sizeof(all), "%s", workers);
	args = find_arguments(all, find_absent_worker(driver, ours, sizeof(ours)));
	return args != NULL ? vdev_init(ours, args) : -ENODEV;
}

/* Declared in a header that needs the library of the scheduler. */
int rte_cryptodev_scheduler_worker_detach(uint8_t scheduler_id, uint8_t worker_id);

int
rte_cryptodev_scheduler_worker_detach(uint8_t scheduler_id, uint8_t worker_id)
{
	int (*worker_detach)(uint8_t scheduler_id, uint8_t worker_id);
	int (*vdev_uninit)(const char *name);
	int ret;

	*(void **)&worker_detach = next(__func__);
	ret = worker_detach(scheduler_id, worker_id);
	if (ret != 0 || getenv("SUITE_WORKERS") == NULL)
		return ret;
	*(void **)&vdev_uninit = next("rte_vdev_uninit");
	return vdev_uninit(rte_cryptodev_name_get(worker_id));
}
