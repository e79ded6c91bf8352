/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The device's side of a split ring. */

#include <string.h>

#include <rte_common.h>
#include <rte_vhost.h>

#include "unit.h"
#include "vring.h"

#define SIZE 4

/* Each ring with its entries and the event index behind them. */
static __virtio16 driver[2 + SIZE + 1] __rte_aligned(4), device[2 + 4 * SIZE + 1] __rte_aligned(4);
static struct vring_avail *avail = (struct vring_avail *)driver;
static struct vring_used *used = (struct vring_used *)device;
static __virtio16 *used_event = &driver[2 + SIZE], *avail_event = &device[2 + 4 * SIZE];
static struct vring_desc desc[SIZE];
static struct vc_vring vr;

static void
reset(bool event_idx, uint16_t start)
{
	memset(driver, 0, sizeof(driver));
	memset(device, 0, sizeof(device));
	avail->idx = start;
	vr = (struct vc_vring){
		.desc = desc,
		.avail = avail,
		.used = used,
		.size = SIZE,
		.mask = SIZE - 1,
		.last_avail = start,
		.next_used = start,
		.shown_used = start,
		.event_idx = event_idx,
		.callfd = -1,
		.kickfd = -1,
	};
}

static void
waiting_entries_are_counted_across_the_wrap(void)
{
	reset(false, 0xfffe);
	CHECK(vc_vring_pending(&vr) == 0);
	avail->idx = 2;
	CHECK(vc_vring_pending(&vr) == 4);
}

static void
an_index_further_than_the_ring_is_impossible(void)
{
	reset(false, 10);
	avail->idx = 10 + SIZE + 1;
	CHECK(vc_vring_pending(&vr) == -1);
	avail->idx = 9; /* backwards is 65535 ahead */
	CHECK(vc_vring_pending(&vr) == -1);
}

static void
entries_are_peeked_in_order(void)
{
	reset(false, 0xffff);
	avail->ring[3] = 2;
	avail->ring[0] = 1;
	CHECK(vc_vring_peek(&vr, 0) == 2 && vc_vring_peek(&vr, 1) == 1);
}

static void
results_are_hidden_until_shown(void)
{
	reset(false, 0xffff);
	vc_vring_give(&vr, 7, 100, 1);
	vc_vring_give(&vr, 8, 200, 1);
	CHECK(used->idx == 0);
	CHECK(vc_vring_show(&vr));
	CHECK(used->idx == 1);
	CHECK(used->ring[3].id == 7 && used->ring[3].len == 100);
	CHECK(used->ring[0].id == 8 && used->ring[0].len == 200);
	CHECK(!vc_vring_show(&vr)); /* nothing new */
}

static void
a_guest_that_polls_is_not_notified(void)
{
	reset(false, 0);
	avail->flags = VRING_AVAIL_F_NO_INTERRUPT;
	vc_vring_give(&vr, 0, 1, 1);
	CHECK(!vc_vring_show(&vr));
}

static void
the_event_index_decides_about_notifications(void)
{
	reset(true, 0);
	*used_event = 1; /* when the second result is there */
	vc_vring_give(&vr, 0, 1, 1);
	CHECK(!vc_vring_show(&vr));
	vc_vring_give(&vr, 1, 1, 1);
	CHECK(vc_vring_show(&vr));
	vc_vring_give(&vr, 2, 1, 1);
	CHECK(!vc_vring_show(&vr));
}

static void
the_device_says_whether_it_wants_kicks(void)
{
	reset(false, 0);
	vc_vring_want_kicks(&vr, false);
	CHECK(used->flags == VRING_USED_F_NO_NOTIFY);
	vc_vring_want_kicks(&vr, true);
	CHECK(used->flags == 0);
	reset(true, 5);
	vc_vring_want_kicks(&vr, true);
	CHECK(*avail_event == 5);
}

/* What librte_vhost says of a ring. */
static struct rte_vhost_vring told;
static uint16_t told_base;

int
rte_vhost_get_vhost_vring(int vid, uint16_t vring_idx, struct rte_vhost_vring *vring)
{
	(void)vid;
	(void)vring_idx;
	*vring = told;
	return 0;
}

int
rte_vhost_get_vring_base(int vid, uint16_t queue_id, uint16_t *last_avail_idx,
			 uint16_t *last_used_idx)
{
	(void)vid;
	(void)queue_id;
	*last_avail_idx = told_base;
	*last_used_idx = told_base;
	return 0;
}

static int
attach(unsigned int desc_off, unsigned int size, uint16_t base, bool packed)
{
	static uint8_t memory[3][4096] __rte_aligned(4096);
	struct vc_vring ring;
	int ret;

	told = (struct rte_vhost_vring){ .size = size, .callfd = -1, .kickfd = -1 };
	told.desc = (void *)&memory[0][desc_off];
	told.avail = (void *)memory[1];
	told.used = (void *)memory[2];
	told_base = base;
	ret = vc_vring_attach(&ring, 0, 0, packed ? 1ULL << 34 : 0);
	if (ret == 0)
		free(ring.copies);
	return ret;
}

static void
rings_that_cannot_be_are_refused(void)
{
	CHECK(attach(0, 8, 0, false) == 0 && attach(0, 6, 0, true) == 0);
	CHECK(attach(8, 8, 0, false) == -EINVAL && attach(8, 8, 0, true) == -EINVAL);
	CHECK(attach(0, 6, 0, false) == -EINVAL && attach(0, 9, 0, false) == -EINVAL);
	CHECK(attach(0, 6, 5, true) == 0 && attach(0, 6, 0x8005, true) == 0);
	CHECK(attach(0, 6, 6, true) == -EINVAL && attach(0, 6, 0x8006, true) == -EINVAL);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(waiting_entries_are_counted_across_the_wrap),
		UNIT_TEST(an_index_further_than_the_ring_is_impossible),
		UNIT_TEST(entries_are_peeked_in_order),
		UNIT_TEST(results_are_hidden_until_shown),
		UNIT_TEST(a_guest_that_polls_is_not_notified),
		UNIT_TEST(the_event_index_decides_about_notifications),
		UNIT_TEST(the_device_says_whether_it_wants_kicks),
		UNIT_TEST(rings_that_cannot_be_are_refused),
	};

	return unit_run(tests, RTE_DIM(tests));
}
