/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>

#include "device.h"
#include "rsa.h"
#include "traffic.h"

/**
 * @file
 * Sessions on several devices: one belongs to the driver, so every device of it has it, however
 * devices stop, close and come back, and it can be freed by any of them.
 *
 * The second device is the next one of the same driver. Only virtual devices can be made anew.
 */

#define RSA_BITS 1024

/* How long two threads use sessions while a third one makes and frees others. */
#define SECONDS 3

/* Both devices: the one under test, and the other one. */
struct devices {
	struct env *env;
	struct env other;
	struct traffic *traffic; /* its sessions are those of the first device */
};

static enum verdict
find_other(const struct env *env, uint8_t *found)
{
	uint8_t ids[RTE_CRYPTO_MAX_DEVS];
	unsigned int i, nb;

	nb = rte_cryptodev_devices_get(env->info.driver_name, ids, RTE_DIM(ids));
	for (i = 0; i < nb; i++) {
		if (ids[i] != env->dev_id) {
			*found = ids[i];
			return PASS;
		}
	}
	return SKIP;
}

static enum verdict
open_other(struct devices *d, struct env *env)
{
	memset(d, 0, sizeof(*d));
	d->env = env;
	d->other = *env;
	d->other.nb_qps = 0;
	if (find_other(env, &d->other.dev_id) != PASS)
		return test_skip(env, "there is one device of this driver");
	rte_cryptodev_info_get(d->other.dev_id, &d->other.info);
	if (device_setup(&d->other, 1, env->opt.nb_desc) != 0)
		return test_fail(env, "the other device: %s", d->other.reason);
	d->traffic = calloc(1, sizeof(*d->traffic));
	if (d->traffic == NULL)
		rte_panic("no memory for traffic\n");
	return PASS;
}

static void
close_other(struct devices *d)
{
	device_stop(&d->other);
	d->env->stuck |= d->other.stuck;
	if (!d->env->stuck)
		free(d->traffic);
}

/* Operations of the sessions on one of the devices. */
static enum verdict
works_on(struct devices *d, struct env *on, const char *which)
{
	if (traffic_run(on, d->traffic, 0, 200, 32) == PASS)
		return PASS;
	return test_fail(d->env, "%s: %s", which, on->reason);
}

static enum verdict
works_on_both(struct devices *d)
{
	enum verdict v = works_on(d, d->env, "the device that made them");

	return v == PASS ? works_on(d, &d->other, "the other device") : v;
}

typedef enum verdict (*run_t)(struct devices *d);

/* Runs a case with sessions of the first device; they are freed by the second one. */
static enum verdict
with_devices(struct env *env, const void *arg)
{
	run_t run = *(const run_t *)arg;
	struct devices d;
	enum verdict v = open_other(&d, env);

	if (v != PASS)
		return v;
	v = traffic_open(env, d.traffic);
	if (v == PASS) {
		v = run(&d);
		traffic_close(&d.other, d.traffic);
		if (d.other.failed)
			v = test_fail(env, "%s", d.other.reason);
	}
	close_other(&d);
	return v;
}

/* Where the other device stops and starts, also with another number of queue pairs. */
static enum verdict
run_stopped(struct devices *d)
{
	enum verdict v = works_on_both(d);
	unsigned int i;

	for (i = 1; i <= 3 && v == PASS; i++) {
		if (device_setup(&d->other, RTE_MIN(i, d->other.info.max_nb_queue_pairs),
				 64 << i) != 0)
			return test_fail(d->env, "the other device: %s", d->other.reason);
		v = works_on_both(d);
	}
	return v;
}

/* Closes a device and makes it anew; its number is the same. */
static enum verdict
make_anew(struct env *env)
{
	const struct rte_devargs *devargs = rte_dev_devargs(env->info.device);
	char *name = strdup(rte_cryptodev_name_get(env->dev_id));
	char *arguments = strdup(devargs != NULL && devargs->args != NULL ? devargs->args : "");
	enum verdict v = PASS;

	device_stop(env);
	if (rte_eal_hotplug_remove("vdev", name) != 0 ||
	    rte_eal_hotplug_add("vdev", name, arguments) != 0)
		v = test_fail(env, "the device %s cannot be made anew", name);
	else if (rte_cryptodev_get_dev_id(name) != env->dev_id)
		v = test_fail(env, "the device has another number than before");
	free(name);
	free(arguments);
	if (v != PASS)
		return v;
	rte_cryptodev_info_get(env->dev_id, &env->info);
	return device_restore(env) == 0 ? PASS : FAIL;
}

/* Where either device is closed and comes back. */
static enum verdict
run_anew(struct devices *d)
{
	struct env *const ends[] = { &d->other, d->env, &d->other };
	enum verdict v = works_on_both(d);
	unsigned int i;

	for (i = 0; i < RTE_DIM(ends) && v == PASS; i++) {
		v = make_anew(ends[i]);
		if (v != PASS)
			return test_fail(d->env, "%s", ends[i]->reason);
		v = works_on_both(d);
	}
	return v;
}

/* Where the device that made them is away while they are used and freed. */
static enum verdict
run_away(struct devices *d)
{
	enum verdict v = works_on_both(d);

	if (v != PASS)
		return v;
	device_stop(d->env);
	v = works_on(d, &d->other, "the other device, alone");
	traffic_close(&d->other, d->traffic);
	memset(d->traffic, 0, sizeof(*d->traffic));
	if (device_restore(d->env) != 0)
		return FAIL;
	return v;
}

/* A thread that has a device to itself. */
struct user {
	struct devices *d;
	struct env env;
	pthread_t thread;
	bool *stop; /* atomic */
	enum verdict verdict;
};

static void *
use(void *arg)
{
	struct user *u = arg;

	while (u->verdict == PASS && !__atomic_load_n(u->stop, __ATOMIC_RELAXED))
		u->verdict = traffic_run(&u->env, u->d->traffic, 0, 128, 32);
	return NULL;
}

/* Makes sessions by one device and frees them by the other, with something done in between. */
static enum verdict
make_and_free(struct devices *d)
{
	uint64_t end = rte_get_timer_cycles() + SECONDS * rte_get_timer_hz();
	struct env *const envs[] = { d->env, &d->other };
	struct transform model;
	enum verdict v = traffic_transform(d->env, &model);
	unsigned int i;
	void *session;

	for (i = 0; v == PASS && rte_get_timer_cycles() < end; i++) {
		transform_random_keys(&model, &d->env->rng);
		session = job_session(envs[i % 2], &model);
		if (session == NULL)
			v = test_fail(d->env, "no session: %s", rte_strerror(rte_errno));
		else
			v = job_session_free(envs[(i + 1) / 2 % 2], session);
	}
	return v;
}

/* Both devices at once, by a thread each. */
static enum verdict
run_at_once(struct devices *d)
{
	bool stop = false;
	struct user users[2] = {
		{ .d = d, .env = *d->env, .stop = &stop },
		{ .d = d, .env = d->other, .stop = &stop },
	};
	enum verdict v;
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&users[i].thread, NULL, use, &users[i]) != 0)
			rte_panic("no thread for the case\n");
	v = make_and_free(d);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++) {
		pthread_join(users[i].thread, NULL);
		d->env->stuck |= users[i].env.stuck;
		if (users[i].verdict != PASS)
			v = test_fail(d->env, "device %u: %s", i, users[i].env.reason);
	}
	return v;
}

/* An asymmetric session, made by one device, used on both, freed by the other. */
static enum verdict
run_asym(struct devices *d)
{
	struct env *const envs[] = { d->env, &d->other, d->env };
	struct rsa_op op = { .type = RTE_CRYPTO_ASYM_OP_SIGN,
			     .padding = RTE_CRYPTO_RSA_PADDING_PKCS1_5 };
	struct rsa_data right;
	enum verdict v;
	unsigned int i;

	v = rsa_session(d->env, rsa_key(RSA_BITS), RSA_FORM_QT, RTE_CRYPTO_RSA_PADDING_PKCS1_5, 0,
			&op.session);
	for (i = 0; i < RTE_DIM(envs) && v == PASS; i++) {
		op.message.len = 20;
		op.message.bytes[0] = i;
		if (rsa_reference(rsa_key(RSA_BITS), &op, &right) != 0)
			v = test_fail(d->env, "OpenSSL does not compute the answer");
		else if (rsa_run_good(envs[i], &op) != PASS)
			v = test_fail(d->env, "use %u: %s", i, envs[i]->reason);
		else if (op.sign.len != right.len ||
			 memcmp(op.sign.bytes, right.bytes, right.len) != 0)
			v = test_fail(d->env, "use %u: a wrong signature", i);
		if (v == PASS && i == 1)
			v = make_anew(&d->other);
	}
	if (op.session != NULL && rsa_session_free(&d->other, op.session) != PASS)
		v = test_fail(d->env, "%s", d->other.reason);
	return v;
}

static const struct {
	const char *name;
	run_t run;
} cases[] = {
	{ "both", works_on_both },  { "at_once", run_at_once }, { "stopped", run_stopped },
	{ "maker_away", run_away }, { "made_anew", run_anew },	{ "asymmetric", run_asym },
};

void
register_devices(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(cases); i++)
		test_register(with_devices, &cases[i].run, "devices/%s", cases[i].name);
}
