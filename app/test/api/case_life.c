/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#include "device.h"
#include "traffic.h"

/**
 * @file
 * The life of the device: stopped and started, configured again, its figures, memory that comes
 * later, and its end.
 */

/* Traffic on new sessions. */
static enum verdict
works(struct env *env, uint16_t qp)
{
	static struct traffic traffic;
	enum verdict v = traffic_open(env, &traffic);

	if (v != PASS)
		return v;
	v = traffic_run(env, &traffic, qp, 200, 32);
	traffic_close(env, &traffic);
	return v;
}

/* Sessions outlive a stop and a start. */
static enum verdict
stop_start(struct env *env, const void *arg __rte_unused)
{
	static struct traffic traffic;
	enum verdict v = traffic_open(env, &traffic);
	int round, rc;

	if (v != PASS)
		return v;
	for (round = 0; round < 5 && v == PASS; round++) {
		v = traffic_run(env, &traffic, 0, 100, 16);
		rte_cryptodev_stop(env->dev_id);
		rc = rte_cryptodev_start(env->dev_id);
		if (rc != 0)
			v = test_fail(env, "start: %s", rte_strerror(-rc));
	}
	if (v == PASS)
		v = traffic_run(env, &traffic, 0, 100, 16);
	traffic_close(env, &traffic);
	return v;
}

/* More and fewer queue pairs; each of them works. */
static enum verdict
queue_pairs(struct env *env, const void *arg __rte_unused)
{
	const uint16_t counts[] = { env->info.max_nb_queue_pairs, 1, 2, 1 };
	enum verdict v = PASS;
	unsigned int i;
	uint16_t n, qp;

	for (i = 0; i < RTE_DIM(counts) && v == PASS; i++) {
		n = RTE_MIN(counts[i], env->info.max_nb_queue_pairs);
		if (device_setup(env, n, env->opt.nb_desc) != 0)
			return FAIL;
		if (rte_cryptodev_queue_pair_count(env->dev_id) != n)
			v = test_fail(env, "%u queue pairs configured, the device tells %u", n,
				      rte_cryptodev_queue_pair_count(env->dev_id));
		for (qp = 0; qp < n && v == PASS; qp++)
			v = works(env, qp);
	}
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

/* Again and again, for those who look on: other threads, and telemetry. */
static enum verdict
set_up_often(struct env *env, const void *arg __rte_unused)
{
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < 100 && v == PASS; i++)
		if (device_setup(env, i % 2 == 0 ? env->info.max_nb_queue_pairs : 1,
				 i % 4 < 2 ? 64 : 256) != 0)
			v = FAIL;
	if (v == PASS)
		v = works(env, 0);
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

/* More queue pairs than there are must be refused, not made. */
static enum verdict
too_many_queue_pairs(struct env *env, const void *arg __rte_unused)
{
	uint16_t max = env->info.max_nb_queue_pairs;
	int rc = device_setup(env, max + 1, env->opt.nb_desc);

	test_forget(env);
	if (rc == 0)
		test_fail(env, "%u queue pairs were made, the device has %u", max + 1, max);
	if (device_restore(env) != 0 || rc == 0)
		return FAIL;
	return works(env, 0);
}

/* Other numbers of descriptors work. */
static enum verdict
descriptors(struct env *env, const void *arg __rte_unused)
{
	static const uint16_t sizes[] = { 64, 128, 512, 1024, 256 };
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sizes) && v == PASS; i++) {
		v = device_setup(env, 1, sizes[i]) == 0 ? works(env, 0) : FAIL;
		if (v == FAIL)
			test_annotate(env, "%u descriptors", sizes[i]);
	}
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

/* Numbers that no ring has are rounded or refused. */
static enum verdict
odd_descriptors(struct env *env, const void *arg __rte_unused)
{
	static const uint16_t sizes[] = { 100, 3, 65535, 0 };
	enum verdict v = PASS;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sizes) && v == PASS; i++) {
		if (device_setup(env, 1, sizes[i]) == 0)
			v = works(env, 0);
		else
			test_forget(env);
		if (v == FAIL)
			test_annotate(env, "%u descriptors", sizes[i]);
	}
	if (device_restore(env) != 0)
		v = FAIL;
	return v == PASS ? works(env, 0) : v;
}

/* What was enqueued and dequeued is what is counted. */
static enum verdict
stats(struct env *env, const void *arg __rte_unused)
{
	struct rte_cryptodev_stats s;
	enum verdict v;
	int rc;

	rte_cryptodev_stats_reset(env->dev_id);
	rc = rte_cryptodev_stats_get(env->dev_id, &s);
	if (rc == -ENOTSUP)
		return test_skip(env, "the device has no statistics");
	if (rc != 0 || s.enqueued_count != 0 || s.dequeued_count != 0)
		return test_fail(env, "after a reset: %d, %ju enqueued, %ju dequeued", rc,
				 (uintmax_t)s.enqueued_count, (uintmax_t)s.dequeued_count);
	v = works(env, 0);
	if (v != PASS)
		return v;
	rte_cryptodev_stats_get(env->dev_id, &s);
	if (s.enqueued_count != 200 || s.dequeued_count != 200)
		return test_fail(env, "after 200 operations: %ju enqueued, %ju dequeued",
				 (uintmax_t)s.enqueued_count, (uintmax_t)s.dequeued_count);
	if (s.dequeue_err_count != 0)
		return test_fail(env, "%ju errors counted, none was seen",
				 (uintmax_t)s.dequeue_err_count);
	return PASS;
}

/* The device tells about itself, the same at any time. */
static enum verdict
info(struct env *env, const void *arg __rte_unused)
{
	struct rte_cryptodev_info now;

	memset(&now, 0, sizeof(now));
	rte_cryptodev_info_get(env->dev_id, &now);
	if (now.driver_name == NULL || now.capabilities == NULL || now.max_nb_queue_pairs == 0)
		return test_fail(env, "driver, capabilities or queue pairs are missing");
	if (strcmp(now.driver_name, env->info.driver_name) != 0 ||
	    now.max_nb_queue_pairs != env->info.max_nb_queue_pairs ||
	    now.sym.max_nb_sessions != env->info.sym.max_nb_sessions)
		return test_fail(env, "not what it told in the beginning");
	if (!(now.feature_flags & RTE_CRYPTODEV_FF_SYMMETRIC_CRYPTO))
		return test_fail(env, "the feature SYMMETRIC_CRYPTO is missing");
	if (now.capabilities[0].op == RTE_CRYPTO_OP_TYPE_UNDEFINED)
		return test_fail(env, "no capability");
	return PASS;
}

/* A queue pair is set up with other sizes while the device is stopped, which is not configured. */
static enum verdict
queue_pair_alone(struct env *env, const void *arg __rte_unused)
{
	static const uint16_t sizes[] = { 64, 1024, 64, 256 };
	struct rte_cryptodev_qp_conf conf = { .mp_session = env->sessions };
	static struct traffic traffic;
	enum verdict v = traffic_open(env, &traffic);
	unsigned int i;
	int rc;

	if (v != PASS)
		return v;
	for (i = 0; i < RTE_DIM(sizes) && v == PASS; i++) {
		rte_cryptodev_stop(env->dev_id);
		conf.nb_descriptors = sizes[i];
		rc = rte_cryptodev_queue_pair_setup(env->dev_id, 0, &conf,
						    rte_cryptodev_socket_id(env->dev_id));
		if (rc == 0)
			rc = rte_cryptodev_start(env->dev_id);
		v = rc == 0 ? traffic_run(env, &traffic, 0, 300, 64) :
			      test_fail(env, "%u descriptors: %s", sizes[i], rte_strerror(-rc));
	}
	traffic_close(env, &traffic);
	if (device_restore(env) != 0)
		v = FAIL;
	return v;
}

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)

/* A queue pair tells how much of it is in use, and begins anew while others stay as they are. */
static enum verdict
reset_queue_pair(struct env *env, const void *arg __rte_unused)
{
	struct rte_cryptodev_qp_conf conf = { .nb_descriptors = 2 * env->opt.nb_desc,
					      .mp_session = env->sessions };
	enum verdict v = works(env, 0);
	int used, rc;

	used = rte_cryptodev_qp_depth_used(env->dev_id, 0);
	if (v == PASS && used != 0 && used != -ENOTSUP)
		v = test_fail(env, "%d operations are in an idle queue pair", used);
	rc = rte_cryptodev_queue_pair_reset(env->dev_id, 0, &conf,
					    rte_cryptodev_socket_id(env->dev_id));
	if (v == PASS && rc == -ENOTSUP)
		return test_skip(env, "the device cannot reset a queue pair");
	if (v == PASS && rc != 0)
		v = test_fail(env, "queue pair reset: %s", rte_strerror(-rc));
	return v == PASS ? works(env, 0) : v;
}

#else

static enum verdict
reset_queue_pair(struct env *env, const void *arg __rte_unused)
{
	return test_skip(env, "this DPDK cannot reset a queue pair");
}

#endif

/* Mbufs in memory that was not there when the device was started. */
static enum verdict
memory_later(struct env *env, const void *arg __rte_unused)
{
	struct rte_mempool *usual = env->small;
	enum verdict v;

	/* 36 MiB: more than is likely to be free in memory that is mapped already. */
	env->small = rte_pktmbuf_pool_create("test_later", 8192, 0, 0, SMALL_ROOM, SOCKET_ID_ANY);
	if (env->small == NULL) {
		env->small = usual;
		return test_skip(env, "no memory for another pool: %s", rte_strerror(rte_errno));
	}
	v = works(env, 0);
	if (v == PASS && rte_mempool_avail_count(env->small) != 8192)
		v = test_fail(env, "mbufs were not given back");
	if (!env->stuck)
		rte_mempool_free(env->small);
	env->small = usual;
	/* The device must know that this memory is gone, too. */
	return v == PASS ? works(env, 0) : v;
}

/* The last case: there is no device behind it. */
static enum verdict
close_device(struct env *env, const void *arg __rte_unused)
{
	int rc;

	if (rte_cryptodev_close(env->dev_id) == 0)
		return test_fail(env, "a running device was closed");
	device_stop(env);
	rc = rte_cryptodev_close(env->dev_id);
	return rc == 0 ? PASS : test_fail(env, "close: %s", rte_strerror(-rc));
}

void
register_life(void)
{
	test_register(info, NULL, "life/info");
	test_register(stats, NULL, "life/stats");
	test_register(stop_start, NULL, "life/stop_and_start");
	/* Proves R3. */
	test_register(queue_pairs, NULL, "life/queue_pairs");
	test_register(set_up_often, NULL, "life/set_up_often");
	test_register(queue_pair_alone, NULL, "life/queue_pair_alone");
	test_register(reset_queue_pair, NULL, "life/reset_queue_pair");
	test_register(too_many_queue_pairs, NULL, "life/too_many_queue_pairs");
	test_register(descriptors, NULL, "life/descriptors");
	test_register(odd_descriptors, NULL, "invalid/odd_descriptors");
	test_register(memory_later, NULL, "life/memory_later");
	test_register(close_device, NULL, "life/close");
}
