/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

#include "device.h"
#include "dirty.h"
#include "log.h"

/* Takes what is in the queue, *left requests at most; -1: the ring makes no sense. */
static int
ctrlq_serve(struct vc_ctrlq *cq, uint16_t *left)
{
	struct vc_head head;
	int pending = vc_vring_scan(&cq->vring, &head, 1);
	struct vc_chain chain;

	for (; pending > 0 && *left > 0; --*left) {
		uint16_t id = vc_vring_id(&cq->vring, head);
		uint32_t written = 0;

		chain.segs = cq->segs;
		chain.spare = NULL;
		chain.max_segs = VC_CHAIN_MAX_SEGS;
		if (vc_vring_walk(&cq->vring, head, vc_vring_first(&cq->vring, head), &cq->dev->mem,
				  &chain) == 0) {
			written = vc_ctrl_request(cq->dev, &chain);
			if (cq->log != NULL)
				vc_dirty_chain(cq->log, &cq->dev->mem, &chain);
		}
		vc_vring_take(&cq->vring, head.nb_entries);
		vc_vring_give(&cq->vring, id, written, head.nb_entries);
		if (vc_vring_show(&cq->vring))
			vc_vring_call(&cq->vring);
		/* What was destroyed makes room for what the next request may create. */
		if (cq->dev->sessions.nb_zombies > 0)
			vc_device_reap_sessions(cq->dev);
		pending = vc_vring_scan(&cq->vring, &head, 1);
	}
	return pending;
}

static void
ctrlq_run(struct vc_ctrlq *cq)
{
	/* A guest that goes on and on has to let others have the thread. */
	uint16_t left = cq->vring.size;
	struct vc_head head;
	int ret;

	/* Until nothing came between the last look and the wish for a kick. */
	do {
		vc_vring_want_kicks(&cq->vring, false);
		ret = ctrlq_serve(cq, &left);
		vc_vring_want_kicks(&cq->vring, true);
		if (cq->log != NULL)
			vc_dirty_ring(cq->log, &cq->dev->mem, &cq->vring);
	} while (ret == 0 && left > 0 && vc_vring_scan(&cq->vring, &head, 1) > 0);
	cq->more = ret >= 0 && left == 0;
	if (ret < 0) {
		VC_LOG(ERR,
		       "%s: %s; the control queue stays stopped until the guest sets it up again",
		       cq->dev->path, vc_vring_nonsense(&cq->vring));
		vc_source_unwatch(&cq->kick);
	}
	if (cq->more || cq->dev->sessions.nb_zombies > 0)
		vc_thread_tick();
}

void
vc_ctrlq_continue(struct vc_ctrlq *cq)
{
	if (cq->running && cq->more)
		ctrlq_run(cq);
}

static void
kick_ready(struct vc_source *source, uint32_t events __rte_unused)
{
	struct vc_ctrlq *cq = source->arg;
	eventfd_t value;
	const struct iovec iov = { .iov_base = &value, .iov_len = sizeof(value) };

	/* It must not wait, whoever else reads there; older kernels cannot promise that. */
	if (preadv2(source->fd, &iov, 1, -1, RWF_NOWAIT) < 0 && errno == EOPNOTSUPP)
		eventfd_read(source->fd, &value);
	if (cq->running)
		ctrlq_run(cq);
}

int
vc_ctrlq_start(struct vc_ctrlq *cq, const char **fault)
{
	struct rte_vhost_crypto_device *dev = cq->dev;
	struct vc_ring *ring = &dev->rings[cq->index];
	int ret;

	if (cq->running)
		return 0;
	if (ring->kickfd < 0) {
		*fault = "the control queue has no kick eventfd; one is required";
		return -EINVAL;
	}
	ret = vc_vring_attach(&cq->vring, ring, &dev->mem, dev->features, fault);
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
	cq->log = vc_dirty_wanted(&dev->log, dev->features);
	cq->running = true;
	if (dev->vhost_user.change_pending)
		vc_vhost_user_tell_change(&dev->vhost_user);
	ctrlq_run(cq);
	return 0;
}

void
vc_ctrlq_stop(struct vc_ctrlq *cq)
{
	if (!cq->running)
		return;
	cq->running = false;
	cq->more = false;
	vc_source_unwatch(&cq->kick);
	vc_vring_detach(&cq->vring, &cq->dev->rings[cq->index]);
}
