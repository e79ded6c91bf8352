/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * vc_inflight_attach() for a ring and an in-flight region with any contents, of two queues. The
 * region is exactly as large as the library asks for; it may be one of smaller rings, or of fewer
 * queues.
 */

#ifndef ADOPT_H
#define ADOPT_H

#include <stdlib.h>

#include "inflight.h"
#include "inflight_priv.h"
#include "prove_no_copies.h"

#define QUEUES 2
/* What a queue has of the region, see vc_inflight_region_size(). */
#define BYTES RTE_ALIGN_CEIL(32 + RING * 32, 64)

/* As inflight.c has it. */
struct vc_inflight_region {
	uint32_t refs;
	uint8_t *addr;
	uint64_t bytes;
	uint16_t nb_queues;
	uint16_t queue_size;
	int guard;
};

/* The order does not matter to what is proven. */
void
qsort(void *base, size_t nb, size_t size, int (*compare)(const void *, const void *))
{
	(void)compare;
	PROVE(nb == 0 || __CPROVER_w_ok(base, nb * size), "what is sorted is inside of an object");
}

int
rte_log(uint32_t level, uint32_t type, const char *format, ...)
{
	(void)level;
	(void)type;
	(void)format;
	return 0;
}

/* What vc_inflight_attach() makes of any contents; NULL: there is no room. */
static inline struct vc_inflight_queue *
begin_any(struct vc_vring *vr)
{
	static struct vc_inflight_region region;
	static struct vc_inflight_dev dev = { .region = &region };
	static uint8_t memory[QUEUES * BYTES];
	struct vc_inflight_queue *in;
	int ret;

	region.refs = 1;
	region.nb_queues = QUEUES;
	region.queue_size = ANY(bool) ? RING : 1;
	region.bytes = vc_inflight_region_size(QUEUES, region.queue_size);
	/* It ends where the object ends. */
	PROVE(region.bytes <= sizeof(memory), "the region has its place here");
	region.addr = memory + sizeof(memory) - region.bytes;
	ret = vc_inflight_attach(&in, &dev, any_in(0, QUEUES), vr);
	PROVE(ret == 0 || in == NULL, "there are no entries without memory");
	return in;
}

#endif /* ADOPT_H */
