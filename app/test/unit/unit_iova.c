/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * IOVAs of memory whose pages are the test's own: by their physical addresses some stand together
 * and some do not.
 */

#include <stddef.h>

#include <rte_eal.h>
#include <rte_memory.h>

#define PAGE 4096u

static const struct rte_memseg *find_page(const void *va);
static enum rte_iova_mode mode;

#define rte_eal_iova_mode()		mode
#define rte_mem_virt2memseg(va_, list_) find_page(va_)

#include "iova.c"
#include "unit.h"

/* The last one has no address that a device could be told, and what follows is not DPDK's. */
static const rte_iova_t iovas[] = { 0x70000, 0x71000, 0x20000, 0x1f000, RTE_BAD_IOVA };

static uint8_t memory[(RTE_DIM(iovas) + 1) * PAGE] __rte_aligned(PAGE);

static const struct rte_memseg *
find_page(const void *va)
{
	static struct rte_memseg pages[RTE_DIM(iovas)];
	size_t i = ((const uint8_t *)va - memory) / PAGE;

	if (i >= RTE_DIM(iovas))
		return NULL;
	pages[i].addr = memory + i * PAGE;
	pages[i].len = PAGE;
	pages[i].iova = iovas[i];
	return &pages[i];
}

/* Whether memory is found at an IOVA, with so many of the bytes that are wanted. */
static bool
is_found(uint32_t off, uint32_t wanted, rte_iova_t iova, uint32_t found)
{
	uint32_t len = wanted;

	return vc_iova_find(memory + off, &len) == iova && len == found &&
		vc_iova_is_contiguous(memory + off, wanted) == (found == wanted);
}

static void
physical_addresses(void)
{
	mode = RTE_IOVA_PA;
	CHECK(is_found(0, 1, 0x70000, 1));
	CHECK(is_found(100, 200, 0x70064, 200));
	CHECK(is_found(PAGE - 1, 1, 0x70fff, 1));
	CHECK(is_found(2 * PAGE, PAGE, 0x20000, PAGE));
	CHECK(is_found(16, 0, 0x70010, 0));
	CHECK(vc_iova_of(memory + PAGE + 5) == 0x71005);
}

static void
pages_that_stand_together(void)
{
	mode = RTE_IOVA_PA;
	CHECK(is_found(0, 2 * PAGE, 0x70000, 2 * PAGE));
	CHECK(is_found(PAGE - 64, 128, 0x70fc0, 128));
}

static void
pages_that_do_not(void)
{
	mode = RTE_IOVA_PA;
	CHECK(is_found(0, 2 * PAGE + 1, 0x70000, 2 * PAGE));
	CHECK(is_found(2 * PAGE - 64, 65, 0x71fc0, 64));
	CHECK(is_found(3 * PAGE - 1, 2, 0x20fff, 1));
	/* In front of it. */
	CHECK(is_found(2 * PAGE, 2 * PAGE, 0x20000, PAGE));
}

static void
no_physical_address(void)
{
	mode = RTE_IOVA_PA;
	CHECK(is_found(4 * PAGE, 300, RTE_BAD_IOVA, 300));
	CHECK(is_found(5 * PAGE, 300, RTE_BAD_IOVA, 300));
	CHECK(vc_iova_of(memory + 4 * PAGE) == RTE_BAD_IOVA);
}

static void
virtual_addresses(void)
{
	mode = RTE_IOVA_VA;
	CHECK(is_found(2 * PAGE, 3 * PAGE, (uintptr_t)memory + 2 * PAGE, 3 * PAGE));
	CHECK(is_found(5 * PAGE, 1, (uintptr_t)memory + 5 * PAGE, 1));
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(physical_addresses), UNIT_TEST(pages_that_stand_together),
		UNIT_TEST(pages_that_do_not),  UNIT_TEST(no_physical_address),
		UNIT_TEST(virtual_addresses),
	};

	return unit_run(tests, RTE_DIM(tests));
}
