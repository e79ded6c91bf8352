/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Preloaded into dpdk-test, so that its unmodified suites run on any driver. A suite looks for
 * devices of the driver that it was written for: the one that SUITE_ASKS names, such as
 * "crypto_virtio". The answer is the driver that SUITE_DRIVER names; every other name is passed on.
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

#include <rte_cryptodev.h>

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
