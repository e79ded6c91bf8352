/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The log of writes. */

#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "dirty.h"
#include "unit.h"

#define LOG_BYTES (1u << 17) /* of 4 GiB */
#define BEHIND	  64	     /* bytes that nobody may touch */
#define ROUNDS	  2000

static uint8_t memory[8 + LOG_BYTES + BEHIND] __rte_aligned(8);
static uint32_t seed = 1;

static uint32_t
any_number(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return ((uint64_t)seed * below) >> 32;
}

/* Whether each bit is what it should be. */
static bool
is_logged(const struct vc_dirty_log *log, uint64_t gpa, uint64_t len, uint64_t bytes)
{
	uint64_t page, first = gpa / VC_DIRTY_PAGE, last = (gpa + len - 1) / VC_DIRTY_PAGE;

	for (page = 0; page < bytes * 8; page++) {
		bool wanted = page >= first && page <= last && page / 8 < log->len;

		if ((log->bits[page / 8] >> page % 8 & 1) != wanted)
			return false;
	}
	return true;
}

static void
exactly_the_pages_of_a_write_are_logged(void)
{
	uint32_t i, bytes, offset;
	uint64_t gpa, len;

	for (i = 0; i < ROUNDS; i++) {
		bytes = 1 + any_number(64);
		offset = any_number(8);
		gpa = any_number(bytes * 8 * VC_DIRTY_PAGE + 2 * VC_DIRTY_PAGE);
		len = 1 + any_number(any_number(2) ? 2 * VC_DIRTY_PAGE : 80 * 8 * VC_DIRTY_PAGE);
		memset(memory, 0, 8 + bytes + BEHIND);
		vc_dirty_write(&(struct vc_dirty_log){ memory + offset, bytes }, gpa, len);
		CHECK(is_logged(&(struct vc_dirty_log){ memory + offset, bytes }, gpa, len,
				bytes + BEHIND));
		if (unit_failed)
			return;
	}
}

/* Bits that were there stay there. */
static void
what_was_logged_stays_logged(void)
{
	const struct vc_dirty_log log = { memory, 32 };

	memset(memory, 0, sizeof(memory));
	vc_dirty_write(&log, 0, 1);
	vc_dirty_write(&log, 255ull * VC_DIRTY_PAGE, 1);
	vc_dirty_write(&log, 2ull * VC_DIRTY_PAGE, 200ull * VC_DIRTY_PAGE);
	CHECK(memory[0] == 0xfd && memory[25] == 0x03 && memory[31] == 0x80);
}

static uint64_t
time_of(const struct vc_dirty_log *log, unsigned int nb, uint64_t len)
{
	uint64_t least = UINT64_MAX, start;
	unsigned int i, tries;

	for (tries = 0; tries < 20; tries++) {
		start = rte_rdtsc();
		for (i = 0; i < nb; i++)
			vc_dirty_write(log, (uint64_t)i * VC_DIRTY_STEP * VC_DIRTY_PAGE, len);
		least = RTE_MIN(least, rte_rdtsc() - start);
	}
	return least;
}

/* One request may have 4 GiB to write to; its lock is held until that is logged. */
static void
a_large_write_takes_as_long_as_its_words(void)
{
	const struct vc_dirty_log log = { memory, LOG_BYTES };
	const unsigned int words = LOG_BYTES / sizeof(uint64_t);

	CHECK(time_of(&log, 1, UINT32_MAX) < 8 * time_of(&log, words, 1));
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(exactly_the_pages_of_a_write_are_logged),
		UNIT_TEST(what_was_logged_stays_logged),
		UNIT_TEST(a_large_write_takes_as_long_as_its_words),
	};

	return unit_run(tests, RTE_DIM(tests));
}
