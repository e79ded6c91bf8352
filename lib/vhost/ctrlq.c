/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

#include <rte_cycles.h>

#include "chain_long.h"
#include "ctrlq.h"
#include "dirty.h"
#include "log.h"

/* Marks the first written bytes of a chain as dirty; a guest may provide 4 GiB for them. */
static void
log_answer(const struct vc_ctrlq *cq, const struct vc_chain *chain, uint32_t written)
{
	struct vc_cursor out = vc_chain_writer(chain);

	while (written > 0) {
		struct vc_seg seg;
		const struct vc_chain part = { .segs = &seg, .nb_write = 1 };

		seg.va = vc_cursor_next_segment(&out, written, &seg.len);
		vc_dirty_chain(cq->log, cq->env.mem, &part);
		written -= seg.len;
	}
}

/*
 * Walks a chain to its end that a first walk has rejected. The answer is written to the first
 * device-writable bytes, so these must be mapped. A request that cannot be read is answered as an
 * empty one.
 *
 * Returns 0, or -1: no answer can be written.
 */
static int
walk_again(struct vc_ctrlq *cq, struct vc_chain_head head, struct vc_chain *chain)
{
	const uint32_t most = sizeof(struct virtio_crypto_session_input);
	char name[128]; /* a socket's path has at most 107 characters */
	struct vc_chain_end end;

	snprintf(name, sizeof(name), "%s: control queue", cq->env.path);
	if (vc_chain_walk_long(&cq->vring, head, cq->env.mem, chain, &end) != 0) {
		chain->segs += chain->nb_read;
		chain->nb_read = 0;
		chain->read_len = 0;
	}
	/* Segments that were left out are in front of the last byte. */
	if (end.status == NULL || (chain->write_len != end.write_len && chain->write_len <= most)) {
		vc_chain_log_stop(name, &end);
		return -1;
	}
	if (end.fault != VC_CHAIN_VALID)
		vc_chain_log_rejected(&cq->logged_faults, name, &end);
	return 0;
}

/* Walks the chain of a request; -1: it has no room for an answer. */
static int
walk(struct vc_ctrlq *cq, struct vc_chain_head head, struct vc_chain *chain)
{
	int ret = vc_vring_walk(&cq->vring, head, vc_vring_load_first(&cq->vring, head),
				cq->env.mem, chain);

	return ret != 0 || chain->nb_write == 0 ? walk_again(cq, head, chain) : 0;
}

/*
 * Answers one request and adds it to the used ring; -1: it cannot be answered, and stays available.
 */
static int
serve_one(struct vc_ctrlq *cq, struct vc_chain_head head)
{
	uint16_t id = vc_vring_used_id(&cq->vring, head);
	struct vc_chain chain = { .segs = cq->segs, .max_segs = VC_CHAIN_MAX_SEGS };
	uint32_t written;

	if (walk(cq, head, &chain) != 0)
		return -1;
	written = vc_ctrl_answer_request(&cq->env, &chain);
	if (cq->log != NULL)
		log_answer(cq, &chain, written);
	vc_vring_pop_avail(&cq->vring, head.nb_entries);
	vc_vring_add_used(&cq->vring, id, written, head.nb_entries);
	/* Destroyed sessions make room for those of the next request. */
	if (cq->env.sessions->nb_zombies > 0)
		cq->env.ops->reap_sessions(cq->env.dev);
	return 0;
}

/*
 * Serves requests until the queue is empty or the time is over, at least one.
 *
 * call: set if the guest requests a notification
 * returns 0: the queue is empty; 1: it is not; -1: the ring is invalid; -2: a request cannot be
 * answered, which is logged
 */
static int
serve_until(struct vc_ctrlq *cq, uint64_t end, bool *call)
{
	struct vc_chain_head head;
	int pending;

	while ((pending = vc_vring_scan_avail(&cq->vring, &head, 1)) > 0) {
		if (serve_one(cq, head) != 0)
			return -2;
		*call |= vc_vring_publish_used(&cq->vring);
		if ((int64_t)(rte_get_timer_cycles() - end) >= 0)
			return 1;
	}
	return pending;
}

static void
ctrlq_run(struct vc_ctrlq *cq)
{
	const uint64_t budget = rte_get_timer_hz() / 1000000 * VC_LOOP_BUDGET_US;
	const uint64_t end = rte_get_timer_cycles() + budget;
	struct vc_chain_head head;
	bool call = false;
	int ret;

	/* Repeat if requests arrived before kicks were enabled. */
	do {
		vc_vring_set_kicks(&cq->vring, false);
		ret = serve_until(cq, end, &call);
		/* If requests are left, a task continues without a kick. */
		if (ret <= 0)
			vc_vring_set_kicks(&cq->vring, true);
	} while (ret == 0 && vc_vring_scan_avail(&cq->vring, &head, 1) > 0);
	if (cq->log != NULL)
		vc_dirty_ring(cq->log, cq->env.mem, &cq->vring);
	if (call)
		vc_vring_call(&cq->vring);
	if (ret > 0)
		vc_task_queue(&cq->rest);
	if (ret == -1)
		VC_LOG(ERR,
		       "%s: %s; the control queue stays stopped until the guest sets it up again",
		       cq->env.path, vc_vring_describe_fault(&cq->vring));
	if (ret < 0)
		vc_source_unwatch(&cq->kick);
	if (cq->env.sessions->nb_zombies > 0)
		vc_loop_request_tick();
}

static void
serve_rest(struct vc_task *task)
{
	ctrlq_run(task->arg);
}

static void
kick_ready(struct vc_source *source, uint32_t events __rte_unused)
{
	struct vc_ctrlq *cq = source->arg;
	eventfd_t value;
	const struct iovec iov = { .iov_base = &value, .iov_len = sizeof(value) };

	/*
	 * RWF_NOWAIT keeps this from blocking if another process reads the eventfd, too. Older
	 * kernels do not support it.
	 */
	if (preadv2(source->fd, &iov, 1, -1, RWF_NOWAIT) < 0 && errno == EOPNOTSUPP)
		eventfd_read(source->fd, &value);
	/* Kicks do not get a guest more time while its requests are deferred. */
	if (cq->running && !cq->rest.queued)
		ctrlq_run(cq);
}

int
vc_ctrlq_start(struct vc_ctrlq *cq, const char **fault)
{
	struct vc_ring *ring = cq->env.ring;
	int ret;

	if (cq->running)
		return 0;
	if (ring->kickfd < 0) {
		*fault = "the control queue has no kick eventfd; one is required";
		return -EINVAL;
	}
	ret = vc_vring_attach(&cq->vring, ring, cq->env.mem, *cq->env.features, fault);
	if (ret != 0)
		return ret;
	cq->kick = (struct vc_source){
		.fd = ring->kickfd, .events = EPOLLIN, .ready = kick_ready, .arg = cq
	};
	ret = vc_source_watch(&cq->kick);
	if (ret != 0) {
		vc_vring_detach(&cq->vring, ring);
		return ret;
	}
	cq->logged_faults = 0;
	cq->log = vc_dirty_wanted(cq->env.log, *cq->env.features);
	cq->rest = (struct vc_task){ .run = serve_rest, .arg = cq };
	/* Device configuration layout, D3 */
	cq->running = true;
	cq->env.ops->handle_start(cq->env.dev);
	ctrlq_run(cq);
	return 0;
}

void
vc_ctrlq_stop(struct vc_ctrlq *cq)
{
	if (!cq->running)
		return;
	cq->running = false;
	vc_task_cancel(&cq->rest);
	vc_source_unwatch(&cq->kick);
	vc_vring_detach(&cq->vring, cq->env.ring);
}
