/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * vc_walk_read_table() with any indirect descriptor: all of a table can be read, or there is none.
 */

#include "prove_chain.h"
#include "prove_no_copies.h"

uint32_t any_segment;

int
main(void)
{
	const struct vc_mem *mem = any_memory();
	struct vc_desc d = ANY(struct vc_desc), copy[VC_CHAIN_MAX_SEGS];
	uint32_t len = vc_desc_len(d);
	const uint8_t *table = vc_walk_read_table(mem, d, copy);

	if (table == NULL)
		return 0;
	PROVE(is_table_length(len), "a table has 1 to the most descriptors");
	PROVE(table == (const uint8_t *)copy || is_guest_memory(mem, table, len),
	      "a table lies in one region, or is a copy");
	PROVE(__CPROVER_r_ok(table, len), "all of a table can be read");
	return 0;
}
