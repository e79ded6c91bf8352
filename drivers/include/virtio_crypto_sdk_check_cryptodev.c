/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The crypto device. Each step stands on those before it: first addresses alone; then what was
 * given at creation; then what is written here and read by functions that only copy it. No such
 * function reads dev_ops, but once its neighbours data and feature_flags are known to be in their
 * places, so is dev_ops, and the library may be let call through it.
 *
 * The functions called wrong_*() return the first thing that does not fit, or NULL.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_version.h>

#include "virtio_crypto_sdk_check.h"
#include "virtio_crypto_sdk_verdict.h"

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
#define HAS_QP_DEPTH_USED
#endif

/* A pointer that is only ever compared. */
#define MARK(n) ((uintptr_t)(n) << 4)

/* A call through dev_ops that was seen, as a bit. */
enum probe_call {
	PROBE_INFO = 1 << 0,
	PROBE_STATS_GET = 1 << 1,
	PROBE_STATS_RESET = 1 << 2,
};

/* What the calls through dev_ops for sizes return. */
#define PROBE_SYM_SIZE	0x5a
#define PROBE_ASYM_SIZE 0xa5

static __thread unsigned int probe_calls;

/*
 * None of the five looks at its arguments, so that it does no harm if the library takes it for
 * another one.
 */
static void
probe_info_get(struct rte_cryptodev *dev, struct rte_cryptodev_info *info)
{
	RTE_SET_USED(dev);
	RTE_SET_USED(info);
	probe_calls |= PROBE_INFO;
}

static void
probe_stats_get(struct rte_cryptodev *dev, struct rte_cryptodev_stats *stats)
{
	RTE_SET_USED(dev);
	RTE_SET_USED(stats);
	probe_calls |= PROBE_STATS_GET;
}

static void
probe_stats_reset(struct rte_cryptodev *dev)
{
	RTE_SET_USED(dev);
	probe_calls |= PROBE_STATS_RESET;
}

static unsigned int
probe_sym_size(struct rte_cryptodev *dev)
{
	RTE_SET_USED(dev);
	return PROBE_SYM_SIZE;
}

static unsigned int
probe_asym_size(struct rte_cryptodev *dev)
{
	RTE_SET_USED(dev);
	return PROBE_ASYM_SIZE;
}

/* Addresses only: the library's array of devices, and its data of this device. */
static const char *
wrong_place(const struct rte_cryptodev *dev, int dev_id)
{
	const uintptr_t first = (uintptr_t)rte_cryptodev_pmd_get_dev(0);
	char zone_name[RTE_MEMZONE_NAMESIZE];
	const struct rte_memzone *zone;

	if ((uintptr_t)rte_cryptodev_pmd_get_dev(1) - first != sizeof(*dev))
		return "the size of struct rte_cryptodev";
	if (dev_id < 0 || rte_cryptodev_pmd_get_dev(dev_id) != dev)
		return "the place of struct rte_cryptodev";
	if (RTE_PTR_ADD(dev->data, offsetof(struct rte_cryptodev_data, name)) !=
	    rte_cryptodev_name_get(dev_id))
		return "rte_cryptodev.data, or rte_cryptodev_data.name";
	snprintf(zone_name, sizeof(zone_name), "rte_cryptodev_data_%d", dev_id);
	zone = rte_memzone_lookup(zone_name);
	if (zone == NULL || zone->addr != dev->data || zone->len != sizeof(*dev->data))
		return "the size of struct rte_cryptodev_data";
	return NULL;
}

/* What the library keeps of the arguments of rte_cryptodev_pmd_create(). */
static const char *
wrong_created(const struct rte_cryptodev *dev, int dev_id,
	      const struct virtio_crypto_sdk_created *created)
{
	const struct rte_cryptodev_data *data = dev->data;
	size_t size;

	if (data->dev_id != dev_id)
		return "rte_cryptodev_data.dev_id";
	if (data->socket_id != created->params->socket_id ||
	    data->socket_id != rte_cryptodev_socket_id(dev_id))
		return "rte_cryptodev_data.socket_id";
	/* rte_malloc_validate() reads before the pointer, so this is to be DPDK's memory. */
	if (rte_mem_virt2memseg(data->dev_private, NULL) == NULL ||
	    rte_malloc_validate(data->dev_private, &size) != 0 ||
	    size < created->params->private_data_size)
		return "rte_cryptodev_data.dev_private";
	if (dev->device != created->device)
		return "rte_cryptodev.device";
	if (rte_cryptodev_driver_name_get(created->driver_id) != rte_driver_name(created->driver))
		return "struct cryptodev_driver";
	return NULL;
}

/* What the library reads of what is written here, without following it. */
static const char *
wrong_copied(struct rte_cryptodev *dev, int dev_id)
{
	const uint8_t count = rte_cryptodev_device_count_by_driver(UINT8_MAX);
	struct rte_crypto_fp_ops fp_ops = { 0 };

	dev->feature_flags = RTE_CRYPTODEV_FF_SECURITY;
	dev->security_ctx = (void *)MARK(1);
	if (rte_cryptodev_get_sec_ctx(dev_id) != (void *)MARK(1))
		return "rte_cryptodev.feature_flags, or security_ctx";
	dev->driver_id = UINT8_MAX;
	if (rte_cryptodev_device_count_by_driver(UINT8_MAX) != count + 1)
		return "rte_cryptodev.driver_id";
	dev->data->nb_queue_pairs = MARK(2);
	if (rte_cryptodev_queue_pair_count(dev_id) != MARK(2))
		return "rte_cryptodev_data.nb_queue_pairs";

	dev->enqueue_burst = (enqueue_pkt_burst_t)MARK(3);
	dev->dequeue_burst = (dequeue_pkt_burst_t)MARK(4);
	dev->data->queue_pairs = (void **)MARK(5);
#ifdef HAS_QP_DEPTH_USED
	dev->qp_depth_used = (crypto_qp_depth_used_t)MARK(6);
#endif
	cryptodev_fp_ops_set(&fp_ops, dev);
	if (fp_ops.enqueue_burst != (enqueue_pkt_burst_t)MARK(3) ||
	    fp_ops.dequeue_burst != (dequeue_pkt_burst_t)MARK(4))
		return "rte_cryptodev.enqueue_burst, or dequeue_burst";
	if (fp_ops.qp.data != (void **)MARK(5))
		return "rte_cryptodev_data.queue_pairs";
#ifdef HAS_QP_DEPTH_USED
	if (fp_ops.qp_depth_used != (crypto_qp_depth_used_t)MARK(6))
		return "rte_cryptodev.qp_depth_used";
#endif
	return NULL;
}

/* Calls through dev_ops. rte_cryptodev_info_get() wants a driver, which the bus has yet to set. */
static const char *
wrong_ops(struct rte_cryptodev *dev, int dev_id, const struct rte_driver *driver)
{
	static struct rte_cryptodev_ops probe_ops = {
		.dev_infos_get = probe_info_get,
		.stats_get = probe_stats_get,
		.stats_reset = probe_stats_reset,
		.sym_session_get_size = probe_sym_size,
		.asym_session_get_size = probe_asym_size,
	};
	struct rte_cryptodev_stats stats;
	struct rte_cryptodev_info info = { 0 };

	dev->device->driver = driver;
	if (rte_dev_driver(dev->device) != driver)
		return "rte_device.driver";
	dev->dev_ops = &probe_ops;
	probe_calls = 0;

	rte_cryptodev_info_get(dev_id, &info);
	if (probe_calls != PROBE_INFO || info.device != dev->device ||
	    info.driver_name != driver->name)
		return "rte_cryptodev.dev_ops, or rte_cryptodev_ops.dev_infos_get";
	rte_cryptodev_stats_get(dev_id, &stats);
	if (probe_calls != (PROBE_INFO | PROBE_STATS_GET))
		return "rte_cryptodev_ops.stats_get";
	rte_cryptodev_stats_reset(dev_id);
	if (probe_calls != (PROBE_INFO | PROBE_STATS_GET | PROBE_STATS_RESET))
		return "rte_cryptodev_ops.stats_reset";
	if (rte_cryptodev_sym_get_private_session_size(dev_id) != PROBE_SYM_SIZE)
		return "rte_cryptodev_ops.sym_session_get_size";
	if (rte_cryptodev_asym_get_private_session_size(dev_id) != PROBE_ASYM_SIZE)
		return "rte_cryptodev_ops.asym_session_get_size";
	return NULL;
}

/* Where the library finds the application's bytes: behind the driver's. */
static const char *
wrong_session(void)
{
	struct rte_cryptodev_sym_session sym = { .sess_data_sz = 24, .user_data_sz = 8 };
	struct rte_cryptodev_asym_session asym = { .max_priv_data_sz = 24, .user_data_sz = 8 };

	if (rte_cryptodev_sym_session_get_user_data(&sym) !=
	    RTE_PTR_ADD(&sym, offsetof(typeof(sym), driver_priv_data) + 24))
		return "struct rte_cryptodev_sym_session";
	if (rte_cryptodev_asym_get_header_session_size() != sizeof(asym) ||
	    rte_cryptodev_asym_session_get_user_data(&asym) !=
		    RTE_PTR_ADD(&asym, offsetof(typeof(asym), sess_private_data) + 24))
		return "struct rte_cryptodev_asym_session";
	return NULL;
}

/* All that writes. Every byte is restored, as it is not known yet whose bytes were written. */
static const char *
wrong_written(struct rte_cryptodev *dev, int dev_id, const struct rte_driver *driver)
{
	struct rte_device *device = dev->device, was_device;
	struct rte_cryptodev_data *data = dev->data, was_data;
	struct rte_cryptodev was_dev;
	const char *wrong;

	memcpy(&was_device, device, sizeof(was_device));
	memcpy(&was_data, data, sizeof(was_data));
	memcpy(&was_dev, dev, sizeof(was_dev));
	wrong = wrong_copied(dev, dev_id);
	if (wrong == NULL)
		wrong = wrong_ops(dev, dev_id, driver);
	memcpy(dev, &was_dev, sizeof(was_dev));
	memcpy(data, &was_data, sizeof(was_data));
	memcpy(device, &was_device, sizeof(was_device));
	return wrong;
}

int
virtio_crypto_sdk_check_cryptodev(struct rte_cryptodev *dev,
				  const struct virtio_crypto_sdk_created *created, char *reason,
				  size_t len)
{
	const char *given_name = created->params->name;
	const char *name = given_name[0] != '\0' ? given_name : created->name;
	const int dev_id = rte_cryptodev_get_dev_id(name);
	const char *wrong;

	wrong = wrong_place(dev, dev_id);
	if (wrong == NULL)
		wrong = wrong_created(dev, dev_id, created);
	if (wrong == NULL)
		wrong = wrong_session();
	if (wrong == NULL)
		wrong = wrong_written(dev, dev_id, created->driver);
	return virtio_crypto_sdk_verdict(wrong, reason, len);
}
