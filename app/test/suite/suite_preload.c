/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Preloaded into dpdk-test, whose cryptodev_virtio_autotest looks for devices of the driver
 * "crypto_virtio": answer that question for the driver that SUITE_DRIVER names instead, so that
 * the unmodified suite runs on any driver. Every other name is passed on.
 */

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cryptodev.h>

int
rte_cryptodev_driver_id_get(const char *name)
{
	int (*driver_id_get)(const char *name);
	const char *driver = getenv("SUITE_DRIVER");

	*(void **)&driver_id_get = dlsym(RTLD_NEXT, "rte_cryptodev_driver_id_get");
	if (driver_id_get == NULL)
		return -1;
	if (name != NULL && driver != NULL && strcmp(name, "crypto_virtio") == 0)
		name = driver;
	return driver_id_get(name);
}
