/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * vc_inflight_begin() for a ring and an in-flight region with any contents, of two queues. The
 * region is exactly as large as the library asks for; it may be one of smaller rings, or of fewer
 * queues.
 */

#ifndef ADOPT_H
#define ADOPT_H

#include <stdlib.h>

#include "inflight_priv.h"
#include "prove_no_copies.h"

#define QUEUES 2
/* What a queue has of the region, see vc_inflight_bytes(). */
#define BYTES RTE_ALIGN_CEIL(32 + RING * 32, 64)

/* As inflight.c has it. */
struct vc_inflight_area {
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

/* What vc_inflight_begin() makes of any contents; NULL: there is no room. */
static inline struct vc_inflight *
begin_any(struct vc_vring *vr)
{
	static struct vc_inflight_area area;
	static struct vc_inflight_keeper keeper = { .area = &area };
	static uint8_t memory[QUEUES * BYTES];
	struct vc_inflight *in;
	int ret;

	area.refs = 1;
	area.nb_queues = QUEUES;
	area.queue_size = ANY(bool) ? RING : 1;
	area.bytes = vc_inflight_bytes(QUEUES, area.queue_size);
	/* It ends where the object ends. */
	PROVE(area.bytes <= sizeof(memory), "the region has its place here");
	area.addr = memory + sizeof(memory) - area.bytes;
	ret = vc_inflight_begin(&in, &keeper, any_in(0, QUEUES), vr);
	PROVE(ret == 0 || in == NULL, "there are no entries without memory");
	return in;
}

#endif /* ADOPT_H */
