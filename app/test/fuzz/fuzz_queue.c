/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * A data queue, as a hostile guest sees it: descriptors, requests of every service with sessions
 * and without, and memory that changes while it is read. Its front-end is hostile, too: the
 * in-flight region, from which a queue resubmits, is anything.
 */

#include <rte_common.h>

#include "fuzz_device.h"
#include "fuzz_inflight.h"
#include "fuzz_scan.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rte_vhost_crypto_device *dev;
static uint64_t ids[FUZZ_KINDS];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_device_init();
	return 0;
}

/* By the function that serves the control queue: requests for data are what is fuzzed here. */
static uint32_t
control(const struct wire_bytes *b, uint8_t answer[16])
{
	static struct wire_bytes in;
	struct vc_seg segs[2] = { { in.data, b->len }, { answer, 16 } };
	const struct vc_chain chain = {
		.segs = segs, .nb_read = 1, .read_len = b->len, .nb_write = 1, .write_len = 16
	};
	uint32_t written;

	in = *b;
	written = vc_ctrl_answer_request(&dev->ctrlq.env, &chain);
	vc_device_reap_sessions(dev);
	return written;
}

static void
create(struct fuzz_input *in, enum fuzz_kind kind)
{
	uint8_t answer[16] = { 0 };
	struct wire_bytes b;

	fuzz_create(&b, kind, dev->features);
	if (in != NULL)
		fuzz_spoil(in, &b);
	if (control(&b, answer) == sizeof(answer) && wire_get32(answer, 8) == OK)
		ids[kind] = wire_get64(answer, 0);
}

static void
destroy(enum fuzz_kind kind)
{
	uint8_t answer[16] = { 0 };
	struct wire_bytes b;

	fuzz_destroy(&b, kind, ids[kind], dev->features);
	control(&b, answer);
}

static void
request(struct fuzz_input *in)
{
	static const uint32_t lens[] = {
		64, 16, 0, 1, 48, 256, 4096, 65535, 65536, 100000, 200000
	};
	enum fuzz_kind kind = fuzz_u8(in) % FUZZ_KINDS;
	uint8_t how = fuzz_u8(in);
	bool session = !(how & 0x80);
	struct fuzz_content content;
	struct fuzz_chain c;
	struct wire_bytes b;

	if (session && ids[kind] == 0)
		create(NULL, kind);
	fuzz_request(&b, &content, kind, lens[(how & 15) % RTE_DIM(lens)], dev->features, session,
		     ids[how & 0x40 ? fuzz_u8(in) % FUZZ_KINDS : kind]);
	fuzz_spoil(in, &b);
	fuzz_chain_lay(in, &c, &b, &content);
	fuzz_ring_put(in, &c);
}

static void
poll_queue(uint16_t burst)
{
	struct vc_vring *vr = &dev->queues[0].vring;

	fuzz_turn();
	/* Alone, as hints may look at the same descriptors again. */
	if (vr->packed) {
		fuzz_epoch_ring(vr->size * sizeof(*vr->packed_desc));
		fuzz_scan(vr);
		fuzz_turn();
	}
	vc_queue_poll(&dev->queues[0], burst);
	fuzz_turn_end();
}

/* Starts, with an in-flight region if there is memory for it. */
static void
start(void)
{
	fuzz_turn();
	FUZZ_MUST(fuzz_device_start(dev) == 0);
	fuzz_turn_end();
	fuzz_inflight_check(dev->queues[0].inflight);
}

/* Stops when all popped requests are complete. */
static void
stop(void)
{
	struct vc_queue *q = &dev->queues[0];
	unsigned int i;

	q->state = VC_QUEUE_DRAINING;
	for (i = 0; i < 100 && (q->in_flight > 0 || q->nb_pending > 0); i++)
		poll_queue(32);
	fuzz_inflight_check(q->inflight);
	FUZZ_MUST(vc_queue_try_stop(q));
}

/* All that waits, and what others have left, is done, or the ring makes no sense. */
static void
drain(void)
{
	const struct vc_queue *q = &dev->queues[0];
	unsigned int i;

	for (i = 0; i < 20; i++)
		poll_queue(32);
	FUZZ_MUST(q->state != VC_QUEUE_RUNNING || q->inflight == NULL ||
		  q->inflight->next_resubmit == q->inflight->nb_resubmit);
}

/* Starts the queue again where it was, or where an in-flight region has it. */
static void
again(struct fuzz_input *in)
{
	struct vc_vring vr = dev->queues[0].vring;

	fuzz_ring.base = vr.last_avail;
	stop();
	fuzz_inflight_write(in, &vr);
	vc_inflight_drop_region(&dev->inflight);
	if (fuzz_u8(in) % 8 != 7)
		fuzz_inflight_set(&dev->inflight);
	start();
}

/* A guest that has put a request there at which its queue stops sets it up again behind that. */
static void
pass_stop(void)
{
	struct vc_vring vr = dev->queues[0].vring;
	struct vc_chain_head head;

	if (dev->queues[0].state == VC_QUEUE_RUNNING || vc_vring_scan_avail(&vr, &head, 1) <= 0)
		return;
	vc_vring_pop_avail(&vr, head.nb_entries);
	fuzz_ring.base = vr.last_avail;
	stop();
	start();
}

static void
step(struct fuzz_input *in)
{
	uint8_t what = fuzz_u8(in);

	pass_stop();
	if (what >= 0xf0) {
		again(in);
		return;
	}
	if (what >= 0xe8) {
		fuzz_inflight_spoil(in);
		return;
	}
	switch (what % 8) {
	case 0:
	case 1:
	case 2:
		request(in);
		break;
	case 3:
		poll_queue(1 + fuzz_u8(in) % 64);
		break;
	case 4:
		create(in, fuzz_u8(in) % FUZZ_KINDS);
		break;
	case 5:
		destroy(fuzz_u8(in) % FUZZ_KINDS);
		break;
	case 6:
		fuzz_race(in);
		break;
	default:
		fuzz_ring_spoil(in);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	memset(ids, 0, sizeof(ids));
	dev = fuzz_device_open(&in);
	start();
	while (in.left > 0)
		step(&in);
	drain();
	stop();
	vc_inflight_drop_region(&dev->inflight);
	fuzz_device_close(dev);
	return 0;
}
