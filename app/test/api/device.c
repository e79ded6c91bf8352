/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "device.h"
#include "job_private.h"

#define NB_OPS	    4096
#define NB_SMALL    4096
#define NB_LARGE    64
#define NB_SESSIONS 1100u
#define NB_ASYM	    255

/* Processes that share memory have pools with names of their own. */
static const char *
pool_name(char name[RTE_MEMPOOL_NAMESIZE], const char *base)
{
	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		return base;
	snprintf(name, RTE_MEMPOOL_NAMESIZE, "%s_%d", base, (int)getpid());
	return name;
}

static int
make_pools(struct env *env)
{
	uint32_t nb_sessions = RTE_MAX(NB_SESSIONS, env->opt.max_sessions + 64);
	char name[RTE_MEMPOOL_NAMESIZE];

	env->ops = rte_crypto_op_pool_create(pool_name(name, "test_ops"),
					     RTE_CRYPTO_OP_TYPE_SYMMETRIC, NB_OPS, 128,
					     sizeof(struct op_extra), SOCKET_ID_ANY);
	/* Session-less operations make some drivers take their session from here. */
	env->sessions = rte_cryptodev_sym_session_pool_create(
		pool_name(name, "test_sessions"), nb_sessions,
		rte_cryptodev_sym_get_private_session_size(env->dev_id), 0, SESSION_USER_DATA,
		SOCKET_ID_ANY);
	env->small = rte_pktmbuf_pool_create(pool_name(name, "test_small"), NB_SMALL, 128, 0,
					     SMALL_ROOM, SOCKET_ID_ANY);
	env->large = rte_pktmbuf_pool_create(pool_name(name, "test_large"), NB_LARGE, 0, 0,
					     LARGE_ROOM, SOCKET_ID_ANY);
	if (env->ops == NULL || env->sessions == NULL || env->small == NULL || env->large == NULL) {
		printf("# the pools could not be made: %s; give more memory (-m)\n",
		       rte_strerror(rte_errno));
		return -1;
	}
	return 0;
}

/* For a device that has asymmetric operations; the size of its sessions is known to DPDK alone. */
static int
make_asym_pools(struct env *env)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	if (!(env->info.feature_flags & RTE_CRYPTODEV_FF_ASYMMETRIC_CRYPTO))
		return 0;
	env->asym_ops = rte_crypto_op_pool_create(pool_name(name, "test_asym_ops"),
						  RTE_CRYPTO_OP_TYPE_ASYMMETRIC, NB_ASYM, 0, 0,
						  SOCKET_ID_ANY);
	env->asym_sessions = rte_cryptodev_asym_session_pool_create(
		pool_name(name, "test_asym_sessions"), NB_ASYM, 0, 0, SOCKET_ID_ANY);
	if (env->asym_ops != NULL && env->asym_sessions != NULL)
		return 0;
	printf("# the pools of asymmetric operations could not be made: %s\n",
	       rte_strerror(rte_errno));
	return -1;
}

int
device_open(struct env *env)
{
	int dev_id = 0;

	if (rte_cryptodev_count() == 0) {
		printf("# no cryptodev: give one with --vdev or -a\n");
		return -1;
	}
	if (env->opt.dev_name != NULL)
		dev_id = rte_cryptodev_get_dev_id(env->opt.dev_name);
	if (dev_id < 0 || !rte_cryptodev_is_valid_dev(dev_id)) {
		printf("# no cryptodev is called %s\n", env->opt.dev_name);
		return -1;
	}
	env->dev_id = dev_id;
	rte_cryptodev_info_get(env->dev_id, &env->info);
	printf("# device %s, driver %s, up to %u queue pairs\n", rte_cryptodev_name_get(dev_id),
	       env->info.driver_name, env->info.max_nb_queue_pairs);
	if (make_pools(env) != 0 || make_asym_pools(env) != 0)
		return -1;
	/* Another process has the device, and sets it up. */
	if (rte_eal_process_type() == RTE_PROC_SECONDARY) {
		env->nb_qps = 1;
		return 0;
	}
	if (device_restore(env) != 0) {
		printf("# %s\n", env->reason);
		return -1;
	}
	return 0;
}

void
device_stop(struct env *env)
{
	if (env->nb_qps > 0)
		rte_cryptodev_stop(env->dev_id);
	env->nb_qps = 0;
}

static int
failed(struct env *env, const char *call, int rc)
{
	test_fail(env, "%s: %s", call, rte_strerror(-rc));
	return rc;
}

int
device_setup(struct env *env, uint16_t nb_qps, uint16_t nb_desc)
{
	struct rte_cryptodev_config conf = {
		.socket_id = rte_cryptodev_socket_id(env->dev_id),
		.nb_queue_pairs = nb_qps,
		.ff_disable = RTE_CRYPTODEV_FF_SECURITY,
	};
	struct rte_cryptodev_qp_conf qp_conf = {
		.nb_descriptors = nb_desc,
		.mp_session = env->sessions,
	};
	uint16_t i;
	int rc;

	device_stop(env);
	rc = rte_cryptodev_configure(env->dev_id, &conf);
	if (rc < 0)
		return failed(env, "configure", rc);
	for (i = 0; i < nb_qps; i++) {
		rc = rte_cryptodev_queue_pair_setup(env->dev_id, i, &qp_conf, conf.socket_id);
		if (rc < 0)
			return failed(env, "queue pair setup", rc);
	}
	rc = rte_cryptodev_start(env->dev_id);
	if (rc < 0)
		return failed(env, "start", rc);
	env->nb_qps = nb_qps;
	return 0;
}

int
device_restore(struct env *env)
{
	uint16_t nb_qps = RTE_MIN(env->opt.nb_qps, env->info.max_nb_queue_pairs);

	return device_setup(env, nb_qps, env->opt.nb_desc);
}

int
device_close(struct env *env)
{
	int rc = 0;

	if (env->nb_qps > 0 && rte_eal_process_type() == RTE_PROC_PRIMARY) {
		device_stop(env);
		rc = rte_cryptodev_close(env->dev_id);
		if (rc < 0)
			printf("# close: %s\n", rte_strerror(-rc));
	}
	rte_mempool_free(env->ops);
	rte_mempool_free(env->sessions);
	rte_mempool_free(env->small);
	rte_mempool_free(env->large);
	rte_mempool_free(env->asym_ops);
	rte_mempool_free(env->asym_sessions);
	return rc < 0 ? -1 : 0;
}

static unsigned int
level(const struct rte_mempool *pool)
{
	return pool == NULL ? 0 : rte_mempool_avail_count(pool);
}

struct pool_levels
device_pool_levels(const struct env *env)
{
	return (struct pool_levels){
		.ops = rte_mempool_avail_count(env->ops),
		.sessions = rte_mempool_avail_count(env->sessions),
		.small = rte_mempool_avail_count(env->small),
		.large = rte_mempool_avail_count(env->large),
		.asym_ops = level(env->asym_ops),
		.asym_sessions = level(env->asym_sessions),
	};
}

enum verdict
device_check_pools(struct env *env, const struct pool_levels *before)
{
	struct pool_levels now = device_pool_levels(env);

	if (now.ops != before->ops || now.sessions != before->sessions ||
	    now.small != before->small || now.large != before->large)
		return test_fail(
			env,
			"not given back: %d operations, %d sessions, %d small and %d "
			"large mbufs",
			(int)(before->ops - now.ops), (int)(before->sessions - now.sessions),
			(int)(before->small - now.small), (int)(before->large - now.large));
	if (now.asym_ops != before->asym_ops || now.asym_sessions != before->asym_sessions)
		return test_fail(env,
				 "not given back: %d asymmetric operations, %d asymmetric sessions",
				 (int)(before->asym_ops - now.asym_ops),
				 (int)(before->asym_sessions - now.asym_sessions));
	return PASS;
}
