/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A queue with an in-flight region. A process crashes where a test drops one region without writing
 * to it, and begins with another one on the same memory.
 */

#ifndef UNIT_INFLIGHT_H
#define UNIT_INFLIGHT_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inflight.h"
#include "unit.h"

#define SIZE   8
#define QUEUES 3
#define QUEUE  1 /* the one that is tested */

static __virtio16 driver[2 + SIZE + 1] __rte_aligned(4), device[2 + 4 * SIZE + 1] __rte_aligned(4);
static struct vring_avail *avail = (struct vring_avail *)driver;
static struct vring_used *used = (struct vring_used *)device;
static struct vring_desc desc[SIZE];
static struct vc_vring vr;

static struct vring_packed_desc ring[SIZE], copies[SIZE];
static struct vring_packed_desc_event driver_event, device_event;
static bool is_packed;

static struct vc_inflight_dev inflight_dev;
static struct vc_inflight_queue *inflight;
static int fd;

/* The front-end knows where the ring begins, and no better. */
#define PACKED_START (0x8000 | (SIZE - 2))

static inline void
attach_packed(uint16_t place)
{
	vr = (struct vc_vring){
		.packed_desc = ring,
		.driver_event = &driver_event,
		.device_event = &device_event,
		.copies = copies,
		.size = SIZE,
		.last_avail = place,
		.next_used = place,
		.published_used = place,
		.packed = true,
		.callfd = -1,
		.kickfd = -1,
	};
	CHECK(vc_inflight_attach(&inflight, &inflight_dev, QUEUE, &vr) == 0 && inflight != NULL);
}

static inline void
attach(void)
{
	if (is_packed) {
		attach_packed(PACKED_START);
		return;
	}
	vr = (struct vc_vring){
		.desc = desc,
		.avail = avail,
		.used = used,
		.size = SIZE,
		.mask = SIZE - 1,
		.last_avail = used->idx, /* as front-ends say that know no better */
		.next_used = used->idx,
		.published_used = used->idx,
		.callfd = -1,
		.kickfd = -1,
	};
	CHECK(vc_inflight_attach(&inflight, &inflight_dev, QUEUE, &vr) == 0 && inflight != NULL);
}

static inline void
open_region(uint16_t start)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);

	memset(driver, 0, sizeof(driver));
	memset(device, 0, sizeof(device));
	avail->idx = start;
	used->idx = start;
	fd = vc_inflight_create_region(bytes);
	CHECK(fd >= 0);
	CHECK(vc_inflight_set_region(&inflight_dev, fd, 0, bytes, QUEUES, SIZE) == 0);
	attach();
}

static inline void
close_region(void)
{
	vc_inflight_detach(inflight);
	vc_inflight_drop_region(&inflight_dev);
	close(fd);
}

/* The process ends without writing anything, and another one begins. */
static inline void
crash(void)
{
	uint64_t bytes = vc_inflight_region_size(QUEUES, SIZE);
	uint8_t *region = malloc(bytes);

	CHECK(region != NULL && pread(fd, region, bytes, 0) == (ssize_t)bytes);
	vc_inflight_detach(inflight);
	CHECK(pwrite(fd, region, bytes, 0) == (ssize_t)bytes);
	free(region);
	attach();
}

static inline void
pop(uint16_t head)
{
	CHECK(vc_inflight_add_entry(inflight, &vr, (struct vc_chain_head){ head, 1 }) == head);
	vc_vring_pop_avail(&vr, 1);
}

static inline void
complete(uint16_t head)
{
	vc_inflight_complete_entry(inflight, head);
	vc_vring_add_used(&vr, head, 1, 1);
}

/* Executes so many steps of publishing. @return whether the guest sees the used entries then */
static inline bool
publish_until(int steps)
{
	if (steps > 0)
		vc_inflight_begin_publish(inflight, &vr);
	if (steps > 1)
		vc_vring_publish_used(&vr);
	if (steps > 2)
		vc_inflight_end_publish(inflight, &vr);
	return steps > 1;
}

static inline void
publish(void)
{
	publish_until(3);
}

/* Resubmits all requests in flight. @return their heads as digits, the first one lowest */
static inline uint64_t
resubmit(void)
{
	uint64_t found = 0, place = 1;
	struct vc_chain_head head;
	uint16_t entry;

	for (; vc_inflight_next_resubmit(inflight, &vr, &head, &entry); place *= 10) {
		CHECK(head.first == entry && head.nb_entries == 1 && entry < SIZE);
		found += place * head.first;
		vc_inflight_mark_resubmitted(inflight);
	}
	return found;
}

#endif /* UNIT_INFLIGHT_H */
