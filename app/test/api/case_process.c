/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * What a secondary process can do with a device that the primary one has, and what it cannot.
 */

#include <errno.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memzone.h>

#include "job.h"
#include "process.h"
#include "vectors.h"

#define SHARED "test_shared_session"

/* What the primary process leaves. */
struct shared {
	unsigned int vector; /* of cipher_vectors */
	void *session;
};

enum verdict
process_share(struct env *env)
{
	const struct rte_memzone *zone = rte_memzone_reserve(SHARED, sizeof(struct shared),
							     SOCKET_ID_ANY, 0);
	struct transform t;
	struct message m;
	struct shared s;
	enum verdict v;

	if (zone == NULL)
		return test_fail(env, "no memory to share: %s", rte_strerror(rte_errno));
	for (s.vector = 0; s.vector < nb_cipher_vectors; s.vector++) {
		vector_cipher(&cipher_vectors[s.vector], &t, &m);
		v = transform_supported(env, &t);
		if (v == PASS)
			v = job_session_must(env, &t, &s.session);
		message_free(&m);
		if (v == PASS) {
			memcpy(zone->addr, &s, sizeof(s));
			return PASS;
		}
	}
	return test_skip(env, "the device offers no cipher with a published answer");
}

/* A session that the primary process has created gives the published answer here. */
static enum verdict
primarys_session(struct env *env, const void *arg)
{
	const struct rte_memzone *zone = rte_memzone_lookup(SHARED);
	const struct shared *s;
	struct transform t;
	struct message m;
	struct layout l;
	enum verdict v;

	(void)arg;
	if (zone == NULL)
		return test_skip(env, "no other process has left a session");
	s = zone->addr;
	vector_cipher(&cipher_vectors[s->vector], &t, &m);
	l = layout_linear(m.len);
	v = job_once(env, &t, s->session, &m, &l);
	message_free(&m);
	return v;
}

/* To set up, start, stop and close the device is refused, and changes nothing. */
static enum verdict
primarys_alone(struct env *env, const void *arg)
{
	struct rte_cryptodev_config conf = { .nb_queue_pairs = 1 };
	struct rte_cryptodev_qp_conf qp = { .nb_descriptors = 64 };
	uint16_t qps = rte_cryptodev_queue_pair_count(env->dev_id);

	(void)arg;
	if (rte_eal_process_type() != RTE_PROC_SECONDARY)
		return test_skip(env, "this is no secondary process");
	rte_cryptodev_stop(env->dev_id);
	if (rte_cryptodev_close(env->dev_id) >= 0)
		return test_fail(env, "closed");
	if (rte_cryptodev_configure(env->dev_id, &conf) >= 0)
		return test_fail(env, "configured");
	if (rte_cryptodev_queue_pair_setup(env->dev_id, env->opt.first_qp, &qp, SOCKET_ID_ANY) >= 0)
		return test_fail(env, "a queue pair set up");
	if (rte_cryptodev_start(env->dev_id) != -ENOTSUP)
		return test_fail(env, "started");
	if (rte_cryptodev_queue_pair_count(env->dev_id) != qps)
		return test_fail(env, "there were %u queue pairs, not %u any more", qps,
				 rte_cryptodev_queue_pair_count(env->dev_id));
	return PASS;
}

void
register_process(void)
{
	test_register(primarys_session, NULL, "process/primarys_session");
	test_register(primarys_alone, NULL, "process/primarys_alone");
}
